// O-05: bytes in, header block out, and the same bytes behind another one.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hostSide } from "./setup.mjs";

const host = await hostSide("content");
const max = 1 << 20;
const bytesOf = (text) => host.readBytes(text, max);
const decode = (bytes) => new TextDecoder().decode(bytes);

describe("strings become CRLF, nothing else changes", () => {
  for (const [text, expected] of [
    ["a: b\n\nc\nd", "a: b\r\n\r\nc\r\nd"], ["a: b\r\n\r\nc", "a: b\r\n\r\nc"], ["a\rb", "a\r\nb"], ["\n", "\r\n"], ["\r\r\n\n", "\r\n\r\n\r\n"], ["", ""],
    ["a: \u00e9\r\n\r\n\u{1f600}", "a: \u00e9\r\n\r\n\u{1f600}"],
  ]) test(JSON.stringify(text), () => assert.equal(decode(bytesOf(text)), expected));
});

describe("the header block", () => {
  const cases = [
    ["Subject: x\r\n\r\nbody", "Subject: x\r\n\r\n"],
    ["Subject: x\n\nbody\n\nmore", "Subject: x\n\n"],
    ["Subject: x\n\r\nbody", "Subject: x\n\r\n"],
    ["\r\nbody", "\r\n"],
    ["\nbody", "\n"],
    ["Subject: x\r\n", "Subject: x\r\n"],
    ["Subject: x", "Subject: x"],
    [`X: ${"y".repeat(16_379)}\r\n\r\nbody`, `X: ${"y".repeat(16_379)}\r\n\r\n`],
    [`X: ${"y".repeat(16_380)}\r\n\r\nbody`, `X: ${"y".repeat(16_380)}\r\n\r\n`],
    [`X: ${"y".repeat(100_000)}\r\n\r\nbody`, `X: ${"y".repeat(100_000)}\r\n\r\n`],
  ];
  for (const [text, head] of cases) {
    test(`of ${JSON.stringify(text.slice(0, 20))}, ${text.length} bytes`, async () => {
      const bytes = new TextEncoder().encode(text);
      assert.equal(host.readHead(bytes), head);
      assert.equal(await host.readHead(new Blob([bytes])), head);
    });
  }
  test("is one character per byte", async () => {
    const bytes = new Uint8Array([88, 58, 0x80, 0xff, 0xe9, 10, 10, 0, 1]);
    assert.equal(host.readHead(bytes), "X:\u0080\u00ff\u00e9\n\n");
    const again = await host.withHead(bytes, 7, "X:\u0080\u00ff\u00e9\n\n").arrayBuffer();
    assert.deepEqual(new Uint8Array(again), bytes);
  });
});

test("another header block leaves the body alone", async () => {
  const body = new Uint8Array(100_000).map((_, i) => i);
  for (const content of [new Uint8Array([65, 58, 10, 10, ...body]), new Blob([new Uint8Array([65, 58, 10, 10]), body])]) {
    const made = new Uint8Array(await host.withHead(content, 4, "B: c\r\n\r\n").arrayBuffer());
    assert.equal(decode(made.subarray(0, 8)), "B: c\r\n\r\n");
    assert.deepEqual(made.subarray(8), body);
  }
});

describe("a payload", () => {
  const copy = (value) => host.copyPayload(value, max).value;
  test("is a copy", () => {
    const given = { a: [1, { b: "c" }], n: null, u: undefined, big: 5n };
    const copied = copy(given);
    assert.deepEqual(copied, given);
    assert.notEqual(copied.a, given.a);
  });
  test("keeps what the engine can clone", () => {
    const given = { d: new Date(5), m: new Map([[1, new Set([2])]]), b: new Uint8Array([1, 2]), r: /x/g, e: new RangeError("x") };
    assert.deepEqual(copy(given), given);
  });
  test("keeps a field named __proto__ as a field", () => {
    const copied = copy(JSON.parse('{ "__proto__": { "polluted": true } }'));
    assert.equal(copied.polluted, undefined);
    assert.ok(Object.hasOwn(copied, "__proto__"));
  });
  test("is weighed", () => {
    assert.ok(host.copyPayload("x".repeat(1_000), max).size >= 1_000);
    assert.ok(host.copyPayload({ blob: new Blob(["x".repeat(5_000)]) }, max).size >= 5_000);
    assert.throws(() => host.copyPayload({ bytes: new Uint8Array(2 * max) }, max), { code: "MAPI_E_TOO_COMPLEX" });
    assert.throws(() => host.copyPayload(Array.from({ length: 200_000 }, () => 1), max), { code: "MAPI_E_TOO_COMPLEX" });
  });
});

describe("o_02: the hash", () => {
  const hash = (payload) => host.contentHash(null, payload);
  const different = [undefined, null, 0, -0, "", "0", 0n, false, [], {}, [undefined], { a: undefined }, ["a", "b"], ["a,b"], ["ab"], new Map(), new Set(), new Date(0), new Blob([]), new Uint8Array(0), new ArrayBuffer(0), new Int8Array(0), { a: { b: 1 } }, { a: "b", 1: 2 }, [["a", "b"]], NaN];
  test("is another for every other value", async () => {
    const hashes = await Promise.all(different.map(hash));
    assert.ok(hashes.every((h) => /^[0-9a-f]{64}$/.test(h)));
    assert.equal(new Set(hashes).size, hashes.length);
  });
  test("is the bytes' own, in whatever they came", async () => {
    const [one, two] = ["a: b\n\n", "a: c\n\n"].map(bytesOf);
    const made = await Promise.all([one, new Blob([one]), two].map((bytes) => host.contentHash(bytes, undefined)));
    assert.equal(made[0], made[1]);
    assert.notEqual(made[0], made[2]);
    assert.notEqual(made[0], await hash("a: b\n\n"));
  });
  test("does not exist for what nobody can compare", async () => {
    for (const value of [() => {}, Symbol("s"), /x/, Object.create({ inherited: 1 }), new Error("x")]) assert.equal(await hash(value), null);
  });
});

test("o_02: the same recipients said in another way are the same submission", async () => {
  const session = await host.open();
  const content = "Subject: s\r\n\r\nb\r\n";
  const first = await session.submitMessage({ id: "d", to: "bob@example.test", content });
  const emailAddress = "bob@example.test";
  const ways = [
    { to: [emailAddress] }, { to: { emailAddress } }, { to: { emailAddress, addressType: "SMTP" } }, { recipients: emailAddress },
    { to: `<${emailAddress}>` }, { from: "alice@example.test", to: emailAddress }, { to: emailAddress, content: new Blob([content]) },
  ];
  for (const way of ways) assert.equal((await session.submitMessage({ id: "d", content, ...way })).messageId, first.messageId, JSON.stringify(way));
  for (const way of [{ cc: emailAddress }, { to: "carol@example.test" }, { to: emailAddress, content: "Subject: s\r\n\r\nc\r\n" }]) {
    await assert.rejects(session.submitMessage({ id: "d", content, ...way }), { code: "MAPI_E_COLLISION" });
  }
  await session.close();
});

test("o_05: a Bcc of the header alone is no recipient", async () => {
  const session = await host.open();
  const content = "To: bob@example.test\r\nBcc: boss@example.test\r\n\r\nb";
  await assert.rejects(session.submitMessage({ content }), { code: "MAPI_E_NO_RECIPIENTS" });
  await session.close();
});
