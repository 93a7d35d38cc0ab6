/** Notifications of one view, from the core to who listens: functions of the module, as in apply.ts. */
import type { Range, Sinks } from "../methods.js";
import { takeCells } from "../rows.js";
import type { Heading } from "../types/host.js";
import type { Row, TableNotification } from "../types/table.js";
import type { Watched } from "../watch.js";
import type { Reader } from "../wire/tape.js";
import type { Shown } from "./apply.js";
import { call } from "./call.js";
import type { Projection } from "./project.js";
import type { Rows } from "./rows.js";

/** A window, and what it showed last. */
export interface Pane<T> {
  readonly range: Range;
  readonly watched: Watched<readonly T[]>;
  stale: boolean;
  shown: readonly T[];
}

export interface Hearing<R extends object> {
  readonly rows: Rows<R>;
  readonly projection: Projection<R>;
  /** Whoever holds a heading may compare it by reference. */
  readonly headings: Map<string, Heading>;
  readonly heading: (cells: Row) => Heading;
  readonly sinks: Sinks<R | Heading>;
  readonly panes: Set<Pane<R | Heading>>;
  /** Some window may show something else. */
  moved: boolean;
  /** Who is to be told, and of what: one for one. Those before `at` have heard. */
  to: number[];
  told: TableNotification<R | Heading>[];
  at: number;
  /** Whoever is to be told reads again, and so has what happens until then. */
  stale: boolean;
}

export function hearing<R extends object>(
  rows: Rows<R>, projection: Projection<R>, headings: Map<string, Heading>, heading: (cells: Row) => Heading, sinks: Sinks<R | Heading>, panes: Set<Pane<R | Heading>>,
): Hearing<R> {
  return { rows, projection, headings, heading, sinks, panes, moved: false, to: [], told: [], at: 0, stale: false };
}

/** In the order of `ulTableEvent`, from 1. */
const events = ["changed", "error", "rowAdded", "rowDeleted", "rowModified", "sortDone", "restrictDone", "setColumnsDone", "reload"] as const;
export const ordinals = 0x1_0000_0000;

const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const half = (word: number): string => (pairs[word >>> 24] as string) + (pairs[(word >>> 16) & 255] as string) + (pairs[(word >>> 8) & 255] as string) + (pairs[word & 255] as string);
export const keyText = (key: number): string | null => (key < 0 ? null : (key < ordinals ? "00000000" : half(Math.floor(key / ordinals))) + half(key >>> 0));

const made = <R>(type: TableNotification["type"], instanceKey: string | null, priorInstanceKey: string | null, row: R | null, oldIndex: number, newIndex: number): TableNotification<R> =>
  Object.freeze({ type, instanceKey, priorInstanceKey, row, oldIndex, newIndex });

/** There is always one: see shapes.ts. */
const nothing = made<never>("changed", null, null, null, -1, -1);

/** The engine broke; it is the last. */
export const failed = made<never>("error", null, null, null, -1, -1);

/** The view shows something else than what is to be told leads to: whoever is to be told reads again. */
export function outdate<R extends object>(of: Hearing<R>): void {
  if (of.at === of.to.length) return;
  of.to = [...new Set(of.to.slice(of.at))];
  of.told = of.to.map(() => nothing);
  of.at = 0;
  of.stale = true;
}

/** Nobody is to be told of anything. */
export function forget<R extends object>(of: Hearing<R>): void {
  of.to = [];
  of.told = [];
  of.at = 0;
  of.stale = false;
}

/** As `put_notification` in src/wasm/tables.rs writes it. */
export function takeTold<R extends object>(of: Hearing<R>, from: Reader, shown: Shown<R>): void {
  const listeners = from.num();
  for (let left = listeners; left > 0; left--) of.to.push(from.num());
  const type = events[from.num() - 1] ?? "error";
  const instanceKey = keyText(from.num());
  const priorInstanceKey = keyText(from.num());
  const line = from.num();
  const oldIndex = from.num();
  const newIndex = from.num();
  let row: R | Heading | null = null;
  // A row that moved with its category, and that nobody has or that changed before and after: no row to tell of.
  let whole = type === "changed";
  if (type === "rowDeleted") of.headings.delete(instanceKey ?? "");
  else if (type === "rowAdded" || type === "rowModified") {
    if (line < 0) row = call(of.heading, takeCells(from));
    else {
      const slot = line < ordinals ? line : line % ordinals;
      const own = shown === undefined ? of.rows.held(slot) : shown.get(slot);
      if (own === undefined) whole = true;
      else row = of.projection.chosen ? (of.projection.of(own, Math.floor(line / ordinals), instanceKey ?? "") as R) : own;
    }
  }
  const notification = whole ? nothing : made(type, instanceKey, priorInstanceKey, row, oldIndex, newIndex);
  for (let left = listeners; left > 0; left--) of.told.push(notification);
  if (whole || of.stale) outdate(of);
}

/** The lines from one to another may differ. */
export function spoil<R extends object>(of: Hearing<R>, from: number, to: number): void {
  for (const pane of of.panes) {
    if (!pane.stale && from < pane.range.offset + pane.range.count && to >= pane.range.offset) pane.stale = of.moved = true;
  }
}

/** Of some change nobody can be told: any line may differ. */
export function lose<R extends object>(of: Hearing<R>): void {
  for (const pane of of.panes) pane.stale = true;
  of.moved = true;
  of.to = [...of.sinks.keys()];
  of.told = of.to.map(() => nothing);
  of.at = 0;
  of.stale = true;
}

/** Tells what was taken. */
export function tellTold<R extends object>(of: Hearing<R>): void {
  // What listeners do meanwhile is told behind it.
  while (of.at < of.told.length) {
    const [listeners, notification] = [of.sinks.get(of.to[of.at] as number), of.told[of.at] ?? nothing];
    of.at++;
    if (listeners !== undefined) call(listeners.tell, notification);
  }
  if (of.at > 0) forget(of);
  if (!of.moved) return;
  of.moved = false;
  const now = [...of.panes];
  for (const pane of now) if (pane.stale) call(pane.watched.changed);
}
