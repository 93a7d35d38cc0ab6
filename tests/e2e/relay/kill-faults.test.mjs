// kill -9 of the browser in the middle of a fault of the relay, which goes on failing in the next life: two troubles at a time.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { lasting } from "../../lib/engines.mjs";
import { open } from "../../lib/webdriver.mjs";
import { mail } from "./mail.mjs";
import { assertTruth, bench, countArrivals, onceEach, quiet } from "./setup.mjs";

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

for (const engine of lasting) {
  describe(engine, { timeout: 600_000 }, () => {
    test("g1 g5 killed in the middle of every fault, what was accepted is sent once", async () => {
      const profile = mkdtempSync(join(tmpdir(), "mailspooler-faults-"));
      const at = await bench(HASTY);
      const { offices: [office], mailboxes, accepted } = at;
      const start = async () => {
        const browser = await open(engine, { profile, timeout: 240_000 });
        await at.load(browser);
        return browser;
      };
      const submit = (from, to) => browser.execute((from, to) => globalThis.bench.submit(from, to, "both"), from, to);
      let browser = await start();
      try {
        for (const [round, fault] of faults.entries()) {
          const met = new Promise((done) => {
            office.proxy.fault({ ...fault, times: 2, match: ({ method }) => { if (method === "POST") setImmediate(done); return method === "POST"; } });
          });
          // Cut off with the page, or done before.
          const submitting = submit(round * EACH, (round + 1) * EACH).catch(() => undefined);
          await met;
          await browser.kill();
          await submitting;
          browser = await start();
        }
        const count = faults.length * EACH;
        for (let n = 0; n < count; n += 1) if (!accepted.has(mail(n, "both").id)) await submit(n, n + 1);
        await quiet(browser, count, []);
        const settled = await browser.execute(() => globalThis.bench.settled());
        assertTruth({ mailboxes, accepted, settled, queue: [], tag: "both", count });
        const counts = countArrivals(mailboxes);
        for (let n = 0; n < count; n += 1) {
          const each = mail(n, "both");
          assert.deepEqual(Object.fromEntries(counts.get(each.messageId)), onceEach(each), each.id);
        }
        const fates = new Set(office.proxy.log.map(({ fate }) => fate));
        for (const { do: fate } of faults) assert.ok(fates.has(fate), `no request met ${fate}`);
      } finally {
        await browser.quit();
        await at.stop();
        rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
      }
    });
  });
}
