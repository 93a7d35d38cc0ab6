// B: windows over rows born in Rust, the outgoing queue of a session, beside slices of the same rows as objects.
import { eraseOutbox, openSession } from "../../../pkg/dist/index.js";
import { parts } from "../measure.mjs";
import assert from "./assert.mjs";
import { makePositions, makeRows, reader } from "./rows.mjs";

const six = ["subject", "senderName", "clientSubmitTime", "messageSize", "messageFlags", "submitFlags"];
const twelve = [...six, "displayTo", "displayCc", "entryId", "priority", "id", "outboxState"];
const texts = new Set(["subject", "senderName", "displayTo", "displayCc", "entryId", "id", "outboxState"]);
const read = (names) => names.map((name) => (texts.has(name) ? `row.${name}.length` : `(row.${name} / 1000 | 0)`)).join(" + ");

/** A session whose queue holds so many messages that wait. */
async function waiting(n) {
  const outbox = { profile: `bench ${crypto.randomUUID()}`, owner: "bench@mail.example" };
  const session = await openSession({ ...outbox, soleOwner: true, transports: [{ uid: "never", submitMessage: () => undefined }] });
  const holdUntil = Date.now() + 86_400_000;
  const queue = session.getOutgoingQueue();
  const rows = makeRows(n);
  for (let from = 0; from < n; from += 500) {
    await Promise.all(rows.slice(from, from + 500).map(({ subject, sender, email, to }) =>
      session.submitMessage({ from: { emailAddress: email, displayName: sender }, to: to.split(", "), cc: email, subject, payload: {}, holdUntil })));
  }
  return {
    queue,
    async close() {
      await session.close();
      await eraseOutbox(outbox);
    },
  };
}

/** A window as a list on a page has it: another range, another window. */
function range(queue, offset, count) {
  const window = queue.window({ offset, count });
  const rows = window.getSnapshot();
  window.close();
  return rows;
}

export async function born(contenders, { n }, options) {
  const [size, steps] = [100, 200];
  const session = await waiting(n);
  const { queue } = session;
  const positions = { random: makePositions(n, steps, size), scroll: Array.from({ length: steps }, (_, at) => (at * 25) % Math.max(1, n - size)) };
  const asked = [
    { part: "random 12", at: positions.random, names: twelve }, { part: "random 6", at: positions.random, names: six },
    { part: "scroll 6", at: positions.scroll, names: six },
  ];
  const snapshot = (names) => {
    queue.setColumns(names);
    return JSON.parse(JSON.stringify(queue.getSnapshot()));
  };
  const rows = snapshot(twelve);
  const cases = [];
  for (const { name, born: where } of contenders) {
    const [source, window, times] = where === "rust" ? [queue, range, 1] : [rows, (list, offset, count) => list.slice(offset, offset + count), 50];
    const readers = new Map();
    for (const names of [twelve, six]) readers.set(names, await reader(read(names), `${name} ${names.length}`));
    cases.push({
      name,
      async run(time) {
        for (const { part, at, names } of asked) {
          const sum = readers.get(names);
          queue.setColumns(names);
          const sums = await time(part, times * steps, () => {
            for (let again = 1; again < times; again++) for (const offset of at) sum(window(source, offset, size));
            return at.map((offset) => sum(window(source, offset, size)));
          });
          assert.same(sums, at.map((offset) => sum(rows.slice(offset, offset + size))), `${name}: ${part}`);
        }
      },
    });
  }
  const samples = await parts(cases, options);
  await session.close();
  return samples;
}
