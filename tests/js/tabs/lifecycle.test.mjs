// When a context stops and wakes, and its timers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageChannel } from "node:worker_threads";
import { pathToFileURL } from "node:url";
import { fakeTimers } from "../store/clock.mjs";
import { bundle } from "../store/sources.mjs";

const dir = await bundle("lifecycle");
const { lifecycle, systemTimers, wakeTimer } = await import(pathToFileURL(`${dir}/host.mjs`).href);

const persisted = (type, value) => Object.assign(new Event(type), { persisted: value });

function page(t, options = {}) {
  const timers = fakeTimers();
  const [window, document] = [new EventTarget(), new EventTarget()];
  const log = [];
  const life = lifecycle({
    timers, page: window, document, onSuspend: () => log.push("suspend"),
    onWake: (generation, reason) => log.push(`${generation} ${reason}`), ...options,
  });
  t.after(() => life.close());
  return { timers, window, document, log, life };
}

test("o_71 the back/forward cache: suspended once, woken once as a new generation", (t) => {
  const { window, document, log, life } = page(t);
  window.dispatchEvent(persisted("pagehide", true));
  document.dispatchEvent(new Event("freeze"));
  assert.deepEqual([log, life.suspended, life.generation], [["suspend"], true, 1]);
  document.dispatchEvent(new Event("resume"));
  window.dispatchEvent(persisted("pageshow", true));
  assert.deepEqual([log, life.suspended, life.generation], [["suspend", "2 resume"], false, 2]);
});

test("o_71 without freeze events pageshow wakes", (t) => {
  const { window, log } = page(t);
  window.dispatchEvent(persisted("pageshow", false));
  window.dispatchEvent(persisted("pagehide", true));
  window.dispatchEvent(persisted("pageshow", true));
  window.dispatchEvent(persisted("pagehide", true));
  assert.deepEqual(log, ["suspend", "2 pageshow", "suspend"]);
});

test("o_71 a gap of more than five seconds is a new generation, by either clock", (t) => {
  const { timers, log, life } = page(t);
  life.watch(true);
  timers.advance(60_000);
  assert.deepEqual(log, []);
  timers.stall(4_000);
  timers.advance(0);
  timers.advance(1_000);
  assert.deepEqual(log, []);
  timers.stall(5_001);
  timers.advance(0);
  timers.sleep(5_000);
  timers.advance(1_000);
  timers.sleep(-7_200_000);
  timers.advance(60_000);
  assert.deepEqual(log, ["2 gap", "3 gap"]);
});

test("o_71 nobody looks for gaps unless asked, nor while suspended", (t) => {
  const { timers, window, log, life } = page(t);
  assert.deepEqual(timers.pending(), []);
  life.watch(true);
  window.dispatchEvent(persisted("pagehide", true));
  timers.stall(60_000);
  timers.advance(0);
  assert.deepEqual([log, timers.pending()], [["suspend"], []]);
  window.dispatchEvent(persisted("pageshow", true));
  life.watch(false);
  timers.stall(60_000);
  timers.advance(0);
  assert.deepEqual([log, timers.pending()], [["suspend", "2 pageshow"], []]);
});

test("o_71 a page called once a minute has no gaps, one that stood still has", (t) => {
  const { timers, log, life } = page(t, { throttled: () => true });
  life.watch(true);
  for (let i = 0; i < 5; i++) {
    timers.stall(60_000);
    timers.advance(0);
  }
  assert.deepEqual(log, []);
  timers.stall(130_000);
  timers.advance(0);
  assert.deepEqual(log, ["2 gap"]);
});

test("o_71 closed, it hears nothing more", (t) => {
  const { timers, window, log, life } = page(t);
  life.watch(true);
  life.close();
  window.dispatchEvent(persisted("pagehide", true));
  assert.deepEqual([log, timers.pending()], [[], []]);
});

