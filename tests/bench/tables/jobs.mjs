// Bundled, and run in a process or page of its own.
import { memory } from "./memory.mjs";
import all from "./peers/all.mjs";
import { suites } from "./suites.mjs";

const find = (names) => names.map((name) => all.find((one) => one.name === name));

export const jobs = {
  /** Samples in ns, by contender and part. `warm`: rounds on few rows before, so that what is compiled is the same for any number of rows. */
  table: async (names, { suite, warm = 0, ...work }, options) => {
    const run = (more, how) => suites[suite].run(find(names), { ...suites[suite], ...work, ...more }, how);
    if (warm > 0) await run({ n: 10_000 }, { ...options, count: warm, warmup: 0 });
    return run({}, options);
  },
  memory: ([name], work) => memory(find([name])[0], work),
};

export const contenders = all.map((one) => ({ name: one.name, rowsAtMost: one.rowsAtMost, has: Object.keys(one) }));
export { all as peers, suites };
