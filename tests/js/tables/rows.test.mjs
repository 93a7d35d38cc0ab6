// createTable of the packed package: the host's own rows, in order, filtered, changed, in categories.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { pack } from "../../lib/pack.mjs";

const { dir } = await pack();
const { createTable, MapiError } = await import(pathToFileURL(join(dir, "dist/index.js")));

const schema = { id: "long", subject: "string", date: "systime", size: "long", read: "boolean", tags: "mvString" };
const mail = (id, subject, rest = {}) => ({ id, subject, date: 1_700_000_000_000 + id, size: id * 10, read: id % 2 === 0, tags: [], ...rest });
const rows = [mail(1, "beta"), mail(2, "Alpha"), mail(3, "alpha"), mail(4, "Gamma"), mail(5, null)];
const ids = (shown) => shown.map((row) => row.id);
const turn = () => new Promise((done) => { setTimeout(done); });
const json = (list) => ({ json: new TextEncoder().encode(JSON.stringify(list)) });

/** What holds of rows that came as objects, and of those that came as JSON. */
function each(name, run) {
  test(`${name}; as objects`, () => run((list) => list));
  test(`${name}; as JSON`, () => run(json));
}

const bySubject = [{ property: "subject", order: "ascending" }];

test("rows go out as they came in, in the order asked for", async () => {
  const table = await createTable(schema, rows);
  assert.equal(table.getRowCount(), 5);
  assert.equal(table.getSnapshot()[0], rows[0]);
  table.sortTable(bySubject);
  assert.deepEqual(ids(table.getSnapshot()), [2, 3, 1, 4, 5]);
  table.sortTable([{ property: "subject", order: "descending" }]);
  assert.deepEqual(ids(table.queryRows(9)), [4, 1, 3, 2, 5]);
  assert.deepEqual(table.querySortOrder(), { order: [{ property: "subject", order: "descending" }], categories: 0, expanded: 0 });
  table.close();
  assert.throws(() => table.getRowCount(), { code: "MAPI_E_INVALID_OBJECT" });
});

test("columns go in whole, typed arrays and all", async () => {
  const table = await createTable({ id: "long", name: "string" }, { id: Uint32Array.of(7, 8, 9), name: ["c", "b", null] });
  table.sortTable([{ property: "name", order: "ascending" }]);
  assert.deepEqual(table.getSnapshot(), [{ id: 8, name: "b" }, { id: 7, name: "c" }, { id: 9, name: null }]);
  assert.equal(table.getSnapshot()[0], table.get(8));
  table.apply([{ remove: 8 }, { put: { id: 10, name: "a" } }]);
  assert.deepEqual(ids(table.getSnapshot()), [10, 7, 9]);
  table.close();
});

test("one long text among a million short ones", async () => {
  const count = 1_000_000;
  const name = Array.from({ length: count }, (_, i) => (i === 0 ? "z".repeat(2_200_000) : "a"));
  const table = await createTable({ id: "long", name: "string" }, { id: Uint32Array.from({ length: count }, (_, i) => i), name });
  table.restrict({ content: "name", match: "prefix", value: "z" });
  assert.deepEqual(table.getSnapshot().map((row) => [row.id, row.name.length]), [[0, 2_200_000]]);
  table.close();
});

each("restrictions of every kind", async (form) => {
  const table = await createTable(schema, form(rows));
  const shown = (restriction) => (table.restrict(restriction), ids(table.getSnapshot()));
  assert.deepEqual(shown({ content: "subject", match: "substring", value: "ALPH", ignoreCase: true }), [2, 3]);
  assert.deepEqual(shown({ content: "subject", match: "substring", value: "\u00C0lph", ignoreCase: true }), []);
  assert.deepEqual(shown({ content: "subject", match: "substring", value: "\u00C0lph", ignoreCase: true, ignoreNonSpace: true }), [2, 3]);
  assert.deepEqual(shown({ content: "subject", match: "substring", value: "A\u0300LPH", loose: true }), [2, 3]);
  assert.deepEqual(shown({ and: [{ property: "size", op: "gt", value: 10 }, { property: "read", op: "eq", value: true }] }), [2, 4]);
  assert.deepEqual(shown({ not: { exist: "subject" } }), [5]);
  assert.deepEqual(shown({ bitmask: "size", mask: 4, op: "nez" }), [2, 3]);
  assert.throws(() => shown({ property: "size", op: "eq", value: "x" }), { code: "MAPI_E_TOO_COMPLEX" });
  assert.throws(() => shown({ exist: "nothing" }), (error) => error instanceof MapiError && error.code === "MAPI_E_TOO_COMPLEX" && error.got === "nothing");
  assert.deepEqual(shown(null), [1, 2, 3, 4, 5]);
  table.findRow({ property: "id", op: "eq", value: 3 });
  assert.equal(table.queryPosition().row, 2);
  table.close();
});

