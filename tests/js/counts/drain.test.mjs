// P4: what a backlog costs in strict commits. Counts, never times.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, gate, hostSide } from "../host/setup.mjs";

const host = await hostSide("drain");

test("p4: a backlog drains in one strict commit a message, and one to begin: an outcome goes with the next intent", async () => {
  const [count, logon, store] = [40, gate(), host.counted()];
  const transport = host.transport(async () => accepts, { transportLogon: () => logon.promise });
  const session = await host.open({ store, soleOwner: true, transports: [transport] });
  const messages = await Promise.all(Array.from({ length: count }, (_, i) => session.submitMessage({ to: "bob@example.test", subject: String(i), payload: {} })));
  store.commits.length = 0;
  logon.open();
  const reports = await Promise.all(messages.map(({ id }) => session.settled(id)));
  assert.deepEqual(new Set(reports.map(({ state }) => state)), new Set(["sent"]));
  assert.ok(store.commits.every(({ durability }) => durability === "strict"));
  assert.deepEqual(store.commits.map(({ parts }) => parts), [1, ...Array.from({ length: count - 1 }, () => 2), 1]);
  await session.close();
});
