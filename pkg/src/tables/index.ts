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
import { busy, changing, drop, later } from "./apply.js";
import { call } from "./call.js";
import { constantOf } from "./cell.js";
import { readJson, type Part } from "./json.js";
import { makeOwned } from "./owned.js";
import { openCore, type TableCore, type TablesExports } from "./core.js";
import { loadedAs, type Loaded } from "./pen.js";
import { HostRows, type Rows } from "./rows.js";
import { columnOf, isList, readSchema, type Column, type Columns } from "./schema.js";
import { keepShapes } from "./shapes.js";
import type { Hearing } from "./told.js";
import { openView, type View } from "./view.js";

/** `errors`: those of the entry that asks, so that there is one MapiError. */
export async function start(errors: typeof import("../error.js"), wasm: WasmSource): Promise<CreateTable> {
  adopt(errors);
  keepShapes();
  const loader = setup<TablesExports>({ build, instantiate });
  await loader.init({ wasm });
  const create = <R extends object>(schema: unknown, given: unknown, options: unknown): Promise<HostTable<R>> => {
    const { HostTable } = loader.load()();
    const columns = guarded("a schema", () => readSchema(schema));
    return open<R>((broke) => openCore(new HostTable(), broke, byName(columns)), columns, given, options);
  };
  return async <const S extends Schema, R extends RowOf<S>>(schema: S, rows: unknown, options: unknown) => create<R & object>(schema, rows, options);
}

// Functions beside what they must not keep: the engine, the host's rows.
const byName = (columns: Columns) => (text: string): string => text.replaceAll(/0x[\dA-F]{8}/g, columns.name);
const partsOf = (given: unknown, columns: Columns): readonly Part[] | undefined => guarded("rows", () => readJson(given, columns));
const rowsOf = <R extends object>(given: unknown, columns: Columns, key: string): HostRows<R> => guarded("rows", () => new HostRows<R>(given, columns, key));

async function open<R extends object>(engine: (broke: () => void) => TableCore, columns: Columns, given: unknown, options: unknown): Promise<HostTable<R>> {
  const { key: named = columns.all[0]?.name, unread } = readFields(options ?? {}, "the options of createTable", ["key", "unread"]);
  const key = checkText(named, "key", 1_024);
  const own = columns.byName.get(key);
  if (own === undefined) throw invalid("key: a column of the schema", "another name");
  if (isList(own.type)) throw invalid("key: a column with one value", own.type);
  const parts = partsOf(given, columns);
  const objects = parts === undefined ? rowsOf<R>(given, columns, key) : undefined;
  /** The columns that are in the core, by name. */
  const loaded = new Map<string, Loaded>();
  const list: Loaded[] = [];
  const others = new Map(columns.all.map((column) => [column.name, loadedAs(column, -1)]));
  const views = new Map<number, View<R>>();
  const hearings = new Map<number, Hearing<R>>();
  /** What the next question reads: loaded together, before it is asked. */
  const wanted = new Set<Column>();
  let closed = false;

  /** By the host: after a break there are still rows to be had. */
  let over = false;
  let release: (broke: boolean) => void = () => {};

  function end(broke: boolean): void {
    closed = true;
    // A call may be under way, which undoes what it has done.
    queueMicrotask(() => release(broke));
    for (const one of views.values()) one.end(broke);
    views.clear();
    hearings.clear();
  }

  const bare = engine(() => end(true));
  const is = (column: Column, at: number): void => {
    const one = loadedAs(column, at);
    loaded.set(column.name, one);
    list.push(one);
    others.delete(column.name);
  };
  if (parts !== undefined) columns.all.forEach(is);
  const rows: Rows<R> = objects ?? makeOwned<R>(bare, columns, key, await bare.json(columns.all, parts ?? []));
  if (parts === undefined && rows.slots > 0) bare.ask([4, rows.slots], () => undefined);

  const live = changing({ rows, key, loaded, list, others, core: bare, hearings });
  release = (broke) => {
    if (!broke) rows.clear();
    bare.release();
    drop(live);
  };

  function alive(ended = closed): void {
    if (ended) throw new MapiError("MAPI_E_INVALID_OBJECT", "an open table", "a closed one");
  }

  function load(tag: string): void {
    const column = columnOf(columns, tag);
    if (column !== undefined && !loaded.has(column.name)) wanted.add(column);
  }

  function idle(): void {
    if (live.reading) throw busy();
  }

  function alone<T>(run: () => T): T {
    idle();
    live.reading = true;
    try {
      return run();
    } finally {
      live.reading = false;
    }
  }

  const core: TableCore = {
    ...bare,
    lines(of, offset, count) {
      idle();
      return bare.lines(of, offset, count);
    },
    window(of, offset, count, take) {
      idle();
      return bare.window(of, offset, count, take);
    },
    ask(what, take) {
      idle();
      if (wanted.size > 0) {
        const all = [...wanted];
        wanted.clear();
        const numbers = alone(() => guarded("rows", () => bare.load(all, rows.slots, rows.values, key)));
        all.forEach((column, i) => is(column, numbers[i] as number));
      }
      return bare.ask(what, take);
    },
  };

  function view(): View<R> {
    alive();
    const opened: View<R> = openView<R>({
      core, rows, key, columns, load, asked: () => wanted.clear(), later: () => later(live),
      left(): void {
        views.delete(opened.id);
        hearings.delete(opened.id);
      },
    });
    views.set(opened.id, opened);
    hearings.set(opened.id, opened.hearing);
    return opened;
  }

  if (unread !== undefined) {
    const property = (value: unknown): string => {
      const tag = columns.tag(value);
      load(tag);
      return tag;
    };
    core.ask([8, flatOption(readRestriction(unread, property, constantOf(columns)))], () => undefined);
  }
  const first = view();

  return {
    ...first.table,
    apply(changes): void {
      alive();
      call(live.run.apply, live, changes);
    },
    slice: (offset, count) => first.slice(checkInteger(offset, "offset", 0, 0xffff_ffff), checkInteger(count, "count", 0, 0xffff_ffff)),
    get(own) {
      alive(over);
      const slot = guarded("rows", () => rows.find(own));
      if (slot === undefined) return undefined;
      rows.ready?.([slot]);
      return rows.at(slot);
    },
    get size(): number {
      alive(over);
      return rows.size;
    },
    openView: (): Table<R | Heading> => view().table,
    close(): void {
      over = true;
      end(false);
    },
  };
}
