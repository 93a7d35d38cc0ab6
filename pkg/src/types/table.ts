/** Tables and status objects, as seen from JavaScript. */
import type { MapiCode } from "./message.js";

/** A property: canonical camelCase name, or a raw tag such as `0x3E040003`. `0x00000001` is PR_NULL. */
export type Property = string | number;
/** Systime is ms, binary lower-case hex. */
export type Cell = string | number | boolean | null | readonly string[] | readonly number[] | { readonly error: MapiCode };
export type Row = Readonly<Record<string, Cell>>;
export type Relop = "lt" | "le" | "gt" | "ge" | "eq" | "ne" | "re";

/** SRestriction. A relop `re` and restrictions on sub-objects or counts of them answer MAPI_E_TOO_COMPLEX. */
export type Restriction =
  | { readonly property: Property; readonly op: Relop; readonly value: string | number | boolean }
  | { readonly content: Property; readonly match: "full" | "substring" | "prefix"; readonly value: string; readonly ignoreCase?: boolean; readonly ignoreNonSpace?: boolean; readonly loose?: boolean }
  | { readonly bitmask: Property; readonly mask: number; readonly op: "eqz" | "nez" }
  | { readonly exist: Property }
  | { readonly size: Property; readonly op: Relop; readonly value: number }
  | { readonly compare: readonly [Property, Property]; readonly op: Relop }
  | { readonly comment: Restriction; readonly props?: Readonly<Record<string, unknown>> }
  | { readonly and: readonly Restriction[] }
  | { readonly or: readonly Restriction[] }
  | { readonly not: Restriction };

export interface SortOrder {
  readonly property: Property;
  readonly order: "ascending" | "descending";
  readonly combine?: boolean;
  readonly categMin?: boolean;
  readonly categMax?: boolean;
}

/** 0 beginning, 1 current, 2 end, or one from `createBookmark`. */
export type Bookmark = number;
export type TableEventType = "changed" | "error" | "rowAdded" | "rowDeleted" | "rowModified" | "sortDone" | "restrictDone" | "setColumnsDone" | "reload";

/** TABLE_NOTIFICATION. `oldIndex`/`newIndex` are -1 where there is none. */
export interface TableNotification<R = Row> {
  readonly type: TableEventType;
  readonly instanceKey: string | null;
  readonly priorInstanceKey: string | null;
  readonly row: R | null;
  readonly oldIndex: number;
  readonly newIndex: number;
}

export interface Watchable<T> {
  /** The same reference until something changes. */
  readonly getSnapshot: () => T;
  /** Called when it is time to look: the snapshot may be another. */
  readonly onChange: (listener: () => void, options?: { readonly signal?: AbortSignal }) => () => void;
  /** Calls at once, then at every change. */
  readonly subscribe: (run: (value: T) => void) => () => void;
  readonly changes: (options?: { readonly signal?: AbortSignal }) => AsyncIterableIterator<T>;
}

/** The visible range, for virtual lists. */
export interface TableWindow<R = Row> extends Watchable<readonly R[]> {
  readonly offset: number;
  readonly count: number;
  close(): void;
}

/** IMAPITable. Every method may throw `MapiError`; the table's own snapshot is all of its rows. */
export interface Table<R = Row> extends Watchable<readonly R[]> {
  /** A multi-valued property by its tag with MVI_FLAG (0x3000) makes a row of each value. */
  setColumns(columns: readonly Property[]): void;
  queryColumns(options?: { readonly all?: boolean }): string[];
  restrict(restriction: Restriction | null): void;
  /** The first `categories` keys make headings, the first `expanded` of which are open. */
  sortTable(order: readonly SortOrder[], options?: { readonly categories?: number; readonly expanded?: number }): void;
  querySortOrder(): { readonly order: readonly SortOrder[]; readonly categories: number; readonly expanded: number };
  queryRows(count: number, options?: { readonly noAdvance?: boolean }): R[];
  seekRow(origin: Bookmark, count: number): { readonly sought: number; readonly positionChanged: boolean };
  seekRowApprox(numerator: number, denominator: number): void;
  queryPosition(): { readonly row: number; readonly numerator: number; readonly denominator: number };
  getRowCount(): number;
  findRow(restriction: Restriction, options?: { readonly origin?: Bookmark; readonly backward?: boolean }): { readonly positionChanged: boolean };
  createBookmark(): Bookmark;
  freeBookmark(bookmark: Bookmark): void;
  /** Up to `max` (default 0) of the rows that came, and how many came in all. */
  expandRow(instanceKey: string, max?: number): { readonly rows: R[]; readonly more: number };
  /** How many rows went. */
  collapseRow(instanceKey: string): number;
  /** Which headings are open, and the row with that key, to keep. */
  getCollapseState(instanceKey: string): string;
  /** A bookmark on the row that was kept. */
  setCollapseState(state: string): Bookmark;
  getStatus(): { readonly status: "TBLSTAT_COMPLETE"; readonly type: "TBLTYPE_DYNAMIC" };
  /** Always MAPI_E_UNABLE_TO_ABORT: every call is done when it returns. */
  abort(): void;
  waitForCompletion(timeout?: number): Promise<"TBLSTAT_COMPLETE">;
  advise(listener: (notification: TableNotification<R>) => void, options?: { readonly signal?: AbortSignal }): () => void;
  window(range: { readonly offset: number; readonly count: number }): TableWindow<R>;
  close(): void;
}

