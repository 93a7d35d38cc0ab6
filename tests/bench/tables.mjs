// Cost ratios of tables beside what people use: `node tests/bench/tables.mjs [T1 T1all T1C R W T2 T2all T2M T3 growth M]
// [--env=node,chromium] [--rounds=5] [--scale=1] [--peers=name,name] [--built] [--write]`. --write puts them into the README.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "../../pkg/build.mjs";
import { packages } from "../lib/install.mjs";
import { root } from "../lib/run.mjs";
import { median, ratio } from "./measure.mjs";
import { inChromium, inNode } from "./places.mjs";
import { bundle } from "./tables/bundle.mjs";
import { goals, growth, memoryGoal } from "./tables/goals.mjs";
import { writeReadme } from "./tables/readme.mjs";

const args = process.argv.slice(2);
const option = (name, otherwise) => args.find((arg) => arg.startsWith(`--${name}=`))?.split("=")[1] ?? otherwise;
const asked = args.filter((arg) => !arg.startsWith("--"));
const wanted = asked.length > 0 ? asked : ["T1", "T1all", "T1C", "R", "W", "T2", "T2all", "T3", "growth", "M"];
const scale = Number(option("scale", "1"));
const options = { count: Number(option("rounds", "5")), warmup: 1 };
const own = "mailspooler";
const base = "plain arrays";
const places = { node: inNode, chromium: inChromium };

await packages(`${root}/tests`);
await packages(`${root}/tests/bench/tables`);
if (!args.includes("--built")) await build({ quiet: true });
const { jobs, contenders, suites } = await bundle();
const peers = option("peers", contenders.map(({ name }) => name).join(",")).split(",");

const fixed = (value, digits = 3) => (value === undefined ? "-" : value.toFixed(digits)).padStart(10);
const shown = (ns) => (ns >= 1e5 ? `${(ns / 1000).toFixed(0)} us` : `${ns.toPrecision(3)} ns`).padStart(12);

const found = [];
function judge(goal, place, what, value, { must, stretch, to, digits = 3 }) {
  if (value === undefined || Number.isNaN(value)) return;
  const verdict = value <= (stretch ?? -Infinity) ? "beyond" : value <= must ? "held" : "MISSED";
  console.log(`  ${goal.padEnd(4)}${what.padEnd(28)}${to === undefined ? "" : `to ${to}`.padEnd(20)}${fixed(value, digits)}  must ${must}${stretch === undefined ? "" : `, stretch ${stretch}`}  ${verdict}`);
  found.push({ goal, place, what, to, value, must, stretch });
}

/** Each alone with the baseline; the product with the typed arrays too, whose ratio would else be one of ratios. */
async function suite(name, place) {
  const { needs, n: usual } = suites[name];
  const n = Math.round(usual * scale);
  const able = contenders.filter((one) => one.has.includes(needs) && n <= (one.rowsAtMost ?? n) && (one.name === own || peers.includes(one.name)));
  const run = (names) => places[place](["table", names, { suite: name, n }, options], jobs);
  const results = {};
  const ratios = {};
  console.log(`\n${name}, ${n} rows`);
  for (const { name: one } of able.filter(({ name }) => name !== base)) {
    const pair = await run([base, one]);
    results[base] ??= pair[base];
    results[one] = pair[one];
    ratios[one] = (part) => pair[base][part] && ratio(pair[one][part], pair[base][part]);
  }
  for (const [one, measured] of Object.entries(results)) {
    for (const [part, samples] of Object.entries(measured)) console.log(`  ${one.padEnd(16)}${part.padEnd(16)}${shown(median(samples))}${fixed(ratios[one]?.(part))}`);
  }
  const beside = able.some((one) => one.name === own) && able.some((one) => one.name === "typed arrays") ? await run(["typed arrays", own]) : undefined;
  for (const [goal, all] of Object.entries(goals)) {
    for (const { suite: at, part, to, ...limits } of all) {
      const [mine, other] = [results[own]?.[part], results[to]?.[part] ?? results[to]?.[part.replace(" of 100", "")]];
      if (at !== name || mine === undefined || other === undefined) continue;
      const besides = beside?.[to]?.[part] ?? beside?.[to]?.[part.replace(" of 100", "")];
      const value = to === base ? ratios[own](part) : besides === undefined ? median(mine) / median(other) : ratio(beside[own][part], besides);
      judge(goal, place, `${name} ${part}`, value, { to, ...limits });
    }
  }
}

async function grow(place) {
  for (const [goal, { suite: name, part, changes, ...limits }] of Object.entries(growth)) {
    const sizes = [10_000, 100_000, 1_000_000].map((n) => Math.round(n * scale));
    const costs = [];
    console.log(`\n${name} ${part}, growth`);
    for (const n of sizes) {
      const result = await places[place](["table", [own], { suite: name, n, ...(changes && { changes }) }, options], jobs);
      costs.push(median(result[own][part]));
      console.log(`  ${String(n).padStart(8)} rows ${shown(costs.at(-1))}`);
    }
    judge(goal, place, `${name} ${part}, growth`, costs[2] / costs[0], { ...limits, digits: 2 });
  }
}

async function memory(place) {
  if (place !== "node") return;
  const n = Math.round(1_000_000 * scale);
  console.log(`\nM, ${n} rows: bytes a row beyond the host's rows; peak growth, bytes a row`);
  for (const { name } of contenders.filter((one) => peers.includes(one.name) || one.name === own)) {
    if (name === "tanstack db" && n > 200_000) continue;
    const { bytes, peak } = await inNode(["memory", [name], { n }, {}], jobs);
    console.log(`  ${name.padEnd(16)}${fixed(bytes, 0)}${fixed(peak, 0)}`);
    if (name === own) judge("P17", place, "memory, bytes a row", bytes, { ...memoryGoal.P17, digits: 0 });
  }
}

for (const place of option("env", "node").split(",")) {
  console.log(`\n# ${place}`);
  for (const name of wanted) {
    if (name === "growth") await grow(place);
    else if (name === "M") await memory(place);
    else await suite(name, place);
  }
}
// Suites may be run one by one: what earlier runs found is kept until it is found anew.
mkdirSync(`${root}/target`, { recursive: true });
const file = `${root}/target/tables.json`;
const keyOf = ({ goal, place, what, to }) => [goal, place, what, to].join("|");
const kept = new Map([...(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : []), ...found].map((one) => [keyOf(one), one]));
const all = [...kept.values()].sort((a, b) => Number(a.goal.slice(1)) - Number(b.goal.slice(1)));
writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
if (args.includes("--write")) writeReadme(all);
