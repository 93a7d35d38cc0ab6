/** The host's rows by slot. Columns that came whole become rows one by one, as somebody reads them. */
import { MapiError, invalid, kind } from "../error.js";
import { shown } from "../snapshot.js";
import { call } from "./call.js";
import type { Values } from "./load.js";
import type { Columns } from "./schema.js";

type Record_ = Record<PropertyKey, unknown>;

export interface Rows<R extends object> {
  /** Slots there ever were. */
  readonly slots: number;
  readonly size: number;
  at(slot: number): R | undefined;
  /** The same, without asking the engine for it. */
  held(slot: number): R | undefined;
  /** Those that were made already. */
  readonly list: readonly (R | undefined)[];
  /** Before rows are asked for one by one: makes those of them that are not made yet; headings are none. Objects are rows already. */
  readonly ready: ((slots: readonly number[]) => void) | undefined;
  /** A row that is put, as it goes out. */
  kept(row: R): R;
  /** A row with other values in some fields; the same one if there are none. */
  merged(row: R, fields: Readonly<Record_>): R;
  /** Reads a column of so many slots; the answer is good until the next call. */
  readonly values: Values;
  find(key: unknown): number | undefined;
  /** Do they name the same row? */
  isSame(one: unknown, other: unknown): boolean;
  /** Where the next new row goes. */
  next(): number;
  add(slot: number, row: R, key: unknown): void;
  replace(slot: number, row: R): void;
  remove(slot: number, key: unknown): void;
  /** Lets go of all rows. */
  clear(): void;
}

const rowsMax = 0x100_0000;
const forms = "rows: an array of objects, arrays by column, or { json }";

const isList = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/** The columns of a table that came whole. What only looks as if it had none (a Map, a promise) is no table without rows. */
function readColumns(given: object, columns: Columns, key: string): { lists: ReadonlyMap<string, ArrayLike<unknown>>; count: number } {
  const prototype: unknown = Object.getPrototypeOf(given);
  if (prototype !== null && prototype !== Object.prototype) throw invalid(forms, kind(given));
  const lists = new Map<string, ArrayLike<unknown>>();
  let count: number | undefined;
  for (const [name, list] of Object.entries(given)) {
    if (!columns.byName.has(name)) throw invalid("columns of the schema", `the column ${shown(name)}`);
    if (!isList(list)) throw invalid(`column ${name} to be an array`, kind(list));
    count ??= list.length;
    bounded(count);
    if (list.length !== count) throw invalid(`column ${name} to have ${count} values`, `${list.length}`);
    lists.set(name, list);
  }
  if (!lists.has(key)) throw invalid(`the column ${key}, which names rows`, "none");
  return { lists, count: count ?? 0 };
}

/** An array may claim any length: nobody walks it. */
function bounded(length: number): void {
  if (length > rowsMax) throw new MapiError("MAPI_E_TABLE_TOO_BIG", `at most ${rowsMax} rows`, `${length}`);
}

/** So many keys are read together. */
const keys = 4_096;

/** How a key that may be written in several ways is known; `undefined`: as it is. */
export type Keyed = ((own: unknown) => unknown) | undefined;

const lower = (own: unknown): unknown => (typeof own === "string" ? own.toLowerCase() : own);
const floor = (own: unknown): unknown => (typeof own === "number" ? Math.floor(own) : own);

export const keyedBy = (columns: Columns, key: string): Keyed => {
  const type = columns.byName.get(key)?.type;
  return type === "binary" ? lower : type === "systime" ? floor : undefined;
};

interface Indexed {
  readonly key: string;
  readonly keyed: Keyed;
  readonly values: Values;
  readonly slots: () => number;
  readonly size: () => number;
  readonly isThere: (slot: number) => boolean;
}

/** The slots of keys: made when the first row is looked for by its key. */
export function indexed({ key, keyed, values, slots, size, isThere }: Indexed): () => Map<unknown, number> {
  let known: Map<unknown, number> | undefined;

  /** Says which. */
  function twice(made: ReadonlyMap<unknown, number>, count: number): never {
    for (let slot = 0; slot < count; slot++) {
      const [own] = values(key, slot, 1);
      const last = isThere(slot) ? made.get(keyed === undefined ? own : keyed(own)) : slot;
      if (last !== slot) throw invalid(`different values in ${key}, which names rows`, `the same in rows ${slot} and ${last ?? "another"}`);
    }
    throw invalid(`different values in ${key}, which names rows`, "others at every look");
  }

  return () => {
    if (known !== undefined) return known;
    const made = new Map<unknown, number>();
    const count = slots();
    for (let start = 0; start < count; start += keys) {
      values(key, start, Math.min(keys, count - start)).forEach((own, i) => {
        if (!isThere(start + i)) return;
        if (own === undefined || own === null) throw invalid(`a value in ${key}, which names rows`, `${kind(own)} in row ${start + i}`);
        made.set(keyed === undefined ? own : keyed(own), start + i);
      });
    }
    if (made.size !== size()) twice(made, count);
    known = made;
    return made;
  };
}

