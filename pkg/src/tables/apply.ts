/** Changes of rows: all are read and checked, then the core hears of them; of those before a refused one none has happened. */
import { MapiError, invalid, kind } from "../error.js";
import { guarded } from "../snapshot.js";
import type { TableChange } from "../types/host.js";
import type { Tape } from "../wire/tape.js";
import { putCell, rangeOf } from "./cell.js";
import type { Rows } from "./rows.js";
import type { Column } from "./schema.js";

type Fields = Readonly<Record<string, unknown>>;

/** A column that is in the core. */
export interface Loaded {
  readonly column: Column;
  readonly at: number;
  readonly min: number;
  readonly max: number;
}

export const loadedAs = (column: Column, at: number): Loaded => ({ column, at, ...rangeOf(column) });

/** Changes on their way in: each of another row, so that every row stands for one change. */
interface Batch<R> {
  readonly tape: Tape;
  /** The rows as this batch leaves them, where a later one changes them again. */
  shown: ReadonlyMap<number, R | undefined> | undefined;
}

export type RowAt<R> = (slot: number) => R | undefined;

export interface ApplyOptions<R extends object> {
  readonly rows: Rows<R>;
  readonly key: string;
  readonly loaded: ReadonlyMap<string, Loaded>;
  /** Tells the core; the rows are those the changes are about. */
  readonly tell: (tape: Tape, rowAt: RowAt<R>) => void;
}

const changesMax = 10_000_000;

export function makeApply<R extends object>({ rows, key, loaded, tell }: ApplyOptions<R>): (changes: unknown) => void {
  let batches: Batch<R>[] = [];
  let tape: Tape = { nums: [7, 0], strs: [] };
  let touched = new Set<number>();
  /** Slots, and the rows that were in them. */
  let before: (number | R | undefined)[] = [];
  let reading = false;

  function close(again: boolean): void {
    if (touched.size === 0) return;
    tape.nums[1] = touched.size;
    batches.push({ tape, shown: again ? new Map([...touched].map((slot) => [slot, rows.at(slot)])) : undefined });
    clear();
  }

  function clear(): void {
    tape = { nums: [7, 0], strs: [] };
    touched = new Set();
  }

  function begin(slot: number): void {
    if (touched.has(slot)) close(true);
    touched.add(slot);
  }

  function write({ column, at, min, max }: Loaded, value: unknown): void {
    // What most are, without further questions.
    if (typeof value === "number" && value >= min && value <= max && Math.floor(value) === value) tape.nums.push(at, 2, value);
    else {
      tape.nums.push(at);
      putCell(tape, column, value);
    }
  }

  function found(own: unknown): number {
    const slot = rows.find(own);
    if (slot === undefined) throw new MapiError("MAPI_E_NOT_FOUND", "the key of a row", "another");
    return slot;
  }

  function put(row: R): void {
    if (typeof row !== "object" || row === null) throw invalid("put: a row", typeof row);
    const own = (row as Fields)[key];
    if (own === undefined || own === null) throw invalid(`a value in ${key}, which names rows`, "none");
    const known = rows.find(own);
    const slot = known ?? rows.next();
    begin(slot);
    tape.nums.push(known === undefined ? 1 : 2, slot, loaded.size);
    for (const [name, column] of loaded) write(column, (row as Fields)[name]);
    before.push(slot, known === undefined ? undefined : rows.at(slot));
    if (known === undefined) rows.add(slot, row, own);
    else rows.replace(slot, row);
  }

  function update(own: unknown, fields: Fields): void {
    const slot = found(own);
    if (Object.hasOwn(fields, key) && fields[key] !== own) throw invalid(`${key} to stay as it is`, "another");
    begin(slot);
    const { nums } = tape;
    const head = nums.push(2, slot, 0);
    let count = 0;
    for (const name of Object.keys(fields)) {
      const column = loaded.get(name);
      if (column === undefined) continue;
      write(column, fields[name]);
      count++;
    }
    nums[head - 1] = count;
    const row = rows.at(slot);
    before.push(slot, row);
    rows.replace(slot, { ...row, ...fields } as R);
  }

  function change(given: TableChange<R>): void {
    if (typeof given !== "object" || given === null) throw invalid("a change: put, update or remove", typeof given);
    if ("put" in given) put(given.put);
    else if ("update" in given) update(given.update, given.with);
    else if ("remove" in given) {
      const slot = found(given.remove);
      begin(slot);
      tape.nums.push(0, slot);
      before.push(slot, rows.at(slot));
      rows.remove(slot, given.remove);
    } else throw invalid("a change: put, update or remove", "another");
  }

  const rowAt: RowAt<R> = (slot) => rows.at(slot);

  /** The last change first. */
  function undo(): void {
    while (before.length > 0) {
      const row = before.pop() as R | undefined;
      const slot = before.pop() as number;
      const now = rows.at(slot);
      if (row === undefined) rows.remove(slot, (now as Fields)[key]);
      else if (now === undefined) rows.add(slot, row, (row as Fields)[key]);
      else rows.replace(slot, row);
    }
    clear();
    batches = [];
  }

  return (changes) => {
    if (reading) throw new MapiError("MAPI_E_BUSY", "changes one call after the other", "apply while changes are read");
    reading = true;
    try {
      guarded("changes", () => {
        if (!Array.isArray(changes)) throw invalid("changes to be an array", kind(changes));
        const { length } = changes as readonly unknown[];
        if (length > changesMax) throw new MapiError("MAPI_E_TOO_COMPLEX", `changes of at most ${changesMax} items`, `${length}`);
        for (let i = 0; i < length; i++) change(changes[i] as TableChange<R>);
      });
      close(false);
    } catch (error) {
      undo();
      throw error;
    } finally {
      reading = false;
      before = [];
    }
    const now = batches;
    batches = [];
    for (const { tape: batch, shown } of now) tell(batch, shown === undefined ? rowAt : (slot) => shown.get(slot));
  };
}
