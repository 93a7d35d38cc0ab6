// The tapes: what TypeScript writes Rust reads, and the other way round.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hostSide } from "./setup.mjs";

const host = await hostSide("wire");
const { input, newTape, newTurn } = host;

const call = { epoch: 1, generation: 2, counter: 3 };
const record = { key: "k", version: 1, seq: 4, uid: "u", nums: [1, 2.5], text: "a\0\0" };
const identity = { display: "Alice", entryId: "00", searchKey: "534d" };
const guarantees = {
  dedupeWindow: 1, probe: { authoritative: true, settles: 2 }, cancels: true, filesSentCopy: true, perRecipient: true, maxSize: 3,
  maxRecipients: 4, remote: true, asynchronous: true,
};
const config = {
  uid: "t", displayName: "T", providerDisplay: "P", moduleName: "m", service: "s", account: "a", credential: "c", addressTypes: ["SMTP", "FAX"],
  uids: ["00112233445566778899aabbccddeeff"], identities: ["a@example.test"], anySender: true, kind: 35, resourceFlags: 16, identity, guarantees,
  wireFetch: true, deadlineMs: 1000, pollMs: 2000, functions: 0x1ffffff,
  settings: [
    { type: "flag" }, { type: "text", min: 0, max: 9 }, { type: "number", min: -9, max: 9 }, { type: "choice", values: ["a", "b"] }, { type: "secret", min: 1, max: 9 },
  ].map((kind, i) => ({ name: `s${i}`, kind, initial: [true, "x", 5, "a", null][i], required: true, editable: false, depends: i === 0 ? null : ["s0", true] })),
};
const address = { kind: 1, addressType: "SMTP", address: "b@example.test", name: "B", parse: false, entryId: "00000000ff" };
const draft = {
  id: "d", again: true, from: { ...address, kind: 0 }, recipients: [address, { kind: 2, addressType: null, address: "C <c@example.test>", name: null, parse: true, entryId: "" }],
  subject: "s", head: "Subject: s\r\n\r\n", size: 20, hash: "00", holdUntil: 5, transport: "t", conversation: "c", strict: true, messageId: "<a@b>",
};
const results = ["accepted", "rejected", "open", "doubtful"].map((status) => ({ address: "b@example.test", status, code: "250", text: "ok" }));
const outcomes = [
  { type: "accepted", remoteId: "r", recipients: results }, { type: "accepted", remoteId: null, recipients: null },
  ...host.scopes.map((scope) => ({ type: "rejected", scope, code: "550", text: "no", definite: true, recipients: results })),
  { type: "deferred", entry: "e" }, { type: "deferred", entry: null },
  ...host.notAttemptedReasons.map((reason) => ({ type: "notAttempted", reason, retryAfter: 1, definite: false })),
  { type: "unknown", code: "x" }, { type: "http", status: 503, retryAfter: 1 }, { type: "mapi", scode: 0x80040500, retryAfter: null },
];
const answers = [
  { type: "done" }, { type: "loggedOn", idle: true, poll: true, identities: ["a@example.test"], identity, guarantees },
  { type: "loggedOn", idle: false, poll: false, identities: null, identity: null, guarantees: null },
  { type: "addressTypes", types: ["SMTP"] }, { type: "addressTypes", types: null }, { type: "polled", more: true },
  { type: "message", id: "i", folder: "inbox", class: "IPM.Note", flags: 1 }, { type: "nothing" },
  ...outcomes.map((outcome) => ({ type: "outcome", outcome })),
  { type: "ended", flags: 0x40000 }, { type: "token", token: "{}" }, { type: "probed", found: 1, recipients: results },
  { type: "cancelled", result: 2 }, { type: "threw", scode: 0x80040111, class: "Error", network: true, retryAfter: 5 },
  { type: "garbage", expected: "this", got: "that" },
  { type: "headers", rows: [{ id: "h", columns: [["subject", "s"], ["messageSize", 7], ["hasAttachments", true], ["priority", null]] }, { id: "i", columns: [] }] },
];
const verbs = [
  { type: "abort", envelope: 1 }, { type: "retry" }, { type: "setHold", until: null }, { type: "sendFirst" }, { type: "checkAgain" },
  { type: "resolve", how: 2, envelope: null }, { type: "letPass" }, { type: "discard" },
];
const snapshot = { meta: [record], messages: [record], evidence: [record], tombstones: [record], config: [record], commands: [record] };

