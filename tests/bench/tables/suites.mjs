// What is measured of tables. Every answer is checked; who is wrong is not timed but thrown out.
import assert from "./assert.mjs";
import { born } from "./born.mjs";
import { live } from "./live.mjs";
import { parts } from "../measure.mjs";
import { always, bySubject, makeChunks, makePositions, makeReader, makeRows, matches, newestFirst, parse } from "./rows.mjs";

const idsOf = (rows) => rows.map(({ id }) => id);

/** The last answer. */
function repeat(times, act) {
  let last;
  for (let again = 0; again < times; again++) last = act();
  return last;
}

async function cases(contenders, make) {
  const made = [];
  for (const contender of contenders) made.push({ name: contender.name, run: await make(contender) });
  return made;
}

/** T1: load from objects and from JSON, filter and sort, read 200 windows of 50 rows. */
async function view(contenders, { n, restricted, bytes = true }, options) {
  const chunks = makeChunks(n);
  const rows = parse(chunks);
  const wanted = rows.filter(restricted ? matches : always);
  return parts(await cases(contenders, async (one) => {
    const expected = [...wanted].sort(one.newestFirst ?? newestFirst);
    const positions = makePositions(expected.length, 200, 50);
    const readers = { 12: await makeReader(12), 6: await makeReader(6) };
    return async (time) => {
      const store = await time("load", n, () => one.load(rows));
      const shown = await time("view", n, () => one.view(store, restricted));
      for (const [columns, read] of Object.entries(readers)) {
        const expectedSums = positions.map((at) => read(expected.slice(at, at + 50)));
        const sums = await time(`window ${columns}`, 5 * positions.length, () => repeat(5, () => positions.map((at) => read(one.window(store, shown, at, 50)))));
        assert.same(sums, expectedSums, `${one.name}: windows`);
      }
      assert.same(one.ids(shown, store), idsOf(expected), `${one.name}: order`);
      await one.close?.(store, shown);
      if (!bytes) return;
      const again = await time("bytes", n, () => (one.loadBytes ? one.loadBytes(chunks) : one.load(parse(chunks))));
      await one.close?.(again);
    };
  }), options);
}

/** T1C: by subject in any case. */
async function folded(contenders, { n }, options) {
  const rows = makeRows(n);
  return parts(await cases(contenders, (one) => {
    const expected = idsOf([...rows].sort(one.bySubjectOrder ?? bySubject));
    return async (time) => {
      const store = await time("load", n, () => (one.loadFolded ?? one.load)(rows));
      const shown = await time("view", n, () => one.bySubject(store));
      // The table of TanStack sorts texts by other rules.
      if (one.name !== "tanstack-table") assert.same(one.ids(shown, store), expected, `${one.name}: order`);
      await one.close?.(store, shown);
    };
  }), options);
}

/** R: the filter alone, over all rows. */
async function restriction(contenders, { n }, options) {
  const rows = makeRows(n);
  const wanted = rows.filter(matches).length;
  return parts(await cases(contenders, (one) => async (time) => {
    const times = one.once ? 1 : 5;
    const store = await one.load(rows);
    const found = await time("filter", times * n, () => repeat(times, () => one.restrict(store)));
    assert.same(found, wanted, `${one.name}: filter`);
    await one.close?.(store);
  }), options);
}

/** W: windows of 100 rows, at random and scrolling down by 25; often enough to be measured. */
async function windows(contenders, { n, times = 8 }, options) {
  const [size, steps] = [100, 500];
  const rows = makeRows(n);
  const random = makePositions(n, steps, size);
  const scroll = Array.from({ length: steps }, (_, at) => (at * 25) % Math.max(1, n - size));
  const asked = [
    { part: "random 12", positions: random, columns: 12 }, { part: "random 6", positions: random, columns: 6 }, { part: "scroll 6", positions: scroll, columns: 6 },
  ];
  return parts(await cases(contenders, async (one) => {
    const expected = [...rows].sort(one.newestFirst ?? newestFirst);
    const readers = { 12: await makeReader(12), 6: await makeReader(6) };
    const store = await one.load(rows);
    const shown = await one.view(store, false);
    return async (time) => {
      for (const { part, positions, columns } of asked) {
        const read = readers[columns];
        const sums = await time(part, times * steps, () => repeat(times, () => positions.map((at) => read(one.window(store, shown, at, size)))));
        assert.same(sums, positions.map((at) => read(expected.slice(at, at + size))), `${one.name}: ${part}`);
      }
    };
  }), options);
}

/** T3: a view of many rows, nothing else. */
async function sort(contenders, { n }, options) {
  const rows = makeRows(n);
  return parts(await cases(contenders, (one) => {
    const expected = idsOf([...rows].sort(one.newestFirst ?? newestFirst));
    return async (time) => {
      const store = await time("load", n, () => one.load(rows));
      const shown = await time("view", n, () => one.view(store, false));
      assert.same(one.ids(shown, store), expected, `${one.name}: order`);
      await one.close?.(store, shown);
    };
  }), options);
}

/** Name → what runs it, how many rows, and what a contender needs for it. */
export const suites = {
  T1: { run: view, n: 100_000, restricted: true, needs: "window" },
  T1all: { run: view, n: 100_000, restricted: false, needs: "window" },
  T1C: { run: folded, n: 100_000, needs: "bySubject" },
  R: { run: restriction, n: 100_000, needs: "restrict" },
  W: { run: windows, n: 100_000, needs: "window" },
  T2: { run: live, n: 100_000, restricted: true, changes: 20_000, needs: "live" },
  T2all: { run: live, n: 100_000, restricted: false, changes: 20_000, needs: "live" },
  T2M: { run: live, n: 1_000_000, restricted: false, changes: 2_000, needs: "live" },
  T3: { run: sort, n: 1_000_000, needs: "view" },
  B: { run: born, n: 20_000, needs: "born" },
};
