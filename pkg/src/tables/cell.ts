/** Values of columns on their way in. */
import { invalid, kind, type MapiError } from "../error.js";
import type { Tape } from "../wire/tape.js";
import type { Column, ColumnType } from "./schema.js";

export const wrong = (column: Column, value: unknown): MapiError => invalid(`${column.type} in column ${column.name}`, kind(value));

const within = (value: number, min: number, max: number): boolean => value >= min && value <= max && Math.floor(value) === value;

/** NaN: no value. */
export function number(column: Column, value: unknown): number {
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

export const isNumeric = ({ type }: Column): boolean => numeric.has(type);
const numeric: ReadonlySet<ColumnType> = new Set(["long", "i8", "double", "boolean", "systime"]);

const hex = /^(?:[0-9a-f]{2})*$/i;

/** A lone surrogate sorts as U+FFFD; a NUL separates texts on the tape. */
function text(column: Column, value: unknown): string {
  if (typeof value !== "string") throw wrong(column, value);
  if (value.includes("\0")) throw invalid(`text without NUL in column ${column.name}`, "a NUL");
  if (column.type !== "string" && column.type !== "mvString" && !hex.test(value)) throw invalid(`bytes in hex in column ${column.name}`, "other text");
  return value;
}

/** One value behind the tag of its kind, for `value` in src/wasm/view/rows.rs. */
export function putCell(tape: Tape, column: Column, value: unknown): void {
  const { nums, strs } = tape;
  if (value === undefined || value === null) {
    nums.push(0);
  } else if (isNumeric(column)) {
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
