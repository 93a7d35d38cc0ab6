/** What changes write: numbers and texts, flat as the engine reads them. */
import { invalid } from "../error.js";
import type { Tapes } from "../wire/door.js";
import { newTape } from "../wire/tape.js";
import { call } from "./call.js";
import { putCell, rangeOf } from "./cell.js";
import type { Column } from "./schema.js";

/** Not in the engine's memory: whoever writes may have to ask it for rows meanwhile. */
export interface Pen {
  nums: Float64Array;
  text: Uint8Array;
  /** How many numbers and bytes are written. */
  n: number;
  t: number;
}

const [least, leastText, most] = [64, 1_024, 0x1_0000];

export const newPen = (): Pen => ({ nums: new Float64Array(least), text: new Uint8Array(leastText), n: 0, t: 0 });

/** Nothing is written; what much was written on is let go. */
export function lift(pen: Pen): void {
  pen.n = pen.t = 0;
  if (pen.nums.length > most) pen.nums = new Float64Array(least);
  if (pen.text.length > most) pen.text = new Uint8Array(leastText);
}

/** Before so many numbers are written. */
export function need(pen: Pen, nums: number): void {
  if (pen.n + nums <= pen.nums.length) return;
  const more = new Float64Array(2 * (pen.n + nums));
  more.set(pen.nums);
  pen.nums = more;
}

function needText(pen: Pen, bytes: number): void {
  if (pen.t + bytes <= pen.text.length) return;
  const more = new Uint8Array(2 * (pen.t + bytes));
  more.set(pen.text);
  pen.text = more;
}

/** Puts what is written where the engine reads it. */
export function hand({ nums, text, n, t }: Pen, to: Tapes): void {
  call(to.reserve, n, t);
  const [numbers, bytes] = [to.nums, to.text];
  if (n > 64) numbers.set(nums.subarray(0, n));
  else for (let i = 0; i < n; i++) numbers[i] = nums[i] as number;
  if (t > 64) bytes.set(text.subarray(0, t));
  else for (let i = 0; i < t; i++) bytes[i] = text[i] as number;
}

/** A column that is in the core. */
export interface Loaded {
  readonly column: Column;
  readonly name: string;
  readonly at: number;
  readonly min: number;
  readonly max: number;
  readonly isText: boolean;
}

export function loadedAs(column: Column, at: number): Loaded {
  const { min, max } = rangeOf(column);
  return { column, name: column.name, at, min, max, isText: column.type === "string" };
}

/** Up to so many characters are written one by one: the encoder's call costs more. */
const short = 128;
const encoder = new TextEncoder();

/** With a NUL behind it. */
function writeText(pen: Pen, value: string, column: Column): void {
  const { length } = value;
  needText(pen, 3 * length + 1);
  const { text: bytes, t: start } = pen;
  let i = 0;
  if (length <= short) {
    for (; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code === 0 || code > 127) break;
      bytes[start + i] = code;
    }
  }
  let end = start + i;
  if (i < length) {
    if (value.includes("\0")) throw invalid(`text without NUL in column ${column.name}`, "a NUL");
    end = start + encoder.encodeInto(value, bytes.subarray(start)).written;
  }
  bytes[end] = 0;
  pen.t = end + 1;
}

function writeRare(pen: Pen, { column, at }: Loaded, value: unknown): void {
  const cell = newTape();
  putCell(cell, column, value);
  need(pen, 1 + cell.nums.length);
  const { nums } = pen;
  nums[pen.n++] = at;
  for (const item of cell.nums) nums[pen.n++] = item;
  for (const item of cell.strs) writeText(pen, item, column);
}

/** Of a column that is not in the core: nothing has read its values yet. */
export function checkCell(to: Loaded, value: unknown): void {
  if (typeof value === "number" && value >= to.min && value <= to.max && Math.floor(value) === value) return;
  if (typeof value === "string" && to.isText && !value.includes("\0")) return;
  if (typeof value === "boolean" && to.column.type === "boolean") return;
  if (value !== undefined && value !== null) putCell(newTape(), to.column, value);
}

/** A column's number, the tag of the value's kind, and the value; there is need of three numbers. */
export function writeCell(pen: Pen, to: Loaded, value: unknown): void {
  const { nums, n } = pen;
  // What most are, without further questions.
  if (typeof value === "number" && value >= to.min && value <= to.max && Math.floor(value) === value) {
    nums[n] = to.at;
    nums[n + 1] = 2;
    nums[n + 2] = value;
    pen.n = n + 3;
  } else if (typeof value === "string" && to.isText) {
    nums[n] = to.at;
    nums[n + 1] = 4;
    pen.n = n + 2;
    writeText(pen, value, to.column);
  } else writeRare(pen, to, value);
}
