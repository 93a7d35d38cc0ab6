// The driver's lock: who holds it, who is told, and that nobody takes it but a person.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeTimers } from "../store/clock.mjs";
import { sources } from "../store/sources.mjs";
import { bus } from "./bus.mjs";

const { driverLock, locksFor } = await sources("lock");

/** Everything a promise chain without timers can do. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

let names = 0;
/** A world of contexts with one lock; each has a log of what it was told. */
function world(locks = locksFor(true)) {
  const name = `lock ${++names}`;
  const channels = bus();
  const stranger = channels.open();
  const timers = fakeTimers();
  return {
    name, timers, said: channels.said, listening: channels.listening, locks, post: (message) => stranger.post(message),
    context: (options = {}) => {
      const log = [];
      const lock = driverLock({
        name, locks, timers, channel: channels.open(), random: () => 0.5,
        onGrant: () => log.push("grant"), onLost: () => log.push("lost"),
        onSilent: (since) => log.push(since === null ? "heard" : "silent"), ...options,
      });
      return { lock, log };
    },
  };
}

test("o_73 one of several contexts is the driver, and the next when it leaves", async () => {
  const { context } = world();
  const [a, b, c] = [context(), context(), context()];
  for (const { lock } of [a, b, c]) lock.want(true);
  await settled();
  assert.deepEqual([a.log, b.log, c.log], [["grant"], [], []]);
  a.lock.close();
  await settled();
  assert.deepEqual([a.log, b.log, c.log], [["grant"], ["grant"], []]);
  assert.deepEqual([a.lock.held, b.lock.held, c.lock.held], [false, true, false]);
});

test("o_73 a context that does not want it is not asked and does not ask", async () => {
  const { context, timers } = world();
  const { lock, log } = context();
  lock.resume();
  timers.advance(10_000);
  await settled();
  assert.deepEqual([log, lock.held], [[], false]);
  lock.want(true);
  await settled();
  lock.want(false);
  assert.deepEqual([log, lock.held, timers.pending()], [["grant"], false, []], "what it gives back itself it has not lost");
});

test("o_73 it is given back inside suspend, after the context was told", async () => {
  const { context, locks, name } = world();
  const [a, b] = [context({ onLost: () => a.log.push(`lost, held ${a.lock.held}`) }), context()];
  a.lock.want(true);
  b.lock.want(true);
  await settled();
  a.lock.suspend();
  assert.deepEqual([a.log, a.lock.held], [["grant", "lost, held true"], false]);
  await settled();
  assert.deepEqual(b.log, ["grant"]);
  a.lock.resume();
  await settled();
  assert.deepEqual([a.log.length, (await locks.query()).held.some((lock) => lock.name === name)], [2, true]);
  b.lock.close();
  await settled();
  assert.deepEqual(a.log.slice(2), ["grant"]);
});

test("o_73 followers ask anew every two seconds, so that a cached page is evicted", async () => {
  const asked = [];
  const inner = locksFor(true);
  const { context, timers } = world({ ...inner, request: (...args) => (asked.push(args[1]), inner.request(...args)) });
  const [a, b] = [context(), context()];
  a.lock.want(true);
  await settled();
  b.lock.want(true);
  for (let i = 0; i < 3; i++) {
    timers.advance(2_000);
    await settled();
  }
  assert.equal(asked.length, 5);
  assert.deepEqual(asked.slice(1).map(({ signal }) => signal.aborted), [true, true, true, false]);
  assert.deepEqual(asked.filter(({ steal }) => steal), [], "never stolen by itself");
  a.lock.close();
  await settled();
  assert.deepEqual(b.log, ["grant"]);
  timers.advance(60_000);
  await settled();
  assert.equal(asked.length, 5, "the driver asks no more");
});

test("o_73 two seconds are spread by a fifth", async () => {
  for (const [random, ms] of [[0, 1_600], [1, 2_400]]) {
    const { context, timers } = world();
    context().lock.want(true);
    await settled();
    const { lock } = context({ random: () => random });
    lock.want(true);
    await timers.armed((left) => Math.round(left) === ms);
  }
});

test("o_73 only takeOver steals; the old driver is told and asks again", async () => {
  const { context, timers } = world();
  const [a, b] = [context(), context()];
  a.lock.want(true);
  b.lock.want(true);
  await settled();
  await b.lock.takeOver();
  await settled();
  assert.deepEqual([a.log, b.log, a.lock.held, b.lock.held], [["grant", "lost"], ["grant"], false, true]);
  await b.lock.takeOver();
  assert.deepEqual(b.log, ["grant"], "the driver has nothing to take over");
  timers.advance(2_000);
  await settled();
  b.lock.close();
  await settled();
  assert.deepEqual(a.log, ["grant", "lost", "grant"]);
});

test("o_73 a lock the browser takes away is lost, and asked for again", async () => {
  let take;
  let asked = 0;
  const locks = {
    request: (_name, _options, run) => (asked++, new Promise((_, reject) => {
      take = () => reject(new DOMException("", "AbortError"));
      void run();
    })),
    query: () => Promise.resolve({ held: [] }),
  };
  const { context, timers } = world(locks);
  const { lock, log } = context();
  lock.want(true);
  take();
  await settled();
  assert.deepEqual([log, lock.held], [["grant", "lost"], false]);
  timers.advance(2_000);
  assert.deepEqual([log, asked], [["grant", "lost", "grant"], 2]);
});

