// Bad input: a MapiError that says expected and got, no secret in it, and the session goes on (reliability.md 5).
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { accepts, hostSide } from "./setup.mjs";

const host = await hostSide("hostile");
const canary = "secret-token-in-error";
const bob = { emailAddress: "bob@example.test" };
const good = { to: "bob@example.test", payload: { text: "hello" } };
let session;

before(async () => {
  session = await host.open({ transports: [host.transport(async () => accepts)] });
});
after(() => session.close());

/** It is refused as it should be, and the next message is sent. */
async function refused(message, code, expected) {
  const error = await session.submitMessage(message).then(() => undefined, (thrown) => thrown);
  assert.ok(error instanceof host.MapiError, `expected a MapiError, got ${error}`);
  assert.equal(error.code, code, error.message);
  assert.match(error.message, expected);
  assert.ok(error.expected && error.got, error.message);
  assert.ok(!`${error.message} ${error.stack}`.includes(canary), error.message);
  const { id } = await session.submitMessage(good);
  assert.equal((await session.settled(id)).state, "sent");
}

const revoked = (target) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const throwing = (name) => Object.defineProperty({ ...good }, name, { enumerable: true, get() { throw new Error(canary); } });
const cyclic = () => {
  const loop = { a: [] };
  loop.a.push(loop);
  return loop;
};
const deep = (levels) => {
  let inner = {};
  for (let i = 0; i < levels; i++) inner = { inner };
  return inner;
};
const detached = () => {
  const bytes = new TextEncoder().encode("Subject: x\r\n\r\nx");
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
};
const many = (count) => Array.from({ length: count }, (_, i) => `u${i}@example.test`);
const invalid = "MAPI_E_INVALID_PARAMETER";
const tooComplex = "MAPI_E_TOO_COMPLEX";

