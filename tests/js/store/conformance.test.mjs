// The conformance cases in Node: the memory store, and IndexedDB as npm has it.
import { test } from "node:test";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { cases } from "./conformance.mjs";
import { sources } from "./sources.mjs";

globalThis.IDBKeyRange = IDBKeyRange;
const { idbStore, memoryStore } = await sources("conformance");

const kinds = {
  memory: (name) => () => memoryStore(name),
  "fake IndexedDB": (name) => {
    const factory = new IDBFactory();
    return () => idbStore({ name, factory });
  },
};

for (const [kind, maker] of Object.entries(kinds)) {
  for (const [name, run] of Object.entries(cases)) {
    test(`${name}, ${kind}`, async () => {
      const open = maker(`conformance ${kind} ${name}`);
      const stores = [];
      try {
        await run({ open: () => (stores.push(open()), stores.at(-1)) });
      } finally {
        for (const store of stores) store.close();
      }
    });
  }
}
