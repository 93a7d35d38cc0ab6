// The product, everything on: checks, recipients, journal, a store, a live window of the queue, two promises a message.
import { eraseOutbox, openSession } from "../../pkg/dist/index.js";

/** One attempt at a time per transport and four transports at once are the outbox's rule (O-34). */
const lanesAtMost = 4;
const frame = 16;

/** Reads the window as a UI does: when something changed, at most once a frame. */
function paint(table) {
  const window = table.window({ offset: 0, count: 50 });
  let next = 0;
  window.onChange(() => {
    const now = performance.now();
    if (now < next) return;
    next = now + frame;
    window.getSnapshot();
  });
  window.getSnapshot();
}

export async function queue(messages, lanes, transport, { store } = {}) {
  const submitMessage = async ({ payload, recipients }) => {
    await transport({ id: payload.id, body: payload.body, to: recipients });
    return { type: "accepted" };
  };
  const uids = Array.from({ length: Math.min(lanes, lanesAtMost) }, (_, i) => `lane ${i}`);
  // Tombstones stay for a month: one of its own, or each round would begin with those of all before it.
  const outbox = { profile: `bench ${crypto.randomUUID()}`, owner: "bench@mail.example" };
  const session = await openSession({
    ...outbox, soleOwner: true, store,
    transports: uids.map((uid) => ({ uid, sendsFor: "any", submitMessage })),
  });
  paint(session.getOutgoingQueue());
  const send = async ({ id, from, to, subject, body }) => {
    const pin = uids.length === 1 ? {} : { transport: uids[id % uids.length] };
    const accepted = await session.submitMessage({ from, to, subject, payload: { id, body }, ...pin });
    const { state } = await session.settled(accepted.id);
    if (state !== "sent") throw new Error(`message ${id} is ${state}`);
  };
  await Promise.all(messages.map(send));
  await session.close();
  await eraseOutbox(outbox);
}

export default { name: "mailspooler", queue };
