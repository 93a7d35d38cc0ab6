// A table that is closed: what still answers, and what it keeps.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { pack } from "../../lib/pack.mjs";

const { dir } = await pack();
const { createTable } = await import(pathToFileURL(join(dir, "dist/index.js")));

const schema = { id: "string", n: "long" };
const list = [{ id: "a", n: 1 }, { id: "b", n: 2 }];
const forms = { objects: list, columns: { id: ["a", "b"], n: [1, 2] }, json: { json: new TextEncoder().encode(JSON.stringify(list)) } };

for (const [form, rows] of Object.entries(forms)) {
  test(`a closed table throws, but who watched it sees what it showed last; ${form}`, async () => {
    const table = await createTable(schema, rows);
    const view = table.openView();
    const shown = table.getSnapshot();
    table.close();
    table.close();
    // A turn later nothing of it is left.
    for (let turn = 0; turn < 2; turn++) {
      for (const [name, act] of Object.entries({
        apply: () => table.apply([]), get: () => table.get("a"), size: () => table.size, slice: () => table.slice(0, 1), openView: () => table.openView(),
        getRowCount: () => table.getRowCount(), getStatus: () => table.getStatus(), abort: () => table.abort(), window: () => table.window({ offset: 0, count: 1 }),
        restrict: () => table.restrict(null), advise: () => table.advise(() => {}), queryColumns: () => table.queryColumns(), ofView: () => view.queryRows(1),
      })) assert.throws(act, { code: "MAPI_E_INVALID_OBJECT" }, name);
      await assert.rejects(table.waitForCompletion(), { code: "MAPI_E_INVALID_OBJECT" });
      const seen = [];
      table.subscribe((lines) => seen.push(lines))();
      table.onChange(() => assert.fail("told of a closed table"))();
      assert.ok(seen[0] === shown && table.getSnapshot() === shown);
      assert.deepEqual(shown, list);
      assert.deepEqual(view.getSnapshot(), [], "nobody had looked at it");
      assert.deepEqual(await table.changes().next(), { done: true, value: undefined });
    }
  });
}

test("a closed table keeps neither its engine nor its rows", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  const count = 200_000;
  const held = [];
  const external = () => {
    gc();
    return process.memoryUsage().external;
  };
  const before = external();
  for (let round = 0; round < 3; round++) {
    const table = await createTable({ id: "long", text: "string" }, { id: Int32Array.from({ length: count }, (_, i) => i), text: Array.from({ length: count }, (_, i) => `text of row ${i}`) });
    table.sortTable([{ property: "text", order: "ascending" }]);
    table.get(7);
    held.push(table);
    table.close();
  }
  const [row, table] = await (async () => {
    const one = { id: "a", n: 1 };
    return [new WeakRef(one), await createTable(schema, [one])];
  })();
  held.push(table);
  table.close();
  // One engine with these columns has more.
  const [most, kept] = [10_000_000, () => external() - before];
  // The sweeper works beside us, as long as it takes.
  while (kept() > most || row.deref() !== undefined) await new Promise((done) => { setTimeout(done); });
  assert.equal(held.length, 4);
});

test("waitForCompletion takes a time in ms", async () => {
  const table = await createTable(schema, list);
  assert.equal(await table.waitForCompletion(), "TBLSTAT_COMPLETE");
  assert.equal(await table.waitForCompletion(5), "TBLSTAT_COMPLETE");
  for (const timeout of ["5", -1, NaN, {}]) await assert.rejects(table.waitForCompletion(timeout), { code: "MAPI_E_INVALID_PARAMETER" });
  table.close();
});
