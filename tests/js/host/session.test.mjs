// The session from outside: acceptance, order, commits, tabs of one page, closing.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accepts, day, gate, hostSide, owner } from "./setup.mjs";

const host = await hostSide("session");
const good = { to: "bob@example.test", payload: { text: "hello" } };

/** A memory store that says what was committed. */
function counted(store = host.memoryStore()) {
  const batches = [];
  return {
    batches,
    ...store,
    commit(batch, options) {
      batches.push({ ...options, kinds: batch.map((ops) => (ops.some(({ op }) => op === "putBody") ? "body" : ops.some(({ op }) => op === "add") ? "accept" : "other")) });
      return store.commit(batch, options);
    },
  };
}

const driven = async (session) => {
  const table = session.getStatusTable();
  const ready = () => table.getSnapshot().some((row) => row.statusString === "Ready" && row.resourceType === 36);
  if (!ready()) for await (const _ of table.changes()) if (ready()) break;
  table.close();
};

test("openSession resolves with a readable store, before anything logged on", async () => {
  const logon = gate();
  const session = await host.open({ transports: [host.transport(async () => accepts, { transportLogon: () => logon.promise })] });
  assert.equal(session.getStatusTable().getRowCount(), 4);
  logon.open();
  await session.close();
});

test("o_08: a promise of submitMessage resolves when the message is durable", async () => {
  const store = counted();
  const session = await host.open({ store, soleOwner: true });
  const { id, uid, messageId } = await session.submitMessage(good);
  assert.equal(id, uid);
  assert.match(messageId, /^<[0-9a-f]{32}@example\.test>$/);
  const { messages } = await store.read({ all: true });
  assert.deepEqual(messages.map((row) => row.key), [uid]);
  assert.ok(await store.body(uid));
  await session.close();
});

test("p4: the submits of one turn are one strict commit, and one for their bodies", async () => {
  const store = counted();
  const session = await host.open({ store, soleOwner: true });
  // The epoch's.
  while (store.batches.length === 0) await new Promise(setImmediate);
  store.batches.length = 0;
  await Promise.all(Array.from({ length: 50 }, () => session.submitMessage(good)));
  assert.deepEqual(store.batches.map(({ kinds, durability }) => [durability, kinds.length, kinds[0]]), [["strict", 50, "body"], ["strict", 50, "accept"]]);
  await session.close();
});

test("p4: a lone message costs four strict commits", async () => {
  const store = counted();
  const session = await host.open({ store, soleOwner: true, transports: [host.transport(async () => accepts)] });
  await driven(session);
  store.batches.length = 0;
  const { id } = await session.submitMessage(good);
  await session.settled(id);
  assert.deepEqual(store.batches.map(({ kinds }) => kinds), [["body"], ["accept"], ["other"], ["other"]]);
  await session.close();
});

test("p2: what crosses does not grow with the body", async () => {
  const crossed = async (size) => {
    const [nums, bytes] = [[], []];
    const sabotage = (method, args) => {
      if (method === "step") [nums, bytes].forEach((list, i) => list.push(args[i]));
      return false;
    };
    const session = await host.open({ transports: [host.transport(async () => accepts)] }, { sabotage });
    await driven(session);
    [nums.length, bytes.length] = [0, 0];
    const { id } = await session.submitMessage({ to: "bob@example.test", content: new Blob(["Subject: x\r\n\r\n", new Uint8Array(size)]) });
    await session.settled(id);
    const sum = (list) => list.reduce((a, b) => a + b, 0);
    return [sum(nums), sum(bytes)];
  };
  assert.deepEqual(await crossed(4 * 2 ** 20), await crossed(1_024));
});

test("o_08: first attempts start in the order of the calls, whatever had to be read", async () => {
  const seen = [];
  const session = await host.open({ transports: [host.transport(async ({ subject }) => (seen.push(subject), accepts))] });
  const mime = (n) => `Subject: ${n}\r\n\r\n${n}`;
  const sent = [
    session.submitMessage({ to: "b@example.test", content: new Blob([mime(1)]) }),
    session.submitMessage({ to: "b@example.test", content: mime(2) }),
    session.submitMessage({ to: "b@example.test", content: mime(3), id: "hashed" }),
    session.submitMessage({ to: "b@example.test", payload: {}, subject: "4" }),
    session.submitMessage({ to: "b@example.test", content: new Blob([mime(5)]), id: "both" }),
  ];
  for (const { id } of await Promise.all(sent)) await session.settled(id);
  assert.deepEqual(seen, ["1", "2", "3", "4", "5"]);
  await session.close();
});

