/** Tables and status objects, as seen from JavaScript. */
import type { MapiCode } from "./message.js";

/** A property: canonical camelCase name, or a raw tag such as `0x3E040003`. `0x00000001` is PR_NULL. */
export type Property = string | number;
/** Systime is ms, binary lower-case hex. */
export type Cell = string | number | boolean | null | readonly string[] | readonly number[] | { readonly error: MapiCode };
/** A row by canonical property names; a property it does not have is `{ error: "MAPI_E_NOT_FOUND" }` (C-010). */
export type Row = Readonly<Record<string, Cell>>;
/** Less, less or equal, greater, greater or equal, equal, not equal; `re` (regular expressions) is refused with MAPI_E_TOO_COMPLEX. */
export type Relop = "lt" | "le" | "gt" | "ge" | "eq" | "ne" | "re";

/** A value to compare with. */
export type Constant = string | number | boolean;
/** Columns that TypeScript does not know: any. Those of a host's table it knows, by the schema. */
export type AnyColumns = Readonly<Record<string, Constant | readonly string[] | readonly number[]>>;
/** What tables compute beside their columns. */
export type ComputedProperty = "instanceKey" | "rowid" | "rowType" | "depth" | "contentCount" | "contentUnreadCount";
type Tag = number | `0x${string}`;
type EachOf<C> = { [K in keyof C & string]: C[K] extends readonly unknown[] ? `${K}[]` : never }[keyof C & string];
/** A property of a table with the columns `C`, which maps names to values; `tags[]` is one value a row of the multi-valued column `tags`. */
export type PropertyOf<C> = string extends keyof C ? Property : (keyof C & string) | EachOf<C> | ComputedProperty | Tag;
type Of<P, V> = { readonly property: P; readonly op: Relop; readonly value: V };
type ValueRestriction<C> = string extends keyof C ? Of<Property, Constant>
  : { [K in keyof C & string]: C[K] extends readonly (infer V)[] ? Of<K | `${K}[]`, V> : Of<K, C[K]> }[keyof C & string] | Of<ComputedProperty | Tag, Constant>;

/**
 * SRestriction: which rows a table shows or `findRow` finds. A row without the property fails `property` and `exist` (C-213); types that
 * differ, `re`, and restrictions on sub-objects or counts of them are MAPI_E_TOO_COMPLEX (C-208, C-210, C-214). So are more than 32 levels,
 * 1,024 nodes, or 65,536 characters in a value; a text with a NUL is MAPI_E_INVALID_PARAMETER. `content`: `ignoreCase`
 * folds each character by itself, without a locale; `ignoreNonSpace` leaves accents, points and vowel signs of Latin, Greek, Cyrillic, Hebrew
 * and Arabic out of the comparison, composed or not; `loose` is both; default false (C-211).
 */
export type Restriction<C = AnyColumns> =
  | ValueRestriction<C>
  | { readonly content: PropertyOf<C>; readonly match: "full" | "substring" | "prefix"; readonly value: string; readonly ignoreCase?: boolean; readonly ignoreNonSpace?: boolean; readonly loose?: boolean }
  | { readonly bitmask: PropertyOf<C>; readonly mask: number; readonly op: "eqz" | "nez" }
  | { readonly exist: PropertyOf<C> }
  | { readonly size: PropertyOf<C>; readonly op: Relop; readonly value: number }
  | { readonly compare: readonly [PropertyOf<C>, PropertyOf<C>]; readonly op: Relop }
  | { readonly comment: Restriction<C>; readonly props?: Readonly<Record<string, unknown>> }
  | { readonly and: readonly Restriction<C>[] }
  | { readonly or: readonly Restriction<C>[] }
  | { readonly not: Restriction<C> };

/** One key of SSortOrderSet; rows without the property come last either way (C-194). */
export interface SortOrder<P = Property> {
  readonly property: P;
  readonly order: "ascending" | "descending";
  /** Makes one category with the key before it (TABLE_SORT_COMBINE). Default false. */
  readonly combine?: boolean;
  /** Orders the category before it by its smallest value (TABLE_SORT_CATEG_MIN). Default false. */
  readonly categMin?: boolean;
  /** By its largest (TABLE_SORT_CATEG_MAX). Default false. */
  readonly categMax?: boolean;
}

/** 0 beginning, 1 current, 2 end, or one from `createBookmark`. */
export type Bookmark = number;
/**
 * TABLE_NOTIFICATION's events. `changed`: more than can be told row by row (over 4,096 at once, a category of more than 64 lines that
 * moved, a call of the view's own that overtook what was to be told); read the snapshot again: it has all that happened until then.
 * `reload`: a session's engine began anew, keys and bookmarks are void. `error`: a host table's engine broke, the table is closed.
 * `sortDone`, `restrictDone` and `setColumnsDone` never come: such calls are done when they return.
 */
