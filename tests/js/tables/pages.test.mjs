// Host tables as the pages on IMAPITable have them: columns, headings, keys, collapse states, ends.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { pack } from "../../lib/pack.mjs";

const { dir } = await pack();
const { createTable } = await import(pathToFileURL(join(dir, "dist/index.js")));

const schema = { id: "long", subject: "string", score: "double", tags: "mvString" };
const mail = (id, subject, score = id, tags = []) => ({ id, subject, score, tags });
const rows = [mail(1, "b"), mail(2, "a"), mail(3, "b"), mail(4, "a")];
const json = (list) => ({ json: new TextEncoder().encode(JSON.stringify(list)) });
const ids = (shown) => shown.map((row) => row.id);
const turn = () => new Promise((done) => { setTimeout(done); });
const notFound = { error: "MAPI_E_NOT_FOUND" };
const bySubject = [{ property: "subject", order: "ascending" }];

/** What holds of rows that came as objects, and of those that came as JSON. */
function each(name, run) {
  test(`${name}; as objects`, () => run((list) => list));
  test(`${name}; as JSON`, () => run(json));
}

each("queryColumns names what rows have, with all what they could have", async (form) => {
  const table = await createTable(schema, form(rows));
  assert.deepEqual(table.queryColumns(), ["id", "subject", "score", "tags"]);
  assert.deepEqual(table.queryColumns(), Object.keys(table.getSnapshot()[0]));
  const all = ["id", "subject", "score", "tags", "instanceKey", "rowid", "rowType", "depth", "contentCount", "contentUnreadCount"];
  assert.deepEqual(table.queryColumns({ all: true }), all);
  table.setColumns(["subject", 0x8000_0003, "instanceKey", "nothing", "0x00000001"]);
  assert.deepEqual(table.queryColumns(), ["subject", "id", "instanceKey", "nothing", "0x00000001"]);
  assert.deepEqual(table.queryColumns(), Object.keys(table.getSnapshot()[0]));
  assert.deepEqual(table.queryColumns({ all: true }), all);
  assert.throws(() => table.queryColumns({ all: 1 }), { code: "MAPI_E_INVALID_PARAMETER" });
  table.close();
  assert.throws(() => table.queryColumns(), { code: "MAPI_E_INVALID_OBJECT" });
});

each("c_181 a column that is none is an error in the rows only, c_182 PR_NULL is null in all of them", async (form) => {
  const table = await createTable(schema, form(rows));
  const told = [];
  table.advise(({ row }) => told.push(row));
  table.setColumns(["id", "displayName", "__proto__", "0x9999001F", "0x00000001"]);
  const row = (id) => Object.defineProperty({ id, displayName: notFound, "0x9999001F": notFound, "0x00000001": null }, "__proto__", { value: notFound, enumerable: true });
  assert.deepEqual(table.queryRows(2), [row(1), row(2)]);
  table.sortTable(bySubject, { categories: 1, expanded: 1 });
  const heading = Object.defineProperty({ id: notFound, displayName: notFound, "0x9999001F": notFound, "0x00000001": null }, "__proto__", { value: notFound, enumerable: true });
  assert.deepEqual(table.queryRows(2), [heading, row(2)]);
  table.apply([{ update: 2, with: { score: 9 } }]);
  await turn();
  assert.deepEqual(told, [row(2)]);
  assert.throws(() => table.setColumns(["0xzz"]), { code: "MAPI_E_INVALID_PARAMETER" });
  assert.throws(() => table.setColumns([]), { code: "MAPI_E_INVALID_PARAMETER" });
  table.close();
});

test("c_204 findRow finds nothing by a column that is none; restrict is too complex", async () => {
  const table = await createTable(schema, rows);
  for (const wanted of [{ property: "zz", op: "eq", value: 1 }, { exist: "zz" }, { and: [{ property: "id", op: "eq", value: 3 }, { not: { exist: "zz" } }] }]) {
    table.seekRow(0, 1);
    assert.throws(() => table.findRow(wanted), { code: "MAPI_E_NOT_FOUND" });
    assert.equal(table.queryPosition().row, 1);
    assert.throws(() => table.restrict(wanted), { code: "MAPI_E_TOO_COMPLEX" });
  }
  assert.throws(() => table.sortTable([{ property: "zz", order: "ascending" }]), { code: "MAPI_E_TOO_COMPLEX" });
  assert.equal(table.getRowCount(), 4);
  table.close();
});

