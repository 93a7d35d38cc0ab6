/** The host's rows by slot. Columns that came whole become rows one by one, as somebody reads them. */
import { MapiError, invalid, kind } from "../error.js";
import type { Values } from "./load.js";
import type { Columns } from "./schema.js";

type Record_ = Record<string, unknown>;

export interface Rows<R extends object> {
  /** Slots there ever were. */
  readonly slots: number;
  readonly size: number;
  at(slot: number): R | undefined;
  /** Those that were made already. */
  readonly list: readonly (R | undefined)[];
  /** Before rows are asked for one by one: makes those of them that are not made yet; headings are none. Objects are rows already. */
  readonly ready: ((slots: readonly number[]) => void) | undefined;
  /** A row that is put, as it goes out. */
  kept(row: R): R;
  /** A row with other values in some fields. */
  merged(row: R, fields: Readonly<Record_>): R;
  /** Reads a column of so many slots; the answer is good until the next call. */
  readonly values: Values;
  find(key: unknown): number | undefined;
  /** Where the next new row goes. */
  next(): number;
  add(slot: number, row: R, key: unknown): void;
  replace(slot: number, row: R): void;
  remove(slot: number, key: unknown): void;
}

const rowsMax = 0x100_0000;

const isList = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/** The columns of a table that came whole. */
function readColumns(given: object, columns: Columns): { lists: ReadonlyMap<string, ArrayLike<unknown>>; count: number } {
  const lists = new Map<string, ArrayLike<unknown>>();
  let count: number | undefined;
  for (const [name, list] of Object.entries(given)) {
    if (!columns.byName.has(name)) throw invalid("columns of the schema", "another");
    if (!isList(list)) throw invalid(`column ${name} to be an array`, kind(list));
    count ??= list.length;
    bounded(count);
    if (list.length !== count) throw invalid(`column ${name} to have ${count} values`, `${list.length}`);
    lists.set(name, list);
  }
  return { lists, count: count ?? 0 };
}

/** An array may claim any length: nobody walks it. */
function bounded(length: number): void {
  if (length > rowsMax) throw new MapiError("MAPI_E_TOO_COMPLEX", `at most ${rowsMax} rows`, `${length}`);
}

/** So many keys are read together. */
const keys = 4_096;

interface Indexed {
  readonly key: string;
  readonly values: Values;
  readonly slots: () => number;
  readonly size: () => number;
  readonly isThere: (slot: number) => boolean;
}

/** The slots of keys: made when the first row is looked for by its key. */
export function indexed({ key, values, slots, size, isThere }: Indexed): () => Map<unknown, number> {
  let known: Map<unknown, number> | undefined;
  return () => {
    if (known !== undefined) return known;
    const made = new Map<unknown, number>();
    const count = slots();
    for (let start = 0; start < count; start += keys) {
      values(key, start, Math.min(keys, count - start)).forEach((own, i) => {
        if (!isThere(start + i)) return;
        if (own === undefined || own === null) throw invalid(`a value in ${key}, which names rows`, kind(own));
        made.set(own, start + i);
      });
    }
    if (made.size !== size()) throw new MapiError("MAPI_E_INVALID_PARAMETER", `different values in ${key}, which names rows`, "the same twice");
    known = made;
    return made;
  };
}

export function makeRows<R extends object>(given: unknown, columns: Columns, key: string): Rows<R> {
  if (typeof given !== "object" || given === null) throw invalid("rows: an array of objects, arrays by column, or { json }", kind(given));
  if (Array.isArray(given)) bounded(given.length);
  const whole = Array.isArray(given) ? undefined : readColumns(given, columns);
  const rows: (R | undefined)[] = whole === undefined ? (given as R[]).slice() : Array.from<R | undefined>({ length: whole.count });
  /** Slots whose row is still in the columns. */
  const isWhole = (slot: number): boolean => whole !== undefined && slot < whole.count && rows[slot] === undefined && !gone.has(slot);
  const gone = new Set<number>();
  const free: number[] = [];
  let size = rows.length;

  if (whole === undefined) {
    for (const row of rows) if (typeof row !== "object" || row === null) throw invalid("rows: objects", kind(row));
  }

  function at(slot: number): R | undefined {
    const row = rows[slot];
    if (row !== undefined || !isWhole(slot)) return row;
    const made: Record_ = {};
    for (const [name, list] of whole?.lists ?? []) made[name] = list[slot];
    rows[slot] = made as R;
    return made as R;
  }

  const buffer: unknown[] = [];
  const values: Values = (name, start, size) => {
    buffer.length = size;
    const list = whole?.lists.get(name);
    for (let i = 0; i < size; i++) {
      const row = rows[start + i];
      buffer[i] = row !== undefined ? (row as Record_)[name] : list !== undefined && isWhole(start + i) ? list[start + i] : undefined;
    }
    return buffer;
  };

  const known = indexed({
    key, values, slots: () => rows.length, size: () => size, isThere: (slot) => rows[slot] !== undefined || isWhole(slot),
  });

  return {
    get slots(): number {
      return rows.length;
    },
    get size(): number {
      return size;
    },
    at, values, list: rows, ready: undefined,
    kept: (row) => row,
    merged: (row, fields) => ({ ...row, ...fields }),
    find: (own) => known().get(own),
    next: () => free.at(-1) ?? rows.length,
    add(slot, row, own): void {
      if (free.at(-1) === slot) free.pop();
      rows[slot] = row;
      known().set(own, slot);
      size++;
    },
    replace(slot, row): void {
      rows[slot] = row;
    },
    remove(slot, own): void {
      known().delete(own);
      rows[slot] = undefined;
      if (whole !== undefined && slot < whole.count) gone.add(slot);
      free.push(slot);
      size--;
    },
  };
}
