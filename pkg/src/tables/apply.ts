/**
 * Changes of rows: all are read and checked, then the core hears of them; of those before a refused one none has happened.
 * Functions of the module over what a table is, no closures of a table: engines keep what they compiled of them when a table goes.
 */
import { MapiError, asMapiError, invalid, kind, scodeOf } from "../error.js";
import type { TableChange } from "../types/host.js";
import { call } from "./call.js";
import { keyWords } from "./cell.js";
import type { TableCore } from "./core.js";
import { checkCell, hand, lift, need, newPen, writeCell, type Loaded, type Pen } from "./pen.js";
import { Reader } from "../wire/tape.js";
import type { Rows } from "./rows.js";
import { lose, spoil, takeTold, tellTold, type Hearing } from "./told.js";

type Fields = Record<PropertyKey, unknown>;
/** The rows as a batch leaves them, where a later one changes them again. */
export type Shown<R> = ReadonlyMap<number, R | undefined> | undefined;

/** A table, as its changes see it. */
export interface Changing<R extends object> {
  readonly rows: Rows<R>;
  readonly key: string;
  readonly loaded: ReadonlyMap<string, Loaded>;
  readonly list: readonly Loaded[];
  /** The columns that are not in the core. */
  readonly others: ReadonlyMap<string, Loaded>;
  readonly core: TableCore;
  /** Of the views. */
  readonly hearings: ReadonlyMap<number, Hearing<R>>;
  pen: Pen;
  /** The host's rows are being read: nobody else asks the table meanwhile. */
  reading: boolean;
  scheduled: boolean;
  /** What a table's own functions call: named, they would be compiled into each of them. */
  readonly run: { readonly apply: (of: Changing<R>, changes: unknown) => void; readonly tell: (of: Changing<R>) => void };
  /** Once the caller's call has returned. */
  readonly tell: () => void;
  /** The engine's memory. */
  whole: Float64Array;
  /** A batch holds changes of different rows, so that every row stands for one change: those of this one. */
  readonly touched: Set<number>;
  several: boolean;
  count: number;
  /** Where its count is written, and what is noted of its changes. */
  head: number;
  from: number;
  /** The rows of each batch, the last one's as they are. */
  shown: Shown<R>[];
  /** What the engine answered last. */
  answer: Reader;
  /** Slots, the rows that were in them, and the keys as they were read: undoing asks the host for nothing. */
  before: unknown[];
}

type Given<R extends object> = Pick<Changing<R>, "rows" | "key" | "loaded" | "list" | "others" | "core" | "hearings">;

/** A literal, without a spread, which would make a shape for each table. */
export function changing<R extends object>({ rows, key, loaded, list, others, core, hearings }: Given<R>): Changing<R> {
  const of: Changing<R> = {
    rows, key, loaded, list, others, core, hearings, pen: newPen(), reading: false, scheduled: false, run: { apply, tell: tellAll }, tell: () => call(of.run.tell, of),
    whole: new Float64Array(0), touched: new Set(), several: false, count: 0, head: 0, from: 0, shown: [], answer: none, before: [],
  };
  return of;
}

const settled = Promise.resolve();
const none = new Reader([], 0, 0, "");

/** Something has to be told, once the caller's call has returned. */
export function later<R extends object>(of: Changing<R>): void {
  // `then` costs a third of what queueMicrotask does in Node.
  if (!of.scheduled) void settled.then(of.tell);
  of.scheduled = true;
}

function tellAll<R extends object>(of: Changing<R>): void {
  of.scheduled = false;
  for (const hearing of of.hearings.values()) tellTold(hearing);
}

/** A row's getter asks the table that reads it: it would find half of what comes in. */
export const busy = (): MapiError => new MapiError("MAPI_E_BUSY", "one call after the other", "a call while rows are read");

const changesMax = 10_000_000;
const unreadable = "changes that can be read";

function open<R extends object>(of: Changing<R>): void {
  const { pen } = of;
  need(pen, 1);
  of.head = pen.n++;
  of.from = of.before.length;
  of.count = 0;
}

function shut<R extends object>(of: Changing<R>, shown: Shown<R>): void {
  of.pen.nums[of.head] = of.count;
  of.shown.push(shown);
}

