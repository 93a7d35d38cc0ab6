/** IMAPITable over a view in the core. Reads are synchronous; what changed is told after the step that changed it. */
import { MapiError } from "./error.js";
import { makeListeners, type Listeners } from "./events.js";
import type { Pump } from "./pump.js";
import { readProperties, readRestriction, readSortOrder } from "./restriction.js";
import { nothingShown, takeColumns, takeRows, takeShown, takeTold, type Shown } from "./rows.js";
import { checkBool, checkInteger, readFields, type Fields } from "./snapshot.js";
import type { Row, Table, TableNotification, TableWindow } from "./types/table.js";
import { act, query, type Flat } from "./wire/query.js";
import { takeNum, type Take } from "./wire/tape.js";
import { watched, type Watched } from "./watch.js";

export interface Tables {
  /** `what`: the question that opens a view of it. */
  open(what: Flat): Table;
  /** A new core: the views of the old one are gone. */
  reset(): void;
  close(): void;
}

interface Range {
  readonly offset: number;
  readonly count: number;
}

/** A range that is watched; its number in the core changes with the core. */
interface Pane {
  readonly range: Range;
  readonly watched: Watched<readonly Row[]>;
  /** 0: not opened yet. */
  id: number;
  shown: Shown;
}

const everything: Range = { offset: 0, count: 0xffff_ffff };
const whole = 0x7fff_ffff;
const nothing = (): void => {};
const takeBool: Take<boolean> = (from) => from.bool();

/** Hears that the numbered views have something to say. */
type Hear = (ids: readonly number[]) => void;

