// createTable of JSON: what JSON.parse reads is read, what it refuses is refused, and changes do what they do to objects.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { chance } from "../../bench/work.mjs";
import { pack } from "../../lib/pack.mjs";

const { dir } = await pack();
const { createTable, MapiError } = await import(pathToFileURL(join(dir, "dist/index.js")));

const seed = Number(process.env.SEED ?? 11);
const rounds = Number(process.env.ROUNDS ?? 600);
const encoder = new TextEncoder();
const bytes = (value) => encoder.encode(typeof value === "string" ? value : JSON.stringify(value));
const turn = () => new Promise((done) => { setTimeout(done); });
const schema = { id: "long", name: "string", when: "systime", big: "i8", part: "double", read: "boolean", raw: "binary", numbers: "mvLong", tags: "mvString", raws: "mvBinary" };
const all = (table) => table.slice(0, 1e9);

/** Each column, null where there is none. */
const whole = (row) => Object.fromEntries(Object.keys(schema).map((name) => [name, row[name] ?? null]));

function makers(below) {
  const some = (list) => list[below(list.length)];
  const texts = ["", "a", "Zo\u00eb \"quoted\" \\ and\n\ttabs/", "\u4f1a\u8b70 \ud83d\ude00", "x".repeat(70), "\u007f\u2028 end", "same again", "\u0001\u001f"];
  const number = () => some([0, 1, -1, 7, 2_147_483_647, -2_147_483_648]);
  const make = {
    name: () => some(texts) + some(["", String(below(50))]), when: () => some([0, -1, 1_700_000_000_000 + below(1e6), 8.64e15]),
    big: () => some([0, 9_007_199_254_740_991, -9_007_199_254_740_991, 1e15, 123_456_789_012]), part: () => some([0.1, -1e-300, 1.5e300, 12_345.678, 0, -3, 1e21]),
    read: () => below(2) === 0, raw: () => some(["", "00ff", "deadbeef"]), numbers: () => Array.from({ length: below(3) }, number),
    tags: () => Array.from({ length: below(3) }, () => some(texts)), raws: () => Array.from({ length: below(3) }, () => some(["", "a0"])),
  };
  const fields = () => Object.fromEntries(Object.entries(make).filter(() => below(5) > 0).map(([name, value]) => [name, below(8) === 0 ? null : value()]));
  /** Fields that are none of the table's, and in any order. */
  const more = (row) => {
    const entries = Object.entries(row);
    if (below(3) === 0) entries.splice(below(entries.length), 0, [some(["other", "n\u00e4me", "__proto__", "x".repeat(80)]), some([1e99, [[{ a: [null, true] }]], { b: "\ud800" }, "\0"])]);
    if (below(6) === 0) entries.reverse();
    return Object.fromEntries(entries);
  };
  return { some, fields, more };
}

test("what JSON.parse reads is what rows show, however the text is cut", async () => {
  const below = chance(seed);
  const { fields, more, some } = makers(below);
  for (let round = 0; round < rounds / 10; round++) {
    const rows = Array.from({ length: below(40) }, (_, id) => more({ id, ...fields() }));
    const text = JSON.stringify(rows, null, some([0, 0, 1, "\t"]));
    const cut = below(rows.length + 1);
    const given = some([() => bytes(text), () => bytes(text).buffer, () => new Blob([text]), () => [bytes(rows.slice(0, cut)), new Blob([JSON.stringify(rows.slice(cut))])]]);
    const table = await createTable(schema, { json: given() });
    assert.deepEqual(all(table), JSON.parse(text).map(whole), `seed ${seed}, round ${round}`);
    assert.equal(table.size, rows.length);
    table.close();
  }
});

test("texts of every length stand at the ends of pieces", async () => {
  const rows = Array.from({ length: 3_000 }, (_, id) => ({ id, name: "\u00e9\ud83d\ude00\\".repeat(id % 97) + "x".repeat(id % 8), tags: ["\u4f1a"] }));
  rows[1_000].name = "\u00fc".repeat(400_000);
  for (const json of [bytes(rows), new Blob([JSON.stringify(rows)])]) {
    const table = await createTable({ id: "long", name: "string", tags: "mvString" }, { json });
    assert.deepEqual(all(table), rows);
    table.close();
  }
});

