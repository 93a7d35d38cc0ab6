// Sending that is cut off again and again, at each of the points a message passes.
import assert from "node:assert/strict";
import { mail } from "./mail.mjs";
import { assertTruth, countArrivals, onceEach, quiet } from "./setup.mjs";

/** Submits while `restart` interrupts at each of the points a message passes, then lets everything end. */
export async function interrupted({ office, mailboxes, accepted, browser, restart, tag, count = 60 }) {
  let next = 0;
  const points = ["request", "delivered", "answer", "accepted"];
  const deliver = mailboxes.deliver;
  for (let round = 0; next < count; round += 1) {
    const point = points[round % points.length];
    const reached = new Promise((done) => {
      let left = 1 + (round % 3);
      const pass = () => { left -= 1; if (left === 0) done(); };
      if (point === "request") office.proxy.fault({ do: "delay", ms: 0, match: (seen) => { if (seen.method === "POST") pass(); return false; } });
      if (point === "answer") office.proxy.fault({ do: "delay", ms: 300, phase: "answer", match: (seen) => { if (seen.method === "POST") pass(); return left <= 0; }, times: 1 });
      if (point === "delivered") office.smtp.deliverTo = async (mail) => { const all = await deliver(mail); pass(); return all; };
      if (point === "accepted") {
        const before = accepted.size + left;
        const look = () => { if (accepted.size >= before) done(); else setImmediate(look); };
        look();
      }
    });
    const until = Math.min(count, next + 8);
    const submitting = browser().execute((from, to, tag) => globalThis.bench.submit(from, to, tag), next, until, tag).catch(() => undefined);
    await Promise.race([reached, submitting]);
    await restart();
    office.recover();
    office.smtp.deliverTo = deliver;
    next = until;
  }
  // What was cut off before it was accepted is submitted anew; what was accepted says so by its id.
  for (let n = 0; n < count; n += 1) {
    if (!accepted.has(mail(n, tag).id)) await browser().execute((n, tag) => globalThis.bench.submit(n, n + 1, tag), n, tag);
  }
  await quiet(browser(), count, []);
  const settled = await browser().execute(() => globalThis.bench.settled());
  assertTruth({ mailboxes, accepted, settled, queue: [], tag, count });
  const counts = countArrivals(mailboxes);
  for (let n = 0; n < count; n += 1) {
    const each = mail(n, tag);
    assert.deepEqual(Object.fromEntries(counts.get(each.messageId)), onceEach(each), each.id);
  }
}
