// The baseline: rows in an array, filtered and sorted; live, the sorted array kept by binary search and splice.
import { always, matches, newestFirst } from "../rows.mjs";

function live(rows, restricted, compare = newestFirst) {
  const accepts = restricted ? matches : always;
  const byId = new Map(rows.map((row) => [row.id, row]));
  const view = rows.filter(accepts).sort(compare);
  const place = (row) => {
    let [low, high] = [0, view.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(view[middle], row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const take = (row) => {
    if (!accepts(row)) return -1;
    const at = place(row);
    view.splice(at, 1);
    return at;
  };
  const put = (row) => {
    if (!accepts(row)) return -1;
    const at = place(row);
    view.splice(at, 0, row);
    return at;
  };
  return {
    apply({ id, row, patch }, at) {
      at[0] = row === undefined ? take(byId.get(id)) : -1;
      at[1] = -1;
      if (row !== undefined) byId.set(id, row);
      else if (patch === undefined) {
        byId.delete(id);
        return;
      } else Object.assign(byId.get(id), patch);
      at[1] = put(byId.get(id));
    },
    ids: () => view.map(({ id }) => id),
  };
}

export default {
  name: "plain",
  load: (rows) => rows,
  view: (rows, restricted) => (restricted ? rows.filter(matches) : rows.slice()).sort(newestFirst),
  window: (_, view, offset, count) => view.slice(offset, offset + count),
  ids: (view) => view.map(({ id }) => id),
  restrict: (rows) => rows.filter(matches).length,
  /** Decorated: each key is folded once. */
  bySubject: (rows) => rows.map((row) => ({ key: row.subject.toLowerCase(), row }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : b.row.date - a.row.date || a.row.id - b.row.id)).map(({ row }) => row),
  live,
  born: "objects",
};
