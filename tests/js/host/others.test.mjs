// Providers of stores and address books: rows and verbs beside the transports, and nothing of the mail.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, hostSide } from "./setup.mjs";

const host = await hostSide("others");
const store = (rest) => ({ uid: "s", kind: "store", displayName: "Archive", ...rest });

async function row(session, type, wanted = () => true) {
  const table = session.getStatusTable();
  const find = () => table.getSnapshot().find((each) => each.resourceType === type && wanted(each));
  if (!find()) for await (const _ of table.changes()) if (find()) break;
  const found = find();
  table.close();
  return found;
}

test("c_018 a store and an address book have rows of their types, without a transport's bits", async () => {
  const session = await host.open({ transports: [host.transport(() => accepts, { displayName: "Relay" })] });
  session.admin.addProvider(store());
  session.admin.addProvider({ uid: "ab", kind: "addressBook", displayName: "Colleagues" });
  for (const [type, name] of [[33, "Archive"], [35, "Colleagues"]]) {
    const { displayName, statusCode, resourceMethods, statusString } = await row(session, type, (each) => each.statusString === "Ready");
    assert.deepEqual([displayName, statusCode, resourceMethods, statusString], [name, 1, 1, "Ready"]);
  }
  const table = session.admin.getProviderTable().map(({ displayName, resourceType, providerOrdinal }) => [displayName, resourceType, providerOrdinal]);
  assert.deepEqual(table, [["Relay", 36, 0], ["Archive", 33, 1], ["Colleagues", 35, 2]]);
  assert.deepEqual(session.enumAddressTypes(), ["SMTP"]);
  await session.admin.setTransportOrder(["t"]);
  const { id } = await session.submitMessage({ to: "bob@example.test", payload: {} });
  assert.equal((await session.settled(id)).state, "sent");
});

test("c_028 its verbs are those it has functions for", async () => {
  const seen = [];
  const session = await host.open({ transports: [], propertySheet: ({ apply }) => apply({ path: "/two" }) });
  session.admin.addProvider(store({
    settings: [{ name: "path", type: "string", label: "Path", value: "/one" }],
    validateState: (flags) => void seen.push(flags),
    changePassword: (was, now) => void seen.push([was, now]),
  }));
  const { entryId, resourceMethods } = await row(session, 33);
  assert.equal(resourceMethods, 0x7);
  const status = session.openEntry(entryId);
  await status.changePassword("a", "b");
  await status.settingsDialog();
  assert.equal(session.admin.getSettings("s").values.path, "/two");
  assert.deepEqual(seen, [["a", "b"]]);
  await assert.rejects(status.flushQueues({ upload: true }), { code: "MAPI_E_NO_SUPPORT" });
});

test("one password for a store and a transport: a change at the one releases the other", async () => {
  let password = "wrong";
  const session = await host.open({ transports: [host.transport(() => (password === "right" ? accepts : { type: "notAttempted", reason: "auth" }), { credential: "alice" })] });
  session.admin.addProvider(store({ credential: "alice", changePassword: (_was, now) => void (password = now) }));
  const { id } = await session.submitMessage({ to: "bob@example.test", payload: {} });
  const queue = session.getOutgoingQueue();
  const parked = () => queue.getSnapshot()[0]?.outboxState === "parked";
  if (!parked()) for await (const _ of queue.changes()) if (parked()) break;
  await session.openEntry((await row(session, 33)).entryId).changePassword("wrong", "right");
  assert.equal((await session.settled(id)).state, "sent");
});

test("it goes as it came; what is no provider is refused", async () => {
  const session = await host.open({ transports: [host.transport(() => accepts)] });
  session.admin.addProvider(store());
  await row(session, 33);
  assert.throws(() => session.admin.addProvider(store({ uid: "t" })), { code: "MAPI_E_COLLISION" });
  assert.throws(() => session.admin.addProvider(store({ kind: "hook" })), { code: "MAPI_E_INVALID_PARAMETER" });
  assert.throws(() => session.admin.addProvider("s"), { code: "MAPI_E_INVALID_PARAMETER" });
  await session.admin.removeTransport("s");
  assert.equal(session.getStatusTable().getSnapshot().some(({ resourceType }) => resourceType === 33), false);
});

test("c_077 c_078 the ordinal counts from zero in transport order; a table fetched before does not change", async () => {
  const session = await host.open({ transports: ["a", "b"].map((uid) => host.transport(() => accepts, { uid })) });
  const before = session.admin.getProviderTable();
  const order = (table) => table.map(({ providerUid, providerOrdinal }) => [Buffer.from(providerUid, "hex").toString(), providerOrdinal]);
  await session.admin.setTransportOrder(["b", "a"], { apply: "now" });
  assert.deepEqual(order(session.admin.getProviderTable()), [["b", 0], ["a", 1]]);
  assert.deepEqual(order(before), [["a", 0], ["b", 1]]);
});
