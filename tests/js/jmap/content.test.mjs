// What a host may hand over: MIME, a JMAP Email object, a draft that is on the server. No Bcc leaves in a header.
import assert from "node:assert/strict";
import { test } from "node:test";
import { alice, arrived, bob, context, handed, mailSystem, message, part, send, standing } from "./setup.mjs";

const system = await mailSystem();
const { smtp } = system;
const jmap = system.transport();
const { withoutBcc } = await part("bcc.ts");

const email = (more = {}) => ({
  from: [{ email: alice }], to: [{ email: bob }], subject: "composed by the server",
  bodyValues: { text: { value: "Gr\u00fc\u00dfe" } }, textBody: [{ partId: "text", type: "text/plain" }], ...more,
});
const delivered = (mail) => smtp.mails.filter(({ messageId }) => messageId === mail.messageId).map(({ raw }) => raw.toString());

async function hostDraft(more = {}) {
  const [boxes] = await system.jmap(alice, [["Mailbox/get", { properties: ["role"] }]]);
  const drafts = boxes.list.find(({ role }) => role === "drafts").id;
  const mail = message();
  const messageId = [mail.messageId.slice(1, -1)];
  const [made] = await system.jmap(alice, [["Email/set", {
    create: { d: { mailboxIds: { [drafts]: true }, keywords: { $draft: true }, messageId, ...email(more) } },
  }]]);
  const { id } = made.created.d;
  const { content: _, ...rest } = mail;
  return { ...rest, payload: { emailId: id } };
}

test("payload { email }: composed once, sent once, under the message's own Message-ID", async () => {
  const mail = message({ payload: { email: email() } });
  const first = await jmap.prepareMessage(mail, context());
  // A second life has lost the token: the draft is found by Message-ID.
  const second = await jmap.prepareMessage(mail, context());
  assert.equal(first.emailId, second.emailId);
  assert.equal((await jmap.submitMessage(mail, context({ token: second }))).type, "accepted");
  assert.equal((await arrived(system, mail)).length, 1);
  assert.deepEqual(await standing(system, mail), [{ boxes: ["Sent"], keywords: ["$seen"] }]);
});

test("g15: payload { email } with bcc: in the envelope, in no header", async () => {
  const mail = message({ payload: { email: email({ bcc: [{ email: "dave@elsewhere.test" }] }) }, bcc: ["dave@elsewhere.test"] });
  assert.equal((await send(jmap, mail)).outcome.type, "accepted");
  const [raw] = delivered(mail);
  assert.doesNotMatch(raw, /dave/i);
  assert.deepEqual(smtp.mails.at(-1).to, [bob, "dave@elsewhere.test"]);
});

test("payload { email } that the server cannot compose is refused for good", async () => {
  const mail = message({ payload: { email: email({ bodyValues: {} }) } });
  const { outcome } = await send(jmap, mail);
  assert.deepEqual({ type: outcome.type, code: outcome.code }, { type: "rejected", code: "invalidProperties" });
});

test("payload { emailId }: the host's draft is sent and filed", async () => {
  const mail = await hostDraft();
  const { outcome } = await send(jmap, mail);
  assert.deepEqual(outcome, { type: "accepted", remoteId: mail.payload.emailId });
  assert.deepEqual(await standing(system, mail), [{ boxes: ["Sent"], keywords: [] }]);
});

test("g15: payload { emailId } with bcc: a copy without it goes out, and the draft goes once it did", async () => {
  const mail = await hostDraft({ bcc: [{ email: "dave@elsewhere.test" }], subject: "blind" });
  const token = await jmap.prepareMessage(mail, context());
  assert.equal(token.original, mail.payload.emailId);
  assert.equal((await standing(system, mail)).length, 2);
  assert.equal((await jmap.submitMessage(mail, context({ token }))).type, "accepted");
  const [raw] = delivered(mail);
  assert.match(raw, /^Subject: blind\r$/m);
  assert.doesNotMatch(raw, /dave|^bcc/im);
  assert.deepEqual((await standing(system, mail)).map(({ boxes }) => boxes), [["Sent"]]);
});

test("o_61: cancelling leaves the host's draft, which no earlier request can send", async () => {
  const mail = await hostDraft();
  const token = await jmap.prepareMessage(mail, context());
  assert.equal(await jmap.cancelMessage(mail, context({ token })), "cancelled");
  assert.deepEqual((await standing(system, mail)).map(({ boxes }) => boxes), [["Drafts"]]);
  const now = await jmap.prepareMessage(mail, context({ token }));
  assert.notEqual(now.emailState, token.emailState);
  assert.equal(handed(system, mail), 0);
});

test("payload { emailId } of what is no draft any more is refused before any wire call", async () => {
  const mail = await hostDraft();
  await send(jmap, mail);
  const token = await jmap.prepareMessage(mail, context());
  const ctx = context({ token });
  const outcome = await jmap.submitMessage(mail, ctx);
  assert.deepEqual({ type: outcome.type, code: outcome.code }, { type: "rejected", code: "notDraft" });
  assert.equal(ctx.wire.length, 0);
});

test("payload { emailId } that was sent goes out again when a person says so", async () => {
  const mail = await hostDraft();
  const { token } = await send(jmap, mail);
  for (const old of [token, undefined]) {
    const again = await jmap.prepareMessage(mail, context({ token: old, attempt: 2, reason: "person" }));
    assert.equal((await jmap.submitMessage(mail, context({ token: again, attempt: 2, reason: "person" }))).type, "accepted");
  }
  assert.equal(handed(system, mail), 3);
});

test("a payload of no known form is refused with the forms named", async () => {
  for (const payload of [{}, null, 7, { emailId: 3 }, { email: "x" }]) {
    const { outcome } = await send(jmap, message({ payload: payload ?? { email: null } }));
    assert.deepEqual({ type: outcome.type, code: outcome.code }, { type: "rejected", code: "invalidPayload" });
    assert.match(outcome.text, /MIME, payload \{ email \} or payload \{ emailId \}/);
  }
});

test("only Bcc fields go, folded ones whole, and every other byte stays", async () => {
  const other = Buffer.from("X-Bcc: no\r\nSubject: \xfc bcc: no\r\n folded bcc: no\r\n", "latin1");
  const body = Buffer.from([13, 10, 66, 99, 99, 58, 32, 98, 111, 100, 121, 13, 10, 0, 255]);
  const given = Buffer.concat([Buffer.from("BCC: a@b,\r\n\tc@d\r\n"), other, Buffer.from("Resent-Bcc : x\r\nbcc:\r\n"), body]);
  const left = Buffer.from(await (await withoutBcc(new Blob([given]))).arrayBuffer());
  assert.deepEqual(left, Buffer.concat([other, body]));
});

test("Bcc goes with bare line feeds, as the last field, and from a header without body", async () => {
  for (const [given, wanted] of [["a: 1\nbcc: x\n\nbcc: y\n", "a: 1\n\nbcc: y\n"], ["a: 1\r\nBcc: x", "a: 1\r\n"], ["", ""], ["\r\nbcc: y\r\n", "\r\nbcc: y\r\n"]]) {
    assert.equal(await (await withoutBcc(new Blob([given]))).text(), wanted);
  }
});
