// What React, Svelte, Vue and virtual lists rely on: the same snapshot until something in the window changes, the same row as long
// as it is the same, and no call without a change.
import assert from "node:assert/strict";
import { test } from "node:test";
import { day, hostSide } from "./setup.mjs";

const host = await hostSide("identity");

async function queue(...subjects) {
  const session = await host.open();
  const submit = (subject) => session.submitMessage({ id: subject, to: `${subject}@example.test`, subject, payload: {}, holdUntil: Date.now() + day });
  for (const subject of subjects) await submit(subject);
  const table = session.getOutgoingQueue();
  table.sortTable([{ property: "subject", order: "ascending" }]);
  return { session, table, submit };
}
const subjects = (rows) => rows.map((row) => row.subject).join("");

/** React's rules for useSyncExternalStore: read while rendering, and again whenever told; equal means no render. */
function react(view) {
  const seen = { renders: 0, rows: undefined };
  const render = () => {
    const rows = view.getSnapshot();
    assert.equal(view.getSnapshot(), rows, "a snapshot read twice in a render is the same");
    if (rows === seen.rows) return;
    Object.assign(seen, { renders: seen.renders + 1, rows });
  };
  render();
  const stop = view.onChange(render);
  return { seen, stop };
}

test("what happens outside a window renders nothing", async () => {
  const { session, table, submit } = await queue("a", "b", "c", "d");
  const { seen } = react(table.window({ offset: 0, count: 2 }));
  const before = seen.rows;
  await submit("e");
  await session.setHold("d", Date.now() + 2 * day);
  assert.deepEqual([seen.renders, seen.rows], [1, before]);
  assert.equal(seen.rows, before);
});

test("a change in a window makes one row another; the rest are the same objects", async () => {
  const { session, table, submit } = await queue("b", "c", "d", "e");
  const { seen } = react(table.window({ offset: 0, count: 3 }));
  const [b, c] = seen.rows;
  await session.abortSubmit("c");
  const after = seen.rows;
  assert.equal(after[0], b);
  assert.notEqual(after[1], c);
  await submit("a");
  assert.equal(subjects(seen.rows), "abc");
  assert.equal(seen.rows[1], b);
  assert.equal(seen.rows[2], after[1]);
});

test("a Svelte store: called at once with what is there, then only with another; nothing after unsubscribing", async () => {
  const { session, table } = await queue("a", "b", "c");
  const view = table.window({ offset: 0, count: 2 });
  const values = [];
  const { subscribe } = view;
  const unsubscribe = subscribe((rows) => values.push(rows));
  assert.deepEqual(values.map(subjects), ["ab"]);
  await session.setHold("c", Date.now() + 2 * day);
  assert.equal(values.length, 1);
  await session.abortSubmit("a");
  await session.discard("a");
  assert.equal(subjects(values.at(-1)), "bc");
  assert.equal(new Set(values).size, values.length, "each value differs from those before");
  unsubscribe();
  const heard = values.length;
  await session.abortSubmit("b");
  assert.equal(values.length, heard);
});

test("two windows and two watchers of one do not disturb one another", async () => {
  const { session, table } = await queue("a", "b", "c", "d");
  const [upper, lower] = [table.window({ offset: 0, count: 2 }), table.window({ offset: 2, count: 2 })];
  const [first, second, third] = [react(upper), react(upper), react(lower)];
  const below = third.seen.rows;
  first.stop();
  await session.setHold("b", Date.now() + 2 * day);
  assert.equal(third.seen.rows, below);
  assert.equal(first.seen.renders, 1);
  assert.equal(second.seen.rows, upper.getSnapshot());
});

test("whoever holds a snapshot may compare it later: neither it nor its rows ever change", async () => {
  const { session, table } = await queue("a", "b");
  const rows = table.window({ offset: 0, count: 3 }).getSnapshot();
  const copy = structuredClone(rows);
  assert.ok(Object.isFrozen(rows) && rows.every(Object.isFrozen));
  await session.abortSubmit("a");
  assert.deepEqual(rows, copy);
});

test("listeners and signals that are none are refused", async () => {
  const { table } = await queue("a");
  const view = table.window({ offset: 0, count: 1 });
  const trap = new Proxy({}, { ownKeys() { throw new Error("of the host"); } });
  for (const act of [
    () => view.onChange("no"), () => view.subscribe(null), () => view.onChange(() => {}, trap), () => view.changes({ signal: {} }), () => view.onChange(() => {}, { signal: 1 }),
  ]) assert.throws(act, { name: "MapiError", code: "MAPI_E_INVALID_PARAMETER" });
});
