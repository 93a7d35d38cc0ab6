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

export const takeCells: Take<Row> = (from) => {
  const row: Record<string, Cell> = {};
  for (let left = from.num(); left > 0; left--) {
    const name = from.text();
    row[name] = takeCell(from);
  }
  return Object.freeze(row);
};

/** What followers are to be told. */
export const takePublished = (from: Reader): Published => ({ epoch: from.num(), rows: from.list(takeCells) });

/** What the core believes that we have: rows at places, with their keys. */
export interface Kept {
  columns: readonly string[];
  keys: number[];
  rows: Row[];
}

/** Rows of a range, and the keys of their lines. */
export interface Shown {
  /** The view's; 0: not looked at. */
  readonly version: number;
  /** Of the rows. */
  readonly columns: readonly string[];
  readonly keys: readonly number[];
  readonly rows: readonly Row[];
}

export const nothingShown: Shown = { version: 0, columns: [], keys: [], rows: Object.freeze([]) };
const nowhere = 0xffff_ffff;

export const sameCell = (a: Cell | undefined, b: Cell | undefined): boolean =>
  Object.is(a, b) || (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b));

/** A row of each set of columns. An engine that forgets their shape with the last row throws away what it compiled for it. */
const shapes = new Map<string, Row>();

function keepShape(columns: readonly string[]): void {
  if (shapes.size > 64) shapes.clear();
  const row: Record<string, Cell> = {};
  for (const name of columns) row[name] = null;
  shapes.set(columns.join(), Object.freeze(row));
}

/** As src/wasm/view/lines.rs writes them. Rows do not change: whoever holds one may compare it by reference. */
function takeLines(from: Reader, kept: Kept, before: Shown): { readonly keys: number[]; readonly rows: Row[] } {
  const columns = from.option(takeColumns);
  if (columns !== null && columns.join() !== kept.columns.join()) {
    Object.assign(kept, { columns, keys: [], rows: [] });
    keepShape(columns);
  }
  if (before.columns !== kept.columns) before = nothingShown;
  const [keys, rows]: [number[], Row[]] = [[], []];
  const [at, places]: [number[], number[]] = [[], []];
  const fresh: Record<string, Cell>[] = [];
  const count = from.num();
  for (let i = 0; i < count; i++) {
    const place = from.num();
    if (place < 0) {
      const row = {};
      at.push(i);
      places.push(-1 - place);
      fresh.push(row);
      keys.push(0);
      rows.push(row);
    } else {
      keys.push(kept.keys[place] as number);
      rows.push(kept.rows[place] as Row);
    }
  }
  if (fresh.length === 0) return { keys, rows };
  for (const i of at) keys[i] = from.num();
  from.wide();
  for (const name of kept.columns) from.column(fresh, name, takeCell);
  let known: Map<number, Row> | undefined;
  for (let j = 0; j < fresh.length; j++) {
    const [i, place, row] = [at[j] as number, places[j] as number, fresh[j] as Row];
    const key = keys[i] as number;
    let old = kept.keys[place] === key ? kept.rows[place] : undefined;
    if (old === undefined && before.rows.length > 0) {
      known ??= new Map(before.keys.map((own, index) => [own, before.rows[index] as Row]));
      old = known.get(key);
    }
    const shown = old !== undefined && kept.columns.every((name) => sameCell(old[name], row[name])) ? old : Object.freeze(row);
    rows[i] = shown;
    if (place === nowhere) continue;
    kept.keys[place] = key;
    kept.rows[place] = shown;
  }
  return { keys, rows };
}

export const takeRows = (kept: Kept): Take<Row[]> => (from) => takeLines(from, kept, nothingShown).rows;

/** The range as it is; the rows of `before`, if they are the same. */
export const takeShown = (kept: Kept, before: Shown): Take<Shown> => (from) => {
  if (!from.bool()) return before;
  const version = from.num();
  const { keys, rows } = takeLines(from, kept, before);
  const same = rows.length === before.rows.length && rows.every((row, at) => row === before.rows[at]);
  return { version, columns: kept.columns, keys, rows: same ? before.rows : Object.freeze(rows) };
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
