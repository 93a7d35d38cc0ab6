// The orders that both harnesses must find, this one and the native one: as hashes (FNV-1a over ids), in native/orders.json.
import { bySubjectOrder, newestFirst } from "./peers/folded.mjs";
import { always, makeChanges, makeRows, matches } from "./rows.mjs";

const hash = (rows) => rows.reduce((sum, { id }) => Math.imul(sum ^ id, 0x01000193) >>> 0, 0x811c9dc5);

export function orders(n) {
  const rows = makeRows(n);
  const view = (accepts, compare) => hash(rows.filter(accepts).sort(compare));
  const found = { rows: n, restricted: view(matches, newestFirst), all: view(always, newestFirst), folded: view(always, bySubjectOrder) };
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const { id, row, patch } of makeChanges(rows, 1_000)) {
    if (row !== undefined) byId.set(id, row);
    else if (patch !== undefined) Object.assign(byId.get(id), patch);
    else byId.delete(id);
  }
  return { ...found, changed: hash([...byId.values()].sort(newestFirst)) };
}