export type TableEventType = "changed" | "error" | "rowAdded" | "rowDeleted" | "rowModified" | "sortDone" | "restrictDone" | "setColumnsDone" | "reload";

/** TABLE_NOTIFICATION. `oldIndex`/`newIndex` are -1 where there is none. */
export interface TableNotification<R = Row> {
  readonly type: TableEventType;
  /** Of the row it is about; `null` when it is about the table. */
  readonly instanceKey: string | null;
  /** Of the row now before it; `null` for the first (C-217). */
  readonly priorInstanceKey: string | null;
  /** In the columns chosen when the change happened (C-219); `null` of a deleted row (C-218). */
  readonly row: R | null;
  readonly oldIndex: number;
  readonly newIndex: number;
}

/** A value that changes, for React, Vue, Svelte, async iteration and plain callbacks. Listeners run after the call that caused the change (C-179). */
export interface Watchable<T> {
  /** The same reference until something changes. */
  readonly getSnapshot: () => T;
  /** Called when it is time to look: the snapshot may be another. */
  readonly onChange: (listener: () => void, options?: { readonly signal?: AbortSignal }) => () => void;
  /** Calls at once, then at every change. */
  readonly subscribe: (run: (value: T) => void) => () => void;
  /** Later values, the newest if the reader is slow; ends with `signal` or `close()`. Begins at this call: what changes before the first `next` is not missed. */
  readonly changes: (options?: { readonly signal?: AbortSignal }) => AsyncIterableIterator<T>;
}

/** The visible range, for virtual lists. */
export interface TableWindow<R = Row> extends Watchable<readonly R[]> {
  /** Index of its first row. */
  readonly offset: number;
  /** The most rows it shows. */
  readonly count: number;
  /** Ends its listeners and iterations; it goes on showing what it showed last. Idempotent. */
  close(): void;
}

