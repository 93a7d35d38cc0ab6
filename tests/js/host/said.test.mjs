// O-30: what a service says beside its outcome is mended or dropped where it cannot be read; the outcome stays.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hostSide } from "./setup.mjs";

const host = await hostSide("said");
const to = "bob@example.test";

/** What became of the one recipient, and what was logged. */
async function told(answer) {
  const log = [];
  const submitMessage = (_message, ctx) => (typeof answer === "function" ? answer(ctx) : answer);
  const session = await host.open({ transports: [{ uid: "t", submitMessage }], log: (entry) => log.push(entry.code) });
  const { id } = await session.submitMessage({ to, payload: {} });
  const { state, recipients: [{ code, text, remoteId }] } = await session.settled(id);
  await session.close();
  assert.deepEqual(log.filter((said) => said.includes("returned")), []);
  return { state, code, text, ...(remoteId !== undefined && { remoteId }) };
}

const a = (length) => "a".repeat(length);
const texts = {
  "cut between the halves of a pair": [`${a(1023)}\u{1f600} tail`, a(1023)],
  "cut behind a pair": [`${a(1022)}\u{1f600} tail`, `${a(1022)}\u{1f600}`],
  "with a lone half": ["x\ud800y", "x\ufffdy"],
  "with the other half": ["x\udc00", "x\ufffd"],
  "with NUL": ["x\0y", "xy"],
  "that is none": [{ no: "text" }, undefined],
};
describe("o_30: words", () => {
  for (const [name, [text, read]] of Object.entries(texts)) {
    test(name, async () => {
      const line = { emailAddress: to, status: "rejected", code: 550, text };
      const rejected = { type: "rejected", scope: "message", code: 550, text };
      const expected = { state: "rejected", code: "550", text: read };
      assert.deepEqual(await told(rejected), expected);
      assert.deepEqual(await told({ type: "rejected", scope: "recipient", code: 550, recipients: [line] }), expected);
      assert.deepEqual(await told((ctx) => (ctx.statusRecips([line]), { type: "accepted" })), expected);
    });
  }
});

describe("o_30: codes", () => {
  for (const [code, read] of [[550.5, undefined], [{}, undefined], [NaN, undefined], ["5\ud8005", "5\ufffd5"], [a(2000), a(1024)], ["5.7.1", "5.7.1"]]) {
    test(JSON.stringify(code).slice(0, 20), async () => {
      assert.deepEqual(await told({ type: "rejected", scope: "message", code }), { state: "rejected", code: read, text: undefined });
    });
  }
});

test("o_30: a remoteId that cannot be read is none", async () => {
  for (const remoteId of [17, a(2000), "x\ud800", "x\0y", {}, null]) {
    assert.deepEqual(await told({ type: "accepted", remoteId }), { state: "sent", code: undefined, text: undefined });
  }
  assert.equal((await told({ type: "accepted", remoteId: "r" })).remoteId, "r");
});
