// What the other tests stand on: a kill -9 of the browser loses nothing that IndexedDB had committed strictly.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inEach, lasting } from "../lib/engines.mjs";
import { serve } from "../lib/serve.mjs";
import { open } from "../lib/webdriver.mjs";

const database = `() => new Promise((resolve, reject) => {
  const request = indexedDB.open("kept", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("rows");
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
})`;

const write = `async (value) => {
  const db = await (${database})();
  const tx = db.transaction("rows", "readwrite", { durability: "strict" });
  tx.objectStore("rows").put(value, "key");
  await new Promise((resolve, reject) => { tx.oncomplete = resolve; tx.onabort = () => reject(tx.error); });
}`;

const read = `async () => {
  const db = await (${database})();
  const request = db.transaction("rows").objectStore("rows").get("key");
  return new Promise((resolve) => { request.onsuccess = () => resolve(request.result ?? null); });
}`;

inEach("a killed browser", lasting, (engine) => {
  test("a strict commit outlives kill -9", async () => {
    const profile = mkdtempSync(join(tmpdir(), "mailspooler-profile-"));
    const site = await serve({ "/": "<!doctype html><title>kept</title>" });
    try {
      const first = await open(engine, { profile });
      await first.navigate(`${site.origin}/`);
      await first.execute(write, "written");
      await first.kill();
      const second = await open(engine, { profile });
      await second.navigate(`${site.origin}/`);
      assert.equal(await second.execute(read), "written");
      await second.quit();
    } finally {
      await site.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    }
  });
});
