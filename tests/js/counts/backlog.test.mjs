// P2, P3, P4: what one message costs beside many others. Counts, never times.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, gate, hostSide } from "../host/setup.mjs";

const host = await hostSide("backlog");

/** Crossings, numbers and bytes of text of `n` messages that wait for a logon and then leave, all told. */
async function crossed(n, payload = {}) {
  const counts = { steps: 0, nums: 0, bytes: 0 };
  const count = (method, [nums, bytes]) => {
    if (method === "step") counts.steps += 1;
    if (method !== "read" && method !== "answered") {
      counts.nums += nums;
      counts.bytes += bytes;
    }
  };
  const [logon, store] = [gate(), host.counted()];
  const transport = host.transport(async () => accepts, { transportLogon: () => logon.promise });
  // The time is stored now and then: it stands still here.
  const session = await host.open({ store, clock: host.fakeClock(), soleOwner: true, transports: [transport] }, { sabotage: count });
  const queue = session.getOutgoingQueue().window({ offset: 0, count: 50 });
  queue.onChange(() => {});
  // The epoch's.
  while (store.commits.length === 0) await new Promise(setImmediate);
  store.commits.length = 0;
  Object.assign(counts, { steps: 0, nums: 0, bytes: 0 });
  const messages = await Promise.all(Array.from({ length: n }, () => session.submitMessage({ to: "bob@example.test", payload })));
  const accepted = store.commits.map(({ parts }) => parts);
  logon.open();
  await Promise.all(messages.map(({ id }) => session.settled(id)));
  const total = { ...counts };
  await session.close();
  return { accepted, each: Object.fromEntries(Object.entries(total).map(([name, value]) => [name, value / n])) };
}

test("p3: crossings, numbers and bytes of a message do not grow with the backlog", async () => {
  const [few, many] = [await crossed(20), await crossed(1_000)];
  for (const name of Object.keys(few.each)) {
    assert.ok(many.each[name] <= few.each[name], `${name}: ${few.each[name]} each of 20, ${many.each[name]} each of 1000`);
  }
  assert.ok(many.each.steps <= 2.1, `${many.each.steps} crossings a message`);
});

test("p2: what crosses does not grow with the body", async () => {
  const [small, large] = [await crossed(20, { body: "" }), await crossed(20, { body: "x".repeat(10_000) })];
  const digits = 64;
  assert.ok(Math.abs(large.each.bytes - small.each.bytes) < digits, `${small.each.bytes} bytes of an empty body, ${large.each.bytes} of 10000 characters`);
  assert.equal(large.each.nums, small.each.nums);
});

test("p4: a turn that crosses in parts is still one commit for its bodies and one for its rows", async () => {
  const { accepted } = await crossed(1_000);
  assert.deepEqual(accepted, [1_000, 1_000]);
});
