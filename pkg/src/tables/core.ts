/** The class of tables.wasm, and how columns go into it: numbers as they lie, texts joined; see src/wasm/tables.rs. */
import { MapiError, invalid, kind, scodeOf } from "../error.js";
import { tapes, type Taped } from "../wire/door.js";
import { putFlat, type Flat } from "../wire/query.js";
import { newTape, type Reader, type Tape } from "../wire/tape.js";
import type { Column, ColumnType } from "./schema.js";

export interface HostCore extends Taped {
  numbers(column: number, start: number, count: number): boolean;
  texts(column: number, start: number, count: number, bytes: number, absent: number): boolean;
  lines(view: number, offset: number, count: number): number;
  read(nums: number, bytes: number): number;
}

export interface TablesExports {
  readonly HostTable: new () => HostCore;
}

/** The value of a column in a row. */
export type Read = (slot: number) => unknown;

export interface TableCore {
  /** Throws the core's refusal as MapiError. */
  ask<T>(what: Flat, take: (from: Reader) => T): T;
  read<T>(tape: Tape, take: (from: Reader) => T): T;
  /** The lines of a view, until the next call. */
  lines(view: number, offset: number, count: number): Float64Array;
  /** A column for all rows up to `count`; answers its number. */
  load(column: Column, count: number, read: Read): number;
}

const encoder = new TextEncoder();
const chunk = 16_384;

const wrong = (column: Column, value: unknown): MapiError => invalid(`${column.type} in column ${column.name}`, kind(value));

const within = (value: number, min: number, max: number): boolean => value >= min && value <= max && Math.floor(value) === value;

/** NaN: no value. */
function number(column: Column, value: unknown): number {
  if (value === undefined || value === null) return NaN;
  if (column.type === "boolean") {
    if (typeof value === "boolean") return value ? 1 : 0;
    throw wrong(column, value);
  }
  if (typeof value !== "number") throw wrong(column, value);
  const { type } = column;
  const fits = type === "double" || (type === "long" ? within(value, -0x8000_0000, 0xffff_ffff) : type === "i8" ? Number.isSafeInteger(value) : Math.abs(value) <= 8.64e15);
  if (!fits) throw wrong(column, value);
  return type === "systime" ? Math.floor(value) : value;
}

const numeric: ReadonlySet<ColumnType> = new Set(["long", "i8", "double", "boolean", "systime"]);

/** A lone surrogate sorts as U+FFFD; a NUL separates texts on the tape. */
function text(column: Column, value: unknown): string {
  if (typeof value !== "string") throw wrong(column, value);
  if (value.includes("\0")) throw invalid(`text without NUL in column ${column.name}`, "a NUL");
  return value;
}

/** One value behind the tag of its kind, for `value` in src/wasm/view/rows.rs. */
export function putCell(tape: Tape, column: Column, value: unknown): void {
  const { nums, strs } = tape;
  if (value === undefined || value === null) {
    nums.push(0);
  } else if (numeric.has(column.type)) {
    const read = number(column, value);
    if (Number.isNaN(read)) nums.push(0);
    else nums.push(column.type === "boolean" ? 3 : 2, read);
  } else if (column.type === "string" || column.type === "binary") {
    nums.push(4);
    strs.push(text(column, value));
  } else if (!Array.isArray(value)) {
    throw wrong(column, value);
  } else if (column.type === "mvLong") {
    const element: Column = { ...column, type: "long" };
    nums.push(5, value.length, ...value.map((item) => {
      const read = number(element, item);
      if (Number.isNaN(read)) throw wrong(column, item);
      return read;
    }));
  } else {
    nums.push(6, value.length);
    for (const item of value) strs.push(text(column, item));
  }
}

export function openCore(core: HostCore): TableCore {
  const tape = tapes(core);

  function read<T>(what: Tape, take: (from: Reader) => T): T {
    const refusal = core.read(what.nums.length, tape.write(what));
    const from = tape.answer();
    if (refusal !== 0) throw new MapiError(scodeOf(refusal), from.text(), from.text());
    return take(from);
  }

  function ask<T>(what: Flat, take: (from: Reader) => T): T {
    const question = newTape();
    putFlat(question, what);
    return read(question, take);
  }

  function loadNumbers(at: number, column: Column, count: number, get: Read): void {
    for (let start = 0; start < count; start += chunk) {
      const size = Math.min(chunk, count - start);
      tape.reserve(size, 0);
      const { nums } = tape;
      for (let i = 0; i < size; i++) nums[i] = number(column, get(start + i));
      core.numbers(at, start, size);
    }
  }

  function loadTexts(at: number, column: Column, count: number, get: Read): void {
    for (let start = 0; start < count; start += chunk) {
      const size = Math.min(chunk, count - start);
      const strs: string[] = [];
      const absent: number[] = [];
      for (let i = 0; i < size; i++) {
        const value = get(start + i);
        if (typeof value === "string") strs.push(value);
        else if (value === undefined || value === null) {
          absent.push(i);
          strs.push("");
        } else throw wrong(column, value);
      }
      strs.push("");
      const joined = strs.join("\0");
      tape.reserve(absent.length, 3 * joined.length);
      tape.nums.set(absent);
      const { written } = encoder.encodeInto(joined, tape.text);
      if (!core.texts(at, start, size, written, absent.length)) throw invalid(`text without NUL in column ${column.name}`, "a NUL");
    }
  }

  function loadCells(at: number, column: Column, count: number, get: Read): void {
    for (let start = 0; start < count; start += chunk) {
      const end = Math.min(count, start + chunk);
      const cells = newTape();
      cells.nums.push(6, at, end - start);
      for (let slot = start; slot < end; slot++) {
        cells.nums.push(slot);
        putCell(cells, column, get(slot));
      }
      read(cells, () => undefined);
    }
  }

  /** Units of all texts, so that the block they go into is made once. */
  function unitsOf(column: Column, count: number, get: Read): number {
    let units = 0;
    if (column.type !== "string") return units;
    for (let slot = 0; slot < count; slot++) {
      const value = get(slot);
      if (typeof value === "string") units += value.length;
    }
    return units;
  }

  return {
    ask, read,
    lines(view, offset, count): Float64Array {
      const found = core.lines(view, offset, count);
      return new Float64Array(core.memory().buffer, core.outNums(), found);
    },
    load(column, count, get): number {
      const units = unitsOf(column, count, get);
      const at = ask([5, column.tag, count, Math.min(0xffff_ffff, units + (units >> 6))], (from) => from.num());
      if (numeric.has(column.type)) loadNumbers(at, column, count, get);
      else if (column.type === "string") loadTexts(at, column, count, get);
      else loadCells(at, column, count, get);
      return at;
    },
  };
}