test("bytes that were changed are read as JSON.parse reads them, or refused", async () => {
  const below = chance(seed + 1);
  const { fields, more } = makers(below);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let [read, refused] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const made = bytes(Array.from({ length: 1 + below(3) }, (_, id) => more({ id, ...fields() })));
    for (let left = below(3); left >= 0; left--) made[below(made.length)] = below(2) === 0 ? below(256) : made[below(made.length)];
    const json = below(4) === 0 ? made.subarray(0, below(made.length)) : made;
    const what = `seed ${seed}, round ${round}: ${JSON.stringify(new TextDecoder().decode(json))}`;
    let table;
    try {
      table = await createTable(schema, { json });
    } catch (error) {
      assert.ok(error instanceof MapiError && error.expected.startsWith("json: ") && /, row \d+, byte \d+$/.test(error.got), `${what}: ${error?.stack}`);
      refused++;
      continue;
    }
    assert.deepEqual(all(table), JSON.parse(decoder.decode(json)).map(whole).map((row) => (row.when === null ? row : { ...row, when: Math.floor(row.when) })), what);
    table.close();
    read++;
  }
  assert.ok(read > rounds / 20 && refused > rounds / 20, `${read} read, ${refused} refused`);
});

test("what is refused says what was expected, what came, and where", async () => {
  const refusals = [
    ["", "an array of rows, whole", "its end, row 0, byte 0"], ["[{}", "an array of rows, whole", "its end, row 1, byte 3"], ["{}", "an array of rows", "an object, row 0, byte 0"],
    ["[{},]", "a row: an object", "another character, row 1, byte 4"], ["[{}] 1", "nothing behind the array", "a number, row 1, byte 5"], ["[null]", "a row: an object", "null, row 0, byte 1"],
    ['[{},{"id":"1"}]', "long, -2147483648 to 2147483647, in column id", "a text, row 1, byte 10"], ['[{"id":2147483648}]', "long, -2147483648 to 2147483647, in column id", "a number, row 0, byte 7"],
    ['[{"part":1e400}]', "double in column part", "a number, row 0, byte 9"], ['[{"big":9007199254740992}]', "i8 in column big", "a number, row 0, byte 8"],
    ['[{"id":1,"id":1}]', "one value in column id", "two, row 0, byte 9"], ['[{"id":01}]', "a number without leading zeros", "a number, row 0, byte 7"],
    ['[{"name":"\\u0000"}]', "well-formed text without NUL in column name", "a NUL, row 0, byte 9"], ['[{"name":"\\udc00"}]', "well-formed text without NUL in column name", "half a surrogate pair, row 0, byte 9"],
    ['[{"tags":["\\ud800\\u0041"]}]', "well-formed text without NUL in column tags", "half a surrogate pair, row 0, byte 10"], ['[{"raw":"0g"}]', "binary, bytes in hex, in column raw", "a text, row 0, byte 8"],
    ['[{"name":"a\nb"}]', "no control character in a text", "another character, row 0, byte 11"], ['[{"name":"\\x"}]', "an escape of JSON", "another character, row 0, byte 10"],
  ];
  for (const [text, expected, got] of refusals) {
    await assert.rejects(createTable(schema, { json: bytes(text) }), { code: "MAPI_E_INVALID_PARAMETER", expected: `json: ${expected}`, got }, text);
  }
  await assert.rejects(createTable(schema, { json: Uint8Array.of(0x5b, 0x7b, 0x22, 0xc3, 0x28) }), { expected: "json: UTF-8", got: "other bytes, row 0, byte 3" });
  await assert.rejects(createTable(schema, { json: [bytes("[{}]"), bytes("[{},1]")] }), { got: "a number, row 2, byte 4 of part 2" });
  const deep = (levels) => bytes(`[{"other":${"[".repeat(levels)}${"]".repeat(levels)}}]`);
  await assert.rejects(createTable(schema, { json: deep(100_000) }), { code: "MAPI_E_TOO_COMPLEX" });
  assert.equal((await createTable(schema, { json: deep(64) })).size, 1);
  const many = (count) => bytes(`[{"numbers":[${Array.from({ length: count }, () => 1).join()}]}]`);
  await assert.rejects(createTable(schema, { json: many(65_537) }), { code: "MAPI_E_TOO_COMPLEX" });
  assert.equal((await createTable(schema, { json: many(65_536) })).slice(0, 1)[0].numbers.length, 65_536);
  const rows = bytes(`[${"{},".repeat(16_777_216)}{}]`);
  await assert.rejects(createTable({ id: "long" }, { json: rows }), { code: "MAPI_E_TABLE_TOO_BIG", expected: "json: at most 16777216 rows" });
  for (const json of [null, 1, "[]", {}, [null], new DataView(new ArrayBuffer(2))]) await assert.rejects(createTable(schema, { json }), { code: "MAPI_E_INVALID_PARAMETER" });
  await assert.rejects(createTable(schema, { json: bytes([]), id: [] }), { code: "MAPI_E_INVALID_PARAMETER" });
});

