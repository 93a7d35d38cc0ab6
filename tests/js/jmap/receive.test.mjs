// Logging on, and new mail: handed over one by one, acknowledged only when delivered, pushed by a stream read with fetch.
import assert from "node:assert/strict";
import { once, EventEmitter } from "node:events";
import { test } from "node:test";
import { alice, basic, bearer, bob, context, mailSystem, message, part, send } from "./setup.mjs";

const BEGIN_INBOUND = 0x1;
const END_INBOUND = 0x10000;
const system = await mailSystem();
const { proxy } = system;
const sender = system.transport();
const { eventParser } = await part("events.ts");

const keeper = (value) => ({ saved: value === undefined ? [] : [value], get() { return this.saved.at(-1); }, set(state) { this.saved.push(state); } });
const receiver = (more = {}) => system.transport({ uid: "bob", authorize: basic(bob, "secret of bob"), ...more });
async function mailFor(user, options = {}) {
  const mail = message({ to: [user], ...options });
  assert.equal((await send(sender, mail)).outcome.type, "accepted");
  await system.smtp.idle();
  return mail;
}
async function takeAll(transport, acknowledge = true) {
  const got = [];
  for (let one = await transport.startMessage(context()); one; one = await transport.startMessage(context())) {
    got.push(one);
    if (acknowledge) await transport.acknowledge(one.id, context());
  }
  return got;
}
const idOf = async ({ content }) => /^Message-ID: (.*)\r$/m.exec(await content.text())[1];

test("logon finds account and limits; offline and wrong password have their codes", async () => {
  const { guarantees, poll } = await sender.transportLogon(context());
  assert.equal(guarantees.maxMessageSize, 64 << 20);
  assert.equal(poll, true);
  assert.deepEqual(guarantees.probe, { authoritative: true, settlesWithinMs: 0 });
  await assert.rejects(system.transport({ authorize: basic(alice, "wrong") }).transportLogon(context()), { code: "MAPI_E_LOGON_FAILED" });
  await assert.rejects(system.transport({ authorize: bearer("none") }).validateState(0, context()), { code: "MAPI_E_LOGON_FAILED" });
  await assert.rejects(system.transport({ sessionUrl: "http://127.0.0.1:1/" }).transportLogon(context()), { code: "MAPI_E_NETWORK_ERROR" });
});

test("after a failed logon the next one asks again", async (t) => {
  let password = "wrong";
  const transport = system.transport({ authorize: () => basic(alice, password)() });
  await assert.rejects(transport.transportLogon(context()), { code: "MAPI_E_LOGON_FAILED" });
  password = "secret of alice";
  await transport.transportLogon(context());
  t.after(proxy.fault({ do: "status", status: 503, headers: { "retry-after": "3" }, times: 1 }));
  await assert.rejects(transport.validateState(0, context()), { code: "MAPI_E_BUSY", retryAfterMs: 3000 });
  await transport.validateState(0, context());
});

test("new mail counts from the first logon, comes in order, and the cursor moves when all is delivered", async () => {
  await mailFor(bob);
  const cursor = keeper();
  const transport = receiver({ inbox: { cursor } });
  assert.equal(await transport.poll(context()), false);
  assert.equal(cursor.saved.length, 1);
  const mails = [await mailFor(bob), await mailFor(bob), await mailFor(bob)];
  assert.equal(await transport.poll(context()), true);
  const got = [];
  for (let at = 0; at < 3; at += 1) got.push(await transport.startMessage(context()));
  assert.equal(await transport.startMessage(context()), undefined);
  assert.deepEqual(await Promise.all(got.map(idOf)), mails.map(({ messageId }) => messageId));
  await transport.acknowledge(got[0].id, context());
  await transport.acknowledge(got[2].id, context());
  assert.equal(cursor.saved.length, 1);
  await transport.acknowledge(got[1].id, context());
  assert.equal(cursor.saved.length, 2);
  assert.equal(await transport.poll(context()), false);
});

test("what was not acknowledged comes again under the same id, in this life and in the next", async () => {
  const cursor = keeper();
  const transport = receiver({ inbox: { cursor } });
  await transport.poll(context());
  const mail = await mailFor(bob);
  const [first] = await takeAll(transport, false);
  await transport.poll(context());
  assert.deepEqual(await takeAll(transport), []);
  assert.equal(await transport.poll(context()), true);
  const [second] = await takeAll(transport, false);
  assert.equal(second.id, first.id);
  const [third] = await takeAll(receiver({ inbox: { cursor } }));
  assert.equal(third.id, first.id);
  assert.equal(await idOf(third), mail.messageId);
  assert.deepEqual(await takeAll(receiver({ inbox: { cursor } })), []);
});

test("own drafts and sent mail are not new mail; mail to oneself is", async () => {
  const transport = system.transport({ inbox: { cursor: keeper() } });
  await transport.poll(context());
  await sender.prepareMessage(message(), context());
  await mailFor(bob);
  assert.deepEqual(await takeAll(transport), []);
  const mail = await mailFor(alice);
  const [got, ...more] = await takeAll(transport);
  assert.equal(more.length, 0);
  assert.equal(await idOf(got), mail.messageId);
});