test("o_73 a grant that comes after the request was given up is handed back", async () => {
  const runs = [];
  const locks = { request: (_n, _o, run) => new Promise(() => runs.push(run)), query: () => Promise.resolve({}) };
  const { context } = world(locks);
  const { lock, log } = context();
  lock.want(true);
  lock.want(false);
  await runs[0]();
  assert.deepEqual([log, lock.held], [[], false]);
});

test("o_73 a request the engine refuses is made again", async () => {
  let refusals = 2;
  const inner = locksFor(true);
  const { context, timers } = world({ ...inner, request: (...args) =>
    (refusals-- > 0 ? Promise.reject(new DOMException("", "InvalidStateError")) : inner.request(...args)) });
  const { lock, log } = context();
  lock.want(true);
  for (let i = 0; i < 2; i++) {
    await settled();
    timers.advance(2_000);
  }
  await settled();
  assert.deepEqual([log, lock.held], [["grant"], true]);
});

test("o_73 a driver that falls silent is reported once, and its return too", async () => {
  const { context, timers, said } = world();
  const driver = context();
  driver.lock.want(true);
  await settled();
  const other = context();
  other.lock.want(true);
  timers.advance(120_000);
  await settled();
  assert.deepEqual(other.log, [], "it is heard every ten seconds");
  assert.ok(said.filter(({ beat }) => beat === 10_000).length >= 12);

  const frozen = fakeTimers();
  const { context: elsewhere, timers: mine } = world();
  const quiet = elsewhere({ timers: frozen });
  quiet.lock.want(true);
  await settled();
  const follower = elsewhere();
  follower.lock.want(true);
  mine.advance(25_000);
  await settled();
  assert.deepEqual(follower.log, []);
  mine.advance(5_000);
  await settled();
  mine.advance(60_000);
  await settled();
  assert.deepEqual(follower.log, ["silent"]);
  frozen.advance(10_000);
  await settled();
  assert.deepEqual(follower.log, ["silent", "heard"]);
});

test("o_73 silence is no reason where nobody holds the lock", async () => {
  const { context, timers } = world({ request: () => new Promise(() => {}), query: () => Promise.resolve({ held: [] }) });
  const { lock, log } = context();
  lock.want(true);
  timers.advance(120_000);
  await settled();
  assert.deepEqual(log, []);
});

test("o_73 since when it is silent is a whole number of ms, as the core takes it", async () => {
  const held = { request: () => new Promise(() => {}), query: () => Promise.resolve({ held: [{ name: `lock ${names}` }] }) };
  const { context, timers } = world(held);
  const since = [];
  context({ onSilent: (at) => since.push(at) }).lock.want(true);
  timers.stall(0.4);
  timers.advance(60_000);
  await settled();
  assert.equal(since.length, 1);
  assert.ok(Number.isInteger(since[0]), `${since[0]}`);
});

test("o_73 own sleep is not the other's silence", async () => {
  const held = { request: () => new Promise(() => {}), query: () => Promise.resolve({ held: [{ name: `lock ${names}` }] }) };
  const { context, timers } = world(held);
  const { lock, log } = context();
  lock.want(true);
  timers.stall(600_000);
  timers.advance(15_000);
  await settled();
  assert.deepEqual(log, []);
  timers.advance(10_000);
  await settled();
  assert.deepEqual(log, ["silent"]);
});

test("o_73 a throttled driver says so and is given more time", async () => {
  const { context, timers, said } = world();
  const frozen = fakeTimers();
  const driver = context({ timers: frozen, throttled: () => true });
  driver.lock.want(true);
  await settled();
  const { lock, log } = context();
  lock.want(true);
  timers.advance(220_000);
  await settled();
  assert.deepEqual([log, said.at(-1)], [[], { beat: 75_000 }], "asked for a sign when it came, and got one");
  timers.advance(10_000);
  await settled();
  assert.deepEqual(log, ["silent"]);
});

test("o_73 what is not a beat is not heard", async () => {
  const { context, timers, post } = world({ request: () => new Promise(() => {}), query: () => Promise.resolve({ held: [{ name: `lock ${names}` }] }) });
  const { lock, log } = context();
  lock.want(true);
  for (const message of [null, 7, "beat", { beat: "10000" }, { beat: NaN }, { beat: 1e9 }, { beat: -1 }, { look: [] }]) {
    timers.advance(5_000);
    post(message);
  }
  await settled();
  assert.deepEqual(log, ["silent"]);
  post({ beat: 10_000 });
  assert.deepEqual(log, ["silent", "heard"]);
});

test("o_73 closed, it listens no more", async () => {
  const { context, timers, listening } = world();
  const before = listening();
  const { lock, log } = context();
  lock.want(true);
  await settled();
  lock.close();
  timers.advance(60_000);
  await settled();
  assert.deepEqual([log, listening() - before, timers.pending()], [["grant"], 0, []]);
});

test("o_74 without locks nothing is granted, and takeOver says why", async () => {
  const { context, timers } = world(undefined);
  const { lock, log } = context({ locks: undefined });
  lock.want(true);
  timers.advance(10_000);
  await settled();
  assert.deepEqual([log, lock.held], [[], false]);
  await assert.rejects(lock.takeOver(), /Web Locks/);
});

test("o_74 the browser's locks are used unless this context is alone", () => {
  assert.equal(locksFor(false), globalThis.navigator?.locks);
  assert.equal(locksFor(true), locksFor(true));
});
