/** `createTable` with its engine: what is loaded at the first call. */
import { adopt } from "core:error";
import { build, instantiate } from "core:tables-glue";
import { setup, type WasmSource } from "../entry/module.js";
import { MapiError, invalid } from "../error.js";
import { readRestriction } from "../restriction.js";
import { checkInteger, checkText, guarded, readFields, readList } from "../snapshot.js";
import type { CreateTable, Heading, HostTable, RowOf, Schema, TableChange } from "../types/host.js";
import type { Table } from "../types/table.js";
import { flatOption } from "../wire/query.js";
import type { Tape } from "../wire/tape.js";
import { putCell } from "./cell.js";
import { openCore, type TableCore, type TablesExports } from "./core.js";
import { makeRows, type Rows } from "./rows.js";
import { columnOf, readSchema, type Column, type Columns } from "./schema.js";
import { openView, type View } from "./view.js";

type Fields = Readonly<Record<string, unknown>>;

const changesMax = 10_000_000;

/** `errors`: those of the entry that asks, so that there is one MapiError. */
export async function start(errors: typeof import("../error.js"), wasm: WasmSource): Promise<CreateTable> {
  adopt(errors);
  const loader = setup<TablesExports>({ build, instantiate });
  await loader.init({ wasm });
  const create = <R extends object>(schema: unknown, given: unknown, options: unknown): HostTable<R> => {
    const { HostTable } = loader.load()();
    const columns = guarded("a schema", () => readSchema(schema));
    return open<R>(openCore(new HostTable()), columns, given, options);
  };
  return async <const S extends Schema, R extends RowOf<S>>(schema: S, rows: unknown, options: unknown) => create<R & object>(schema, rows, options);
}

function open<R extends object>(bare: TableCore, columns: Columns, given: unknown, options: unknown): HostTable<R> {
  const { key: named = columns.all[0]?.name, unread } = readFields(options ?? {}, "the options of createTable", ["key", "unread"]);
  const key = checkText(named, "key", 1_024);
  if (!columns.byName.has(key)) throw invalid("key: a column of the schema", "another name");
  const rows: Rows<R> = guarded("rows", () => makeRows<R>(given, columns, key));
  /** Numbers in the core of the columns that are there. */
  const loaded = new Map<Column, number>();
  const views = new Map<number, View<R>>();
  /** What the next question reads: loaded together, before it is asked. */
  const wanted = new Set<Column>();
  let [scheduled, closed] = [false, false];
  if (rows.slots > 0) bare.ask([4, rows.slots], () => undefined);

  function load(tag: string): void {
    const column = columnOf(columns, tag);
    if (column !== undefined && !loaded.has(column)) wanted.add(column);
  }

  const core: TableCore = {
    ...bare,
    ask(what, take) {
      if (wanted.size > 0) {
        const all = [...wanted];
        wanted.clear();
        const numbers = guarded("rows", () => bare.load(all, rows.slots, rows.values));
        all.forEach((column, i) => loaded.set(column, numbers[i] as number));
      }
      return bare.ask(what, take);
    },
  };

  function later(): void {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      const now = [...views.values()];
      for (const view of now) view.tell();
    });
  }

  function view(): View<R> {
    if (closed) throw new MapiError("MAPI_E_INVALID_OBJECT", "an open table", "a closed one");
    const opened: View<R> = openView<R>({ core, rows, columns, load, asked: () => wanted.clear(), later, left: () => void views.delete(opened.id) });
    views.set(opened.id, opened);
    return opened;
  }

  /** Changes on their way in: each of another row, so that every row stands for one change. */
  const newBatch = (): Tape => ({ nums: [7, 0], strs: [] });
  let tape = newBatch();
  let touched = new Set<number>();

  function flush(): void {
    const batch = tape;
    if (touched.size === 0) return;
    batch.nums[1] = touched.size;
    tape = newBatch();
    touched = new Set();
    core.read(batch, (from) => {
      for (let left = from.num(); left > 0; left--) {
        const of = views.get(from.num());
        for (let told = from.num(); told > 0; told--) of?.take(from);
      }
      for (let left = from.num(); left > 0; left--) views.get(from.num())?.spoil(from.num(), from.num());
    });
    later();
  }

  function begin(slot: number): void {
    if (touched.has(slot)) flush();
    touched.add(slot);
  }

  /** A row's cells behind what happens to it; nothing, if one of them is refused. */
  function write(kind: number, slot: number, row: Fields, all: boolean): void {
    begin(slot);
    const { nums, strs } = tape;
    const [start, texts] = [nums.length, strs.length];
    nums.push(kind, slot, 0);
    let count = 0;
    try {
      for (const [column, at] of loaded) {
        const value = row[column.name];
        if (!all && value === undefined && !Object.hasOwn(row, column.name)) continue;
        nums.push(at);
        putCell(tape, column, value);
        count++;
      }
      nums[start + 2] = count;
    } catch (error) {
      nums.length = start;
      strs.length = texts;
      touched.delete(slot);
      throw error;
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
    write(known === undefined ? 1 : 2, slot, row as Fields, true);
    if (known === undefined) rows.add(slot, row);
    else rows.replace(slot, row);
  }

  function update(own: unknown, fields: Fields): void {
    const slot = found(own);
    if (Object.hasOwn(fields, key) && fields[key] !== own) throw invalid(`${key} to stay as it is`, "another");
    write(2, slot, fields, false);
    rows.replace(slot, { ...rows.at(slot), ...fields } as R);
  }

  function change(given: TableChange<R>): void {
    if (typeof given !== "object" || given === null) throw invalid("a change: put, update or remove", typeof given);
    if ("put" in given) put(given.put);
    else if ("update" in given) update(given.update, given.with);
    else if ("remove" in given) {
      const slot = found(given.remove);
      begin(slot);
      tape.nums.push(0, slot);
      rows.remove(slot);
    } else throw invalid("a change: put, update or remove", "another");
  }

  if (unread !== undefined) {
    const property = (value: unknown): string => {
      const tag = columns.tag(value);
      load(tag);
      return tag;
    };
    core.ask([8, flatOption(readRestriction(unread, property))], () => undefined);
  }
  const first = view();

  return {
    ...first.table,
    apply(changes): void {
      if (closed) throw new MapiError("MAPI_E_INVALID_OBJECT", "an open table", "a closed one");
      try {
        guarded("changes", () => {
          for (const one of readList(changes, "changes", changesMax)) change(one as TableChange<R>);
        });
      } finally {
        flush();
      }
    },
    slice: (offset, count) => first.slice(checkInteger(offset, "offset", 0, 0xffff_ffff), checkInteger(count, "count", 0, 0xffff_ffff)),
    get(own) {
      const slot = guarded("rows", () => rows.find(own));
      return slot === undefined ? undefined : rows.at(slot);
    },
    get size(): number {
      return rows.size;
    },
    openView: (): Table<R | Heading> => view().table,
    close(): void {
      closed = true;
      for (const one of views.values()) one.end();
      views.clear();
    },
  };
}
