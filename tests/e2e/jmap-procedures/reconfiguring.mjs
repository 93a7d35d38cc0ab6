import assert from "node:assert/strict";
import { test } from "node:test";
import { alice } from "../../js/jmap/setup.mjs";
import { carol, follow, isSubmission, keepAnswer } from "./world.mjs";

const TITLE = "Reconfiguring a Transport Provider";
const [VALIDATE_STATE, SETTINGS_DIALOG] = [0x1, 0x2];
const mentions = (emailId) => ({ body }) => body.includes(emailId);

/** What a person does in the open sheet: another address, or none, and a button. */
const act = (at, part, url) => at.run((part, url) => {
  const dialog = document.querySelector("dialog[open]");
  const control = dialog.querySelector("mailspooler-property-sheet").shadowRoot.querySelector("[name=sessionUrl]");
  if (url !== null) {
    control.value = url;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
  dialog.querySelector(`[part=${part}]`).click();
}, part, url ?? null);
const isOpen = (at) => at.until(() => document.querySelector("dialog[open] mailspooler-property-sheet") !== null);
const show = async (at) => {
  await at.run(() => { globalThis.view.closing = globalThis.view.codeOf(globalThis.view.object.settingsDialog()); });
  await isOpen(at);
};
const closed = (at) => at.run(() => globalThis.view.closing);
const inForce = (at) => at.run(() => {
  const { configuration, values } = globalThis.view.session.admin.getSettings("alice");
  return [configuration, values.sessionUrl];
});

export const reconfiguring = (at) =>
  void test("c_040 c_041 c_064 an active transport is reconfigured; what is under way ends with the server it began with", async (t) => {
    const { doors: [first, second], proxies: [proxy, other], system } = at.world();
    const earlier = other.log.length;
    const kept = keepAnswer(system, proxy, isSubmission);
    await at.submit(alice, carol, "under way");
    await kept.met;
    const { body } = proxy.log.findLast(isSubmission);
    const [, emailId] = /"emailId":"([^"]+)"/.exec(body);
    await follow(t, TITLE, [
      ["1", "GetStatusTable", () => at.run(() => { globalThis.view.table = globalThis.view.session.getStatusTable(); })],
      ["2 and 3", "FindRow on PR_DISPLAY_NAME", async () => {
        const name = await at.run(() => {
          const { view } = globalThis;
          view.table.setColumns([view.mapi.PR_ENTRYID, view.mapi.PR_DISPLAY_NAME, view.mapi.PR_RESOURCE_METHODS]);
          view.table.findRow({ property: view.mapi.PR_DISPLAY_NAME, op: "eq", value: "Alice" });
          [view.found] = view.table.queryRows(1);
          return view.found.displayName;
        });
        assert.equal(name, "Alice");
      }],
      ["4", "STATUS_SETTINGS_DIALOG and STATUS_VALIDATE_STATE are set in PR_RESOURCE_METHODS", async () => {
        const bits = VALIDATE_STATE | SETTINGS_DIALOG;
        assert.equal((await at.run(() => globalThis.view.found.resourceMethods)) & bits, bits);
      }],
      ["5", "SettingsDialog shows the sheet; a person who cancels changes nothing", async () => {
        await at.run(() => { globalThis.view.object = globalThis.view.session.openEntry(globalThis.view.found.entryId); });
        await show(at);
        await act(at, "cancel", second);
        assert.equal(await closed(at), "MAPI_E_USER_CANCEL");
        assert.deepEqual(await inForce(at), [0, first]);
      }],
      ["5", "an address where no server answers changes nothing", async () => {
        await show(at);
        await act(at, "ok", second.replace(".well-known/jmap", "nowhere"));
        const said = await at.until(() => document.querySelector("dialog[open] [role=alert]").textContent);
        assert.match(said, /^Nothing was changed\./);
        assert.deepEqual(await inForce(at), [0, first]);
      }],
      ["5", "one that works is tried, stored and in force, while the message is still under way", async () => {
        const asked = other.log.length;
        await act(at, "ok", second);
        assert.equal(await closed(at), "S_OK");
        assert.ok(other.log.slice(asked).some(({ status, headers }) => status === 200 && headers.authorization !== undefined), "tested with its credentials");
        assert.deepEqual(await inForce(at), [1, second]);
        assert.equal(at.handed("under way"), 1);
        assert.equal(await at.why("under way"), "sending");
      }],
      ["6", "ValidateState(CONFIG_CHANGED): the spooler asks AddressTypes again, which sees the new settings", async () => {
        await at.run(() => {
          globalThis.view.calls.length = 0;
          return globalThis.view.object.validateState({ configChanged: true });
        });
        await at.until((url) => globalThis.view.calls.some(([uid, what, settings]) => uid === "alice" && what === "addressTypes" && settings === url), second);
      }],
      ["after 6", "what was under way ends at the first server, the next message leaves by the second", async () => {
        await at.submit(alice, carol, "afterwards");
        kept.release();
        for (const words of ["under way", "afterwards"]) {
          assert.match(await at.settled(words), /^(?:sent|filed)$/);
          assert.equal(at.handed(words), 1);
        }
        const later = other.log.slice(earlier);
        assert.deepEqual([later.filter(mentions(emailId)).length, later.filter(isSubmission).length], [0, 1]);
        assert.equal(await at.run(() => globalThis.view.row("Alice").statusCode & 0x7), 0x1);
      }],
    ]);
  });
