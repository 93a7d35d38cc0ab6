/** How whole columns go into the core: numbers as they lie, texts as one. See src/wasm/tables.rs. */
import { MapiError, invalid } from "../error.js";
import type { Tapes } from "../wire/door.js";
import { newTape, type Tape } from "../wire/tape.js";
import { isNumeric, keyWords, number, putCell, rangeOf, wrong } from "./cell.js";
import type { Column, ColumnType } from "./schema.js";

/** The values of a column in so many slots, until the next call. */
export type Values = (name: string, start: number, size: number) => readonly unknown[];

/** So many rows at once: few enough to be near while one column after the other is read. */
const chunk = 512;
const encoder = new TextEncoder();

/** False: not such a column, or not so many texts. */
export interface Engine {
  reserve(bytes: number): void;
  numbers(column: number, start: number, count: number): boolean;
  texts(column: number, start: number, count: number, bytes: number, absent: number): boolean;
}

export interface Loader {
  readonly core: Engine;
  readonly tape: Tapes;
  readonly ask: (what: Tape) => number;
}

/** Of texts so many units are looked at, of so many texts at most. */
const [sampled, samples] = [4_096, 4_096];

/** About how many bytes all texts have: the block they go into is made once, a little larger. */
function bytesOf(column: Column, count: number, values: Values): number {
  if (column.type !== "string") return 0;
  const step = Math.max(1, Math.ceil(count / Math.min(samples, Math.max(64, count >> 7))));
  let [bytes, seen] = [0, 0];
  for (let slot = 0; slot < count; slot += step) {
    const [value] = values(column.name, slot, 1);
    if (typeof value === "string") bytes += encoder.encode(value.slice(0, sampled)).length;
    seen++;
  }
  if (seen === 0) return 0;
  // A NUL each, and what a sample may be wrong by.
  return Math.min(0xffff_ffff, Math.ceil(count * (1 + (bytes / seen) * (1 + 1 / Math.sqrt(seen)))));
}

function loadNumbers({ core, tape }: Loader, at: number, column: Column, start: number, values: readonly unknown[]): void {
  const { length } = values;
  tape.reserve(length, 0);
  const { nums } = tape;
  const { min, max } = rangeOf(column);
  for (let i = 0; i < length; i++) {
    const value = values[i];
    // What most are, without further questions.
    nums[i] = typeof value === "number" && value >= min && value <= max && Math.floor(value) === value ? value : number(column, value);
  }
  core.numbers(at, start, length);
}

function loadTexts({ core, tape }: Loader, at: number, column: Column, start: number, values: readonly unknown[]): void {
  const absent: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === "string") continue;
    if (value !== undefined && value !== null) throw wrong(column, value);
    absent.push(i);
  }
  // What is absent is joined as an empty text.
  const joined = values.join("\0");
  tape.reserve(absent.length, 3 * joined.length + 1);
  tape.nums.set(absent);
  const { text } = tape;
  const { written } = encoder.encodeInto(joined, text);
  text[written] = 0;
  if (!core.texts(at, start, values.length, written + 1, absent.length)) throw invalid(`text without NUL in column ${column.name}`, "a NUL");
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

/** Bytes a row, in the engine; of a column, and of a view that is sorted. */
const widths: Partial<Record<ColumnType, number>> = { long: 4, i8: 8, double: 8, boolean: 1, string: 8, systime: 8 };
const sorting = 25;

/** Says in which row the first value is that its column cannot have. */
function inRow(thrown: unknown, column: Column, start: number, values: readonly unknown[], keyOf: (slot: number) => unknown): unknown {
  if (!(thrown instanceof MapiError)) return thrown;
  const at = values.findIndex((value) => {
    try {
      putCell(newTape(), column, value);
      return false;
    } catch {
      return true;
    }
  });
  if (at < 0) return thrown;
  return new MapiError(thrown.code, thrown.expected, `${thrown.got} in row ${start + at}, whose key is ${keyWords(keyOf(start + at))}`);
}

/** Columns, for all rows up to `count`; answers their numbers. Rows are far: each is gone to once. */
export function loadColumns(to: Loader, columns: readonly Column[], count: number, values: Values, key: string): number[] {
  const texts = columns.map((column) => bytesOf(column, count, values));
  const width = columns.reduce((sum, { type }) => sum + (widths[type] ?? 0), sorting);
  to.core.reserve(texts.reduce((sum, bytes) => sum + bytes, 1.07 * width * count));
  const opened = columns.map((column, i) => {
    const tape = newTape();
    tape.nums.push(5, count, texts[i] as number);
    tape.strs.push(column.tag);
    const load = isNumeric(column) ? loadNumbers : column.type === "string" ? loadTexts : loadCells;
    return { column, load, at: to.ask(tape) };
  });
  for (let start = 0; start < count; start += chunk) {
    const size = Math.min(chunk, count - start);
    for (const { column, load, at } of opened) {
      const read = values(column.name, start, size);
      try {
        load(to, at, column, start, read);
      } catch (thrown) {
        throw inRow(thrown, column, start, [...read], (slot) => values(key, slot, 1)[0]);
      }
    }
  }
  return opened.map(({ at }) => at);
}