each("headings have the columns that were chosen, in snapshots, reads and events", async (form) => {
  const table = await createTable(schema, form(rows));
  table.sortTable(bySubject, { categories: 1, expanded: 1 });
  const [own] = table.getSnapshot();
  assert.deepEqual(Object.keys(own), ["subject", "instanceKey", "rowType", "depth", "contentCount", "contentUnreadCount"]);
  table.setColumns(["contentCount", "id", "subject", "rowType", "depth"]);
  const heading = (contentCount, subject) => ({ contentCount, id: notFound, subject, rowType: 3, depth: 0 });
  const leaf = (id, subject) => ({ contentCount: notFound, id, subject, rowType: 1, depth: 1 });
  const lines = [heading(2, "a"), leaf(2, "a"), leaf(4, "a"), heading(2, "b"), leaf(1, "b"), leaf(3, "b")];
  assert.deepEqual(table.getSnapshot(), lines);
  assert.deepEqual(table.queryRows(9), lines);
  assert.deepEqual(table.slice(3, 1), [lines[3]]);
  for (const line of table.getSnapshot()) assert.deepEqual(Object.keys(line), ["contentCount", "id", "subject", "rowType", "depth"]);
  const told = [];
  table.advise(({ type, row }) => told.push([type, row]));
  const before = table.getSnapshot();
  table.apply([{ put: mail(5, "b") }]);
  await turn();
  assert.deepEqual(told, [["rowAdded", leaf(5, "b")], ["rowModified", heading(3, "b")]]);
  const after = table.getSnapshot();
  assert.ok(after[0] === before[0] && after[1] === before[1] && after[3] !== before[3], "what is the same is the same object");
  table.close();
});

each("rows have a depth and a rowid, by which a restriction finds them", async (form) => {
  const table = await createTable(schema, form([mail(1, "b", 1, ["x", "y"]), mail(2, "a")]));
  table.setColumns(["id", "depth", "rowid"]);
  const shown = () => table.getSnapshot().map(({ id, depth }) => [id, depth]);
  assert.deepEqual(shown(), [[1, 0], [2, 0]]);
  const [first, second] = table.getSnapshot();
  assert.ok(Number.isInteger(first.rowid) && first.rowid !== second.rowid);
  table.restrict({ property: "rowid", op: "eq", value: second.rowid });
  assert.deepEqual(ids(table.getSnapshot()), [2]);
  table.restrict(null);
  table.sortTable([...bySubject, { property: "score", order: "ascending" }], { categories: 2, expanded: 2 });
  assert.deepEqual(shown(), [[notFound, 0], [notFound, 1], [2, 2], [notFound, 0], [notFound, 1], [1, 2]]);
  table.restrict({ property: "depth", op: "eq", value: 2 });
  assert.deepEqual(shown().filter(([id]) => typeof id === "number"), [[2, 2], [1, 2]]);
  table.restrict(null);
  table.sortTable([]);
  table.setColumns(["id", 0x8003_301f, "rowid"]);
  assert.deepEqual(table.getSnapshot().map(({ id, rowid }) => [id, rowid]), [[1, first.rowid], [1, first.rowid], [2, second.rowid]]);
  table.close();
});

test("rows are an array or a plain object of columns with their key, never what only has no fields", async () => {
  for (const odd of [Promise.resolve([]), new Set(rows), new Map(), Object.create({ id: [1] }), new Date(), 7, "x", null, undefined]) {
    await assert.rejects(createTable(schema, odd), { code: "MAPI_E_INVALID_PARAMETER", expected: /^rows: / });
  }
  for (const lacking of [{}, { subject: ["a"] }]) {
    await assert.rejects(createTable(schema, lacking), { code: "MAPI_E_INVALID_PARAMETER", expected: "the column id, which names rows" });
  }
  assert.equal((await createTable(schema, Object.assign(Object.create(null), { id: [1] }))).size, 1);
});

