// Several windows of one browser on one outbox: the lock, the database, the page's life, the tick.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { engines, inEach } from "../lib/engines.mjs";
import { serve } from "../lib/serve.mjs";
import { open } from "../lib/webdriver.mjs";
import { bundle, sources } from "../js/store/sources.mjs";

const page = `<!doctype html><meta charset="utf-8"><title>tab</title>
<script type="module">
import * as host from "/host/host.mjs";
const { idbStore, driverLock, lifecycle, locksFor, openChannel, systemTimers } = host;
const name = decodeURIComponent(location.hash.slice(1));
const log = [];
const timers = systemTimers();
const store = idbStore({ name });
const channel = openChannel(name);
const lock = driverLock({
  name, timers, channel, locks: locksFor(false),
  onGrant: () => log.push("grant"), onLost: () => log.push("lost"), onSilent: () => log.push("silent"),
});
lifecycle({
  timers,
  onSuspend: () => { log.push("suspend"); lock.suspend(); store.suspend(); channel.suspend(); },
  onWake: (generation) => { log.push("wake " + generation); channel.resume(); store.resume(); lock.resume(); },
});
lock.want(true);
/** How often of 60 times the row was still as it was read. */
async function raise(key) {
  let won = 0;
  for (let tries = 0; tries < 60; tries++) {
    const [row] = (await store.read({ keys: [key] })).messages;
    const [result] = await store.commit([[{ op: "put", store: "messages", expect: row.version, record: { ...row, version: row.version + 1 } }]], { durability: "relaxed" });
    won += result.ok ? 1 : 0;
  }
  return won;
}
let race;
const begin = (key) => { race = raise(key); };
async function tick() {
  const own = globalThis.setTimeout;
  globalThis.setTimeout = () => 0;
  const ticking = systemTimers({ tick: () => new Worker("/host/tick.js") });
  await new Promise((resolve) => ticking.after(50, resolve));
  ticking.close();
  globalThis.setTimeout = own;
  return true;
}
// Here, not in the driver's scripts: those have a global of their own in Firefox.
Object.assign(globalThis, { host, tab: { log, store, lock, raise, begin, raised: () => race, tick, row: (key) => ({ key, version: 1, nums: [], text: "" }) } });
</script>`;

/** In the page: whether this window is the driver. */
const isDriver = () => globalThis.tab?.lock.held;
const add = async (key) => (await globalThis.tab.store.commit([[{ op: "add", store: "messages", record: globalThis.tab.row(key) }]], { durability: "strict" }))[0].ok;
const keys = async () => (await globalThis.tab.store.read({ all: true })).messages.map((row) => row.key);

