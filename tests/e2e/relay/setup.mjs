// A post office, a page with the packed package, and the question what became of every message.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packages } from "../../lib/install.mjs";
import { pack } from "../../lib/pack.mjs";
import { root } from "../../lib/run.mjs";
import { serve } from "../../lib/serve.mjs";
import { open } from "../../lib/webdriver.mjs";
import { canonical, openMailboxes } from "../../../www/server/mailboxes.mjs";
import { mail, recipientsOf } from "./mail.mjs";

await packages(join(root, "www"));
const { startPostOffice } = await import("../../../www/server/post-office.mjs");

export const owner = "alice@example.test";
const token = "token-of-alice";
const html = `<!doctype html><meta charset="utf-8"><title>bench</title>
<script type="importmap">{"imports":{"mailspooler":"/pkg/dist/index.js","mailspooler/transports/relay":"/pkg/dist/transports/relay.js"}}</script>
<script type="module" src="/suite/page.mjs"></script>`;

/** offices: names; each gets a transport of that uid. */
export async function bench({ offices = ["north"], relay, transport = {} } = {}) {
  const { dir } = await pack();
  const mailboxes = openMailboxes();
  const running = [];
  for (const name of offices) running.push(await startPostOffice({ name, accounts: { [owner]: token }, mailboxes, relay }));
  const accepted = new Set();
  const heard = new EventEmitter();
  const hear = async (request, response) => {
    let id = "";
    for await (const part of request) id += part;
    accepted.add(id);
    heard.emit("accepted");
    response.end();
  };
  // What a page waits for; the driver's own commands wait for the scripts before them. Each load has its number: a browser that was
  // killed may bring back an older one.
  let [cue, loads] = [undefined, 0];
  const site = await serve({
    "/": html, "/pkg/": dir, "/suite/": fileURLToPath(new URL(".", import.meta.url)), "/accepted": hear,
    "/submitted": (request, response, { search }) => {
      heard.emit(`submitted${search}`);
      response.end();
    },
    "/cue": (request, response, { search }) => {
      if (search !== `?${loads}`) return;
      cue = response;
      heard.emit("cue");
    },
  });
  const transports = running.map(({ name, url }) => ({ uid: name, url, token, ...transport }));
  return {
    site, mailboxes, accepted, heard, offices: running, transports,
    async load(browser) {
      const there = once(heard, "cue");
      loads += 1;
      await browser.navigate(`${site.origin}/?${loads}`);
      await there;
      await this.start(browser);
    },
    start: (browser) => browser.execute((options) => globalThis.bench.open(options), { owner, transports, known: [...accepted] }),
    /** The page reloads itself, whatever it does. */
    async reload(browser) {
      const there = once(heard, "cue");
      cue.end();
      await there;
      await this.start(browser);
    },
    /** Resolves when the page has submitted them all, or was refused; never if it ends before. */
    async begin(browser, from, to, tag) {
      const done = once(heard, `submitted?${from}`);
      await browser.execute((...of) => { void globalThis.bench.submitAll(...of); }, from, to, tag);
      await done;
    },
    async stop() {
      await site.close();
      for (const office of running) await office.stop();
    },
  };
}

/** A bench in a browser: `at.browser`; `at.kill()` ends it by force and starts the next on the same profile. */
export async function browsed(engine, options, work) {
  // WebKitGTK's automation keeps no profile.
  const profile = engine === "webkit" ? undefined : mkdtempSync(join(tmpdir(), "mailspooler-relay-"));
  const at = await bench(options);
  const start = async () => {
    at.browser = await open(engine, profile === undefined ? {} : { profile });
    await at.load(at.browser);
  };
  at.kill = async () => {
    await at.browser.kill();
    await start();
  };
  at.submit = (from, to, tag) => at.browser.execute((...of) => globalThis.bench.submit(...of), from, to, tag);
  try {
    await start();
    await work(at);
  } finally {
    await at.browser?.quit();
    await at.stop();
    if (profile !== undefined) rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

/** Message-ID → address → copies that arrived. */
export function countArrivals(mailboxes) {
  const counts = new Map();
  for (const { address, raw } of mailboxes.arrivals) {
    const [, id] = /^Message-ID: *(\S+)/im.exec(raw.subarray(0, 2000).toString("latin1")) ?? [];
    const of = counts.get(id) ?? new Map();
    of.set(address, (of.get(address) ?? 0) + 1);
    counts.set(id, of);
  }
  return counts;
}

/** Each recipient once. */
export const onceEach = (each) => Object.fromEntries(recipientsOf(each).map((address) => [canonical(address), 1]));

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Nothing accepted is missing from both mailbox and outbox, nothing arrived twice, nothing is shown that is not so. */
export function assertTruth({ mailboxes, accepted, settled, queue, tag, count }) {
  const counts = countArrivals(mailboxes);
  const states = new Map([...queue.map(({ id, state }) => [id, state]), ...settled.map(({ id, state }) => [id, state])]);
  const reports = new Map(settled.map((report) => [report.id, report]));
  for (let n = 0; n < count; n += 1) {
    const each = mail(n, tag);
    const arrived = counts.get(each.messageId) ?? new Map();
    for (const [address, copies] of arrived) assert.equal(copies, 1, `${each.id} reached ${address} ${copies} times`);
    if (!accepted.has(each.id)) continue;
    const state = states.get(each.id);
    assert.ok(state !== undefined, `${each.id} was accepted and is nowhere`);
    for (const recipient of recipientsOf(each)) {
      const status = reports.get(each.id)?.recipients.find(({ emailAddress }) => emailAddress === recipient)?.status;
      const has = arrived.has(canonical(recipient));
      if (state === "sent" || status === "accepted") assert.ok(has, `${each.id} is shown as sent to ${recipient} and is not there`);
      if (status === "rejected" || state === "cancelled") assert.ok(!has, `${each.id} is shown as ${state} for ${recipient} and is there`);
    }
  }
}

/** Resolves when every message is settled, or in one of the `final` states, or being checked and among `doubtful`. */
export const quiet = (browser, count, final, doubtful = []) => browser.until((count, final, doubtful) => {
  const settled = new Set(globalThis.bench.settled().map(({ id }) => id));
  const isFinal = ({ id, state }) => final.includes(state) || (state === "checking" && doubtful.includes(id));
  const waiting = globalThis.bench.queue().filter((row) => isFinal(row) && !settled.has(row.id));
  return settled.size + waiting.length >= count;
}, count, final, doubtful);

/** After troubles: what was cut off before it was accepted is submitted anew (what was accepted says so by its id); each arrived once. */
export async function assertEachOnce({ browser, submit, mailboxes, accepted }, tag, count) {
  for (let n = 0; n < count; n += 1) if (!accepted.has(mail(n, tag).id)) await submit(n, n + 1, tag);
  // A page may have gone before its last word was heard.
  await browser.execute((ids) => globalThis.bench.follow(ids), [...accepted]);
  await quiet(browser, count, []);
  const settled = await browser.execute(() => globalThis.bench.settled());
  assertTruth({ mailboxes, accepted, settled, queue: [], tag, count });
  const counts = countArrivals(mailboxes);
  for (let n = 0; n < count; n += 1) {
    const each = mail(n, tag);
    assert.deepEqual(Object.fromEntries(counts.get(each.messageId)), onceEach(each), each.id);
  }
}
