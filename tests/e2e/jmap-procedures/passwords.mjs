import assert from "node:assert/strict";
import { test } from "node:test";
import { alice } from "../../js/jmap/setup.mjs";
import { carol, follow } from "./world.mjs";

const TITLE = "IMAPIStatus::ChangePassword";
const CHANGE_PASSWORD = 0x4;
const change = (at, was, now) => at.run((was, now) => globalThis.view.codeOf(globalThis.view.alice.changePassword(was, now)), was, now);
const authorized = ({ headers }) => headers.authorization !== undefined;

/** What is new for the account, as far as the server lets it. */
const receive = (at) => at.run(() => {
  const { view } = globalThis;
  return view.spooler.flushQueues({ download: true, target: view.row("Alice").entryId });
});
const delivered = (at) => at.run((subject) => globalThis.view.delivered.filter(([, each]) => each === subject), "comes");

export const passwords = (at) =>
  void test("c_028 c_063 o_52 a password that SASL refuses stops both directions, one change releases both", async (t) => {
    const { proxies, system } = at.world();
    const [old, fresh] = [system.users[alice], "fresh"];
    const refusals = () => proxies.flatMap(({ log }) => log).filter((each) => authorized(each) && each.status === 401).length;
    const before = refusals();
    await follow(t, TITLE, [
      ["lpOldPass", "what the page knows is long forgotten: SASL says 401, mail waits for a password", async () => {
        await at.run((user) => { globalThis.view.passwords[user] = "long forgotten"; }, alice);
        await at.submit(alice, carol, "waits");
        await at.world().post(alice, "comes");
        await at.until((id) => globalThis.view.session.why(id).code === "parked.auth", "waits");
        await at.until(() => (globalThis.view.row("Alice").statusCode & 0x4) !== 0);
        assert.ok(refusals() > before);
        await receive(at);
        assert.equal(at.handed("waits"), 0);
        assert.deepEqual(await delivered(at), []);
      }],
      ["PR_RESOURCE_METHODS", "STATUS_CHANGE_PASSWORD at the transport, MAPI_E_NO_SUPPORT at the spooler", async () => {
        const [bits, code] = await at.run(async () => {
          const { view } = globalThis;
          return [view.alice.getProps(["resourceMethods"]).resourceMethods, await view.codeOf(view.spooler.changePassword("a", "b"))];
        });
        assert.deepEqual([bits & CHANGE_PASSWORD, code], [CHANGE_PASSWORD, "MAPI_E_NO_SUPPORT"]);
      }],
      ["MAPI_E_NO_ACCESS", "the old password is wrong: nothing changed, here or at the server", async () => {
        assert.equal(await change(at, "not it either", fresh), "MAPI_E_NO_ACCESS");
        assert.equal(await at.why("waits"), "parked.auth");
        assert.equal(await system.cyrus.changePassword(alice, fresh, "x"), false);
      }],
      ["S_OK", "the server has the new one, without a dialog", async () => {
        assert.equal(await change(at, old, fresh), "S_OK");
        assert.equal(await at.run(() => document.querySelector("dialog")), null);
        assert.equal(await system.cyrus.changePassword(alice, old, "x"), false);
      }],
      ["remarks", "what waited leaves and what came is delivered, each once", async () => {
        assert.match(await at.settled("waits"), /^(?:sent|filed)$/);
        await receive(at);
        assert.equal(at.handed("waits"), 1);
        assert.deepEqual(await delivered(at), [["alice", "comes"]]);
        assert.equal(await at.run(() => globalThis.view.row("Alice").statusCode & 0x7), 0x1);
      }],
    ]);
  });
