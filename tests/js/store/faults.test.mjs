// What a store does when the engine misbehaves, as Chromium, Firefox and WebKit were seen to (reliability.md 1.3, 1.4).
import assert from "node:assert/strict";
import { test } from "node:test";
import { IDBDatabase, IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { fakeTimers } from "./clock.mjs";
import { add, append, put, strict } from "./conformance.mjs";
import { abortWith, hang, onWrites, replaced } from "./faulty.mjs";
import { sources } from "./sources.mjs";

const { idbStore } = await sources("faults");

const body = (key, content, at = 0) => ({ op: "putBody", key, body: content, at });
const names = (rows) => rows.map((one) => one.key);

function store(t, options = {}) {
  const made = idbStore({ name: "faults", factory: new IDBFactory(), ...options });
  t.after(() => made.close());
  return made;
}

test("o_08 a group that breaks is tried one by one, in order", async (t) => {
  const at = [];
  onWrites(t, "messages", (tx, _stores, n) => {
    at.push(n);
    if (n === 1 || n === 3) abortWith(tx, "QuotaExceededError");
  });
  const one = store(t);
  const results = await one.commit([[add("a")], [add("b")], [add("c")]], strict);
  assert.deepEqual(results.map((r) => (r.ok ? "ok" : [r.reason, r.error.code, r.indoubt])), ["ok", ["failed", "full", false], "ok"]);
  assert.deepEqual(names((await one.read({ all: true })).messages), ["a", "c"]);
  assert.deepEqual(at, [1, 2, 3, 4]);
});

test("o_08 what is called during the one by one comes after it", async (t) => {
  onWrites(t, "messages", (tx, _stores, n) => n === 1 && abortWith(tx, "QuotaExceededError"));
  const one = store(t);
  const first = one.commit([[add("a")], [add("b")]], strict);
  await Promise.resolve();
  const second = one.commit([[add("c")]], strict);
  await Promise.all([first, second]);
  assert.deepEqual(names((await one.read({ all: true })).messages), ["a", "b", "c"]);
});

test("o_08 calls of one turn are one transaction, calls meanwhile the next", async (t) => {
  const groups = [];
  onWrites(t, "messages", (_tx, stores, n) => groups.push([n, stores.length]));
  const one = store(t);
  const turn = ["a", "b", "c"].map((key) => one.commit([[add(key)]], strict));
  await turn[0];
  const next = ["d", "e"].map((key) => one.commit([[add(key)]], { durability: "relaxed" }));
  await Promise.all([...turn, ...next]);
  assert.equal(groups.length, 2);
});

test("o_08 Commits that build on each other are one transaction", async (t) => {
  let begun = 0;
  onWrites(t, "messages", () => begun++);
  const one = store(t);
  const results = await one.commit([
    [add("a", { midKey: "m" })], [append("evidence", { uid: "a" }, "a")], [put("messages", "a", { version: 3, midKey: "n" }, 2)],
    [{ op: "absent", store: "messages", index: "midKey", value: "m" }], [{ op: "delete", store: "messages", key: "a", expect: 3 }],
  ], strict);
  assert.deepEqual([results.map((r) => r.ok), begun], [[true, true, true, true, true], 1]);
  assert.deepEqual((await one.read({ all: true })).messages, []);
});

test("o_08 a group is as durable as its most durable member", async (t) => {
  const asked = [];
  replaced(t, IDBDatabase.prototype, "transaction", (begin, stores, mode, options) => {
    if (mode === "readwrite") asked.push(options.durability);
    return begin(stores, mode, options);
  });
  const one = store(t);
  await Promise.all([one.commit([[put("config", "a")]], { durability: "relaxed" }), one.commit([[put("config", "b")]], strict)]);
  await one.commit([[put("config", "c")]], { durability: "relaxed" });
  assert.deepEqual(asked, ["strict", "relaxed"]);
});

test("o_07 bodies have a transaction of their own", async (t) => {
  const scopes = [];
  onWrites(t, "bodies", (_tx, stores) => scopes.push(stores));
  const one = store(t);
  const [, accepted] = await Promise.all([
    one.commit([[body("a", "text")]], strict),
    one.commit([[{ op: "exists", store: "bodies", key: "a" }, add("a")]], strict),
  ]);
  assert.deepEqual([scopes, accepted[0].ok], [[["bodies"], ["bodies", "messages"]], true]);
});

test("o_75 a commit without an answer is in doubt, and the next goes to another handle", async (t) => {
  const timers = fakeTimers();
  const begun = new Promise((resolve) => onWrites(t, "messages", (tx, _stores, n) => n === 1 && resolve(hang(t, tx))));
  let opened = 0;
  replaced(t, IDBFactory.prototype, "open", (open, name, ...rest) => {
    assert.deepEqual(rest, [], "opened without a version");
    return ++opened === 1 ? open(name) : open(`${name} after the hang`);
  });
  const one = store(t, { timers });
  const commit = one.commit([[add("a")], [add("b")]], strict);
  await begun;
  timers.advance(10_000);
  assert.deepEqual((await commit).map((r) => [r.reason, r.error.code, r.indoubt]),
    [["failed", "timeout", true], ["failed", "timeout", true]]);
  assert.equal(opened, 2);
  assert.deepEqual((await one.commit([[add("c")]], strict)).map((r) => r.ok), [true]);
});

test("o_75 an answer ends its watchdog", async (t) => {
  const timers = fakeTimers();
  const one = store(t, { timers });
  await one.commit([[add("a")]], strict);
  await one.read({ all: true });
  assert.deepEqual(timers.pending(), [2_000], "the upkeep alone");
});

test("o_75 a read that breaks is read again elsewhere, once", async (t) => {
  const one = store(t);
  await one.commit([[add("a")]], strict);
  let broken = 1;
  replaced(t, IDBDatabase.prototype, "transaction", (begin, stores, mode, options) => {
    const tx = begin(stores, mode, options);
    if (mode === "readonly" && broken-- > 0) abortWith(tx, "UnknownError");
    return tx;
  });
  assert.deepEqual(names((await one.read({ all: true })).messages), ["a"]);
  broken = 2;
  await assert.rejects(one.read({ all: true }), { name: "StoreError", code: "unknown" });
});

test("o_75 a big body is given time for its size", async (t) => {
  const timers = fakeTimers();
  onWrites(t, "bodies", (tx) => hang(t, tx));
  const one = store(t, { timers });
  void one.commit([[body("a", new ArrayBuffer(10 * 2 ** 20))]], strict);
  await timers.armed((ms) => ms === 10_000 + 10_240);
});

for (const name of ["UnknownError", "InvalidStateError", "AbortError"]) {
  test(`o_75 ${name} is doubt and is not tried again`, async (t) => {
    let begun = 0;
    onWrites(t, "evidence", (tx, _stores, n) => {
      begun = n;
      if (n === 1) abortWith(tx, name);
    });
    const one = store(t);
    const results = await one.commit([[append("evidence", { uid: "a" })], [append("evidence", { uid: "b" })]], strict);
    assert.deepEqual([results.map((r) => [r.reason, r.error.code, r.indoubt]), begun],
      [[["failed", "unknown", true], ["failed", "unknown", true]], 1]);
    assert.deepEqual((await one.read({ all: true })).evidence, []);
  });
}

test("o_75 a handle that is closing is replaced before anything begins", async (t) => {
  const one = store(t);
  await one.read({ all: true });
  let closing;
  replaced(t, IDBDatabase.prototype, "transaction", function (begin, ...args) {
    closing ??= this;
    if (this === closing) throw new DOMException("", "InvalidStateError");
    return begin(...args);
  });
  assert.deepEqual((await one.commit([[add("a")], [add("b")]], strict)).map((r) => r.ok), [true, true]);
});

test("o_75 a transaction the engine had ended is begun again elsewhere, once", async (t) => {
  let ended = 1;
  replaced(t, IDBObjectStore.prototype, "add", (add, value) => {
    if (ended-- > 0) throw new DOMException("", "InvalidStateError");
    return add(value);
  });
  const one = store(t);
  assert.deepEqual((await one.commit([[add("a")], [add("b")]], strict)).map((r) => r.ok), [true, true]);
  ended = 2;
  const [result] = await one.commit([[add("c")]], strict);
  assert.deepEqual([result.reason, result.error.code, result.indoubt], ["failed", "unavailable", false]);
  assert.deepEqual(names((await one.read({ all: true })).messages), ["a", "b"]);
});

test("o_75 an engine that does not open is asked with back-off, then said to be unavailable", async (t) => {
  const timers = fakeTimers();
  let asked = 0;
  replaced(t, IDBFactory.prototype, "open", () => {
    asked++;
    const request = new EventTarget();
    request.error = new DOMException("", "UnknownError");
    queueMicrotask(() => request.dispatchEvent(new Event("error")));
    return request;
  });
  const one = store(t, { timers });
  const commit = one.commit([[add("a")], [add("b")]], strict);
  for (const ms of [200, 400, 800, 1_600, 3_200, 5_000]) {
    await timers.armed((left) => left === ms);
    timers.advance(ms);
  }
  assert.deepEqual((await commit).map((r) => [r.reason, r.error.code, r.indoubt]),
    [["failed", "unavailable", false], ["failed", "unavailable", false]]);
  assert.equal(asked, 7);
});

test("o_75 an open that is blocked is said after ten seconds", async (t) => {
  const timers = fakeTimers();
  let blocked = true;
  replaced(t, IDBFactory.prototype, "open", (open, name) => (blocked ? new EventTarget() : open(name)));
  const one = store(t, { timers });
  const read = one.read({ all: true });
  await timers.armed((ms) => ms === 10_000);
  blocked = false;
  timers.advance(10_000);
  await assert.rejects(read, { name: "StoreError", code: "blocked" });
  assert.deepEqual((await one.read({ all: true })).messages, [], "the next is not held up by it");
});

test("o_70 a database of something else is left alone", async (t) => {
  const factory = new IDBFactory();
  await new Promise((resolve) => {
    const open = factory.open("faults", 3);
    open.onupgradeneeded = () => open.result.createObjectStore("theirs");
    open.onsuccess = () => resolve(open.result.close());
  });
  const one = store(t, { factory });
  await assert.rejects(one.read({ all: true }), { code: "schema" });
  assert.deepEqual((await factory.databases()).map((db) => db.version), [3]);
});

test("o_70 a newer version with more stores is read and written", async (t) => {
  const factory = new IDBFactory();
  const one = store(t, { factory });
  await one.commit([[add("a")]], strict);
  const looked = new Promise((resolve) => one.watch(resolve));
  await new Promise((resolve, reject) => {
    const open = factory.open("faults", 2);
    open.onupgradeneeded = () => open.result.createObjectStore("newer");
    open.onerror = () => reject(open.error);
    open.onsuccess = () => resolve(open.result.close());
  });
  assert.equal(await looked, null, "the upgrade was let through, and said");
  assert.deepEqual((await one.commit([[add("b")]], strict)).map((r) => r.ok), [true]);
  assert.deepEqual(names((await one.read({ all: true })).messages), ["a", "b"]);
});

test("o_72 a row the engine cannot read is set aside, its neighbours are read", async (t) => {
  const one = store(t);
  await one.commit([[add("a"), add("bad"), add("c"), put("config", "x")], [append("evidence", { uid: "a" }), append("evidence", { uid: "bad" })]], strict);
  const unreadable = (request) => {
    const failing = new EventTarget();
    request.addEventListener("success", () => failing.dispatchEvent(new Event("error", { cancelable: true })));
    return failing;
  };
  replaced(t, IDBObjectStore.prototype, "getAll", function (getAll, range) {
    return this.name === "evidence" ? unreadable(getAll(range)) : getAll(range);
  });
  replaced(t, IDBObjectStore.prototype, "get", function (get, key) {
    return this.name === "evidence" && key === 2 ? unreadable(get(key)) : get(key);
  });
  const { messages, evidence } = await one.read({ all: true });
  assert.deepEqual(names(messages), ["a", "bad", "c"]);
  assert.deepEqual(evidence.map((e) => [e.key, e.uid, e.version]), [["1", "a", 1], ["2", undefined, 0]]);
});

test("o_72 a row of another shape comes without its record", async (t) => {
  const factory = new IDBFactory();
  const one = store(t, { factory });
  await one.commit([[add("a", { nums: [1] })]], strict);
  await new Promise((resolve) => {
    const open = factory.open("faults");
    open.onsuccess = () => {
      const tx = open.result.transaction("messages", "readwrite");
      tx.objectStore("messages").put({ seq: 1, key: "a", version: "x", nums: "1", text: null });
      tx.oncomplete = () => resolve(open.result.close());
    };
  });
  assert.deepEqual((await one.read({ all: true })).messages, [{ seq: 1, key: "a", version: 0, nums: [], text: "" }]);
});

test("o_73 a suspended store holds nothing and goes on when resumed", async (t) => {
  const factory = new IDBFactory();
  const one = store(t, { factory });
  await one.commit([[add("a")]], strict);
  const looks = [];
  one.watch((look) => looks.push(look));
  one.suspend();
  one.suspend();
  const meanwhile = one.commit([[add("b")]], strict);
  await new Promise((resolve, reject) => {
    const gone = factory.deleteDatabase("faults");
    gone.onsuccess = resolve;
    gone.onblocked = () => reject(new Error("expected no open handle, got one that blocks"));
  });
  one.resume();
  assert.deepEqual([(await meanwhile)[0].ok, looks], [true, [null]]);
  assert.deepEqual(names((await one.read({ all: true })).messages), ["b"]);
});

test("o_73 closing a suspended store answers what waits", async (t) => {
  const one = store(t);
  one.suspend();
  const commit = one.commit([[add("a")]], strict);
  const read = one.read({ all: true });
  read.catch(() => {});
  one.close();
  assert.equal((await commit)[0].error.code, "closed");
  await assert.rejects(read, { code: "closed" });
});
