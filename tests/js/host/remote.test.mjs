// A remote transport through the public API: headers, marks, progress, what `deliver` says of its place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, gate, hostSide } from "./setup.mjs";

const host = await hostSide("remote");
const download = 0x1000;
const remove = 0x2000;

const server = () => [
  { id: "a", messageSize: 1000, subject: "Re: Lunch", senderName: "Ann", messageDeliveryTime: 1_700_000_000_000 },
  { id: "b", messageSize: 3000, subject: "Invoice" },
  { id: "c", messageSize: 500, subject: "AW: noch eins", hasAttachments: true },
];

/** A session on a remote transport over `mails`; `headers` replaces its functions. */
async function viewer(headers = {}, options = {}) {
  const mails = server();
  const delivered = [];
  const session = await host.open({
    deliver: (message) => void delivered.push(message.id),
    transports: [host.transport(() => accepts, {
      headers: {
        refresh: () => mails.map((mail) => ({ ...mail })),
        download: (id) => ({ id, content: new Blob([`mail ${id}`]), folder: "inbox" }),
        remove: (id) => void mails.splice(mails.findIndex((mail) => mail.id === id), 1),
        ...headers,
      },
    })],
    ...options,
  });
  const table = session.getStatusTable();
  table.setColumns([...table.queryColumns(), "remoteValidateOk", "remoteProgress", "remoteProgressText"]);
  const row = () => table.getSnapshot().find(({ resourceType }) => resourceType === 36);
  const until = async (wanted) => {
    if (!wanted()) for await (const _ of table.changes()) if (wanted()) break;
  };
  await until(() => row().remoteValidateOk === true);
  const status = session.openEntry(row().entryId);
  const folder = status.headers();
  const rest = () => until(() => row().remoteValidateOk === true);
  const refresh = async () => {
    await status.validateState({ refreshHeaders: true });
    await rest();
  };
  const contents = () => {
    const headersTable = folder.getContentsTable();
    const rows = headersTable.queryRows(100);
    headersTable.close();
    return rows;
  };
  return { session, status, folder, mails, delivered, row, until, rest, refresh, contents };
}

test("c_168 c_169 the header folder comes from the status object and has its ten properties", async () => {
  const { session, status, folder, refresh } = await viewer();
  assert.deepEqual(folder.getPropList().sort(), [
    "access", "accessLevel", "associatedContentCount", "contentCount", "creationTime", "displayName", "displayType", "folderType",
    "objectType", "subfolders",
  ]);
  await refresh();
  assert.deepEqual(folder.getProps([0x3602_0003, "subject", 0x360A_000B]), { contentCount: folder.getProps(["contentCount"]).contentCount, subject: { error: "MAPI_E_NOT_FOUND" }, subfolders: false });
  assert.deepEqual(folder.getProps(["contentCount", "objectType", "subject"]), {
    contentCount: 3, objectType: 3, subject: { error: "MAPI_E_NOT_FOUND" },
  });
  assert.equal(status.getProps(["statusCode"]).statusCode & 0x80_0000, 0x80_0000);
  const spooler = session.getStatusTable().queryRows(10).find(({ resourceType }) => resourceType === 37);
  assert.throws(() => session.openEntry(spooler.entryId).headers(), { code: "MAPI_E_NO_SUPPORT" });
  await session.close();
});

test("c_170 c_171 rows have eighteen columns, sizes before any download, and no time that nobody can know", async () => {
  const { session, contents, refresh } = await viewer({ download: () => assert.fail("nothing was marked") });
  await refresh();
  const rows = contents();
  assert.equal(Object.keys(rows[0]).length, 18);
  assert.deepEqual(rows.map((row) => [row.messageSize, row.normalizedSubject, row.messageStatus]), [[1000, "Lunch", 0], [3000, "Invoice", 0], [500, "noch eins", 0]]);
  assert.deepEqual(rows[0].messageDownloadTime, { error: "MAPI_E_NO_SUPPORT" });
  assert.deepEqual([rows[2].hasAttachments, rows[2].messageClass, rows[2].objectType], [true, "IPM.Note", 5]);
  await session.close();
});

test("c_172 marks by name or by mask answer the status before and are told after the call", async () => {
  const { session, folder, contents, refresh } = await viewer();
  await refresh();
  const table = folder.getContentsTable();
  const told = [];
  const heard = gate();
  table.advise((notification) => {
    told.push(notification.type);
    heard.open();
  });
  const [{ entryId }] = contents();
  assert.equal(folder.setMessageStatus(entryId, { download: true }), 0);
  assert.deepEqual(told, []);
  await heard.promise;
  assert.deepEqual(told, ["rowModified"]);
  assert.equal(folder.setMessageStatus(entryId, { delete: true }), download);
  assert.equal(folder.setMessageStatus(entryId, { download: false }), download | remove);
  assert.equal(folder.setMessageStatus(entryId, download, download), remove);
  assert.equal(contents()[0].messageStatus, download | remove);
  assert.throws(() => folder.setMessageStatus(entryId, 0x10, 0x10), { code: "MAPI_E_INVALID_PARAMETER" });
  assert.throws(() => folder.setMessageStatus("6e6f", { download: true }), { code: "MAPI_E_NOT_FOUND" });
  assert.throws(() => folder.setMessageStatus(entryId, { move: true }), { code: "MAPI_E_INVALID_PARAMETER" });
  assert.throws(() => folder.setMessageStatus(entryId, null), { code: "MAPI_E_INVALID_PARAMETER" });
  await session.close();
});

