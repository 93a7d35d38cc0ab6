// Two hundred messages through the packed package, a relay and SMTP, counted in the mailboxes they reach.
import assert from "node:assert/strict";
import { test } from "node:test";
import { engines, inEach } from "../../lib/engines.mjs";
import { interrupted } from "./interrupted.mjs";
import { mail } from "./mail.mjs";
import { assertTruth, browsed, countArrivals, onceEach, quiet, sha256 } from "./setup.mjs";

const COUNT = 200;
/** A relay that refuses slow requests, and a transport that may therefore believe it soon. */
const HASTY = { relay: { settlesWithinMs: 4000 }, transport: { deadlineMs: 4000, settlesWithinMs: 4000 } };

/** DATA ends with CRLF before the dot: a message without one gets it. */
const asSent = (bytes) => (bytes.length >= 2 && bytes.at(-1) === 10 ? bytes : Buffer.concat([bytes, Buffer.from("\r\n")]));
const idOf = (raw) => /^Message-ID: *(\S+)/im.exec(raw.subarray(0, 2000).toString("latin1"))[1];
inEach("a relay", engines, (engine) => {
  test("200 messages of every sort arrive once each, byte for byte, in order, no Bcc in any header", () => browsed(engine, {}, async ({ browser, mailboxes }) => {
    await browser.execute((count) => globalThis.bench.submit(0, count, "all"), COUNT);
    await quiet(browser, COUNT, []);
    const counts = countArrivals(mailboxes);
    const order = [...new Set(mailboxes.arrivals.map(({ raw }) => idOf(raw)))];
    for (let n = 0; n < COUNT; n += 1) {
      const each = mail(n, "all");
      assert.equal(order[n], each.messageId);
      assert.deepEqual(Object.fromEntries(counts.get(each.messageId)), onceEach(each));
      const digest = sha256(asSent(each.bytes));
      for (const { raw } of mailboxes.arrivals.filter(({ raw }) => idOf(raw) === each.messageId)) assert.equal(sha256(raw), digest, each.id);
    }
    for (const { raw } of mailboxes.arrivals) assert.doesNotMatch(raw.subarray(0, raw.indexOf("\r\n\r\n")).toString("latin1"), /hidden|^bcc/im);
    const settled = await browser.execute(() => globalThis.bench.settled());
    for (const { id, state, recipients } of settled) assert.ok(state === "sent" && recipients.every(({ status }) => status === "accepted"), id);
  }));

  test("under every fault each message is counted once and shown as it is", () => browsed(engine, HASTY, async ({ browser, mailboxes, accepted, offices: [office] }) => {
    const tag = "faults";
    const isFor = (n) => (seen) => seen.method === "POST" && seen.body.includes(`Subject: ${tag} ${n}\r\n`);
    const expected = new Map();
    for (let n = 0; n < COUNT; n += 1) {
      const subject = `${tag} ${n}`;
      const faults = {
        3: () => office.smtp.fault({ at: "data", subject, drop: "delivered", times: 1 }),
        5: () => office.smtp.fault({ at: "data", subject, drop: "undelivered", times: 1 }),
        7: () => office.smtp.fault({ at: "data", subject, reply: "451 4.3.0 later", times: 1 }),
        9: () => office.smtp.fault({ at: "data", subject, reply: "554 5.7.1 refused" }),
        11: () => office.proxy.fault({ do: "drop", match: isFor(n), times: 1 }),
        13: () => office.proxy.fault({ do: "lose", match: isFor(n), times: 1 }),
        15: () => office.proxy.fault({ do: "stale", match: isFor(n), times: 1 }),
        17: () => office.proxy.fault({ do: "status", status: 503, headers: { "retry-after": "1" }, forward: true, match: isFor(n), times: 1 }),
        19: () => office.proxy.fault({ do: "delay", ms: 8000, phase: "answer", match: isFor(n), times: 1 }),
      };
      // Few of those that stop the whole transport: each costs a back-off or a deadline.
      if (![11, 17, 19].includes(n % 20) || n < 60) faults[n % 20]?.();
      expected.set(subject, { 3: "unconfirmed", 5: "unconfirmed", 9: "rejected" }[n % 20] ?? "sent");
    }
    office.smtp.fault({ at: "rcpt", rcpt: "copy@example.test", reply: "550 5.1.1 no such user" });
    await browser.execute((count, tag) => globalThis.bench.submit(0, count, tag), COUNT, tag);
    const doubtful = [...expected].filter(([, state]) => state === "unconfirmed").map(([id]) => id);
    await quiet(browser, COUNT, ["unconfirmed", "rejected"], doubtful);
    // Once the last deadline and the relay's own time have passed, its word is the last one (O-41): asked again it leads to a person.
    await new Promise((done) => setTimeout(done, HASTY.transport.deadlineMs + HASTY.transport.settlesWithinMs));
    await browser.execute((ids) => Promise.all(ids.map((id) => globalThis.bench.session().checkAgain(id))), doubtful);
    await quiet(browser, COUNT, ["unconfirmed", "rejected"]);

    const look = async () => ({ settled: await browser.execute(() => globalThis.bench.settled()), queue: await browser.execute(() => globalThis.bench.queue()) });
    const seen = await look();
    assertTruth({ mailboxes, accepted, ...seen, tag, count: COUNT });
    const fates = new Set(office.proxy.log.map(({ fate }) => fate));
    // WebKit was never seen to send a POST on a connection that had carried another.
    for (const fate of ["drop", "lose", "status", "delay", ...(engine === "webkit" ? [] : ["stale"])]) assert.ok(fates.has(fate), `no request met ${fate}`);
    const states = new Map([...seen.queue, ...seen.settled].map(({ id, state }) => [id, state]));
    for (const [id, state] of expected) {
      // A copy to somebody unknown makes the message show its refusal.
      const wanted = state === "sent" && Number(id.split(" ")[1]) % 5 === 0 ? "rejected" : state;
      assert.equal(states.get(id), wanted, id);
    }

    for (const [id, state] of expected) {
      if (state !== "unconfirmed") continue;
      const { actions } = await browser.execute((id) => globalThis.bench.why(id), id);
      for (const action of ["checkAgain", "markSent", "sendAgain", "takeBack"]) assert.ok(actions.includes(action), `${id} offers ${actions.join()}`);
      const arrived = Number(id.split(" ")[1]) % 20 === 3;
      await browser.execute((id, how) => globalThis.bench.session().resolveDoubt(id, how), id, arrived ? "sent" : "sendAgain");
    }
    await quiet(browser, COUNT, ["rejected"]);
    assertTruth({ mailboxes, accepted, ...(await look()), tag, count: COUNT });
    for (const [id, state] of expected) {
      if (state === "unconfirmed") assert.equal([...countArrivals(mailboxes).get(mail(Number(id.split(" ")[1]), tag).messageId).values()].every((copies) => copies === 1), true, id);
    }
  }));

  test("the page reloaded at any point: what was accepted is sent once", () => browsed(engine, {}, (at) =>
    interrupted(at, { tag: "reload", restart: () => at.reload(at.browser) })));
});
