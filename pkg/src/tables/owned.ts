/** Rows that the engine has: objects are made of those that somebody looks at, and stay the same until they change. */
import { invalid } from "../error.js";
import { takeCell } from "../rows.js";
import { readList } from "../snapshot.js";
import { wrong } from "./cell.js";
import type { TableCore } from "./core.js";
import { holds, indexed, keyedBy, put, type Rows } from "./rows.js";
import type { Column, Columns } from "./schema.js";

type Record_ = Record<string, unknown>;

/** So many rows looked at last are kept, up to twice as many; others as long as somebody holds them. */
const kept = 4_096;
/** So many rows are asked for at once. */
const asked = 512;
const lone = /\p{Cs}/u;
const itemsMax = 0x1_0000;

/** A value as the engine gives it back. */
function tidy(column: Column, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  switch (column.type) {
    case "long":
    case "i8":
      return typeof value === "number" ? value + 0 : value;
    case "systime":
      return typeof value === "number" ? Math.floor(value) + 0 : value;
    case "double":
      return Number.isNaN(value) ? null : value;
    case "binary":
      return typeof value === "string" ? value.toLowerCase() : value;
    case "string":
      if (typeof value === "string" && lone.test(value)) throw invalid(`well-formed text in column ${column.name}`, "a lone surrogate");
      return value;
    case "mvLong":
    case "mvString":
    case "mvBinary": {
      if (!Array.isArray(value)) throw wrong(column, value);
      const element = { ...column, type: column.type === "mvLong" ? "long" : column.type === "mvString" ? "string" : "binary" } as const;
      return readList(value, `column ${column.name}`, itemsMax).map((item) => tidy(element, item));
    }
    case "boolean":
      return value;
  }
}

/** `count` rows that came into the core, with all columns. */
export function makeOwned<R extends object>(core: Pick<TableCore, "ask">, columns: Columns, key: string, count: number): Rows<R> {
  const { all } = columns;
  const at = new Map(all.map((column, index) => [column.name, index]));
  let [young, old] = [new Map<number, R>(), new Map<number, R>()];
  /** Rows that were looked at long ago. */
  const held = new Map<number, WeakRef<R>>();
  let sweepAt = kept;
  const gone = new Set<number>();
  const free: number[] = [];
  let [slots, size] = [count, count];
  const values: Rows<R>["values"] = (name, start, length) =>
    core.ask([12, at.get(name) ?? all.length, start, length], (from) => Array.from({ length }, () => takeCell(from)));
  const keyed = keyedBy(columns, key);
  let index = indexed({ key, keyed, values, slots: () => slots, size: () => size, isThere: (slot) => !gone.has(slot) });

  function known(slot: number): R | undefined {
    const near = young.get(slot);
    if (near !== undefined) return near;
    const found = old.get(slot) ?? held.get(slot)?.deref();
    if (found !== undefined) young.set(slot, found);
    return found;
  }

  function make(wanted: readonly number[]): void {
    core.ask([11, all.length, wanted.length, wanted], (from) => {
      for (const slot of wanted) {
        const row: Record_ = {};
        for (const { name } of all) put(row, name, takeCell(from));
        young.set(slot, row as R);
      }
    });
  }

  function forget(slot: number): void {
    young.delete(slot);
    old.delete(slot);
    held.delete(slot);
  }

  /** Nobody asks for rows meanwhile. */
  function trim(): void {
    if (young.size < kept) return;
    for (const [slot, row] of old) if (!young.has(slot)) held.set(slot, new WeakRef(row));
    [young, old] = [new Map(), young];
    if (held.size < sweepAt) return;
    for (const [slot, row] of held) if (row.deref() === undefined) held.delete(slot);
    sweepAt = Math.max(kept, 2 * held.size);
  }

  const isThere = (slot: number): boolean => slot >= 0 && slot < slots && !gone.has(slot);

  return {
    get slots(): number {
      return slots;
    },
    get size(): number {
      return size;
    },
    at(slot) {
      const row = known(slot);
      if (row !== undefined || !isThere(slot)) return row;
      make([slot]);
      return young.get(slot);
    },
    held: known,
    list: [],
    ready(wanted) {
      trim();
      let missing: number[] = [];
      for (let i = 0; i < wanted.length; i++) {
        const slot = wanted[i] as number;
        if (!isThere(slot) || known(slot) !== undefined) continue;
        missing.push(slot);
        if (missing.length < asked) continue;
        make(missing);
        missing = [];
      }
      if (missing.length > 0) make(missing);
    },
    values,
    kept(given) {
      const row: Record_ = {};
      for (const column of all) put(row, column.name, tidy(column, (given as Record_)[column.name]));
      return row as R;
    },
    merged(row, fields) {
      const made: Record_ = { ...(row as Record_) };
      for (const name of Object.keys(fields)) {
        const column = columns.byName.get(name);
        if (column !== undefined) put(made, name, tidy(column, fields[name]));
      }
      return holds(row, made) ? row : made as R;
    },
    find: (own) => index().get(keyed === undefined ? own : keyed(own)),
    isSame: (one, other) => one === other || (keyed !== undefined && keyed(one) === keyed(other)),
    next: () => free.at(-1) ?? slots,
    add(slot, row, own): void {
      const own_ = index();
      if (free.at(-1) === slot) free.pop();
      gone.delete(slot);
      slots = Math.max(slots, slot + 1);
      young.set(slot, row);
      own_.set(keyed === undefined ? own : keyed(own), slot);
      size++;
    },
    replace(slot, row): void {
      forget(slot);
      young.set(slot, row);
    },
    remove(slot, own): void {
      index().delete(keyed === undefined ? own : keyed(own));
      forget(slot);
      gone.add(slot);
      free.push(slot);
      size--;
    },
    clear(): void {
      [young, old] = [new Map(), new Map()];
      held.clear();
      gone.clear();
      slots = size = free.length = 0;
      index = () => new Map();
    },
  };
}
