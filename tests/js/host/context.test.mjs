// `ctx`: what it lets out, when, and what it records (O-31, O-32, O-51).
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { accepts, gate, hostSide } from "./setup.mjs";

const host = await hostSide("context");
const good = { to: "bob@example.test", payload: {} };
const url = "https://mail.example.test/send";
const real = globalThis.fetch;
let asked = [];

beforeEach(() => {
  asked = [];
  globalThis.fetch = async (input, init) => {
    const request = input instanceof Request ? input : undefined;
    asked.push({ url: request?.url ?? new URL(input).href, method: init?.method ?? request?.method ?? "GET", mode: init?.mode, signal: init?.signal });
    return new Response("", { status: 202 });
  };
});
afterEach(() => (globalThis.fetch = real));

const plain = (submitMessage, rest = {}) => ({ uid: "t", submitMessage, ...rest });

async function one(transport, options = {}) {
  const session = await host.open({ transports: [transport], ...options });
  const { id } = await session.submitMessage(good);
  return { session, id };
}

test("ctx.fetch is fetch: an address, a URL, a Request, a Request as init", async () => {
  const { session, id } = await one(plain(async (_message, { fetch }) => {
    await fetch(url);
    await fetch(new URL(url));
    await fetch(new Request(url, { method: "PUT" }));
    await fetch(url, new Request(url, { method: "DELETE" }));
    return fetch(url, { method: "post", body: "x" });
  }));
  await session.settled(id);
  assert.deepEqual(asked.map(({ method }) => method.toUpperCase()), ["GET", "GET", "PUT", "DELETE", "POST"]);
  assert.ok(asked.every(({ signal }) => signal instanceof AbortSignal));
  await session.close();
});

test("o_32: nothing goes out once the call is over", async () => {
  let kept;
  const { session, id } = await one(plain((_message, ctx) => {
    kept = ctx;
    return accepts;
  }));
  await session.settled(id);
  await assert.rejects(kept.fetch(url, { method: "POST" }), { name: "AbortError" });
  assert.equal(kept.mayStillSend(), false);
  assert.deepEqual(asked, []);
  await session.close();
});

test("o_32: nothing goes out after the deadline, though no timer has run", async () => {
  const [called, go] = [gate(), gate()];
  const clock = host.fakeClock();
  const { session } = await one(plain(async (_message, ctx) => {
    called.open(ctx);
    await go.promise;
    return ctx.fetch(url, { method: "POST" }).catch((error) => (go.error = error, accepts));
  }), { clock });
  const ctx = await called.promise;
  clock.shift(ctx.deadline - clock.wall());
  go.open();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(go.error.name, "AbortError");
  assert.deepEqual(asked, []);
  await session.close();
});

test("a transport's own signal still aborts", async () => {
  globalThis.fetch = (_input, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const own = new AbortController();
  const { session, id } = await one(plain(async (_message, { fetch }) => {
    const sending = fetch(url, { signal: own.signal });
    own.abort(new Error("mine"));
    return sending.catch((error) => (assert.equal(error.message, "mine"), accepts));
  }));
  assert.equal((await session.settled(id)).state, "sent");
  await session.close();
});

test("o_31: an SDK made at logon with ctx.fetch counts for the attempt under way", async () => {
  let sdk;
  const states = [];
  const { session, id } = await one(plain(async () => {
    await sdk(url, { method: "POST" });
    throw new Error("after the wire");
  }, { transportLogon: ({ fetch }) => void (sdk = fetch) }));
  const table = session.getOutgoingQueue();
  for await (const rows of table.changes()) {
    states.push(rows[0]?.outboxState);
    if (["waiting", "unconfirmed", "checking"].includes(states.at(-1))) break;
  }
  assert.equal(session.why(id).code, "unconfirmed");
  await session.close();
});

test("o_32, o_41: an SDK made at logon sends nothing for an attempt that was given up, neither alone nor beside the next", async () => {
  const [clock, called, hung] = [host.fakeClock(), gate(), gate()];
  let sdk;
  const [outcomes, attempts] = [[], []];
  const post = () => sdk(url, { method: "POST" }).then(() => outcomes.push("sent"), (error) => outcomes.push(error.name));
  const { session } = await one(plain(async (_message, ctx) => {
    if (attempts.push(ctx) > 1) return post().then(() => (attempts.length > 2 ? accepts : { type: "notAttempted", reason: "wait", definite: true }));
    called.open(ctx);
    return hung.promise;
  }, {
    transportLogon: ({ fetch }) => void (sdk = fetch),
    probeMessage: () => ({ type: "absent" }),
    guarantees: { probe: { authoritative: true, settlesWithinMs: 1_000 } },
  }), { clock });
  const ctx = await called.promise;
  for (let i = 0; i < 40 && !ctx.signal.aborted; i++) await clock.advance(5_000);
  assert.equal(ctx.signal.aborted, true);
  await post();
  await sdk(url);
  for (let i = 0; i < 40 && attempts.length < 2; i++) await clock.advance(5_000);
  assert.equal(attempts.length, 2);
  assert.deepEqual([outcomes, asked.map(({ method }) => method)], [["AbortError", "AbortError"], ["GET"]]);
  hung.fail(new Error("at last"));
  for (let i = 0; i < 40 && attempts.length < 3; i++) await clock.advance(60_000);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual([outcomes.length, outcomes[2], attempts.length], [3, "sent", 3]);
  await session.close();
});

test("o_32: an SDK made at logon sends nothing once the lock went to another", async () => {
  const called = gate();
  let sdk;
  const profile = "sdk taken over";
  const open = (transports) => host.open({ profile, store: host.memoryStore(profile), soleOwner: true, transports });
  const session = await open([plain(() => (called.open(), new Promise(() => {})), { transportLogon: ({ fetch }) => void (sdk = fetch) })]);
  await session.submitMessage(good);
  await called.promise;
  const other = await open([plain(() => accepts)]);
  await other.takeOver();
  await assert.rejects(sdk(url, { method: "POST" }), { name: "AbortError" });
  assert.deepEqual(asked, []);
  await Promise.all([session.close(), other.close()]);
});

test("o_31: what prepareMessage and probeMessage send never counts", async () => {
  const { session, id } = await one(plain(() => {
    throw new Error("before the wire");
  }, { prepareMessage: async ({ messageId }, { fetch }) => (await fetch(url, { method: "POST" }), { messageId }) }));
  const table = session.getOutgoingQueue();
  const over = () => session.why(id).envelopes[0]?.state === "waiting";
  if (!over()) for await (const _ of table.changes()) if (over()) break;
  assert.equal(asked.length, 1);
  assert.equal(session.why(id).envelopes[0].doubt, false);
  await session.close();
});

test("o_51: after a network fault the gate asks the origin last reached", async () => {
  const clock = host.fakeClock();
  let [down, tries] = [true, 0];
  const answer = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const response = await answer(input, init);
    if (down) throw new TypeError("fetch failed");
    return response;
  };
  const { session, id } = await one({
    ...plain(async (_message, { fetch }) => {
      tries += 1;
      await fetch(url);
      return accepts;
    }),
  }, { clock });
  for (let i = 0; i < 20 && asked.length < 2; i++) await clock.advance(1_000);
  assert.deepEqual(asked.slice(1, 2).map((a) => [a.method, a.url, a.mode]), [["HEAD", "https://mail.example.test/", "no-cors"]]);
  assert.equal(tries, 1);
  down = false;
  await clock.advance(120_000);
  assert.equal(tries, 2);
  assert.equal((await session.settled(id)).state, "sent");
  await session.close();
});

