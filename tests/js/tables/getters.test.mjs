// Rows that run code of the host's while the table reads them, and what whoever holds rows may rely on.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { pathToFileURL } from "node:url";
import { pack } from "../../lib/pack.mjs";

const { dir } = await pack();
const { createTable } = await import(pathToFileURL(join(dir, "dist/index.js")));

const ids = (shown) => shown.map((row) => row.id);
const turn = () => new Promise((done) => { setTimeout(done); });

test("a getter may look for another row by its key while a column is read", async () => {
  class Answer {
    constructor(id, parent) {
      Object.assign(this, { id, parent });
    }

    get above() {
      return this.parent === null ? 1_000 : 100 + table.get(this.parent).id;
    }
  }
  const rows = Array.from({ length: 10 }, (_, id) => new Answer(id, id < 3 ? null : id - 3));
  const table = await createTable({ id: "long", above: "long" }, rows, { key: "id" });
  table.restrict({ property: "above", op: "eq", value: 1_000 });
  assert.deepEqual(ids(table.getSnapshot()), [0, 1, 2]);
});

test("what changes while a window is read is seen at the next look", async () => {
  let sort;
  const row = { id: 1, get name() { sort?.(); return "a"; } };
  const table = await createTable({ id: "long", name: "string" }, [row, { id: 2, name: "b" }]);
  table.setColumns(["id", "name"]);
  assert.deepEqual(ids(table.getSnapshot()), [1, 2]);
  table.setColumns(["name", "id"]);
  sort = () => {
    sort = undefined;
    table.sortTable([{ property: "id", order: "descending" }]);
  };
  assert.deepEqual([ids(table.getSnapshot()), ids(table.getSnapshot())], [[1, 2], [2, 1]]);
});

test("a heading of rows without the value stays the same object", async () => {
  const table = await createTable({ id: "long", name: "string" }, [{ id: 1, name: null }, { id: 2, name: "b" }]);
  table.sortTable([{ property: "name", order: "ascending" }], { categories: 1, expanded: 1 });
  const before = table.slice(0, 9);
  assert.equal(before.length, 4);
  table.slice(0, 9).forEach((line, i) => assert.equal(line, before[i]));
});

test("a column may be called __proto__, and a column of that name holds what was given", async () => {
  const schema = JSON.parse('{ "id": "long", "__proto__": "string" }');
  const table = await createTable(schema, JSON.parse('{ "id": [1, 2], "__proto__": ["a", null] }'), { key: "id" });
  const [row] = table.getSnapshot();
  assert.deepEqual([Object.entries(row), Object.getPrototypeOf(row) === Object.prototype], [[["id", 1], ["__proto__", "a"]], true]);
});

test("a row of JSON in chosen columns is the same as long as somebody holds it", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  const count = 20_000;
  const rows = Array.from({ length: count }, (_, id) => ({ id, name: `n${id}` }));
  const table = await createTable({ id: "long", name: "string" }, { json: new TextEncoder().encode(JSON.stringify(rows)) });
  table.setColumns(["id", "name"]);
  const before = table.slice(0, 5);
  const walk = () => {
    for (let offset = 100; offset < count; offset += 1_000) table.slice(offset, 1_000);
  };
  walk();
  // Weak references are let go of after a turn.
  await turn();
  gc();
  walk();
  await turn();
  gc();
  table.slice(0, 5).forEach((row, i) => assert.equal(row, before[i]));
});
