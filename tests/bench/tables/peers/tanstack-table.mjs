// @tanstack/table-core. Live: a new data array after each change, as its users do.
import {
  columnFilteringFeature, constructTable, createFilteredRowModel, createSortedRowModel, filterFn_includesString, rowSortingFeature, sortFn_basic,
  sortFn_text, tableFeatures,
} from "@tanstack/table-core";
import { storeReactivityBindings } from "@tanstack/table-core/store-reactivity-bindings";

const columns = ["id", "subject", "sender", "email", "to", "date", "size", "flags", "status", "importance", "hasAttach", "messageId"];
const hasBit = (row, id, bit) => (row.getValue(id) & bit) !== 0;
const above = (row, id, limit) => row.getValue(id) > limit;
const filters = [{ id: "size", value: 50_000 }, { id: "flags", value: 1 }, { id: "subject", value: "re" }];

function load(rows, sortSubject = sortFn_basic) {
  const features = tableFeatures({
    coreReactivityFeature: storeReactivityBindings(), columnFilteringFeature, rowSortingFeature,
    filteredRowModel: createFilteredRowModel(), sortedRowModel: createSortedRowModel(),
  });
  const table = constructTable({
    features, data: rows, getRowId: (row) => String(row.id), renderFallbackValue: null,
    columns: columns.map((id) => ({
      id, accessorKey: id, header: id, sortFn: id === "subject" ? sortSubject : sortFn_basic,
      filterFn: id === "size" ? above : id === "flags" ? hasBit : filterFn_includesString,
    })),
  });
  table.getCoreRowModel();
  return table;
}

function view(table, restricted) {
  if (restricted) table.setColumnFilters(filters);
  table.setSorting([{ id: "date", desc: true }, { id: "subject", desc: false }]);
  return table.getRowModel().rows;
}

function live(rows, restricted) {
  const table = load(rows);
  let [data, shown] = [rows, view(table, restricted)];
  const indexOf = (id) => shown.findIndex(({ original }) => original.id === id);
  return {
    apply({ id, row, patch }, at) {
      at[0] = row === undefined ? indexOf(id) : -1;
      if (row !== undefined) data = [...data, row];
      else if (patch === undefined) data = data.filter((other) => other.id !== id);
      else data = data.map((other) => (other.id === id ? { ...other, ...patch } : other));
      table.setOptions((options) => ({ ...options, data }));
      shown = table.getRowModel().rows;
      at[1] = indexOf(id);
    },
    ids: () => shown.map(({ original }) => original.id),
  };
}

export default {
  name: "tanstack-table",
  rowsAtMost: 200_000,
  load: (rows) => load(rows),
  view,
  window: (_, shown, offset, count) => shown.slice(offset, offset + count).map(({ original }) => original),
  ids: (shown) => shown.map(({ original }) => original.id),
  /** It remembers: a table for each time. */
  once: true,
  restrict(table) {
    table.setColumnFilters(filters);
    return table.getFilteredRowModel().rows.length;
  },
  loadFolded: (rows) => load(rows, sortFn_text),
  bySubject(table) {
    table.setSorting([{ id: "subject", desc: false }, { id: "date", desc: true }]);
    return table.getRowModel().rows;
  },
  changesAtMost: 6,
  live,
};
