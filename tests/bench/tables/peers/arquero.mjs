// arquero: data frames by column. No view of it is live: it is made again after each change.
import * as aq from "arquero";

const filter = "d => d.size > 50000 && (d.flags & 1) !== 0 && op.match(d.subject, /re/i) !== null";
const load = (rows) => aq.from(rows);
const indexed = (table) => ({ table, index: table.indices(true) });
const view = (table, restricted) => indexed((restricted ? table.filter(filter) : table).orderby(aq.desc("date"), "subject", "id"));

function ids({ table, index }) {
  const column = table.column("id");
  return Array.from(index, (at) => column.at(at));
}

function live(rows, restricted) {
  const byId = new Map(rows.map((row) => [row.id, row]));
  let now = ids(view(load(rows), restricted));
  return {
    apply({ id, row, patch }, at) {
      at[0] = row === undefined ? now.indexOf(id) : -1;
      if (row !== undefined) byId.set(id, row);
      else if (patch === undefined) byId.delete(id);
      else Object.assign(byId.get(id), patch);
      now = ids(view(load([...byId.values()]), restricted));
      at[1] = now.indexOf(id);
    },
    ids: () => now,
  };
}

export default {
  name: "arquero",
  load,
  view,
  window: (_, { table }, offset, count) => Array.from({ length: count }, (__, at) => table.object(offset + at)),
  ids,
  restrict: (table) => table.filter(filter).numRows(),
  bySubject: (table) => indexed(table.derive({ folded: (d) => aq.op.lower(d.subject) }).orderby("folded", aq.desc("date"), "id")),
  changesAtMost: 6,
  live,
};