/** The next batch: the rows of this one are about to change again. */
function next<R extends object>(of: Changing<R>): void {
  const shown = new Map<number, R | undefined>();
  for (let i = of.from; i < of.before.length; i += 3) shown.set(of.before[i] as number, of.rows.at(of.before[i] as number));
  shut(of, shown);
  of.touched.clear();
  open(of);
}

/** Room for the head of a change and so many cells. */
function begin<R extends object>(of: Changing<R>, slot: number, cells: number): void {
  if (of.several) {
    if (of.touched.has(slot)) next(of);
    of.touched.add(slot);
  }
  of.count++;
  need(of.pen, 3 + 3 * cells);
}

function head(pen: Pen, what: number, slot: number, cells: number): void {
  const { nums, n } = pen;
  nums[n] = what;
  nums[n + 1] = slot;
  nums[n + 2] = cells;
  pen.n = n + 3;
}

function found<R extends object>({ rows }: Changing<R>, own: unknown): number {
  const slot = rows.find(own);
  if (slot === undefined) throw new MapiError("MAPI_E_NOT_FOUND", "the key of a row", `none with ${keyWords(own)}`);
  return slot;
}

function put<R extends object>(of: Changing<R>, given: R): void {
  if (typeof given !== "object" || given === null) throw invalid("put: a row", kind(given));
  const { key, rows, list, pen } = of;
  const row = rows.kept(given);
  const own = (row as Fields)[key];
  if (own === undefined || own === null) throw invalid(`a value in ${key}, which names rows`, kind(own));
  const known = rows.find(own);
  const slot = known ?? rows.next();
  begin(of, slot, list.length);
  head(pen, known === undefined ? 1 : 2, slot, list.length);
  for (let i = 0; i < list.length; i++) {
    const column = list[i] as Loaded;
    writeCell(pen, column, (row as Fields)[column.name]);
    need(pen, 3 * (list.length - i));
  }
  if (of.others.size > 0) for (const other of of.others.values()) checkCell(other, other.name === key ? own : (row as Fields)[other.name]);
  of.before.push(slot, known === undefined ? undefined : rows.at(slot), own);
  if (known === undefined) rows.add(slot, row, own);
  else rows.replace(slot, row);
}

function update<R extends object>(of: Changing<R>, own: unknown, given: unknown): void {
  const slot = found(of, own);
  if (typeof given !== "object" || given === null) throw invalid("update: the fields of a row in with", kind(given));
  const fields: Fields = { ...given };
  if (Object.hasOwn(fields, of.key) && fields[of.key] !== own && !of.rows.isSame(fields[of.key], own)) throw invalid(`with: ${of.key}, which names rows, as it is`, "another value");
  begin(of, slot, 1);
  const { pen, loaded } = of;
  const start = pen.n;
  head(pen, 2, slot, 0);
  const row = of.rows.at(slot) as R;
  let cells = 0;
  for (const name in fields) {
    const column = loaded.get(name);
    if (!Object.hasOwn(fields, name)) continue;
    if (column === undefined) {
      const other = of.others.get(name);
      if (other !== undefined) checkCell(other, fields[name]);
      continue;
    }
    writeCell(pen, column, fields[name]);
    need(pen, 3);
    cells++;
  }
  pen.nums[start + 2] = cells;
  const made = of.rows.merged(row, fields);
  of.before.push(slot, row, own);
  // The same row: told only if the engine knows other cells of it.
  if (made === row) pen.nums[start] = 3;
  else of.rows.replace(slot, made);
}

function remove<R extends object>(of: Changing<R>, own: unknown): void {
  const slot = found(of, own);
  begin(of, slot, 0);
  head(of.pen, 0, slot, 0);
  of.before.push(slot, of.rows.at(slot), own);
  of.rows.remove(slot, own);
}

function change<R extends object>(of: Changing<R>, given: TableChange<R>): void {
  if (typeof given !== "object" || given === null) throw invalid("a change: put, update or remove", kind(given));
  const what = given as { put?: R; update?: unknown; remove?: unknown; with?: unknown };
  if ("put" in what && Object.hasOwn(what, "put")) put(of, what.put);
  else if ("update" in what && Object.hasOwn(what, "update")) update(of, what.update, what.with);
  else if ("remove" in what && Object.hasOwn(what, "remove")) remove(of, what.remove);
  else throw invalid("a change: put, update or remove", "none of them");
}

