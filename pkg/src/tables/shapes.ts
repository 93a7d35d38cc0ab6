/**
 * One of everything that changes pass through, of a table that nobody has. Engines compile for shapes, and throw that away once
 * nothing has the shape: so the next table would begin anew whenever the last one was collected.
 */
import { everything } from "../methods.js";
import { watched } from "../watch.js";
import { Reader } from "../wire/tape.js";
import { changing } from "./apply.js";
import { openCore, type HostCore } from "./core.js";
import { loadedAs } from "./pen.js";
import { makeProjection } from "./project.js";
import { HostRows } from "./rows.js";
import { readSchema, type Column } from "./schema.js";
import { hearing } from "./told.js";

const nothing = (): never => {
  throw new RangeError("expected a table");
};

/** Never asked. */
const engine = { memory: () => ({ buffer: new ArrayBuffer(0) }), apply: nothing } as unknown as HostCore;

function one(): unknown {
  // Its bounds are doubles, as some column's always are.
  const columns = readSchema({ id: "systime" });
  const rows = new HostRows<object>([], columns, "id");
  const list = columns.all.map((column: Column, at) => loadedAs(column, at));
  const pane = { range: everything, stale: false, shown: [], watched: watched(() => []) };
  const heard = hearing<object>(rows, makeProjection(columns, false), new Map(), nothing, new Map(), new Set([pane]));
  const table = changing({ rows, key: "id", loaded: new Map(), list, others: new Map(), core: openCore(engine, nothing), hearings: new Map([[0, heard]]) });
  table.answer = new Reader(new Float64Array(0), 0, 0, "");
  return table;
}

const kept: unknown[] = [];

/** Makes sure that there is one. */
export function keepShapes(): void {
  if (kept.length === 0) kept.push(one());
}
