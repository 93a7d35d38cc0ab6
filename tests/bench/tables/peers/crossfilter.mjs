// crossfilter2: sorted dimensions with incremental filters; the whole order is one dimension, a string.
import crossfilter from "crossfilter2";

const pad = (n, width) => String(n).padStart(width, "0");

function load(rows) {
  const all = crossfilter(rows);
  return {
    all, key: all.dimension((row) => `${pad(9_000_000_000_000 - row.date, 13)}${row.subject}\0${pad(row.id, 9)}`),
    size: all.dimension(({ size }) => size), subject: all.dimension(({ subject }) => subject), flags: all.dimension(({ flags }) => flags),
  };
}

function view({ key, size, flags, subject }, restricted) {
  if (restricted) {
    size.filterRange([50_001, Infinity]);
    flags.filterFunction((value) => (value & 1) !== 0);
    subject.filterFunction((text) => text.toLowerCase().includes("re"));
  }
  return key.bottom(Infinity);
}

const ids = (rows) => rows.map(({ id }) => id);

function live(rows, restricted) {
  const store = load(rows);
  const byId = new Map(rows.map((row) => [row.id, row]));
  let now = view(store, restricted);
  return {
    apply({ id, row, patch }, at) {
      const old = byId.get(id);
      at[0] = row === undefined ? now.indexOf(old) : -1;
      if (row === undefined) store.all.remove((other) => other === old);
      const next = row ?? (patch && Object.assign(old, patch));
      if (next === undefined) byId.delete(id);
      else {
        byId.set(id, next);
        store.all.add([next]);
      }
      now = store.key.bottom(Infinity);
      at[1] = next === undefined ? -1 : now.indexOf(next);
    },
    ids: () => ids(now),
  };
}

export default {
  name: "crossfilter2",
  load,
  view,
  window: (_, rows, offset, count) => rows.slice(offset, offset + count),
  ids,
  changesAtMost: 6,
  live,
};
