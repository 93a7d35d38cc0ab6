// Whatever JavaScript hands to a table of its own rows, it answers or refuses; the engine never traps, and no refusal leaves half a
// change behind. MAILSPOOLER_FUZZ_ROUNDS and MAILSPOOLER_FUZZ_SEED as in session.test.mjs.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { pack } from "../../lib/pack.mjs";
import { fuzz } from "./table.mjs";
import { makeValues } from "./values.mjs";

const { dir } = await pack();
const { createTable, MapiError } = await import(pathToFileURL(join(dir, "dist/index.js")).href);
const rounds = Number(process.env.MAILSPOOLER_FUZZ_ROUNDS ?? 3000);
const seed = Number(process.env.MAILSPOOLER_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32));

const schema = {
  id: "long", subject: "string", date: "systime", size: "double", big: "i8", read: "boolean", bytes: "binary", words: "mvString", numbers: "mvLong",
};
const properties = [...Object.keys(schema), "subjekt", "instanceKey", "rowType", "contentCount", 0x8001_001f, 0x8007_301f];
const good = (id) => ({
  id, subject: `Re: ${id % 7}`, date: id * 1e9, size: id / 3, big: -id, read: id % 2 === 0, bytes: "00ff", words: ["a", "b", `${id % 3}`], numbers: [id, 1],
});

/** A row in which now and then a field is something else. */
function makeRow({ below, mostly }) {
  const row = good(below(60));
  for (const field of Object.keys(row)) row[field] = field === "id" ? row.id : mostly(() => row[field]);
  return row;
}

function changes(values) {
  const { below, mostly, hostile, flag } = values;
  const one = () => mostly(() => {
    switch (below(4)) {
      case 0: return { put: mostly(() => makeRow(values)) };
      case 1: return { update: mostly(() => below(60)), with: mostly(() => ({ subject: mostly(() => "x"), read: flag(), words: mostly(() => ["c"]) })) };
      case 2: return { remove: mostly(() => below(60)) };
      default: return { put: good(below(60)), with: hostile() };
    }
  });
  return mostly(() => Array.from({ length: below(5) }, one));
}

/** A new view has every row, once, and the very one that `get` answers. */
function check(table, told) {
  const view = table.openView();
  const rows = view.getRowCount() === 0 ? [] : view.queryRows(1000);
  assert.equal(rows.length, table.size, told());
  assert.equal(new Set(rows.map(({ id }) => id)).size, table.size, told());
  for (const row of rows) assert.equal(table.get(row.id), row, told());
  view.close();
}

test(`a table of the host's rows: ${rounds} calls from seed ${seed}`, async () => {
  const table = await createTable(schema, Array.from({ length: 40 }, (_, id) => good(id)));
  const extra = (values) => {
    const { count, hostile, mostly, below } = values;
    const calls = {
      apply: () => table.apply(changes(values)),
      slice: () => table.slice(count(), mostly(() => below(100))),
      get: () => table.get(hostile()),
    };
    const name = values.pick(["apply", "apply", "apply", "slice", "get"]);
    return { name, act: calls[name] };
  };
  const part = 100;
  for (let done = 0; done < rounds; done += part) {
    const told = (round, name) => `seed ${seed}: round ${round}, ${name} of the part from ${seed + done}`;
    fuzz({ MapiError, table, properties, rounds: part, seed: seed + done, extra, told });
    check(table, () => told(part, "check"));
  }
  table.close();
  assert.throws(() => table.apply([]), { code: "MAPI_E_INVALID_OBJECT" });
});

test(`what a table is made of: ${rounds / 10} schemas and rows from seed ${seed}`, async () => {
  const values = makeValues(seed, properties);
  const { below, hostile, mostly } = values;
  let made = 0;
  for (let round = 0; round < rounds / 10; round++) {
    const columns = mostly(() => ({ ...schema, ...(below(4) === 0 && { [below(3)]: hostile() }) }));
    const rows = mostly(() => Array.from({ length: below(4) }, (_, id) => mostly(() => good(id))));
    const byColumn = () => ({ id: mostly(() => [1, 2, 3]), subject: mostly(() => ["a", "b", mostly(() => "c")]), size: mostly(() => new Float64Array([1, 2, 3])) });
    try {
      const table = await createTable(columns, below(3) === 0 ? byColumn() : rows, mostly(() => ({ key: mostly(() => "id") })));
      table.sortTable([{ property: "subject", order: "ascending" }]);
      table.slice(0, 10);
      table.close();
      made += 1;
    } catch (error) {
      assert.ok(error instanceof MapiError, `seed ${seed}, round ${round}: ${error?.stack ?? String(error)}`);
    }
  }
  assert.ok(made > rounds / 100, `${made} tables`);
});