test("spoolerNotify, modifyStatusRow, progress and log check what they get", async () => {
  const errors = [];
  const attempt = (run) => {
    try {
      run();
    } catch (error) {
      errors.push(error.code);
    }
  };
  const { session, id } = await one(plain((_message, ctx) => {
    attempt(() => ctx.spoolerNotify({ newmail: true }));
    attempt(() => ctx.spoolerNotify({ sentDeferred: true, criticalError: true }));
    attempt(() => ctx.spoolerNotify(undefined));
    attempt(() => ctx.modifyStatusRow({ statusString: { toString: () => "x" } }));
    attempt(() => ctx.modifyStatusRow(Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`c${i}`, i]))));
    attempt(() => ctx.progress(2, 1));
    attempt(() => ctx.log("info", "free text about a message"));
    attempt(() => ctx.log("loud", "code"));
    attempt(() => ctx.statusRecips([{ emailAddress: 1, status: "accepted" }]));
    return accepts;
  }));
  await session.settled(id);
  assert.equal(errors.length, 9);
  assert.ok(errors.every((code) => code.startsWith("MAPI_E_")));
  await session.close();
});

test("ctx.credentials is the host's answer, and nobody's else", async () => {
  const asks = [];
  const { session, id } = await one(plain(async (_message, ctx) => {
    assert.equal(await ctx.credentials("submit"), "token");
    return accepts;
  }), { credentials: (uid, purpose) => (asks.push([uid, purpose]), "token") });
  assert.equal((await session.settled(id)).state, "sent");
  assert.deepEqual(asks, [["t", "submit"]]);
  assert.doesNotMatch(JSON.stringify([session.journal(), session.why(id), session.getStatusTable().getSnapshot()]), /token/);
  await session.close();
});

test("outcomeOf reads status and Retry-After, and refuses what is no Response", () => {
  const of = (status, headers) => host.outcomeOf(new Response(null, { status, headers }));
  assert.deepEqual(of(202), { type: "http", status: 202 });
  assert.deepEqual(of(503, { "retry-after": "120" }), { type: "http", status: 503, retryAfterMs: 120_000 });
  assert.deepEqual(of(429, { "retry-after": "soon" }), { type: "http", status: 429 });
  const { retryAfterMs } = of(503, { "retry-after": new Date(Date.now() + 60_000).toUTCString() });
  assert.ok(retryAfterMs > 55_000 && retryAfterMs <= 60_000);
  assert.throws(() => host.outcomeOf({ status: 200 }), { code: "MAPI_E_INVALID_PARAMETER" });
});

test("ctx.signal is there through a Proxy, a prototype and a copy of the properties", async () => {
  let seen = [];
  const { session, id } = await one(plain((_message, ctx) => {
    const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(ctx));
    seen = [ctx, new Proxy(ctx, {}), Object.create(ctx), copy, { ...ctx }].map(({ signal }) => signal);
    return { type: "accepted" };
  }));
  await session.settled(id);
  assert.ok(seen[0] instanceof AbortSignal);
  assert.deepEqual([seen.length, new Set(seen).size], [5, 1]);
});
