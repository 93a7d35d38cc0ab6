/** The columns of a host's table, and their names in the core: tags from 0x8000 on. */
import { MapiError, invalid, kind } from "../error.js";
import { readProperty } from "../restriction.js";
import { checkText, shown } from "../snapshot.js";
import type { Schema } from "../types/host.js";

/** PT_*. */
const types = {
  long: 0x3, i8: 0x14, double: 0x5, boolean: 0xb, string: 0x1f, systime: 0x40, binary: 0x102, mvLong: 0x1003, mvString: 0x101f, mvBinary: 0x1102,
} as const;

export type ColumnType = keyof typeof types;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly tag: string;
}

/** What the core computes. */
const computed: Readonly<Record<string, string>> = {
  instanceKey: "0x0FF60102", rowid: "0x30000003", rowType: "0x0FF50003", depth: "0x30050003", contentCount: "0x36020003", contentUnreadCount: "0x36030003",
};
const names = new Map(Object.entries(computed).map(([name, tag]) => [tag, name]));

export interface Columns {
  readonly all: readonly Column[];
  readonly byName: ReadonlyMap<string, Column>;
  /** A property's tag, if it has one; of a column, the column must be in the core. */
  readonly find: (value: unknown) => string | undefined;
  /** As `find`; MAPI_E_TOO_COMPLEX where there is none. */
  readonly tag: (value: unknown) => string;
  /** What `queryColumns` answers: the schema's, with `all` also those that the core computes. */
  readonly names: (all: boolean) => string[];
  /** The name of a tag. */
  readonly name: (tag: string) => string;
}

const most = 1_024;

export const isList = (type: ColumnType): boolean => type === "mvLong" || type === "mvString" || type === "mvBinary";

/** A name that nobody could use is better refused than shadowed. */
function checkName(name: string): void {
  if (name.length > 64) throw invalid("a column's name of at most 64 characters", `${name.length}`);
  checkText(name, "a column's name");
  if (name.startsWith("0x") || name.endsWith("[]")) throw invalid("a column's name that neither begins with 0x nor ends with []", name);
  if (Object.hasOwn(computed, name)) throw invalid(`a column's name other than ${Object.keys(computed).join(", ")}, which tables compute`, name);
}

const hex = (tag: number): string => `0x${tag.toString(16).padStart(8, "0").toUpperCase()}`;

export function readSchema(schema: unknown): Columns {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) throw invalid("a schema: the types of columns by name", kind(schema));
  const entries = Object.entries(schema as Schema);
  if (entries.length === 0 || entries.length > most) throw invalid(`a schema of 1 to ${most} columns`, `${entries.length}`);
  const all = entries.map(([name, type], index): Column => {
    checkName(name);
    if (typeof type !== "string" || !Object.hasOwn(types, type)) throw invalid(`a type of column ${shown(name)}: ${Object.keys(types).join(", ")}`, typeof type === "string" ? `the type ${shown(type)}` : kind(type));
    return { name, type, tag: hex((0x8000 + index) * 0x1_0000 + types[type]) };
  });
  const byName = new Map(all.map((column) => [column.name, column]));
  const byTag = new Map(all.map((column) => [column.tag, column.name]));
  const byEach = new Map(all.filter(({ type }) => isList(type)).map(({ name, tag }) => [`${name}[]`, hex(Number(tag) + 0x2000)]));
  for (const [name, tag] of byEach) byTag.set(tag, name);
  function find(value: unknown): string | undefined {
    const property = readProperty(value);
    if (!property.startsWith("0x")) return byName.get(property)?.tag ?? byEach.get(property) ?? (Object.hasOwn(computed, property) ? computed[property] : undefined);
    const number = Number(property);
    return Number.isInteger(number) && number <= 0xffff_ffff ? hex(number) : property;
  }
  return {
    all, byName, find,
    tag(value): string {
      const known = find(value);
      if (known === undefined) throw new MapiError("MAPI_E_TOO_COMPLEX", "a column of the schema", String(value));
      return known;
    },
    names: (extra) => [...byName.keys(), ...(extra ? Object.keys(computed) : [])],
    name: (tag) => byTag.get(tag) ?? names.get(tag) ?? tag,
  };
}

/** MVI_FLAG: one value a row. */
export const isEach = (tag: string): boolean => (Number(tag) & 0x3000) === 0x3000;

/** The column a tag names, also as one value a row. */
export function columnOf(columns: Columns, tag: string): Column | undefined {
  const plain = isEach(tag) ? hex(Number(tag) - 0x2000) : tag;
  return columns.all.find((column) => column.tag === plain);
}