describe("o_02: the same id", () => {
  const held = { ...good, holdUntil: Date.now() + day };
  const cases = {
    "again, the same payload": [{ ...held, id: "d" }, { ...held, id: "d" }, true],
    "again, another payload": [{ ...held, id: "d" }, { ...held, id: "d", payload: { text: "other" } }, false],
    "again, other recipients": [{ ...held, id: "d" }, { ...held, id: "d", to: "carol@example.test" }, false],
    "again, with an entry id": [{ ...held, id: "d", to: { emailAddress: "bob@example.test" } }, { ...held, id: "d", to: { emailAddress: "bob@example.test", entryId: "00".repeat(20) } }, false],
    "an entry id in other letters": [{ ...held, id: "d", to: { emailAddress: "bob@example.test", entryId: "ab".repeat(20) } }, { ...held, id: "d", to: { emailAddress: "bob@example.test", entryId: "AB".repeat(20) } }, true],
    "keys in another order": [{ ...held, id: "d", payload: { a: 1, b: 2 } }, { ...held, id: "d", payload: { b: 2, a: 1 } }, true],
    "a date is that date": [{ ...held, id: "d", payload: new Date(5) }, { ...held, id: "d", payload: new Date(5) }, true],
    "another date": [{ ...held, id: "d", payload: new Date(5) }, { ...held, id: "d", payload: new Date(6) }, false],
    "the same file": [{ ...held, id: "d", payload: [new File(["a"], "f")] }, { ...held, id: "d", payload: [new File(["a"], "f")] }, true],
    "another file": [{ ...held, id: "d", payload: [new File(["a"], "f")] }, { ...held, id: "d", payload: [new File(["b"], "f")] }, false],
    "maps and sets": [{ ...held, id: "d", payload: new Map([[1, new Set([2])]]) }, { ...held, id: "d", payload: new Map([[1, new Set([2])]]) }, true],
    "a thing nobody can compare": [{ ...held, id: "d", payload: /x/ }, { ...held, id: "d", payload: /x/ }, false],
    "the same bytes as text and as Blob": [
      { to: "b@example.test", id: "d", holdUntil: held.holdUntil, content: "Subject: x\r\n\r\nx" },
      { to: "b@example.test", id: "d", holdUntil: held.holdUntil, content: new Blob(["Subject: x\r\n\r\nx"]) }, true],
  };
  for (const [name, [one, other, same]] of Object.entries(cases)) {
    test(`${name}: ${same ? "one submission" : "MAPI_E_COLLISION"}`, async () => {
      const session = await host.open();
      const first = await session.submitMessage(one);
      const second = await session.submitMessage(other).catch((error) => error);
      if (same) assert.equal(second.uid, first.uid, String(second));
      else {
        assert.equal(second.code, "MAPI_E_COLLISION", String(second));
        assert.equal(second.id, "d");
        assert.equal(second.state, "held");
      }
      await session.close();
    });
  }
});

test("a second session of one profile follows; it submits, the first one sends", async () => {
  const name = `pair ${Math.random()}`;
  const seen = [];
  const first = await host.open({ store: host.memoryStore(name), soleOwner: true, profile: name, transports: [host.transport(async (_m, { key }) => (seen.push(key), accepts))] });
  await driven(first);
  const second = await host.open({ store: host.memoryStore(name), soleOwner: true, profile: name, transports: [host.transport(() => assert.fail("the follower must not send"))] });
  const { id, uid } = await second.submitMessage(good);
  assert.equal((await second.settled(id)).state, "sent");
  assert.deepEqual(seen, [`${uid}.1`]);
  await second.close();
  await first.close();
});

test("what one life leaves behind the next one sends, with the stored content", async () => {
  const store = host.memoryStore();
  const one = await host.open({ store, soleOwner: true, profile: "lives" });
  const { id } = await one.submitMessage({ to: "bob@example.test", content: "Subject: later\r\n\r\nbody", props: { folder: "x" } });
  await one.close();
  const seen = [];
  const two = await host.open({
    store, soleOwner: true, profile: "lives",
    transports: [host.transport(async ({ content, props, subject }) => (seen.push(subject, props.folder, (await content.text()).split("\r\n\r\n")[1]), accepts))],
  });
  assert.equal((await two.settled(id)).state, "sent");
  assert.deepEqual(seen, ["later", "x", "body"]);
  await two.close();
});

test("o_63: the content can be read back while it is not sent, and not after", async () => {
  const session = await host.open({ transports: [host.transport(async () => accepts)] });
  const { id } = await session.submitMessage({ to: "bob@example.test", bcc: "eve@example.test", content: "Subject: held\r\nBcc: eve@example.test\r\n\r\nbody", holdUntil: Date.now() + day, props: { a: [1] } });
  const stored = await session.getMessage(id);
  const text = await stored.content.text();
  assert.match(text, /^Subject: held\r\n/);
  assert.match(text, /\r\n\r\nbody$/);
  assert.doesNotMatch(text, /eve@example\.test/);
  assert.equal(stored.state, "held");
  assert.deepEqual(stored.props, { a: [1] });
  assert.deepEqual(stored.recipients.map((r) => [r.type, r.emailAddress]), [["to", "bob@example.test"], ["bcc", "eve@example.test"]]);
  await session.setHold(id, null);
  await session.settled(id);
  assert.equal((await session.getMessage(id)).content, undefined);
  await session.close();
});

