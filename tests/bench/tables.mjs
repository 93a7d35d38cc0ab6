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
import { readOptions } from "./tables/options.mjs";
import { writeReadme } from "./tables/readme.mjs";
import { openRecords } from "./tables/records.mjs";
import { makeRuns } from "./tables/runs.mjs";

const args = process.argv.slice(2);

await packages(`${root}/tests`);
await packages(`${root}/tests/bench/tables`);
if (!args.includes("--built")) await build({ quiet: true });
const { file, contenders, suites } = await bundle();

const { suites: wanted, peers, env, rounds, scale, goals, write } = readOptions(args, {
  suites: Object.keys(suites), peers: contenders.map(({ name }) => name), env: Object.keys(places),
});

// Other sizes are a rehearsal: nothing of them is kept.
const kept = scale === 1 ? openRecords(`${root}/target/tables.json`) : { all: [], add: (record) => void kept.all.push(record) };
for (const place of env) {
  console.log(`\n# ${place}`);
  const runs = makeRuns({
    place, contenders, suites, scale, peers, rounds, run: (job) => places[place](job, file), add: (record) => kept.add(record), say: (text) => console.log(text),
  });
  for (const name of wanted) {
    if (name === "growth") await runs.growth();
    else if (name === "M") await runs.memory();
    else await runs.suite(name, goals);
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
if (write) writeReadme(kept.all);
