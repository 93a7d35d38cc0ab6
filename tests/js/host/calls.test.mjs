// Callbacks: a value, a throw, a promise and a thenable are one case; what they say is checked; nothing they do is nested.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accepts, gate, hostSide, uncaught } from "./setup.mjs";

const host = await hostSide("calls");
const good = { to: ["bob@example.test", "carol@example.test"], payload: { text: "hello" } };
const rejected = { type: "rejected", scope: "message", code: 550, definite: true };

/** One message through one transport; what became of it, and what was logged. */
async function sent(transport, message = good, options = {}) {
  const log = [];
  const session = await host.open({ transports: [transport], log: (entry) => log.push(entry), ...options });
  const { id } = await session.submitMessage(message);
  const report = await session.settled(id);
  await session.close();
  return { report, log };
}

/** Where the message stands once the transport's first call has been answered. */
async function standing(transport, options = {}) {
  const log = [];
  const session = await host.open({ transports: [transport], log: (entry) => log.push(entry), ...options });
  const table = session.getOutgoingQueue();
  const { id } = await session.submitMessage(good);
  const state = () => session.why(id).envelopes[0]?.state ?? session.why(id).code;
  const busy = () => ["queued", "sending", "intending"].includes(state());
  if (busy()) for await (const _ of table.changes()) if (!busy()) break;
  const found = { state: state(), why: session.why(id), log };
  await session.close();
  return found;
}

const plain = (submitMessage, rest = {}) => ({ uid: "t", submitMessage, ...rest });
// oxlint-disable-next-line unicorn/no-thenable -- what is tested
const thenable = (then) => ({ then });
const mute = (t) => t.mock.method(console, "warn", () => {});

describe("ways to answer", () => {
  const ways = {
    value: () => accepts,
    promise: async () => accepts,
    thenable: () => thenable((resolve) => resolve(accepts)),
    "a thenable that answers twice": () => thenable((resolve) => (resolve(accepts), resolve(rejected))),
    "a thenable that answers, then throws": () => thenable((resolve) => {
      resolve(accepts);
      throw new Error("late");
    }),
    "an object of a class": () => Object.assign(Object.create({ inherited: 1 }), accepts),
    "an object without prototype": () => Object.assign(Object.create(null), accepts),
    Response: () => new Response("", { status: 202 }),
    "a code of SubmitMessage": () => ({ type: "mapi", code: "S_OK" }),
    "every recipient named": (message) => ({ type: "accepted", recipients: message.recipients.map(({ emailAddress }) => ({ emailAddress, status: "accepted" })) }),
  };
  for (const [name, submit] of Object.entries(ways)) {
    test(name, async () => assert.equal((await sent(plain(submit))).report.state, "sent"));
  }
  test("an object of a class as the transport", async () => {
    class Mine {
      uid = "mine";
      #secret = accepts;
      submitMessage() {
        return this.#secret;
      }
    }
    assert.equal((await sent(new Mine())).report.state, "sent");
  });
});

describe("o_30: what is no answer is unknown, and said by name", () => {
  const garbage = {
    undefined: () => undefined,
    null: () => null,
    "a string": () => "ok",
    "another type": () => ({ type: "sent" }),
    "a list that is none": () => ({ type: "accepted", recipients: "all" }),
    "a throwing getter": () => ({ get type() { throw new Error("secret-token"); } }),
    "a revoked proxy": () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      queueMicrotask(revoke);
      return { type: "accepted", recipients: [proxy] };
    },
    "an endless list": () => ({ type: "accepted", recipients: Object.assign([], { length: 2 ** 32 - 1 }) }),
  };
  for (const [name, submit] of Object.entries(garbage)) {
    test(name, async (t) => {
      const said = mute(t);
      const { state, log } = await standing(plain(submit, { wire: "other" }));
      assert.ok(["unconfirmed", "checking"].includes(state), state);
      const text = said.mock.calls.map(({ arguments: [line] }) => line).join("\n");
      assert.match(text, /transport t/);
      assert.doesNotMatch(text, /secret-token/);
      assert.ok(log.some((entry) => entry.transport === "t" && entry.level === "warn"));
    });
  }
});