export function makeTables(pump: Pump, views: Listeners<readonly number[]>): Tables {
  const open = new Map<object, { readonly hear: Hear; readonly reset: () => void; readonly end: () => void }>();
  views.add((ids) => {
    const tables = [...open.values()];
    for (const table of tables) table.hear(ids);
  });

  function make(what: Flat): Table {
    const me = {};
    const panes = new Set<Pane>();
    const sinks = new Map<number, Listeners<TableNotification>>();
    let closed = false;
    let view = pump.read(what, takeNum);

    function ask<T>(what: Flat, take: Take<T>): T {
      if (closed) throw new MapiError("MAPI_E_INVALID_OBJECT", "an open table", "a closed one");
      return pump.read(query.view(view, what), take);
    }

    function look(pane: Pane): readonly Row[] {
      if (closed) return pane.shown.rows;
      if (pane.id === 0) pane.id = ask(act.openWindow(pane.range.offset, pane.range.count), takeNum);
      pane.shown = ask(act.snapshot(pane.id, Math.max(0, pane.shown.version)), takeShown(pane.shown));
      return pane.shown.rows;
    }

    function openPane(range: Range): Pane {
      const pane: Pane = { range, id: 0, shown: nothingShown, watched: watched(() => look(pane)) };
      panes.add(pane);
      return pane;
    }

    function tellSinks(): void {
      if (sinks.size === 0) return;
      for (const { to, notification } of ask(act.notifications, (from) => from.list(takeTold))) {
        for (const connection of to) sinks.get(connection)?.tell(notification);
      }
    }

    /**
     * Whoever listens looks when it suits him: a change costs no reading. A window nobody listens to is given up, so
     * that no later change pays for it.
     */
    function tellPanes(): void {
      const now = [...panes];
      for (const pane of now) {
        if (pane.id === 0) continue;
        if (!pane.watched.isHeard) {
          ask(act.closeWindow(pane.id), nothing);
          pane.id = 0;
          pane.shown = nothingShown;
        } else pane.watched.changed();
      }
    }

    /** What the caller did himself is told once his call has returned (C-179). */
    function tellLater(): void {
      queueMicrotask(() => {
        if (!closed) tellPanes();
      });
    }

    function hear(ids: readonly number[]): void {
      if (closed || !ids.includes(view)) return;
      tellSinks();
      if (!closed) tellPanes();
    }

    /** Columns, filter and order of the old core's view went with it; whoever watches starts anew. */
    function reset(): void {
      view = pump.read(what, takeNum);
      const heard = [...sinks.values()];
      sinks.clear();
      for (const listeners of heard) {
        sinks.set(ask(act.advise, takeNum), listeners);
        listeners.tell({ type: "reload", instanceKey: null, priorInstanceKey: null, row: null, oldIndex: -1, newIndex: -1 });
      }
      for (const pane of panes) {
        if (pane.id === 0) continue;
        pane.id = 0;
        pane.shown = { ...nothingShown, rows: pane.shown.rows };
        look(pane);
        pane.watched.changed();
      }
    }

    function end(): void {
      if (closed) return;
      closed = true;
      open.delete(me);
      for (const { watched: pane } of panes) pane.close();
      for (const listeners of sinks.values()) listeners.clear();
    }

    const all = openPane(everything);
    const options = (value: unknown, what: string, known: readonly string[]): Fields => readFields(value ?? {}, `the options of ${what}`, known);
    const flag = (value: unknown, what: string): boolean => value !== undefined && checkBool(value, what);
    const origin = (value: unknown): number => checkInteger(value ?? 0, "a bookmark", 0, 0xffff_ffff);
    open.set(me, { hear, reset, end });

    return {
      setColumns(columns): void {
        ask(act.setColumns(readProperties(columns)), nothing);
        tellLater();
      },
      queryColumns: (given) => ask(act.queryColumns(flag(options(given, "queryColumns", ["all"])["all"], "all")), takeColumns),
      restrict(restriction): void {
        ask(act.restrict(restriction === null ? null : readRestriction(restriction)), nothing);
        tellLater();
      },
      sortTable(order, given): void {
        const { categories = 0, expanded = 0 } = options(given, "sortTable", ["categories", "expanded"]);
        const [c, e] = [checkInteger(categories, "categories", 0, 64), checkInteger(expanded, "expanded", 0, 64)];
        ask(act.sortTable(readSortOrder(order), c, e), nothing);
        tellLater();
      },
      queryRows: (count, given) =>
        ask(act.queryRows(checkInteger(count, "count", -whole, whole), flag(options(given, "queryRows", ["noAdvance"])["noAdvance"], "noAdvance")), takeRows),
      seekRow: (from, count) =>
        ask(act.seekRow(origin(from), checkInteger(count, "count", -whole, whole)), (answer) => ({ sought: answer.num(), positionChanged: answer.bool() })),
      seekRowApprox: (numerator, denominator) =>
        ask(act.seekRowApprox(checkInteger(numerator, "numerator", 0, 0xffff_ffff), checkInteger(denominator, "denominator", 0, 0xffff_ffff)), nothing),
      queryPosition: () => ask(act.queryPosition, (from) => ({ row: from.num(), numerator: from.num(), denominator: from.num() })),
      getRowCount: () => ask(act.rowCount, takeNum),
      findRow(restriction, given) {
        const found = options(given, "findRow", ["origin", "backward"]);
        const what = act.findRow(readRestriction(restriction), origin(found["origin"]), flag(found["backward"], "backward"));
        return { positionChanged: ask(what, takeBool) };
      },
      createBookmark: () => ask(act.createBookmark, takeNum),
      freeBookmark: (bookmark) => ask(act.freeBookmark(origin(bookmark)), nothing),
      advise(listener, given): () => void {
        const connection = ask(act.advise, takeNum);
        const listeners = makeListeners<TableNotification>();
        sinks.set(connection, listeners);
        const stop = (): void => {
          const own = [...sinks].find(([, value]) => value === listeners)?.[0];
          listeners.clear();
          given?.signal?.removeEventListener("abort", stop);
          if (own === undefined || closed) return;
          sinks.delete(own);
          ask(act.unadvise(own), nothing);
        };
        listeners.add(listener);
        if (given?.signal?.aborted === true) stop();
        else given?.signal?.addEventListener("abort", stop);
        return stop;
      },
      window(range): TableWindow {
        const { offset, count } = readFields(range, "a range", ["offset", "count"]);
        const pane = openPane({ offset: checkInteger(offset, "offset", 0, 0xffff_ffff), count: checkInteger(count, "count", 0, 0xffff_ffff) });
        return {
          ...pane.watched.watchable, ...pane.range,
          close(): void {
            if (!panes.delete(pane)) return;
            pane.watched.close();
            if (pane.id !== 0 && !closed) ask(act.closeWindow(pane.id), nothing);
          },
        };
      },
      close(): void {
        if (closed) return;
        end();
        pump.read(query.close(view), nothing);
      },
      ...all.watched.watchable,
    };
  }

  return {
    open: make,
    reset(): void {
      for (const table of open.values()) table.reset();
    },
    close(): void {
      for (const table of open.values()) table.end();
    },
  };
}
