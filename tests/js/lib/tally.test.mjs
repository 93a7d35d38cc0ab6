// The test command counts what its runners say, and never calls a dead runner green.
import assert from "node:assert/strict";
import { test } from "node:test";
import { debian, Missing } from "../../lib/install.mjs";
import { cargo, makeTally, node } from "../../lib/tally.mjs";

async function printed(work) {
  const lines = [];
  const was = console.log;
  console.log = (line) => lines.push(line);
  try {
    return { answer: await work(), lines };
  } finally {
    console.log = was;
  }
}

const js = (code) => [process.execPath, ["-e", code]];

test("cargo's results are added up over its binaries", () => {
  const output = `
test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s`;
  assert.deepEqual(cargo(output), { passed: 5, failed: 1, skipped: 1 });
});

test("node's cancelled tests have failed, its todos are skipped", () => {
  const output = "ℹ tests 6\nℹ suites 1\nℹ pass 2\nℹ fail 1\nℹ cancelled 1\nℹ skipped 1\nℹ todo 1\nℹ duration_ms 5\n";
  assert.deepEqual(node(output), { passed: 2, failed: 2, skipped: 2 });
});

test("a runner that ends badly before it counted has failed once", async () => {
  const { answer, lines } = await printed(async () => {
    const tally = makeTally();
    await tally.step("good", ...js("console.log('ℹ pass 2')"), { parse: node });
    await tally.step("dead", ...js("process.exit(3)"), { parse: node });
    tally.skip("absent", "sudo apt-get install absent");
    return tally.finish();
  });
  assert.equal(answer, 1);
  assert.equal(lines.at(-1), "2 passed, 1 failed, 1 skipped");
  assert.ok(lines.includes("FAILED   dead"));
  assert.ok(lines.includes("SKIPPED  absent: sudo apt-get install absent"));
});

test("a run without a single test is no success", async () => {
  const { answer, lines } = await printed(() => makeTally().finish());
  assert.equal(answer, 1);
  assert.equal(lines.at(-1), "0 passed, 0 failed, 0 skipped");
});

test("without root, what is missing comes with the line to type", async () => {
  const was = process.getuid;
  process.getuid = () => 1000;
  try {
    await assert.rejects(debian({ here: () => true, "not-here": () => false }), (error) => {
      assert.ok(error instanceof Missing);
      assert.equal(error.message, "sudo apt-get install -y --no-install-recommends not-here");
      return true;
    });
  } finally {
    process.getuid = was;
  }
});
