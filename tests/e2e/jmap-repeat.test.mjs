// A browser whose reused connection dies sends its POST twice, and JavaScript does not see it. The JMAP transport survives that.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { engines, inEach } from "../lib/engines.mjs";
import { serve } from "../lib/serve.mjs";
import { open } from "../lib/webdriver.mjs";
import { bundle, handed, mailSystem, sessionOf, submits } from "../js/jmap/setup.mjs";

const ROUNDS = 20;

/** Runs in the page: prepares and submits `count` messages one after the other; says what each came to. */
const run = `async ({ options, names }) => {
  const { jmapTransport, basic } = await import("/jmap.mjs");
  const transport = jmapTransport({ ...options, authorize: basic(...options.login) });
  const ctx = (token) => ({
    key: "k", attempt: 1, reason: "first", token, deferred: null, deadline: Date.now() + 60000, signal: new AbortController().signal,
    fetch: (...args) => fetch(...args), mayStillSend: () => true, settings: {}, log() {},
  });
  const results = [];
  for (const name of names) {
    const messageId = "<" + name + "@example.test>";
    const content = new Blob(["Message-ID: " + messageId + "\\r\\nFrom: alice@example.test\\r\\nTo: bob@example.test\\r\\nSubject: x\\r\\n\\r\\n" + name + "\\r\\n"]);
    const message = {
      messageId, from: "alice@example.test", subject: "x", size: content.size, props: {}, content, bcc: [],
      recipients: [{ type: "to", addressType: "SMTP", emailAddress: "bob@example.test", displayName: "" }],
    };
    const token = await transport.prepareMessage(message, ctx());
    const outcome = await transport.submitMessage(message, ctx(token));
    const probe = outcome.type === "unknown" ? await transport.probeMessage(message, ctx(token)) : undefined;
    results.push({ messageId, outcome: outcome.type, probe: probe?.type ?? "none" });
  }
  return results;
}`;

inEach("repeated requests", engines, (engine) => {
  // WebKitGTK opens a fresh connection for every POST, so it never repeats one.
  const repeats = engine !== "webkit";
  let system, site, browser;
  before(async () => {
    system = await mailSystem({ keep: true });
    const script = await bundle("index.ts");
    site = await serve({
      "/": "<!doctype html><title>repeat</title>",
      "/jmap.mjs": (request, response) => response.writeHead(200, { "content-type": "text/javascript" }).end(script),
    });
    browser = await open(engine);
    await browser.navigate(`${site.origin}/`);
  });
  after(async () => {
    await browser?.quit();
    await site?.close();
    await system?.stop();
  });

  async function round(name, what) {
    const from = system.proxy.log.length;
    const names = Array.from({ length: ROUNDS }, (_, at) => `${name}-${at}`);
    const removals = what(names);
    const results = await browser.execute(run, { options: sessionOf(system), names });
    for (const remove of removals) remove();
    const seen = system.proxy.log.slice(from).filter(submits);
    // Otherwise this test shows nothing.
    assert.equal(seen.filter(({ fate }) => fate === "stale").length, repeats ? ROUNDS : 0);
    assert.equal(seen.length, repeats ? 2 * ROUNDS : ROUNDS);
    return results;
  }
  // Of each message's first submission, once.
  const stale = () => {
    const met = new Set();
    return system.proxy.fault({
      do: "stale",
      match(seen) {
        const id = submits(seen) && /"emailId":"([^"]+)"/.exec(seen.body)?.[1];
        if (!id || met.has(id) || seen.nth < 2) return false;
        return Boolean(met.add(id));
      },
    });
  };

  test("a POST that the browser repeats is one delivery, found by looking", async () => {
    const results = await round("lost", () => [stale()]);
    for (const result of results) {
      assert.equal(handed(system, result), 1, JSON.stringify(result));
      assert.deepEqual([result.outcome, result.probe], repeats ? ["unknown", "present"] : ["accepted", "none"]);
    }
  });

  test("SMTP broken after DATA as well: one delivery, and nobody claims to know", async () => {
    const results = await round("broken", (names) => [stale(), system.smtp.fault({ at: "data", messageId: new RegExp(names[0].replace("-0", "-")), drop: "delivered" })]);
    for (const result of results) {
      assert.equal(handed(system, result), 1, JSON.stringify(result));
      assert.deepEqual([result.outcome, result.probe], ["unknown", "unknown"]);
    }
  });
});
