// The relay transport against the relay server, called as the spooler calls it.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { EventEmitter, once } from "node:events";
import { test } from "node:test";
import { context, message, mime, office, relayModule, sha256 } from "./setup.mjs";
import { canonical } from "../../../www/server/mailboxes.mjs";

const { relayTransport } = await relayModule();
const authorize = () => ({ authorization: "Bearer token-of-alice" });
const transportOf = (url, options = {}) => relayTransport({ uid: "relay", url, authorize, ...options });
const list = (outcome) => outcome.recipients.map(({ emailAddress, status, code }) => [emailAddress, status, code]);

const done = (key) => ({ key, state: "done", recipients: [{ address: "bob@example.test", status: "accepted" }] });

/** A server that answers everything with what `answer(request, key)` says. */
async function impostor(t, answer) {
  const server = createServer((request, response) => {
    request.resume().once("end", () => {
      const { status = 200, headers = {}, body } = answer(request, request.headers["idempotency-key"]);
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => { server.close(); server.closeAllConnections(); });
  return `http://127.0.0.1:${server.address().port}/base`;
}

test("it promises what the protocol keeps, and no more", () => {
  const { guarantees } = transportOf("https://relay.test");
  assert.deepEqual(guarantees, {
    deduplicates: { windowMs: 86_400_000 }, probe: { authoritative: true, settlesWithinMs: 60_000 }, cancels: true, filesSentCopy: "never", perRecipient: true,
  });
});

test("a message is handed over byte for byte with every recipient of the envelope, and accepted", async (t) => {
  const { url, arrived } = await office(t);
  const raw = mime("gr\u00fc\u00dfe");
  const to = ["bob@example.test", "hidden@b\u00fccher.test"];
  const outcome = await transportOf(url).submitMessage(message(raw, to), context());
  assert.equal(outcome.type, "accepted");
  assert.deepEqual(list(outcome), to.map((address) => [address, "accepted", 250]));
  assert.deepEqual((await arrived()).map((each) => [each.address, sha256(each.raw)]), to.map((address) => [canonical(address), sha256(raw)]));
});

test("refusals are named per recipient", async (t) => {
  const { url, fail, smtp } = await office(t);
  fail("someRefused");
  smtp.fault({ at: "rcpt", rcpt: "dave@example.test", reply: "450 4.2.1 busy" });
  const to = ["bob@example.test", "carol@example.test", "dave@example.test"];
  const some = await transportOf(url).submitMessage(message(mime(), to), context());
  assert.equal(some.type, "accepted");
  assert.deepEqual(list(some), [[to[0], "accepted", 250], [to[1], "rejected", 550], [to[2], "open", 450]]);
  const none = await transportOf(url).submitMessage(message(mime(), [to[1], to[2]]), context());
  assert.deepEqual([none.type, none.scope, none.code, none.definite], ["rejected", "recipient", "refused", true]);
  assert.deepEqual(list(none), [[to[1], "rejected", 550], [to[2], "open", 450]]);
});

test("4xx is not attempted, 5xx rejected, both definite; silence is the transport's", async (t) => {
  const { url, fail, recover, smtp } = await office(t);
  fail("busy");
  const sent = async () => transportOf(url).submitMessage(message(mime()), context());
  assert.deepEqual(await sent(), { type: "notAttempted", reason: "wait", definite: true });
  recover();
  smtp.fault({ at: "rcpt", rcpt: /./, reply: "421 4.3.2 closing", times: 1 });
  assert.deepEqual(await sent(), { type: "notAttempted", reason: "transport", definite: true });
  fail("refused");
  const refused = await transportOf(url).submitMessage(message(mime()), context());
  assert.deepEqual([refused.type, refused.definite], ["rejected", true]);
  assert.deepEqual(list(refused), [["bob@example.test", "rejected", 554]]);
  await smtp.stop();
  assert.deepEqual(await sent(), { type: "notAttempted", reason: "transport", definite: true });
});

test("what the relay does not know is unknown, again for the same key, until a person asks", async (t) => {
  const { url, fail, arrived } = await office(t);
  fail("lostAfterData", 1);
  const transport = transportOf(url);
  const sent = message(mime());
  const ctx = context();
  assert.deepEqual(await transport.submitMessage(sent, ctx), { type: "unknown", code: "doubtful" });
  const found = await transport.probeMessage(sent, ctx);
  assert.deepEqual([found.type, list(found)], ["present", [["bob@example.test", "doubtful", undefined]]]);
  assert.deepEqual(await transport.submitMessage(sent, { ...ctx, attempt: 2, reason: "retry" }), { type: "unknown", code: "doubtful" });
  assert.equal((await arrived()).length, 1);
  assert.equal((await transport.submitMessage(sent, { ...ctx, attempt: 3, reason: "person" })).type, "accepted");
  assert.equal((await arrived()).length, 2);
});

test("a lost answer throws, and the same key then hears what had happened", async (t) => {
  const { url, fail, arrived } = await office(t);
  fail("answerLost", 1);
  const transport = transportOf(url);
  const sent = message(mime());
  const ctx = context();
  await assert.rejects(async () => transport.submitMessage(sent, ctx), TypeError);
  assert.deepEqual(list(await transport.probeMessage(sent, ctx)), [["bob@example.test", "accepted", 250]]);
  assert.equal((await transport.submitMessage(sent, { ...ctx, attempt: 2, reason: "retry" })).type, "accepted");
  assert.equal((await arrived()).length, 1);
});

test("an answer slower than the deadline aborts the call, and the same key then hears what had happened", async (t) => {
  const { url, fail, recover, proxy, arrived } = await office(t);
  fail("slow");
  const transport = transportOf(url);
  const sent = message(mime());
  const stop = new AbortController();
  const ctx = context({ signal: stop.signal });
  const first = transport.submitMessage(sent, ctx);
  while ((await arrived()).length === 0) await new Promise((next) => setTimeout(next, 5));
  stop.abort();
  await assert.rejects(first, { name: "AbortError" });
  recover();
  const again = { ...ctx, signal: new AbortController().signal, attempt: 2, reason: "retry" };
  assert.equal((await transport.submitMessage(sent, again)).type, "accepted");
  assert.equal(proxy.log.length, 2);
  assert.equal((await arrived()).length, 1);
});

test("a connection that dies before the relay: absent, and the same key then sends once", async (t) => {
  const { url, fail, recover, arrived } = await office(t);
  const end = fail("offline");
  const transport = transportOf(url);
  const sent = message(mime());
  const ctx = context();
  await assert.rejects(async () => transport.submitMessage(sent, ctx), TypeError);
  end();
  recover();
  assert.deepEqual(await transport.probeMessage(sent, ctx), { type: "absent" });
  assert.equal((await transport.submitMessage(sent, { ...ctx, attempt: 2, reason: "absent" })).type, "accepted");
  assert.equal((await arrived()).length, 1);
});

test("401, 403, 429 and 5xx are passed on as they are, with Retry-After, never as definite", async (t) => {
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  const answers = [[401], [403], [408], [429, "30", 30_000], [500], [503, date], [503, "soon"]];
  for (const [status, after, ms] of answers) {
    const url = await impostor(t, () => ({ status, headers: after ? { "retry-after": after } : {}, body: "{}" }));
    const outcome = await transportOf(url).submitMessage(message(mime()), context());
    assert.deepEqual([outcome.type, outcome.status], ["http", status]);
    if (after === date) assert.ok(outcome.retryAfterMs > 3_500_000 && outcome.retryAfterMs <= 3_600_000);
    else assert.equal(outcome.retryAfterMs, ms);
  }
});

test("an answer that is not the relay's says nothing", async (t) => {
  const foreign = [
    () => ({ body: "<h1>Sign in to the airport</h1>", headers: { "content-type": "text/html" } }),
    () => ({ body: "{" }), () => ({ body: "null" }), () => ({ body: {} }),
    () => ({ body: done("another key") }),
    (_, key) => ({ body: { ...done(key), state: "accepted" } }),
    (_, key) => ({ body: { ...done(key), recipients: [{ address: "bob@example.test", status: "constructor" }] } }),
    (_, key) => ({ body: { ...done(key), recipients: "all" } }),
    (_, key) => ({ status: 201, body: done(key) }),
  ];
  for (const answer of foreign) {
    const url = await impostor(t, answer);
    assert.deepEqual(await transportOf(url).submitMessage(message(mime()), context()), { type: "unknown", code: "notTheRelay" });
  }
  const reused = await impostor(t, (_, key) => ({ status: 422, body: { key, error: "other body" } }));
  assert.deepEqual(await transportOf(reused).submitMessage(message(mime()), context()), { type: "unknown", code: "keyReused" });
});

test("o_30: media types are compared without case", async (t) => {
  for (const type of ["Application/JSON", "application/json ; charset=utf-8"]) {
    const url = await impostor(t, (_, key) => ({ headers: { "content-type": type }, body: done(key) }));
    assert.equal((await transportOf(url).submitMessage(message(mime()), context())).type, "accepted", type);
  }
  const other = await impostor(t, (_, key) => ({ headers: { "content-type": "application/json-seq" }, body: done(key) }));
  assert.deepEqual(await transportOf(other).submitMessage(message(mime()), context()), { type: "unknown", code: "notTheRelay" });
});

test("a redirect is not followed", async (t) => {
  const { url, arrived } = await office(t);
  const elsewhere = await impostor(t, () => ({ status: 307, headers: { location: `${url}submissions` }, body: {} }));
  await assert.rejects(async () => transportOf(elsewhere).submitMessage(message(mime()), context()), TypeError);
  assert.equal((await arrived()).length, 0);
});

test("202 is followed until it is settled; the signal ends the waiting", async (t) => {
  const { url, smtp } = await office(t, { relay: { takeMs: 20 } });
  let asked = 0;
  smtp.fault({ at: "data", delayMs: 1_500 });
  const counting = (...args) => { asked += 1; return fetch(...args); };
  const outcome = await transportOf(url).submitMessage(message(mime()), context({ fetch: counting }));
  assert.equal(outcome.type, "accepted");
  assert.ok(asked >= 2);

  const stop = new AbortController();
  const polled = (...args) => { const answer = fetch(...args); answer.then(() => stop.abort(), () => undefined); return answer; };
  await assert.rejects(async () => transportOf(url).submitMessage(message(mime()), context({ fetch: polled, signal: stop.signal })), { name: "AbortError" });
});

test("what the relay refuses as malformed or too large is rejected, definitely", async (t) => {
  const { url, arrived } = await office(t, { relay: { maxSize: 1000 } });
  const large = await transportOf(url).submitMessage(message(mime("x".repeat(2000))), context());
  assert.deepEqual([large.type, large.scope, large.code, large.definite], ["rejected", "message", 413, true]);
  const broken = await transportOf(url).submitMessage(message(mime(), ["a b@example.test"]), context());
  assert.deepEqual([broken.type, broken.scope, broken.code], ["rejected", "message", 400]);
  assert.equal((await arrived()).length, 0);
});

test("a message without MIME is not for it, and asks nothing of the network", async () => {
  const { content: _, ...rest } = message(mime());
  const never = () => { throw new Error("asked"); };
  assert.deepEqual(await transportOf("http://127.0.0.1:9").submitMessage({ ...rest, payload: {} }, context({ fetch: never })), { type: "notAttempted", reason: "notMe" });
});

test("cancelMessage tells cancelled, too late and unknown apart", async (t) => {
  const { url, fail, arrived } = await office(t);
  const transport = transportOf(url);
  const sent = message(mime());
  const early = context();
  assert.equal(await transport.cancelMessage(sent, early), "cancelled");
  assert.equal((await transport.submitMessage(sent, early)).type, "notAttempted");
  const late = context();
  await transport.submitMessage(sent, late);
  assert.equal(await transport.cancelMessage(sent, late), "tooLate");
  fail("lostAfterData", 1);
  const doubted = context();
  await transport.submitMessage(sent, doubted);
  assert.equal(await transport.cancelMessage(sent, doubted), "unknown");
  assert.equal((await arrived()).length, 2);
});

test("validateState asks for the account and says why it failed", async (t) => {
  const { url, fail, recover } = await office(t);
  await transportOf(url).validateState(0, context());
  fail("signInRefused", 1);
  await assert.rejects(async () => transportOf(url).validateState(0, context()), { code: "MAPI_E_LOGON_FAILED" });
  recover();
  fail("unavailable", 1);
  await assert.rejects(async () => transportOf(url).validateState(0, context()), { code: "MAPI_E_NETWORK_ERROR" });
});

test("c_040 CONFIG_CHANGED tells the spooler that the configuration changed", async (t) => {
  const { url } = await office(t);
  const told = [];
  const ctx = context({ spoolerNotify: (flags) => told.push(flags) });
  await transportOf(url).validateState(0, ctx);
  assert.deepEqual(told, []);
  await transportOf(url).validateState(0x10_0000, ctx);
  assert.deepEqual(told, [{ configChange: true }]);
});

test("incoming mail is offered until it is acknowledged, each once between two polls", async (t) => {
  const { url } = await office(t);
  const sender = transportOf(url);
  const raw = [mime("one"), mime("two")];
  for (const each of raw) await sender.submitMessage(message(each), context());
  const receiver = transportOf(url, { uid: "bob", receive: true, authorize: () => ({ authorization: "Bearer token-of-bob" }) });
  const ctx = context();
  const drain = async () => {
    const got = [];
    for (;;) {
      const next = await receiver.startMessage(ctx);
      if (next === undefined) return got;
      got.push([next.id, sha256(Buffer.from(await next.content.arrayBuffer()))]);
    }
  };
  assert.equal(await receiver.poll(ctx), true);
  const all = [["1", sha256(raw[0])], ["2", sha256(raw[1])]];
  assert.deepEqual(await drain(), all);
  await receiver.acknowledge("1", ctx);
  assert.deepEqual(await drain(), []);
  assert.equal(await receiver.poll(ctx), true);
  assert.deepEqual(await drain(), [all[1]]);
  await receiver.acknowledge("2", ctx);
  assert.equal(await receiver.poll(ctx), false);
  assert.equal(await receiver.startMessage(ctx), undefined);
});

test("mail is acknowledged where it was fetched, as who fetched it, whatever relay is configured meanwhile", async (t) => {
  let token = "of-a";
  const deleted = [];
  const relay = (name) => impostor(t, ({ method, url, headers }) => {
    if (method === "DELETE") deleted.push([name, url, headers.authorization]);
    return { body: url.endsWith("/mail") ? { mail: [{ id: "7" }, { id: `only ${name}` }] } : name };
  });
  const [a, b] = [await relay("a"), await relay("b")];
  const receiver = transportOf(a, { receive: true, authorize: () => ({ authorization: token }) });
  const at = (url) => context({ settings: { url } });
  const next = async (ctx) => {
    const mail = await receiver.startMessage(ctx);
    return mail && [mail.id, await mail.content.text()];
  };
  assert.equal(await receiver.poll(at(a)), true);
  assert.deepEqual(await next(at(a)), ["7", "a"]);
  token = "of-b";
  await receiver.acknowledge("7", at(b));
  assert.deepEqual(deleted, [["a", "/base/mail/7", "of-a"]]);
  assert.deepEqual(await next(at(b)), ["7", "b"]);
  token = "of-b, renewed";
  await receiver.acknowledge("7", at(b));
  assert.deepEqual(deleted[1], ["b", "/base/mail/7", "of-b, renewed"]);
  assert.deepEqual(await next(at(b)), ["only b", "b"]);
  await receiver.acknowledge("never fetched", at(b));
  assert.equal(deleted.length, 2);
});

test("credentials are asked for by the address of the relay they are for", async (t) => {
  const relay = () => impostor(t, () => ({ body: { mail: [] } }));
  const [a, b] = [await relay(), await relay()];
  const asked = [];
  const receiver = transportOf(a, { receive: true, authorize: (url) => { asked.push(url); return {}; } });
  await receiver.poll(context({ settings: { url: a } }));
  await receiver.poll(context({ settings: { url: b } }));
  const base = (url) => (url.endsWith("/") ? url : `${url}/`);
  assert.deepEqual(asked, [base(a), base(b)]);
});

test("an arrival is announced while it listens, not after inbound ended", async (t) => {
  const { url } = await office(t);
  const receiver = transportOf(url, { receive: true, authorize: () => ({ authorization: "Bearer token-of-bob" }) });
  let calls = 0;
  let called;
  const next = () => new Promise((done) => { called = done; });
  const heard = next();
  const ctx = context({ spoolerNotify: ({ newMail }) => { calls += 1; called(newMail); } });
  receiver.transportNotify(1, ctx);
  assert.equal(await heard, true);
  const arrival = next();
  await transportOf(url).submitMessage(message(mime()), context());
  assert.equal(await arrival, true);
  receiver.transportNotify(0x1_0000, ctx);
  await transportOf(url).submitMessage(message(mime()), context());
  assert.equal(calls, 2);
});

test("listening follows the configuration: the old stream ends, credentials of the new relay go to that alone", async (t) => {
  const told = new EventEmitter();
  let token = "of-a";
  const relay = async (name) => {
    const server = createServer(({ url, headers }, response) => {
      if (!url.endsWith("/events")) return response.end('{"mail":[]}');
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      response.once("close", () => told.emit(`${name} closed`));
      told.emit(`${name} open`, headers.authorization);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => { server.close(); server.closeAllConnections(); });
    return `http://127.0.0.1:${server.address().port}/`;
  };
  const [a, b] = [await relay("a"), await relay("b")];
  const receiver = transportOf(a, { receive: true, authorize: () => ({ authorization: token }) });
  t.after(() => receiver.transportLogoff(context()));
  const heard = [];
  for (const name of ["a", "b"]) told.on(`${name} open`, (authorization) => heard.push([name, authorization]));
  const first = once(told, "a open");
  receiver.transportNotify(1, context());
  await first;
  await receiver.poll(context());
  const signal = AbortSignal.timeout(300_000);
  const moved = Promise.all([once(told, "a closed", { signal }), once(told, "b open", { signal })]);
  token = "of-b";
  const ctx = context({ settings: { url: b } });
  await receiver.poll(ctx);
  await moved;
  await receiver.startMessage(ctx);
  assert.deepEqual(heard, [["a", "of-a"], ["b", "of-b"]]);
  const ended = once(told, "b closed");
  receiver.transportNotify(0x1_0000, ctx);
  await ended;
  await receiver.poll(context());
  assert.equal(heard.length, 2);
});
