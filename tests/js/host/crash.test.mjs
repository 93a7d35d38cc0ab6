// A core that traps is dropped; a fresh one goes on from the store (design, invariant 9; O-72).
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, gate, hostSide } from "./setup.mjs";

const host = await hostSide("crash");
const good = { to: "bob@example.test", payload: {} };

/** Traps at the next `method` once `now()` was called. */
function trap(method = "step") {
  let [armed, traps] = [false, 0];
  return {
    now: () => (armed = true),
    count: () => traps,
    sabotage(which) {
      if (!armed || which !== method) return false;
      armed = false;
      traps += 1;
      return true;
    },
  };
}

const quiet = (t) => t.mock.method(console, "error", () => {});
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

test("g16 a trap is told, and the next message is sent", async (t) => {
  quiet(t);
  const broken = trap();
  const session = await host.open({ transports: [host.transport(() => accepts)] }, broken);
  const crashed = new Promise((resolve) => session.on("crashed", resolve));
  broken.now();
  await assert.rejects(session.submitMessage(good), { code: "MAPI_E_CALL_FAILED" });
  assert.equal((await crashed).error.code, "MAPI_E_CALL_FAILED");
  const { id } = await session.submitMessage(good);
  assert.equal((await session.settled(id)).state, "sent");
  assert.equal(broken.count(), 1);
  await session.close();
});

test("settled() outlives the core it asked", async (t) => {
  quiet(t);
  const broken = trap();
  const [answer, called] = [gate(), gate()];
  const session = await host.open({ transports: [host.transport((_m, ctx) => (called.open(ctx), answer.promise))] }, broken);
  const { id } = await session.submitMessage(good);
  const settled = session.settled(id);
  const first = await called.promise;
  broken.now();
  session.getStatusTable().getSnapshot();
  session.submitMessage({ ...good, holdUntil: Date.now() + 1e6 }).catch(() => {});
  await turn();
  assert.ok(first.signal.aborted, "calls of the old core are given up");
  answer.open(accepts);
  assert.equal((await settled).state, "sent");
  await session.close();
});

test("g16_o_72 the answer that trapped is evidence before anything else", async (t) => {
  quiet(t);
  const broken = trap();
  const attempts = [];
  const session = await host.open({
    transports: [{
      uid: "t", wire: "other",
      submitMessage(_message, { key, attempt }) {
        attempts.push([key, attempt]);
        broken.now();
        return { type: "accepted", remoteId: "r1" };
      },
    }],
  }, broken);
  const { id, uid } = await session.submitMessage(good);
  const report = await session.settled(id);
  assert.equal(report.state, "sent");
  assert.deepEqual(attempts, [[`${uid}.1`, 1]], "it was not called again");
  assert.equal(broken.count(), 1);
  await session.close();
});

test("o_72: an answer to a core that is gone is evidence", async (t) => {
  quiet(t);
  const broken = trap();
  const [answer, called] = [gate(), gate()];
  let calls = 0;
  const session = await host.open({
    transports: [{ uid: "t", wire: "other", submitMessage: () => ((calls += 1), called.open(), answer.promise) }],
  }, broken);
  const { id } = await session.submitMessage(good);
  await called.promise;
  broken.now();
  await assert.rejects(session.setHold("nobody", null));
  answer.open(accepts);
  assert.equal((await session.settled(id)).state, "sent");
  assert.equal(calls, 1);
  await session.close();
});

test("a submission on its way when the core broke gets the store's answer", async (t) => {
  quiet(t);
  const broken = trap();
  const store = host.memoryStore();
  const held = gate();
  const session = await host.open({
    soleOwner: true,
    store: {
      ...store,
      async commit(batch, options) {
        const accepting = batch.some((ops) => ops.some(({ op }) => op === "add"));
        const results = store.commit(batch, options);
        if (accepting) await held.promise;
        return results;
      },
    },
  }, broken);
  const submitted = session.submitMessage(good);
  for (let i = 0; i < 5; i++) await turn();
  broken.now();
  await assert.rejects(session.setHold("nobody", null));
  held.open();
  const { uid } = await submitted;
  assert.equal(session.why(uid).code.split(".")[0], "queued");
  await session.close();
});