each("a change is told once, after the call, with both places", async (form) => {
  const table = await createTable(schema, form(rows));
  table.sortTable(bySubject);
  const heard = [];
  table.advise((told) => heard.push(told));
  table.apply([{ update: 1, with: { subject: "zeta" } }, { put: mail(6, "aaa") }, { remove: 4 }]);
  assert.equal(heard.length, 0);
  await turn();
  assert.deepEqual(heard.map(({ type, oldIndex, newIndex, row }) => [type, oldIndex, newIndex, row?.id]), [
    ["rowModified", 2, 3, 1], ["rowAdded", -1, 0, 6], ["rowDeleted", 3, -1, undefined],
  ]);
  assert.equal(heard[0].row.subject, "zeta");
  assert.equal(heard[1].priorInstanceKey, null);
  assert.deepEqual(ids(table.getSnapshot()), [6, 2, 3, 1, 5]);
  assert.equal(table.size, 5);
  assert.throws(() => table.apply([{ remove: 4 }]), { code: "MAPI_E_NOT_FOUND" });
  assert.throws(() => table.apply([{ put: mail(9, 7) }]), { code: "MAPI_E_INVALID_PARAMETER" });
  assert.equal(table.size, 5);
  table.close();
});

each("of changes before a refused one none has happened", async (form) => {
  const table = await createTable(schema, form(rows));
  table.sortTable(bySubject);
  const heard = [];
  table.advise((told) => heard.push(told));
  const before = table.getSnapshot();
  const changes = [
    { put: mail(6, "aaa") }, { update: 6, with: { subject: "zzz" } }, { remove: 2 }, { put: mail(2, "new") }, { update: 3, with: { size: 1 } }, { remove: 3 },
    { remove: 6 }, { put: mail(7, "b") },
  ];
  for (const refused of [{ remove: 99 }, { put: mail(8, 8) }, { update: 1, with: { id: 2 } }, { update: 1, with: { subject: 1 } }, 1]) {
    assert.throws(() => table.apply([...changes, refused]));
    assert.equal(table.size, 5);
    assert.deepEqual(rows.map(({ id }) => table.get(id)), rows);
    assert.equal(table.get(6), undefined);
    await turn();
    assert.deepEqual(heard, []);
    assert.deepEqual(table.slice(0, 9), before);
  }
  table.apply(changes);
  assert.deepEqual(ids(table.getSnapshot()), [7, 1, 4, 2, 5]);
  table.close();
});

each("a change has values of the schema's types, whether or not somebody has read the column", async (form) => {
  const table = await createTable(schema, form(rows));
  const wrong = { subject: 7, date: "now", size: "8", read: 1, tags: "one" };
  for (const [name, value] of [...Object.entries(wrong), ["size", 0.5], ["size", 2 ** 32], ["subject", "a\0b"], ["tags", [1]]]) {
    assert.throws(() => table.apply([{ update: 1, with: { [name]: value } }]), { code: "MAPI_E_INVALID_PARAMETER" }, "update");
    assert.throws(() => table.apply([{ put: mail(9, "new", { [name]: value }) }]), { code: "MAPI_E_INVALID_PARAMETER" }, "put");
  }
  assert.deepEqual(rows.map(({ id }) => table.get(id)), rows);
  assert.equal(table.get(9), undefined);
  table.apply([{ update: 1, with: { subject: null, size: undefined, other: "8" } }, { put: mail(9, undefined, { tags: null, helper: Symbol("none of the schema's") }) }]);
  table.sortTable(bySubject);
  table.restrict({ exist: "size" });
  assert.deepEqual(ids(table.getSnapshot()), [2, 3, 4, 5, 9]);
  table.close();
});

test("what a refused call would have read is no later call's business", async () => {
  const table = await createTable(schema, [mail(1, "a"), mail(2, 7)]);
  const half = { and: [{ exist: "subject" }, { exist: "nothing" }] };
  assert.throws(() => table.restrict(half), { code: "MAPI_E_TOO_COMPLEX" });
  assert.equal(table.getRowCount(), 2);
  assert.throws(() => table.restrict({ exist: "subject" }), { code: "MAPI_E_INVALID_PARAMETER" });
  table.restrict({ exist: "size" });
  assert.deepEqual(ids(table.getSnapshot()), [1, 2]);
  table.close();
});

