/** IMAPITable over a view in the core. Reads are synchronous; what changed is told after the step that changed it. */
import { MapiError } from "./error.js";
import type { Listeners } from "./events.js";
import type { Pump } from "./pump.js";
import { everything, makeMethods, type Range, type Sinks } from "./methods.js";
import { readProperty } from "./restriction.js";
import { nothingShown, takeRows, takeShown, takeTold, type Kept, type Shown } from "./rows.js";
import type { Row, Table, TableEventType, TableNotification } from "./types/table.js";
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

/** A range; the core knows nothing of it. */
interface Pane {
  readonly range: Range;
  readonly watched: Watched<readonly Row[]>;
  shown: Shown;
}

const nothing = (): void => {};
/** One for one. */
const takeAll: Take<[number, TableNotification][]> = (from) => from.list(takeTold).flatMap(({ to, notification }) => to.map((one): [number, TableNotification] => [one, notification]));
/** Of no row of its own. */
const about = (type: TableEventType): TableNotification => ({ type, instanceKey: null, priorInstanceKey: null, row: null, oldIndex: -1, newIndex: -1 });

/** Hears that the numbered views have something to say. */
type Hear = (ids: ReadonlySet<number>) => void;

export function makeTables(pump: Pump, views: Listeners<readonly number[]>): Tables {
  const open = new Map<object, { readonly hear: Hear; readonly reset: () => void; readonly end: () => void }>();
  views.add((ids) => {
    const tables = [...open.values()];
    const told = new Set(ids);
    for (const table of tables) table.hear(told);
  });

  function make(what: Flat): Table {
    const me = {};
    const panes = new Set<Pane>();
    const sinks: Sinks<Row> = new Map();
    const kept: Kept = { columns: [], keys: [], rows: [] };
    /** What was heard of the core, and not told yet. */
    let told: [number, TableNotification][] = [];
    let closed = false;
    let view = pump.read(what, takeNum);

    function alive(): void {
      if (closed) throw new MapiError("MAPI_E_INVALID_OBJECT", "an open table", "a closed one");
    }

    function ask<T>(what: Flat, take: Take<T>): T {
      alive();
      return pump.read(query.view(view, what), take);
    }

    function look(pane: Pane): readonly Row[] {
      // Whoever still shows it may ask once more.
      if (closed || !panes.has(pane)) return pane.shown.rows;
      const { range: { offset, count }, shown } = pane;
      pane.shown = ask(act.range(offset, count, shown.version, pane.watched.isHeard()), takeShown(kept, shown));
      return pane.shown.rows;
    }

    function openPane(range: Range): Pane {
      const pane: Pane = { range, shown: nothingShown, watched: watched(() => look(pane)) };
      panes.add(pane);
      return pane;
    }

    /** The view shows something else than what is still to be told leads to: whoever listens reads again. */
    function outdate(): void {
      if (told.length > 0) told = Array.from(sinks.keys(), (one) => [one, about("changed")]);
    }

    function tellSinks(): void {
      for (;;) {
        if (closed || sinks.size === 0) return;
        if (told.length === 0) told = ask(act.notifications, takeAll);
        const first = told.shift();
        if (first === undefined) return;
        const [to, notification] = first;
        sinks.get(to)?.tell(notification);
        if (closed || notification.instanceKey !== null) continue;
        // Of what came meanwhile some have read, some have not.
        const more = ask(act.notifications, takeAll);
        if (more.length === 0) continue;
        told = more;
        outdate();
      }
    }

    /** Whoever listens looks when it suits him: a change costs no reading. What nobody listens to is read anew, and shows until then, or once closed, what it showed. */
    function tellPanes(): void {
      const now = [...panes];
      for (const pane of now) {
        if (pane.watched.isHeard()) pane.watched.changed();
        else pane.shown = { ...pane.shown, version: 0 };
      }
    }

    /** What the caller did himself is told once his call has returned (C-179). */
    function tellLater(): void {
      outdate();
      queueMicrotask(() => {
        if (!closed) tellPanes();
      });
    }

    function hear(ids: ReadonlySet<number>): void {
      if (closed || !ids.has(view)) return;
      tellSinks();
      if (!closed) tellPanes();
    }

    /** Columns, filter and order of the old core's view went with it; whoever watches starts anew. */
    function reset(): void {
      view = pump.read(what, takeNum);
      const heard = [...sinks.values()];
      sinks.clear();
      told = [];
      for (const listeners of heard) {
        sinks.set(ask(act.advise, takeNum), listeners);
        listeners.tell(about("reload"));
      }
      for (const pane of panes) {
        if (pane.shown.version === 0) continue;
        pane.shown = { ...pane.shown, version: 0 };
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
      sinks.clear();
    }

    const all = openPane(everything);
    open.set(me, { hear, reset, end });
    return makeMethods<Row>({
      ask, alive, takeRows: takeRows(kept), property: readProperty, name: (property) => property, moved: tellLater,
      openPane(range) {
        alive();
        const pane = openPane(range);
        return {
          watched: pane.watched,
          close(): void {
            if (panes.delete(pane)) pane.watched.close();
          },
        };
      },
      close(): void {
        if (closed) return;
        end();
        pump.read(query.close(view), nothing);
      },
    }, sinks, all.watched);
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