test("g16_o_01 a submission to the new core, before it has read the store, is its own", async (t) => {
  quiet(t);
  const broken = trap();
  const store = host.memoryStore();
  const [reads, row] = [gate(), gate()];
  let [held, sent] = [false, 0];
  const session = await host.open({
    soleOwner: true,
    transports: [host.transport(() => ((sent += 1), accepts))],
    store: {
      ...store,
      async read(keys) {
        if (held) await reads.promise;
        return store.read(keys);
      },
      async commit(batch, options) {
        if (held) await row.promise;
        return store.commit(batch, options);
      },
    },
  }, broken);
  broken.now();
  held = true;
  await assert.rejects(session.setHold("nobody", null));
  const submitted = session.submitMessage(good);
  await turn();
  reads.open();
  for (let i = 0; i < 5; i++) await turn();
  row.open();
  const { id } = await submitted;
  assert.equal((await session.settled(id)).state, "sent");
  assert.equal(sent, 1);
  await session.close();
});

test("g16_o_01 a core that breaks on what it reads decides nothing: the next one says what became of a submission", async (t) => {
  quiet(t);
  const broken = trap();
  const store = host.memoryStore();
  const row = gate();
  let reads = 0;
  const session = await host.open({
    soleOwner: true,
    transports: [host.transport(() => accepts)],
    store: {
      ...store,
      async read(keys) {
        const snapshot = await store.read(keys);
        if (broken.count() === 1 && reads++ === 0) broken.now();
        return snapshot;
      },
      async commit(batch, options) {
        const results = await store.commit(batch, options);
        if (batch.some((ops) => ops.some(({ op }) => op === "add"))) await row.promise;
        return results;
      },
    },
  }, broken);
  const submitted = session.submitMessage(good);
  for (let i = 0; i < 5; i++) await turn();
  broken.now();
  await assert.rejects(session.setHold("nobody", null));
  const { id } = await submitted;
  row.open();
  assert.equal((await session.settled(id)).state, "sent");
  assert.equal(broken.count(), 2);
  await session.close();
});

test("tables go on: same content, a reload for those who listen", async (t) => {
  quiet(t);
  const broken = trap();
  const session = await host.open({}, broken);
  const { id } = await session.submitMessage(good);
  const queue = session.getOutgoingQueue();
  const told = [];
  queue.advise(({ type }) => told.push(type));
  const reloaded = new Promise((resolve) => queue.onChange(resolve));
  assert.equal(queue.getSnapshot().length, 1);
  broken.now();
  await assert.rejects(session.setHold("nobody", null));
  await reloaded;
  assert.deepEqual(queue.getSnapshot().map((row) => row.id), [id]);
  assert.ok(told.includes("reload"));
  assert.equal(queue.queryRows(5).length, 1);
  await session.close();
});

test("a trap while reading is the caller's error once", async (t) => {
  quiet(t);
  const broken = trap("read");
  const session = await host.open({}, broken);
  const { id } = await session.submitMessage(good);
  broken.now();
  assert.throws(() => session.why(id), { code: "MAPI_E_CALL_FAILED" });
  for (let i = 0; i < 5; i++) await turn();
  assert.equal(session.why(id).code.split(".")[0], "queued");
  await session.close();
});

test("g16 three traps in a minute end the session with a typed error", async (t) => {
  quiet(t);
  let armed = false;
  const session = await host.open({ transports: [host.transport(() => new Promise(() => {}))] }, { sabotage: (method) => method === "step" && armed });
  const crashes = [];
  session.on("crashed", ({ error }) => crashes.push(error.code));
  const { id } = await session.submitMessage(good);
  const waiting = session.settled(id).catch((error) => error.code);
  armed = true;
  session.submitMessage(good).catch(() => {});
  assert.equal(await waiting, "MAPI_E_CALL_FAILED");
  assert.equal(crashes.length, 3);
  await assert.rejects(session.submitMessage(good), { code: "MAPI_E_CALL_FAILED" });
  await session.close();
});
