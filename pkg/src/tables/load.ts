/** How whole columns go into the core: numbers as they lie, texts byte by byte. See src/wasm/tables.rs. */
import { invalid } from "../error.js";
import type { Tapes } from "../wire/door.js";
import { newTape, type Tape } from "../wire/tape.js";
import { isNumeric, number, putCell, wrong } from "./cell.js";
import type { Column } from "./schema.js";

/** The values of a column in so many slots, until the next call. */
export type Values = (name: string, start: number, size: number) => readonly unknown[];

/** So many values at once. */
const chunk = 2_048;
const encoder = new TextEncoder();

/** False: not such a column, or not so many texts. */
export interface Engine {
  numbers(column: number, start: number, count: number): boolean;
  texts(column: number, start: number, count: number, bytes: number, absent: number): boolean;
}

export interface Loader {
  readonly core: Engine;
  readonly tape: Tapes;
  readonly ask: (what: Tape) => number;
}

/** At least so many bytes all texts have, if they are ASCII exactly; the block they go into is made once, a little larger. */
function bytesOf(column: Column, count: number, values: Values): number {
  if (column.type !== "string") return 0;
  let units = 0;
  for (let start = 0; start < count; start += chunk) {
    for (const value of values(column.name, start, Math.min(chunk, count - start))) if (typeof value === "string") units += value.length;
  }
  return Math.min(0xffff_ffff, Math.ceil(units * 1.05));
}

function loadNumbers({ core, tape }: Loader, at: number, column: Column, start: number, values: readonly unknown[]): void {
  const { length } = values;
  tape.reserve(length, 0);
  const { nums } = tape;
  const isBoolean = column.type === "boolean";
  for (let i = 0; i < length; i++) {
    const value = values[i];
    // What most are, without further questions: an integer of 32 bits fits every type but one.
    nums[i] = typeof value === "number" && (value | 0) === value && !isBoolean ? value : number(column, value);
  }
  core.numbers(at, start, length);
}

function loadTexts({ core, tape }: Loader, at: number, column: Column, start: number, values: readonly unknown[]): void {
  const absent: number[] = [];
  let units = values.length;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === "string") units += value.length;
    else if (value === undefined || value === null) absent.push(i);
    else throw wrong(column, value);
  }
  tape.reserve(absent.length, 3 * units);
  tape.nums.set(absent);
  const { text } = tape;
  let end = 0;
  for (const value of values) {
    if (typeof value === "string") {
      const { length } = value;
      let i = 0;
      for (let code = 0; i < length && (code = value.charCodeAt(i)) < 0x80; i++) text[end + i] = code;
      end += i === length ? length : encoder.encodeInto(value, text.subarray(end)).written;
    }
    text[end++] = 0;
  }
  if (!core.texts(at, start, values.length, end, absent.length)) throw invalid(`text without NUL in column ${column.name}`, "a NUL");
}

function loadCells({ ask }: Loader, at: number, column: Column, start: number, values: readonly unknown[]): void {
  const cells = newTape();
  cells.nums.push(6, at, values.length);
  values.forEach((value, i) => {
    cells.nums.push(start + i);
    putCell(cells, column, value);
  });
  ask(cells);
}

/** A column, for all rows up to `count`; answers its number. */
export function loadColumn(to: Loader, column: Column, count: number, values: Values): number {
  const tape = newTape();
  tape.nums.push(5, count, bytesOf(column, count, values));
  tape.strs.push(column.tag);
  const at = to.ask(tape);
  const load = isNumeric(column) ? loadNumbers : column.type === "string" ? loadTexts : loadCells;
  for (let start = 0; start < count; start += chunk) {
    load(to, at, column, start, values(column.name, start, Math.min(chunk, count - start)));
  }
  return at;
}
