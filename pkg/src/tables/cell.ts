/** Values of columns on their way in. */
import { MapiError, invalid, kind } from "../error.js";
import type { CheckConstant } from "../restriction.js";
import { readList } from "../snapshot.js";
import type { Tape } from "../wire/tape.js";
import { columnOf, type Column, type ColumnType, type Columns } from "./schema.js";

/** A type in words, where one is not enough. */
const words: Partial<Record<ColumnType, string>> = { long: "long, -2147483648 to 2147483647,", i8: "i8, a safe integer," };

export const wrong = (column: Column, value: unknown): MapiError => invalid(`${words[column.type] ?? column.type} in column ${column.name}`, kind(value));

interface Range {
  readonly min: number;
  readonly max: number;
}

const upTo = (max: number): Range => ({ min: -max, max });
const none: Range = { min: Infinity, max: -Infinity };
const ranges: Partial<Record<ColumnType, Range>> = {
  long: { min: -0x8000_0000, max: 0x7fff_ffff }, i8: upTo(Number.MAX_SAFE_INTEGER), systime: upTo(8.64e15), double: upTo(Infinity),
};

/** The integers that a column takes as they are; none of a boolean's. */
export const rangeOf = ({ type }: Column): Range => ranges[type] ?? none;

const element: Partial<Record<ColumnType, ColumnType>> = { mvLong: "long", mvString: "string", mvBinary: "binary" };

/** Could the column hold it, or a value of the column? */
function isConstant(column: Column, value: unknown): boolean {
  const type = element[column.type] ?? column.type;
  if (type === "boolean") return typeof value === "boolean";
  if (type === "string" || type === "binary") return typeof value === "string" && (type === "string" || hex.test(value));
  if (typeof value !== "number") return false;
  const { min, max } = ranges[type] ?? none;
  return value >= min && value <= max && (type === "double" || type === "systime" || Number.isInteger(value));
}

/** Constants of a restriction on these columns. */
export const constantOf = (columns: Columns): CheckConstant => (of, value) => {
  const column = columnOf(columns, columns.find(of) ?? "");
  if (column === undefined || isConstant(column, value)) return;
  const { name, type } = column;
  const bytes = typeof value === "string" && (type === "binary" || type === "mvBinary");
  throw new MapiError("MAPI_E_TOO_COMPLEX", `a constant of the type of ${name} (${type}${bytes ? ", bytes in hex" : ""})`, bytes ? "other text" : kind(value));
};

/** Which row, for an error text: its key, if that is short and plain. */
export function keyWords(own: unknown): string {
  if (typeof own === "string") return /^[\w$.:@+=/<>-]{1,64}$/.test(own) ? `"${own}"` : "a text";
  return kind(own);
}

/** NaN: no value. */
export function number(column: Column, value: unknown): number {
  if (value === undefined || value === null) return NaN;
  if (column.type === "boolean") {
    if (typeof value === "boolean") return value ? 1 : 0;
    throw wrong(column, value);
  }
  if (typeof value !== "number") throw wrong(column, value);
  if (column.type === "double") return value;
  const whole = column.type === "systime" ? Math.floor(value) : value;
  const { min, max } = rangeOf(column);
  if (!(value >= min && value <= max && Math.floor(value) === whole)) throw wrong(column, value);
  return whole;
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

/** In one cell: an array may claim any length. */
const valuesMax = 0x1_0000;

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
  } else {
    const items = readList(value, `column ${column.name}`, valuesMax);
    const element: Column = { ...column, type: "long" };
    nums.push(column.type === "mvLong" ? 5 : 6, items.length);
    for (const item of items) {
      if (column.type !== "mvLong") {
        strs.push(text(column, item));
        continue;
      }
      const read = number(element, item);
      if (Number.isNaN(read)) throw wrong(column, item);
      nums.push(read);
    }
  }
}