test("abortSubmit before anything began: cancelled", async () => {
  const session = await host.open();
  const { id } = await session.submitMessage(good);
  const { result, recipients } = await session.abortSubmit(id);
  assert.equal(result, "cancelled");
  assert.equal(recipients.length, 1);
  assert.equal((await session.settled(id)).state, "cancelled");
  await session.close();
});

test("a signal stops waiting, not sending", async () => {
  const [answer, called] = [gate(), gate()];
  const session = await host.open({ transports: [host.transport(() => (called.open(), answer.promise))] });
  const { id } = await session.submitMessage(good);
  await called.promise;
  const controller = new AbortController();
  const waiting = session.settled(id, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assert.rejects(waiting, /enough/);
  answer.open(accepts);
  assert.equal((await session.settled(id)).state, "sent");
  await assert.rejects(session.submitMessage({ ...good, signal: AbortSignal.abort(new Error("never")) }), /never/);
  await session.close();
});

test("close settles every promise, and closes once", async () => {
  const session = await host.open({ transports: [host.transport(() => new Promise(() => {}))] });
  const { id } = await session.submitMessage(good);
  const waiting = session.settled(id).catch((error) => error.code);
  const table = session.getOutgoingQueue();
  const iterating = table.changes().next();
  await Promise.all([session.close(), session.close()]);
  assert.equal(await waiting, "MAPI_E_NOT_INITIALIZED");
  await session.close();
  for (const call of [() => session.submitMessage(good), () => session.settled(id), async () => session.why(id), async () => session.getStatusTable(), async () => session.outstanding()]) {
    await assert.rejects(call(), { code: "MAPI_E_NOT_INITIALIZED" });
  }
  const last = await iterating;
  if (!last.done) assert.ok(Array.isArray(last.value));
});

test("openSession takes a signal back", async () => {
  await assert.rejects(host.open({ signal: AbortSignal.abort(new Error("no")) }), /no/);
});

test("a store that cannot be read is said at once", async () => {
  const store = { ...host.memoryStore(), read: () => Promise.reject(host.storeError("unavailable", "no database")) };
  await assert.rejects(host.open({ store }), { code: "MAPI_E_CALL_FAILED" });
});

test("outboxLost: the canary remembers what the storage forgot", async () => {
  let kept = null;
  const canary = { get: () => kept, set: (value) => (kept = value) };
  const one = await host.open({ store: host.memoryStore(), soleOwner: true, profile: "lost", canary, transports: [host.transport(() => new Promise(() => {}))] });
  await driven(one);
  await one.submitMessage(good);
  await one.close();
  if (kept === null) kept = "3:1";
  const opening = host.open({ store: host.memoryStore(), soleOwner: true, profile: "lost", canary });
  const two = await opening;
  const lost = new Promise((resolve) => two.on("outboxLost", resolve));
  assert.deepEqual(await lost, { messages: 1 });
  await two.close();
});

test("transports come and go", async () => {
  const seen = [];
  const session = await host.open();
  const { id } = await session.submitMessage(good);
  session.admin.addTransport(host.transport(async () => (seen.push("t"), accepts)));
  assert.throws(() => session.admin.addTransport(host.transport(async () => accepts)), { code: "MAPI_E_COLLISION" });
  assert.equal((await session.settled(id)).state, "sent");
  assert.deepEqual(session.admin.getProviderTable().map((row) => row.displayName), ["t"]);
  await session.admin.removeTransport("t");
  assert.deepEqual(session.admin.getProviderTable(), []);
  await assert.rejects(session.admin.removeTransport("t"), { code: "MAPI_E_NOT_FOUND" });
  await session.close();
});

test("estimate, journal, outstanding, address types", async () => {
  const [answer, called] = [gate(), gate()];
  const session = await host.open({ transports: [host.transport(() => (called.open(), answer.promise))] });
  await driven(session);
  assert.deepEqual(session.enumAddressTypes(), ["SMTP"]);
  const { id, uid } = await session.submitMessage(good);
  await called.promise;
  assert.deepEqual(session.outstanding().map(({ transport, verb }) => [transport, verb]), [["t", "submitMessage"]]);
  assert.equal(typeof (await session.estimate()).messages, "number");
  answer.open(accepts);
  await session.settled(id);
  const journal = session.journal();
  const sent = journal.find((line) => line.code === "sent");
  assert.deepEqual(sent, { at: sent.at, code: "sent", uid, transport: "t", envelope: 1 });
  assert.ok(journal.every((line) => Math.abs(Date.now() - line.at) < 60_000));
  assert.ok(journal.some((line) => !("uid" in line) && !("envelope" in line)), "a line of no message says so by silence");
  await session.close();
});

test("o_30 what the service said is shown: its id in the report, its code in `why`, report and journal", async () => {
  const outcomes = [{ type: "accepted", remoteId: "M1" }, { type: "unknown", code: 502 }];
  const session = await host.open({ transports: [host.transport(() => outcomes.shift(), { guarantees: {} })] });
  const sent = await session.submitMessage(good);
  const [taken] = (await session.settled(sent.id)).recipients;
  assert.deepEqual([taken.status, taken.remoteId, "code" in taken], ["accepted", "M1", false]);
  assert.equal((await session.getMessage(sent.id)).recipients[0].remoteId, "M1");
  const { id, uid } = await session.submitMessage(good);
  for await (const [row] of session.getOutgoingQueue().changes()) if (row?.outboxState === "unconfirmed") break;
  const [unsure] = (await session.getMessage(id)).recipients;
  assert.deepEqual([unsure.status, unsure.code, "remoteId" in unsure], ["doubtful", "502", false]);
  assert.equal(session.why(id).args.code, "502");
  assert.deepEqual(session.journal().filter((line) => "detail" in line).map((line) => [line.code, line.uid, line.detail]), [["unconfirmed", uid, "502"]]);
  await session.close();
});

test("owner: an id of this session is nobody else's", async () => {
  const [one, two] = [await host.open({ owner }), await host.open({ owner: "other@example.test" })];
  const { id } = await one.submitMessage(good);
  await assert.rejects(two.settled(id), { code: "MAPI_E_NOT_FOUND" });
  await Promise.all([one.close(), two.close()]);
});

test("a page that leaves lets everything go at once; another tab goes on, with doubt; the page comes back as a follower", async (t) => {
  const page = new EventTarget();
  t.after(() => delete globalThis.window);
  const [called, answer, name] = [gate(), gate(), `leaving ${Math.random()}`];
  const options = () => ({ store: host.memoryStore(name), soleOwner: true, profile: name });
  globalThis.window = page;
  const leaving = await host.open({ ...options(), transports: [{ uid: "t", wire: "other", submitMessage: (_m, ctx) => (called.open(ctx), answer.promise) }] });
  delete globalThis.window;
  const { id } = await leaving.submitMessage(good);
  const ctx = await called.promise;
  page.dispatchEvent(new Event("pagehide"));
  assert.ok(ctx.signal.aborted);
  assert.equal(ctx.mayStillSend(), false);
  const probes = [];
  const staying = await host.open({
    ...options(),
    transports: [{
      uid: "t", guarantees: { probe: { authoritative: true, settlesWithinMs: 0 } }, submitMessage: () => assert.fail("it may have been sent"),
      probeMessage: ({ messageId }) => (probes.push(messageId), { type: "present" }),
    }],
  });
  assert.equal((await staying.settled(id)).state, "sent");
  assert.equal(probes.length, 1);
  answer.open(accepts);
  page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  assert.equal((await leaving.settled(id)).state, "sent");
  const { id: next } = await leaving.submitMessage({ ...good, holdUntil: Date.now() + day });
  assert.equal((await leaving.getMessage(next)).state, "held");
});

test("a host's own store that answers nonsense loses nothing and harms nobody", async () => {
  const store = host.memoryStore();
  let nonsense = true;
  const answers = [undefined, null, 42, [], [null], [{}], [{ ok: false }], [{ ok: true }]];
  let n = 0;
  const clock = host.fakeClock();
  const seen = [];
  const session = await host.open({
    clock, soleOwner: true,
    store: {
      ...store,
      async commit(batch, options) {
        if (!nonsense) return store.commit(batch, options);
        return answers[n++ % answers.length];
      },
      async read(what) {
        const real = await store.read(what);
        return { ...real, messages: [null, 42, { key: "a\0b" }, { key: "odd", version: "x", nums: {}, text: 5 }, ...real.messages] };
      },
      watch: (listener) => {
        for (const keys of [undefined, 42, [1], ["a\0b"], {}]) listener(keys);
        return store.watch(listener);
      },
    },
    transports: [host.transport(async () => (seen.push("t"), accepts))],
  });
  const refused = await session.submitMessage(good).then(() => undefined, (error) => error);
  assert.ok(refused instanceof host.MapiError, String(refused));
  nonsense = false;
  await clock.advance(60_000);
  const { id } = await session.submitMessage(good);
  await clock.advance(60_000);
  assert.equal((await session.settled(id)).state, "sent");
  assert.equal(session.why("odd").code, "corrupt");
  assert.deepEqual(seen, ["t"]);
});