each("a key that is missing, or there twice, is told with its rows", async (form) => {
  const twice = await createTable(schema, form([mail(1, "a"), mail(7, "b"), mail(2, "c"), mail(7, "d")]));
  for (const act of [() => twice.get(1), () => twice.apply([{ put: mail(9, "x") }]), () => twice.apply([{ remove: 1 }])]) {
    assert.throws(act, { code: "MAPI_E_INVALID_PARAMETER", got: "the same in rows 1 and 3" });
  }
  const missing = await createTable(schema, form([mail(1, "a"), mail(null, "b")]));
  assert.throws(() => missing.apply([{ remove: 1 }]), { code: "MAPI_E_INVALID_PARAMETER", got: "null in row 1" });
});

each("a saved collapse state finds its row in another table, by its key", async (form) => {
  const order = [bySubject, { categories: 1, expanded: 1 }];
  const [one, other] = [await createTable(schema, form(rows)), await createTable(schema, form([...rows].reverse().concat(mail(5, "b"))))];
  for (const table of [one, other]) {
    table.sortTable(...order);
    table.setColumns(["id", "instanceKey"]);
  }
  const marked = (table, state) => {
    table.seekRow(table.setCollapseState(state), 0);
    return table.queryRows(1)[0]?.id;
  };
  for (const { id, instanceKey } of one.getSnapshot()) {
    if (typeof id !== "number") continue;
    const state = one.getCollapseState(instanceKey);
    assert.deepEqual([marked(one, state), marked(other, state)], [id, id]);
  }
  const first = one.getSnapshot().find(({ id }) => id === 1);
  const state = one.getCollapseState(first.instanceKey);
  other.apply([{ remove: 1 }]);
  assert.equal(marked(other, state), undefined, "the row is gone: the end");
  one.apply([{ remove: 1 }, { put: mail(6, "b") }]);
  assert.equal(marked(one, state), undefined, "another row in its place is another row");
  for (const broken of [`${state.slice(0, 80)}[`, `${state.slice(0, 80)}[6]`, `${state.slice(0, 80)}[6,-1]`, "[", "7"]) {
    assert.throws(() => one.setCollapseState(broken), { code: "MAPI_E_INVALID_PARAMETER" });
  }
  for (const table of [one, other]) table.close();
});

test("a saved collapse state finds one value of a row", async () => {
  const many = [mail(1, "a", 1, ["x", "y"]), mail(2, "a", 2, ["y", "z"])];
  const [one, other] = [await createTable(schema, many), await createTable(schema, [...many].reverse())];
  for (const table of [one, other]) {
    table.sortTable(bySubject, { categories: 1, expanded: 1 });
    table.setColumns(["id", 0x8003_301f, "instanceKey"]);
  }
  for (const { id, instanceKey, ...value } of one.getSnapshot().slice(1)) {
    other.seekRow(other.setCollapseState(one.getCollapseState(instanceKey)), 0);
    const [found] = other.queryRows(1);
    assert.deepEqual(found, { id, ...value, instanceKey: found.instanceKey });
  }
});

test("-0 is 0, however it came", async () => {
  const list = [mail(1, "a", -0), mail(2, "b", 0)];
  const zero = { property: "score", op: "eq", value: 0 };
  const forms = [list, { id: [1, 2], score: Float64Array.of(-0, 0) }, { json: new TextEncoder().encode('[{"id":1,"score":-0},{"id":2,"score":-0.0}]') }];
  for (const form of forms) {
    const table = await createTable(schema, form);
    for (const [restriction, expected] of [
      [zero, [1, 2]], [{ ...zero, value: -0 }, [1, 2]], [{ ...zero, op: "lt" }, []], [{ ...zero, op: "ge", value: -0 }, [1, 2]], [{ ...zero, op: "gt", value: -0 }, []],
    ]) {
      table.restrict(restriction);
      assert.deepEqual(ids(table.getSnapshot()), expected);
    }
    table.apply([{ put: mail(3, "c", -0) }, { update: 2, with: { score: -0 } }, { put: mail(4, "d", -0.5) }]);
    table.restrict(zero);
    assert.deepEqual(ids(table.getSnapshot()), [1, 2, 3]);
    table.restrict(null);
    table.sortTable([{ property: "score", order: "ascending" }], { categories: 1, expanded: 0 });
    assert.deepEqual(table.getSnapshot().map(({ contentCount }) => contentCount), [1, 3]);
    table.close();
  }
});

