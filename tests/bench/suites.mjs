// What is measured, in a process or page of its own: `pair` runs one contender with the baseline.
import mailspooler from "./mailspooler.mjs";
import queues from "./queues.mjs";
import { journal } from "./journal.mjs";
import { rounds } from "./measure.mjs";
import { makeMessages, send } from "./work.mjs";

export const contenders = [...queues, mailspooler];
export const baseline = queues[0].name;

/** The workloads of submit to settled: how many, lanes, characters of a body. */
export const workloads = {
  Q1: { n: 100_000, lanes: 1, body: 0 },
  Q2: { n: 100_000, lanes: 8, body: 0 },
  Q3: { n: 10_000, lanes: 1, body: 1_500 },
};

/** Samples of ns per message, by name. */
export function pair(names, { n, lanes, body }, options) {
  const messages = makeMessages(n, body);
  const cases = contenders.filter(({ name }) => names.includes(name))
    .map((contender) => ({ name: contender.name, operations: n, run: () => send(contender, messages, lanes) }));
  return rounds(cases, options);
}

/** Samples of ns per message, by the number queued. */
export function backlog(sizes, options) {
  const cases = sizes.map((n) => {
    const messages = makeMessages(n);
    return { name: String(n), operations: n, run: () => send(mailspooler, messages, 1) };
  });
  return rounds(cases, options);
}

export const jobs = { pair, backlog, journal };
