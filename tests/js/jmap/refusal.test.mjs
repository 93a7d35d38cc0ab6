// What a server's refusal is read as; the SMTP side as Postfix speaks, with enhanced status codes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { basic, bob, context, handed, jmapTransport, mailSystem, message, part, send, standing } from "./setup.mjs";

const { refusalOutcome, notCalled } = await part("refusal.ts");
const system = await mailSystem({ enhanced: true });
const jmap = system.transport();
const all = [bob, "nobody@example.test"];

async function lonely() {
  const broken = await mailSystem({ users: { [bob]: "pw" } });
  return { broken, transport: jmapTransport({ uid: "b", sessionUrl: broken.sessionUrl, authorize: basic(bob, "pw") }) };
}

async function refused(t, fault, options) {
  const mail = message(options);
  t.after(system.smtp.fault({ times: 1, ...fault }));
  return { mail, ...(await send(jmap, mail)) };
}

test("an unknown recipient is named; the others are open, since nobody got it", async (t) => {
  const { outcome, mail } = await refused(t, { at: "rcpt", rcpt: "nobody@example.test", reply: "550 5.1.1 no such user" }, { to: all });
  assert.deepEqual(outcome, {
    type: "rejected", scope: "message", code: "invalidRecipients", definite: true,
    recipients: [{ emailAddress: bob, status: "open" }, { emailAddress: "nobody@example.test", status: "rejected", code: "invalidRecipients" }],
  });
  assert.deepEqual((await standing(system, mail)).map(({ keywords }) => keywords), [["$draft", "$seen"]]);
});

test("a 5xx that Cyrus calls a protocol error is a refusal: the text is SMTP's own", async (t) => {
  const { outcome } = await refused(t, { at: "data", reply: "550 5.7.1 spam" });
  assert.deepEqual(outcome, { type: "rejected", scope: "message", code: "smtpProtocolError", definite: true, text: "5.7.1 spam" });
});

test("a 4xx that Cyrus calls a protocol error waits", async (t) => {
  const { outcome, mail, token } = await refused(t, { at: "data", reply: "450 4.7.1 greylisted" });
  assert.deepEqual(outcome, { type: "notAttempted", reason: "wait", definite: true });
  assert.equal((await jmap.submitMessage(mail, context({ token, attempt: 2, reason: "retry" }))).type, "accepted");
});

test("a connection lost at DATA is doubt, whatever the server says last", async (t) => {
  const { outcome } = await refused(t, { at: "data", drop: "delivered" });
  assert.equal(outcome.type, "unknown");
  for (const description of ["End data with <CR><LF>.<CR><LF>", "2.0.0 Start mail input; end with <CRLF>.<CRLF>", "Enter message, ending with \".\" on a line by itself", "Go ahead 123"]) {
    assert.equal(refusalOutcome({ type: "forbiddenToSend", description }, all).type, "unknown", description);
    assert.equal(refusalOutcome({ type: "smtpProtocolError", description }, all).type, "unknown", description);
  }
});

test("what a server may say that is no refusal is unknown", () => {
  for (const type of ["serverFail", "serverUnavailable", "serverPartialFail", "emailNotFound", "smtpProtocolError", "somethingNew", "__proto__"]) {
    assert.deepEqual(refusalOutcome({ type }, all), { type: "unknown", code: type });
  }
  for (const type of ["serverFail", "serverUnavailable", "serverPartialFail", "somethingNew"]) assert.equal(notCalled(type), undefined);
});

test("refusals of account and settings wait there", () => {
  for (const [error, reason] of [[{ type: "overQuota" }, "account"], [{ type: "rateLimit" }, "account"], [{ type: "invalidProperties", properties: ["identityId"] }, "config"]]) {
    assert.deepEqual(refusalOutcome(error, all), { type: "notAttempted", reason, definite: true });
  }
  assert.equal(notCalled("accountNotFound").reason, "config");
  assert.equal(notCalled("accountReadOnly").reason, "account");
});

test("a refused recipient is named as it was handed over, IDN and case", () => {
  const { recipients } = refusalOutcome({ type: "invalidRecipients", invalidRecipients: ["c@xn--bcher-kva.test"] }, ["C@b\u00fccher.test", bob]);
  assert.deepEqual(recipients.map(({ emailAddress, status }) => [emailAddress, status]), [["C@b\u00fccher.test", "rejected"], [bob, "open"]]);
});

test("o_14: of addresses that differ in case only the one that is named is refused", () => {
  const two = ["Bob@example.test", "bob@example.test"];
  const refusal = (invalidRecipients, of = two) =>
    refusalOutcome({ type: "invalidRecipients", invalidRecipients }, of).recipients?.map(({ status }) => status);
  assert.deepEqual(refusal(["Bob@example.test"]), ["rejected", "open"]);
  assert.deepEqual(refusal(["bob@example.test"]), ["open", "rejected"]);
  assert.deepEqual(refusal(["BOB@example.test"]), undefined, "it may be either");
  assert.deepEqual(refusal(["BOB@example.test"], [two[0], "nobody@example.test"]), ["rejected", "open"]);
});

test("a long description is cut", () => {
  assert.equal(refusalOutcome({ type: "forbiddenFrom", description: "x".repeat(10_000) }, all).text.length, 500);
});

test("SMTP that went away after the preparation: nothing is called refused, and nothing was handed over", async () => {
  const { broken, transport } = await lonely();
  const mail = message({ from: bob });
  const token = await transport.prepareMessage(mail, context());
  await broken.smtp.stop();
  const outcome = await transport.submitMessage(mail, context({ token }));
  // One of its processes knows already and does not begin; another has the same word as when filing fails after sending.
  const either = { notAttempted: { type: "notAttempted", reason: "transport", definite: true }, unknown: { type: "unknown", code: "serverFail" } };
  assert.deepEqual(outcome, either[outcome.type]);
  assert.equal(handed(broken, mail), 0);
});

test("SMTP that is not there: preparing says busy", async () => {
  const { broken, transport } = await lonely();
  await broken.smtp.stop();
  await assert.rejects(transport.prepareMessage(message({ from: bob }), context()), { code: "MAPI_E_BUSY", type: "accountNotSupportedByMethod" });
});