test("o_31: a throw before any wire call is no doubt; after one it is", async () => {
  const fail = () => {
    throw new TypeError("secret-token");
  };
  assert.equal((await standing(plain(fail))).state, "waiting");
  const real = globalThis.fetch;
  globalThis.fetch = async () => new Response("", { status: 200 });
  try {
    const late = async (_message, ctx) => {
      await ctx.fetch("https://mail.example.test/send", { method: "POST" });
      fail();
    };
    assert.equal((await standing(plain(late))).state, "unconfirmed");
    const asks = async (_message, ctx) => {
      await ctx.fetch("https://mail.example.test/limits");
      fail();
    };
    assert.equal((await standing(plain(asks))).state, "waiting");
  } finally {
    globalThis.fetch = real;
  }
});

test("a MAPI code that is thrown counts, its text does not", async () => {
  const { why } = await standing(plain(() => {
    throw Object.assign(new Error("secret-token"), { code: "MAPI_E_LOGON_FAILED" });
  }));
  assert.equal(why.code, "parked.auth");
  assert.doesNotMatch(JSON.stringify(why), /secret-token/);
});

test("o_33: endMessage gets the same message, and its answer is the outcome", async () => {
  const seen = [];
  const { report } = await sent(plain((message) => void seen.push(message), {
    endMessage(message) {
      seen.push(message);
      return 0;
    },
  }));
  assert.equal(report.state, "sent");
  assert.equal(seen.length, 2);
  assert.equal(seen[0], seen[1]);
});

describe("o_33: with an endMessage that says 0 the list of submitMessage counts", () => {
  const list = [{ emailAddress: "bob@example.test", status: "accepted" }, { emailAddress: "carol@example.test", status: "rejected", code: 550 }];
  const ways = {
    "in its outcome": () => ({ type: "accepted", recipients: list }),
    "by statusRecips": (_message, ctx) => void ctx.statusRecips(list),
    "by statusRecips, with S_OK": (_message, ctx) => (ctx.statusRecips(list), { type: "mapi", code: "S_OK" }),
  };
  const statuses = ({ report }) => report.recipients.map((r) => r.status);
  for (const [name, submit] of Object.entries(ways)) {
    test(name, async () => {
      assert.deepEqual(statuses(await sent(plain(submit, { endMessage: () => 0 }))), ["accepted", "rejected"]);
      assert.deepEqual(statuses(await sent(plain(submit, { endMessage: () => accepts }))), ["accepted", "rejected"]);
      const [one, other] = list;
      const end = () => ({ type: "accepted", recipients: [{ ...one, status: "rejected" }, { ...other, status: "accepted" }] });
      assert.deepEqual(statuses(await sent(plain(submit, { endMessage: end }))), ["rejected", "accepted"], "its own list is its word");
    });
  }
  test("without a list it is all of them", async () => {
    assert.deepEqual(statuses(await sent(plain(() => accepts, { endMessage: () => 0 }))), ["accepted", "accepted"]);
  });
  test("in a message that somebody wants stopped too", async () => {
    const [called, answer] = [gate(), gate()];
    const session = await host.open({
      transports: [plain((_message, ctx) => (called.open(ctx), answer.promise), { endMessage: () => 0 })],
    });
    const { id } = await session.submitMessage(good);
    const ctx = await called.promise;
    const stopped = session.abortSubmit(id);
    if (!ctx.signal.aborted) await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
    answer.open({ type: "accepted", recipients: list });
    assert.equal((await stopped).result, "tooLate");
    assert.deepEqual(statuses({ report: await session.settled(id) }), ["accepted", "rejected"]);
    await session.close();
  });
});

test("statusRecips stands in for a list the outcome lacks", async () => {
  const { report } = await sent(plain((message, ctx) => {
    ctx.statusRecips([{ emailAddress: "bob@example.test", status: "accepted" }]);
    ctx.statusRecips([{ emailAddress: "carol@example.test", status: "rejected", code: 550, text: "unknown" }]);
    return accepts;
  }));
  assert.deepEqual(report.recipients.map((r) => [r.status, r.code]), [["accepted", undefined], ["rejected", "550"]]);
});

test("prepareMessage's token comes back as it was, to every attempt", async () => {
  const seen = [];
  await sent(plain((_message, { token }) => (seen.push(token), accepts), { prepareMessage: () => ({ draft: [1, "x"] }) }));
  assert.deepEqual(seen, [{ draft: [1, "x"] }]);
});

