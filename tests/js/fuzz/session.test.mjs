// Whatever JavaScript hands to the tables of a session, they answer or refuse; the core never traps. More rounds or another seed:
// MAILSPOOLER_FUZZ_ROUNDS=100000 MAILSPOOLER_FUZZ_SEED=7 node --test tests/js/fuzz/session.test.mjs
import assert from "node:assert/strict";
import { test } from "node:test";
import { day, hostSide } from "../host/setup.mjs";
import { fuzz } from "./table.mjs";

const host = await hostSide("fuzz");
const rounds = Number(process.env.MAILSPOOLER_FUZZ_ROUNDS ?? 3000);
const seed = Number(process.env.MAILSPOOLER_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32));

const tables = {
  "outgoing queue": [(session) => session.getOutgoingQueue(), ["subject", "clientSubmitTime", "messageFlags", "displayTo", "outboxState", "id", "entryId", "subjekt"]],
  "status table": [(session) => session.getStatusTable(), ["displayName", "resourceType", "statusCode", "resourceMethods", "entryId", "statusString", "instanceKey"]],
};
for (const [name, [open, properties]] of Object.entries(tables)) {
  test(`${name}: ${rounds} calls from seed ${seed}`, async () => {
    const session = await host.open();
    let crashes = 0;
    session.on("crashed", () => (crashes += 1));
    for (const subject of ["a", "Re: b", "\u00c4 c", "RE: D"]) {
      await session.submitMessage({ id: subject, to: "bob@example.test", subject, payload: {}, holdUntil: Date.now() + day });
    }
    const table = open(session);
    const all = table.getRowCount();
    fuzz({ MapiError: host.MapiError, table, properties, rounds, seed });
    table.restrict(null);
    table.sortTable([]);
    assert.equal(table.getRowCount(), all, `seed ${seed}`);
    assert.equal(crashes, 0, `seed ${seed}: the core trapped`);
    await session.close();
  });
}