test("g18 the wake comes at the earlier of its instants", () => {
  const timers = fakeTimers();
  let woken = 0;
  const timer = wakeTimer(timers, () => woken++);
  timer.set({ wall: timers.wall() + 500, mono: timers.mono() + 300 });
  timers.advance(299);
  assert.equal(woken, 0);
  timers.advance(1);
  timers.advance(1_000);
  assert.equal(woken, 1);
  timer.set({ wall: timers.wall() - 1 });
  timers.advance(0);
  assert.equal(woken, 2, "what is past is due");
  timer.set({ mono: timers.mono() + 100 });
  timer.set(null);
  timer.set({});
  timers.advance(100_000);
  assert.equal(woken, 2);
});

test("g18 far instants are reached in steps of six hours", () => {
  const timers = fakeTimers();
  const capped = { ...timers, after: (ms, run) => timers.after(Math.min(ms, 6 * 3_600_000), run) };
  const year = 365 * 86_400_000;
  let woken = 0;
  wakeTimer(capped, () => woken++).set({ wall: timers.wall() + year });
  assert.deepEqual(timers.pending(), [6 * 3_600_000]);
  timers.advance(year - 1);
  assert.equal(woken, 0);
  timers.advance(1);
  assert.equal(woken, 1);
});

test("g18 clocks that move apart wake at the next look", () => {
  for (const jump of [3_600_000, -3_600_000, 2_001]) {
    const timers = fakeTimers();
    let woken = 0;
    const timer = wakeTimer(timers, () => woken++);
    timer.set({ wall: timers.wall() + 86_400_000 });
    timers.sleep(2_000);
    timer.check();
    assert.equal(woken, 0, "two seconds are drift");
    timers.sleep(jump);
    timer.check();
    assert.equal(woken, 1);
    timer.check();
    assert.equal(woken, 1);
  }
});

test("g18 after the machine slept a wake by the wall clock is due at the next look", () => {
  const timers = fakeTimers();
  let woken = 0;
  const timer = wakeTimer(timers, () => woken++);
  timer.set({ wall: timers.wall() + 1_000 });
  timers.sleep(1_500);
  timer.check();
  assert.equal(woken, 1);
});

/** What `new Worker("mailspooler/tick")` is to the page: the entry's code at the other end of a channel. */
async function ticking(t) {
  const { port1, port2 } = new MessageChannel();
  const scope = { setTimeout, clearTimeout, postMessage: (message) => port2.postMessage(message), addEventListener: port2.addEventListener.bind(port2) };
  const { readFileSync } = await import("node:fs");
  const source = readFileSync(`${dir}/tick.js`, "utf8");
  Reflect.construct(Function, [...Object.keys(scope), source])(...Object.values(scope));
  port1.start();
  port2.start();
  t.after(() => port1.close());
  return Object.assign(port1, { terminate: () => port1.close() });
}

test("g18 a page whose own timers stand still is woken by its tick", async (t) => {
  const worker = await ticking(t);
  let [made, ticks] = [0, 0];
  worker.addEventListener("message", () => ticks++);
  const timers = systemTimers({ tick: () => (made++, worker) });
  t.mock.method(globalThis, "setTimeout", () => 0);
  const order = [];
  timers.after(5, () => order.push("cancelled"))();
  await Promise.all([
    new Promise((resolve) => timers.after(30, () => resolve(order.push("late")))),
    new Promise((resolve) => timers.after(1, () => resolve(order.push("soon")))),
  ]);
  assert.deepEqual([order, made, ticks], [["soon", "late"], 1, 2], "what was cancelled does not tick");
  timers.close();
});

test("g18 a tick that cannot be made costs nothing but punctuality", async () => {
  const timers = systemTimers({ tick: () => { throw new Error("blocked by CSP"); } });
  await new Promise((resolve) => timers.after(1, resolve));
  timers.close();
});

test("g18 no delay overflows", (t) => {
  const asked = [];
  t.mock.method(globalThis, "setTimeout", (_run, ms) => asked.push(ms));
  const timers = systemTimers();
  for (const ms of [2 ** 31, Infinity, 2 ** 53, NaN, -1, 0, 7]) timers.after(ms, () => {});
  assert.deepEqual(asked, [21_600_000, 21_600_000, 21_600_000, 0, 0, 0, 7]);
});

test("g18 closing ends every timer", async (t) => {
  const worker = await ticking(t);
  const timers = systemTimers({ tick: () => worker });
  let fired = 0;
  timers.after(1, () => fired++);
  timers.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(fired, 0);
});
