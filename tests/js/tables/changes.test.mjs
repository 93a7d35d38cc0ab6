// Changes of a table of the host's own rows: what is told of them, and what of a change counts.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { pack } from "../../lib/pack.mjs";

const { dir } = await pack();
const { createTable } = await import(pathToFileURL(join(dir, "dist/index.js")));

const schema = { id: "long", subject: "string" };
const mail = (id, subject) => ({ id, subject });
const rows = [mail(1, "beta"), mail(2, "Alpha"), mail(3, "alpha"), mail(4, "Gamma"), mail(5, null)];
const ids = (shown) => shown.map((row) => row.id);
const turn = () => new Promise((done) => { setTimeout(done); });
const bySubject = [{ property: "subject", order: "ascending" }];

test("the fields of an update are own, whatever they are called", async () => {
  const table = await createTable(schema, rows);
  const mark = Symbol("mark");
  const setters = [];
  const everybody = Object.prototype;
  Object.defineProperty(everybody, "hostile", { configurable: true, set(value) { setters.push(value); } });
  try {
    table.apply([{ update: 1, with: { ...JSON.parse('{ "__proto__": 7, "hostile": 8 }'), [mark]: 9 } }]);
  } finally {
    delete everybody.hostile;
  }
  const row = table.get(1);
  assert.deepEqual([Object.hasOwn(row, "__proto__"), Object.getPrototypeOf(row) === Object.prototype, row.hostile, row[mark], setters], [true, true, 8, 9, []]);
  assert.deepEqual([row.subject, rows[0].hostile], ["beta", undefined]);
});

test("many changes of few rows are told one by one, each with its own row", async () => {
  const table = await createTable(schema, rows);
  table.sortTable(bySubject);
  const told = [];
  table.advise((one) => told.push([one.type, one.row?.subject, one.oldIndex, one.newIndex]));
  table.apply([
    { update: 1, with: { subject: "zz" } }, { update: 1, with: { subject: "a" } }, { remove: 2 }, { put: mail(2, "y") }, { put: mail(2, "b") }, { remove: 1 }, { put: mail(1, "k") },
  ]);
  await turn();
  assert.deepEqual(told, [
    ["rowModified", "zz", 2, 3], ["rowModified", "a", 3, 0], ["rowDeleted", undefined, 1, -1], ["rowAdded", "y", -1, 3], ["rowModified", "b", 3, 2], ["rowDeleted", undefined, 0, -1],
    ["rowAdded", "k", -1, 3],
  ]);
  assert.deepEqual(ids(table.getSnapshot()), [3, 2, 4, 1, 5]);
});

test("texts of every length and script come back in order", async () => {
  const texts = ["", "a", "a".repeat(128), "a".repeat(129), "\u00e9", `${"b".repeat(100)}\u4f1a`, "\u{1f600}".repeat(70), "c".repeat(60_000), "\ud800"];
  const table = await createTable({ id: "long", subject: "string" }, []);
  table.sortTable(bySubject);
  table.apply(texts.map((subject, id) => ({ put: { id, subject } })));
  table.apply(texts.map((subject, id) => ({ update: id, with: { subject: `${subject}!` } })));
  for (const [id, subject] of texts.entries()) {
    if (subject === "\ud800") continue;
    table.restrict({ property: "subject", op: "eq", value: `${subject}!` });
    assert.deepEqual(ids(table.getSnapshot()), [id]);
  }
  for (const wrong of ["a\0", `${"a".repeat(200)}\0`, "\u00e9\0"]) {
    assert.throws(() => table.apply([{ update: 1, with: { subject: wrong } }]), { code: "MAPI_E_INVALID_PARAMETER", got: "a NUL" });
  }
});

test("a row's getter that asks the table while it is told gets MAPI_E_BUSY", async () => {
  const table = await createTable(schema, rows);
  table.sortTable(bySubject);
  table.setColumns(["subject"]);
  const [told, codes] = [[], []];
  table.advise(({ row, newIndex }) => told.push([row.subject, newIndex]));
  const asking = {
    id: 6,
    get subject() {
      try {
        table.getRowCount();
      } catch (error) {
        codes.push(error.code);
      }
      return "b";
    },
  };
  table.apply([{ put: asking }, { put: mail(7, "c") }]);
  await turn();
  assert.deepEqual([told, codes], [[["b", 2], ["c", 4]], ["MAPI_E_BUSY", "MAPI_E_BUSY"]]);
});

test("a table closed by a row's getter hears nothing more", async () => {
  const table = await createTable(schema, rows);
  table.sortTable(bySubject);
  const told = [];
  table.advise((one) => told.push(one));
  table.apply([{ put: { id: 6, get subject() { table.close(); return "x"; } } }]);
  await turn();
  assert.deepEqual(told, []);
  assert.throws(() => table.apply([]), { code: "MAPI_E_INVALID_OBJECT" });
});

test("a change has happened though a row cannot be read to tell of it, and the next look says so", async () => {
  const table = await createTable(schema, rows);
  table.setColumns(["id", "subject"]);
  const [window, told, marks] = [table.window({ offset: 0, count: 9 }), [], []];
  table.advise(({ type, row }) => told.push([type, row]));
  window.onChange(() => marks.push(1));
  assert.equal(window.getSnapshot().length, 5);
  let [reads, broken] = [0, true];
  const odd = { id: 6, get subject() { if (reads++ > 0 && broken) throw new Error("odd"); return "x"; } };
  table.apply([{ put: mail(7, "y") }, { put: odd }, { remove: 1 }]);
  assert.equal(table.size, 6);
  await turn();
  assert.deepEqual([told, marks], [[["changed", null]], [1]]);
  for (let tries = 0; tries < 2; tries++) {
    assert.throws(() => window.getSnapshot(), { name: "MapiError", expected: "a row that can be read" });
  }
  broken = false;
  assert.deepEqual(ids(window.getSnapshot()).toSorted((a, b) => a - b), [2, 3, 4, 5, 6, 7]);
  table.apply([{ remove: 7 }]);
  await turn();
  assert.deepEqual(told.at(-1), ["rowDeleted", null]);
});

test("c_179 no sink hears of a change before the call that made it has returned", async () => {
  const table = await createTable({ id: "long", n: "long" }, [{ id: 1, n: 1 }]);
  const told = [];
  table.advise(({ type }) => told.push(type));
  table.apply([{ update: 1, with: { n: 2 } }, { put: { id: 2, n: 3 } }]);
  table.apply([{ remove: 1 }]);
  assert.deepEqual(told, []);
  await turn();
  assert.deepEqual(told, ["rowModified", "rowAdded", "rowDeleted"]);
  table.close();
});

test("c_219 a row that is told has the columns of the time of its change", async () => {
  const table = await createTable({ id: "long", n: "long" }, []);
  table.setColumns(["id"]);
  const told = [];
  table.advise(({ row }) => told.push(row));
  table.apply([{ put: { id: 2, n: 3 } }]);
  await turn();
  table.setColumns(["n"]);
  table.apply([{ update: 2, with: { n: 4 } }]);
  await turn();
  assert.deepEqual(told, [{ id: 2 }, { n: 4 }]);
  table.close();
});
