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
  /** Runs what reads the host's rows: nobody else asks the table meanwhile. */
  readonly alone: <T>(run: () => T) => T;
}

const changesMax = 10_000_000;

export function makeApply<R extends object>({ rows, key, loaded, tell, alone }: ApplyOptions<R>): (changes: unknown) => void {
  let batches: Batch<R>[] = [];
  let tape: Tape = { nums: [7, 0], strs: [] };
  let touched = new Set<number>();
  /** Slots, the rows that were in them, and the keys as they were read: undoing asks the host for nothing. */
  let before: { readonly slot: number; readonly row: R | undefined; readonly own: unknown }[] = [];

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

  function put(given: R): void {
    if (typeof given !== "object" || given === null) throw invalid("put: a row", typeof given);
    const row = rows.kept(given);
    const own = (row as Fields)[key];
    if (own === undefined || own === null) throw invalid(`a value in ${key}, which names rows`, "none");
    const known = rows.find(own);
    const slot = known ?? rows.next();
    begin(slot);
    tape.nums.push(known === undefined ? 1 : 2, slot, loaded.size);
    for (const [name, column] of loaded) write(column, (row as Fields)[name]);
    before.push({ slot, row: known === undefined ? undefined : rows.at(slot), own });
    if (known === undefined) rows.add(slot, row, own);
    else rows.replace(slot, row);
  }

  function update(own: unknown, given: unknown): void {
    const slot = found(own);
    if (typeof given !== "object" || given === null) throw invalid("update: the fields of a row in with", kind(given));
    const fields: Fields = { ...given };
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
    const row = rows.at(slot) as R;
    before.push({ slot, row, own });
    rows.replace(slot, rows.merged(row, fields));
  }

  function change(given: TableChange<R>): void {
    if (typeof given !== "object" || given === null) throw invalid("a change: put, update or remove", typeof given);
    const has = (what: string): boolean => Object.hasOwn(given, what);
    const { put: row, update: changed, remove: own } = given as { put?: R; update?: unknown; remove?: unknown };
    if (has("put")) put(row as R);
    else if (has("update")) update(changed, (given as { with?: unknown }).with);
    else if (has("remove")) {
      const slot = found(own);
      begin(slot);
      tape.nums.push(0, slot);
      before.push({ slot, row: rows.at(slot), own });
      rows.remove(slot, own);
    } else throw invalid("a change: put, update or remove", "another");
  }

  const rowAt: RowAt<R> = (slot) => rows.at(slot);

  /** The last change first. */
  function undo(): void {
    clear();
    batches = [];
    for (const { slot, row, own } of before.reverse()) {
      if (row === undefined) rows.remove(slot, own);
      else if (rows.at(slot) === undefined) rows.add(slot, row, own);
      else rows.replace(slot, row);
    }
  }

  function read(changes: unknown): void {
    try {
      guarded("changes", () => {
        if (!Array.isArray(changes)) throw invalid("changes to be an array", kind(changes));
        const { length } = changes as readonly unknown[];
        if (length > changesMax) throw new MapiError("MAPI_E_TOO_COMPLEX", `changes of at most ${changesMax} items`, `${length}`);
        for (let i = 0; i < length; i++) change(changes[i] as TableChange<R>);
        close(false);
      });
    } catch (error) {
      undo();
      throw error;
    } finally {
      before = [];
    }
  }

  return (changes) => {
    alone(() => read(changes));
    const now = batches;
    batches = [];
    for (const { tape: batch, shown } of now) tell(batch, shown === undefined ? rowAt : (slot) => shown.get(slot));
  };
}
