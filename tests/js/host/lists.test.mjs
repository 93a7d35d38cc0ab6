// O-14, O-33: what was said of each recipient stands beside every answer that settles the message, in whatever words.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gate, hostSide } from "./setup.mjs";

const host = await hostSide("lists");
const to = ["bob@example.test", "carol@example.test"];
const list = [{ emailAddress: to[0], status: "accepted" }, { emailAddress: to[1], status: "rejected", code: 550 }];

async function statuses(submitMessage, rest = {}) {
  const session = await host.open({ transports: [{ uid: "t", wire: "other", submitMessage, ...rest }] });
  const { id } = await session.submitMessage({ to, payload: {} });
  const { recipients } = await session.settled(id);
  await session.close();
  return recipients.map(({ status, code }) => [status, code]);
}

const answers = {
  "a Response": () => new Response("", { status: 200 }),
  "http 202": () => ({ type: "http", status: 202 }),
  S_OK: () => ({ type: "mapi", code: "S_OK" }),
  accepted: () => ({ type: "accepted" }),
  "http 422": () => ({ type: "http", status: 422 }),
  "a Response that refuses": () => new Response("", { status: 400 }),
};
const split = [["accepted", undefined], ["rejected", "550"]];

describe("o_14: a list by statusRecips beside", () => {
  for (const [name, answer] of Object.entries(answers)) {
    const submit = (_message, ctx) => (ctx.statusRecips(list), answer());
    test(name, async () => assert.deepEqual(await statuses(submit), split));
    test(`${name}, from endMessage`, async () => {
      assert.deepEqual(await statuses(() => ({ type: "accepted", recipients: list }), { endMessage: answer }), split);
      assert.deepEqual(await statuses(() => ({ type: "accepted" }), { endMessage: submit }), split);
    });
  }
});

test("o_14: a refusal that means look is doubt, whatever the list said", async () => {
  for (const status of [404, 409, 500]) {
    const session = await host.open({
      transports: [{ uid: "t", wire: "other", submitMessage: (_message, ctx) => (ctx.statusRecips(list), { type: "http", status }) }],
    });
    const { id } = await session.submitMessage({ to, payload: {} });
    const queue = session.getOutgoingQueue();
    const busy = () => ["queued", "sending", "intending"].includes(session.why(id).code);
    if (busy()) for await (const _ of queue.changes()) if (!busy()) break;
    assert.equal(session.why(id).code, "unconfirmed", `${status}`);
    await session.close();
  }
});

describe("o_33: endMessage follows every answer that accepts, with the list beside it", () => {
  for (const [name, answer] of Object.entries(answers).slice(0, 4)) {
    test(name, async () => {
      const ended = [];
      const endMessage = ({ size }) => (ended.push(size), 0);
      assert.deepEqual(await statuses((_message, ctx) => (ctx.statusRecips(list), answer()), { endMessage }), split);
      assert.deepEqual(await statuses(answer, { endMessage }), [["accepted", undefined], ["accepted", undefined]]);
      assert.equal(ended.length, 2);
    });
  }
  for (const [name, answer] of Object.entries(answers).slice(4)) {
    test(`not ${name}`, async () => {
      const endMessage = () => assert.fail("it was refused");
      assert.deepEqual((await statuses(answer, { endMessage })).map(([status]) => status), ["rejected", "rejected"]);
    });
  }
});

test("o_33: a message that somebody wants stopped, accepted by http 200, comes to its end", async () => {
  const [called, answer, ends] = [gate(), gate(), []];
  const session = await host.open({
    transports: [{
      uid: "t", submitMessage: (_message, ctx) => (called.open(ctx), answer.promise),
      endMessage: () => (ends.push("ended"), 0),
    }],
  });
  const { id } = await session.submitMessage({ to, payload: {} });
  const ctx = await called.promise;
  const stopped = session.abortSubmit(id);
  if (!ctx.signal.aborted) await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
  answer.open({ type: "http", status: 200 });
  assert.equal((await stopped).result, "tooLate");
  assert.equal((await session.settled(id)).state, "sent");
  assert.deepEqual(ends, ["ended"]);
  await session.close();
});
