import assert from "node:assert/strict";
import { test } from "node:test";
import { follow } from "./world.mjs";

const TITLE = "IMAPIStatus::ValidateState";
const [AVAILABLE, OFFLINE, FAILURE] = [0x1, 0x2, 0x4];
const HEALTH = AVAILABLE | OFFLINE | FAILURE;

const validate = (at, which, flags = {}) => at.run((which, flags) => globalThis.view.codeOf(globalThis.view[which].validateState(flags)), which, flags);
const health = (at, name, wanted) => at.until((name, mask, wanted) => (globalThis.view.row(name).statusCode & mask) === wanted, name, HEALTH, wanted);
/** Which transports were called, and by what. */
const called = (at) => at.run(() => globalThis.view.calls.splice(0).map(([uid, what, more]) => [uid, what, typeof more === "number" ? more : null]));

export const validating = (at) =>
  void test("c_036 c_037 c_038 c_039 c_042 c_045 c_047 c_048 c_049 c_051 what ValidateState makes of a real server", async (t) => {
    await at.run(() => {
      const { view } = globalThis;
      const rows = view.session.getStatusTable().getSnapshot();
      const objectOf = (type) => view.session.openEntry(rows.find(({ resourceType }) => resourceType === type).entryId);
      Object.assign(view, { subsystem: objectOf(view.mapi.MAPI_SUBSYSTEM), addressBook: objectOf(view.mapi.MAPI_AB) });
      view.calls.length = 0;
    });
    await follow(t, TITLE, [
      ["MAPI subsystem", "the state of all resources", async () => {
        assert.equal(await validate(at, "subsystem", { suppressUi: true }), "S_OK");
        assert.deepEqual((await called(at)).sort(), [["alice", "validateState", 1], ["bob", "validateState", 1]]);
      }],
      ["MAPI spooler", "a logon of all transports, and their ValidateState", async () => {
        assert.equal(await validate(at, "spooler"), "S_OK");
        const calls = await called(at);
        for (const uid of ["alice", "bob"]) for (const what of ["transportLogon", "validateState"]) assert.equal(calls.filter(([a, b]) => a === uid && b === what).length, 1, `${what} of ${uid}`);
      }],
      ["MAPI address book", "its own entries", async () => {
        assert.equal(await validate(at, "addressBook"), "S_OK");
        assert.deepEqual(await called(at), []);
      }],
      ["CONFIG_CHANGED at the spooler", "AddressTypes of each active transport", async () => {
        assert.equal(await validate(at, "spooler", { configChanged: true }), "S_OK");
        await at.until(() => ["alice", "bob"].every((uid) => globalThis.view.calls.some(([a, what]) => a === uid && what === "addressTypes")));
      }],
      ["any other flag", "MAPI_E_UNKNOWN_FLAGS, and nothing is asked", async () => {
        await called(at);
        assert.equal(await validate(at, "alice", 0x2), "MAPI_E_UNKNOWN_FLAGS");
        assert.equal(await validate(at, "alice", { forceConnect: true, forceDisconnect: true }), "MAPI_E_INVALID_PARAMETER");
        assert.deepEqual(await called(at), []);
      }],
      ["no flags", "the server is down: it is said, and the row shows it", async () => {
        const ends = at.world().proxies.map((proxy) => proxy.fault({ do: "drop" }));
        assert.equal(await validate(at, "alice", 0), "MAPI_E_NETWORK_ERROR");
        await at.submit("alice@example.test", "carol@elsewhere.test", "while it was down");
        await at.until(() => (globalThis.view.row("Alice").statusCode & 1) === 0);
        for (const end of ends) end();
      }],
      ["no flags", "it is up again: available, and what waited leaves", async () => {
        assert.equal(await validate(at, "alice", 0), "S_OK");
        await health(at, "Alice", AVAILABLE);
        assert.match(await at.settled("while it was down"), /^(?:sent|filed)$/);
        assert.equal(at.handed("while it was down"), 1);
      }],
      ["FORCE_XP_DISCONNECT", "STATUS_OFFLINE", async () => {
        assert.equal(await validate(at, "alice", { forceDisconnect: true }), "S_OK");
        assert.equal(await at.run(() => globalThis.view.row("Alice").statusCode & 0x2), OFFLINE);
      }],
      ["FORCE_XP_CONNECT", "S_OK at once; connected by the flush it begins, STATUS_OFFLINE goes", async () => {
        await called(at);
        assert.equal(await validate(at, "alice", { forceConnect: true }), "S_OK");
        await health(at, "Alice", AVAILABLE);
        assert.ok((await called(at)).some(([uid, what]) => uid === "alice" && what === "flushQueues"));
      }],
      ["REFRESH_XP_HEADER_CACHE", "PR_REMOTE_VALIDATE_OK is FALSE while the list comes, another one is MAPI_E_BUSY", async () => {
        // Not before the flush of the step before has ended.
        await at.until(() => globalThis.view.row("Alice").remoteValidateOk);
        const got = await at.run(async () => {
          const { view } = globalThis;
          const codes = [await view.codeOf(view.alice.validateState({ refreshHeaders: true }))];
          codes.push(view.row("Alice").remoteValidateOk, await view.codeOf(view.alice.validateState({ processHeaders: true })));
          return codes;
        });
        assert.deepEqual(got, ["S_OK", false, "MAPI_E_BUSY"]);
        await at.until(() => globalThis.view.row("Alice").remoteValidateOk);
      }],
      ["ABORT_XP_HEADER_OPERATION", "STATUS_OFFLINE, PR_REMOTE_VALIDATE_OK", async () => {
        assert.equal(await validate(at, "alice", { abortHeaders: true }), "S_OK");
        const [code, free] = await at.run(() => [globalThis.view.row("Alice").statusCode & 0x2, globalThis.view.row("Alice").remoteValidateOk]);
        assert.deepEqual([code, free], [OFFLINE, true]);
        assert.equal(await validate(at, "alice", { forceConnect: true }), "S_OK");
        await health(at, "Alice", AVAILABLE);
      }],
    ]);
  });
