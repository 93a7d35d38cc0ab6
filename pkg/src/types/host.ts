/** Tables of the host's own rows. */
import type { Cell, Constant, PropertyOf, Restriction, Table } from "./table.js";

/**
 * What a column holds. Systime is ms, as a key without its fraction; binary hex, as a key in either case; i8 a safe integer; long has 32
 * bits, signed. Text has no NUL.
 */
export interface ColumnTypes {
  readonly long: number;
  readonly i8: number;
  readonly double: number;
  readonly boolean: boolean;
  readonly string: string;
  readonly systime: number;
  readonly binary: string;
  readonly mvLong: readonly number[];
  readonly mvString: readonly string[];
  readonly mvBinary: readonly string[];
}

/**
 * Columns by name. Rows may have more fields than these; those are never read. A name has at most 64 characters, does not begin with `0x`
 * or end with `[]`, and is none that tables compute: `instanceKey`, `rowid`, `rowType`, `depth`, `contentCount`, `contentUnreadCount`. A
 * schema kept in a variable needs `as const`: without, TypeScript forgets the types, and checks no property.
 */
export type Schema = Readonly<Record<string, keyof ColumnTypes>>;

/** What the columns hold, by name. */
export type ValuesOf<S extends Schema> = { readonly [K in keyof S]: ColumnTypes[S[K]] };

/** What names a row, in one of the columns `K`. */
export type KeyOf<S extends Schema, K extends keyof S> = Extract<ColumnTypes[S[K]], Constant>;

/** A row of such a table. */
export type RowOf<S extends Schema> = { readonly [K in keyof S]?: ColumnTypes[S[K]] | null | undefined };

/** A row that comes out of a table of JSON: all columns, `null` where it has no value. */
export type JsonRowOf<S extends Schema> = { readonly [K in keyof S]: ColumnTypes[S[K]] | null };

/**
 * The same rows column by column, in a plain object with the key's column at least; typed arrays go in as they are. They are read when
 * somebody first asks for a row or a column: the table keeps them until it is closed, and nobody else may change them meanwhile.
 */
export type ColumnsOf<S extends Schema> = { readonly [K in keyof S]?: ArrayLike<ColumnTypes[S[K]] | null | undefined> };

/** UTF-8 JSON. */
export type JsonBytes = Uint8Array | ArrayBuffer | Blob;

/**
 * The same rows as JSON, an array of objects; or as several such texts, as a server hands over pages, whose rows follow one another.
 * They are parsed in the engine and stay there. A row goes out as an object made when somebody looks at it: all columns of the schema,
 * null where the row has none; the same object until the row changes. Other fields are passed over. Stricter than with objects:
 * text is well-formed, a number fits a double (`1e400` does not), a field comes once. A schema with a column `json` cannot have this form.
 *
 * MAPI_E_INVALID_PARAMETER for what is no such JSON, with row and byte, counted from 0; MAPI_E_TABLE_TOO_BIG for more than 16,777,216
 * rows; MAPI_E_TOO_COMPLEX for 64 MiB in a row, 65,536 items in a value or 64 levels in a field that is passed over.
 */
export interface JsonRows {
  readonly json: JsonBytes | readonly JsonBytes[];
}

/**
 * What stands above the rows of a category: its keys, those above it first, and these; after `setColumns` the columns chosen, as rows have
 * them, with `{ error: "MAPI_E_NOT_FOUND" }` where a heading has no value. Choose `instanceKey` and `rowType` to expand and collapse.
 */
export interface Heading {
  /** TBL_EMPTY_CATEGORY, TBL_EXPANDED_CATEGORY, TBL_COLLAPSED_CATEGORY; a row of the host's has 1. */
  readonly rowType: 2 | 3 | 4;
  /** 0 for the outermost. */
  readonly depth: number;
  /** Rows below it. */
  readonly contentCount: number;
  /** Those of them that match `unread`. */
  readonly contentUnreadCount: number;
  /** What `expandRow` and `collapseRow` take. */
  readonly instanceKey: string;
  readonly [column: string]: Cell;
}

/**
 * `put` adds a row, or replaces the one with its key; `update` makes a new row of the old one and some fields: a plain object of its own
 * enumerable fields, without its class, accessors or hidden fields. Put rows that have such.
 */
