/** What every table does alike: arguments read, asked, and answered. */
import { MapiError } from "./error.js";
import { checkListener, makeListeners, type Listeners } from "./events.js";
import { readProperties, readRestriction, readSortOrder, type CheckConstant, type ReadProperty } from "./restriction.js";
import { takeColumns } from "./rows.js";
import { checkBool, checkInteger, checkText, readFields, signalOf, type Fields } from "./snapshot.js";
import type { SortOrder, Table, TableNotification, TableWindow } from "./types/table.js";
import { act, type Flat } from "./wire/query.js";
import { takeNum, takeText, type Reader, type Take } from "./wire/tape.js";
import type { Watched } from "./watch.js";

export interface Range {
  readonly offset: number;
  readonly count: number;
}

export interface Port<R> {
  readonly ask: <T>(what: Flat, take: Take<T>) => T;
  readonly takeRows: Take<R[]>;
  /** How a property is named to the core, and by it. */
  readonly property: ReadProperty;
  /** In columns and in `findRow`, where those who do not know a name have something better to say. */
  readonly column?: ReadProperty;
  readonly sought?: ReadProperty;
  readonly constant?: CheckConstant;
  /** MAPI_E_INVALID_OBJECT once it is closed. */
  alive(): void;
  readonly name: (property: string) => string;
  /** The caller changed the view: who watches it is told once his call has returned (C-179). `anew`: its lines are others. */
  moved(anew?: boolean): void;
  openPane(range: Range): { readonly watched: Watched<readonly R[]>; close(): void };
  /** Other columns or keys than before. */
  readonly columns?: (names: readonly unknown[]) => void;
  /** What rows have, or could have, where the core does not know it. */
  readonly available?: (all: boolean) => string[];
  close(): void;
}

/** A table's listeners, by the connection in the core. */
export type Sinks<R> = Map<number, Listeners<TableNotification<R>>>;

export const everything: Range = { offset: 0, count: 0xffff_ffff };
/** Characters of a collapse state. */
export const stateMax = 0x100_0000;
const whole = 0x7fff_ffff;
const nothing = (): void => {};
const takeBool: Take<boolean> = (from) => from.bool();

const options = (value: unknown, what: string, known: readonly string[]): Fields => readFields(value ?? {}, `the options of ${what}`, known);
const flag = (value: unknown, what: string): boolean => value !== undefined && checkBool(value, what);
const origin = (value: unknown): number => checkInteger(value ?? 0, "a bookmark", 0, 0xffff_ffff);
const row = (value: unknown, what: string): number => checkInteger(value, what, 0, 0xffff_ffff);
const key = (value: unknown): string => checkText(value, "an instance key", 16);