const inputs = {
  addTransport: [[config], [{ ...config, addressTypes: null, identity: null, deadlineMs: null, pollMs: null, guarantees: { ...guarantees, probe: null, dedupeWindow: null } }]],
  removeTransport: [[1, "t"]],
  setTransportOrder: [[1, ["t"], true]],
  submit: [[1, draft], [2, Object.fromEntries(Object.entries({ ...draft, again: false, strict: false, recipients: [], size: 0 }).map(([k, v]) => [k, typeof v === "string" || k === "from" || k === "holdUntil" ? null : v]))]],
  preprocess: [[true], [false]],
  configure: [[1, "t", [["a", null], ["b", 1], ["c", true], ["d", "x"]]]],
  act: verbs.map((verb) => [1, "id", verb]),
  watch: [[1, "id"]],
  forget: [[1]],
  flush: [[1, "00", 6, "01"], [1, "00", 6, null]],
  validate: [[1, "00", 0]],
  dialog: [[1, "00", "changePassword", false], [1, "00", "settingsDialog", true]],
  committed: [[9, [1, 2]]],
  refused: [[9, true, 1, { store: "messages", record }], [9, false, 0, null]],
  failed: [[9, true, true]],
  reread: [[9, snapshot, null], [9, snapshot, ["k", "gone"]]],
  look: [[null], [["k"]], [[]]],
  granted: [["driver", true]],
  lost: [[]],
  ownerSilent: [[5], [null]],
  replica: [[1, 2, []], [1, 2, [{ id: "00", columns: [["statusString", "s"], ["statusCode", 1], ["subject", null]] }]]],
  answer: answers.map((answer) => [call, answer, true, false]),
  notify: [["t", 4, "e"], ["t", 1, null]],
  modifyRow: [["t", [["statusString", "x"], ["remoteProgress", 5], ["remoteValidateOk", true], ["resourcePath", null]], true]],
  progress: [[call, 1, 2]],
  online: [[false]],
  tick: [[]],
  close: [[1]],
};

describe("every input is read whole by the core", () => {
  test("none is left out", () => assert.deepEqual(Object.keys(inputs).toSorted(), Object.keys(input).toSorted()));
  for (const [name, variants] of Object.entries(inputs)) {
    test(name, () => {
      for (const values of variants) {
        const step = host.door(host.core());
        const tape = newTape();
        input[name](tape, ...values);
        // What is left over, or missing, would be read as another input: a trailing tick shows it.
        input.tick(tape);
        step.step(tape, 1_700_000_000_000, 1, newTurn());
      }
    });
  }
  test("a number too much is noticed", () => {
    const tape = newTape();
    input.forget(tape, 1);
    tape.nums.push(9_999);
    assert.throws(() => host.door(host.core()).step(tape, 0, 0, newTurn()));
  });
});

test("text crosses as it is, also at the edges", () => {
  const texts = ["", "\ufeffbom", "\u{1f600}", "a\nb", "\u0001", "x".repeat(100_000), "\u00e9\u4e2d\uffff"];
  const step = host.door(host.core());
  const tape = newTape();
  for (const [req, text] of texts.entries()) input.submit(tape, req + 1, { ...draft, ...inputs.submit[1][1], recipients: [{ ...address, address: text }] });
  const turn = newTurn();
  step.step(tape, 0, 0, turn);
  assert.deepEqual(turn.effects.filter(({ type }) => type === "reject").map(({ req }) => req), texts.map((_, i) => i + 1));
  const read = (text) => {
    try {
      step.read(host.query.why(text), () => 0);
    } catch (error) {
      return error.code;
    }
  };
  for (const text of texts) assert.equal(read(text), "MAPI_E_NOT_FOUND");
});

test("views follow the memory when it grows", () => {
  const step = host.door(host.core());
  const turn = newTurn();
  for (let size = 1; size < 3e6; size *= 4) {
    const tape = newTape();
    input.submit(tape, 1, { ...draft, ...inputs.submit[1][1], recipients: [address], head: `Subject: s\r\nX: ${"y".repeat(Math.min(size, 250_000))}\r\n\r\n`, conversation: "z".repeat(size) });
    step.step(tape, 0, 0, turn);
  }
  assert.equal(turn.effects.at(-1).type, "reject");
});

test("a row that cannot be whole goes in empty, and is set aside", () => {
  for (const damaged of [{ version: -1 }, { version: 1.5 }, { nums: ["x"] }, { text: "a" }, { text: 1 }]) {
    const step = host.door(host.core());
    const tape = newTape();
    input.tick(tape);
    const turn = newTurn();
    step.step(tape, 0, 0, turn);
    const { op } = turn.effects.find(({ type }) => type === "read");
    const next = newTape();
    input.reread(next, op, { ...snapshot, meta: [], evidence: [], tombstones: [], config: [], commands: [], messages: [{ ...record, ...damaged }] }, null);
    step.step(next, 0, 0, newTurn());
    assert.equal(step.read(host.query.why("k"), (from) => from.text()), "corrupt");
  }
});

test("the tape's reader says when it ends", () => {
  const reader = new host.Reader([9, 1, 9], 1, 1, "a\0b");
  assert.equal(reader.text(), "a");
  assert.equal(reader.num(), 1);
  assert.ok(reader.isEmpty);
  assert.throws(() => reader.num(), RangeError);
  assert.throws(() => reader.text(), RangeError);
  assert.throws(() => host.takeEffect(new host.Reader([99], 0, 1, ""), newTurn()), RangeError);
  assert.throws(() => new host.Reader([5, 5, 5, 5, 5, 5, 5, 5], 0, 3, "").counted(), RangeError);
});
