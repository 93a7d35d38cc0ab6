/** Questions on their way in: the twins of src/wasm/query. */
import type { RowValue } from "./shapes.js";
import type { Tape } from "./tape.js";

/** Numbers, booleans and texts in the order they are read. */
export type Flat = number | boolean | string | readonly Flat[];

export function putFlat(tape: Tape, value: Flat): void {
  if (typeof value === "string") tape.strs.push(value);
  else if (typeof value === "object") for (const item of value) putFlat(tape, item);
  else tape.nums.push(Number(value));
}

export const flatList = (items: readonly Flat[]): Flat => [items.length, items];
export const flatOption = (value: Flat | null): Flat => (value === null ? 0 : [1, value]);

type Pairs = readonly (readonly [string, RowValue])[];

/** As `putPairs` writes them. */
const flatPairs = (pairs: Pairs): Flat =>
  flatList(pairs.map(([name, value]) => [name, value === null ? 1 : [typeof value === "number" ? 2 : typeof value === "boolean" ? 3 : 4, value]]));

export const query = {
  open: (isQueue: boolean): Flat => [1, isQueue],
  openHeaders: (entry: string): Flat => [13, entry],
  setMessageStatus: (entry: string, header: string, status: number, mask: number): Flat => [14, entry, header, status, mask],
  headerProgress: (entry: string): Flat => [15, entry],
  close: (view: number): Flat => [2, view],
  view: (view: number, act: Flat): Flat => [3, view, act],
  why: (id: string): Flat => [4, id],
  report: (id: string): Flat => [5, id],
  message: (id: string): Flat => [6, id],
  estimate: (target: string | null): Flat => [7, flatOption(target)],
  addressTypes: 9,
  providers: 10,
  props: (entry: string, columns: readonly string[] | null): Flat => [11, entry, flatOption(columns && flatList(columns))],
  setProps: (entry: string, values: Pairs): Flat => [16, entry, flatPairs(values)],
  identity: 17,
  published: 18,
  settings: (uid: string, values: Pairs): Flat => [12, uid, flatPairs(values)],
} as const;

/** What can be done with a view. */
export const act = {
  setColumns: (columns: readonly string[]): Flat => [1, flatList(columns)],
  queryColumns: (all: boolean): Flat => [2, all],
  restrict: (restriction: Flat | null): Flat => [3, flatOption(restriction)],
  sortTable: (keys: Flat, categories: number, expanded: number): Flat => [4, keys, categories, expanded],
  queryRows: (count: number, noAdvance: boolean): Flat => [5, count, noAdvance],
  seekRow: (origin: number, count: number): Flat => [6, origin, count],
  seekRowApprox: (numerator: number, denominator: number): Flat => [7, numerator, denominator],
  queryPosition: 8,
  rowCount: 9,
  findRow: (restriction: Flat, origin: number, backward: boolean): Flat => [10, restriction, origin, backward],
  createBookmark: 11,
  freeBookmark: (bookmark: number): Flat => [12, bookmark],
  advise: 13,
  unadvise: (connection: number): Flat => [14, connection],
  range: (offset: number, count: number, version: number, keep: boolean): Flat => [17, offset, count, version, keep],
  notifications: 18,
  expandRow: (key: string, max: number): Flat => [19, key, max],
  collapseRow: (key: string): Flat => [20, key],
  collapseState: (key: string): Flat => [21, key],
  setCollapseState: (state: string): Flat => [22, state],
  sortOrder: 23,
} as const;
