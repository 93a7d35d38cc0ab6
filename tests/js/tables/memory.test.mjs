// An engine that runs out of memory traps: its table ends, the host's rows are as before the call, other tables go on.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { leb, unsigned } from "../../../pkg/order.mjs";
import { pack } from "../../lib/pack.mjs";

const { dir } = await pack();
const { createTable, init, MapiError } = await import(pathToFileURL(join(dir, "dist/slim.js")));

/** The module with so many pages of memory more than it starts with, and never more. */
function limited(wasm, pages) {
  let at = 8;
  while (wasm[at] !== 5) {
    const [length, from] = leb(wasm, at + 1);
    at = from + length;
  }
  const [length, from] = leb(wasm, at + 1);
  const [count, flags] = [wasm[from], wasm[from + 1]];
  assert.deepEqual([count, flags], [1, 0], "one memory without a maximum");
  const [least] = leb(wasm, from + 2);
  const section = [1, 1, ...unsigned(least), ...unsigned(least + pages)];
  return Buffer.concat([wasm.subarray(0, at), Buffer.from([5, ...unsigned(section.length), ...section]), wasm.subarray(from + length)]);
}

await init({ tables: limited(readFileSync(join(dir, "dist/tables.wasm")), 64) });

const schema = { id: "long", subject: "string" };
const rows = () => [{ id: 1, subject: "b" }, { id: 2, subject: "a" }, { id: 3, subject: "c" }];
const bySubject = [{ property: "subject", order: "ascending" }];
const failed = (error) => error instanceof MapiError && error.code === "MAPI_E_CALL_FAILED" && /make the table anew/.test(error.got);

/** All or none, and the end of the table. */
function ended(table, others, changes) {
  assert.throws(() => table.apply(changes), failed);
  assert.deepEqual([table.size, table.get(1), table.get(2), table.get(3), table.get("new")], [3, ...others, undefined]);
  for (const act of [() => table.apply([]), () => table.getRowCount(), () => table.slice(0, 1)]) {
    assert.throws(act, { code: "MAPI_E_INVALID_OBJECT", expected: "an open table" });
  }
}

async function opened() {
  const own = rows();
  const table = await createTable(schema, own);
  table.sortTable(bySubject);
  return { own, table };
}

const text = "x".repeat(60_000);
const large = (id) => ({ put: { id, subject: text } });

test("a trap while changes are read", async () => {
  const { own, table } = await opened();
  const told = [];
  table.advise((one) => told.push(one));
  ended(table, own, [{ update: 1, with: { subject: "z" } }, { remove: 2 }, ...Array.from({ length: 100 }, (_, i) => large(10 + i)), { put: { id: 2_000 } }]);
  await new Promise((done) => { setTimeout(done); });
  assert.deepEqual([told, own], [[{ type: "error", instanceKey: null, priorInstanceKey: null, row: null, oldIndex: -1, newIndex: -1 }], rows()]);
});

test("after a trap a table of JSON has the rows that were read already", async () => {
  const table = await createTable(schema, { json: new TextEncoder().encode(JSON.stringify(rows())) });
  const first = table.get(1);
  const told = [];
  table.advise(({ type }) => told.push(type));
  assert.throws(() => table.apply(Array.from({ length: 100 }, (_, i) => large(10 + i))), failed);
  const gone = { code: "MAPI_E_INVALID_OBJECT", expected: "an open table" };
  // In the turn of the break, and when the engine has gone.
  for (let turn = 0; turn < 2; turn++) {
    assert.ok(table.get(1) === first && table.get("new") === undefined);
    assert.equal(table.size, 3);
    assert.throws(() => table.get(2), gone);
    await new Promise((done) => { setTimeout(done); });
  }
  assert.deepEqual(told, ["error"]);
  table.close();
  assert.throws(() => table.get(1), gone);
});

test("a trap while the engine changes, and a table beside it", async () => {
  const { own, table } = await opened();
  const beside = await opened();
  let id = 10;
  const one = () => table.apply([{ update: 1, with: { subject: "z" } }, { remove: 2 }, large(id), { put: { id: 2, subject: "a" } }]);
  let thrown;
  for (; thrown === undefined && id < 1_000; id++) {
    const before = [table.size, table.get(1), table.get(2)];
    try {
      one();
    } catch (error) {
      thrown = error;
      assert.deepEqual([table.size, table.get(1), table.get(2), table.get(id)], [...before, undefined]);
      assert.ok(before[1] === table.get(1) && before[2] === table.get(2) && own[2] === table.get(3), "the same rows");
    }
  }
  assert.ok(failed(thrown), String(thrown));
  assert.throws(one, { code: "MAPI_E_INVALID_OBJECT" });
  beside.table.apply([{ put: { id: 4, subject: "" } }]);
  assert.deepEqual(beside.table.getSnapshot().map((row) => row.id), [4, 2, 1, 3]);
});
