// Cost ratios of the outbox: `node tests/bench/run.mjs [Q1 Q2 Q3 P3 P5] [--env=node,chromium,firefox] [--rounds=5] [--scale=1] [--built]`.
// A figure of one machine means nothing on another; a ratio to what ran beside it does. Nothing here passes or fails.
import { build } from "../../pkg/build.mjs";
import { packages } from "../lib/install.mjs";
import { root } from "../lib/run.mjs";
import { median, ratio } from "./measure.mjs";
import { places } from "./places.mjs";

const args = process.argv.slice(2);
const option = (name, otherwise) => args.find((arg) => arg.startsWith(`--${name}=`))?.split("=")[1] ?? otherwise;
const wanted = args.filter((arg) => !arg.startsWith("--"));
const scale = Number(option("scale", "1"));
const options = { count: Number(option("rounds", "5")), warmup: 2 };

await packages(`${root}/tests`);
if (!args.includes("--built")) await build({ quiet: true });
const { baseline, contenders, workloads } = await import("./suites.mjs");

const fixed = (value, digits = 2) => value.toFixed(digits).padStart(9);
const us = (samples) => median(samples) / 1000;

/** Each contender alone with the baseline. */
async function queues(name, run) {
  const work = { ...workloads[name], n: Math.round(workloads[name].n * scale) };
  const found = new Map();
  for (const { name: contender } of contenders) {
    if (contender === baseline) continue;
    const samples = await run(["pair", [baseline, contender], work, options]);
    found.set(contender, { cost: us(samples[contender]), toBaseline: ratio(samples[contender], samples[baseline]) });
  }
  const samples = await run(["pair", ["p-queue", "mailspooler"], work, options]);
  console.log(`\n${name}: ${work.n} messages, ${work.lanes} at once, bodies of ${work.body} characters`);
  console.log(`${"".padEnd(18)}   us each   to loop`);
  for (const [contender, { cost, toBaseline }] of found) console.log(`${contender.padEnd(18)}${fixed(cost)} ${fixed(toBaseline)}`);
  console.log(`mailspooler to p-queue${fixed(ratio(samples.mailspooler, samples["p-queue"]))}  (must 1.5, stretch 0.75)`);
}

async function backlog(run) {
  const [small, large] = [10_000, 100_000].map((n) => Math.round(n * scale));
  const samples = await run(["backlog", [small, large], null, options]);
  console.log(`\nP3: us each with ${small} queued ${fixed(us(samples[small]))}, with ${large} ${fixed(us(samples[large]))}`);
  console.log(`growth${fixed(ratio(samples[large], samples[small]))}  (must 1.2, stretch 1.0)`);
}

async function journal(run) {
  const samples = await run(["journal", [1, 10, 100, 1000], null, options]);
  console.log("\nP5: ms per record of a strict commit, by group size (must 1.5, stretch 1.15)");
  for (const [group, pairs] of Object.entries(samples)) {
    const [bare, own] = [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])];
    console.log(`${group.padStart(5)}: by hand ${fixed(median(bare), 3)}  product ${fixed(median(own), 3)}  ratio ${fixed(ratio(own, bare))}`);
  }
}

for (const place of option("env", "node").split(",")) {
  console.log(`\n# ${place}`);
  for (const name of wanted.length > 0 ? wanted : ["Q1", "Q2", "Q3", "P3"]) {
    const run = places[place];
    if (name === "P3") await backlog(run);
    else if (name !== "P5") await queues(name, run);
    else if (place !== "node") await journal(run);
  }
}
