/** One view of a host's table: lines of the core made rows, windows that keep still, listeners. */
import { MapiError } from "../error.js";
import { everything, makeMethods, stateMax, type Port, type Range, type Sinks } from "../methods.js";
import { columnsMax } from "../restriction.js";
import { sameCell, takeCells } from "../rows.js";
import { checkInteger, checkText, guarded, readList } from "../snapshot.js";
import type { Heading } from "../types/host.js";
import type { Cell, Property, Row, Table } from "../types/table.js";
import { watched } from "../watch.js";
import { query, type Flat } from "../wire/query.js";
import { takeNum, type Take } from "../wire/tape.js";
import { constantOf } from "./cell.js";
import { makeProjection, nullTag } from "./project.js";
import type { TableCore } from "./core.js";
import { put, type Rows } from "./rows.js";
import { isEach, type Columns } from "./schema.js";
import { failed, forget, hearing, keyText, ordinals, outdate, type Hearing, type Pane } from "./told.js";

/** Where src/table/collapse.rs puts the row: by a number of this table's own. Behind it all stands the host's key. */
const rowAt = 64;
const nobody = "f".repeat(16);
/** So many headings are kept, whether or not they are there still. */
const headingsKept = 1_024;

export interface View<R extends object> {
  readonly id: number;
  readonly table: Table<R | Heading>;
  slice(offset: number, count: number): (R | Heading)[];
  /** What happened to rows. */
  readonly hearing: Hearing<R>;
  /** `broke`: the engine did. */
  end(broke?: boolean): void;
}

export interface ViewOptions<R extends object> {
  readonly core: TableCore;
  readonly rows: Rows<R>;
  /** The column that names rows. */
  readonly key: string;
  readonly columns: Columns;
  /** Sees to it that a column is in the core when the next question is asked. */
  readonly load: (tag: string) => void;
  /** A call is over: what it wanted and did not ask for is not wanted any more. */
  readonly asked: () => void;
  /** Something has to be told, once the caller's call has returned. */
  readonly later: () => void;
  /** The view closes itself. */
  readonly left: () => void;
}

