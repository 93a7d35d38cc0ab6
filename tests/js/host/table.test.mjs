// The table facade: plain rows, stable identity, notifications after the call, windows, restrictions from the pages.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accepts, day, hostSide } from "./setup.mjs";

const host = await hostSide("table");

/** A session with held messages of these subjects, and its queue. */
async function queue(...subjects) {
  const session = await host.open();
  for (const subject of subjects) await session.submitMessage({ id: subject, to: `${subject}@example.test`, subject, payload: {}, holdUntil: Date.now() + day });
  return { session, table: session.getOutgoingQueue() };
}
const subjects = (rows) => rows.map((row) => row.subject);

test("rows are plain objects by property name; what is missing is an error slot", async () => {
  const { session, table } = await queue("a");
  table.setColumns(["subject", "clientSubmitTime", 0x0fff0102, "displayName", 0x00000001]);
  const [row] = table.queryRows(1);
  assert.deepEqual(Object.keys(row), ["subject", "clientSubmitTime", "entryId", "displayName", "0x00000001"]);
  assert.equal(row.subject, "a");
  assert.ok(Math.abs(row.clientSubmitTime - Date.now()) < 60_000);
  assert.match(row.entryId, /^[0-9a-f]+$/);
  assert.deepEqual(row.displayName, { error: "MAPI_E_NOT_FOUND" });
  assert.equal(row["0x00000001"], null);
  assert.ok(Object.isFrozen(row));
  await session.close();
});

test("the status table finds rows as the pages do", async () => {
  const session = await host.open({ transports: [host.transport(() => accepts, { displayName: "Relay" })] });
  const table = session.getStatusTable();
  table.setColumns(["displayName", "resourceType", "entryId", "resourceMethods"]);
  table.findRow({ property: "resourceType", op: "eq", value: 36 });
  const [row] = table.queryRows(1);
  assert.equal(row.displayName, "Relay");
  const status = session.openEntry(row.entryId);
  assert.equal(status.getProps(["displayName"]).displayName, "Relay");
  assert.deepEqual(status.getProps(["subject"]), { subject: { error: "MAPI_E_NOT_FOUND" } });
  assert.throws(() => status.getProps([]), { code: "MAPI_E_INVALID_PARAMETER" });
  assert.throws(() => status.setProps({ statusCode: 1 }), { code: "MAPI_E_NO_ACCESS" });
  assert.ok(status.getPropList().includes("statusCode"));
  await assert.rejects(status.changePassword("a", "b"), { code: "MAPI_E_NO_SUPPORT" });
  assert.throws(() => session.openEntry("00"), { code: "MAPI_E_UNKNOWN_ENTRYID" });
  await session.close();
});

