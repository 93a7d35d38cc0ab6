// Bundled, and run in a process or page of its own.
import { memory } from "./memory.mjs";
import all from "./peers/all.mjs";
import { suites } from "./suites.mjs";

const find = (names) => names.map((name) => all.find((one) => one.name === name));

export const jobs = {
  /** Samples in ns, by contender and part. */
  table: (names, { suite, ...work }, options) => suites[suite].run(find(names), { ...suites[suite], ...work }, options),
  memory: ([name], work) => memory(find([name])[0], work),
};

export const contenders = all.map((one) => ({ name: one.name, rowsAtMost: one.rowsAtMost, has: Object.keys(one) }));
export { all as peers, suites };
