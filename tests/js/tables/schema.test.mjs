// Columns: their names, their types, what is said of values that they cannot have.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { pack } from "../../lib/pack.mjs";

const { dir } = await pack();
const { createTable } = await import(pathToFileURL(join(dir, "dist/index.js")));

const bytes = (list) => ({ json: new TextEncoder().encode(JSON.stringify(list)) });
const columns = (list) => Object.fromEntries(Object.keys(list[0]).map((name) => [name, list.map((row) => row[name])]));
const forms = { objects: (list) => list, columns, json: bytes };
const turn = () => new Promise((done) => { setTimeout(done); });
const up = (property) => [{ property, order: "ascending" }];

/** In each form; JSON is read at once, else at the question. */
function each(name, run) {
  for (const [form, make] of Object.entries(forms)) test(`${name}; as ${form}`, () => run(make, form));
}

test("names that nobody could use are refused", async () => {
  for (const name of ["0x1234", "tags[]", "instanceKey", "rowid", "rowType", "depth", "contentCount", "contentUnreadCount", "a\0b", "\ud800"]) {
    await assert.rejects(createTable({ id: "long", [name]: "long" }, []), { code: "MAPI_E_INVALID_PARAMETER" }, name);
  }
  for (const [name, expected, got] of [["a\0b", "a column's name without NUL", "a string with NUL"], ["a\ud800", "a column's name to be well-formed text", "a lone surrogate"]]) {
    for (const rows of [[], bytes([])]) await assert.rejects(createTable({ id: "long", [name]: "string" }, rows), { expected, got });
  }
  await assert.rejects(createTable({ id: "long", ["y".repeat(65)]: "long" }, []), { code: "MAPI_E_INVALID_PARAMETER", expected: "a column's name of at most 64 characters", got: "65" });
  for (const type of ["mvLong", "mvString", "mvBinary"]) {
    await assert.rejects(createTable({ id: type }, []), { code: "MAPI_E_INVALID_PARAMETER", expected: "key: a column with one value", got: type });
  }
  const table = await createTable({ id: "long", ["y".repeat(64)]: "mvLong" }, [{ id: 1, ["y".repeat(64)]: [3, 4] }]);
  table.setColumns([`${"y".repeat(64)}[]`]);
  assert.deepEqual(table.getSnapshot().map((row) => Object.values(row)[0]), [3, 4]);
  table.close();
});

test("a category by a column called __proto__ is a heading like others", async () => {
  const row = (id, name) => Object.defineProperty({ id }, "__proto__", { value: name, enumerable: true });
  const table = await createTable(JSON.parse('{"id":"string","__proto__":"string"}'), [row("a", "x"), row("b", "y")]);
  table.sortTable(up("__proto__"), { categories: 1, expanded: 0 });
  const headings = table.getSnapshot();
  assert.deepEqual(headings.map((one) => [Object.getOwnPropertyDescriptor(one, "__proto__").value, Object.getPrototypeOf(one) === Object.prototype]), [["x", true], ["y", true]]);
  table.close();
});

test("chosen columns are not loaded: what they hold is shown as it is, and its changes are told", async () => {
  const table = await createTable({ id: "long", text: "string" }, [{ id: 1, text: 5 }, { id: 2, text: "b" }]);
  table.setColumns(["id", "text"]);
  assert.deepEqual(table.getSnapshot(), [{ id: 1, text: 5 }, { id: 2, text: "b" }]);
  const told = [];
  table.advise(({ type, row }) => told.push([type, row]));
  table.apply([{ update: 1, with: { text: "a" } }]);
  await turn();
  assert.deepEqual(told, [["rowModified", { id: 1, text: "a" }]]);
  table.sortTable([{ property: "text", order: "descending" }]);
  assert.deepEqual(table.getSnapshot().map(({ id }) => id), [2, 1]);
  table.close();
  let reads = 0;
  const large = await createTable({ id: "long", text: "string" }, Array.from({ length: 2_000 }, (_, id) => ({ id, get text() { reads++; return `${id}`; } })));
  large.getSnapshot();
  large.setColumns(["id", "text"]);
  assert.deepEqual([large.slice(1_999, 1), reads], [[{ id: 1_999, text: "1999" }], 1], "of the row that was asked for");
  large.sortTable(up("text"));
  assert.ok(reads > 2_000, "what is sorted is loaded");
  large.close();
});

