// One name for database, lock and channel.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { sources } from "./sources.mjs";

const { databaseName, memoryStore, sha256 } = await sources("name");

test("o_70 the name is made of the profile and the hash of the owner", () => {
  assert.equal(databaseName("work", "alice@example.test"),
    "mailspooler/work/" + base32(createHash("sha256").update("alice@example.test").digest()));
  assert.equal(databaseName("a/b \u00e9", "x").split("/")[1], "a%2Fb%20%C3%A9");
  assert.match(databaseName("", ""), /^mailspooler\/\/[a-z2-7]{52}$/);
});

/** By big integer, so that it shares nothing with the code. */
function base32(bytes) {
  let n = BigInt(`0x${bytes.toString("hex")}`) << 4n;
  let text = "";
  for (let i = 0; i < 52; i++, n >>= 5n) text = "abcdefghijklmnopqrstuvwxyz234567"[Number(n & 31n)] + text;
  return text;
}

test("o_70 the hash is SHA-256 at every length of a block", () => {
  for (let length = 0; length <= 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
    assert.equal(Buffer.from(sha256(bytes)).toString("hex"), createHash("sha256").update(bytes).digest("hex"), `length ${length}`);
  }
});

test("o_70 text that is not well formed is no name", () => {
  for (const [profile, owner] of [["\ud800", "x"], ["x", "\udc00"]]) {
    assert.throws(() => databaseName(profile, owner), { name: "StoreError", code: "invalid" });
  }
});

test("o_70 memory stores of one name share their rows, others do not", async () => {
  const row = { key: "a", version: 1, nums: [], text: "" };
  const strict = { durability: "strict" };
  const [first, second, other, own] = [memoryStore("one"), memoryStore("one"), memoryStore("two"), memoryStore()];
  await first.commit([[{ op: "add", store: "messages", record: row }]], strict);
  const count = async (store) => (await store.read({ all: true })).messages.length;
  assert.deepEqual([await count(second), await count(other), await count(own)], [1, 0, 0]);
  first.close();
  second.close();
  assert.equal(await count(memoryStore("one")), 1, "they outlive their handles");
});