describe("restrictions", () => {
  const cases = {
    "property": [{ property: "subject", op: "ge", value: "b" }, ["b", "ba", "c"]],
    "and": [{ and: [{ property: "subject", op: "ge", value: "b" }, { property: "subject", op: "lt", value: "c" }] }, ["b", "ba"]],
    "or": [{ or: [{ property: "subject", op: "eq", value: "a" }, { property: "subject", op: "eq", value: "c" }] }, ["a", "c"]],
    "not": [{ not: { property: "subject", op: "eq", value: "a" } }, ["b", "ba", "c"]],
    "exist": [{ exist: "displayName" }, []],
    "content": [{ content: "subject", match: "prefix", value: "B", ignoreCase: true }, ["b", "ba"]],
    "content without marks": [{ content: "subject", match: "full", value: "b\u00C4", ignoreNonSpace: true, ignoreCase: true }, ["ba"]],
    "loose content": [{ content: "subject", match: "prefix", value: "\u00E1", loose: true }, ["a"]],
    "substring": [{ content: "subject", match: "substring", value: "a" }, ["a", "ba"]],
    "bitmask": [{ bitmask: "messageFlags", mask: 4, op: "nez" }, ["a", "b", "ba", "c"]],
    "size": [{ size: "subject", op: "gt", value: 2 }, ["ba"]],
    "comment": [{ comment: { property: "subject", op: "eq", value: "a" }, props: { why: "x" } }, ["a"]],
    "none": [null, ["a", "b", "ba", "c"]],
    "empty and": [{ and: [] }, ["a", "b", "ba", "c"]],
    "empty or": [{ or: [] }, []],
  };
  for (const [name, [restriction, expected]] of Object.entries(cases)) {
    test(name, async () => {
      const { session, table } = await queue("a", "b", "ba", "c");
      table.sortTable([{ property: "subject", order: "ascending" }]);
      table.restrict(restriction);
      assert.deepEqual(subjects(table.queryRows(10)), expected);
      await session.close();
    });
  }
  const wrong = {
    "two kinds": [{ exist: "subject", not: { exist: "subject" } }, "MAPI_E_INVALID_PARAMETER"],
    "c_214_sub_objects": [{ subObject: "recipients", restriction: { exist: "subject" } }, "MAPI_E_TOO_COMPLEX"],
    "a count": [{ not: { count: 2, restriction: { exist: "subject" } } }, "MAPI_E_TOO_COMPLEX"],
    "a stray field": [{ exist: "subject", value: 1 }, "MAPI_E_INVALID_PARAMETER"],
    "an unknown property": [{ exist: "subjekt" }, "MAPI_E_INVALID_PARAMETER"],
    "another type": [{ property: "subject", op: "eq", value: 5 }, "MAPI_E_TOO_COMPLEX"],
    "a pattern": [{ property: "subject", op: "re", value: "a*" }, "MAPI_E_TOO_COMPLEX"],
    "NaN": [{ property: "messageFlags", op: "eq", value: NaN }, "MAPI_E_INVALID_PARAMETER"],
    "a cycle": [(() => { const loop = {}; loop.not = loop; return loop; })(), "MAPI_E_TOO_COMPLEX"],
    "great depth": [Array.from({ length: 10_000 }).reduce((inner) => ({ not: inner }), { exist: "subject" }), "MAPI_E_TOO_COMPLEX"],
    "breadth": [{ or: Array.from({ length: 2_000 }, () => ({ exist: "subject" })) }, "MAPI_E_TOO_COMPLEX"],
  };
  for (const [name, [restriction, code]] of Object.entries(wrong)) {
    test(`${name} is refused, and the view stays`, async () => {
      const { session, table } = await queue("a");
      assert.throws(() => table.restrict(restriction), { code });
      assert.throws(() => table.findRow(restriction), { code });
      assert.equal(table.getRowCount(), 1);
      await session.close();
    });
  }
});

test("an unknown property is named", async () => {
  const { session, table } = await queue("a");
  assert.throws(() => table.setColumns(["subject", "subjekt"]), { code: "MAPI_E_INVALID_PARAMETER", got: "subjekt" });
  await session.close();
});