each("two changes of one row are two", async (form) => {
  const table = await createTable(schema, form(rows));
  table.sortTable(bySubject);
  const heard = [];
  table.advise(({ row, newIndex }) => heard.push([row.subject, newIndex]));
  table.apply([{ update: 1, with: { subject: "0" } }, { update: 1, with: { subject: "z" } }, { update: 2, with: { size: 77 } }]);
  await turn();
  assert.deepEqual(heard, [["0", 0], ["z", 3], ["Alpha", 0]]);
  table.close();
});

each("a window keeps still until a row in it changes", async (form) => {
  const table = await createTable(schema, form(rows));
  table.sortTable(bySubject);
  const window = table.window({ offset: 1, count: 2 });
  let told = 0;
  window.onChange(() => told++);
  const before = window.getSnapshot();
  assert.deepEqual(ids(before), [3, 1]);
  table.apply([{ update: 4, with: { size: 1 } }]);
  await turn();
  assert.equal(told, 0);
  assert.equal(window.getSnapshot(), before);
  table.apply([{ put: mail(7, "aa") }]);
  await turn();
  assert.equal(told, 1);
  assert.deepEqual(ids(window.getSnapshot()), [2, 3]);
  assert.deepEqual(ids(table.slice(0, 1)), [7]);
  window.close();
  table.close();
});

each("categories: headings, counts, expand and collapse, saved state", async (form) => {
  const list = [mail(1, "b"), mail(2, "a"), mail(3, "b"), mail(4, "a"), mail(5, "b")];
  const table = await createTable(schema, form(list), { unread: { property: "read", op: "eq", value: false } });
  table.sortTable([{ property: "subject", order: "ascending" }, { property: "date", order: "descending" }], { categories: 1, expanded: 0 });
  const line = (row) => (row.rowType === undefined ? row.id : [row.subject, row.contentCount, row.contentUnreadCount, row.rowType]);
  const lines = () => table.getSnapshot().map(line);
  assert.deepEqual(lines(), [["a", 2, 0, 4], ["b", 3, 3, 4]]);
  const [a, b] = table.getSnapshot();
  assert.deepEqual(table.expandRow(b.instanceKey, 2), { rows: [list[4], list[2]], more: 3 });
  assert.deepEqual(lines(), [["a", 2, 0, 4], ["b", 3, 3, 3], 5, 3, 1]);
  const state = table.getCollapseState(b.instanceKey);
  assert.equal(table.collapseRow(b.instanceKey), 3);
  assert.deepEqual(table.expandRow(a.instanceKey), { rows: [], more: 2 });
  const bookmark = table.setCollapseState(state);
  assert.deepEqual(lines(), [["a", 2, 0, 4], ["b", 3, 3, 3], 5, 3, 1]);
  table.seekRow(bookmark, 0);
  assert.equal(table.queryPosition().row, 1);
  const heard = [];
  table.advise(({ type, row, oldIndex, newIndex }) => heard.push([type, row && line(row), oldIndex, newIndex]));
  table.apply([{ update: 3, with: { subject: "c" } }]);
  await turn();
  assert.deepEqual(heard, [["rowAdded", ["c", 1, 1, 4], -1, 5], ["rowDeleted", null, 3, -1], ["rowModified", ["b", 2, 2, 3], 1, 1]]);
  assert.deepEqual(lines(), [["a", 2, 0, 4], ["b", 2, 2, 3], 5, 1, ["c", 1, 1, 4]]);
  table.close();
});

each("headings that are gone are let go", async (form) => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  const table = await createTable(schema, form([mail(1, "a"), mail(2, "b")]));
  table.sortTable(bySubject, { categories: 1, expanded: 0 });
  table.advise(() => {});
  const seen = () => table.getSnapshot().map((row) => new WeakRef(row));
  const [kept, gone] = seen();
  table.apply([{ remove: 2 }]);
  await turn();
  assert.equal(table.getSnapshot()[0], kept.deref());
  await turn();
  gc();
  assert.equal(gone.deref(), undefined);
  table.sortTable([{ property: "date", order: "ascending" }], { categories: 1, expanded: 0 });
  table.getSnapshot();
  await turn();
  gc();
  assert.equal(kept.deref(), undefined);
  table.close();
});

