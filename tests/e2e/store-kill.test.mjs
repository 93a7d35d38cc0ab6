// kill -9 of the whole browser while it commits: what was answered as durable is there afterwards, whole, once, in order.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inEach, lasting } from "../lib/engines.mjs";
import { serve } from "../lib/serve.mjs";
import { open } from "../lib/webdriver.mjs";
import { bundle } from "../js/store/sources.mjs";

const kills = Number(process.env.MAILSPOOLER_KILLS ?? 4);

/** Accepts (body, then row), settles every other message into a tombstone, and tells the server what was answered. */
async function work(life) {
  const { idbStore } = await import("/host/host.mjs");
  const store = idbStore({ name: "kill" });
  const strict = { durability: "strict" };
  const row = (key) => ({ key, version: 1, midKey: `<${key}@test>`, nums: [1, 2], text: "text" });
  // Synchronous: the server must not learn of a commit later than the next one begins.
  const tell = (what) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/said?${what}`, false);
    request.send();
  };
  const must = (results) => {
    for (const result of results) if (!result.ok) throw Object.assign(new Error(JSON.stringify(result)), { indoubt: result.indoubt });
  };
  const write = async (n, key) => {
    must(await store.commit([[{ op: "putBody", key, body: new Blob([key.repeat(500)]), at: Date.now() }]], strict));
    must(await store.commit([[{ op: "exists", store: "bodies", key }, { op: "absent", store: "messages", index: "uid", value: key }, { op: "add", store: "messages", record: row(key) }]], strict));
    tell(`accepted=${key}`);
    must(await store.commit([[{ op: "append", store: "evidence", raise: key, record: { ...row(""), uid: key } }]], strict));
    tell(`evidence=${key}`);
    if (n % 2 === 0) return;
    tell(`settling=${key}`);
    must(await store.commit([[
      { op: "delete", store: "messages", key, expect: 2 }, { op: "put", store: "tombstones", expect: null, record: row(key) }, { op: "delete", store: "bodies", key },
    ]], strict));
    tell(`settled=${key}`);
  };
  const writer = async (name) => {
    for (let n = 0; ; n++) {
      const key = `${life}.${name}.${n}`;
      // A disk that stands still for long leaves a commit in doubt, of which nothing is told.
      await write(n, key).catch((error) => { if (!error.indoubt) throw error; });
    }
  };
  for (const name of ["a", "b", "c"]) writer(name).catch((error) => tell(`broken=${encodeURIComponent(error.message)}`));
}

async function found() {
  const { idbStore } = await import("/host/host.mjs");
  const store = idbStore({ name: "kill" });
  const { messages, tombstones, evidence } = await store.read({ all: true });
  const bodies = {};
  for (const { key } of messages) bodies[key] = await (await store.body(key))?.text() ?? null;
  return { messages, tombstones: tombstones.map(({ key }) => key), evidence: evidence.map(({ uid }) => uid), bodies };
}

inEach("a killed store", lasting, (engine) => {
  test(`o_08 ${kills} kills lose nothing that was answered, ${engine}`, async (t) => {
    const profile = mkdtempSync(join(tmpdir(), "mailspooler-profile-"));
    const said = { accepted: new Set(), evidence: new Set(), settling: new Set(), settled: new Set(), broken: new Set() };
    let onSaid = () => {};
    const site = await serve({
      "/": "<!doctype html><title>kill</title>",
      "/host/": await bundle(`kill-${engine}`),
      "/said": (_request, response, url) => {
        for (const [what, key] of url.searchParams) said[what].add(key);
        response.end();
        onSaid();
      },
    });
    t.after(async () => {
      await site.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    });

    for (let life = 0; life <= kills; life++) {
      const browser = await open(engine, { profile });
      await browser.navigate(`${site.origin}/`);
      const { messages, tombstones, evidence, bodies } = await browser.execute(found);
      const keys = new Set(messages.map(({ key }) => key));
      const settled = new Set(tombstones);
      for (const key of said.accepted) {
        assert.equal(Number(keys.has(key)) + Number(settled.has(key)), 1, `${key} is in one place`);
        if (settled.has(key)) assert.ok(said.settling.has(key), `${key} was not to be settled`);
      }
      for (const key of said.settled) assert.ok(settled.has(key), `${key} is settled`);
      for (const key of said.evidence) assert.ok(evidence.includes(key), `the evidence of ${key}`);
      for (const { key, version } of messages) {
        assert.equal(bodies[key], key.repeat(500), `the body of ${key}`);
        assert.equal(version - 1, evidence.filter((uid) => uid === key).length, `${key} was raised with its evidence`);
      }
      assert.equal(keys.size, messages.length, "every row once");
      assert.deepEqual(messages, messages.toSorted((a, b) => a.seq - b.seq));
      for (const name of ["a", "b", "c"]) {
        const own = messages.filter(({ key }) => key.split(".")[1] === name).map(({ key }) => key.split(".").map(Number));
        assert.deepEqual(own, own.toSorted((x, y) => x[0] - y[0] || x[2] - y[2]), "in the order of acceptance");
      }
      if (life === kills) {
        t.diagnostic(`${said.accepted.size} accepted, ${said.settled.size} settled, ${kills} kills, 0 lost`);
        await browser.quit();
        break;
      }
      const enough = said.accepted.size + 10 + 7 * life;
      const reached = new Promise((resolve) => (onSaid = () => (said.accepted.size >= enough || said.broken.size > 0) && resolve()));
      await browser.execute(work, life);
      await reached;
      assert.deepEqual([...said.broken], []);
      await browser.kill();
    }
  });
});
