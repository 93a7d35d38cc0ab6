// Status objects as property objects, identity, passwords: the statements of the catalogue from a host's side.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, hostSide, owner } from "./setup.mjs";

const host = await hostSide("status");
const rows = (session) => session.getStatusTable().getSnapshot();
const rowOf = (session, type) => rows(session).find(({ resourceType }) => resourceType === type);
const transport = (rest) => host.transport(() => accepts, { displayName: "Relay", ...rest });

test("c_019 c_020 c_021 queryIdentity in hex, with its code", async () => {
  const asked = async (...transports) => (await host.open({ transports })).queryIdentity();
  const { code, display } = await asked(transport());
  assert.deepEqual([code, display], ["MAPI_W_NO_SERVICE", owner]);
  const alice = transport({ uid: "u", identity: { display: "Alice", entryId: "0A0b", searchKey: "534d54503a41" } });
  assert.deepEqual(await asked(transport(), alice), { entryId: "0a0b", display: "Alice", searchKey: "534d54503a41", code: "S_OK" });
  assert.throws(() => host.readTransport(transport({ identity: { display: "A", entryId: "id", searchKey: "" } })), { code: "MAPI_E_INVALID_PARAMETER" });
  const main = transport({ uid: "v", identity: { display: "Main", entryId: "0c", searchKey: "" }, resourceFlags: { primaryIdentity: true } });
  assert.equal((await asked(alice, main)).display, "Main");
});

test("c_022 c_024 a status row opens a status object, the same one each time", async () => {
  const session = await host.open({ transports: [transport()] });
  for (const row of rows(session)) {
    const [one, two] = [session.openEntry(row.entryId), session.openEntry(row.entryId)];
    assert.equal(one.entryId, row.entryId);
    assert.equal(one.getProps(["objectType"]).objectType, 10);
    for (const method of ["validateState", "flushQueues", "settingsDialog", "changePassword"]) assert.equal(typeof one[method], "function");
    if (row.resourceType === 36) {
      one.setProps({ displayName: "Named through one" });
      assert.equal(two.getProps(["displayName"]).displayName, "Named through one");
    }
  }
});

test("c_023 c_027 of a provider the two display names can be written, of MAPI's own objects nothing", async () => {
  const session = await host.open({ transports: [transport()] });
  const status = session.openEntry(rowOf(session, 36).entryId);
  const table = session.getStatusTable();
  const told = new Promise((done) => table.advise(({ type, row }) => row.displayName === "Mine" && done(type)));
  status.setProps({ displayName: "Mine", providerDisplay: "Theirs" });
  assert.deepEqual(status.getProps(["displayName", "providerDisplay"]), { displayName: "Mine", providerDisplay: "Theirs" });
  assert.equal(rowOf(session, 36).displayName, "Mine");
  assert.equal(await told, "rowModified");
  for (const [values, code] of [
    [{ statusCode: 1 }, "MAPI_E_NO_ACCESS"], [{ displayName: "x", resourceFlags: 4 }, "MAPI_E_NO_ACCESS"], [{ displayName: 5 }, "MAPI_E_INVALID_PARAMETER"],
    [{ displayName: null }, "MAPI_E_INVALID_PARAMETER"], ["x", "MAPI_E_INVALID_PARAMETER"],
  ]) assert.throws(() => status.setProps(values), { code }, JSON.stringify(values));
  assert.equal(status.getProps(["displayName"]).displayName, "Mine");
  for (const type of [34, 37, 39]) assert.throws(() => session.openEntry(rowOf(session, type).entryId).setProps({ displayName: "x" }), { code: "MAPI_E_NO_ACCESS" });
});

test("c_026 the object's properties are its row's columns", async () => {
  const session = await host.open({ transports: [transport({ identity: { display: "A", entryId: "0a", searchKey: "0a" } })] });
  const table = session.getStatusTable();
  table.setColumns(table.queryColumns({ all: true }));
  for (const row of table.queryRows(50)) {
    const { instanceKey: _key, rowid: _id, ...own } = Object.fromEntries(Object.entries(row).filter(([, cell]) => cell?.error === undefined));
    const status = session.openEntry(row.entryId);
    const { instanceKey: _k, rowid: _r, ...props } = status.getProps(status.getPropList());
    assert.deepEqual(props, Object.fromEntries(Object.entries(own).filter(([name]) => name in props)));
    assert.deepEqual(Object.keys(own).filter((name) => !(name in props) && name !== "rowId"), []);
  }
});

test("c_032 c_033 c_034 c_035 properties are got in the order asked, errors stand in their slot", async () => {
  const session = await host.open({ transports: [transport()] });
  const status = session.openEntry(rowOf(session, 36).entryId);
  const got = status.getProps(["statusString", "subject", 0x3001_0000, "resourceType"]);
  assert.deepEqual(Object.keys(got), ["statusString", "subject", "displayName", "resourceType"]);
  assert.deepEqual([got.subject, got.displayName, got.resourceType], [{ error: "MAPI_E_NOT_FOUND" }, "Relay", 36]);
  assert.throws(() => status.getProps([]), { code: "MAPI_E_INVALID_PARAMETER" });
  const list = status.getPropList();
  assert.ok(list.length > 5);
  for (const cell of Object.values(status.getProps(list))) assert.equal(cell?.error, undefined);
});

test("c_063 a wrong old password is MAPI_E_NO_ACCESS, and no window opens", async () => {
  let password = "old";
  const session = await host.open({
    propertySheet: () => assert.fail("no window"),
    transports: [transport({
      settings: [{ name: "url", type: "string", label: "Address" }],
      changePassword(was, now) {
        if (was !== password) throw Object.assign(new Error(`${was} is not ${password}`), { code: "MAPI_E_NO_ACCESS" });
        password = now;
      },
    })],
  });
  const status = session.openEntry(rowOf(session, 36).entryId);
  await assert.rejects(status.changePassword("wrong", "new"), (error) => error.code === "MAPI_E_NO_ACCESS" && !/old|wrong/.test(`${error.expected} ${error.got}`));
  assert.equal(password, "old");
  await status.changePassword("old", "new");
  assert.equal(password, "new");
});

test("c_069 resource flags and module name cannot be set at logon", async () => {
  const said = [];
  const session = await host.open({
    log: ({ code }) => said.push(code),
    transports: [transport({
      moduleName: "mine", resourceFlags: { preferLast: true },
      transportLogon(ctx) {
        ctx.modifyStatusRow({ resourceFlags: 0, providerDllName: "other", statusString: "Here" }, { update: true });
        return { resourceFlags: 0, moduleName: "other" };
      },
    })],
  });
  const table = session.getStatusTable();
  const here = () => table.getSnapshot().find(({ statusString }) => statusString === "Here");
  if (!here()) for await (const _ of table.changes()) if (here()) break;
  assert.deepEqual([here().resourceFlags, here().providerDllName], [0x10, "mine"]);
  assert.ok(said.includes("transportLogon.unknownField"));
});