each("one row a value, by the tag with MVI_FLAG", async (form) => {
  const list = [mail(1, "x", { tags: ["red", "blue"] }), mail(2, "y", { tags: ["blue"] }), mail(3, "z")];
  const table = await createTable(schema, form(list));
  const tag = 0x8005_301f;
  table.sortTable([{ property: tag, order: "ascending" }], { categories: 1, expanded: 1 });
  table.setColumns([tag, "id", "instanceKey", "rowType", "contentCount"]);
  const shown = table.getSnapshot().map((row) => (row.rowType === 1 ? row.id : row.contentCount));
  assert.deepEqual(shown, [2, 1, 2, 1, 1, 1, 3]);
  const keys = table.getSnapshot().map((row) => row.instanceKey);
  assert.equal(new Set(keys).size, keys.length);
  table.close();
});

each("chosen columns: places kept empty, what is missing as an error", async (form) => {
  const table = await createTable(schema, form(rows));
  table.setColumns(["subject", 0x0000_0001, "instanceKey", "displayName" in schema ? "x" : 0x3001_001f]);
  const [first] = table.queryRows(1);
  assert.equal(first.subject, "beta");
  assert.equal(first["0x00000001"], null);
  assert.match(first.instanceKey, /^[0-9a-f]{16}$/);
  assert.deepEqual(first["0x3001001F"], { error: "MAPI_E_NOT_FOUND" });
  assert.equal(table.getSnapshot()[0], table.getSnapshot()[0]);
  table.close();
});

each("several views of the same rows", async (form) => {
  const table = await createTable(schema, form(rows));
  const other = table.openView();
  other.restrict({ property: "read", op: "eq", value: true });
  assert.deepEqual(ids(other.getSnapshot()), [2, 4]);
  table.apply([{ update: 3, with: { read: true } }]);
  assert.deepEqual(ids(other.getSnapshot()), [2, 3, 4]);
  assert.deepEqual(ids(table.getSnapshot()), [1, 2, 3, 4, 5]);
  other.close();
  assert.throws(() => other.getRowCount(), { code: "MAPI_E_INVALID_OBJECT" });
  table.close();
});

each("ten thousand rows stay in the order a plain array has", async (form) => {
  let seed = 7;
  const roll = (sides) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % sides;
  const word = () => ["Re: ", "RE: ", ""][roll(3)] + ["north", "Norden", "south", "east wind", "west"][roll(5)] + roll(50);
  const list = Array.from({ length: 10_000 }, (_, id) => mail(id, word(), { date: 1e12 + roll(500) }));
  const table = await createTable(schema, form(list));
  const order = [{ property: "subject", order: "ascending" }, { property: "date", order: "descending" }];
  table.sortTable(order);
  table.restrict({ content: "subject", match: "prefix", value: "re", ignoreCase: true });
  const fold = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const compare = (a, b) => fold(a.subject.toLowerCase(), b.subject.toLowerCase()) || fold(a.subject, b.subject) || b.date - a.date || a.id - b.id;
  const expected = () => list.filter((row) => row?.subject.toLowerCase().startsWith("re")).sort(compare);
  assert.deepEqual(ids(table.getSnapshot()), ids(expected()));
  for (let k = 0; k < 20; k++) {
    const changes = Array.from({ length: 50 }, () => {
      const id = roll(10_000);
      if (list[id] === undefined) return { put: (list[id] = mail(id, word())) };
      if (roll(4) === 0) {
        list[id] = undefined;
        return { remove: id };
      }
      const fields = { subject: word(), date: 1e12 + roll(500) };
      list[id] = { ...list[id], ...fields };
      return { update: id, with: fields };
    });
    table.apply(changes);
  }
  // Rows of equal keys stand in the order of their birth: a row put again is younger.
  const shown = table.getSnapshot();
  const key = ({ subject, date }) => `${subject} ${date}`;
  assert.deepEqual(shown.map(key), expected().map(key));
  assert.deepEqual(new Set(ids(shown)), new Set(ids(expected())));
  table.close();
});

