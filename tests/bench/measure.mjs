// Cost ratios that hold on a machine whose speed does not: pairs in rounds, CPU time where it can be read.
import { chance } from "./work.mjs";

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** What asking costs. */
const asking = (cpu) => median(Array.from({ length: 9 }, () => -cpu() + cpu()));

let touched;
/**
 * Collects, then touches the young generation again: nobody pays page faults for somebody else. Then waits until the engine's threads
 * rest: they sweep a large heap long after it was collected.
 */
async function settle(cpu, own) {
  globalThis.gc?.();
  await pause(0);
  for (let i = 0; i < 600_000; i++) touched = [i, i, i, i, i, i];
  for (let looks = 0; looks < 100; looks++) {
    const from = cpu();
    await pause(10);
    if (!(cpu() - from - own > 1)) break;
  }
  return touched;
}

/**
 * Each round runs every case once, in a seeded order of its own; the first `warmup` rounds do not count. `cpu()` is CPU time in
 * ms, or NaN. Answers for each case its median cost and its samples, in ns per operation.
 */
export async function rounds(cases, { count, warmup, cpu }) {
  const below = chance(1);
  const samples = new Map(cases.map(({ name }) => [name, []]));
  const own = asking(cpu);
  for (let round = -warmup; round < count; round++) {
    const order = [...cases];
    for (let i = order.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    for (const { name, operations, run } of order) {
      await settle(cpu, own);
      const [from, began] = [cpu(), performance.now()];
      await run();
      const wall = performance.now() - began;
      const used = cpu() - from;
      if (round >= 0) samples.get(name).push((Number.isNaN(used) ? wall : used) * 1e6 / operations);
    }
  }
  return Object.fromEntries(samples);
}

/** The median of what each round says. */
export const ratio = (costs, base) => median(costs.map((cost, i) => cost / base[i]));

/**
 * As `rounds`, for cases that take their own times: `run(time)` calls `await time(part, operations, act)` for each thing it does and
 * gets back what `act` answered. Answers { case: { part: samples in ns per operation } }.
 */
export async function parts(cases, { count, warmup, cpu }) {
  const below = chance(1);
  const all = Object.fromEntries(cases.map(({ name }) => [name, {}]));
  const own = asking(cpu);
  for (let round = -warmup; round < count; round++) {
    const order = [...cases];
    for (let i = order.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    for (const { name, run } of order) {
      await run(async (part, operations, act) => {
        await settle(cpu, own);
        const [from, began] = [cpu(), performance.now()];
        const answer = await act();
        const wall = performance.now() - began;
        const used = cpu() - from - own;
        if (round >= 0) (all[name][part] ??= []).push((Number.isNaN(used) ? wall : Math.max(used, 0)) * 1e6 / operations);
        return answer;
      });
    }
  }
  return all;
}