/** As a spread would, at half its price where the row has such a field. */
function merge(row: Record_, name: PropertyKey, value: unknown): void {
  // An inherited setter of that name is nobody's business.
  if (Object.hasOwn(row, name)) row[name] = value;
  else Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true });
}

const same = (a: unknown, b: unknown): boolean =>
  Object.is(a, b) || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => Object.is(one, b[i])));

/** All of these fields are as they are already. */
export function holds(row: object, fields: Readonly<Record_>): boolean {
  for (const name in fields) {
    if (Object.hasOwn(fields, name) && !(Object.hasOwn(row, name) && same((row as Record_)[name], fields[name]))) return false;
  }
  return Object.getOwnPropertySymbols(fields).length === 0;
}

/** A field of a new row. */
export function put(row: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__") Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true });
  else row[name] = value;
}

/** Rows that are objects, or columns that came whole. A class: what is compiled of closures goes with their table, this serves the next one. */
export class HostRows<R extends object> implements Rows<R> {
  readonly list: (R | undefined)[];
  readonly ready = undefined;
  readonly values: Values;
  size: number;
  private whole: ReturnType<typeof readColumns> | undefined;
  private readonly keyed: Keyed;
  private readonly gone = new Set<number>();
  private readonly free: number[] = [];
  private indexed: () => Map<unknown, number>;
  private index: Map<unknown, number> | undefined;

  constructor(given: unknown, columns: Columns, key: string) {
    if (typeof given !== "object" || given === null) throw invalid(forms, kind(given));
    if (Array.isArray(given)) bounded(given.length);
    const whole = Array.isArray(given) ? undefined : readColumns(given, columns, key);
    const rows: (R | undefined)[] = whole === undefined ? (given as R[]).slice() : Array.from<R | undefined>({ length: whole.count });
    if (whole === undefined) for (const row of rows) if (typeof row !== "object" || row === null) throw invalid("rows: objects", kind(row));
    this.list = rows;
    this.whole = whole;
    this.keyed = keyedBy(columns, key);
    this.size = rows.length;
    const read = (name: string, start: number, size: number, buffer: unknown[]): unknown[] => {
      buffer.length = size;
      const list = this.whole?.lists.get(name);
      for (let i = 0; i < size; i++) {
        const row = rows[start + i];
        buffer[i] = row !== undefined ? (row as Record_)[name] : list !== undefined && this.isWhole(start + i) ? list[start + i] : undefined;
      }
      return buffer;
    };
    const buffer: unknown[] = [];
    this.values = (name, start, size) => read(name, start, size, buffer);
    // A getter may look for a row while a column is read.
    this.indexed = indexed({
      key, keyed: this.keyed, values: (name, start, size) => read(name, start, size, []), slots: () => rows.length, size: () => this.size, isThere: (slot) => rows[slot] !== undefined || this.isWhole(slot),
    });
  }

  get slots(): number {
    return this.list.length;
  }

  /** Its row is still in the columns. */
  private isWhole(slot: number): boolean {
    return this.whole !== undefined && slot < this.whole.count && this.list[slot] === undefined && !this.gone.has(slot);
  }

  at(slot: number): R | undefined {
    const row = this.list[slot];
    if (row !== undefined || !this.isWhole(slot)) return row;
    const made: Record_ = {};
    for (const [name, list] of this.whole?.lists ?? []) put(made, name, list[slot]);
    this.list[slot] = made as R;
    return made as R;
  }

  held(slot: number): R | undefined {
    return this.at(slot);
  }

  kept(row: R): R {
    return row;
  }

  merged(row: R, fields: Readonly<Record_>): R {
    if (holds(row, fields)) return row;
    const made = { ...row } as Record_;
    for (const name in fields) if (Object.hasOwn(fields, name)) merge(made, name, fields[name]);
    const symbols = Object.getOwnPropertySymbols(fields);
    if (symbols.length > 0) for (const name of symbols) merge(made, name, fields[name]);
    return made as R;
  }

  private known(): Map<unknown, number> {
    return (this.index ??= call(this.indexed));
  }

  find(own: unknown): number | undefined {
    return this.known().get(this.keyed === undefined ? own : this.keyed(own));
  }

  isSame(one: unknown, other: unknown): boolean {
    return one === other || (this.keyed !== undefined && this.keyed(one) === this.keyed(other));
  }

  next(): number {
    const { length } = this.free;
    return length > 0 ? (this.free[length - 1] as number) : this.list.length;
  }

  add(slot: number, row: R, own: unknown): void {
    if (this.free.at(-1) === slot) this.free.pop();
    this.list[slot] = row;
    this.known().set(this.keyed === undefined ? own : this.keyed(own), slot);
    this.size++;
  }

  replace(slot: number, row: R): void {
    this.list[slot] = row;
  }

  remove(slot: number, own: unknown): void {
    this.known().delete(this.keyed === undefined ? own : this.keyed(own));
    this.list[slot] = undefined;
    if (this.whole !== undefined && slot < this.whole.count) this.gone.add(slot);
    this.free.push(slot);
    this.size--;
  }

  clear(): void {
    this.list.length = this.free.length = this.size = 0;
    this.gone.clear();
    this.whole = this.index = undefined;
    this.indexed = () => new Map();
  }
}
