// P5: what a record costs in IndexedDB, by hand and by the product. Wall time: most of the work is the browser's own process's.
import { eraseOutbox, openSession } from "../../pkg/dist/index.js";

const wait = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const kilobyte = "x".repeat(900);
const record = (id) => ({ id, at: id * 1.5, state: "transmitting", attempt: 1, epoch: 1, subject: kilobyte, to: ["a@mail.example", "b@mail.example"] });

async function byHand(group, turns) {
  const name = `by hand ${crypto.randomUUID()}`;
  const open = indexedDB.open(name);
  open.onupgradeneeded = () => open.result.createObjectStore("records", { keyPath: "id" });
  const db = await wait(open);
  const began = performance.now();
  for (let i = 0; i < turns; i++) {
    await new Promise((resolve, reject) => {
      const transaction = db.transaction("records", "readwrite", { durability: "strict" });
      for (let j = 0; j < group; j++) transaction.objectStore("records").put(record(i * group + j));
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
  }
  const spent = performance.now() - began;
  db.close();
  await wait(indexedDB.deleteDatabase(name));
  return spent / turns / group;
}

/** Acceptance of `group` messages in one turn writes as many bodies, then as many rows. */
async function product(group, turns) {
  const outbox = { profile: `bench ${crypto.randomUUID()}`, owner: "bench@mail.example" };
  const session = await openSession({ ...outbox, transports: [{ uid: "never", submitMessage: () => undefined }] });
  const message = { to: ["a@mail.example", "b@mail.example"], subject: kilobyte, payload: kilobyte, holdUntil: Date.now() + 86_400_000 };
  const turn = () => Promise.all(Array.from({ length: group }, () => session.submitMessage(message)));
  await turn();
  const began = performance.now();
  for (let i = 0; i < turns; i++) await turn();
  const spent = performance.now() - began;
  await session.close();
  await eraseOutbox(outbox);
  return spent / turns / (2 * group);
}

/** Ms per record for each group size and round: [by hand, product]. */
export async function journal(groups, { count, warmup }) {
  const samples = Object.fromEntries(groups.map((group) => [group, []]));
  for (let round = -warmup; round < count; round++) {
    for (const group of groups) {
      const turns = Math.max(3, Math.min(50, 500 / group));
      const pair = [await byHand(group, turns), await product(group, turns)];
      if (round >= 0) samples[group].push(pair);
    }
  }
  return samples;
}
