// Submitting by JMAP against a real Cyrus: once, whoever repeats the request and whatever breaks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { alice, arrived, bob, context, handed, isSubmission, mailSystem, message, repeating, send, standing, submits } from "./setup.mjs";

const system = await mailSystem();
const { smtp, proxy } = system;
const jmap = system.transport();
const sent = [{ boxes: ["Sent"], keywords: ["$seen"] }];
const draft = [{ boxes: ["Drafts"], keywords: ["$draft", "$seen"] }];
const begun = [{ boxes: ["Drafts"], keywords: ["$draft", "$seen", "$submitpending"] }];

const fault = (t, server, what) => t.after(server.fault(what));

test("a message arrives byte for byte, is filed in Sent, and its envelope is the recipients given", async () => {
  const mail = message({ to: [bob, "carol@b\u00fccher.test"], bcc: ["dave@elsewhere.test"], body: `\u00e4 8-bit\r\n.dot\r\n${"x".repeat(980)}` });
  const { outcome, token } = await send(jmap, mail);
  assert.deepEqual(outcome, { type: "accepted", remoteId: token.emailId });
  assert.deepEqual(await standing(system, mail), sent);
  const handover = smtp.mails.find(({ messageId }) => messageId === mail.messageId);
  assert.equal(handover.from, alice);
  assert.deepEqual(handover.to, [bob, "carol@b\u00fccher.test", "dave@elsewhere.test"]);
  const { body } = proxy.log.findLast(submits);
  assert.ok(body.includes('"carol@xn--bcher-kva.test"'));
  assert.ok(handover.raw.equals(mail.raw));
  const [email] = await arrived(system, mail);
  assert.equal(email.headers.filter(({ name }) => /bcc/i.test(name)).length, 0);
});

test("200 messages one after the other arrive once each and in order", async () => {
  const mails = Array.from({ length: 200 }, (_, at) => message({ subject: `number ${at}` }));
  for (const mail of mails) assert.equal((await send(jmap, mail)).outcome.type, "accepted");
  const wanted = mails.map(({ messageId }) => messageId);
  assert.deepEqual(smtp.mails.map(({ messageId }) => messageId).filter((id) => wanted.includes(id)), wanted);
});

test("one wire call, and one request that holds mark and submission", async () => {
  const mail = message();
  const token = await jmap.prepareMessage(mail, context());
  const ctx = context({ token });
  const before = proxy.log.length;
  await jmap.submitMessage(mail, ctx);
  assert.equal(ctx.wire.length, 1);
  const [request, ...more] = proxy.log.slice(before);
  assert.equal(more.length, 0);
  const { methodCalls } = JSON.parse(request.body);
  assert.deepEqual(methodCalls.map(([name]) => name), ["Email/set", "EmailSubmission/set"]);
  assert.deepEqual(methodCalls.map(([, args]) => args.ifInState), [token.emailState, token.state]);
});

for (const { name, what } of [
  { name: "delivered" },
  { name: "delivered, the connection lost after DATA", what: { at: "data", drop: "delivered" } },
  { name: "refused at DATA", what: { at: "data", reply: "550 5.7.1 no" } },
]) {
  test(`five copies at the same moment hand it over once: ${name}`, async (t) => {
    for (let round = 0; round < 5; round += 1) {
      const mail = message();
      const token = await jmap.prepareMessage(mail, context());
      if (what !== undefined) fault(t, smtp, { ...what, messageId: mail.messageId });
      const body = new Promise((done) => {
        const ctx = context({ token, fetch: (url, init) => { done([url, init]); return Promise.reject(new TypeError("cut")); } });
        jmap.submitMessage(mail, ctx).catch(() => undefined);
      });
      const [url, init] = await body;
      await Promise.all(Array.from({ length: 5 }, async () => (await fetch(url, { ...init, signal: undefined })).arrayBuffer()));
      assert.equal(handed(system, mail), 1);
    }
  });
}

test("a repeated POST is one delivery, and its second answer is read as: look", async () => {
  const mail = message();
  const token = await jmap.prepareMessage(mail, context());
  const outcome = await jmap.submitMessage(mail, context({ token, fetch: repeating(isSubmission) }));
  assert.deepEqual(outcome, { type: "unknown", code: "alreadySent" });
  assert.deepEqual(await jmap.probeMessage(mail, context({ token })), { type: "present", remoteId: token.emailId });
  assert.equal(handed(system, mail), 1);
});

test("a repeated POST after SMTP broke does not deliver again, though the submission state stood still", async (t) => {
  const mail = message();
  const token = await jmap.prepareMessage(mail, context());
  fault(t, smtp, { at: "data", drop: "delivered", messageId: mail.messageId, times: 1 });
  const outcome = await jmap.submitMessage(mail, context({ token, fetch: repeating(isSubmission) }));
  assert.deepEqual(outcome, { type: "unknown", code: "begun" });
  assert.equal((await arrived(system, mail)).length, 1);
  assert.equal(handed(system, mail), 1);
  // What the form without the mark meets: the same state again.
  const { state } = await jmap.prepareMessage(mail, context({ token }));
  assert.equal(state, token.state);
});

