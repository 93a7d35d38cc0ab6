// Copies of views that readers keep by notifications alone, as the rule of `advise` says, and calls of such views by chance.
import assert from "node:assert/strict";
import { chance } from "../../bench/work.mjs";

export function dice(seed) {
  const below = chance(seed);
  return { below, pick: (all) => all[below(all.length)] };
}

/** Seeds of a test; `MAILSPOOLER_SEED` is the only one. */
export function seeds(count) {
  const given = process.env.MAILSPOOLER_SEED;
  return given === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(given)];
}

/** What a reader believes that `table` shows; `meanwhile` is called behind every notification. */
export function mirrored(table, meanwhile = () => {}) {
  const mirror = { rows: [], heard: new Set(), read: () => { mirror.rows = [...table.getSnapshot()]; }, stop: () => {} };
  mirror.read();
  mirror.stop = table.advise(({ type, row, oldIndex, newIndex }) => {
    mirror.heard.add(type);
    if (type === "changed" || type === "reload") mirror.read();
    else {
      if (type !== "rowAdded") mirror.rows.splice(oldIndex, 1);
      if (type !== "rowDeleted") mirror.rows.splice(newIndex, 0, row);
    }
    meanwhile();
  });
  return mirror;
}

const ways = ["ascending", "descending"];

/** An order by chance, with up to two categories, some of them ordered by an extreme. */
function someOrder({ below, pick }, columns) {
  const order = [];
  const categories = below(3);
  for (let i = 0; i < categories; i++) {
    order.push({ property: columns[i], order: pick(ways) });
    if (below(3) > 0) order.push({ property: pick(columns), order: pick(ways), [pick(["categMax", "categMin"])]: true });
  }
  const options = { categories: order.length, expanded: below(categories + 1) };
  if (below(2) === 0) order.push({ property: pick(columns), order: pick(ways) });
  return [order, options];
}

/** A call that changes what the view shows; its readers read again. `restrictions` may be chosen, and orders by `columns`. */
export function ownCall(table, random, { columns, restrictions }) {
  const { below, pick } = random;
  const headings = table.getSnapshot().filter((row) => row.rowType > 1);
  const kind = below(headings.length > 0 ? 9 : 3);
  if (kind === 0) table.restrict(pick(restrictions));
  else if (kind === 1) table.sortTable(...someOrder(random, columns));
  else if (kind === 2) table.setColumns([...table.queryColumns()]);
  else {
    const { instanceKey, rowType } = pick(headings);
    if (kind === 3) table.setCollapseState(table.getCollapseState(instanceKey));
    else if (rowType === 3) table.collapseRow(instanceKey);
    else table.expandRow(instanceKey, below(3));
  }
}

export const same = (mirror, table, told) => assert.deepEqual(mirror.rows, [...table.getSnapshot()], told);