each("a long has 32 bits, signed", async (make, form) => {
  const expected = /long, -2147483648 to 2147483647, in column n$/;
  const open = async (n) => {
    const table = await createTable({ id: "long", n: "long" }, make([{ id: 1, n }]));
    table.sortTable(up("n"));
    return table;
  };
  await assert.rejects(open(2 ** 31), (error) => error.code === "MAPI_E_INVALID_PARAMETER" && expected.test(error.expected), form);
  const table = await open(2 ** 31 - 1);
  assert.throws(() => table.apply([{ update: 1, with: { n: 2 ** 31 } }]), (error) => expected.test(error.expected));
  for (const op of ["eq", "gt"]) assert.throws(() => table.restrict({ property: "n", op, value: 2 ** 31 }), { code: "MAPI_E_TOO_COMPLEX" });
  table.restrict({ property: "n", op: "gt", value: 0 });
  assert.deepEqual(table.getSnapshot(), [{ id: 1, n: 2 ** 31 - 1 }]);
  table.close();
});

each("a key is found however it is written: bytes in either case, an instant with its fraction", async (make) => {
  const table = await createTable({ id: "binary", n: "long" }, make([{ id: "AB", n: 1 }, { id: "cd", n: 2 }]));
  for (const own of ["ab", "AB", "aB"]) assert.equal(table.get(own).n, 1);
  assert.equal(table.get("CD").n, 2);
  table.apply([{ update: "ab", with: { n: 3 } }, { update: "AB", with: { id: "ab", n: 4 } }]);
  table.apply([{ put: { id: "Ab", n: 5 } }, { remove: "Cd" }]);
  assert.deepEqual([table.size, table.get("ab").n, table.get("cd")], [1, 5, undefined]);
  await assert.rejects(async () => (await createTable({ id: "binary" }, make([{ id: "ab" }, { id: "AB" }]))).get("ab"), { got: "the same in rows 0 and 1" });
  const at = await createTable({ id: "systime", n: "long" }, make([{ id: 1.5, n: 1 }]));
  assert.deepEqual([at.get(1)?.n, at.get(1.7)?.n], [1, 1]);
  at.apply([{ put: { id: 1.2, n: 2 } }]);
  assert.deepEqual([at.size, at.get(1.5).n], [1, 2]);
  for (const one of [table, at]) one.close();
});

test("what a column cannot have is told with its row", async () => {
  const rows = (bad) => Array.from({ length: 1_000 }, (_, i) => ({ id: `k${i}`, s: i === 777 ? bad : `s${i}`, n: i === 600 ? "7" : i, b: "00", tags: i === 999 ? ["a", 5] : ["a"] }));
  const schema = { id: "string", s: "string", n: "long", b: "binary", tags: "mvString" };
  const table = await createTable(schema, rows("nul\0"));
  assert.throws(() => table.sortTable(up("s")), { code: "MAPI_E_INVALID_PARAMETER", expected: "text without NUL in column s", got: 'a NUL in row 777, whose key is "k777"' });
  assert.throws(() => table.sortTable(up("n")), { expected: "long, -2147483648 to 2147483647, in column n", got: 'string in row 600, whose key is "k600"' });
  assert.throws(() => table.restrict({ exist: "tags" }), { expected: "mvString in column tags", got: 'the number 5 in row 999, whose key is "k999"' });
  table.close();
  const other = await createTable(schema, rows(5));
  assert.throws(() => other.sortTable(up("s")), { expected: "string in column s", got: 'the number 5 in row 777, whose key is "k777"' });
  other.close();
});

