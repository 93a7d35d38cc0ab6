import assert from "node:assert/strict";
import { test } from "node:test";
import { alice } from "../../js/jmap/setup.mjs";
import { carol, follow } from "./world.mjs";

const ORDER = "IMsgServiceAdmin::MsgServiceTransportOrder";

/** By which transport the account's next message leaves. */
async function leavesBy(at, words) {
  await at.run(() => { globalThis.view.calls.length = 0; });
  await at.submit(alice, carol, words);
  assert.match(await at.settled(words), /^(?:sent|filed)$/);
  assert.equal(at.handed(words), 1);
  return at.run(() => globalThis.view.calls.filter(([, what]) => what === "submitMessage").map(([uid]) => uid).join());
}
const listed = (at) => at.run(() => globalThis.view.session.admin.getProviderTable()
  .filter(({ resourceType }) => resourceType === globalThis.view.mapi.MAPI_TRANSPORT_PROVIDER).map(({ displayName }) => displayName));
const setOrder = (at, uids, options) => at.run((uids, options) => globalThis.view.codeOf(globalThis.view.session.admin.setTransportOrder(uids, options)), uids, options);

export const ordering = (at) =>
  void test("c_071 c_072 c_073 c_074 c_077 c_078 c_079 the order of transports is set, for now and for the next session", async (t) => {
    const spare = { uid: "spare", displayName: "Spare", sessionUrl: at.world().doors[0], user: alice };
    await at.run((spare) => { globalThis.view.session.admin.addTransport(globalThis.view.transport(spare)); }, spare);
    await at.until(() => (globalThis.view.row("Spare")?.statusCode & 0x10_0001) === 0x10_0001);
    await follow(t, ORDER, [
      ["1", "GetProviderTable: PR_PROVIDER_UID of the transports, by PR_PROVIDER_ORDINAL", async () => {
        const rows = await at.run(() => {
          const { view } = globalThis;
          view.providers = view.session.admin.getProviderTable();
          return view.providers.filter(({ resourceType }) => resourceType === view.mapi.MAPI_TRANSPORT_PROVIDER).map(({ displayName, providerOrdinal }) => [displayName, providerOrdinal]);
        });
        assert.deepEqual(rows, [["Alice", 0], ["Bob", 1], ["Spare", 2]]);
        assert.equal(await leavesBy(at, "before"), "alice");
      }],
      ["2", "an incomplete list is MAPI_E_BUSY, a stranger MAPI_E_NOT_FOUND, a double MAPI_E_INVALID_PARAMETER; nothing changes", async () => {
        const now = { apply: "now" };
        assert.equal(await setOrder(at, ["spare", "alice"], now), "MAPI_E_BUSY");
        assert.equal(await setOrder(at, ["spare", "alice", "nobody"], now), "MAPI_E_NOT_FOUND");
        assert.equal(await setOrder(at, ["spare", "alice", "alice"], now), "MAPI_E_INVALID_PARAMETER");
        assert.deepEqual(await listed(at), ["Alice", "Bob", "Spare"]);
      }],
      ["3", "the complete list, as the table has it: S_OK, at once", async () => {
        assert.equal(await at.run(() => {
          const { view } = globalThis;
          const [first, second, third] = view.providers.map(({ providerUid }) => providerUid);
          return view.codeOf(view.session.admin.setTransportOrder([third, second, first], { apply: "now" }));
        }), "S_OK");
        assert.deepEqual(await listed(at), ["Spare", "Bob", "Alice"]);
        assert.deepEqual(await at.run(() => globalThis.view.providers[0].displayName), "Alice", "a table is a snapshot");
        assert.equal(await leavesBy(at, "by the spare"), "spare");
      }],
      ["4", "without \"now\" it counts from the next session on", async () => {
        assert.equal(await setOrder(at, ["bob", "alice", "spare"]), "S_OK");
        assert.deepEqual(await listed(at), ["Spare", "Bob", "Alice"]);
        assert.equal(await leavesBy(at, "still by the spare"), "spare");
        await at.reopen([spare]);
        assert.deepEqual(await listed(at), ["Bob", "Alice", "Spare"]);
        assert.equal(await leavesBy(at, "by Alice again"), "alice");
      }],
    ]);
    await follow(t, "Setting Transport Order", [
      ["last", "EnumAdrTypes lists what active transports take", async () => {
        assert.deepEqual(await at.run(() => globalThis.view.session.enumAddressTypes()), ["SMTP"]);
      }],
    ]);
    await at.run(() => globalThis.view.session.admin.removeTransport("spare"));
    assert.deepEqual(await listed(at), ["Bob", "Alice"]);
  });