for (const drop of ["delivered", "undelivered"]) {
  test(`o_42: SMTP broken after DATA, ${drop}: nobody knows, and the probe says so`, async (t) => {
    const mail = message();
    fault(t, smtp, { at: "data", drop, messageId: mail.messageId });
    const { token, outcome } = await send(jmap, mail);
    assert.deepEqual(outcome, { type: "unknown", code: "smtpProtocolError" });
    assert.deepEqual(await standing(system, mail), begun);
    assert.deepEqual(await jmap.probeMessage(mail, context({ token })), { type: "unknown", code: "begun" });
    assert.equal(await jmap.cancelMessage(mail, context({ token })), "unknown");
    // The same key again, as O-43 allows, adds nothing.
    assert.deepEqual(await jmap.submitMessage(mail, context({ token, attempt: 2, reason: "retry" })), { type: "unknown", code: "begun" });
    assert.equal(handed(system, mail), 1);
  });
}

test("an answer lost after the server acted: unknown, then present", async (t) => {
  const mail = message();
  const token = await jmap.prepareMessage(mail, context());
  fault(t, proxy, { do: "lose", match: submits, times: 1 });
  assert.deepEqual(await jmap.submitMessage(mail, context({ token })), { type: "unknown", code: "network" });
  assert.deepEqual(await jmap.probeMessage(mail, context({ token })), { type: "present", remoteId: token.emailId });
  assert.equal(handed(system, mail), 1);
});

test("o_41: a request that never arrived is absent, and the same token sends it", async (t) => {
  const mail = message();
  const token = await jmap.prepareMessage(mail, context());
  fault(t, proxy, { do: "drop", match: submits, times: 1 });
  assert.deepEqual(await jmap.submitMessage(mail, context({ token })), { type: "unknown", code: "network" });
  assert.deepEqual(await jmap.probeMessage(mail, context({ token })), { type: "absent" });
  assert.deepEqual(await standing(system, mail), draft);
  assert.equal((await jmap.submitMessage(mail, context({ token, attempt: 2, reason: "retry" }))).type, "accepted");
  assert.equal(handed(system, mail), 1);
});

test("o_41: after absent, a copy that was held up on the way does nothing", async (t) => {
  const mail = message();
  const token = await jmap.prepareMessage(mail, context());
  const late = Promise.withResolvers?.() ?? resolvers();
  let release;
  const held = new Promise((done) => { release = done; });
  fault(t, proxy, {
    do: "hand", match: submits, times: 1,
    run: (request, response, seen) => {
      response.destroy();
      held.then(() => fetch(new URL(seen.url, system.cyrus.jmapUrl), { method: "POST", headers: { authorization: seen.headers.authorization, "content-type": "application/json" }, body: seen.body }))
        .then((answer) => answer.json()).then(late.resolve, late.reject);
    },
  });
  assert.equal((await jmap.submitMessage(mail, context({ token }))).type, "unknown");
  assert.deepEqual(await jmap.probeMessage(mail, context({ token })), { type: "absent" });
  release();
  assert.deepEqual((await late.promise).methodResponses.map(([name, { type }]) => [name, type]), [["error", "stateMismatch"], ["error", "resultReference"]]);
  assert.equal(handed(system, mail), 0);
});

function resolvers() {
  const out = {};
  out.promise = new Promise((resolve, reject) => Object.assign(out, { resolve, reject }));
  return out;
}

test("other changes in the account between prepare and submit cost a look, not the message", async () => {
  const mail = message();
  const token = await jmap.prepareMessage(mail, context());
  assert.equal((await send(jmap, message())).outcome.type, "accepted");
  assert.equal((await jmap.submitMessage(mail, context({ token }))).type, "accepted");
  assert.equal(handed(system, mail), 1);
});

test("o_13: 5xx at DATA is definite, leaves a clean draft, and a retry sends it", async (t) => {
  const mail = message();
  fault(t, smtp, { at: "data", reply: "554 5.6.0 not like this", messageId: mail.messageId, times: 1 });
  const { token, outcome } = await send(jmap, mail);
  assert.deepEqual(outcome, { type: "rejected", scope: "message", code: "forbiddenToSend", definite: true, text: "5.6.0 not like this" });
  assert.deepEqual(await standing(system, mail), draft);
  assert.equal((await jmap.submitMessage(mail, context({ token, attempt: 2, reason: "retry" }))).type, "accepted");
});