export interface ValidateFlags {
  readonly configChanged?: boolean;
  readonly forceConnect?: boolean;
  readonly forceDisconnect?: boolean;
  readonly refreshHeaders?: boolean;
  readonly processHeaders?: boolean;
  readonly abortHeaders?: boolean;
  readonly showSessionUi?: boolean;
  readonly suppressUi?: boolean;
}

/** Named phases; `messages` and `bytes` never go back. */
export interface FlushProgress {
  readonly phase: "prepare" | "transmit" | "confirm" | "file" | "receive" | "done";
  readonly messages: number;
  readonly totalMessages: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface FlushFlags {
  readonly upload?: boolean;
  readonly download?: boolean;
  readonly force?: boolean;
  readonly noUi?: boolean;
  readonly asyncOk?: boolean;
  /** A transport's entry id; only on the spooler's object. */
  readonly target?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FlushProgress) => void;
}

/** How far header work has come: counts and bytes never go back while it lasts. */
export interface HeaderProgress {
  readonly phase: "idle" | "download" | "delete" | "refresh";
  /** Marked messages that are done; `failed` among them, which keep their marks. */
  readonly messages: number;
  readonly totalMessages: number;
  readonly failed: number;
  readonly bytes: number;
  readonly totalBytes: number;
  /** How the last work ended; MAPI_W_ERRORS_RETURNED when a message failed, `null` before the first and while one runs. */
  readonly result: MapiCode | null;
}

/** MSGSTATUS_REMOTE_DOWNLOAD and _DELETE; both: a move. */
export interface RemoteMarks { readonly download?: boolean; readonly delete?: boolean }

/** The header folder of a remote transport (C-168): what is on its server, seen before it is fetched. */
export interface HeaderFolder {
  /** Eighteen columns (C-170); its rows are those of the last `refreshHeaders`. */
  getContentsTable(): Table;
  /** `header` is a row's `entryId`. Changes the bits of `mask`, or the marks named; answers the status before. */
  setMessageStatus(header: string, status: RemoteMarks | number, mask?: number): number;
  getProps(properties: readonly Property[]): Row;
  getPropList(): string[];
  /** The row's `remoteProgress` in full; changes are told by the status table. */
  getProgress(): HeaderProgress;
}

/** IMAPIStatus. A method whose bit is clear in `resourceMethods` rejects with MAPI_E_NO_SUPPORT. */
export interface StatusObject {
  readonly entryId: string;
  validateState(flags?: ValidateFlags | number): Promise<void>;
  flushQueues(flags: FlushFlags): Promise<void>;
  changePassword(oldPassword: string, newPassword: string): Promise<void>;
  settingsDialog(options?: { readonly readOnly?: boolean }): Promise<void>;
  getProps(properties: readonly Property[]): Row;
  /** Of providers `displayName` and `providerDisplay`, for this session; else MAPI_E_NO_ACCESS (C-027). */
  setProps(values: Readonly<Record<string, Cell>>): void;
  /** MAPI_E_NO_SUPPORT unless the transport has `headers`. */
  headers(): HeaderFolder;
  getPropList(): string[];
}
