// What runs beside what in the test command.
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeLane } from "../../lib/lanes.mjs";

test("as many as there is room for run side by side; the lowest place goes next, then who came first", async () => {
  const lane = makeLane(2);
  const [started, ends] = [[], new Map()];
  const run = (name, place) => lane(() => {
    started.push(name);
    return new Promise((done, fail) => ends.set(name, { done, fail }));
  }, place);
  const turn = () => new Promise(setImmediate);
  const [, b] = [run("a"), run("b"), run("late", 2), run("c"), run("d")];
  await turn();
  assert.deepEqual(started, ["a", "b"]);
  ends.get("b").fail(new Error("b failed"));
  await assert.rejects(b, /b failed/);
  await turn();
  assert.deepEqual(started, ["a", "b", "c"]);
  ends.get("a").done();
  ends.get("c").done();
  await turn();
  assert.deepEqual(started, ["a", "b", "c", "d", "late"]);
});

test("a step that throws at once fails alone", async () => {
  const lane = makeLane(1);
  const [bad, good] = [lane(() => { throw new Error("no"); }), lane(() => 1)];
  await assert.rejects(bad, /no/);
  assert.equal(await good, 1);
});
