/** Columns of a row that a host gives: of its status row, of a status object, of a header. */
import { MapiError } from "./error.js";
import { checkText, readFields } from "./snapshot.js";
import type { RowValue } from "./wire/shapes.js";

export function readColumns(value: unknown, what: string): [string, RowValue][] {
  const names = typeof value === "object" && value !== null ? Object.keys(value) : [];
  if (names.length > 64) throw new MapiError("MAPI_E_TOO_COMPLEX", "at most 64 columns", `${names.length}`);
  const columns = readFields(value, what, names);
  return names.map((name) => {
    const cell = columns[name];
    if (cell === undefined || cell === null) return [checkText(name, "a column's name", 64), null];
    if (typeof cell === "number" || typeof cell === "boolean") return [checkText(name, "a column's name", 64), cell];
    return [checkText(name, "a column's name", 64), checkText(cell, `column ${name}`)];
  });
}