/** IMAPITable; `P`, `F`: how its properties and restrictions are written. Every method may throw `MapiError`; the table's own snapshot is all of its rows. */
export interface Table<R = Row, P = Property, F = Restriction> extends Watchable<readonly R[]> {
  /**
   * Rows have these properties from now on, whatever `R` says, in a host's table in new, frozen objects. A multi-valued property by its tag
   * with MVI_FLAG (0x3000), in a host's table also by its column's name with `[]`, makes a row of each of its first 4,096 values; a second
   * such property beside it, here or in the order or the restriction, is MAPI_E_TOO_COMPLEX. A column no row has is
   * `{ error: "MAPI_E_NOT_FOUND" }` in all of them (C-181), in a host's table also under a name that is none; elsewhere that is
   * MAPI_E_INVALID_PARAMETER.
   */
  setColumns(columns: readonly P[]): void;
  /** Names of the columns rows have; with `all`, of every column there is. */
  queryColumns(options?: { readonly all?: boolean }): (P & string)[];
  /** Shows the rows that match, `null` all. Replaces the restriction before it, drops bookmarks and rewinds (C-188 to C-190). MAPI_E_TOO_COMPLEX, in a host's table also for a column that is none; MAPI_E_INVALID_PARAMETER for what is no restriction, elsewhere also for a name that is no property's. */
  restrict(restriction: F | null): void;
  /**
   * The first `categories` keys make headings, the first `expanded` of which are open. MAPI_E_TOO_COMPLEX for more than 16 keys, two
   * properties with one row a value, types without an order (PT_ERROR, PT_OBJECT), in a host's table a column that is none;
   * MAPI_E_INVALID_PARAMETER for other counts and for what combines or orders no category before it. The order then stays (C-192).
   */
  sortTable(order: readonly SortOrder<P>[], options?: { readonly categories?: number; readonly expanded?: number }): void;
  /** What `sortTable` was last given. */
  querySortOrder(): { readonly order: readonly SortOrder<P & string>[]; readonly categories: number; readonly expanded: number };
  /** Up to `count` rows from the cursor, which ends behind them; a negative count reads back (C-184, C-185). None at the end; MAPI_E_INVALID_PARAMETER for 0 (C-183). `noAdvance`: the cursor stays. */
  queryRows(count: number, options?: { readonly noAdvance?: boolean }): R[];
  /** Moves the cursor `count` rows from `origin`; `sought`: how far it came before an end (C-195). `positionChanged`: the bookmark's row is gone (C-197). MAPI_E_INVALID_BOOKMARK. */
  seekRow(origin: Bookmark, count: number): { readonly sought: number; readonly positionChanged: boolean };
  /** Moves the cursor to the fraction `numerator / denominator` of the rows; 0 is the first, 1 behind the last (C-201). */
  seekRowApprox(numerator: number, denominator: number): void;
  /** Where the cursor is: before row `row`, and as a fraction whose denominator is never 0 (C-202). */
  queryPosition(): { readonly row: number; readonly numerator: number; readonly denominator: number };
  /** Rows that match, headings among them. */
  getRowCount(): number;
  /** Moves the cursor to the next row that matches, from `origin` (default: the beginning) on, or back. MAPI_E_NOT_FOUND (C-203, C-204), in a host's table also by a column that is none. */
  findRow(restriction: F, options?: { readonly origin?: Bookmark; readonly backward?: boolean }): { readonly positionChanged: boolean };
  /** Marks the row at the cursor; MAPI_E_UNABLE_TO_COMPLETE for more than 99 (C-200). */
  createBookmark(): Bookmark;
  /** Afterwards it is MAPI_E_INVALID_BOOKMARK; 0, 1 and 2 are never freed (C-196, C-199). */
  freeBookmark(bookmark: Bookmark): void;
  /** Up to `max` (default 0) of the rows that came, and how many came in all. */
  expandRow(instanceKey: string, max?: number): { readonly rows: R[]; readonly more: number };
  /** How many rows went. */
  collapseRow(instanceKey: string): number;
  /** Which headings are open, and the row with that key, to keep; MAPI_E_NO_SUPPORT without categories. Headings are known by their values, rows of a host's table by its key; other rows only as long as the table's session. */
  getCollapseState(instanceKey: string): string;
  /** A bookmark on the row that was kept. */
  setCollapseState(state: string): Bookmark;
  /** Nothing is ever under way: every call is done when it returns. */
  getStatus(): { readonly status: "TBLSTAT_COMPLETE"; readonly type: "TBLTYPE_DYNAMIC" };
  /** Always MAPI_E_UNABLE_TO_ABORT: every call is done when it returns. */
  abort(): void;
  /** Resolves at once. `timeout`, an integer of ms, is taken and not needed (C-223). */
  waitForCompletion(timeout?: number): Promise<"TBLSTAT_COMPLETE">;
  /**
   * Tells every change of a row that is shown; answers its end (C-178). Whoever takes a copy of the snapshot beside this call, applies
   * notifications to it in order, first out at `oldIndex`, then in at `newIndex`, and takes the snapshot anew at `changed`, at `reload` and
   * after calls of this view that change what it shows (which tell nothing, C-221), always ends with the snapshot.
   */
  advise(listener: (notification: TableNotification<R>) => void, options?: { readonly signal?: AbortSignal }): () => void;
  /** A range of rows that stays up to date; close it when it is not shown any more. */
  window(range: { readonly offset: number; readonly count: number }): TableWindow<R>;
  /**
   * Ends its windows, listeners and iterations. `getSnapshot`, `onChange`, `subscribe` and `changes`, its own and its windows', go on with
   * what was shown last to who watched, so that a component may render once more; every other call throws MAPI_E_INVALID_OBJECT (the
   * promise of `waitForCompletion` rejects). Idempotent. Until then its view stays in the core, also when nobody holds the table any more:
   * close one that is not shown any more.
   */
  close(): void;
}

/** IMAPIStatus::ValidateState's flags. Default: none. */
export interface ValidateFlags {
  /** CONFIG_CHANGED: address types are asked for anew (C-039, C-040). */
  readonly configChanged?: boolean;
  /** FORCE_XP_CONNECT: a transport connects within the next flush (C-048). */
  readonly forceConnect?: boolean;
  /** FORCE_XP_DISCONNECT: the transport goes offline (C-047). */
  readonly forceDisconnect?: boolean;
  /** REFRESH_XP_HEADER_CACHE: a new list of headers, without marks (C-051, C-175). */
  readonly refreshHeaders?: boolean;
  /** PROCESS_XP_HEADER_CACHE: fetch and delete what is marked, then a new list (C-052). */
  readonly processHeaders?: boolean;
  /** ABORT_XP_HEADER_OPERATION: ends header work (C-049). */
  readonly abortHeaders?: boolean;
  /** SHOW_XP_SESSION_UI: the provider may show what it is doing. */
  readonly showSessionUi?: boolean;
  /** SUPPRESS_UI: no windows (C-042). */
  readonly suppressUi?: boolean;
}

/** Named phases; `messages` and `bytes` never go back. */
export interface FlushProgress {
  /** `prepare`, `transmit`, `confirm` and `file` of what goes out, `receive` of what comes in. */
  readonly phase: "prepare" | "transmit" | "confirm" | "file" | "receive" | "done";
  readonly messages: number;
  readonly totalMessages: number;
  /** Of the bodies. */
  readonly bytes: number;
  readonly totalBytes: number;
}