const cases = {
  "no message": [undefined, invalid, /a message.*undefined/],
  "null": [null, invalid, /null/],
  "a string": ["hello", invalid, /string/],
  "an array": [[], invalid, /array/],
  "no recipients": [{ payload: {} }, "MAPI_E_NO_RECIPIENTS", /recipient/],
  "empty recipients": [{ to: [], payload: {} }, "MAPI_E_NO_RECIPIENTS", /recipient/],
  "10 000 recipients": [{ ...good, to: many(10_000) }, tooComplex, /2000.*10000/],
  "2 000 and one, over two lists": [{ ...good, to: many(2_000), cc: "x@example.test" }, tooComplex, /2000.*2001/],
  "a billion recipients that are none": [{ ...good, to: Object.assign([], { length: 1e9 }) }, tooComplex, /2000/],
  "an array-like": [{ ...good, to: { length: 1e10 } }, invalid, /field length/],
  "CR LF in an address": [{ ...good, to: "bob@example.test\r\nBcc: eve@example.test" }, invalid, /./],
  "CR LF in a name": [{ ...good, to: { emailAddress: "bob@example.test", displayName: "Bob\r\nBcc: eve@example.test" } }, invalid, /./],
  "CR LF in the subject": [{ ...good, subject: "hello\r\nBcc: eve@example.test" }, invalid, /subject/],
  "NUL in the subject": [{ ...good, subject: "a\0b" }, invalid, /NUL/],
  "a lone surrogate": [{ ...good, subject: "\ud800" }, invalid, /surrogate/],
  "a lone surrogate in an address": [{ ...good, to: "bob\udc00@example.test" }, invalid, /surrogate/],
  "a number as an address": [{ ...good, to: 42 }, invalid, /42/],
  "an unknown field": [{ ...good, recipient: "x@example.test" }, invalid, /recipient/],
  "an unknown field of an address": [{ ...good, to: { email: "x@example.test" } }, invalid, /email/],
  "an unknown type": [{ ...good, recipients: [{ emailAddress: "x@example.test", type: "orig" }] }, invalid, /to, cc, bcc/],
  "another type than the list's": [{ ...good, to: { emailAddress: "x@example.test", type: "bcc" } }, invalid, /bcc/],
  "an entry id that is no text": [{ ...good, to: { ...bob, entryId: new Uint8Array(20) } }, invalid, /entryId of an address of to.*Uint8Array/],
  "an entry id of other letters": [{ ...good, to: { ...bob, entryId: "xy".repeat(20) } }, invalid, /20 to 1024 bytes in hex, got 40/],
  "an entry id with half a byte": [{ ...good, to: { ...bob, entryId: "0".repeat(41) } }, invalid, /20 to 1024 bytes in hex, got 41/],
  "an entry id too short for a MAPIUID": [{ ...good, cc: { ...bob, entryId: "00".repeat(19) } }, invalid, /entryId of an address of cc.*got 38/],
  "a long entry id": [{ ...good, to: { ...bob, entryId: "00".repeat(1_025) } }, invalid, /1024 bytes in hex, got 2050/],
  "an entry id of the sender": [{ ...good, from: { ...bob, entryId: "00".repeat(20) } }, invalid, /field entryId/],
  "a throwing getter": [throwing("subject"), invalid, /Error/],
  "a throwing getter in an address": [{ ...good, to: throwing("emailAddress") }, invalid, /./],
  "a revoked proxy": [revoked({}), invalid, /./],
  "a revoked proxy inside": [{ ...good, to: revoked({}) }, invalid, /./],
  "a revoked array": [{ ...good, to: revoked([]) }, invalid, /./],
  "a revoked payload": [{ to: "bob@example.test", payload: revoked({}) }, invalid, /TypeError/],
  "a cycle": [{ ...good, payload: cyclic() }, tooComplex, /cycle/],
  "a cycle in props": [{ ...good, props: cyclic() }, tooComplex, /cycle/],
  "a cycle in a Map": [{ ...good, payload: new Map([["m", cyclic()]]) }, tooComplex, /./],
  "depth": [{ ...good, payload: deep(100) }, tooComplex, /64 levels/],
  "great depth": [{ ...good, payload: deep(1_000_000) }, tooComplex, /64 levels/],
  "a function in the payload": [{ ...good, payload: { run() {} } }, invalid, /function/],
  "a class the engine cannot clone": [{ ...good, payload: new WeakMap() }, invalid, /DataCloneError/],
  "a throwing getter in the payload": [{ ...good, payload: throwing("x") }, invalid, /Error/],
  "credentials in props": [{ ...good, props: { password: canary } }, invalid, /password/],
  "neither content nor payload": [{ to: "bob@example.test" }, invalid, /neither/],
  "both": [{ ...good, content: "Subject: x\n\nx" }, invalid, /both/],
  "content of a wrong type": [{ to: "bob@example.test", content: 42 }, invalid, /Blob/],
  "content of wider numbers": [{ to: "bob@example.test", content: new Uint16Array(4) }, invalid, /Uint16Array/],
  "a detached buffer": [{ to: "bob@example.test", content: detached() }, invalid, /./],
  "an oversized string": [{ to: "bob@example.test", content: "x".repeat(26 * 2 ** 20) }, tooComplex, /26214400/],
  "oversized bytes": [{ to: "bob@example.test", content: new Uint8Array(26 * 2 ** 20) }, tooComplex, /26214400/],
  "an oversized Blob": [{ to: "bob@example.test", content: new Blob([new Uint8Array(26 * 2 ** 20)]) }, tooComplex, /26214400/],
  "an oversized payload": [{ ...good, payload: "x".repeat(26 * 2 ** 20) }, tooComplex, /26214400/],
  "a lone surrogate in MIME": [{ to: "bob@example.test", content: "Subject: x\n\n\ud800" }, invalid, /surrogate/],
  "NUL in a header block": [{ to: "bob@example.test", content: "Subject: a\0b\n\nx" }, invalid, /NUL/],
  "text without headers": [{ to: "bob@example.test", content: "just some words" }, invalid, /payload|MIME/],
  "a header block without end": [{ to: "bob@example.test", content: `X: ${"y".repeat(300_000)}` }, tooComplex, /262144/],
  "a Blob without end of headers": [{ to: "bob@example.test", content: new Blob([`X: ${"y".repeat(300_000)}`]) }, tooComplex, /262144/],
  "holdUntil that is none": [{ ...good, holdUntil: NaN }, invalid, /1970/],
  "order without conversation": [{ ...good, order: "strict" }, invalid, /conversation/],
  "another order": [{ ...good, conversation: "c", order: "loose" }, invalid, /strict/],
  "a signal that is none": [{ ...good, signal: {} }, invalid, /AbortSignal/],
  "a long id": [{ ...good, id: "x".repeat(2_000) }, tooComplex, /1024/],
};

describe("submitMessage refuses", () => {
  for (const [name, [message, code, expected]] of Object.entries(cases)) test(name, () => refused(message, code, expected));
});

test("b9: a polluted prototype adds nobody and nothing", async () => {
  const names = ["bcc", "cc", "to", "recipients", "subject", "from", "id", "again", "holdUntil", "transport", "props", "payload", "content", "signal"];
  const seen = [];
  const mine = await host.open({
    transports: [host.transport(async ({ recipients, subject, payload }) => {
      seen.push(recipients.map((r) => r.emailAddress).join(), subject, payload);
      return accepts;
    })],
  });
  const shared = Object.getPrototypeOf({});
  for (const name of names) Object.defineProperty(shared, name, { value: "eve@evil.test", configurable: true, writable: true, enumerable: false });
  try {
    const { id } = await mine.submitMessage({ __proto__: null, to: "bob@example.test", payload: 1 });
    await mine.settled(id);
    assert.deepEqual(seen, ["bob@example.test", "", 1]);
  } finally {
    for (const name of names) delete shared[name];
    await mine.close();
  }
});

