// The main job in real browsers: the packed package, a real JMAP server, real mail.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { engines, inEach } from "../lib/engines.mjs";
import { mail, world } from "./jmap-page.mjs";

const DONE = ["sent", "filed"];
const DOUBT = ["checking", "unconfirmed"];

const attachment = Buffer.from(`${randomBytes(3_900_000).toString("base64").replace(/.{76}/g, "$&\r\n")}\r\n`);
const crowd = Array.from({ length: 50 }, (_, at) => `reader${at}@elsewhere.test`);
const kinds = [
  {},
  { subject: "=?utf-8?q?Gr=C3=BC=C3=9Fe?=", body: Buffer.from("8 bit: \u00e4\u00f6\u00fc \u4f60\u597d\r\n.\r\n..\r\n.dot\r\n") },
  { body: Buffer.from(`${"long line ".repeat(99).trim()}\r\n`.repeat(20)) },
  { to: ["bob@example.test", "carol@elsewhere.test"], cc: ["dave@elsewhere.test"], bcc: ["blind@elsewhere.test"] },
  { to: ["bob@example.test", "carol@b\u00fccher.example"] },
  { bcc: ["blind@elsewhere.test", "second@elsewhere.test"] },
];
const letters = (count) => Array.from({ length: count }, (_, at) => mail(`n${at}`, at === 20 ? { body: attachment } : at === 40 ? { to: ["bob@example.test", ...crowd] } : kinds[at % kinds.length]));

inEach("jmap", engines, (engine) => {
  let w;
  before(async () => {
    w = await world(engine);
    await w.open();
  });
  after(() => w?.stop());

  test("200 messages arrive once each, byte for byte, in order, and no Bcc is in any header", async () => {
    const list = letters(200);
    await w.submit(list);
    const states = await w.settled(list.map(({ name }) => name));
    assert.deepEqual([...new Set(states)].filter((state) => !DONE.includes(state)), []);
    await w.system.smtp.idle();
    const wanted = new Set(list.map(({ messageId }) => messageId));
    assert.deepEqual(w.system.smtp.mails.map(({ messageId }) => messageId).filter((id) => wanted.has(id)), list.map(({ messageId }) => messageId));
    const inbox = await w.inbox();
    for (const each of list) {
      const [handover] = w.handed(each);
      assert.ok(handover.raw.equals(each.wire), each.name);
      assert.deepEqual(new Set(handover.to), new Set([...each.to, ...each.cc, ...each.bcc]), each.name);
      assert.doesNotMatch(handover.raw.toString("latin1"), /^bcc:|blind@/im, each.name);
      assert.equal(inbox.get(each.messageId), 1, each.name);
    }
  });

  test("whatever breaks, nothing arrives twice and nothing is shown that is not so", async () => {
    const { smtp, proxy } = w.system;
    await w.show({ deadlineMs: 15_000 });
    // A recipient of its own tells each message's submission from the others'.
    const own = (name) => `${name.toLowerCase()}@elsewhere.test`;
    const submission = (name) => (seen) => seen.body.includes("EmailSubmission/set") && seen.body.includes(own(name));
    const cases = {
      plain: { shown: DONE, arrives: 1 },
      brokenDelivered: { smtp: { at: "data", drop: "delivered" }, shown: DOUBT, arrives: 1 },
      brokenLost: { smtp: { at: "data", drop: "undelivered" }, shown: DOUBT, arrives: 0 },
      refused: { smtp: { at: "data", reply: "554 5.6.0 no" }, shown: ["rejected"], arrives: 0 },
      recipientRefused: { to: ["bob@example.test", "nobody@example.test"], shown: ["rejected"], arrives: 0 },
      later: { smtp: { at: "data", reply: "421 4.3.2 later" }, shown: DONE, arrives: 1 },
      answerLost: { proxy: { do: "lose" }, shown: DONE, arrives: 1 },
      neverArrived: { proxy: { do: "drop" }, shown: DONE, arrives: 1 },
      stale: { proxy: { do: "stale" }, shown: DONE, arrives: 1 },
      slow: { proxy: { do: "delay", ms: 20_000 }, shown: DONE, arrives: 1 },
      slowAnswer: { proxy: { do: "delay", ms: 20_000, phase: "answer" }, shown: DONE, arrives: 1 },
      busy: { proxy: { do: "status", status: 503, headers: { "retry-after": "1" } }, shown: DONE, arrives: 1 },
    };
    const list = Object.entries(cases).map(([name, { to = ["bob@example.test"] }]) => mail(name, { to: [...to, own(name)] }));
    for (const { name, messageId } of list) {
      const { smtp: onSmtp, proxy: onProxy } = cases[name];
      if (onSmtp) smtp.fault({ ...onSmtp, messageId, times: 1 });
      if (onProxy) proxy.fault({ ...onProxy, match: submission(name), times: 1 });
    }
    await w.submit(list);
    await w.until(Object.fromEntries(Object.entries(cases).map(([name, { shown }]) => [name, shown])));
    await smtp.idle();
    const inbox = await w.inbox();
    for (const each of list) assert.equal(inbox.get(each.messageId) ?? 0, cases[each.name].arrives, each.name);
    // Otherwise this shows nothing: each fault was met. WebKitGTK never reuses a connection for a POST.
    for (const [name, { smtp: onSmtp, proxy: onProxy }] of Object.entries(cases)) {
      if (onProxy && (onProxy.do !== "stale" || engine !== "webkit")) assert.ok(proxy.log.some((seen) => seen.fate === onProxy.do && submission(name)(seen)), name);
      if (onSmtp) assert.notEqual(w.handed(list.find((each) => each.name === name))[0].outcome, "accepted", name);
    }
  });
});
