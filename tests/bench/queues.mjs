// What people use for an outbox, from the floor up. queue(messages, lanes, transport) resolves when every message was handed over.
import PQueue from "p-queue";

async function loop(messages, lanes, transport) {
  let next = 0;
  const lane = async () => {
    while (next < messages.length) await transport(messages[next++]);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

const [queued, sending, sent, failed] = [0, 1, 2, 3];

/** The least an outbox can do in JavaScript: a state and its tries for each message, a retry line, a promise. */
async function byHand(messages, lanes, transport) {
  const state = new Uint8Array(messages.length).fill(queued);
  const tries = new Uint8Array(messages.length);
  const settle = [];
  const settled = messages.map(() => new Promise((resolve) => settle.push(resolve)));
  const again = [];
  let head = 0;
  const next = () => again.shift() ?? (head < messages.length ? head++ : -1);
  const lane = async () => {
    for (let id = next(); id >= 0; id = next()) {
      state[id] = sending;
      try {
        await transport(messages[id]);
        state[id] = sent;
        settle[id](true);
      } catch {
        if (++tries[id] < 4) again.push(id);
        else {
          state[id] = failed;
          settle[id](false);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await Promise.all(settled);
}

async function pQueue(messages, lanes, transport) {
  const line = new PQueue({ concurrency: lanes });
  for (const message of messages) void line.add(() => transport(message));
  await line.onIdle();
}

export default [
  { name: "bare await loop", queue: loop },
  { name: "outbox by hand", queue: byHand },
  { name: "p-queue", queue: pQueue },
];
