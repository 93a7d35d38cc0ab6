// Two windows of one browser on one outbox, through the public API: any tab submits and acts, one sends, the other takes over.
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { after, before, test } from "node:test";
import { engines, inEach } from "../lib/engines.mjs";
import { pack } from "../lib/pack.mjs";
import { serve } from "../lib/serve.mjs";
import { open } from "../lib/webdriver.mjs";

const { dir } = await pack();
const page = `<!doctype html><meta charset="utf-8"><title>tab</title>
<script type="module">
import { openSession, outcomeOf } from "/pkg/dist/index.js";
const tab = location.hash.slice(1);
const relay = {
  uid: "relay",
  guarantees: { deduplicates: { windowMs: 86_400_000 } },
  submitMessage: (message, ctx) =>
    ctx.fetch("/send/" + tab, { method: "POST", body: JSON.stringify(message.payload), headers: { "idempotency-key": ctx.key } }).then(outcomeOf),
};
globalThis.session = await openSession({ profile: "tabs", owner: "me@example.test", transports: [relay] });
globalThis.rows = session.getOutgoingQueue().window({ offset: 0, count: 100 });
rows.onChange(() => {});
globalThis.ready = true;
</script>`;

inEach("two tabs", engines, (engine) => {
  let site, browser, one, two;
  const sent = [];
  /** Tells of each request for the message "slow", with the answer that waits for the test. */
  const slow = new EventEmitter();
  before(async () => {
    site = await serve({
      "/": page,
      "/pkg/": dir,
      "/send/": async (request, response, url) => {
        let body = "";
        for await (const chunk of request) body += chunk;
        sent.push({ tab: url.pathname.slice("/send/".length), subject: JSON.parse(body).subject, key: request.headers["idempotency-key"] });
        if (sent.at(-1).subject === "slow") slow.emit("asked", response);
        else response.end();
      },
    });
    browser = await open(engine);
    one = await openTab("one");
    two = await openTab("two");
  });
  after(async () => {
    await browser?.quit();
    await site?.close();
  });

  async function openTab(name) {
    const [first] = await browser.windows();
    const handle = name === "one" ? first : await browser.newWindow("tab");
    await browser.switchTo(handle);
    await browser.navigate(`${site.origin}/#${name}`);
    // The transport is ready once somebody drives it: the first one does.
    await browser.until(() => globalThis.ready && globalThis.session.getStatusTable().getSnapshot().some((row) => row.resourceType === 36 && row.statusString === "Ready"));
    return handle;
  }
  const submit = (subject, options = {}) =>
    browser.execute((s, o) => globalThis.session.submitMessage({ to: "you@example.test", payload: { subject: s }, subject: s, ...o }).then(({ id }) => id), subject, options);
  const state = (id) => browser.execute((of) => globalThis.session.settled(of).then((report) => report.state), id);
  const shows = (subject, wanted) => browser.until((s, w) => globalThis.rows.getSnapshot().some((row) => row.subject === s && row.outboxState === w), subject, wanted);

  test("g10 the second tab submits durably, and the first one sends", async () => {
    await browser.switchTo(two);
    const id = await submit("from two");
    assert.equal(await state(id), "sent");
    assert.deepEqual(sent.map(({ tab, subject }) => [tab, subject]), [["one", "from two"]]);
  });

  test("o_73 the second tab's status table shows what the first one's transport does", async () => {
    const says = (text) => browser.until((wanted) => globalThis.session.getStatusTable().getSnapshot().some((row) => row.resourceType === 36 && row.statusString === wanted), text);
    await browser.switchTo(two);
    await says("Ready");
    const asked = once(slow, "asked");
    const id = await submit("slow");
    await says("Sending");
    // The row says it before the request has come here.
    const [response] = await asked;
    response.end();
    assert.equal(await state(id), "sent");
    await says("Ready");
    assert.equal(sent.pop().tab, "one");
  });

  test("o_60 either tab sees what the other holds, and may stop it", async () => {
    await browser.switchTo(one);
    const id = await submit("held by one", { holdUntil: Date.now() + 3_600_000 });
    await browser.switchTo(two);
    await shows("held by one", "held");
    const { result } = await browser.execute((of) => globalThis.session.abortSubmit(of), id);
    assert.equal(result, "cancelled");
    await browser.switchTo(one);
    await shows("held by one", "cancelled");
    assert.equal(sent.length, 1);
  });

  test("g11 when the sending tab is closed, the other one sends", async () => {
    await browser.switchTo(one);
    await browser.closeWindow();
    await browser.switchTo(two);
    const id = await submit("after one was closed");
    assert.equal(await state(id), "sent");
    assert.deepEqual(sent.slice(1).map(({ tab, subject }) => [tab, subject]), [["two", "after one was closed"]]);
    assert.equal(new Set(sent.map(({ key }) => key)).size, 2, "g4: every message once");
  });
});