test("a refused recipient refuses all, unnamed: nothing is invented", async (t) => {
  fault(t, smtp, { at: "rcpt", rcpt: "nobody@example.test", reply: "550 no such user" });
  const mail = message({ to: [bob, "nobody@example.test"] });
  const { outcome } = await send(jmap, mail);
  assert.deepEqual(outcome, { type: "rejected", scope: "message", code: "tooManyRecipients", definite: true });
  assert.equal(handed(system, mail), 0);
});

test("421 at DATA waits, and is not the message's fault", async (t) => {
  const mail = message();
  fault(t, smtp, { at: "data", reply: "421 4.3.2 closing", messageId: mail.messageId, times: 1 });
  const { token, outcome } = await send(jmap, mail);
  assert.deepEqual(outcome, { type: "notAttempted", reason: "wait", definite: true });
  assert.equal((await jmap.submitMessage(mail, context({ token, attempt: 2, reason: "retry" }))).type, "accepted");
  assert.deepEqual(await standing(system, mail), sent);
});

test("a second envelope of a message that was sent is not called sent", async () => {
  const mail = message();
  await send(jmap, mail);
  const { token, outcome } = await send(jmap, { ...mail, recipients: [{ ...mail.recipients[0], emailAddress: alice }] });
  assert.equal(token.standing, "sent");
  assert.deepEqual(outcome, { type: "unknown", code: "alreadySent" });
  assert.equal(handed(system, mail), 1);
});

test("a person may send it again", async () => {
  const mail = message();
  const { token } = await send(jmap, mail);
  const again = await jmap.prepareMessage(mail, context({ token, attempt: 2, reason: "person" }));
  assert.equal((await jmap.submitMessage(mail, context({ token: again, attempt: 2, reason: "person" }))).type, "accepted");
  assert.equal(handed(system, mail), 2);
  assert.deepEqual(await standing(system, mail), sent);
});

test("o_61: a cancelled draft is destroyed, and no copy can send it any more", async () => {
  const mail = message();
  const token = await jmap.prepareMessage(mail, context());
  assert.equal(await jmap.cancelMessage(mail, context({ token })), "cancelled");
  assert.deepEqual(await standing(system, mail), []);
  assert.equal((await jmap.submitMessage(mail, context({ token }))).type, "unknown");
  assert.equal(handed(system, mail), 0);
});

test("o_61: cancelling what was sent is too late", async () => {
  const mail = message();
  const { token } = await send(jmap, mail);
  assert.equal(await jmap.cancelMessage(mail, context({ token })), "tooLate");
});

test("preparing twice makes one draft", async () => {
  const mail = message();
  const first = await jmap.prepareMessage(mail, context());
  const second = await jmap.prepareMessage(mail, context());
  const third = await jmap.prepareMessage(mail, context({ token: second }));
  assert.equal(first.emailId, second.emailId);
  assert.equal(first.emailId, third.emailId);
  assert.deepEqual(await standing(system, mail), draft);
});

test("bytes that are no mail are refused for good, before any wire call of the submission", async () => {
  const mail = message({ body: "nul \0 byte" });
  const token = await jmap.prepareMessage(mail, context());
  const ctx = context({ token });
  const { type, code } = await jmap.submitMessage(mail, ctx);
  assert.deepEqual({ type, code }, { type: "rejected", code: "invalidEmail" });
  assert.equal(ctx.wire.length, 0);
});

for (const { status, headers, more } of [{ status: 401 }, { status: 429 }, { status: 503, headers: { "retry-after": "7" }, more: { retryAfterMs: 7000 } }]) {
  test(`HTTP ${status} goes to the core as it is`, async (t) => {
    const mail = message();
    const token = await jmap.prepareMessage(mail, context());
    fault(t, proxy, { do: "status", status, headers, match: submits, times: 1 });
    assert.deepEqual(await jmap.submitMessage(mail, context({ token })), { type: "http", status, ...more });
    assert.equal((await jmap.submitMessage(mail, context({ token, attempt: 2, reason: "retry" }))).type, "accepted");
  });
}

test("HTTP 400, JMAP's limit, is not the message's fault: withdrawn and waiting", async (t) => {
  const mail = message();
  const token = await jmap.prepareMessage(mail, context());
  fault(t, proxy, { do: "status", status: 400, body: "{}", match: submits, times: 1 });
  assert.deepEqual(await jmap.submitMessage(mail, context({ token })), { type: "notAttempted", reason: "config", definite: true });
});

test("a core that may not send any more gets its own error back", async () => {
  const mail = message();
  const token = await jmap.prepareMessage(mail, context());
  const refused = new Error("no longer the driver");
  const ctx = context({ token, mayStillSend: () => false, fetch: () => Promise.reject(refused) });
  await assert.rejects(jmap.submitMessage(mail, ctx), refused);
});