test("c_174 c_142 process downloads, deletes and moves; newMail says where deliver put what came", async () => {
  const { session, status, folder, mails, delivered, contents, refresh, rest } = await viewer({}, {});
  const news = [];
  session.on("newMail", (event) => news.push(event));
  await refresh();
  const [a, b, c] = contents();
  folder.setMessageStatus(a.entryId, { download: true });
  folder.setMessageStatus(b.entryId, { delete: true });
  folder.setMessageStatus(c.entryId, { download: true, delete: true });
  await status.validateState({ processHeaders: true });
  await rest();
  assert.deepEqual(delivered, ["a", "c"]);
  assert.deepEqual(mails.map(({ id }) => id), ["a"]);
  assert.deepEqual(contents().map(({ subject, messageStatus }) => [subject, messageStatus]), [["Re: Lunch", 0]]);
  assert.deepEqual(folder.getProgress(), { phase: "idle", messages: 3, totalMessages: 3, failed: 0, bytes: 1500, totalBytes: 1500, result: "S_OK" });
  assert.deepEqual(news.map(({ id, entryId, parentId, messageClass }) => [id, entryId, parentId, messageClass]),
    [["a", "a", "inbox", "IPM.Note"], ["c", "c", "inbox", "IPM.Note"]]);
  await session.close();
});

test("c_142 the store's own entry id and folder are announced when deliver names them", async () => {
  const { session, status, folder, contents, refresh, rest } = await viewer({}, {
    deliver: ({ id }) => ({ entryId: `store/${id}`, parentId: "folder/7" }),
  });
  const news = [];
  session.on("newMail", (event) => news.push(event));
  await refresh();
  folder.setMessageStatus(contents()[0].entryId, { download: true });
  await status.validateState({ processHeaders: true });
  await rest();
  assert.deepEqual([news[0].entryId, news[0].parentId, news[0].messageFlags], ["store/a", "folder/7", 0]);
  await session.close();
});

test("a message that fails keeps its mark; one that is gone leaves the list", async () => {
  const { session, status, folder, delivered, contents, refresh, rest, mails } = await viewer({
    download(id) {
      if (id === "a") throw new Error("broken");
      return undefined;
    },
  });
  await refresh();
  const [a, b] = contents();
  for (const { entryId } of [a, b]) folder.setMessageStatus(entryId, { download: true });
  mails.splice(1, 1);
  await status.validateState({ processHeaders: true });
  await rest();
  assert.deepEqual(delivered, []);
  assert.equal(folder.getProgress().result, "MAPI_W_ERRORS_RETURNED");
  assert.deepEqual(contents().map(({ subject, messageStatus }) => [subject, messageStatus]), [["Re: Lunch", download], ["AW: noch eins", 0]]);
  await session.close();
});

test("c_176 c_177 progress rises in the row while work runs; abort ends it and the marks stay", async () => {
  const begun = gate();
  const stopped = gate();
  let steps;
  const { session, status, folder, contents, refresh, row, until } = await viewer({
    download: (id, ctx) => new Promise((_, reject) => {
      steps = (done) => ctx.progress(done, 1000);
      ctx.signal.addEventListener("abort", () => {
        stopped.open();
        reject(ctx.signal.reason);
      });
      begun.open();
    }),
  });
  await refresh();
  for (const { entryId } of contents()) folder.setMessageStatus(entryId, { download: true });
  await status.validateState({ processHeaders: true });
  await begun.promise;
  assert.equal(row().remoteValidateOk, false);
  await assert.rejects(status.validateState({ refreshHeaders: true }), { code: "MAPI_E_BUSY" });
  assert.equal(row().remoteProgressText, "Downloading");
  const before = row().remoteProgress;
  steps(700);
  await until(() => row().remoteProgress > before);
  assert.deepEqual([folder.getProgress().bytes, folder.getProgress().totalBytes], [700, 4500]);
  await status.validateState({ abortHeaders: true });
  await stopped.promise;
  assert.deepEqual([row().remoteValidateOk, row().remoteProgress, folder.getProgress().result], [true, -1, "MAPI_E_USER_CANCEL"]);
  assert.ok(contents().every(({ messageStatus }) => messageStatus === download));
  await session.close();
});

test("headers of a transport are three functions or refused", async () => {
  for (const headers of [1, {}, { refresh() {} }, { refresh() {}, download() {}, remove: true }]) {
    await assert.rejects(host.open({ transports: [host.transport(() => accepts, { headers })] }), { code: "MAPI_E_INVALID_PARAMETER" });
  }
});

test("a list that is none is garbage, said by name, and the old one stays", async () => {
  const log = [];
  let list = server();
  const { session, status, folder, contents, refresh, rest } = await viewer({ refresh: () => list }, { log: ({ code }) => log.push(code) });
  await refresh();
  for (const wrong of ["no", [{ subject: "no id" }], [{ id: "x", messageSize: "big" }], [{ id: "x", strange: 1 }]]) {
    list = wrong;
    await status.validateState({ refreshHeaders: true });
    await rest();
    assert.match(folder.getProgress().result, /^MAPI_E_(CALL_FAILED|CORRUPT_DATA)$/);
    assert.equal(contents().length, 3);
  }
  assert.ok(log.length >= 3, log.join());
  await session.close();
});
