// Bodies and the room they need (reliability.md 1.5).
import assert from "node:assert/strict";
import { test } from "node:test";
import { IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { fakeTimers } from "./clock.mjs";
import { add, put, strict } from "./conformance.mjs";
import { abortWith, onWrites, replaced } from "./faulty.mjs";
import { sources } from "./sources.mjs";

const { idbStore } = await sources("room");

const body = (key, content, at = 0) => ({ op: "putBody", key, body: content, at });

function store(t, options = {}) {
  const made = idbStore({ name: "room", factory: new IDBFactory(), ...options });
  t.after(() => made.close());
  return made;
}

test("o_07 Blobs are kept as bytes where the engine stores none", async (t) => {
  replaced(t, IDBObjectStore.prototype, "put", (put, value) => {
    if (value.body instanceof Blob) throw new DOMException("", "DataCloneError");
    return put(value);
  });
  const one = store(t);
  const [result] = await one.commit([[body("a", new Blob(["text"], { type: "message/rfc822" }))]], strict);
  const back = await one.body("a");
  assert.deepEqual([result.ok, back.type, await back.text()], [true, "message/rfc822", "text"]);
});

test("o_07 Blobs deep in a body are kept as bytes too, and come back as what they were", async (t) => {
  const holdsBlob = (value, seen = new Set()) => {
    if (typeof value !== "object" || value === null || seen.has(value)) return false;
    seen.add(value);
    return value instanceof Blob || (value instanceof Map ? [...value.values()] : Object.values(value)).some((part) => holdsBlob(part, seen));
  };
  replaced(t, IDBObjectStore.prototype, "put", (put, value) => {
    if (holdsBlob(value)) throw new DOMException("", "DataCloneError");
    return put(value);
  });
  const file = new File(["<p>"], "a.html", { type: "text/html", lastModified: 7 });
  const shared = { part: new Blob(["one"]) };
  const given = { content: new Blob(["mime"], { type: "message/rfc822" }), payload: new Map([["file", file]]), twice: [shared, shared], at: new Date(5) };
  given.self = given;
  const one = store(t);
  const [result] = await one.commit([[body("a", given)]], strict);
  assert.equal(result.ok, true);
  const back = await one.body("a");
  assert.deepEqual([back.content.type, await back.content.text(), await back.twice[0].part.text()], ["message/rfc822", "mime", "one"]);
  const { name, type, lastModified } = back.payload.get("file");
  assert.deepEqual([name, type, lastModified, await back.payload.get("file").text()], ["a.html", "text/html", 7, "<p>"]);
  assert.equal(back.twice[0], back.twice[1]);
  assert.equal(back.self, back);
  assert.deepEqual(back.at, new Date(5));
  assert.ok(given.content instanceof Blob, "the host's own is left alone");
});

test("o_07 a Blob that is never read holds nothing up for ever", async (t) => {
  const timers = fakeTimers();
  const never = (method) => new Promise((heard) => {
    replaced(t, Blob.prototype, method, () => {
      heard();
      return new Promise(() => {});
    });
  });
  const [probed, read] = [never("text"), never("arrayBuffer")];
  const one = store(t, { timers });
  const blob = one.commit([[body("a", new Blob(["text"]))]], strict);
  const after = one.commit([[add("b")]], strict);
  await probed;
  timers.advance(10_001);
  await read;
  timers.advance(10_001);
  const [[result], [next]] = [await blob, await after];
  assert.deepEqual([result.ok, result.error?.code, result.indoubt, next.ok], [false, "invalid", false, true]);
});

test("o_07 bodies without a message go when they are a day old", async (t) => {
  const timers = fakeTimers();
  const factory = new IDBFactory();
  // The sweep runs two seconds after the start.
  const old = timers.wall() + 2_000 - 86_400_000;
  const one = store(t, { factory, timers });
  await one.commit([[body("orphan", 1, old)], [body("young", 1, old + 1)], [body("kept", 1, old), body("sent", 1, old)]], strict);
  await one.commit([[add("kept"), put("tombstones", "sent")]], strict);
  timers.advance(2_000);
  await one.read({ all: true });
  const left = await Promise.all(["orphan", "young", "kept", "sent"].map((key) => one.body(key)));
  assert.deepEqual(left, [undefined, 1, 1, 1]);
});

test("o_07 a body that could not be written is a full disk", async (t) => {
  onWrites(t, "bodies", (tx) => abortWith(tx, "DataError"));
  const [result] = await store(t).commit([[body("a", "text")]], strict);
  assert.deepEqual([result.error.code, result.indoubt], ["full", false]);
});

test("o_75 a full disk costs the ballast, for an outcome only", async (t) => {
  const timers = fakeTimers();
  const factory = new IDBFactory();
  const one = store(t, { factory, timers });
  await one.read({ all: true });
  timers.advance(2_000);
  await one.read({ all: true });
  let full = true;
  onWrites(t, "config", (tx) => full && abortWith(tx, "QuotaExceededError"));
  onWrites(t, "ballast", (tx) => tx.addEventListener("complete", () => (full = false)));
  const [refused] = await one.commit([[put("config", "a")]], strict);
  assert.deepEqual([refused.error.code, full], ["full", true]);
  const [kept] = await one.commit([[put("config", "b")]], { ...strict, mayUseBallast: true });
  assert.deepEqual([kept.ok, full], [true, false]);
  full = true;
  const [again] = await one.commit([[put("config", "c")]], { ...strict, mayUseBallast: true });
  assert.deepEqual([again.error?.code, full], ["full", false], "there is one ballast");
});

test("o_75 without ballast nothing is accepted until it fits again", async (t) => {
  let full = false;
  onWrites(t, "ballast", (tx) => full && abortWith(tx, "QuotaExceededError"));
  onWrites(t, "config", (tx) => full && abortWith(tx, "QuotaExceededError"));
  const timers = fakeTimers();
  const one = store(t, { timers });
  const accept = async (key) => (await one.commit([[add(key)]], strict))[0];
  full = true;
  assert.equal((await accept("a")).ok, true, "as long as nobody has looked");
  timers.advance(2_000);
  assert.equal((await accept("b")).error.code, "full");
  assert.equal((await one.commit([[{ op: "delete", store: "messages", key: "a" }]], strict))[0].ok, true, "the rest goes on");
  full = false;
  assert.equal((await accept("b")).ok, true);
  full = true;
  assert.equal((await accept("c")).ok, true, "the ballast is there");
});

test("o_75 acceptance stops before the disk is full, the rest goes on", async (t) => {
  const estimate = () => Promise.resolve({ quota: 100e6, usage: 100e6 - 4 * 2 ** 20 - 100 });
  const one = store(t, { estimate });
  const results = await one.commit([
    [body("a", "x".repeat(25))], [body("b", "x".repeat(26))], [add("c")], [put("config", "d")],
  ], strict);
  assert.deepEqual(results.map((r) => (r.ok ? "ok" : r.error.code)), ["ok", "full", "ok", "ok"]);
  assert.deepEqual([await one.body("b")], [undefined]);
});

test("o_75 an engine that cannot say how much room there is refuses nothing", async (t) => {
  for (const estimate of [() => Promise.reject(new Error("no")), () => Promise.resolve({})]) {
    const one = store(t, { estimate });
    assert.deepEqual((await one.commit([[body("a", "x")]], strict)).map((r) => r.ok), [true]);
    one.close();
  }
});

test("o_75 with plenty of room the engine is asked once a minute", async (t) => {
  const timers = fakeTimers();
  let asked = 0;
  const one = store(t, { timers, estimate: () => Promise.resolve((asked++, { quota: 10e9, usage: 0 })) });
  for (let i = 0; i < 5; i++) await one.commit([[add(`a${i}`)]], strict);
  assert.equal(asked, 1);
  timers.stall(60_000);
  await one.commit([[add("b")]], strict);
  assert.equal(asked, 2);
});

test("o_75 what was written since the engine was asked counts", async (t) => {
  let asked = 0;
  const estimate = () => Promise.resolve((asked++, { quota: (64 + 4 + 1) * 2 ** 20, usage: 0 }));
  const one = store(t, { estimate, timers: fakeTimers() });
  await one.commit([[body("a", new ArrayBuffer(2 ** 18))]], strict);
  await one.commit([[body("b", new ArrayBuffer(2 ** 18))]], strict);
  assert.equal(asked, 1);
  await one.commit([[body("c", new ArrayBuffer(2 ** 18))]], strict);
  assert.equal(asked, 2);
});
