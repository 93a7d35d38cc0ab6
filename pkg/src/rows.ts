/** Rows and cells as src/wasm/view/rows.rs writes them. */
import { scodeOf } from "./error.js";
import type { Published } from "./tabs/replica.js";
import type { Cell, Row, TableNotification } from "./types/table.js";
import { takeNum, takeText, unknownTag, type Reader, type Take } from "./wire/tape.js";

export function takeCell(from: Reader): Cell {
  const tag = from.num();
  switch (tag) {
    case 0:
      return null;
    case 1:
      return { error: scodeOf(from.num()) };
    case 2:
      return from.num();
    case 3:
      return from.bool();
    case 4:
      return from.text();
    case 5:
      return from.list(takeNum);
    case 6:
      return from.list(takeText);
    default:
      return unknownTag("a cell", tag);
  }
}

export const takeColumns: Take<string[]> = (from) => from.list(takeText);

/** Rows do not change: whoever holds one may compare it by reference. */
function takeRow(from: Reader, columns: readonly string[]): Row {
  const row: Record<string, Cell> = {};
  for (const column of columns) row[column] = takeCell(from);
  return Object.freeze(row);
}

export const takeCells: Take<Row> = (from) => {
  const row: Record<string, Cell> = {};
  for (let left = from.num(); left > 0; left--) {
    const name = from.text();
    row[name] = takeCell(from);
  }
  return Object.freeze(row);
};

export const takeRows: Take<Row[]> = (from) => {
  const columns = takeColumns(from);
  return from.list((row) => takeRow(row, columns));
};

/** What followers are to be told. */
export const takePublished = (from: Reader): Published => ({ epoch: from.num(), rows: from.list(takeCells) });

/** What a window showed: rows by their instance, as long as they are the same. */
export interface Shown {
  readonly version: number;
  readonly total: number;
  readonly rows: readonly Row[];
  readonly known: ReadonlyMap<string, { readonly since: number; readonly row: Row }>;
}

export const nothingShown: Shown = { version: -1, total: 0, rows: Object.freeze([]), known: new Map() };

/** The window as it is; `before`, if nothing in it has changed. */
export const takeShown = (before: Shown): Take<Shown> => (from) => {
  if (!from.bool()) return before;
  const [version, total] = [from.num(), from.num()];
  const columns = takeColumns(from);
  const known = new Map<string, { readonly since: number; readonly row: Row }>();
  const rows = from.list((item) => {
    const instance = takeCell(item) as string;
    const since = item.num();
    const read = takeRow(item, columns);
    const old = before.known.get(instance);
    const row = old?.since === since ? old.row : read;
    known.set(instance, { since, row });
    return row;
  });
  // A total that changed elsewhere is no other list.
  const same = rows.length === before.rows.length && rows.every((row, at) => row === before.rows[at]);
  return { version, total, rows: same ? before.rows : Object.freeze(rows), known };
};

/** In the order of `ulTableEvent`, from 1. */
const events = ["changed", "error", "rowAdded", "rowDeleted", "rowModified", "sortDone", "restrictDone", "setColumnsDone", "reload"] as const;

export interface Told {
  readonly to: readonly number[];
  readonly notification: TableNotification;
}

export const takeTold: Take<Told> = (from) => {
  const to = from.list(takeNum);
  const tag = from.num();
  const type = events[tag - 1] ?? unknownTag("a table event", tag);
  const key = from.option(takeCell) as string | null;
  const prior = from.option(takeCell) as string | null;
  const row = takeCells(from);
  const data = type === "rowAdded" || type === "rowModified" ? row : null;
  return { to, notification: Object.freeze({ type, instanceKey: key, priorInstanceKey: prior, row: data, oldIndex: from.num(), newIndex: from.num() }) };
};
