// kill -9 of the browser in the middle of a fault of the relay, which goes on failing in the next life: two troubles at a time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inEach, lasting } from "../../lib/engines.mjs";
import { assertEachOnce, browsed } from "./setup.mjs";

const EACH = 6;
/** Each is met once before the kill and once after it. */
const faults = [
  { do: "drop" },
  { do: "lose" },
  { do: "stale" },
  { do: "status", status: 503, headers: { "retry-after": "1" } },
  { do: "status", status: 503, forward: true },
  { do: "status", status: 500, forward: true },
  { do: "status", status: 429, headers: { "retry-after": "1" } },
  { do: "delay", ms: 8_000, phase: "answer" },
  { do: "delay", ms: 2_000, phase: "request" },
];
const HASTY = { relay: { settlesWithinMs: 4_000 }, transport: { deadlineMs: 4_000, settlesWithinMs: 4_000 } };

inEach("kills within faults", lasting, (engine) => {
  test("g1 g5 killed in the middle of every fault, what was accepted is sent once", () => browsed(engine, HASTY, async (at) => {
    const { offices: [office] } = at;
    for (const [round, fault] of faults.entries()) {
      const met = new Promise((done) => {
        office.proxy.fault({ ...fault, times: 2, match: ({ method }) => { if (method === "POST") setImmediate(done); return method === "POST"; } });
      });
      // Cut off with the page, or done before.
      const submitting = at.submit(round * EACH, (round + 1) * EACH, "both").catch(() => undefined);
      await met;
      await at.kill();
      await submitting;
    }
    await assertEachOnce(at, "both", faults.length * EACH);
    const fates = new Set(office.proxy.log.map(({ fate }) => fate));
    for (const { do: fate } of faults) assert.ok(fates.has(fate), `no request met ${fate}`);
  }));
});
