/** The database: laid out, opened without a version, reopened when it breaks (O-70, O-75). */
import type { Timers } from "../timer.js";
import { isStoreError, storeError } from "./store.js";
import { budget, isOver, within } from "./watchdog.js";

/** All there is from the first version on: name, its key, its indexes. */
const layout: readonly (readonly [string, IDBObjectStoreParameters, readonly string[]])[] = [
  ["meta", { keyPath: "key" }, []],
  ["messages", { keyPath: "seq", autoIncrement: true }, ["idKey", "midKey"]],
  ["bodies", { keyPath: "key" }, ["at"]],
  ["commands", { keyPath: "seq", autoIncrement: true }, ["uid", "idKey", "midKey"]],
  ["evidence", { keyPath: "seq", autoIncrement: true }, ["uid", "idKey", "midKey"]],
  ["tombstones", { keyPath: "key" }, ["idKey", "midKey"]],
  ["config", { keyPath: "key" }, ["uid", "idKey", "midKey"]],
  ["ballast", { keyPath: "key" }, []],
];

function lay(db: IDBDatabase, tx: IDBTransaction | null): void {
  for (const [name, parameters, indexes] of layout) {
    const store = db.createObjectStore(name, parameters);
    if (name === "messages") store.createIndex("key", "key", { unique: true });
    for (const index of indexes) store.createIndex(index, index);
  }
  tx?.objectStore("meta").put({ key: "schema", version: 1, nums: [1], text: "" });
}

const isOurs = (db: IDBDatabase): boolean => layout.every(([name]) => db.objectStoreNames.contains(name));

const waits = [200, 400, 800, 1_600, 3_200, 5_000] as const;

export interface Connection {
  /** Begins a transaction and runs it; waits while suspended. */
  transaction<T>(stores: readonly string[], mode: IDBTransactionMode, durability: IDBTransactionDurability, run: (tx: IDBTransaction) => Promise<T>): Promise<T>;
  /** The handle is broken: opens another, with back-off. */
  reopen(): Promise<void>;
  suspend(): void;
  resume(): void;
  close(): void;
}

export interface ConnectionOptions {
  readonly name: string;
  readonly factory: IDBFactory;
  readonly timers: Timers;
  /** Called when the engine or another context took the database away. */
  readonly onLost: () => void;
}

const asStoreError = (error: unknown): Error =>
  isStoreError(error) ? error : storeError("unavailable", "expected the database to open, got an error of the engine", error);

const closedError = (): Error => storeError("closed", "expected an open store, got one that was closed");

export function connection({ name, factory, timers, onLost }: ConnectionOptions): Connection {
  let handle: Promise<IDBDatabase> | undefined;
  let live: IDBDatabase | undefined;
  let gate: { readonly promise: Promise<void>; readonly open: () => void } | undefined;
  let closed = false;

  /** Running transactions end first: close() waits for them. */
  function letGo(): void {
    live?.close();
    live = undefined;
    handle = undefined;
  }

  function adopt(db: IDBDatabase): void {
    live = db;
    const lost = (): void => {
      db.close();
      if (live !== db) return;
      letGo();
      onLost();
    };
    db.addEventListener("versionchange", lost);
    db.addEventListener("close", lost);
  }

  function request(): Promise<IDBDatabase> {
    let late = false;
    const asked = new Promise<IDBDatabase>((resolve, reject) => {
      const open = factory.open(name);
      open.addEventListener("upgradeneeded", () => lay(open.result, open.transaction));
      open.addEventListener("error", () => reject(open.error));
      open.addEventListener("success", () => (late ? open.result.close() : resolve(open.result)));
    });
    return within(asked, budget(), timers, () => {
      late = true;
      return storeError("blocked", "expected the database to open, got nothing in 10 s: another window holds it");
    });
  }

  async function opened(): Promise<IDBDatabase> {
    for (const wait of [...waits, null]) {
      try {
        const db = await request();
        if (isOurs(db)) return db;
        db.close();
        throw storeError("schema", `expected the stores of an outbox in ${name}, got others`);
      } catch (error) {
        if (isStoreError(error) || wait === null || closed) throw asStoreError(error);
        await new Promise<void>((resolve) => timers.after(wait, resolve));
      }
    }
    throw closedError();
  }

  async function ready(): Promise<IDBDatabase> {
    for (;;) {
      if (gate !== undefined) {
        await gate.promise;
        continue;
      }
      if (closed) throw closedError();
      const mine = (handle ??= opened());
      const db = await mine.catch((error: unknown) => {
        if (handle === mine) handle = undefined;
        throw error;
      });
      if (handle === mine) {
        if (live === undefined) adopt(db);
        return db;
      }
      db.close();
    }
  }

  return {
    async transaction<T>(
      stores: readonly string[], mode: IDBTransactionMode, durability: IDBTransactionDurability, run: (tx: IDBTransaction) => Promise<T>,
    ): Promise<T> {
      for (let attempt = 0; ; attempt++) {
        const db = await ready();
        let tx: IDBTransaction;
        try {
          tx = db.transaction(stores, mode, { durability });
        } catch (error) {
          if (!isOver(error)) throw error;
          // The handle is closing, and nothing was begun: another one will do.
          if (live === db) letGo();
          if (attempt > 2) throw asStoreError(error);
          continue;
        }
        return run(tx);
      }
    },
    async reopen(): Promise<void> {
      letGo();
      await ready();
    },
    suspend(): void {
      letGo();
      if (gate !== undefined) return;
      let open = (): void => {};
      const promise = new Promise<void>((resolve) => (open = resolve));
      gate = { promise, open };
    },
    resume(): void {
      const was = gate;
      gate = undefined;
      was?.open();
    },
    close(): void {
      closed = true;
      letGo();
      gate?.open();
      gate = undefined;
    },
  };
}
