// The benches of tables at a small size: nothing is timed here, but what they check and what their goals name must be so.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { places } from "../../bench/places.mjs";
import { bundle } from "../../bench/tables/bundle.mjs";
import { goals, judge, own, verdict } from "../../bench/tables/goals.mjs";
import { readOptions } from "../../bench/tables/options.mjs";
import { orders } from "../../bench/tables/orders.mjs";
import { render } from "../../bench/tables/readme.mjs";
import { packages } from "../../lib/install.mjs";
import { root } from "../../lib/run.mjs";

const once = { count: 1, warmup: 0, cpu: () => NaN };
const small = { n: 400, changes: 60 };
let bench;

before(async () => {
  await packages(`${root}/tests/bench/tables`);
  bench = await bundle({ out: "target/bench/rehearsal.mjs", engine: "tests/node_modules/mailspooler/dist/index.js" });
});

test("every contender of every suite answers right, and what the goals name is measured", async () => {
  for (const [suite, { needs }] of Object.entries(bench.suites)) {
    const names = bench.contenders.filter(({ has }) => has.includes(needs)).map(({ name }) => name);
    const measured = await bench.jobs.table(names, { suite, ...small }, once);
    for (const one of names) {
      assert.ok(Object.keys(measured[one]).length > 0, `${one} in ${suite}`);
      for (const samples of Object.values(measured[one])) assert.equal(samples.length, 1);
    }
    for (const { part, to } of goals.flatMap(({ of }) => of).filter((one) => one.suite === suite)) {
      assert.ok(measured[own][part], `${suite} ${part}`);
      if (to !== "grown" && to !== "slice") assert.ok(measured[to][part] ?? measured[to][part.replace(" of 100", "")], `${suite} ${part} of ${to}`);
    }
  }
});

test("who answers wrong is not timed but thrown out", async () => {
  const plain = bench.peers.find(({ name }) => name === "plain");
  const wrong = {
    T1: { view: (rows) => rows.filter(({ size }) => size > 50_000) },
    T1all: { view: (rows) => [...rows] },
    T1C: { bySubject: (rows) => [...rows].reverse() },
    R: { restrict: (rows) => rows.length },
    W: { window: (_, view, offset, count) => view.slice(offset + 1, offset + 1 + count) },
    T2all: { live: (rows, restricted) => ({ ...plain.live(rows, restricted), apply: (_, at) => at.fill(0) }) },
    T3: { view: (rows) => rows },
  };
  for (const [suite, with_] of Object.entries(wrong)) {
    const work = { ...bench.suites[suite], ...small };
    await assert.rejects(async () => bench.suites[suite].run([{ ...plain, ...with_, name: "liar" }], work, once), /^Error: liar: /, suite);
  }
});

test("the native bench has the same rows, orders and changes", () => {
  const wanted = JSON.parse(readFileSync(`${root}/tests/bench/native/orders.json`, "utf8"));
  assert.deepEqual(orders(wanted.rows), wanted);
});

test("memory is measured in a process of its own", async () => {
  for (const json of [false, true]) {
    const { bytes, peak } = await places.node(["memory", [own], { n: 2_000, json }, {}], bench.file);
    assert.ok(Number.isFinite(bytes) && peak > 0, `${bytes}, ${peak}`);
  }
});

test("names are short words; others are refused", () => {
  const known = { suites: ["T1"], peers: ["plain", "tanstack-table"], env: ["node", "firefox"] };
  const { peers, env, suites } = readOptions(["T1", "--peers=plain, tanstack-table", "--env=firefox"], known);
  assert.deepEqual({ peers, env, suites }, { peers: ["plain", "tanstack-table"], env: ["firefox"], suites: ["T1"] });
  for (const one of ["T9", "--peers=nobody", "--env=lynx"]) assert.throws(() => readOptions([one], known), /expected some of/);
});

test("a ratio is judged by what must be, and a missed one is bold", () => {
  const record = { place: "node", kind: "pair", who: own, beside: "plain", suite: "R", part: "filter" };
  const of = (ratio) => [{ ...record, ratio }];
  const filter = (ratio) => judge(of(ratio), "node").find(({ id }) => id === "P11").groups[0].parts[0];
  assert.deepEqual([0.1, 0.3, 0.4].map((ratio) => verdict(filter(ratio))), ["beyond", "held", "MISSED"]);
  assert.match(render(of(0.4)), /^\| P11 \| filter \u00f7 plain \| 0\.35 \| 0\.15 \| \*\*0\.40\*\* \|$/m);
  const grown = [[10_000, 2], [1_000_000, 12]].map(([n, ns]) => ({ place: "node", kind: "growth", suite: "T3", part: "view", n, ns }));
  assert.match(render(grown), /^\| P14 \| .* \| 5 \| 3 \| \*\*6\.0\*\*, - \|$/m);
});
