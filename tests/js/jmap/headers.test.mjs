// Headers of a real mailbox: the list with sizes, one body on demand, deletion; other clients at work beside.
import assert from "node:assert/strict";
import { test } from "node:test";
import { basic, bob, context, mailSystem, message, send } from "./setup.mjs";

const system = await mailSystem();
const sender = system.transport();
const remote = (more = {}) => system.transport({ uid: "bob", authorize: basic(bob, "secret of bob"), inbox: false, ...more });

async function mailFor(options = {}) {
  const mail = message({ to: [bob], ...options });
  assert.equal((await send(sender, mail)).outcome.type, "accepted");
  await system.smtp.idle();
  return mail;
}
const byId = (list) => new Map(list.map((each) => [each.id, each]));

test("the list is the inbox, newest first, with sizes and what the columns need", async () => {
  const plain = await mailFor({ subject: "plain" });
  await mailFor({ subject: "urgent", headers: "Importance: High\r\nPriority: urgent\r\nSensitivity: Private\r\nSender: Eve <eve@example.test>\r\n" });
  const list = await remote().headers.refresh(context());
  assert.deepEqual(list.map(({ subject }) => subject).sort(), ["plain", "urgent"]);
  const [first, second] = ["plain", "urgent"].map((subject) => list.find((each) => each.subject === subject));
  assert.ok(first.messageSize >= plain.raw.length, `${first.messageSize}`);
  assert.deepEqual([first.importance, first.priority, first.sensitivity, first.messageFlags, first.hasAttachments], [1, 0, 0, 0, false]);
  assert.deepEqual([second.importance, second.priority, second.sensitivity], [2, 1, 2]);
  assert.equal(second.senderName, "Eve");
  assert.equal(second.sentRepresentingName, "alice@example.test");
  assert.equal(first.displayTo, bob);
  assert.ok(Math.abs(first.messageDeliveryTime - Date.now()) < 3_600_000);
});

test("one body comes on demand, whole, with its bytes counted as they come", async () => {
  const mail = await mailFor({ subject: "big", body: "x".repeat(70).concat("\r\n").repeat(5_000) });
  const transport = remote();
  const { id, messageSize } = (await transport.headers.refresh(context())).find(({ subject }) => subject === "big");
  const seen = [];
  const got = await transport.headers.download(id, context({ progress: (done, total) => seen.push([done, total]) }));
  assert.equal(got.id, id);
  assert.equal(got.content.size, messageSize);
  assert.ok((await got.content.text()).endsWith(mail.raw.toString().slice(-1_000)));
  assert.deepEqual(seen.at(-1), [messageSize, messageSize]);
  assert.ok(seen.length > 0 && seen.every(([done], at) => at === 0 || done >= seen[at - 1][0]));
  assert.equal(byId(await transport.headers.refresh(context())).has(id), true, "it stays on the server");
});

test("what is removed is gone; twice is once, and a body that is gone is none", async () => {
  await mailFor({ subject: "short-lived" });
  const transport = remote();
  const { id } = (await transport.headers.refresh(context())).find(({ subject }) => subject === "short-lived");
  await transport.headers.remove(id, context());
  await transport.headers.remove(id, context());
  assert.equal(byId(await transport.headers.refresh(context())).has(id), false);
  assert.equal(await transport.headers.download(id, context()), undefined);
});

test("a long list comes in pages, none twice", async () => {
  const [boxes] = await system.jmap(bob, [["Mailbox/get", { properties: ["role"] }]]);
  const inbox = boxes.list.find(({ role }) => role === "inbox").id;
  const raw = Buffer.from("From: a@example.test\r\nTo: bob@example.test\r\nSubject: many\r\n\r\nbody\r\n");
  const uploadUrl = new URL("/jmap/upload/bob/", system.cyrus.jmapUrl);
  const authorization = basic(bob, "secret of bob")().authorization;
  const emails = {};
  for (let at = 0; at < 260; at += 1) {
    const body = Buffer.concat([Buffer.from(`Message-ID: <many${at}@example.test>\r\n`), raw]);
    const response = await fetch(uploadUrl, { method: "POST", headers: { authorization, "content-type": "message/rfc822" }, body });
    emails[`e${at}`] = { blobId: (await response.json()).blobId, mailboxIds: { [inbox]: true } };
  }
  await system.jmap(bob, [["Email/import", { emails }]]);
  const seen = [];
  const list = await remote().headers.refresh(context({ progress: (done, total) => seen.push([done, total]) }));
  assert.equal(list.filter(({ subject }) => subject === "many").length, 260);
  assert.equal(byId(list).size, list.length);
  assert.deepEqual(seen.at(-1), [list.length, list.length]);
  assert.ok(seen.length >= 2);
});

test("errors have MAPI's words", async () => {
  await assert.rejects(remote({ authorize: basic(bob, "wrong") }).headers.refresh(context()), { code: "MAPI_E_LOGON_FAILED" });
  const transport = remote();
  await transport.headers.refresh(context());
  const end = system.proxy.fault({ do: "status", status: 503, times: 1 });
  await assert.rejects(transport.headers.remove("x", context()), { code: "MAPI_E_BUSY" });
  end();
});
