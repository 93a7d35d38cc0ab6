/** One view of a host's table: lines of the core made rows, windows that keep still, listeners. */
import { MapiError } from "../error.js";
import { everything, makeMethods, type Port, type Range, type Sinks } from "../methods.js";
import { takeCells } from "../rows.js";
import type { Heading } from "../types/host.js";
import type { Cell, Row, Table, TableNotification } from "../types/table.js";
import { watched, type Watched } from "../watch.js";
import { query, type Flat } from "../wire/query.js";
import type { Reader, Take } from "../wire/tape.js";
import { makeProjection } from "./project.js";
import type { TableCore } from "./core.js";
import type { Rows } from "./rows.js";
import type { Columns } from "./schema.js";

export interface View<R extends object> {
  readonly id: number;
  readonly table: Table<R | Heading>;
  slice(offset: number, count: number): (R | Heading)[];
  /** What happened to rows, from the core; told later. */
  take(from: Reader, rowAt: (slot: number) => R | undefined): void;
  /** The lines from one to another may differ. */
  spoil(from: number, to: number): void;
  /** Tells what was taken. */
  tell(): void;
  end(): void;
}

export interface ViewOptions<R extends object> {
  readonly core: TableCore;
  readonly rows: Rows<R>;
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

interface Pane<T> {
  readonly range: Range;
  readonly watched: Watched<readonly T[]>;
  stale: boolean;
  shown: readonly T[];
}

/** In the order of `ulTableEvent`, from 1. */
const events = ["changed", "error", "rowAdded", "rowDeleted", "rowModified", "sortDone", "restrictDone", "setColumnsDone", "reload"] as const;
const ordinals = 0x1_0000_0000;

const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const half = (word: number): string => (pairs[word >>> 24] as string) + (pairs[(word >>> 16) & 255] as string) + (pairs[(word >>> 8) & 255] as string) + (pairs[word & 255] as string);
const keyText = (key: number): string | null => (key < 0 ? null : half(Math.floor(key / ordinals)) + half(key >>> 0));

export function openView<R extends object>({ core, rows, columns, load, asked, later, left }: ViewOptions<R>): View<R> {
  type Line = R | Heading;
  const id = core.ask(1, (from) => from.num());
  const panes = new Set<Pane<Line>>();
  const sinks: Sinks<Line> = new Map();
  let headings = new Map<string, Heading>();
  let told: { readonly to: readonly number[]; readonly notification: TableNotification<Line> }[] = [];
  let [closed, moved] = [false, false];
  const projection = makeProjection<R>(columns);

  function ask<T>(what: Flat, take: Take<T>): T {
    if (closed) throw new MapiError("MAPI_E_INVALID_OBJECT", "an open table", "a closed one");
    return core.ask(query.view(id, what), take);
  }

  const property = (value: unknown): string => {
    const tag = columns.tag(value);
    load(tag);
    return tag;
  };

  /** Whoever holds a heading may compare it by reference. */
  function heading(cells: Row): Heading {
    const made: Record<string, Cell> = {};
    for (const [tag, cell] of Object.entries(cells)) made[columns.name(tag)] = cell;
    const fresh = made as Heading;
    const old = headings.get(fresh.instanceKey);
    const same = old !== undefined && Object.entries(fresh).every(([name, cell]) => old[name] === cell);
    const shown = same ? old : Object.freeze(fresh);
    headings.set(fresh.instanceKey, shown);
    return shown;
  }

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

  function slice(offset: number, count: number): Line[] {
    if (closed) throw new MapiError("MAPI_E_INVALID_OBJECT", "an open table", "a closed one");
    const lines = core.lines(id, offset, count);
    const { length } = lines;
    if (projection.chosen || rows.ready !== undefined) return rowsOf(lines.slice(), keysAt(offset, length));
    const { list } = rows;
    const made: Line[] = [];
    for (let i = 0; i < length; i++) {
      const line = lines[i] as number;
      if (line < 0) return rowsOf(lines.slice(), () => []);
      const slot = line < ordinals ? line : line % ordinals;
      made.push(list[slot] ?? (rows.at(slot) as R));
    }
    return made;
  }

  function look(pane: Pane<Line>): readonly Line[] {
    if (!pane.stale || closed) return pane.shown;
    const { shown } = pane;
    const fresh = slice(pane.range.offset, pane.range.count);
    pane.stale = false;
    if (fresh.length !== shown.length || fresh.some((row, i) => row !== shown[i])) pane.shown = Object.freeze(fresh);
    return pane.shown;
  }

  function openPane(range: Range): Pane<Line> {
    const pane: Pane<Line> = { range, stale: true, shown: Object.freeze([]), watched: watched(() => look(pane)) };
    panes.add(pane);
    return pane;
  }

  function spoil(from: number, to: number): void {
    for (const pane of panes) {
      if (!pane.stale && from < pane.range.offset + pane.range.count && to >= pane.range.offset) pane.stale = moved = true;
    }
  }

  /** As `put_notification` in src/wasm/tables.rs writes it. */
  function takeTold(from: Reader, rowAt: (slot: number) => R | undefined): void {
    const to: number[] = [];
    for (let left = from.num(); left > 0; left--) to.push(from.num());
    const type = events[from.num() - 1] ?? "error";
    const instanceKey = keyText(from.num());
    const priorInstanceKey = keyText(from.num());
    const line = from.num();
    const oldIndex = from.num();
    const newIndex = from.num();
    if (type === "rowDeleted") headings.delete(instanceKey ?? "");
    let row: Line | null = null;
    if (type === "rowAdded" || type === "rowModified") {
      if (line < 0) row = heading(takeCells(from));
      else {
        const own = rowAt(line % ordinals) as R;
        row = projection.chosen ? (projection.of(own, Math.floor(line / ordinals), instanceKey ?? "") as R) : own;
      }
    }
    told.push({ to, notification: Object.freeze({ type, instanceKey, priorInstanceKey, row, oldIndex, newIndex }) });
  }

  function tell(): void {
    if (closed) return;
    const events = told;
    told = [];
    for (const { to, notification } of events) for (const connection of to) sinks.get(connection)?.tell(notification);
    if (!moved) return;
    moved = false;
    const now = [...panes];
    for (const pane of now) if (pane.stale) pane.watched.changed();
  }

  function end(): void {
    if (closed) return;
    closed = true;
    for (const { watched: pane } of panes) pane.close();
    for (const listeners of sinks.values()) listeners.clear();
    sinks.clear();
    told = [];
    headings = new Map();
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

  const port: Port<Line> = {
    ask, takeRows, property, name: columns.name,
    columns: (chosen) => projection.choose(chosen),
    moved(anew): void {
      if (anew === true) headings.clear();
      for (const pane of panes) pane.stale = true;
      moved = true;
      later();
    },
    openPane(range) {
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
    setColumns: (chosen) => whole(() => methods.setColumns(chosen)),
    restrict: (restriction) => whole(() => methods.restrict(restriction)),
    sortTable: (order, given) => whole(() => methods.sortTable(order, given)),
    findRow: (restriction, given) => whole(() => methods.findRow(restriction, given)),
  };

  return { id, slice, spoil, tell, end, take: takeTold, table };
}
