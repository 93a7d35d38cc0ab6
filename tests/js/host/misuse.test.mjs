// What a host does wrong is told as what was expected and what came, and whose it is; nothing goes on after close().
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, hostSide } from "./setup.mjs";

const host = await hostSide("misuse");
const mail = { to: "bob@example.test", payload: {} };
const good = (uid) => ({ uid, submitMessage: () => accepts });
const refused = (expected, got) => (error) => {
  assert.deepEqual([error.name, error.expected, error.got], ["MapiError", expected, got]);
  return true;
};

test("of several transports the wrong one is named", async () => {
  const wrong = (more) => host.open({ transports: [good("good"), { ...good("bad.one"), ...more }] });
  await assert.rejects(wrong({ deadlineMs: "9" }), refused("deadlineMs to be an integer from 1 to 86400000 (transport bad.one)", "string"));
  await assert.rejects(wrong({ guarantees: { deduplicates: true } }), refused("guarantees.deduplicates (transport bad.one)", "boolean"));
  await assert.rejects(wrong({ submitMessage: 1 }), refused("submitMessage of a transport to be a function (transport bad.one)", "the number 1"));
});

test("of several recipients the wrong one is named by its place, not by its text", async () => {
  const session = await host.open({ transports: [good("a")] });
  await assert.rejects(session.submitMessage({ ...mail, to: ["a@b.test", "secret"] }), refused("an address of the form local@domain", "no @, in recipient 2"));
  await assert.rejects(session.submitMessage({ ...mail, to: "secret" }), refused("an address of the form local@domain", "no @"));
  await session.close();
});

test("a progress callback that is none is refused", async () => {
  const session = await host.open({ transports: [good("a")] });
  const spooler = session.openEntry(session.getStatusTable().getSnapshot().find((row) => row.resourceType === 37).entryId);
  await assert.rejects(spooler.flushQueues({ upload: true, onProgress: 7 }), refused("onProgress to be a function", "the number 7"));
  await session.close();
});

test("after close() nothing is registered, and tables open no windows", async () => {
  const session = await host.open({ transports: [good("a")] });
  const table = session.getStatusTable();
  await session.close();
  const closed = { code: "MAPI_E_NOT_INITIALIZED" };
  assert.throws(() => session.on("newMail", () => {}), closed);
  assert.throws(() => session.admin.addTransport(good("b")), closed);
  assert.throws(() => session.admin.registerPreprocessor({ direction: "inbound", run: () => {} }), closed);
  assert.throws(() => session.admin.addProvider({ uid: "s", kind: "store" }), closed);
  await assert.rejects(session.takeOver(), closed);
  assert.throws(() => table.window({ offset: 0, count: 1 }), { code: "MAPI_E_INVALID_OBJECT" });
});

test("a field that is almost one of a transport's is told, by name; what a transport keeps for itself is not", async (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  const said = [];
  const log = ({ level, code, transport }) => said.push([level, code, transport].join(" "));
  class Own {
    uid = "own";
    guarentees = {};
    submitMessage() {
      return accepts;
    }
  }
  const plain = { guarentees: {}, probMessage: () => {}, pollIntervalMS: 5_000, endMesasge: () => {}, _queue: [], id: 1, retries: 3, "submitMessage ": 1, helper() {} };
  const bare = Object.assign(Object.create(null), { ...good("bare"), displayname: "b" });
  const session = await host.open({ transports: [{ ...good("plain"), ...plain }, new Own(), bare], log });
  session.admin.addTransport({ ...good("later"), prepareMesage: () => {} });
  session.admin.addProvider({ uid: "book", kind: "addressBook", settingDialog: () => {} });
  const told = ["plain guarentees", "plain probMessage", "plain pollIntervalMS", "plain endMesasge", "bare displayname", "later prepareMesage", "book settingDialog"];
  assert.deepEqual(said, told.map((of) => of.split(" ")).map(([uid, name]) => `warn transport.unknownField.${name} ${uid}`));
  assert.equal(warn.mock.callCount(), told.length, "each once on the console");
  await session.close();
});