test("c_209 a constant of several values is too complex; props of a comment are values by name", async () => {
  const table = await createTable(schema, rows);
  for (const property of ["tags", "id", "subject"]) {
    assert.throws(() => table.restrict({ property, op: "eq", value: ["x"] }), { code: "MAPI_E_TOO_COMPLEX" });
  }
  for (const props of [null, 7, "x", []]) assert.throws(() => table.restrict({ comment: { exist: "id" }, props }), { code: "MAPI_E_INVALID_PARAMETER" });
  table.restrict({ comment: { exist: "id" }, props: { why: "x" } });
  assert.equal(table.getRowCount(), 4);
});

test("a window that is closed shows what it showed last, as does one of a table that is", async () => {
  const table = await createTable(schema, rows);
  const [closed, open] = [table.window({ offset: 0, count: 2 }), table.window({ offset: 0, count: 2 })];
  assert.deepEqual([ids(closed.getSnapshot()), ids(open.getSnapshot())], [[1, 2], [1, 2]]);
  closed.close();
  table.apply([{ remove: 1 }]);
  const seen = [];
  closed.subscribe((lines) => seen.push(ids(lines)))();
  closed.onChange(() => assert.fail("told of what is closed"))();
  assert.deepEqual([ids(closed.getSnapshot()), ...seen], [[1, 2], [1, 2]]);
  assert.deepEqual(ids(open.getSnapshot()), [2, 3]);
  table.close();
  assert.deepEqual(ids(open.getSnapshot()), [2, 3], "what was shown last");
  assert.throws(() => table.window({ offset: 0, count: 2 }), { code: "MAPI_E_INVALID_OBJECT" });
});

test("changes() ends with its table or window, begun or not", async () => {
  const done = { done: true, value: undefined };
  const table = await createTable(schema, rows);
  const window = table.window({ offset: 0, count: 2 });
  const [early, waiting] = [window.changes(), window.changes()];
  const next = waiting.next();
  window.close();
  assert.deepEqual(await Promise.all([early.next(), next]), [done, done]);
  const [own, late] = [table.changes(), table.changes()];
  const pending = late.next();
  table.close();
  assert.deepEqual(await Promise.all([own.next(), pending, table.changes().next()]), [done, done, done]);
});

test("what is refused is named: what was expected, and what came", async () => {
  const refused = (expected, got) => ({ name: "MapiError", code: "MAPI_E_INVALID_PARAMETER", expected, got });
  const types = "long, i8, double, boolean, string, systime, binary, mvLong, mvString, mvBinary";
  for (const [type, got] of [["number", "the type number"], ["<b>", "the type of a strange name"], [null, "null"], [7, "the number 7"]]) {
    await assert.rejects(createTable({ id: "long", size: type }, []), refused(`a type of column size: ${types}`, got));
  }
  await assert.rejects(createTable(schema, { id: [1], other: [2] }), refused("columns of the schema", "the column other"));
  const table = await createTable(schema, rows);
  for (const [change, expected, got] of [
    [null, "a change: put, update or remove", "null"],
    [{}, "a change: put, update or remove", "none of them"],
    [{ put: null }, "put: a row", "null"],
    [{ update: 1, with: { id: 2 } }, "with: id, which names rows, as it is", "another value"],
  ]) assert.throws(() => table.apply([change]), refused(expected, got));
  assert.throws(() => table.apply([{ remove: 99 }]), { code: "MAPI_E_NOT_FOUND", expected: "the key of a row", got: "none with the number 99" });
  table.close();
});
