// A disk that is full, and a quota that is used up: every commit is answered, what was answered holds, space heals.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { engines, inEach, lasting } from "../lib/engines.mjs";
import { serve } from "../lib/serve.mjs";
import { open } from "../lib/webdriver.mjs";
import { bundle } from "../js/store/sources.mjs";

const MB = 1_000_000;

const page = `<!doctype html><meta charset="utf-8"><title>full</title>
<script type="module">
import { idbStore } from "/host/host.mjs";
const name = decodeURIComponent(location.hash.slice(1));
// What the engine says about room is another test's matter: here the disk says it.
const store = idbStore({ name, estimate: () => Promise.resolve({}) });
let last = 0;
/** Commits one after another: a body of so many bytes each, or a row. */
async function fill(count, bytes, options = {}) {
  const answers = [];
  for (let i = 0; i < count; i++) {
    const key = "k" + ++last;
    const noise = Uint8Array.from({ length: bytes }, () => Math.random() * 256);
    const op = bytes > 0 ? { op: "putBody", key, body: location.search === "?buffers" ? noise.buffer : new Blob([noise]), at: Date.now() } : { op: "add", store: "messages", record: { key, version: 1, nums: [], text: "" } };
    const [result] = await store.commit([[op]], { durability: "strict", ...options });
    answers.push({ key, body: bytes > 0, ok: result.ok, code: result.error?.code, indoubt: result.indoubt ?? false });
  }
  return answers;
}
async function found() {
  const rows = (await store.read({ all: true })).messages.map(({ key }) => key);
  const bodies = [];
  for (let n = 1; n <= last; n++) if (await store.body("k" + n) !== undefined) bodies.push("k" + n);
  return { rows, bodies };
}
const drop = async (key) => (await store.commit([[{ op: "delete", store: "bodies", key }]], { durability: "strict" }))[0].ok;
const ballast = () => new Promise((resolve) => {
  const opening = indexedDB.open(name);
  opening.onsuccess = () => {
    const request = opening.result.transaction("ballast").objectStore("ballast").getKey("ballast");
    request.onsuccess = () => resolve(request.result !== undefined);
    opening.result.close();
  };
});
Object.assign(globalThis, { full: { fill, found, drop, ballast } });
</script>`;

/** What was answered is what is there; in doubt may be either. */
function holds(answers, { rows, bodies }) {
  for (const { key, body, ok, indoubt } of answers) {
    if (!indoubt) assert.equal((body ? bodies : rows).includes(key), ok, `${key} was answered ${ok}`);
  }
}

function useUp(file) {
  for (let size = 64 * MB; size >= 1_000; size /= 2) {
    try {
      for (;;) appendFileSync(file, Buffer.alloc(size));
    } catch (error) {
      if (error.code !== "ENOSPC") throw error;
    }
  }
}

inEach("a full disk", lasting, (engine) => {
  test(`o_75 a full disk, ${engine}`, async (t) => {
    const disk = mkdtempSync(join(tmpdir(), "mailspooler-disk-"));
    /** @type {(() => unknown)[]} */
    const cleanUp = [() => rmSync(disk, { recursive: true, force: true })];
    t.after(async () => {
      for (const one of cleanUp.toReversed()) await one();
    });
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=200m", "tmpfs", disk]).status !== 0) {
      t.skip("no right to mount a small disk");
      return;
    }
    cleanUp.push(() => spawnSync("umount", ["-l", disk]));
    const profile = join(disk, "profile");
    mkdirSync(profile);
    const site = await serve({ "/": page, "/host/": await bundle(`full-${engine}`) });
    cleanUp.push(() => site.close());
    const browser = await open(engine, { profile });
    cleanUp.push(() => browser.quit());
    await browser.navigate(`${site.origin}/#full`);
    await browser.until(() => globalThis.full);
    const fill = (...args) => browser.execute((...a) => globalThis.full.fill(...a), ...args);

    const answers = await fill(3, 0);
    assert.deepEqual(answers.map(({ ok }) => ok), [true, true, true]);
    const file = join(disk, "fill");
    // What the browser gives back meanwhile of its own files is used up too.
    do {
      useUp(file);
      answers.push(...await fill(2, MB / 2));
    } while (answers.at(-1).ok);
    answers.push(...await fill(3, 0), ...await fill(1, 0, { mayUseBallast: true }));
    for (const { body, ok, code } of answers) if (body && !ok) assert.ok(["full", "unknown"].includes(code), code);
    rmSync(file);
    const healed = [];
    while (!healed.at(-1)?.ok) healed.push(...await fill(1, 0));
    healed.push(...await fill(3, 0), ...await fill(1, MB / 2));
    assert.deepEqual(healed.slice(-4).map(({ ok }) => ok), [true, true, true, true]);
    holds([...answers, ...healed], await browser.execute(() => globalThis.full.found()));
  });
});

if (engines.includes("chromium")) {
  test("o_75 a quota that is used up: acceptance is refused, outcomes go on, chromium", async (t) => {
    const site = await serve({ "/": page, "/host/": await bundle("quota") });
    const browser = await open("chromium");
    t.after(async () => {
      await browser.quit();
      await site.close();
    });
    const fill = (...args) => browser.execute((...a) => globalThis.full.fill(...a), ...args);
    await browser.navigate(`${site.origin}/?buffers#quota`);
    await browser.until(() => globalThis.full);
    // Before the first write: Chromium remembers for a while how much room it found.
    await browser.command("POST", "/goog/cdp/execute", { cmd: "Storage.overrideQuotaForOrigin", params: { origin: site.origin, quotaSize: 8 * MB } });
    const first = await fill(1, 0);
    await browser.until(() => globalThis.full.ballast());
    const answers = await fill(20, MB / 2);
    const accepted = answers.filter(({ ok }) => ok);
    assert.ok(accepted.length > 8 && accepted.length < 16, `${accepted.length} of ${answers.length} accepted`);
    assert.deepEqual([...new Set(answers.filter(({ ok }) => !ok).map(({ code }) => code))], ["full"]);
    const outcomes = await fill(5, 0, { mayUseBallast: true });
    const big = await fill(1, MB / 2, { mayUseBallast: true });
    assert.ok([...outcomes, ...big].every(({ ok }) => ok), "the ballast made room");
    const [refused] = await fill(1, 0);
    assert.equal(refused.code, "full", "without ballast nothing is accepted");
    for (const { key } of accepted) assert.equal(await browser.execute((k) => globalThis.full.drop(k), key), true);
    const [again] = await fill(1, 0);
    assert.equal(again.ok, true);
    holds([...first, ...answers.filter(({ ok }) => !ok), ...outcomes, ...big, refused, again], await browser.execute(() => globalThis.full.found()));
  });
}