test("a state the server has forgotten: the inbox is offered again, and said so", async () => {
  const mail = await mailFor(bob);
  const cursor = keeper("nonsense");
  const said = [];
  const transport = receiver({ inbox: { cursor } });
  const all = [];
  for (let one = await transport.startMessage(context({ log: (level, code) => said.push([level, code]) })); one; one = await transport.startMessage(context())) {
    all.push({ id: await idOf(one), at: one.payload.receivedAt });
    await transport.acknowledge(one.id, context());
  }
  assert.deepEqual(said, [["warn", "cannotCalculateChanges"]]);
  assert.deepEqual(all.map(({ at }) => at), all.map(({ at }) => at).toSorted((a, b) => a - b), "oldest first; the clock of JMAP has seconds");
  assert.equal(all.find(({ id }) => id === mail.messageId)?.at, all.at(-1).at);
  assert.notEqual(cursor.saved.at(-1), "nonsense");
});

test("a download that fails is not a message lost", async (t) => {
  const transport = receiver();
  await transport.poll(context());
  const mail = await mailFor(bob);
  t.after(proxy.fault({ do: "drop", match: ({ url }) => url.includes("/download/"), times: 1 }));
  await assert.rejects(transport.startMessage(context()));
  assert.equal(await idOf(await transport.startMessage(context())), mail.messageId);
});

test("a stream without push, as Debian's Cyrus has it, ends the listening", async () => {
  const fetched = new EventEmitter();
  const transport = receiver({ fetch: async (...args) => { const response = await fetch(...args); fetched.emit("events", String(args[0]), response.status); return response; } });
  transport.transportNotify(BEGIN_INBOUND, context());
  let status;
  for (let url = ""; !url.includes("eventsource");) [url, status] = await once(fetched, "events");
  assert.equal(status, 204);
  transport.transportNotify(END_INBOUND, context());
});

/** Event streams are held open here until the test `t` ends. */
function eventSource(t) {
  const streams = [];
  const opened = new EventEmitter();
  t.after(proxy.fault({
    do: "hand", match: ({ url }) => url.includes("/eventsource/"),
    run(request, response) {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      streams.push({ request, response });
      opened.emit("open");
    },
  }));
  return { streams, opened };
}

test("push: state events of this account say new mail, with Authorization, again after the connection broke", async (t) => {
  const { streams, opened } = eventSource(t);
  const told = new EventEmitter();
  const transport = receiver();
  await transport.transportLogon(context());
  const heard = () => once(told, "newMail");
  const [first, connected] = [once(opened, "open"), heard()];
  transport.transportNotify(BEGIN_INBOUND, context({ spoolerNotify: ({ newMail }) => newMail && told.emit("newMail") }));
  await Promise.all([first, connected]);
  assert.match(streams[0].request.headers.authorization, /^Basic /);

  const changed = heard();
  streams[0].response.write('event: ping\ndata: {}\n\nevent: state\ndata: {"changed":{"alice":{"Email":"1"}}}\n\n');
  streams[0].response.write('event: state\ndata: {"changed":{"bob":{"Em');
  streams[0].response.write('ail":"2"}}}\n\n');
  await changed;

  const [again, back] = [once(opened, "open"), heard()];
  streams[0].response.destroy();
  await Promise.all([again, back]);
  const closed = once(streams[1].response, "close");
  transport.transportLogoff(context());
  await closed;
});

test("push follows the configuration: once another server is asked for mail, the stream of the one before ends", async (t) => {
  const { streams, opened } = eventSource(t);
  const open = () => once(opened, "open", { signal: AbortSignal.timeout(300_000) });
  const transport = receiver();
  t.after(() => transport.transportLogoff(context()));
  const first = open();
  transport.transportNotify(BEGIN_INBOUND, context());
  await first;
  await transport.poll(context());
  assert.equal(streams.length, 1);
  const ctx = context({ settings: { sessionUrl: `${system.sessionUrl}?other` } });
  const moved = Promise.all([once(streams[0].response, "close"), open()]);
  await Promise.all([transport.poll(ctx), moved]);
  assert.equal(streams.length, 2);
  const ended = once(streams[1].response, "close");
  transport.transportNotify(END_INBOUND, ctx);
  await ended;
});

test("the event parser: fields, several data lines, comments, CR, LF and CRLF, at every cut", () => {
  const text = ": hello\r\nevent: state\rdata: a\r\ndata:b\n\nid: 7\nretry: 1\ndata\n\nevent: ping\n\ndata: c\r\n\r\n";
  const wanted = [{ event: "state", data: "a\nb" }, { event: "", data: "" }, { event: "", data: "c" }];
  for (let size = 1; size <= text.length; size += 1) {
    const parse = eventParser();
    const got = [];
    for (let at = 0; at < text.length; at += size) got.push(...parse(text.slice(at, at + size)));
    assert.deepEqual(got, wanted, `cut at ${size}`);
  }
});