test("a column called json is a column", async () => {
  const table = await createTable({ json: "long" }, { json: Uint8Array.of(3, 4) });
  assert.deepEqual(all(table), [{ json: 3 }, { json: 4 }]);
  table.close();
});

test("a row is the same object until it changes, as long as somebody holds it", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  const count = 30_000;
  const table = await createTable({ id: "long", name: "string" }, { json: bytes(Array.from({ length: count }, (_, id) => ({ id, name: "n" }))) });
  const held = table.slice(0, 100);
  const [seen] = table.slice(200, 1).map((row) => new WeakRef(row));
  for (let at = 1_000; at < count; at += 500) table.slice(at, 500);
  assert.ok(table.slice(0, 100).every((row, i) => row === held[i] && row === table.get(i)));
  await turn();
  gc();
  assert.equal(seen.deref(), undefined);
  const heard = [];
  table.advise(({ row }) => heard.push(row));
  table.apply([{ update: 5, with: { name: "m" } }]);
  await turn();
  const [row] = table.slice(5, 1);
  assert.deepEqual([row, held[5]], [{ id: 5, name: "m" }, { id: 5, name: "n" }]);
  assert.ok(row === heard[0] && row === table.get(5) && table.slice(6, 1)[0] === held[6]);
  table.close();
});

test("changes do to rows of JSON what they do to objects", async () => {
  const below = chance(seed + 2);
  const { fields, some } = makers(below);
  const list = Array.from({ length: 200 }, (_, id) => whole({ id, ...fields() }));
  const [own, plain] = await Promise.all([{ json: bytes(list) }, list].map((rows) => createTable(schema, rows, { unread: { property: "read", op: "eq", value: false } })));
  // Of objects a column is checked from the first question on that reads it.
  for (const table of [own, plain]) table.findRow({ or: Object.keys(schema).map((exist) => ({ exist })) });
  const orders = [[[{ property: "name", order: "ascending" }]], [[{ property: "read", order: "ascending" }, { property: "part", order: "descending" }], { categories: 1, expanded: 1 }], [[{ property: "when", order: "descending" }, { property: "id", order: "ascending" }]]];
  const filters = [null, { content: "name", match: "substring", value: "a", ignoreCase: true }, { not: { exist: "raw" } }, { property: "tags", op: "eq", value: "a" }];
  const heard = [own, plain].map((table) => {
    const told = [];
    table.advise((one) => told.push(one));
    return told;
  });
  for (let round = 0; round < rounds / 4; round++) {
    const what = `seed ${seed}, round ${round}`;
    const asks = [];
    if (below(5) === 0) {
      const order = some(orders);
      asks.push((table) => table.sortTable(...order));
    }
    if (below(5) === 0) {
      const filter = some(filters);
      asks.push((table) => table.restrict(filter));
    }
    const changes = Array.from({ length: 1 + below(6) }, () => {
      const id = below(220);
      const kind = below(20);
      if (kind === 0) return { update: id, with: { name: 5 } };
      return kind < 6 ? { put: whole({ id, ...fields() }) } : kind < 8 ? { remove: id } : { update: id, with: fields() };
    });
    asks.push((table) => table.apply(changes), (table) => all(table), (table) => table.get(below(1) + (changes[0].update ?? 0)), (table) => table.size);
    for (const ask of asks) {
      const [one, other] = [own, plain].map((table) => {
        try {
          return { answer: ask(table) };
        } catch (error) {
          assert.ok(error instanceof MapiError, `${what}: ${error?.stack}`);
          return { code: error.code, expected: error.expected };
        }
      });
      assert.deepEqual(one, other, what);
    }
    await turn();
    assert.deepEqual(heard[0], heard[1], what);
    for (const told of heard) told.length = 0;
  }
  own.close();
  plain.close();
});

test("a field whose name no column can have is none of the table's", async () => {
  const text = '[{"id":1,"na\\u0000me":"a","name":"b","\\ud800name":"c"},{"id":2,"\\u0000id":3,"na\\udc00me":"d"},{"id":3,"name":"e","x":0}]';
  const table = await createTable({ id: "long", name: "string" }, { json: bytes(text) });
  assert.deepEqual(all(table), [{ id: 1, name: "b" }, { id: 2, name: null }, { id: 3, name: "e" }]);
});
