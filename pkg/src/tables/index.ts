/** `createTable` with its engine: what is loaded at the first call. */
import { adopt } from "core:error";
import { build, instantiate } from "core:tables-glue";
import { setup, type WasmSource } from "../entry/module.js";
import { MapiError, invalid } from "../error.js";
import { readRestriction } from "../restriction.js";
import { checkInteger, checkText, guarded, readFields } from "../snapshot.js";
import type { CreateTable, Heading, HostTable, RowOf, Schema } from "../types/host.js";
import type { Table } from "../types/table.js";
import { flatOption } from "../wire/query.js";
import { loadedAs, makeApply, type Loaded } from "./apply.js";
import { readJson } from "./json.js";
import { makeOwned } from "./owned.js";
import { openCore, type TableCore, type TablesExports } from "./core.js";
import { makeRows, type Rows } from "./rows.js";
import { columnOf, readSchema, type Column, type Columns } from "./schema.js";
import { openView, type View } from "./view.js";

/** `errors`: those of the entry that asks, so that there is one MapiError. */
export async function start(errors: typeof import("../error.js"), wasm: WasmSource): Promise<CreateTable> {
  adopt(errors);
  const loader = setup<TablesExports>({ build, instantiate });
  await loader.init({ wasm });
  const create = <R extends object>(schema: unknown, given: unknown, options: unknown): Promise<HostTable<R>> => {
    const { HostTable } = loader.load()();
    const columns = guarded("a schema", () => readSchema(schema));
    return open<R>((broke) => openCore(new HostTable(), broke), columns, given, options);
  };
  return async <const S extends Schema, R extends RowOf<S>>(schema: S, rows: unknown, options: unknown) => create<R & object>(schema, rows, options);
}

async function open<R extends object>(engine: (broke: () => void) => TableCore, columns: Columns, given: unknown, options: unknown): Promise<HostTable<R>> {
  const { key: named = columns.all[0]?.name, unread } = readFields(options ?? {}, "the options of createTable", ["key", "unread"]);
  const key = checkText(named, "key", 1_024);
  if (!columns.byName.has(key)) throw invalid("key: a column of the schema", "another name");
  const parts = guarded("rows", () => readJson(given, columns));
  const objects = parts === undefined ? guarded("rows", () => makeRows<R>(given, columns, key)) : undefined;
  /** The columns that are in the core, by name. */
  const loaded = new Map<string, Loaded>();
  const views = new Map<number, View<R>>();
  /** What the next question reads: loaded together, before it is asked. */
  const wanted = new Set<Column>();
  let [scheduled, closed, reading] = [false, false, false];

  function close(): void {
    closed = true;
    for (const one of views.values()) one.end();
    views.clear();
  }

  const bare = engine(close);
  if (parts !== undefined) columns.all.forEach((column, at) => loaded.set(column.name, loadedAs(column, at)));
  const rows: Rows<R> = objects ?? makeOwned<R>(bare, columns, key, await bare.json(columns.all, parts ?? []));
  if (parts === undefined && rows.slots > 0) bare.ask([4, rows.slots], () => undefined);

  function load(tag: string): void {
    const column = columnOf(columns, tag);
    if (column !== undefined && !loaded.has(column.name)) wanted.add(column);
  }

  /** A row's getter may ask the table that reads it: it would find half of what comes in. */
  function idle(): void {
    if (reading) throw new MapiError("MAPI_E_BUSY", "one call after the other", "a call while rows are read");
  }

  function alone<T>(run: () => T): T {
    idle();
    reading = true;
    try {
      return run();
    } finally {
      reading = false;
    }
  }

  const core: TableCore = {
    ...bare,
    lines(of, offset, count) {
      idle();
      return bare.lines(of, offset, count);
    },
    ask(what, take) {
      idle();
      if (wanted.size > 0) {
        const all = [...wanted];
        wanted.clear();
        const numbers = alone(() => guarded("rows", () => bare.load(all, rows.slots, rows.values)));
        all.forEach((column, i) => loaded.set(column.name, loadedAs(column, numbers[i] as number)));
      }
      return bare.ask(what, take);
    },
  };

  function tellAll(): void {
    scheduled = false;
    const now = [...views.values()];
    for (const view of now) view.tell();
  }

  function later(): void {
    if (!scheduled) queueMicrotask(tellAll);
    scheduled = true;
  }

  function view(): View<R> {
    if (closed) throw new MapiError("MAPI_E_INVALID_OBJECT", "an open table", "a closed one");
    const opened: View<R> = openView<R>({ core, rows, columns, load, asked: () => wanted.clear(), later, left: () => void views.delete(opened.id) });
    views.set(opened.id, opened);
    return opened;
  }

  const apply = makeApply<R>({
    rows, key, loaded, alone,
    tell(tape, rowAt) {
      bare.read(tape, (from) => {
        for (let left = from.num(); left > 0; left--) {
          const of = views.get(from.num());
          for (let told = from.num(); told > 0; told--) of?.take(from, rowAt);
        }
        for (let left = from.num(); left > 0; left--) views.get(from.num())?.spoil(from.num(), from.num());
      });
      later();
    },
  });

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
      apply(changes);
    },
    slice: (offset, count) => first.slice(checkInteger(offset, "offset", 0, 0xffff_ffff), checkInteger(count, "count", 0, 0xffff_ffff)),
    get(own) {
      const slot = guarded("rows", () => rows.find(own));
      if (slot === undefined) return undefined;
      rows.ready?.([slot]);
      return rows.at(slot);
    },
    get size(): number {
      return rows.size;
    },
    openView: (): Table<R | Heading> => view().table,
    close,
  };
}
