// Counts what every runner says, and prints it: a progress line per step, the output of what failed, a plain last line.
//
//   const tally = makeTally({ verbose })
//   await tally.step(label, command, args, { parse, ...run options })   runs it and adds parse(output) up
//   await tally.check(label, async () => {})                            one test of our own: passes unless it throws
//   tally.skip(label, why)                                              counted and named at the end
//   tally.finish()                                                      prints the end; answers the exit code
//   parsers: cargo (also wasm-bindgen-test-runner's), node (node:test's spec reporter), one (the exit code is one test)
import { run } from "./run.mjs";

const sum = (output, pattern) =>
  [...output.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);

export const cargo = (output) => ({
  passed: sum(output, /^\s*test result: .*?(\d+) passed/gm),
  failed: sum(output, /^\s*test result: .*?(\d+) failed/gm),
  skipped: sum(output, /^\s*test result: .*?(\d+) ignored/gm),
});

export const node = (output) => ({
  passed: sum(output, /^ℹ pass (\d+)/gm),
  failed: sum(output, /^ℹ (?:fail|cancelled) (\d+)/gm),
  skipped: sum(output, /^ℹ (?:skipped|todo) (\d+)/gm),
});

export const one = (_output, code) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 });

// Node marks what was skipped with the reason behind it.
const skippedLines = (output) => [...output.matchAll(/^\s*(?:﹣|- ) ?(.*# .*)$/gm)].map((match) => match[1].trim());

export function makeTally({ verbose = false } = {}) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  const skips = [];

  const add = (label, counts, code, started) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    // A runner that dies before it counts has failed once.
    const failed = counts.failed || (code === 0 ? 0 : 1);
    total.passed += counts.passed;
    total.failed += failed;
    total.skipped += counts.skipped;
    if (failed) failures.push(label);
    const parts = [`${counts.passed} passed`];
    if (failed) parts.push(`${failed} FAILED`);
    if (counts.skipped) parts.push(`${counts.skipped} skipped`);
    console.log(`${failed ? "✗" : "✓"} ${label}: ${parts.join(", ")} (${seconds} s)`);
  };

  const step = async (label, command, args, { parse = one, ...options } = {}) => {
    const started = performance.now();
    console.log(`▸ ${label}`);
    const { code, output } = await run(command, args, { ...options, quiet: !verbose });
    const counts = parse(output, code);
    if (!verbose && (code !== 0 || counts.failed)) console.log(output.trimEnd());
    for (const line of skippedLines(output)) skips.push(`${label}: ${line}`);
    add(label, counts, code, started);
    return output;
  };

  const check = async (label, work) => {
    const started = performance.now();
    console.log(`▸ ${label}`);
    const error = await work().then(() => undefined, (thrown) => thrown);
    if (error) console.log(error.stack ?? String(error));
    add(label, one("", error ? 1 : 0), error ? 1 : 0, started);
    return error === undefined;
  };

  const skip = (label, why) => {
    total.skipped += 1;
    skips.push(`${label}: ${why}`);
    console.log(`⚠ SKIPPED ${label}: ${why}`);
  };

  const finish = () => {
    console.log("");
    for (const label of failures) console.log(`FAILED   ${label}`);
    for (const line of skips) console.log(`SKIPPED  ${line}`);
    console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
    return total.failed === 0 && total.passed > 0 ? 0 : 1;
  };

  return { step, check, skip, finish };
}
