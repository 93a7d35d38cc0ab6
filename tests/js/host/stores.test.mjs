// What a session makes of its store and its canary, and what it hands over of a body.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, day, gate, hostSide, owner } from "./setup.mjs";

const host = await hostSide("stores");
const good = { to: "bob@example.test", payload: {} };

test("o_74: a memory store is alone, given or not; without locks nothing is said to be sent elsewhere", async () => {
  for (const store of [host.memoryStore(), host.memoryStore("o_74")]) {
    const session = await host.open({ store, transports: [host.transport(() => accepts)] });
    const { id } = await session.submitMessage(good);
    assert.equal((await session.settled(id)).state, "sent");
    await session.close();
  }
  const log = [];
  const store = { ...host.memoryStore() };
  const session = await host.open({ store, transports: [host.transport(() => assert.fail("nobody is known to be alone"))], log: ({ code }) => log.push(code) });
  const { id } = await session.submitMessage(good);
  const { entryId } = session.getStatusTable().getSnapshot().find(({ resourceType }) => resourceType === 37);
  assert.deepEqual([session.why(id), session.why(entryId)].map(({ code, actor }) => [code, actor]), [["noLocks", "host"], ["noLocks", "host"]]);
  assert.equal(session.getOutgoingQueue().getSnapshot()[0].why, "noLocks");
  assert.deepEqual(log, ["session.noLocks"]);
  await session.close();
});

test("o_73: of two sessions on one store object each knows what the other accepted, and it leaves", async () => {
  const [store, from] = [host.memoryStore(), { profile: "shared" }];
  const open = () => host.open({ ...from, store, transports: [host.transport(() => accepts)], keepSent: true });
  const [one, two] = [await open(), await open()];
  const { id } = await two.submitMessage(good);
  assert.equal((await two.settled(id)).state, "sent");
  assert.equal((await one.settled(id)).state, "sent");
  for (const session of [one, two]) assert.equal((await session.getMessage(id)).state, "sent");
  await Promise.all([one.close(), two.close()]);
});

test("o_70: a store of one outbox is refused to another; erased, it is anybody's", async () => {
  for (const store of [host.memoryStore(), { ...host.memoryStore() }]) {
    const session = await host.open({ profile: "first", store, soleOwner: true });
    for (const other of [{ profile: "second" }, { profile: "first", owner: "carol@example.test" }]) {
      await assert.rejects(host.open({ ...other, store, soleOwner: true }), { code: "MAPI_E_INVALID_PARAMETER" });
    }
    const { id } = await session.submitMessage({ ...good, holdUntil: Date.now() + day });
    assert.ok(await session.getMessage(id));
    await session.close();
  }
  const store = host.memoryStore("o_70");
  await (await host.open({ profile: "first", store })).close();
  await store.erase();
  await (await host.open({ profile: "second", store: host.memoryStore("o_70") })).close();
});

test("o_74: two memory stores have nothing to do with each other, whatever the names", async () => {
  const open = () => host.open({ profile: "same", store: host.memoryStore(), transports: [host.transport(() => accepts)] });
  const sessions = [await open(), await open()];
  for (const session of sessions) {
    const { id } = await session.submitMessage(good);
    assert.equal((await session.settled(id)).state, "sent");
  }
  await Promise.all(sessions.map((session) => session.close()));
});

test("a canary may be asynchronous; what it throws or rejects is logged", async () => {
  const [lost, told, log] = [gate(), gate(), []];
  const canary = { get: async () => "5:3", set: async (value) => void (value.endsWith(":1") && told.open(value)) };
  const one = await host.open({ canary });
  one.on("outboxLost", lost.open);
  assert.deepEqual(await lost.promise, { messages: 3 });
  const { id } = await one.submitMessage({ ...good, holdUntil: Date.now() + day });
  assert.match(await told.promise, /^\d+:1$/);
  await one.abortSubmit(id);
  await one.close();
  const broken = { get: () => Promise.reject(new Error("gone")), set: () => Promise.reject(new Error("gone")) };
  const two = await host.open({ canary: broken, log: ({ code }) => log.push(code) });
  await two.submitMessage({ ...good, holdUntil: Date.now() + day });
  await two.close();
  assert.ok(log.length >= 2 && log.every((code) => code === "canary.failed"), log.join());
});

test("eraseOutbox makes the canary forget", async () => {
  let kept = "5:3";
  await host.eraseOutbox({ profile: "erased", owner, canary: { get: () => kept, set: async (value) => void (kept = value) } });
  assert.equal(kept, "");
  await assert.rejects(host.eraseOutbox({ profile: "erased", owner, canary: {} }), { code: "MAPI_E_INVALID_PARAMETER" });
});

test("o_75: a store of the host's that never answers is in doubt, not for ever", async () => {
  const [clock, inner] = [host.fakeClock(), host.memoryStore()];
  let hangs = false;
  const store = { ...inner, commit: (batch, options) => (hangs ? new Promise(() => {}) : inner.commit(batch, options)) };
  const session = await host.open({ store, clock, soleOwner: true });
  hangs = true;
  const refused = assert.rejects(session.submitMessage(good), { code: "MAPI_E_CALL_FAILED" });
  await clock.advance(20_000);
  await refused;
  const stuck = host.open({ store: { ...inner, read: () => new Promise(() => {}) }, clock, soleOwner: true });
  const unread = assert.rejects(stuck, { message: /the store to answer|a store that can be read/ });
  await clock.advance(20_000);
  await unread;
});

test("the size of a message is that of its content as it is handed over", async () => {
  let seen;
  const session = await host.open({ transports: [host.transport((message) => (seen = message, accepts))] });
  const { id } = await session.submitMessage({ to: "bob@example.test", content: "Subject: a\nBcc: c@example.test\n\nb", holdUntil: Date.now() + day });
  const { size, content } = await session.getMessage(id);
  assert.equal(size, content.size);
  await session.setHold(id, null);
  await session.settled(id);
  assert.equal(seen.size, seen.content.size);
  assert.equal(seen.size, size);
  await session.close();
});
