// The relay server against www/relay-protocol.md.
import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { mime, office, page, post } from "./setup.mjs";
import { openLedger } from "../../../www/server/ledger.mjs";
import { canonical, openMailboxes } from "../../../www/server/mailboxes.mjs";

const statuses = ({ body }) => body.recipients.map((each) => each.status);
const scratch = (t) => {
  const dir = mkdtempSync(join(tmpdir(), "relay-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

test("the bytes arrive as they were posted, one arrival per recipient, each answered", async (t) => {
  const { relay, arrived } = await office(t);
  const raw = Buffer.concat([mime("long line: ".padEnd(900, "x")), Buffer.from([0xc3, 0xa4, 13, 10, 46, 13, 10, 46, 46, 13, 10])]);
  const to = ["bob@example.test", "carol@b\u00fccher.test"];
  const { status, body } = await post(relay.url, { raw, to, key: "k.1" });
  assert.equal(status, 200);
  assert.deepEqual(body.recipients.map(({ address, status, code }) => ({ address, status, code })), to.map((address) => ({ address, status: "accepted", code: 250 })));
  assert.deepEqual((await arrived()).map(({ address }) => address), to.map(canonical));
  for (const arrival of (await arrived())) assert.ok(arrival.raw.equals(raw));
});

test("the same POST five times at once acts once, and all five hear the same", async (t) => {
  const { relay, arrived } = await office(t);
  const raw = mime();
  const answers = await Promise.all(Array.from({ length: 5 }, () => post(relay.url, { raw, key: "k.1" })));
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  assert.deepEqual(statuses(answers[0]), ["accepted"]);
  assert.equal((await arrived()).length, 1);
});

test("a key with another body is refused and changes nothing", async (t) => {
  const { relay, arrived } = await office(t);
  await post(relay.url, { raw: mime("one"), key: "k.1" });
  const other = await post(relay.url, { raw: mime("two"), key: "k.1", attempt: 2 });
  assert.equal(other.status, 422);
  assert.equal(other.body.key, "k.1");
  assert.equal((await arrived()).length, 1);
});

test("keys are per account", async (t) => {
  const { relay, arrived } = await office(t);
  await post(relay.url, { raw: mime("one"), key: "k.1" });
  const other = await post(relay.url, { raw: mime("two"), key: "k.1", token: "token-of-bob", from: "bob@example.test" });
  assert.deepEqual(statuses(other), ["accepted"]);
  assert.equal((await arrived()).length, 2);
});

test("open recipients are tried again by a later attempt only, accepted and rejected ones by none", async (t) => {
  const { relay, smtp, arrived } = await office(t);
  smtp.fault({ at: "rcpt", rcpt: "busy@example.test", reply: "450 4.2.1 busy", times: 1 });
  smtp.fault({ at: "rcpt", rcpt: "nobody@example.test", reply: "550 5.1.1 no such user" });
  const sent = { raw: mime(), key: "k.1", to: ["bob@example.test", "busy@example.test", "nobody@example.test"] };
  const first = await post(relay.url, sent);
  assert.deepEqual(first.body.recipients.map(({ status, code }) => [status, code]), [["accepted", 250], ["open", 450], ["rejected", 550]]);
  assert.deepEqual(await post(relay.url, sent), first);
  const second = await post(relay.url, { ...sent, attempt: 2 });
  assert.deepEqual(statuses(second), ["accepted", "accepted", "rejected"]);
  assert.deepEqual(await post(relay.url, { ...sent, attempt: 1 }), second);
  assert.deepEqual((await arrived()).map(({ address }) => address), ["bob@example.test", "busy@example.test"]);
  assert.deepEqual(relay.log.map(({ to }) => to), [sent.to, ["busy@example.test"]]);
});

test("a connection that breaks after the last byte leaves doubt, and only a person's word tries again", async (t) => {
  for (const failure of ["lostAfterData", "brokenAfterData"]) {
    const { relay, fail, arrived } = await office(t);
    fail(failure, 1);
    const sent = { raw: mime(), key: "k.1" };
    assert.deepEqual(statuses(await post(relay.url, sent)), ["doubtful"]);
    const before = (await arrived()).length;
    assert.equal(before, failure === "lostAfterData" ? 1 : 0);
    assert.deepEqual(statuses(await post(relay.url, { ...sent, attempt: 2 })), ["doubtful"]);
    assert.equal((await arrived()).length, before);
    assert.deepEqual(statuses(await post(relay.url, { ...sent, attempt: 3, redo: true })), ["accepted"]);
    assert.deepEqual(statuses(await post(relay.url, { ...sent, attempt: 3, redo: true })), ["accepted"]);
    assert.equal((await arrived()).length, before + 1);
  }
});

test("4xx and 5xx after DATA are open and rejected; an unreachable server leaves open", async (t) => {
  const { relay, smtp, fail, recover, arrived } = await office(t);
  fail("busy");
  assert.deepEqual(statuses(await post(relay.url, { raw: mime() })), ["open"]);
  recover();
  fail("refused");
  assert.deepEqual((await post(relay.url, { raw: mime() })).body.recipients[0].code, 554);
  await smtp.stop();
  const gone = await post(relay.url, { raw: mime() });
  assert.deepEqual(gone.body.recipients.map(({ status, code }) => [status, code]), [["open", undefined]]);
  assert.equal((await arrived()).length, 0);
});

test("GET says absent, working, done; DELETE closes a key before and after it was seen", async (t) => {
  const { relay, smtp, arrived } = await office(t, { relay: { takeMs: 50 } });
  assert.deepEqual((await page(relay.url, "submissions/k.1")).body, { key: "k.1", state: "absent" });
  let arrive;
  smtp.fault({ at: "data", until: new Promise((done) => { arrive = done; }), times: 1 });
  const sent = { raw: mime(), key: "k.1" };
  assert.equal((await post(relay.url, sent)).status, 202);
  assert.deepEqual((await page(relay.url, "submissions/k.1")).body, { key: "k.1", state: "working" });
  await page(relay.url, "submissions/k.1", { method: "DELETE" });
  arrive();
  let done;
  do done = (await page(relay.url, "submissions/k.1")).body; while (done.state === "working");
  assert.deepEqual([done.state, done.recipients[0].status], ["done", "accepted"]);

  assert.deepEqual((await page(relay.url, "submissions/k.2", { method: "DELETE" })).body.recipients, []);
  const late = await post(relay.url, { raw: mime(), key: "k.2", attempt: 9 });
  assert.deepEqual(statuses(late), ["open"]);
  assert.equal((await arrived()).length, 1);
});

test("after a restart what was settled is answered, what was begun is doubtful, a torn line is nothing", async (t) => {
  const dir = scratch(t);
  const first = await office(t, { dir });
  const sent = { raw: mime(), key: "k.1" };
  const settled = await post(first.relay.url, sent);
  await first.relay.stop();
  const file = join(dir, "a.ledger");
  const { hash } = JSON.parse(readFileSync(file, "utf8").split("\n")[0]);
  appendFileSync(file, `${JSON.stringify({ id: "alice@example.test k.2", at: Date.now(), hash, attempt: 1, begin: ["bob@example.test"] })}\n{"id":"alice@exa`);
  const second = await office(t, { dir });
  assert.deepEqual(await post(second.relay.url, sent), settled);
  assert.deepEqual(statuses(await post(second.relay.url, { ...sent, key: "k.2" })), ["doubtful"]);
  assert.equal((await second.arrived()).length, 0);
});

test("the intent is on disk before the first SMTP command", async (t) => {
  const dir = scratch(t);
  const { relay, smtp } = await office(t, { dir });
  let seen;
  const look = () => { seen = readFileSync(join(dir, "a.ledger"), "utf8"); };
  smtp.fault({ at: "rcpt", rcpt: Object.assign(/bob/, { test: look }) });
  await post(relay.url, { raw: mime(), key: "k.1" });
  assert.deepEqual(JSON.parse(seen.trim()).begin, ["bob@example.test"]);
});

test("records live for a day after their last change", () => {
  let time = 0;
  const ledger = openLedger({ now: () => time });
  ledger.record("a", { attempt: 1, begin: ["x"] });
  time = 86_400_000;
  ledger.record("b", {});
  assert.ok(ledger.get("a"));
  time += 1;
  assert.equal(ledger.get("a"), undefined);
  assert.ok(ledger.get("b"));
});

test("a request that takes too long to arrive is never acted on", async (t) => {
  const { relay, arrived } = await office(t, { relay: { settlesWithinMs: 2_000 } });
  const raw = Buffer.concat([Buffer.from('{"from":"alice@example.test","to":["bob@example.test"]}\n'), mime()]);
  const socket = connect(relay.port, "127.0.0.1");
  socket.write(`POST /submissions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-of-alice\r\nIdempotency-Key: k.1\r\nContent-Length: ${raw.length}\r\n\r\n`);
  socket.write(raw.subarray(0, 40));
  const answer = await new Promise((done) => {
    let text = "";
    socket.on("data", (part) => { text += part; }).on("close", () => done(text)).on("error", () => undefined);
  });
  assert.match(answer, /^HTTP\/1\.1 408 /);
  assert.equal((await arrived()).length, 0);
  assert.equal((await page(relay.url, "submissions/k.1")).body.state, "absent");
});

test("bad requests are refused by name and nothing is done", async (t) => {
  const { relay, arrived } = await office(t, { relay: { maxSize: 1000, maxRecipients: 3 } });
  const raw = mime();
  const envelope = (value) => Buffer.concat([Buffer.from(`${value}\n`), raw]);
  const bad = [
    [401, { raw, token: "guessed" }],
    [400, { raw, key: "two words" }],
    [400, { raw, attempt: 0 }],
    [400, { raw, attempt: "x" }],
    [400, { body: envelope("not json") }],
    [400, { body: Buffer.from("") }],
    [400, { raw, to: [] }],
    [400, { raw, to: ["bob@example.test", "bob@example.test"] }],
    [400, { raw, to: ["bob@example.test\r\nRCPT TO:<eve@example.test>"] }],
    [400, { raw, to: ["bob@example.test\u0000"] }],
    [400, { raw, to: ["a@b.test", "c@b.test", "d@b.test", "e@b.test"] }],
    [400, { raw, from: "<>" }],
    [413, { raw: mime("x".repeat(2000)) }],
  ];
  for (const [status, request] of bad) assert.equal((await post(relay.url, request)).status, status, JSON.stringify(request));
  const notMine = await post(relay.url, { raw, from: "bob@example.test" });
  assert.deepEqual(notMine.body.recipients.map(({ status, code }) => [status, code]), [["rejected", 553]]);
  assert.equal((await page(relay.url, "other")).status, 404);
  assert.equal((await page(relay.url, "submissions/%E0")).status, 400);
  assert.equal((await arrived()).length, 0);
});

test("mail waits until it is taken, over a restart too", async (t) => {
  const mailDir = scratch(t);
  const first = await office(t, { mailDir });
  await post(first.relay.url, { raw: mime("one"), to: ["Bob@example.test"] });
  await post(first.relay.url, { raw: mime("two") });
  const token = "token-of-bob";
  const listed = (await page(first.relay.url, "mail", { token })).body.mail;
  assert.equal(listed.length, 2);
  assert.match((await page(first.relay.url, `mail/${listed[0].id}`, { token })).text, /one/);
  assert.equal((await page(first.relay.url, `mail/${listed[0].id}`)).status, 404);
  for (const _ of [1, 2]) assert.equal((await page(first.relay.url, `mail/${listed[0].id}`, { token, method: "DELETE" })).status, 204);
  const again = openMailboxes({ dir: mailDir });
  assert.deepEqual(again.arrivals.map(({ id, address, from, taken }) => ({ id, address, from, taken })), [
    { id: "1", address: "bob@example.test", from: "alice@example.test", taken: true },
    { id: "2", address: "bob@example.test", from: "alice@example.test", taken: false },
  ]);
});
