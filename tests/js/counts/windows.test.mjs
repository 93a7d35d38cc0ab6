// P16: what a window of rows born in Rust asks for, and what it makes. Counts, never times.
import assert from "node:assert/strict";
import { test } from "node:test";
import { day, hostSide } from "../host/setup.mjs";

const host = await hostSide("windows");

/** A queue of `n` held messages; `asked()`: crossings, numbers and bytes of text that came since it was last called. */
async function queue(t, n, subject = (i) => `subject ${i}`) {
  let counts = { crossings: 0, nums: 0, bytes: 0 };
  const count = (method, [nums, bytes]) => {
    if (method !== "answered") return;
    counts.crossings += 1;
    counts.nums += nums;
    counts.bytes += bytes;
  };
  const session = await host.open({}, { sabotage: count });
  t.after(() => session.close());
  await Promise.all(Array.from({ length: n }, (_, i) => session.submitMessage({ id: `${i}`, to: `${i}@example.test`, subject: subject(i), payload: {}, holdUntil: Date.now() + day })));
  const table = session.getOutgoingQueue();
  const asked = () => {
    const before = counts;
    counts = { crossings: 0, nums: 0, bytes: 0 };
    return before;
  };
  return { session, table, asked };
}

function range(table, offset, count) {
  const window = table.window({ offset, count });
  const rows = window.getSnapshot();
  window.close();
  return rows;
}

test("p16: a window of 100 rows that moved by 25 makes 25 rows and asks for their cells only, in one crossing", async (t) => {
  const { table, asked } = await queue(t, 300);
  table.setColumns(["subject", "messageSize", "messageFlags"]);
  let before = range(table, 0, 100);
  asked();
  const each = 12;
  for (let offset = 25; offset <= 200; offset += 25) {
    const rows = range(table, offset, 100);
    assert.equal(rows.length, 100);
    assert.deepEqual(rows.slice(0, 75), before.slice(25));
    assert.ok(rows.slice(0, 75).every((row, at) => row === before[at + 25]), "the same objects");
    assert.equal(new Set([...before, ...rows]).size, 125);
    const { crossings, nums, bytes } = asked();
    assert.equal(crossings, 1);
    // A place each, a key and three cells of the new ones; kinds of columns, and five that stand before the rows.
    assert.ok(nums <= 100 + 25 * 4 + 3 + 5, `${nums} numbers`);
    assert.ok(bytes <= 25 * each, `${bytes} bytes`);
    before = rows;
  }
});

test("p16: a window that shows what was shown asks for no cell; one that nobody reads asks nothing", async (t) => {
  const { session, table, asked } = await queue(t, 300);
  range(table, 0, 100);
  asked();
  const window = table.window({ offset: 50, count: 50 });
  assert.deepEqual(asked(), { crossings: 0, nums: 0, bytes: 0 });
  const rows = window.getSnapshot();
  assert.equal(asked().bytes, 0);
  assert.equal(window.getSnapshot(), rows);
  assert.deepEqual(asked(), { crossings: 1, nums: 1, bytes: 0 });
  await session.setHold("60", Date.now() + 2 * day);
  assert.deepEqual(asked(), { crossings: 0, nums: 0, bytes: 0 }, "nobody listens");
});

test("p16: one row that changed is one row made, in every range that shows it", async (t) => {
  const { session, table, asked } = await queue(t, 300);
  table.setColumns(["id", "submitFlags", "outboxState"]);
  const window = table.window({ offset: 0, count: 100 });
  window.onChange(() => {});
  table.onChange(() => {});
  // What somebody listens to is kept from its next reading on, however long it is.
  await session.abortSubmit("5");
  const [before, all] = [window.getSnapshot(), table.getSnapshot()];
  assert.ok(before.every((row, at) => row === all[at]), "a row is one object in all ranges");
  await session.abortSubmit("7");
  asked();
  const [rows, others] = [window.getSnapshot(), table.getSnapshot()];
  assert.deepEqual(rows.flatMap((row, at) => (row === before[at] ? [] : [row.id])), ["7"]);
  assert.deepEqual(others.flatMap((row, at) => (row === all[at] ? [] : [row.id])), ["7"]);
  assert.equal(rows[7], others[7]);
  const { bytes } = asked();
  assert.ok(bytes < 64, `${bytes} bytes for one row`);
});