export type TableChange<R, Key = unknown> =
  | { readonly put: R; readonly update?: never; readonly with?: never; readonly remove?: never }
  | { readonly update: Key; readonly with: Partial<R>; readonly put?: never; readonly remove?: never }
  | { readonly remove: Key; readonly put?: never; readonly update?: never; readonly with?: never };

/** A view of the host's own rows. */
export type ViewOf<R extends object, S extends Schema = Schema> = Table<R | Heading, PropertyOf<ValuesOf<S>>, Restriction<ValuesOf<S>>>;

/**
 * A table of the host's own rows. Rows go out as the very objects that came in (those of JSON: as objects made of it), until
 * `setColumns` asks for a choice of columns. They must not be changed but by `apply`. A heading is told by `"rowType" in line`. `K`: the
 * columns one of which may name rows; `P`: rows that may be put. There are no errors in columns (PT_ERROR): such a value is not there.
 */
export interface HostTable<R extends object, S extends Schema = Schema, K extends keyof S = keyof S, P = R> extends ViewOf<R, S> {
  /**
   * Changes rows, in order, all or none; listeners hear of it once this has returned.
   * More than 4,096 of them in a view are told as one `changed`.
   * MAPI_E_NOT_FOUND for a row that is not there, MAPI_E_INVALID_PARAMETER for a value of another type, or (see `key`) for rows that share
   * a key; of several changes the error says which, counted from 0. MAPI_E_CALL_FAILED when the engine broke, which ends the table:
   * listeners hear `error`, `get` and `size` answer until `close`; of JSON `get` finds rows that were read already, and is
   * MAPI_E_INVALID_OBJECT for others.
   */
  apply(changes: readonly TableChange<P, KeyOf<S, K>>[]): void;
  /** The lines from `offset` on, up to `count`, wherever the cursor is. */
  slice(offset: number, count: number): (R | Heading)[];
  /** The row with that key. */
  get(key: KeyOf<S, K>): R | undefined;
  /** How many rows there are, shown or not. */
  readonly size: number;
  /** Another view of the same rows. */
  openView(): ViewOf<R, S>;
}

/** Options of `createTable`. */
export interface TableOptions<S extends Schema, K extends keyof S & string = keyof S & string> {
  /**
   * The column whose values name rows, one a row. Default: the first. That each row has one of its own is not looked at when the table is opened, which
   * would take as long again, but when the first row is looked for by its key (`get`, `apply`, `setCollapseState`). If not, every
   * such call is MAPI_E_INVALID_PARAMETER with the two rows, or the one without, counted from 0: open the table anew without them.
   */
  readonly key?: K;
  /** Rows that headings count as unread. Default: none. */
  readonly unread?: Restriction<ValuesOf<S>>;
}

/**
 * Opens a table. The engine is loaded at the first call. MAPI_E_INVALID_PARAMETER for a schema or rows of another form, and for JSON of
 * other types; MAPI_E_TABLE_TOO_BIG for more than 16,777,216 rows (C-224). Values of rows that do not come as JSON are checked when a
 * question first reads their column, and it then throws MAPI_E_INVALID_PARAMETER, with the first such row, its place counted from 0. The
 * engine holds only the columns that sorting, restrictions and categories use; choosing columns reads none.
 */
export interface CreateTable {
  <const S extends Schema, R extends RowOf<S> = RowOf<S>, const K extends keyof S & string = keyof S & string>(
    schema: S, rows: readonly R[] | ColumnsOf<S>, options?: TableOptions<S, K>,
  ): Promise<HostTable<R, S, K>>;
  <const S extends Schema, const K extends keyof S & string = keyof S & string>(
    schema: S, rows: JsonRows, options?: TableOptions<S, K>,
  ): Promise<HostTable<JsonRowOf<S>, S, K, RowOf<S>>>;
  <const S extends Schema, R extends RowOf<S> = RowOf<S>, const K extends keyof S & string = keyof S & string>(
    schema: S, rows: readonly R[] | ColumnsOf<S> | JsonRows, options?: TableOptions<S, K>,
  ): Promise<HostTable<R | JsonRowOf<S>, S, K, R>>;
}