test("cursor and bookmarks", async () => {
  const { session, table } = await queue("a", "b", "c");
  table.sortTable([{ property: "subject", order: "descending" }]);
  assert.deepEqual(subjects(table.queryRows(1)), ["c"]);
  const mark = table.createBookmark();
  assert.deepEqual(table.queryPosition(), { row: 1, numerator: 1, denominator: 3 });
  assert.deepEqual(subjects(table.queryRows(5)), ["b", "a"]);
  assert.deepEqual(table.seekRow(mark, 1), { sought: 1, positionChanged: false });
  assert.deepEqual(subjects(table.queryRows(1, { noAdvance: true })), ["a"]);
  assert.deepEqual(subjects(table.queryRows(-1)), ["b"]);
  table.seekRowApprox(1, 1);
  assert.deepEqual(table.queryRows(1), []);
  assert.throws(() => table.seekRowApprox(1, 0), { code: "MAPI_E_INVALID_PARAMETER" });
  assert.throws(() => table.queryRows(0), { code: "MAPI_E_INVALID_PARAMETER" });
  table.freeBookmark(mark);
  assert.throws(() => table.seekRow(mark, 0), { code: "MAPI_E_INVALID_BOOKMARK" });
  assert.throws(() => table.sortTable([{ property: "subject", order: "ascending" }], { categories: 2 }), { code: "MAPI_E_INVALID_PARAMETER" });
  assert.throws(() => table.abort(), { code: "MAPI_E_UNABLE_TO_ABORT" });
  assert.equal(await table.waitForCompletion(0), "TBLSTAT_COMPLETE");
  assert.deepEqual(table.getStatus(), { status: "TBLSTAT_COMPLETE", type: "TBLTYPE_DYNAMIC" });
  table.sortTable([{ property: "subject", order: "ascending" }], { categories: 1 });
  const [heading] = table.queryRows(1);
  assert.deepEqual([heading.subject, table.getRowCount()], ["a", 3]);
  table.sortTable([]);
  assert.ok(table.queryColumns({ all: true }).length >= table.queryColumns().length);
  await session.close();
});

test("a snapshot is the same until something changes; then only what changed is another", async () => {
  const { session, table } = await queue("a", "b");
  let changes = 0;
  const stop = table.onChange(() => (changes += 1));
  const before = table.getSnapshot();
  assert.equal(table.getSnapshot(), before);
  await session.setHold("b", Date.now() + 2 * day);
  await session.abortSubmit("a");
  const after = table.getSnapshot();
  assert.notEqual(after, before);
  assert.ok(changes > 0);
  assert.equal(table.getSnapshot(), after);
  const kept = before.find((row) => row.subject === "b");
  assert.equal(after.find((row) => row.subject === "b"), kept, "an unchanged row is the same object");
  stop();
  const heard = changes;
  await session.abortSubmit("b");
  assert.equal(changes, heard);
  await session.close();
});

test("c_179: what a call does is told after it has returned", async () => {
  const { session, table } = await queue("a", "b");
  let [inside, changed] = [true, 0];
  table.onChange(() => {
    assert.equal(inside, false);
    changed += 1;
  });
  table.restrict({ property: "subject", op: "eq", value: "a" });
  table.setColumns(["subject"]);
  inside = false;
  await Promise.resolve();
  await Promise.resolve();
  assert.ok(changed > 0);
  assert.deepEqual(table.getSnapshot(), [{ subject: "a" }]);
  await session.close();
});

test("advise, unadvise, a signal", async () => {
  const { session, table } = await queue("a");
  const [told, once, signalled] = [[], [], []];
  table.advise((n) => told.push([n.type, n.oldIndex, n.newIndex, n.row?.subject ?? null]));
  const stop = table.advise((n) => once.push(n.type));
  const controller = new AbortController();
  table.advise((n) => signalled.push(n.type), { signal: controller.signal });
  stop();
  controller.abort();
  await session.submitMessage({ to: "b@example.test", subject: "b", payload: {}, holdUntil: Date.now() + day });
  await session.abortSubmit("a");
  assert.deepEqual(told.filter(([type]) => type === "rowAdded"), [["rowAdded", -1, 1, "b"]]);
  assert.deepEqual([once, signalled], [[], []]);
  await session.close();
});

test("a window shows its range and follows it; subscribe and changes too", async () => {
  const { session, table } = await queue("a", "b", "c", "d");
  const view = table.window({ offset: 1, count: 2 });
  assert.deepEqual(subjects(view.getSnapshot()), ["b", "c"]);
  const subscribed = [];
  const stop = view.subscribe((rows) => subscribed.push(subjects(rows).join("")));
  const iterated = (async () => {
    for await (const rows of view.changes()) return subjects(rows).join("");
  })();
  await session.abortSubmit("a");
  await session.discard("a");
  assert.equal(subscribed[0], "bc");
  assert.equal(subscribed.at(-1), "cd");
  assert.ok((await iterated).length === 2);
  stop();
  view.close();
  view.close();
  assert.throws(() => table.window({ offset: -1, count: 1 }), { code: "MAPI_E_INVALID_PARAMETER" });
  await session.close();
});

