// How often a hidden driver promises to be heard: what it promises is what followers wait for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sources } from "../store/sources.mjs";

const { openTabs, systemTimers } = await sources("driver");

let names = 0;
/** What the other contexts hear of a driver in a hidden page. */
async function promised(t, tick) {
  const document = Object.assign(new EventTarget(), { visibilityState: "hidden" });
  Object.defineProperty(globalThis, "document", { value: document, configurable: true });
  t.after(() => Reflect.deleteProperty(globalThis, "document"));
  const name = `driver ${++names}`;
  const ear = new BroadcastChannel(`${name}/driver`);
  const heard = new Promise((resolve) => ear.addEventListener("message", ({ data }) => "beat" in data && resolve(data.beat)));
  const timers = systemTimers({ tick });
  const nothing = () => {};
  const tabs = openTabs({
    settings: { name, timers, store: {}, alone: true },
    granted: nothing, lost: nothing, suspended: nothing, woken: nothing, silent: nothing, online: nothing,
  });
  tabs.begin();
  try {
    return await heard;
  } finally {
    tabs.close();
    timers.close();
    ear.close();
  }
}

/** A worker that was made. */
const worker = () => Object.assign(new EventTarget(), { postMessage() {}, terminate() {} });

test("o_73 a hidden driver without a tick promises no beat of ten seconds", async (t) => {
  assert.equal(await promised(t), 75_000);
});

test("o_73 with a tick a hidden driver is heard as often as a seen one", async (t) => {
  assert.equal(await promised(t, worker), 10_000);
});

test("o_73 a tick that could not be made, or broke, is none", async (t) => {
  assert.equal(await promised(t, () => { throw new Error("blocked by CSP"); }), 75_000);
  const timers = systemTimers({ tick: () => made });
  const made = worker();
  assert.equal(timers.ticks(), true);
  made.dispatchEvent(new Event("error"));
  assert.equal(timers.ticks(), false);
  timers.close();
});
