// `signal` of submissions and of flushes: what giving up leaves behind.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, gate, hostSide } from "./setup.mjs";

const host = await hostSide("giving-up");

test("o_07, o_08: a signal before the row is written leaves nothing behind; after it the promise tells the truth", async () => {
  const store = host.memoryStore();
  const bodies = [];
  let [abort, when] = [new AbortController(), ""];
  const slow = {
    ...store,
    async commit(batch, options) {
      const ops = batch.flat();
      bodies.push(...ops.filter(({ op }) => op === "putBody").map(({ key }) => key));
      if (ops.some(({ op, store: of }) => op === when && (op === "putBody" || of === "messages"))) abort.abort(new Error("mine"));
      return store.commit(batch, options);
    },
  };
  let sent = 0;
  const session = await host.open({ store: slow, soleOwner: true, transports: [host.transport(() => (sent++, accepts))] });
  const given = (signal) => session.submitMessage({ to: "bob@example.test", payload: {}, signal });

  const atOnce = given(abort.signal);
  abort.abort(new Error("mine"));
  await assert.rejects(atOnce, { message: "mine" });
  [abort, when] = [new AbortController(), "putBody"];
  await assert.rejects(given(abort.signal), { message: "mine" });
  [abort, when] = [new AbortController(), "add"];
  const { id } = await given(abort.signal);
  assert.equal(abort.signal.aborted, true);
  assert.equal((await session.settled(id)).state, "sent");
  assert.equal(sent, 1);
  assert.equal(bodies.length, 3);
  for (const key of bodies) assert.equal(await store.body(key), undefined);
  await session.close();
});

test("a flush that is given up lets another begin", async () => {
  const [asked, abort] = [gate(), new AbortController()];
  let flushes = 0;
  const session = await host.open({ transports: [host.transport(() => accepts, { flushQueues: () => (flushes++, asked.open(), flushes === 1 ? new Promise(() => {}) : undefined) })] });
  const spooler = session.openEntry(session.getStatusTable().getSnapshot().find(({ resourceType }) => resourceType === 37).entryId);
  const first = spooler.flushQueues({ upload: true, signal: abort.signal });
  await asked.promise;
  abort.abort(new Error("enough"));
  await assert.rejects(first, { message: "enough" });
  await spooler.flushQueues({ upload: true });
  assert.equal(flushes, 2);
  await session.close();
});