test("a closed table says so, once for all", async () => {
  const { session, table } = await queue("a");
  table.close();
  table.close();
  for (const ask of [() => table.getRowCount(), () => table.getStatus(), () => table.abort(), () => table.window({ offset: 0, count: 1 })]) {
    assert.throws(ask, { code: "MAPI_E_INVALID_OBJECT" });
  }
  await assert.rejects(table.waitForCompletion(), { code: "MAPI_E_INVALID_OBJECT" });
  await session.close();
});

test("two tables know nothing of one another", async () => {
  const { session, table } = await queue("a", "b");
  const other = session.getOutgoingQueue();
  table.restrict({ property: "subject", op: "eq", value: "a" });
  assert.equal(other.getRowCount(), 2);
  await session.close();
});

test("what is closed shows whoever watched it what it showed last", async () => {
  const { session, table } = await queue("a", "b");
  const view = table.window({ offset: 0, count: 1 });
  for (const one of [view, table]) {
    const stop = one.onChange(() => {});
    const shown = one.getSnapshot();
    one.close();
    stop();
    one.onChange(() => assert.fail("told of what is closed"))();
    const run = [];
    one.subscribe((rows) => run.push(rows))();
    assert.ok(shown.length > 0 && one.getSnapshot() === shown && run.length === 1 && run[0] === shown);
    assert.deepEqual(await one.changes().next(), { done: true, value: undefined });
  }
  await session.close();
});

test("what is closed shows whoever asked it once what it showed last", async () => {
  const { session, table } = await queue("a");
  const view = table.window({ offset: 0, count: 5 });
  const early = table.window({ offset: 0, count: 5 });
  const shown = [view, early, table].map((one) => one.getSnapshot());
  await session.submitMessage({ to: "b@example.test", subject: "b", payload: {}, holdUntil: Date.now() + day });
  early.close();
  table.close();
  assert.deepEqual([view, early, table].map((one) => subjects(one.getSnapshot())), [["a"], ["a"], ["a"]]);
  assert.ok([view, early, table].every((one, i) => one.getSnapshot() === shown[i]));
  await session.close();
});

test("windows looked at one after the other show the columns chosen last", async () => {
  const { session, table } = await queue("a", "b");
  const views = [0, 1].map((offset) => table.window({ offset, count: 1 }));
  for (const view of views) view.getSnapshot();
  table.setColumns(["subject"]);
  await Promise.resolve();
  assert.deepEqual(views.map((view) => view.getSnapshot()), [[{ subject: "a" }], [{ subject: "b" }]]);
  await session.close();
});

test("changes() ends with its table or window, begun or not", async () => {
  const { session, table } = await queue("a", "b");
  const done = { done: true, value: undefined };
  const window = table.window({ offset: 0, count: 1 });
  const early = window.changes();
  window.close();
  assert.deepEqual(await early.next(), done);
  assert.deepEqual(await window.changes().next(), done);
  const [own, waiting] = [table.changes(), table.changes()];
  const pending = waiting.next();
  table.close();
  assert.deepEqual(await Promise.all([own.next(), pending, table.changes().next()]), [done, done, done]);
  await session.close();
});

test("c_209 a constant of several values is too complex", async () => {
  const { session, table } = await queue("a");
  assert.throws(() => table.restrict({ property: "subject", op: "eq", value: ["a"] }), { code: "MAPI_E_TOO_COMPLEX" });
  assert.throws(() => table.restrict({ comment: { exist: "subject" }, props: 7 }), { code: "MAPI_E_INVALID_PARAMETER" });
  await session.close();
});
