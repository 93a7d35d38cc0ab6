import assert from "node:assert/strict";
import { test } from "node:test";
import { beginning, follow } from "./world.mjs";

const COLUMNS = ["PR_ENTRYID", "PR_RESOURCE_TYPE", "PR_DISPLAY_NAME"];
const [SETTINGS_DIALOG, CHANGE_PASSWORD, FLUSH_QUEUES] = [0x2, 0x4, 0x8];

/** Restriction, how many rows, PR_RESOURCE_METHODS of the first. */
const objects = {
  spooler: [{ property: "resourceType", op: "eq", value: 37 }, 1, 0x9],
  subsystem: [{ property: "resourceType", op: "eq", value: 39 }, 1, 0x1],
  "address book": [{ property: "resourceType", op: "eq", value: 34 }, 1, 0x1],
  "provider by name": [{ property: "providerDisplay", op: "eq", value: "JMAP" }, 2, 0xF],
  "provider by module": [{ property: "providerDllName", op: "eq", value: "mailspooler/transports/jmap" }, 2, 0xF],
};

export const opening = (at) =>
  void test("c_022 c_024 c_028 c_029 c_168 a status object is opened through the status table", async (t) => {
    for (const [who, [restriction, rows, methods]] of Object.entries(objects)) {
      await follow(t, `Status Table and Status Objects (${who})`, [
        ...beginning(at, ["1", "2", "3 and 4", "5"], COLUMNS, restriction, rows),
        ["6", "OpenEntry gives an IMAPIStatus, the same each time", async () => {
          const got = await at.run(() => {
            const { view } = globalThis;
            const [{ entryId }] = view.rows;
            view.object = view.session.openEntry(entryId);
            const all = (object) => JSON.stringify(object.getProps(object.getPropList()));
            const { objectType, resourceMethods } = view.object.getProps(["objectType", "resourceMethods"]);
            return { objectType, resourceMethods, same: all(view.object) === all(view.session.openEntry(entryId)) };
          });
          assert.deepEqual(got, { objectType: 10, resourceMethods: methods, same: true });
        }],
        ["after 6", "its methods are those of PR_RESOURCE_METHODS; QueryInterface gives a header folder where there is one", async () => {
          const expected = (bit) => ((methods & bit) === 0 ? "MAPI_E_NO_SUPPORT" : "S_OK");
          const got = await at.run(async (methods, [settings, password, flush]) => {
            const { view: { object, codeOf } } = globalThis;
            // What is there is not done here.
            const refused = (bit, call) => ((methods & bit) === 0 ? codeOf(call()) : "S_OK");
            return [
              await codeOf(object.validateState({ suppressUi: true })), await refused(settings, () => object.settingsDialog()),
              await refused(password, () => object.changePassword("a", "b")), await refused(flush, () => object.flushQueues({ upload: true })),
              await codeOf((async () => object.headers().getPropList().length)()),
            ];
          }, methods, [SETTINGS_DIALOG, CHANGE_PASSWORD, FLUSH_QUEUES]);
          const headers = rows === 2 ? "S_OK" : "MAPI_E_NO_SUPPORT";
          assert.deepEqual(got, ["S_OK", expected(SETTINGS_DIALOG), expected(CHANGE_PASSWORD), expected(FLUSH_QUEUES), headers]);
        }],
      ]);
    }
  });
