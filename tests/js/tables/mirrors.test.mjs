// Whoever applies notifications to a copy ends with the snapshot: changes, calls and listeners by chance, in one turn or several.
// MAILSPOOLER_SEED=... walks one seed again.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { pack } from "../../lib/pack.mjs";
import { dice, mirrored, ownCall, same, seeds } from "../lib/mirrors.mjs";

const { dir } = await pack();
const { createTable } = await import(pathToFileURL(join(dir, "dist/index.js")));

const turn = () => new Promise((done) => { setTimeout(done); });
const schema = { id: "long", g: "string", h: "long", n: "long" };
const choices = { columns: ["g", "h", "n"], restrictions: [null, { property: "n", op: "lt", value: 12 }, { not: { property: "g", op: "eq", value: "a" } }] };

async function walk(seed, heard) {
  const random = dice(seed);
  const { below, pick } = random;
  const row = (id) => ({ id, g: pick(["a", "b", "c", null]), h: below(3), n: below(20) });
  const rows = Array.from({ length: below(30) }, (_, id) => row(id));
  const table = await createTable(schema, below(3) === 0 ? { json: new TextEncoder().encode(JSON.stringify(rows)) } : rows);
  const views = [table, table.openView(), table.openView()].map((view) => ({ view, readers: [], window: view.window({ offset: below(5), count: 5 }) }));
  const own = (one) => {
    ownCall(one.view, random, choices);
    for (const reader of one.readers) reader.read();
  };
  const change = () => {
    const id = below(40);
    const there = table.get(id) !== undefined;
    const kind = below(8);
    if (kind < 2 || !there) return { put: row(id) };
    if (kind === 2) return { remove: id };
    return { update: id, with: pick([{ n: below(20) }, { g: pick(["a", "b", null]) }, { h: below(3), n: below(20) }, {}]) };
  };
  const apply = () => {
    if (below(3) > 0) return table.apply([change()]);
    // Of rows that are there before and after.
    const ids = rows.map(({ id }) => id).filter((id) => table.get(id) !== undefined);
    return table.apply(ids.length === 0 ? [] : Array.from({ length: below(6) }, () => ({ update: pick(ids), with: { n: below(20), h: below(3) } })));
  };
  /** What a listener does; seldom, else nothing ends. */
  const meanwhile = () => {
    const kind = below(60);
    if (kind < 3) apply();
    else if (kind < 6) own(pick(views));
  };
  for (let step = 0; step < 120; step++) {
    const one = pick(views);
    const kind = below(10);
    if (kind < 5) apply();
    else if (kind === 5) own(one);
    else if (kind === 6 && one.readers.length < 3) one.readers.push(mirrored(one.view, below(2) === 0 ? meanwhile : undefined));
    else if (kind === 7 && below(3) === 0) one.readers.shift()?.stop();
    else if (kind === 8) assert.deepEqual([...one.window.getSnapshot()], one.view.slice?.(one.window.offset, 5) ?? one.view.getSnapshot().slice(one.window.offset, one.window.offset + 5));
    else {
      await turn();
      for (const { view, readers } of views) for (const reader of readers) same(reader, view, `MAILSPOOLER_SEED=${seed}, step ${step}`);
    }
  }
  await turn();
  for (const { view, readers } of views) {
    for (const reader of readers) {
      same(reader, view, `MAILSPOOLER_SEED=${seed}, at the end`);
      for (const type of reader.heard) heard.add(type);
    }
  }
  table.close();
}

test("a copy kept by notifications is the view, whatever happens in between", async () => {
  const [all, heard] = [seeds(60), new Set()];
  for (const seed of all) await walk(seed, heard);
  if (all.length > 1) assert.deepEqual(heard, new Set(["changed", "rowAdded", "rowDeleted", "rowModified"]));
});

test("what happens before changed is told is not told as well, to listeners that come meanwhile either", async () => {
  const table = await createTable({ id: "long", n: "long" }, []);
  const early = mirrored(table);
  table.apply(Array.from({ length: 5_000 }, (_, id) => ({ put: { id, n: id } })));
  const late = mirrored(table);
  table.apply([{ put: { id: 9_999, n: 1 } }]);
  await turn();
  for (const mirror of [early, late]) {
    same(mirror, table);
    assert.deepEqual([...mirror.heard], ["changed"]);
  }
});

test("a listener's own call overtakes what others have not heard", async () => {
  const table = await createTable({ id: "long", n: "long" }, [{ id: 1, n: 1 }, { id: 2, n: 2 }]);
  let once = true;
  const first = mirrored(table, () => {
    if (once) table.restrict({ property: "n", op: "gt", value: 1 });
    once = false;
    first.read();
    second.read();
  });
  const second = mirrored(table);
  table.apply([{ update: 2, with: { n: 3 } }, { put: { id: 3, n: 3 } }, { remove: 1 }]);
  await turn();
  for (const mirror of [first, second]) same(mirror, table);
});

test("an update that gives nothing else tells nothing and keeps the row", async () => {
  const given = { id: 1, n: 1, list: [1, 2] };
  const table = await createTable({ id: "long", n: "long", list: "mvLong" }, [given]);
  table.sortTable([{ property: "n", order: "ascending" }]);
  const [mirror, snapshot] = [mirrored(table), table.getSnapshot()];
  table.apply([{ update: 1, with: {} }, { update: 1, with: { n: 1 } }, { update: 1, with: { list: [1, 2], id: 1 } }]);
  await turn();
  assert.deepEqual([[...mirror.heard], table.get(1) === given, table.getSnapshot() === snapshot], [[], true, true]);
  // Changed where it is, and said so: the engine knows another cell.
  given.n = 5;
  table.apply([{ update: 1, with: { n: 5 } }]);
  await turn();
  assert.deepEqual([[...mirror.heard], table.get(1) === given], [["rowModified"], true]);
  table.apply([{ put: { ...given } }]);
  await turn();
  assert.notEqual(table.getSnapshot()[0], given, "another object is another row");
});

test("an iterator that is left ends at once, with the next that waits", async () => {
  const table = await createTable({ id: "long" }, [{ id: 1 }]);
  const changes = table.changes();
  const waiting = changes.next();
  assert.deepEqual(await changes.return("left"), { done: true, value: "left" });
  assert.deepEqual([await waiting, await changes.next()], [{ done: true, value: undefined }, { done: true, value: undefined }]);
  const never = table.changes();
  await never.return();
  assert.deepEqual(await never.next(), { done: true, value: undefined });
  const both = table.changes();
  const [one, two] = [both.next(), both.next()];
  table.apply([{ put: { id: 2 } }]);
  assert.deepEqual((await one).value.length, 2);
  table.apply([{ put: { id: 3 } }]);
  assert.deepEqual((await two).value.length, 3, "one value each, in turn");
});