/** IMAPIStatus::FlushQueues' flags; without `upload` and `download` nothing is moved. */
export interface FlushFlags {
  /** FLUSH_UPLOAD: send what waits. */
  readonly upload?: boolean;
  /** FLUSH_DOWNLOAD: fetch what is there. */
  readonly download?: boolean;
  /** FLUSH_FORCE: also where it costs, and whatever the transport thinks of it. */
  readonly force?: boolean;
  /** FLUSH_NO_UI: no windows (C-060). */
  readonly noUi?: boolean;
  /** FLUSH_ASYNC_OK: resolves when the flush has begun (C-057). */
  readonly asyncOk?: boolean;
  /** A transport's entry id; only on the spooler's object. */
  readonly target?: Cell;
  /** Stops the flush: what is being sent goes on, no other transport is asked. One in another tab goes on. */
  readonly signal?: AbortSignal;
  /** Called at every change. */
  readonly onProgress?: (progress: FlushProgress) => void;
}

/** How far header work has come: counts and bytes never go back while it lasts. */
export interface HeaderProgress {
  readonly phase: "idle" | "download" | "delete" | "refresh";
  /** Marked messages that are done; `failed` among them, which keep their marks. */
  readonly messages: number;
  /** Marked messages when it began. */
  readonly totalMessages: number;
  readonly failed: number;
  readonly bytes: number;
  readonly totalBytes: number;
  /** How the last work ended; MAPI_W_ERRORS_RETURNED when a message failed, `null` before the first and while one runs. */
  readonly result: MapiCode | null;
}

/** MSGSTATUS_REMOTE_DOWNLOAD and _DELETE; both: a move. */
export interface RemoteMarks {
  /** Fetch it. */
  readonly download?: boolean;
  /** Delete it on the server. */
  readonly delete?: boolean;
}

/** The header folder of a remote transport (C-168): what is on its server, seen before it is fetched. */
export interface HeaderFolder {
  /** Eighteen columns (C-170); its rows are those of the last `refreshHeaders`. */
  getContentsTable(): Table;
  /** `header` is a row's `entryId`. Changes the bits of `mask`, or the marks named; answers the status before. */
  setMessageStatus(header: Cell | undefined, status: RemoteMarks | number, mask?: number): number;
  /** Its ten properties (C-169), errors in their slots. */
  getProps(properties: readonly Property[]): Row;
  /** Their names. */
  getPropList(): string[];
  /** The row's `remoteProgress` in full; changes are told by the status table. */
  getProgress(): HeaderProgress;
}

/** IMAPIStatus. A method whose bit is clear in `resourceMethods` rejects with MAPI_E_NO_SUPPORT. */
export interface StatusObject {
  /** The row's; the same in every life. */
  readonly entryId: string;
  /** Checks, connects, or works on headers. Resolves when it is done, for header work and connections when it is accepted. MAPI_E_BUSY (C-043, C-045), MAPI_E_UNKNOWN_FLAGS (C-036), what the provider threw; `signal` stops the waiting, not the work. */
  validateState(flags?: (ValidateFlags & { readonly signal?: AbortSignal }) | number): Promise<void>;
  /** Send and receive now: everybody's on the spooler's object (C-055), one transport's on its own (C-054); with neither `upload` nor `download` nothing, as in MAPI. MAPI_E_BUSY beside another flush (C-061), MAPI_E_CANCEL when the tab stops driving, its reason when `signal` aborts. */
  flushQueues(flags: FlushFlags): Promise<void>;
  /** MAPI_E_NO_ACCESS: the old one is wrong (C-063). Releases what every provider with this credential had parked (O-52). `signal` stops the waiting. */
  changePassword(oldPassword: string, newPassword: string, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Resolves when settings are in force, or the dialog was closed without a change; MAPI_E_USER_CANCEL when the person cancelled. `signal` stops the waiting: it closes no dialog. */
  settingsDialog(options?: { readonly readOnly?: boolean; readonly signal?: AbortSignal }): Promise<void>;
  /** The row's columns, errors in their slots; MAPI_E_INVALID_PARAMETER for none (C-032, C-034). */
  getProps(properties: readonly Property[]): Row;
  /** Of providers `displayName` and `providerDisplay`, for this session; else MAPI_E_NO_ACCESS (C-027). */
  setProps(values: Readonly<Record<string, Cell>>): void;
  /** MAPI_E_NO_SUPPORT unless the transport has `headers`. */
  headers(): HeaderFolder;
  /** Names of what `getProps` can answer (C-035). */
  getPropList(): string[];
}