test("the session can be used from inside any callback, and nothing is nested", async () => {
  let depth = 0;
  const seen = [];
  const log = [];
  const entered = gate();
  const reenter = async (name) => {
    const session = await entered.promise;
    assert.equal(depth, 0, "nested");
    depth += 1;
    seen.push(name);
    session.getStatusTable().queryRows(10);
    session.getOutgoingQueue().getSnapshot();
    session.submitMessage({ to: "dan@example.test", payload: name, holdUntil: Date.now() + 1e6 }).catch((error) => log.push(error));
    session.journal();
    depth -= 1;
  };
  const session = await host.open({
    transports: [plain(async () => (await reenter("submit"), accepts), {
      transportLogon: () => reenter("logon"), prepareMessage: () => reenter("prepare"), transportNotify: () => reenter("notify"),
      transportLogoff: () => reenter("logoff"),
    })],
  });
  entered.open(session);
  const queue = session.getOutgoingQueue();
  queue.advise(() => session.getOutgoingQueue().queryRows(1));
  const { id } = await session.submitMessage(good);
  assert.equal((await session.settled(id)).state, "sent");
  await session.close();
  assert.ok(["logon", "prepare", "submit", "logoff"].every((name) => seen.includes(name)), seen.join());
  assert.deepEqual(log.filter((error) => error.code !== "MAPI_E_NOT_INITIALIZED"), []);
});

test("a listener that throws harms nobody, and is heard of", async (t) => {
  const errors = uncaught(t);
  const session = await host.open({ transports: [plain(() => accepts)] });
  const queue = session.getOutgoingQueue();
  const told = [];
  queue.advise(() => {
    throw new Error("mine");
  });
  queue.advise((notification) => told.push(notification.type));
  const { id } = await session.submitMessage(good);
  await session.settled(id);
  await session.close();
  assert.ok(told.includes("rowAdded"));
  assert.ok(errors.includes("mine"));
});

test("what one attempt does to its message, the next does not see", async () => {
  const seen = [];
  const clock = host.fakeClock();
  const session = await host.open({
    clock,
    transports: [plain((message) => {
      seen.push(message.payload.text);
      message.payload.text = "changed";
      return seen.length === 1 ? { type: "notAttempted", reason: "busy" } : accepts;
    })],
  });
  const { id } = await session.submitMessage(good);
  const done = session.settled(id);
  for (let i = 0; i < 60 && seen.length < 2; i++) await clock.advance(1_000);
  assert.equal((await done).state, "sent");
  assert.deepEqual(seen, ["hello", "hello"]);
  await session.close();
});

test("o_32: a call that never settles is aborted at its deadline, and its late word counts", async () => {
  const [answer, called] = [gate(), gate()];
  const clock = host.fakeClock();
  const states = [];
  const session = await host.open({
    clock,
    transports: [plain((_message, ctx) => {
      called.open(ctx);
      return answer.promise;
    }, { wire: "other" })],
  });
  const { id } = await session.submitMessage(good);
  const ctx = await called.promise;
  assert.ok(ctx.mayStillSend());
  assert.ok(ctx.deadline > clock.wall());
  const late = new Promise((resolve) => session.on("lateEvidence", resolve));
  await clock.advance(ctx.deadline - clock.wall() + 1);
  assert.ok(ctx.signal.aborted);
  assert.ok(!ctx.mayStillSend());
  states.push(session.why(id).code);
  answer.open(accepts);
  assert.equal((await late).id, id);
  assert.equal((await session.settled(id)).state, "sent");
  assert.deepEqual(states, ["unconfirmed"]);
  await session.close();
});

test("a body that is gone is a refusal, not a doubt", async () => {
  const store = host.memoryStore();
  const one = await host.open({ store, soleOwner: true, profile: "gone" });
  const { id } = await one.submitMessage(good);
  await one.close();
  const broken = { ...store, body: async () => undefined };
  const two = await host.open({ store: broken, soleOwner: true, profile: "gone", transports: [plain(() => assert.fail("no content, no call"))] });
  const report = await two.settled(id);
  assert.equal(report.state, "rejected");
  assert.equal(report.recipients[0].code, "MAPI_E_CORRUPT_DATA");
  await two.close();
});