test("what is refused speaks the host's words", async () => {
  const table = await createTable({ id: "string", n: "long", when: "systime", tags: "mvString", raw: "binary" }, [{ id: "a", n: 1 }, { id: "b" }]);
  const nested = (levels) => Array.from({ length: levels - 1 }).reduce((inner) => ({ not: inner }), { exist: "n" });
  const refusals = [
    [() => table.restrict({ property: "n", op: "eq", value: "1" }), "a constant of the type of n (long)", "string"],
    [() => table.findRow({ property: "tags", op: "eq", value: 1 }), "a constant of the type of tags (mvString)", "the number 1"],
    [() => table.restrict({ property: "raw", op: "eq", value: "a" }), "a constant of the type of raw (binary, bytes in hex)", "other text"],
    [() => table.restrict({ property: "raw", op: "eq", value: 5 }), "a constant of the type of raw (binary)", "the number 5"],
    [() => table.restrict({ content: "n", match: "full", value: "x" }), "a constant of the type of n (long)", "string"],
    [() => table.sortTable([{ property: "n", order: "ascending", combine: true }]), "a category before what combines or orders it", "n"],
    [() => table.restrict({ bitmask: "id", mask: 1, op: "nez" }), "PT_LONG for a bitmask", "id"],
    [() => table.restrict(nested(33)), "a restriction of at most 32 levels and 1024 nodes", "more (or a cycle)"],
    [() => table.restrict(nested(70)), "a restriction of at most 32 levels and 1024 nodes", "more (or a cycle)"],
    [() => table.apply([null]), "a change: put, update or remove", "null"],
    [() => table.apply([{ put: null }]), "put: a row", "null"],
    [() => table.apply([{ put: {} }]), "a value in id, which names rows", "undefined"],
    [() => table.apply([{ remove: "nope" }]), "the key of a row", 'none with "nope"'],
    [() => table.apply([{ remove: "a" }, { remove: "b" }, { remove: 7 }]), "the key of a row", "none with the number 7, change 2"],
    [() => table.apply([{ remove: "a" }, { put: { id: "c", n: "x" } }]), "long, -2147483648 to 2147483647, in column n", "string, change 1"],
  ];
  for (const [act, expected, got] of refusals) assert.throws(act, { name: "MapiError", expected, got });
  table.restrict(nested(32));
  assert.equal(table.size, 2);
  table.close();
});

test("unread is checked as restrictions are", async () => {
  const open = (unread) => createTable({ id: "long", raw: "mvBinary" }, [{ id: 1 }], { unread });
  await assert.rejects(open({ property: "id", op: "eq", value: "1" }), { code: "MAPI_E_TOO_COMPLEX", expected: "a constant of the type of id (long)", got: "string" });
  await assert.rejects(open({ not: { property: "raw[]", op: "eq", value: "a" } }), { code: "MAPI_E_TOO_COMPLEX", expected: "a constant of the type of raw (mvBinary, bytes in hex)", got: "other text" });
  (await open({ property: "raw[]", op: "eq", value: "a0" })).close();
});

test("one row a value, by the column's name with []", async () => {
  const table = await createTable({ id: "long", tags: "mvString" }, [{ id: 1, tags: ["red", "blue"] }, { id: 2 }]);
  table.setColumns(["id", "tags[]"]);
  const none = { error: "MAPI_E_NOT_FOUND" };
  assert.deepEqual(table.getSnapshot(), [{ id: 1, "tags[]": "red" }, { id: 1, "tags[]": "blue" }, { id: 2, "tags[]": none }]);
  assert.deepEqual(table.queryColumns(), ["id", "tags[]"]);
  table.restrict({ property: "tags[]", op: "eq", value: "red" });
  assert.deepEqual(table.getSnapshot(), [{ id: 1, "tags[]": "red" }]);
  assert.throws(() => table.restrict({ property: "tags[]", op: "eq", value: 5 }), { code: "MAPI_E_TOO_COMPLEX" });
  table.restrict(null);
  table.setColumns(["id"]);
  table.sortTable(up("tags[]"), { categories: 1, expanded: 1 });
  assert.deepEqual(table.querySortOrder().order, up("tags[]"));
  table.setColumns(["tags[]", "rowType"]);
  assert.deepEqual(table.getSnapshot().map((row) => [row["tags[]"], row.rowType]), [["blue", 3], ["blue", 1], ["red", 3], ["red", 1], [none, 3], [none, 1]]);
  assert.throws(() => table.sortTable(up("id[]")), { code: "MAPI_E_TOO_COMPLEX" });
  table.close();
});
