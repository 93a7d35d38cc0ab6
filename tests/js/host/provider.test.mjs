// The other callbacks of a transport: logon, inbound, verbs of its status object.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, gate, hostSide, uncaught } from "./setup.mjs";

const host = await hostSide("provider");
const good = { to: "bob@example.test", payload: {} };

/** Resolves when the transport's row says so. */
async function row(session, wanted) {
  const table = session.getStatusTable();
  const find = () => table.getSnapshot().find((candidate) => candidate.resourceType === 36 && wanted(candidate));
  if (!find()) for await (const _ of table.changes()) if (find()) break;
  const found = find();
  table.close();
  return found;
}
const ready = (session) => row(session, ({ statusString }) => statusString === "Ready");

test("inbound: a message is delivered, and acknowledged only then; one that is refused is offered again", async () => {
  const log = [];
  const waiting = [{ id: "m1", content: new Blob(["one"]), folder: "inbox" }, { id: "m2", payload: { two: 2 }, extra: true }];
  const [delivered, done] = [[], gate()];
  let refuse = true;
  const clock = host.fakeClock();
  const session = await host.open({
    clock,
    log: ({ code }) => log.push(code),
    deliver: async (message) => {
      delivered.push([message.transport, message.id, message.content && (await message.content.text()), message.payload]);
      if (message.id === "m1" && refuse) {
        refuse = false;
        throw new Error("the disk of the host is full");
      }
    },
    transports: [host.transport(() => accepts, {
      poll: () => waiting.length > 0,
      startMessage: () => waiting[0],
      acknowledge(id) {
        log.push(`acknowledge ${id}`);
        waiting.splice(waiting.findIndex((message) => message.id === id), 1);
        if (waiting.length === 0) done.open();
      },
    })],
  });
  for (let i = 0; i < 60 && waiting.length > 0; i++) await clock.advance(10_000);
  await done.promise;
  assert.deepEqual(log.filter((line) => line.startsWith("acknowledge")), ["acknowledge m1", "acknowledge m2"]);
  assert.deepEqual(delivered, [["t", "m1", "one", undefined], ["t", "m1", "one", undefined], ["t", "m2", undefined, { two: 2 }]]);
  assert.ok(log.includes("startMessage.unknownField"));
  await session.close();
});

test("without a deliver nothing is taken from a source", async () => {
  const clock = host.fakeClock();
  const session = await host.open({
    clock,
    transports: [host.transport(() => accepts, { poll: () => true, startMessage: () => assert.fail("nobody would keep it") })],
  });
  await clock.advance(300_000);
  await session.close();
});

test("logon: its answer counts; guarantees may come with it", async () => {
  const session = await host.open({
    transports: [host.transport(() => accepts, {
      addressTypes: () => ["SMTP", "FAX"],
      transportLogon: () => ({ identities: ["other@example.test"], guarantees: { maxMessageSize: 100 } }),
    })],
  });
  await ready(session);
  assert.deepEqual(session.enumAddressTypes(), ["SMTP", "FAX"]);
  await assert.rejects(session.submitMessage({ to: "b@example.test", content: `Subject: x\r\n\r\n${"y".repeat(200)}` }), { code: "MAPI_E_TOO_COMPLEX" });
  const { id } = await session.submitMessage({ ...good, from: "other@example.test" });
  assert.equal((await session.settled(id)).state, "sent");
  await session.close();
});

test("modifyStatusRow changes the row, long after the call it came with", async () => {
  let ctx;
  const session = await host.open({
    transports: [host.transport(() => accepts, {
      transportLogon(context) {
        ctx = context;
      },
    })],
  });
  await ready(session);
  ctx.modifyStatusRow({ statusString: "Connected to relay 7" }, { update: true });
  const { statusString } = await row(session, (found) => found.statusString === "Connected to relay 7");
  assert.equal(statusString, "Connected to relay 7");
  await session.close();
});

test("the verbs of a status object reach the transport with their arguments; passwords never reach the core", async () => {
  const seen = [];
  const session = await host.open({
    transports: [host.transport(() => accepts, {
      changePassword: (...args) => void seen.push(["changePassword", ...args.slice(0, -1)]),
      settingsDialog: (...args) => void seen.push(["settingsDialog", ...args.slice(0, -1)]),
      validateState: (...args) => void seen.push(["validateState", ...args.slice(0, -1)]),
      flushQueues: (...args) => void seen.push(["flushQueues", ...args.slice(0, -1)]),
    })],
  });
  const { entryId } = await ready(session);
  const status = session.openEntry(entryId);
  await status.changePassword("old-secret", "new-secret");
  await status.settingsDialog({ readOnly: true });
  await status.validateState({ suppressUi: true });
  const progress = [];
  await status.flushQueues({ upload: true, onProgress: (step) => progress.push(step.phase) });
  await ready(session);
  assert.deepEqual(seen.slice(0, 3), [["changePassword", "old-secret", "new-secret"], ["settingsDialog", { readOnly: true }], ["validateState", 1]]);
  assert.deepEqual(seen[3]?.[0], "flushQueues");
  assert.doesNotMatch(JSON.stringify([session.journal(), session.getStatusTable().getSnapshot(), session.why(entryId)]), /secret/);
  await assert.rejects(status.validateState({ forceconnect: true }), { code: "MAPI_E_INVALID_PARAMETER" });
  await assert.rejects(status.validateState(0x8000_0000), { code: "MAPI_E_UNKNOWN_FLAGS" });
  await session.close();
});

