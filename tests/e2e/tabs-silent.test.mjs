// An owner that lives and does not answer: its script waits in the middle of an attempt. It is reported, nobody takes its lock
// but a person, and mail leaves once all the same.
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { after, before, describe, test } from "node:test";
import { engines, patience } from "../lib/engines.mjs";
import { pack } from "../lib/pack.mjs";
import { serve } from "../lib/serve.mjs";
import { open } from "../lib/webdriver.mjs";

const { dir } = await pack();
const page = `<!doctype html><meta charset="utf-8"><title>tab</title>
<script type="module">
import { openSession, outcomeOf } from "/pkg/dist/index.js";
const tab = location.hash.slice(1);
const send = (message, ctx) => ctx.fetch("/send/" + tab, { method: "POST", body: message.subject, headers: { "idempotency-key": ctx.key } }).then(outcomeOf);
/** The page's only thread waits until the server answers. */
function stand() {
  const request = new XMLHttpRequest();
  request.open("GET", "/stand", false);
  request.send();
}
const relay = { uid: "relay", guarantees: { deduplicates: { windowMs: 86_400_000 } }, submitMessage: send };
const once = { uid: "once", submitMessage(message, ctx) { if (tab === "one") stand(); return send(message, ctx); } };
globalThis.events = [];
const session = await openSession({ profile: "silent", owner: "me@example.test", transports: [relay, once], tick: () => new Worker("/pkg/dist/tick.js") });
for (const name of ["ownerSilent", "lateEvidence"]) session.on(name, () => events.push(name));
globalThis.session = session;
globalThis.submit = (subject, transport) => session.submitMessage({ to: "you@example.test", payload: {}, subject, transport }).then(({ id }) => id);
// From the other tab: a driver's script would not come back from a thread that stands still.
const ear = new BroadcastChannel("unsure");
if (tab === "one") ear.onmessage = () => globalThis.submit("unsure", "once");
globalThis.ready = true;
</script>`;

// WebKitGTK's tabs share one thread; in Firefox a page that waits like this goes on with other work.
const able = engines.filter((name) => name === "chromium");
if (able.length === 0) test("a silent owner", { skip: "a page that stands still, which needs Chromium" }, () => undefined);
for (const engine of able) {
  describe(`a silent owner in ${engine}`, { timeout: patience }, () => {
    let site, browser, one, two;
    /** Keys that were executed; requests, in order. */
    const [done, seen] = [new Map(), []];
    const server = new EventEmitter();
    const held = [];
    before(async () => {
      site = await serve({
        "/": page,
        "/pkg/": dir,
        "/stand": (_request, response) => { held.push(response); server.emit("stands"); },
        "/send/": async (request, response, url) => {
          let subject = "";
          for await (const chunk of request) subject += chunk;
          const key = request.headers["idempotency-key"];
          const tab = url.pathname.slice("/send/".length);
          done.set(key, subject);
          seen.push(`${subject} by ${tab}`);
          // What the owner sends is executed, and its answer is late.
          if (tab === "one") held.push(response);
          else response.end();
          server.emit("sent");
        },
      });
      browser = await open(engine);
      [one] = await browser.windows();
      await load(one, "one");
      two = await browser.newWindow("tab");
      await load(two, "two");
    });
    after(async () => {
      for (const response of held) response.end();
      await browser?.quit();
      await site?.close();
    });
    async function load(window, name) {
      await browser.switchTo(window);
      await browser.navigate(`${site.origin}/#${name}`);
      await browser.until(() => globalThis.ready);
    }
    const submit = (...args) => browser.execute((...of) => globalThis.submit(...of), ...args);
    const settled = (id) => browser.execute((of) => globalThis.session.settled(of).then((report) => report.state), id);

    test("o_73 g10 it is reported, a person takes over, and each message leaves once", async () => {
      await browser.switchTo(one);
      const [sent, stands] = [once(server, "sent"), once(server, "stands")];
      const first = await submit("first", "relay");
      await sent;
      const next = await submit("next", "relay");
      await browser.switchTo(two);
      await browser.execute(() => new BroadcastChannel("unsure").postMessage(""));
      await stands;
      await browser.until(() => globalThis.events.includes("ownerSilent"));
      assert.deepEqual(seen, ["first by one"], "nobody has sent for it");
      const spooler = await browser.execute(() => {
        const row = globalThis.session.getStatusTable().getSnapshot().find(({ resourceType }) => resourceType === 37);
        return globalThis.session.why(row.entryId);
      });
      assert.deepEqual([spooler.code, spooler.actor, spooler.actions], ["ownerSilent", "person", ["takeOver"]]);

      const texts = () => globalThis.session.getStatusTable().getSnapshot().filter((row) => row.resourceType === 36).map((row) => row.statusString);
      assert.deepEqual(await browser.execute(texts), Array(2).fill("The tab that sends does not answer"));

      await browser.execute(() => globalThis.session.takeOver());
      assert.equal(await settled(first), "sent");
      assert.equal(await settled(next), "sent");
      const unsure = await browser.until(() => globalThis.session.getOutgoingQueue().getSnapshot().find((row) => row.subject === "unsure" && row.outboxState === "unconfirmed")?.id);
      assert.deepEqual([seen.length, new Set(seen)], [3, new Set(["first by one", "next by two", "first by two"])], "what nobody can tell is not sent again");

      // It goes on where it stood: its call leaves, and nobody hears the answer.
      const late = once(server, "sent");
      for (const response of held.splice(0)) response.end();
      await late;
      assert.deepEqual(seen.slice(3), ["unsure by one"]);
      assert.equal(await browser.execute((id) => globalThis.session.why(id).code, unsure), "unconfirmed");
      await browser.execute((id) => globalThis.session.resolveDoubt(id, "sent"), unsure);
      assert.equal(await settled(unsure), "sent");
      await browser.switchTo(one);
      const last = await submit("last", "relay");
      assert.equal(await settled(last), "sent");
      assert.deepEqual(seen.slice(4), ["last by two"], "the old owner follows");
      assert.deepEqual([...done.values()].toSorted((a, b) => a.localeCompare(b)), ["first", "unsure", "next", "last"].toSorted((a, b) => a.localeCompare(b)), "one key each");
    });
  });
}
