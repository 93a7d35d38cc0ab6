// Two sessions of one outbox: the status table of the one that follows shows the driver's transports.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, gate, hostSide } from "./setup.mjs";

const host = await hostSide("follower");

/** Channels of this process: copies, in order, a task later. `said` has what was posted. */
function fakeChannels(t) {
  const open = new Set();
  const said = [];
  class Channel extends EventTarget {
    constructor(name) {
      super();
      this.name = name;
      open.add(this);
    }
    postMessage(message) {
      const data = structuredClone(message);
      said.push(data);
      setImmediate(() => {
        for (const other of open) if (other !== this && other.name === this.name) other.dispatchEvent(new MessageEvent("message", { data }));
      });
    }
    close() {
      open.delete(this);
    }
  }
  const real = globalThis.BroadcastChannel;
  globalThis.BroadcastChannel = Channel;
  t.after(() => (globalThis.BroadcastChannel = real));
  return { said, stranger: () => new Channel([...open][0].name) };
}

const transports = (session) => session.getStatusTable().getSnapshot().filter(({ resourceType }) => resourceType === 36);
const texts = (session) => transports(session).map(({ displayName, statusString }) => `${displayName}: ${statusString}`);

/** Once its rows are these. */
async function shows(session, expected) {
  const table = session.getStatusTable();
  for await (const rows of table.changes()) {
    const found = rows.filter(({ resourceType }) => resourceType === 36).map(({ displayName, statusString }) => `${displayName}: ${statusString}`);
    if (found.join() === expected.join()) break;
  }
  table.close();
}
/** The same, from now on. */
const until = async (session, expected) => (texts(session).join() === expected.join() ? undefined : shows(session, expected));

let names = 0;
/** Sessions of one outbox, opened one after the other; the first one drives. */
async function outbox(options = {}) {
  const profile = `follower ${++names}`;
  const open = (...given) => host.open({ store: host.memoryStore(profile), soleOwner: true, profile, transports: given, ...options });
  return open;
}
const named = (uid, submit = async () => accepts, rest = {}) => host.transport(submit, { uid, displayName: uid, ...rest });

test("o_73 a follower shows the driver's transports, from the start and as they change", async (t) => {
  fakeChannels(t);
  const open = await outbox();
  const sending = gate();
  const driver = await open(named("a", () => sending.promise), named("b"));
  await until(driver, ["a: Ready", "b: Ready"]);
  const follower = await open(named("a", () => assert.fail("the follower must not send")));
  await until(follower, ["a: Ready", "b: Ready"]);
  const { id } = await follower.submitMessage({ to: "bob@example.test", payload: {} });
  await until(follower, ["a: Sending", "b: Ready"]);
  assert.deepEqual(transports(follower).map(({ statusCode }) => statusCode), transports(driver).map(({ statusCode }) => statusCode));
  assert.deepEqual(transports(follower).map(({ resourceMethods }) => resourceMethods), [1, 0], "b is not here: nothing can be done with it");
  sending.open(accepts);
  assert.equal((await follower.settled(id)).state, "sent");
  await until(follower, ["a: Ready", "b: Ready"]);

  await driver.close();
  await until(follower, ["a: Ready"]);
  assert.equal(follower.why(transports(follower)[0].entryId).code, "open", "it drives, and shows what is its own");
});

test("g13 g17 what a stranger says on the channel is shown at most, and nothing of messages is said there", async (t) => {
  const channels = fakeChannels(t);
  const open = await outbox();
  const driver = await open(named("a"));
  await until(driver, ["a: Ready"]);
  const follower = await open(named("a"));
  await until(follower, ["a: Ready"]);
  const [{ entryId }] = transports(follower);
  const stranger = channels.stranger();
  stranger.postMessage({ status: { epoch: 1, version: 2 ** 31, rows: [{ entryId, statusString: "Broken", statusCode: 4, resourceMethods: 15 }] } });
  await until(follower, ["a: Broken"]);
  assert.equal(transports(follower)[0].resourceMethods, 1);
  const { id } = await follower.submitMessage({ to: "bob@example.test", subject: "geheim", payload: { secret: "geheim" } });
  assert.equal((await follower.settled(id)).state, "sent");
  assert.doesNotMatch(JSON.stringify(channels.said), /geheim|bob@/);
  stranger.close();
});

test("o_46 every open tab of the outbox hears once of late evidence, with the report", async (t) => {
  fakeChannels(t);
  const clock = host.fakeClock();
  const open = await outbox({ clock });
  const [answer, called] = [gate(), gate()];
  const driver = await open(named("a", (_message, ctx) => {
    called.open(ctx);
    return answer.promise;
  }, { guarantees: {}, wire: "other" }));
  const follower = await open(named("a"));
  const heard = [];
  const told = [driver, follower].map((session) => new Promise((resolve) => session.on("lateEvidence", (event) => resolve(heard.push(event)))));
  const { id } = await follower.submitMessage({ to: "bob@example.test", payload: {} });
  const { deadline } = await called.promise;
  const unsure = new Promise((resolve) => follower.getOutgoingQueue().window({ offset: 0, count: 1 }).subscribe(([row]) => row?.outboxState === "unconfirmed" && resolve()));
  await clock.advance(deadline - clock.wall() + 1);
  await unsure;
  answer.open(accepts);
  await Promise.all(told);
  assert.equal((await follower.settled(id)).revision, 1);
  await follower.close();
  await driver.close();
  assert.deepEqual(heard.map(({ uid, report }) => [uid, report.state, report.revision]), [[id, "sent", 1], [id, "sent", 1]]);
});
