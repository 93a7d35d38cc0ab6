// Runs of suites in one place, each contender alone with the baseline; what they cost goes to `add`, a line each to the console.
import { median, ratio } from "../measure.mjs";
import { base, needed, own } from "./goals.mjs";

const shown = (ns) => (ns >= 1e5 ? `${(ns / 1000).toFixed(0)} us` : `${ns.toPrecision(3)} ns`).padStart(12);
const fixed = (value) => (value === undefined ? "" : value.toFixed(3)).padStart(10);

export function makeRuns({ place, run, contenders, suites, rounds, scale, peers, add, say }) {
  const able = (name, n) => contenders.filter((one) => one.has.includes(suites[name].needs) && n <= (one.rowsAtMost ?? n)).map((one) => one.name);
  const options = (n) => ({ count: n <= 10_000 ? 3 * rounds : n > 200_000 ? Math.min(rounds, 3) : rounds, warmup: n > 200_000 || rounds <= 3 ? 1 : 2 });

  async function pair(suite, n, beside, who) {
    const samples = await run(["table", [beside, who], { suite, n }, options(n)]);
    for (const [part, costs] of Object.entries(samples[who])) {
      const others = samples[beside][part] ?? samples[beside][part.replace(" of 100", "")];
      const record = { place, kind: "pair", suite, who, beside, part, n, ns: median(costs), ratio: others && ratio(costs, others), other: others && median(others) };
      add(record);
      say(`  ${who.padEnd(16)}${part.padEnd(16)}${shown(record.ns)}  ${beside} ${others ? shown(record.other) : "-"}${fixed(record.ratio)}`);
    }
  }

  return {
    /** `only`: what the goals ask for, no more. */
    async suite(name, only) {
      const n = Math.round(suites[name].n * scale);
      const { typed, heavy } = needed(name);
      const there = able(name, n).filter((one) => one !== base && (one === own || (peers.includes(one) && (!only || heavy.includes(one)))));
      say(`\n${name}, ${n} rows`);
      for (const who of there) await pair(name, n, base, who);
      // A ratio of ratios would be a worse one.
      if (typed && there.includes(own)) await pair(name, n, "typed", own);
    },

    /** Our own cost at ten thousand rows, a hundred thousand, a million: ns a row, or a change. */
    async growth() {
      for (const n of [10_000, 100_000, 1_000_000].map((n) => Math.round(n * scale))) {
        for (const [suite, more] of [["T3", {}], ["T1", { bytes: false }], ["T2all", { changes: 2_000, first: 1 }]]) {
          const samples = await run(["table", [own], { suite, n, warm: 15, ...more }, options(n)]);
          const parts = Object.entries(samples[own]).filter(([part]) => part === "view" || part.includes("change"));
          for (const [part, costs] of parts) {
            add({ place, kind: "growth", suite, part, n, ns: median(costs) });
            say(`  ${suite.padEnd(6)}${part.padEnd(16)}${String(n).padStart(9)} rows${shown(median(costs))}`);
          }
        }
      }
    },

    async memory() {
      if (place !== "node") return;
      const n = Math.round(1_000_000 * scale);
      for (const json of [false, true]) {
        say(`\n${json ? "MJ: of JSON bytes" : "M: above the host's rows"}, ${n} rows: bytes a row held, at the peak`);
        for (const who of able("T3", n).filter((one) => one === own || one === base || peers.includes(one))) {
          const { bytes, peak } = await run(["memory", [who], { n, json }, {}]);
          add({ place, kind: "memory", suite: json ? "MJ" : "M", who, n, bytes, peak });
          say(`  ${who.padEnd(16)}${bytes.toFixed(0).padStart(8)}${peak.toFixed(0).padStart(8)}`);
        }
      }
    },
  };
}