export function openView<R extends object>({ core, rows, key, columns, load, asked, later, left }: ViewOptions<R>): View<R> {
  type Line = R | Heading;
  const id = core.ask(1, (from) => from.num());
  const panes = new Set<Pane<Line>>();
  const sinks: Sinks<Line> = new Map();
  const headings = new Map<string, Heading>();
  let trimAt = headingsKept;
  let closed = false;
  const projection = makeProjection<R>(columns, rows.ready !== undefined);

  function ask<T>(what: Flat, take: Take<T>): T {
    alive();
    return core.ask(query.view(id, what), take);
  }

  const property = (value: unknown): string => {
    const tag = columns.tag(value);
    load(tag);
    return tag;
  };

  const alive = (): void => {
    if (closed) throw new MapiError("MAPI_E_INVALID_OBJECT", "an open table", "a closed one");
  };

  /** Headings that are gone are forgotten, once there may be as many of them as of others. */
  function trim(): void {
    if (headings.size < trimAt) return;
    const held = new Set<Line>();
    for (const { shown } of panes) for (const row of shown) held.add(row);
    for (const [own, one] of headings) if (!held.has(one)) headings.delete(own);
    trimAt = Math.max(headingsKept, 2 * headings.size);
  }

  /** Whoever holds a heading may compare it by reference. */
  function heading(cells: Row): Heading {
    const made: Record<string, Cell> = {};
    for (const [tag, cell] of Object.entries(cells)) put(made, columns.name(tag), cell);
    const fresh = (projection.chosen ? projection.heading(made) : made) as Heading;
    const own = cells["instanceKey"] as string;
    const old = headings.get(own);
    const same = old !== undefined && Object.entries(fresh).every(([name, cell]) => sameCell(old[name], cell));
    const shown = same ? old : Object.freeze(fresh);
    headings.set(own, shown);
    return shown;
  }

  const telling = hearing(rows, projection, headings, heading, sinks, panes);

  /** Rows for lines; `keys` are asked for only when a column wants them. */
  function rowsOf(lines: ArrayLike<number>, keys: () => readonly string[]): Line[] {
    rows.ready?.(Array.from(lines, (line) => line % ordinals));
    const made: Line[] = [];
    const above: number[] = [];
    const chosen = projection.chosen ? (projection.wantsKeys ? keys() : []) : undefined;
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i] as number;
      if (line < 0) {
        above.push(i);
        made.push(undefined as unknown as Line);
        continue;
      }
      const row = rows.at(line < ordinals ? line : line % ordinals) as R;
      made.push(chosen === undefined ? row : (projection.of(row, Math.floor(line / ordinals), chosen[i]) as R));
    }
    if (above.length > 0) {
      const ids = above.map((i) => -1 - (lines[i] as number));
      const cells = ask([24, ids.length, ids], (from) => ids.map(() => takeCells(from)));
      above.forEach((place, i) => (made[place] = heading(cells[i] as Row)));
    }
    return made;
  }

  const keysAt = (offset: number, count: number) => (): string[] =>
    ask([25, offset, count], (from) => from.list((item) => keyText(item.num()) ?? ""));

  /** Rows as they came; `undefined` where there are headings among them. */
  function pick(lines: Float64Array, first: number, count: number): Line[] | undefined {
    const { list } = rows;
    // oxlint-disable-next-line unicorn/no-new-array -- of its length at once: growing costs more than filling
    const made = new Array<Line>(count);
    for (let i = 0; i < count; i++) {
      const line = lines[first + i] as number;
      if (line < 0) return undefined;
      const slot = line < ordinals ? line : line % ordinals;
      made[i] = list[slot] ?? (rows.at(slot) as R);
    }
    return made;
  }

  function slice(offset: number, count: number): Line[] {
    alive();
    if (rows.ready === undefined && !projection.chosen) {
      const made = core.window(id, offset, count, pick);
      if (made !== undefined) return made;
    }
    const lines = core.lines(id, offset, count).slice();
    return rowsOf(lines, keysAt(offset, lines.length));
  }

  function look(pane: Pane<Line>): readonly Line[] {
    // Whoever still shows what is closed may ask once more.
    if (closed || !pane.stale || !panes.has(pane)) return pane.shown;
    const { shown } = pane;
    // What changes meanwhile is seen at the next look.
    pane.stale = false;
    let fresh: Line[];
    try {
      fresh = slice(pane.range.offset, pane.range.count);
    } catch (thrown) {
      pane.stale = true;
      throw thrown;
    }
    if (fresh.length !== shown.length || fresh.some((row, i) => row !== shown[i])) pane.shown = Object.freeze(fresh);
    trim();
    return pane.shown;
  }

  function openPane(range: Range): Pane<Line> {
    const pane: Pane<Line> = { range, stale: true, shown: Object.freeze([]), watched: watched(() => look(pane)) };
    panes.add(pane);
    return pane;
  }

  function end(broke = false): void {
    if (closed) return;
    closed = true;
    for (const { watched: pane } of panes) pane.close();
    const heard = [...sinks.values()];
    // After the call that broke it (C-179).
    if (broke) queueMicrotask(() => heard.forEach(({ tell }) => tell(failed)));
    else for (const listeners of heard) listeners.clear();
    sinks.clear();
    forget(telling);
    telling.moved = false;
    panes.clear();
    headings.clear();
  }

  const takeRows: Take<Line[]> = (from) => {
    const lines = from.list((item) => item.num());
    // The cursor is behind them: their keys are those of the lines before it.
    return rowsOf(lines, () => keysOf(lines));
  };

  function keysOf(lines: readonly number[]): string[] {
    const { row } = ask(8, (from) => ({ row: from.num(), numerator: from.num(), denominator: from.num() }));
    const before = keysAt(Math.max(0, row - lines.length), lines.length)();
    const first = core.lines(id, row, lines.length);
    return lines.every((line, i) => line === first[i]) ? keysAt(row, lines.length)() : before;
  }

  function deepen(): void {
    if (projection.wantsDepth) projection.deepen(ask(28, takeNum));
  }

  const port: Port<Line> = {
    ask, alive, takeRows, property, name: columns.name,
    // An unsupported column is an error in the rows (C-181). Rows are made of the host's: the core need not know what they show.
    column(value) {
      const tag = columns.find(value) ?? nullTag;
      return isEach(tag) ? property(value) : tag;
    },
    constant: constantOf(columns),
    sought(value) {
      if (columns.find(value) === undefined) throw new MapiError("MAPI_E_NOT_FOUND", "a column of the schema", String(value));
      return property(value);
    },
    available(all) {
      alive();
      return all || !projection.chosen ? columns.names(all) : [...projection.names];
    },
    columns(chosen) {
      projection.choose(chosen);
      headings.clear();
      deepen();
    },
    moved(anew): void {
      if (anew === true) {
        headings.clear();
        deepen();
      }
      outdate(telling);
      for (const pane of panes) pane.stale = true;
      telling.moved = true;
      later();
    },
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
      core.ask(query.close(id), () => undefined);
      end();
      left();
    },
  };

  function whole<T>(act: () => T): T {
    try {
      return act();
    } finally {
      asked();
    }
  }
  const methods = makeMethods(port, sinks, openPane(everything).watched);
  const table: Table<Line> = {
    ...methods,
    setColumns: (chosen) => whole(() => methods.setColumns(readList(chosen, "properties", columnsMax) as Property[])),
    restrict: (restriction) => whole(() => methods.restrict(restriction)),
    sortTable: (order, given) => whole(() => methods.sortTable(order, given)),
    findRow: (restriction, given) => whole(() => methods.findRow(restriction, given)),
    getCollapseState(of) {
      const state = methods.getCollapseState(of);
      const place = ask([26, of], takeNum);
      if (place < 0) return state;
      return state + guarded("a row", () => JSON.stringify([rows.values(key, place % ordinals, 1)[0], Math.floor(place / ordinals)]));
    },
    setCollapseState(state) {
      const text = checkText(state, "a collapse state", stateMax);
      const end = text.indexOf("[");
      if (end < 0) return methods.setCollapseState(text);
      const found = guarded("a collapse state", () => {
        const [own, ordinal] = JSON.parse(text.slice(end)) as unknown[];
        const slot = rows.find(own);
        return slot === undefined ? -1 : ask([27, slot, checkInteger(ordinal, "a collapse state", 0, 4_095)], takeNum);
      });
      return methods.setCollapseState(text.slice(0, rowAt) + (keyText(found) ?? nobody) + text.slice(rowAt + nobody.length, end));
    },
  };

  return { id, slice, end, hearing: telling, table };
}