each("a cell of many values holds 65,536, and does not walk an array that claims more", async (form) => {
  const table = await createTable({ id: "long", numbers: "mvLong", tags: "mvString" }, form([{ id: 1, numbers: [1], tags: ["a"] }]));
  table.restrict({ and: [{ exist: "numbers" }, { exist: "tags" }] });
  const holes = [];
  holes.length = 4_000_000_000;
  for (const cell of [{ numbers: holes }, { tags: holes }, { numbers: Array.from({ length: 65_537 }, () => 1) }]) {
    assert.throws(() => table.apply([{ update: 1, with: cell }]), { code: "MAPI_E_TOO_COMPLEX" });
  }
  assert.throws(() => table.apply([{ update: 1, with: { numbers: [1, null] } }]), { code: "MAPI_E_INVALID_PARAMETER" });
  const numbers = Array.from({ length: 65_536 }, (_, at) => at);
  table.apply([{ update: 1, with: { numbers } }]);
  table.restrict({ property: "numbers", op: "eq", value: 65_535 });
  assert.deepEqual(table.queryRows(2).map(({ id }) => id), [1]);
  table.close();
});

test("c_224 rows are at most 16,777,216, and an array that claims more is not walked", async () => {
  const holes = [];
  holes.length = 4_000_000_000;
  for (const rows of [holes, { id: holes }]) await assert.rejects(createTable({ id: "long" }, rows), { code: "MAPI_E_TABLE_TOO_BIG" });
});

test("a row's getter may not ask the table that reads it", async () => {
  const busy = [];
  const asking = (table, id, subject) => ({
    ...mail(id, subject),
    get size() {
      for (const ask of [
        () => table.sortTable([{ property: "date", order: "descending" }]), () => table.restrict({ content: "subject", match: "prefix", value: "z" }),
        () => table.queryRows(9), () => table.getSnapshot(), () => table.openView(), () => table.apply([]), () => table.slice(0, 9),
      ]) assert.throws(ask, (error) => busy.push(error.code) > 0);
      return id;
    },
  });
  const table = await createTable(schema, rows);
  table.sortTable([{ property: "size", order: "ascending" }]);
  table.apply([{ put: asking(table, 6, "late") }, { put: asking(table, 7, "later") }]);
  assert.deepEqual(ids(table.getSnapshot()), [6, 7, 1, 2, 3, 4, 5]);
  assert.deepEqual([...new Set(busy)], ["MAPI_E_BUSY"]);
  table.sortTable([{ property: "date", order: "descending" }]);
  assert.deepEqual(ids(table.getSnapshot()), [7, 6, 5, 4, 3, 2, 1]);

  // The same while a column is loaded for a question.
  const held = {};
  const other = await createTable(schema, [asking({ ...held, get sortTable() { return held.table.sortTable; }, get restrict() { return held.table.restrict; },
    get queryRows() { return held.table.queryRows; }, get getSnapshot() { return held.table.getSnapshot; }, get openView() { return held.table.openView; },
    get apply() { return held.table.apply; }, get slice() { return held.table.slice; } }, 2, "b"), mail(1, "a")]);
  held.table = other;
  busy.length = 0;
  other.sortTable([{ property: "size", order: "descending" }]);
  assert.deepEqual([ids(other.getSnapshot()), [...new Set(busy)]], [[1, 2], ["MAPI_E_BUSY"]]);
});

test("a refused call undoes by the keys it has read", async () => {
  const table = await createTable(schema, rows);
  table.sortTable(bySubject);
  for (const later of [() => { throw new Error("of the host"); }, () => 77]) {
    let asked = 0;
    const odd = { ...mail(6, "late"), get id() { return asked++ === 0 ? 6 : later(); } };
    assert.throws(() => table.apply([{ put: odd }, { remove: 1 }, { remove: 99 }]), (error) => error instanceof MapiError && error.code === "MAPI_E_NOT_FOUND");
    assert.deepEqual([table.size, table.get(6), table.get(1)], [5, undefined, rows[0]]);
  }
  table.apply([{ put: mail(6, "aaa") }]);
  assert.deepEqual(ids(table.getSnapshot()), [6, 2, 3, 1, 4, 5]);
});

test("each field of an update is read once", async () => {
  const table = await createTable(schema, rows);
  table.sortTable(bySubject);
  const answers = ["zeta", "aaa"];
  table.apply([{ update: 1, with: { get subject() { return answers.shift(); } } }]);
  assert.deepEqual([ids(table.getSnapshot()), table.get(1).subject, answers.length], [[2, 3, 4, 1, 5], "zeta", 1]);
  assert.throws(() => table.apply([{ update: 1, with: null }]), { code: "MAPI_E_INVALID_PARAMETER" });
  assert.throws(() => table.apply([Object.create({ put: mail(9, "x") })]), { code: "MAPI_E_INVALID_PARAMETER" });
});