test("p16: columns that do not show change no row; other columns change all", async (t) => {
  const { session, table } = await queue(t, 5);
  table.setColumns(["subject", "displayName"]);
  const before = table.getSnapshot();
  await session.abortSubmit("1");
  assert.deepEqual(table.getSnapshot().map((row, at) => row === before[at]), [true, true, true, true, true]);
  table.setColumns(["subject", "displayName"]);
  assert.equal(range(table, 0, 5)[0], before[0], "the same columns again");
  table.setColumns(["subject", "senderEmailAddress" in before[0] ? "subject" : "messageId"]);
  assert.notEqual(range(table, 0, 5)[0], before[0]);
  table.setColumns(["subject", "displayName"]);
  assert.deepEqual(range(table, 0, 5), before);
});

test("p16: cells are exact, whatever is beside them", async (t) => {
  const texts = ["", "plain", "\u00fcml\u00e4ut", "\u{1f4e8} two units", "\u4e2d\u6587", "\ufeffmark", "e\u0301", "x".repeat(5_000), "\u00ff\u0100"];
  const { table } = await queue(t, texts.length, (i) => texts[i]);
  const columns = ["subject", "displayTo", "entryId", "instanceKey", "messageFlags", "clientSubmitTime", "displayName", "0x00000001", "priority"];
  table.setColumns(columns);
  const rows = table.getSnapshot();
  assert.deepEqual(rows.map((row) => row.subject), texts);
  for (const [at, row] of rows.entries()) {
    assert.deepEqual(Object.keys(row), columns);
    assert.ok(Object.isFrozen(row));
    assert.equal(row.displayTo, `${at}@example.test`);
    assert.match(row.entryId, /^(?:[0-9a-f]{2})+$/);
    assert.match(row.instanceKey, /^[0-9a-f]{16}$/);
    assert.equal(row.messageFlags, 44);
    assert.ok(Math.abs(row.clientSubmitTime - Date.now()) < 60_000);
    assert.deepEqual([row.displayName, row["0x00000001"], row.priority], [{ error: "MAPI_E_NOT_FOUND" }, null, 0]);
  }
  assert.deepEqual(table.queryRows(3), rows.slice(0, 3));
  assert.ok(table.queryRows(2).every((row, at) => row === rows[3 + at]), "queried rows are those of the snapshot");
});

test("p16: a row that others pushed out of what is kept is still the same in the window that shows it", async (t) => {
  const { session, table } = await queue(t, 700);
  const window = table.window({ offset: 0, count: 50 });
  window.onChange(() => {});
  const before = window.getSnapshot();
  for (let offset = 100; offset < 700; offset += 100) range(table, offset, 100);
  await session.abortSubmit("3");
  assert.deepEqual(window.getSnapshot().flatMap((row, at) => (row === before[at] ? [] : [at])), [3]);
});

test("p16: headings keep their objects until their counts change", async (t) => {
  const { session, table } = await queue(t, 6, (i) => `group ${i % 2}`);
  table.sortTable([{ property: "subject", order: "ascending" }], { categories: 1, expanded: 1 });
  table.setColumns(["subject", "id", "rowType", "contentCount"]);
  const stop = table.onChange(() => {});
  const before = table.getSnapshot();
  assert.deepEqual(before.map((row) => [row.rowType, row.subject, row.contentCount]).slice(3, 6), [[1, "group 0", { error: "MAPI_E_NOT_FOUND" }], [3, "group 1", 3], [1, "group 1", { error: "MAPI_E_NOT_FOUND" }]]);
  await session.abortSubmit("1");
  await session.discard("1");
  const after = table.getSnapshot();
  assert.equal(after[0], before[0]);
  assert.notEqual(after[4], before[4]);
  assert.equal(after[4].contentCount, 2);
  stop();
});