test("flushQueues on the spooler says how far it is, and never goes back", async () => {
  const [hold, called] = [gate(), gate()];
  const session = await host.open({ transports: [host.transport(async () => (called.open(), await hold.promise, accepts))] });
  await ready(session);
  const ids = [];
  for (let i = 0; i < 3; i++) ids.push((await session.submitMessage({ ...good, holdUntil: Date.now() + 1e6 })).id);
  for (const id of ids) await session.setHold(id, null);
  await called.promise;
  const table = session.getStatusTable();
  const spooler = table.getSnapshot().find((found) => found.resourceType === 37);
  const steps = [];
  const flushed = session.openEntry(spooler.entryId).flushQueues({ upload: true, onProgress: (step) => steps.push(step) });
  await assert.rejects(session.openEntry(spooler.entryId).flushQueues({ upload: true }), { code: "MAPI_E_BUSY" });
  hold.open();
  await flushed;
  const counts = steps.map(({ messages }) => messages);
  assert.deepEqual(counts, [...counts].toSorted((a, b) => a - b));
  assert.equal(steps.at(-1)?.phase, "done");
  for (const id of ids) assert.equal((await session.settled(id)).state, "sent");
  await session.close();
});

test("a flush in no direction does nothing, and succeeds", async () => {
  const asked = [];
  const session = await host.open({ transports: [host.transport(() => accepts, { flushQueues: (flags) => asked.push(flags) })] });
  await ready(session);
  const entryOf = (type) => session.getStatusTable().getSnapshot().find(({ resourceType }) => resourceType === type).entryId;
  for (const type of [36, 37]) for (const flags of [{}, { force: true, noUi: true }, { upload: false, download: false }]) await session.openEntry(entryOf(type)).flushQueues(flags);
  assert.deepEqual(asked, []);
  await session.openEntry(entryOf(36)).flushQueues({ download: true });
  assert.deepEqual(asked, [4]);
  await session.close();
});

test("a listener of progress that throws does not stop the flush", async (t) => {
  const errors = uncaught(t);
  const session = await host.open({ transports: [host.transport(() => accepts)] });
  await ready(session);
  const spooler = session.getStatusTable().getSnapshot().find((found) => found.resourceType === 37);
  await session.openEntry(spooler.entryId).flushQueues({
    upload: true,
    onProgress() {
      throw new Error("mine");
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.ok(errors.includes("mine"));
  await session.close();
});

test("eraseOutbox leaves nothing", async () => {
  const outbox = { profile: `erased ${Math.random()}`, owner: "alice@example.test" };
  const one = await host.open({ ...outbox });
  const { id } = await one.submitMessage(good);
  await one.close();
  const two = await host.open({ ...outbox });
  assert.equal((await two.getMessage(id)).state, "queued");
  await two.close();
  await host.eraseOutbox(outbox);
  const three = await host.open({ ...outbox });
  await assert.rejects(three.getMessage(id), { code: "MAPI_E_NOT_FOUND" });
  await three.close();
  await assert.rejects(host.eraseOutbox({ profile: "x" }), { code: "MAPI_E_INVALID_PARAMETER" });
});

test("c_120 a person's cancel is told while submitMessage is under way; c_101 logon gets its flags", async () => {
  const [called, hold] = [gate(), gate()];
  const told = [];
  const session = await host.open({
    transports: [host.transport(async (_, ctx) => {
      called.open(ctx.key);
      await hold.promise;
      throw Object.assign(new Error("stopped"), { code: "MAPI_E_USER_CANCEL" });
    }, {
      transportLogon: (_, flags) => void told.push(flags),
      transportNotify(flags, _, about) {
        told.push([flags, about]);
        if (about !== undefined) hold.open();
      },
    })],
  });
  await ready(session);
  const { id } = await session.submitMessage(good);
  const key = await called.promise;
  assert.equal((await session.abortSubmit(id)).result, "cancelled");
  assert.deepEqual(told, [0x19, [0x2, undefined], [0x8000_0000, key]]);
  await session.close();
});

test("c_103 removeTransport logs the transport off, whatever it answers, and only then is its uid free", async () => {
  const told = [];
  const held = gate();
  const mine = host.transport(() => accepts, {
    transportNotify: (flags) => void told.push(flags),
    async transportLogoff() {
      await held.promise;
      told.push("logoff");
      throw new Error("no");
    },
  });
  const session = await host.open({ transports: [mine] });
  await ready(session);
  const removed = session.admin.removeTransport("t");
  await assert.rejects(session.admin.removeTransport("t"), { code: "MAPI_E_BUSY" });
  held.open();
  await removed;
  assert.deepEqual(told, [0x2, 0x2_0000, "logoff"]);
  session.admin.addTransport(host.transport(() => accepts));
  await ready(session);
  await session.close();
});

test("guarantees: remote shows in the row; without cancels no cancelMessage is asked", async () => {
  const asked = [];
  const session = await host.open({
    transports: [{
      uid: "one", guarantees: { remote: true, cancels: false }, submitMessage: () => ({ type: "deferred" }), cancelMessage: () => void asked.push("one"),
    }],
  });
  const shown = session.getStatusTable().getSnapshot().find(({ resourceType }) => resourceType === 36);
  assert.ok((shown.statusCode & 0x80_0000) !== 0, "STATUS_REMOTE_ACCESS");
  const { id } = await session.submitMessage({ to: "you@example.test", payload: {} });
  await new Promise((resolve) => {
    const queue = session.getOutgoingQueue();
    queue.onChange(() => {
      if (queue.getSnapshot().some(({ outboxState }) => outboxState === "deferred")) resolve();
    });
    queue.getSnapshot();
  });
  assert.equal((await session.abortSubmit(id)).result, "unknown");
  assert.deepEqual(asked, []);
});
