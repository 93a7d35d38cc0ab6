// The product: `createTable`. Its text order is by folded text first, so its own order is what it is checked against.
import { createTable } from "../../../../pkg/dist/index.js";
import { bySubjectOrder, newestFirst } from "./folded.mjs";

const schema = {
  id: "long", subject: "string", sender: "string", email: "string", to: "string", date: "systime", size: "long", flags: "long", status: "long",
  importance: "long", hasAttach: "boolean", messageId: "string",
};
const restriction = {
  and: [
    { property: "size", op: "gt", value: 50_000 }, { bitmask: "flags", mask: 1, op: "nez" },
    { content: "subject", match: "substring", value: "re", ignoreCase: true },
  ],
};
const newest = [{ property: "date", order: "descending" }, { property: "subject", order: "ascending" }, { property: "id", order: "ascending" }];
const bySubject = [{ property: "subject", order: "ascending" }, { property: "date", order: "descending" }, { property: "id", order: "ascending" }];
const columns = ["date", "subject", "size", "flags", "id"];

/** Columns go into the engine when a question first names them; here before the clock of the view starts. */
async function load(rows) {
  const table = await createTable(schema, rows);
  table.findRow({ or: columns.map((exist) => ({ exist })) });
  return table;
}

function view(table, restricted) {
  if (restricted) table.restrict(restriction);
  table.sortTable(newest);
  return table;
}

const change = ({ id, row, patch }) => (row !== undefined ? { put: row } : patch !== undefined ? { update: id, with: patch } : { remove: id });
const ids = (table) => table.slice(0, table.getRowCount()).map(({ id }) => id);

async function watched(rows, restricted, apply) {
  const places = [];
  const table = view(await load(rows), restricted);
  // Rows are found by key, as the others' are.
  table.get(rows[0].id);
  table.advise(({ oldIndex, newIndex }) => places.push(oldIndex, newIndex));
  return { apply: (given) => table.apply(apply(given)), told: () => places, ids: () => ids(table), close: () => table.close() };
}

export default {
  name: "mailspooler",
  load,
  loadBytes: (json) => createTable(schema, { json }),
  view,
  window: (_, table, offset, count) => table.slice(offset, count),
  ids: (_, table) => ids(table),
  restrict(table) {
    table.restrict(restriction);
    return table.getRowCount();
  },
  bySubject(table) {
    table.sortTable(bySubject);
    return table;
  },
  newestFirst,
  bySubjectOrder,
  close: (table) => table.close(),
  born: "rust",
  live: (rows, restricted) => watched(rows, restricted, (one) => [change(one)]),
  live100: (rows, restricted) => watched(rows, restricted, (some) => some.map(change)),
};
