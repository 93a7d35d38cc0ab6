// Sending that is cut off again and again, at each of the points a message passes.
import { assertEachOnce } from "./setup.mjs";

/** Submits while `restart` interrupts at each of the points a message passes, then lets everything end. */
export async function interrupted(at, { restart, tag, count = 60 }) {
  const { offices: [office], mailboxes, accepted } = at;
  let next = 0;
  const points = ["request", "delivered", "answer", "accepted"];
  const deliver = mailboxes.deliver;
  for (let round = 0; next < count; round += 1) {
    const point = points[round % points.length];
    let watch;
    const reached = new Promise((done) => {
      let left = 1 + (round % 3);
      const pass = () => { left -= 1; if (left === 0) done(); };
      if (point === "request") office.proxy.fault({ do: "delay", ms: 0, match: (seen) => { if (seen.method === "POST") pass(); return false; } });
      if (point === "answer") office.proxy.fault({ do: "delay", ms: 300, phase: "answer", match: (seen) => { if (seen.method === "POST") pass(); return left <= 0; }, times: 1 });
      if (point === "delivered") office.smtp.deliverTo = async (mail) => { const all = await deliver(mail); pass(); return all; };
      if (point === "accepted") {
        const before = accepted.size + left;
        watch = () => { if (accepted.size >= before) done(); };
        at.heard.on("accepted", watch);
      }
    });
    const until = Math.min(count, next + 8);
    await Promise.race([reached, at.begin(at.browser, next, until, tag)]);
    await restart();
    office.recover();
    office.smtp.deliverTo = deliver;
    if (watch !== undefined) at.heard.off("accepted", watch);
    next = until;
  }
  await assertEachOnce(at, tag, count);
}