test("b9: an enumerable pollution is not an own field either", async () => {
  const shared = Object.getPrototypeOf({});
  shared.bcc = "eve@evil.test";
  try {
    const { id } = await session.submitMessage(good);
    const { recipients } = await session.settled(id);
    assert.deepEqual(recipients.map((r) => r.emailAddress), ["bob@example.test"]);
  } finally {
    delete shared.bcc;
  }
});

test("b8: every field is read once", async () => {
  const reads = new Map();
  const counting = (target) => new Proxy(target, {
    get(of, name, self) {
      reads.set(name, (reads.get(name) ?? 0) + 1);
      return Reflect.get(of, name, self);
    },
  });
  const payload = counting({ text: "hello", inner: counting({ more: 1 }) });
  await session.submitMessage(counting({ id: "once", to: counting({ emailAddress: "bob@example.test" }), subject: "s", payload, props: counting({ a: 1 }) }));
  for (const [name, count] of reads) if (typeof name === "string") assert.equal(count, 1, name);
});

test("o_05: bytes are copied at the call", async () => {
  const seen = [];
  const mine = await host.open({
    transports: [host.transport(async ({ content }) => {
      seen.push(await content.text());
      return accepts;
    })],
  });
  const bytes = new TextEncoder().encode("Subject: one\r\n\r\noriginal");
  const sent = mine.submitMessage({ to: "bob@example.test", content: bytes });
  bytes.fill(120);
  await mine.settled((await sent).id);
  assert.match(seen[0], /original$/);
  await mine.close();
});

test("a hostile argument of every verb is refused, and the session goes on", async () => {
  const hostile = [undefined, null, 42, {}, [], "", "\ud800", "a\0b", revoked({}), Symbol("s"), () => {}];
  const calls = {
    settled: (v) => session.settled(v), getMessage: (v) => session.getMessage(v), abortSubmit: (v) => session.abortSubmit(v),
    retry: (v) => session.retry(v), setHold: (v) => session.setHold(v, v), sendFirst: (v) => session.sendFirst(v),
    checkAgain: (v) => session.checkAgain(v), resolveDoubt: (v) => session.resolveDoubt(v, v), letPass: (v) => session.letPass(v),
    discard: (v) => session.discard(v), order: (v) => session.admin.setTransportOrder(v === undefined ? null : v),
    remove: (v) => session.admin.removeTransport(v), why: async (v) => session.why(v), openEntry: async (v) => session.openEntry(v),
    add: async (v) => session.admin.addTransport(v), on: async (v) => session.on(v, v), restrict: async (v) => session.getOutgoingQueue().restrict(v ?? 1),
    columns: async (v) => session.getOutgoingQueue().setColumns(v), seek: async (v) => session.getStatusTable().seekRow(0, typeof v === "number" ? "1" : v),
    find: async (v) => session.getStatusTable().findRow(v), window: async (v) => session.getStatusTable().window(v),
    sort: async (v) => session.getStatusTable().sortTable(v === hostile[4] ? [{}] : v),
  };
  for (const [name, call] of Object.entries(calls)) {
    for (const value of hostile) {
      const error = await call(value).then(() => undefined, (thrown) => thrown);
      assert.ok(error instanceof host.MapiError, `${name}(${typeof value}): ${error}`);
    }
  }
  const { id } = await session.submitMessage(good);
  assert.equal((await session.settled(id)).state, "sent");
});

describe("openSession refuses", () => {
  const transport = host.transport(async () => accepts);
  const wrong = {
    "no options": [undefined, /options/],
    "no profile": [{ profile: "" }, /profile/],
    "an unknown option": [{ transport: [] }, /field transport/],
    "a transport without submitMessage": [{ transports: [{ uid: "t" }] }, /submitMessage/],
    "a transport without uid": [{ transports: [{ submitMessage() {} }] }, /uid/],
    "a uid twice": [{ transports: [transport, transport] }, /twice/],
    "a callback that is none": [{ transports: [{ ...transport, poll: true }] }, /poll/],
    "an inherited pollution as a callback": [{ transports: [{ uid: "t" }] }, /submitMessage/],
    "a wrong guarantee": [{ transports: [{ ...transport, guarantees: { deduplicates: true } }] }, /deduplicates/],
    "an unknown guarantee": [{ transports: [{ ...transport, guarantees: { exactlyOnce: true } }] }, /exactlyOnce/],
    "an owner that is no address, without identities": [{ owner: "alice", transports: [transport] }, /identities/],
    "a store that is none": [{ store: {} }, /store/],
    "a clock that is none": [{ clock: { wall() {} } }, /mono/],
    "a deliver that is none": [{ deliver: "me" }, /deliver/],
  };
  for (const [name, [options, expected]] of Object.entries(wrong)) {
    test(name, async () => {
      const open = options === undefined ? host.makeOpenSession(() => () => ({}))(undefined) : host.open(options);
      const error = await open.then(() => undefined, (thrown) => thrown);
      assert.ok(error instanceof host.MapiError, `${error}`);
      assert.match(error.message, expected);
    });
  }
});
