// Cost ratios of tables beside what people use: `node tests/bench/tables.mjs [T1 T1all T1C R W B T2 T2all T3 growth M]
// [--env=node,chromium,firefox] [--peers=tanstack-table,arquero] [--goals] [--rounds=5] [--scale=1] [--built] [--write]`.
// --goals measures only what they need; --write puts what is known into the README. A figure of one machine means nothing on
// another; a ratio to what ran beside it does. CPU time, wall time in Firefox. Nothing here passes or fails.
import { build } from "../../pkg/build.mjs";
import { packages } from "../lib/install.mjs";
import { root } from "../lib/run.mjs";
import { places } from "./places.mjs";
import { bundle } from "./tables/bundle.mjs";
import { judge, verdict } from "./tables/goals.mjs";
import { writeReadme } from "./tables/readme.mjs";
import { openRecords } from "./tables/records.mjs";
import { makeRuns } from "./tables/runs.mjs";

const args = process.argv.slice(2);
const option = (name, otherwise) => args.find((arg) => arg.startsWith(`--${name}=`))?.split("=")[1] ?? otherwise;
const asked = args.filter((arg) => !arg.startsWith("--"));
const usual = ["T1", "T1all", "T1C", "R", "W", "B", "T2", "T2all", "T3", "growth", "M"];
const wanted = asked.length > 0 ? asked : args.includes("--goals") ? usual.filter((name) => name !== "T2") : usual;
const scale = Number(option("scale", "1"));

await packages(`${root}/tests`);
await packages(`${root}/tests/bench/tables`);
if (!args.includes("--built")) await build({ quiet: true });
const { file, contenders, suites } = await bundle();

const names = contenders.map(({ name }) => name);
const peers = option("peers", names.join(",")).split(",").map((name) => name.trim());
const known = { suites: [...Object.keys(suites), "growth", "M"], peers: names, places: Object.keys(places) };
for (const [what, given] of Object.entries({ suites: wanted, peers, places: option("env", "node").split(",") })) {
  const strange = given.filter((name) => !known[what].includes(name));
  if (strange.length > 0) throw new Error(`no ${what} ${strange.join(", ")}; expected some of ${known[what].join(", ")}`);
}

// Other sizes are a rehearsal: nothing of them is kept.
const kept = scale === 1 ? openRecords(`${root}/target/tables.json`) : { all: [], add: (record) => void kept.all.push(record) };
for (const place of option("env", "node").split(",")) {
  console.log(`\n# ${place}`);
  const runs = makeRuns({
    place, contenders, suites, scale, peers, run: (job) => places[place](job, file), rounds: Number(option("rounds", "5")), add: kept.add, say: console.log,
  });
  for (const name of wanted) {
    if (name === "growth") await runs.growth();
    else if (name === "M") await runs.memory();
    else await runs.suite(name, args.includes("--goals"));
  }
}

for (const place of new Set(kept.all.map((one) => one.place))) {
  console.log(`\n# ${place}: goals`);
  for (const { id, groups } of judge(kept.all, place)) {
    for (const { to, parts } of groups) {
      for (const part of parts.filter((one) => one.value !== undefined)) {
        const { says, value, must, stretch } = part;
        console.log(`  ${id.padEnd(4)}${says.padEnd(36)}${to.padEnd(16)}${value.toPrecision(3).padStart(9)}  must ${must}${stretch ? `, stretch ${stretch}` : ""}  ${verdict(part)}`);
      }
    }
  }
}
if (args.includes("--write")) writeReadme(kept.all);