inEach("a store in several tabs", engines, (engine) => {
  let site;
  let browser;
  let names = 0;
  let home;
  before(async () => {
    site = await serve({ "/": page, "/host/": await bundle(`tabs-${engine}`), "/away": "<!doctype html><title>away</title>" });
    browser = await open(engine);
    [home] = await browser.windows();
  });
  afterEach(async () => {
    for (const window of await browser.windows()) {
      if (window === home) continue;
      await browser.switchTo(window);
      await browser.closeWindow();
    }
    await browser.switchTo(home);
  });
  after(async () => {
    await browser?.quit();
    await site?.close();
  });

  /** Two windows on a new outbox; the first is the driver, the second is current. */
  async function two() {
    const url = `${site.origin}/?${++names}#outbox-${engine}-${names}`;
    const first = await browser.newWindow();
    await browser.switchTo(first);
    await browser.navigate(url);
    await browser.until(isDriver);
    const second = await browser.newWindow();
    await browser.switchTo(second);
    await browser.navigate(url);
    await browser.until(() => globalThis.tab !== undefined);
    return { first, second };
  }

  test(`o_73 a window that closes leaves the lock to the other, ${engine}`, async () => {
    const { first, second } = await two();
    assert.equal(await browser.execute(isDriver), false);
    await browser.switchTo(first);
    await browser.closeWindow();
    await browser.switchTo(second);
    await browser.until(isDriver);
    assert.deepEqual(await browser.execute(() => globalThis.tab.log), ["grant"]);
  });

  test(`o_73 a window that navigates away leaves the lock, and its return is another generation, ${engine}`, async () => {
    const { first, second } = await two();
    await browser.switchTo(first);
    await browser.navigate(`${site.origin}/away`);
    await browser.switchTo(second);
    await browser.until(isDriver);
    await browser.switchTo(first);
    await browser.back();
    await browser.until(() => globalThis.tab !== undefined && (globalThis.tab.log.length === 0 || globalThis.tab.log.includes("wake 2")));
    assert.equal(await browser.execute(isDriver), false);
    const log = await browser.execute(() => globalThis.tab.log);
    // Cached, it goes on as generation 2; loaded anew, it has no past.
    assert.ok([["grant", "suspend", "wake 2"], ["grant", "lost", "suspend", "wake 2"], ["grant", "suspend", "lost", "wake 2"], []]
      .some((one) => one.join() === log.join()), String(log));
    assert.equal(await browser.execute(add, "after"), true);
    await browser.switchTo(second);
    assert.deepEqual(await browser.execute(keys), ["after"]);
  });

  test(`o_73 a person takes over, and the old driver is told, ${engine}`, async () => {
    const { first } = await two();
    await browser.execute(() => globalThis.tab.lock.takeOver());
    assert.equal(await browser.execute(isDriver), true);
    await browser.switchTo(first);
    await browser.until(() => globalThis.tab.log.includes("lost"));
    assert.equal(await browser.execute(isDriver), false);
  });

  test(`o_70 another window's upgrade is let through, ${engine}`, async () => {
    const { first } = await two();
    await browser.execute(add, "before");
    await browser.switchTo(first);
    assert.equal(await browser.execute(() => new Promise((resolve, reject) => {
      const request = indexedDB.open(decodeURIComponent(location.hash.slice(1)), 2);
      request.onupgradeneeded = () => request.result.createObjectStore("newer");
      request.onerror = () => reject(request.error);
      request.onsuccess = () => resolve(request.result.close() ?? true);
    })), true);
    assert.equal(await browser.execute(add, "after"), true);
    assert.deepEqual(await browser.execute(keys), ["before", "after"]);
  });

  test(`o_60 rows are compared and set across windows, ${engine}`, async () => {
    const { first, second } = await two();
    await browser.execute(add, "a");
    await browser.switchTo(first);
    await browser.execute(() => globalThis.tab.begin("a"));
    await browser.switchTo(second);
    const mine = await browser.execute(() => globalThis.tab.raise("a"));
    await browser.switchTo(first);
    const theirs = await browser.execute(() => globalThis.tab.raised());
    const [row] = (await browser.execute(() => globalThis.tab.store.read({ keys: ["a"] }))).messages;
    assert.equal(row.version, 1 + mine + theirs);
  });

  test(`o_70 the name of the outbox is the same everywhere, ${engine}`, async () => {
    const { databaseName } = await sources(`names-${engine}`);
    await two();
    const name = await browser.execute(() => globalThis.host.databaseName("caf\u00e9", "alice@example.test"));
    assert.equal(name, databaseName("caf\u00e9", "alice@example.test"));
  });

  test(`g18 the tick wakes a page whose own timers stand still, ${engine}`, async () => {
    await two();
    assert.equal(await browser.execute(() => globalThis.tab.tick()), true);
  });

  if (engine === "chromium") {
    test("o_73 a frozen window blocks nobody", async () => {
      const { first, second } = await two();
      await browser.execute(add, "before");
      await browser.switchTo(first);
      const cdp = (cmd, params) => browser.command("POST", "/goog/cdp/execute", { cmd, params });
      await cdp("Page.setWebLifecycleState", { state: "frozen" });
      await browser.switchTo(second);
      await browser.until(isDriver);
      assert.equal(await browser.execute(() => new Promise((resolve, reject) => {
        const request = indexedDB.open(decodeURIComponent(location.hash.slice(1)), 2);
        request.onerror = () => reject(request.error);
        request.onsuccess = () => resolve(request.result.close() ?? true);
      })), true);
      await browser.switchTo(first);
      await cdp("Page.setWebLifecycleState", { state: "active" });
      await browser.until(() => globalThis.tab.log.includes("wake 2"));
      assert.deepEqual(await browser.execute(keys), ["before"]);
    });
  }
});