/** The last change first. */
function undo<R extends object>({ rows, before }: Changing<R>): void {
  for (let i = before.length - 3; i >= 0; i -= 3) {
    const [slot, row, own] = [before[i] as number, before[i + 1] as R | undefined, before[i + 2]];
    if (row === undefined) rows.remove(slot, own);
    else if (rows.at(slot) === undefined) rows.add(slot, row, own);
    else rows.replace(slot, row);
  }
}

/** Forgets the host's rows. */
function done<R extends object>(of: Changing<R>): void {
  of.before = [];
  of.shown = [];
  of.touched.clear();
  of.reading = false;
}

/** Says which of several changes it was. */
function which(thrown: unknown, at: number, length: number): MapiError {
  const error = asMapiError(thrown, unreadable, "MAPI_E_INVALID_PARAMETER");
  return length === 1 ? error : new MapiError(error.code, error.expected, `${error.got}, change ${at}`);
}

/** Of a closed table: lets go of what the engine's memory is seen through, and of what was written. */
export function drop<R extends object>(of: Changing<R>): void {
  of.whole = new Float64Array(0);
  of.answer = none;
  of.pen = newPen();
}

/** How many batches there are: on the pen, behind their number. */
function readChanges<R extends object>(of: Changing<R>, changes: unknown): number {
  if (!Array.isArray(changes)) throw invalid("changes to be an array", kind(changes));
  const { length } = changes as readonly unknown[];
  if (length > changesMax) throw new MapiError("MAPI_E_TOO_COMPLEX", `changes of at most ${changesMax} items`, `${length}`);
  const { pen } = of;
  lift(pen);
  pen.n = 1;
  of.several = length > 1;
  open(of);
  let i = 0;
  try {
    for (; i < length; i++) change(of, (changes as readonly TableChange<R>[])[i] as TableChange<R>);
  } catch (thrown) {
    throw which(thrown, i, length);
  }
  shut(of, undefined);
  pen.nums[0] = of.shown.length;
  return length;
}

function answer<R extends object>(of: Changing<R>): Reader {
  const { tape, memory } = of.core.engine;
  const { nums } = tape;
  const [place, count, bytes] = [nums[0], nums[1], nums[2]];
  if (place === undefined || count === undefined || bytes !== 0) return call(of.core.answer);
  if (of.whole.length === 0) of.whole = new Float64Array(memory.buffer);
  // As integers: doubles would be another shape, and a place in memory each.
  return new Reader(of.whole, place >>> 3, count >>> 0, "");
}

function send<R extends object>(of: Changing<R>): void {
  const { core, pen } = of;
  let refusal = 0;
  try {
    hand(pen, core.engine.tape);
    refusal = call(core.engine.send, pen.n, pen.t);
  } catch (thrown) {
    call(core.fail, thrown);
  }
  if (Number.isNaN(refusal)) call(core.fail, new RangeError("expected changes"));
  of.answer = answer(of);
  if (refusal === 0) return;
  // Of these changes some have happened, and nobody knows which.
  core.broke();
  throw new MapiError(scodeOf(refusal), core.told(of.answer.text()), core.told(of.answer.text()));
}

/** Of each batch what its views heard, and which of their lines may differ. */
function hear<R extends object>(of: Changing<R>): void {
  const { hearings, shown, answer: from } = of;
  for (let i = 0; i < shown.length; i++) {
    for (let left = from.num(); left > 0; left--) {
      const hearing = hearings.get(from.num());
      // A getter closed the table.
      if (hearing === undefined) return;
      for (let told = from.num(); told > 0; told--) takeTold(hearing, from, shown[i]);
    }
    for (let left = from.num(); left > 0; left--) {
      const hearing = hearings.get(from.num());
      const [first, last] = [from.num(), from.num()];
      if (hearing !== undefined) spoil(hearing, first, last);
    }
  }
}

function apply<R extends object>(of: Changing<R>, changes: unknown): void {
  if (of.reading) throw busy();
  of.reading = true;
  try {
    try {
      if (readChanges(of, changes) === 0) return;
      send(of);
    } catch (thrown) {
      undo(of);
      throw asMapiError(thrown, unreadable, "MAPI_E_INVALID_PARAMETER");
    }
    later(of);
    try {
      hear(of);
    } catch {
      // The change has happened. What of it was not read yet is lost; whoever looks next is told what is wrong.
      for (const hearing of of.hearings.values()) lose(hearing);
    }
  } finally {
    done(of);
  }
}