export function makeMethods<R>(port: Port<R>, sinks: Sinks<R>, all: Watched<readonly R[]>): Table<R> {
  const { ask, property, takeRows } = port;

  const takeOrder: Take<{ order: SortOrder<string>[]; categories: number; expanded: number }> = (from) => ({
    order: from.list((item: Reader): SortOrder<string> => {
      const found = { property: port.name(item.text()), order: item.num() === 0 ? "ascending" as const : "descending" as const };
      const role = item.num();
      return { ...found, ...(role === 1 && { combine: true }), ...(role === 2 && { categMin: true }), ...(role === 3 && { categMax: true }) };
    }),
    categories: from.num(),
    expanded: from.num(),
  });

  return {
    setColumns(columns): void {
      ask(act.setColumns(readProperties(columns, port.column ?? property)), nothing);
      port.columns?.(columns);
      port.moved();
    },
    queryColumns(given) {
      const all = flag(options(given, "queryColumns", ["all"])["all"], "all");
      return port.available?.(all) ?? ask(act.queryColumns(all), takeColumns);
    },
    restrict(restriction): void {
      ask(act.restrict(restriction === null ? null : readRestriction(restriction, property, port.constant)), nothing);
      port.moved(true);
    },
    sortTable(order, given): void {
      const { categories = 0, expanded = 0 } = options(given, "sortTable", ["categories", "expanded"]);
      const [c, e] = [checkInteger(categories, "categories", 0, 64), checkInteger(expanded, "expanded", 0, 64)];
      ask(act.sortTable(readSortOrder(order, property), c, e), nothing);
      port.moved(true);
    },
    querySortOrder: () => ask(act.sortOrder, takeOrder),
    queryRows: (count, given) =>
      ask(act.queryRows(checkInteger(count, "count", -whole, whole), flag(options(given, "queryRows", ["noAdvance"])["noAdvance"], "noAdvance")), takeRows),
    seekRow: (from, count) =>
      ask(act.seekRow(origin(from), checkInteger(count, "count", -whole, whole)), (answer) => ({ sought: answer.num(), positionChanged: answer.bool() })),
    seekRowApprox: (numerator, denominator) => ask(act.seekRowApprox(row(numerator, "numerator"), row(denominator, "denominator")), nothing),
    queryPosition: () => ask(act.queryPosition, (from) => ({ row: from.num(), numerator: from.num(), denominator: from.num() })),
    getRowCount: () => ask(act.rowCount, takeNum),
    findRow(restriction, given) {
      const found = options(given, "findRow", ["origin", "backward"]);
      const what = act.findRow(readRestriction(restriction, port.sought ?? property, port.constant), origin(found["origin"]), flag(found["backward"], "backward"));
      return { positionChanged: ask(what, takeBool) };
    },
    createBookmark: () => ask(act.createBookmark, takeNum),
    freeBookmark: (bookmark) => ask(act.freeBookmark(origin(bookmark)), nothing),
    expandRow(heading, max = 0) {
      const found = ask(act.expandRow(key(heading), row(max, "max")), (from) => ({ more: from.num(), rows: takeRows(from) }));
      port.moved();
      return found;
    },
    collapseRow(heading) {
      const gone = ask(act.collapseRow(key(heading)), takeNum);
      port.moved();
      return gone;
    },
    getCollapseState: (of) => ask(act.collapseState(key(of)), (from) => (from.num(), takeText(from))),
    setCollapseState(state) {
      const bookmark = ask(act.setCollapseState(checkText(state, "a collapse state", stateMax)), takeNum);
      port.moved();
      return bookmark;
    },
    getStatus(): ReturnType<Table["getStatus"]> {
      port.alive();
      return { status: "TBLSTAT_COMPLETE", type: "TBLTYPE_DYNAMIC" };
    },
    abort(): void {
      port.alive();
      throw new MapiError("MAPI_E_UNABLE_TO_ABORT", "a call under way", "none");
    },
    async waitForCompletion(timeout) {
      port.alive();
      if (timeout !== undefined) checkInteger(timeout, "timeout", 0);
      return "TBLSTAT_COMPLETE";
    },
    advise(listener, given): () => void {
      const signal = signalOf(given);
      checkListener(listener);
      const connection = ask(act.advise, takeNum);
      const listeners = makeListeners<TableNotification<R>>();
      sinks.set(connection, listeners);
      const stop = (): void => {
        const own = [...sinks].find(([, value]) => value === listeners)?.[0];
        listeners.clear();
        signal?.removeEventListener("abort", stop);
        if (own === undefined) return;
        sinks.delete(own);
        ask(act.unadvise(own), nothing);
      };
      listeners.add(listener);
      if (signal?.aborted === true) stop();
      else signal?.addEventListener("abort", stop);
      return stop;
    },
    window(given): TableWindow<R> {
      const { offset, count } = readFields(given, "a range", ["offset", "count"]);
      const range = { offset: row(offset, "offset"), count: row(count, "count") };
      const pane = port.openPane(range);
      // A literal: the shape of what was spread would be forgotten with the last window.
      const { getSnapshot, onChange, subscribe, changes } = pane.watched.watchable;
      return { getSnapshot, onChange, subscribe, changes, offset: range.offset, count: range.count, close: () => pane.close() };
    },
    close: () => port.close(),
    ...all.watchable,
  };
}
