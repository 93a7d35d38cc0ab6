/** Rows in chosen columns: made once a row, so that they can be compared by reference. */
import { readProperty } from "../restriction.js";
import { guarded } from "../snapshot.js";
import type { Cell, Row } from "../types/table.js";
import { put } from "./rows.js";
import { columnOf, isEach, type Columns } from "./schema.js";

const notFound = Object.freeze({ error: "MAPI_E_NOT_FOUND" }) as Cell;
export const nullTag = "0x00000001";

export interface Projection<R extends object> {
  /** False: rows go out as they came. */
  chosen: boolean;
  wantsKeys: boolean;
  wantsDepth: boolean;
  /** What was chosen. */
  names: readonly string[];
  choose(columns: readonly unknown[]): void;
  /** So many headings are above rows. */
  deepen(depth: number): void;
  of(row: R, ordinal: number, key: string | undefined): Row;
  heading(cells: Row): Row;
}

const [keyTag, rowIdTag, rowTypeTag, depthTag] = ["0x0FF60102", "0x30000003", "0x0FF50003", "0x30050003"];

interface Choice {
  readonly name: string;
  readonly read: (row: Record<string, unknown>, ordinal: number, key: string | undefined) => Cell;
}

/** `areMade`: rows may be made anew once nobody holds them. */
export function makeProjection<R extends object>(columns: Columns, areMade: boolean): Projection<R> {
  let choices: readonly Choice[] | undefined;
  let made = new WeakMap<R, Map<string, Row>>();
  /** Whoever holds a row in chosen columns holds the row: were that made anew, this would be too. */
  const bases = areMade ? new WeakMap<Row, R>() : undefined;
  let depth = 0;

  function choice(given: unknown): Choice {
    const tag = columns.find(given);
    if (tag === undefined) return { name: readProperty(given), read: () => notFound };
    const name = columns.name(tag);
    if (tag === nullTag) return { name, read: () => null };
    if (tag === keyTag) {
      projection.wantsKeys = true;
      return { name, read: (...[, , key]) => key ?? notFound };
    }
    if (tag === rowIdTag) {
      projection.wantsKeys = true;
      // Of a row's keys one a value, those above the lower 40 bits say which.
      return { name, read: (...[, , key]) => (key === undefined ? notFound : Number.parseInt(key.slice(8), 16) & 0x7fff_ffff) };
    }
    if (tag === depthTag) {
      projection.wantsDepth = true;
      return { name, read: () => depth };
    }
    if (tag === rowTypeTag) return { name, read: () => 1 };
    const plain = columnOf(columns, tag)?.name;
    const each = isEach(tag);
    if (plain === undefined) return { name, read: () => notFound };
    return {
      name,
      read(row, ordinal): Cell {
        const value = each ? (row[plain] as readonly Cell[] | undefined)?.[ordinal] : (row[plain] as Cell | undefined);
        return value === undefined || value === null ? notFound : value;
      },
    };
  }

  const projection: Projection<R> = {
    chosen: false, wantsKeys: false, wantsDepth: false, names: [],
    choose(given): void {
      projection.wantsKeys = projection.wantsDepth = false;
      choices = given.map(choice);
      projection.names = choices.map(({ name }) => name);
      projection.chosen = true;
      made = new WeakMap();
    },
    deepen(now): void {
      if (now !== depth) made = new WeakMap();
      depth = now;
    },
    of(row, ordinal, key): Row {
      const own = made.get(row) ?? new Map<string, Row>();
      const which = projection.wantsKeys ? (key ?? "") : String(ordinal);
      const known = own.get(which);
      if (known !== undefined) return known;
      const cells: Record<string, Cell> = {};
      guarded("a row", () => {
        for (const { name, read } of choices ?? []) put(cells, name, read(row as Record<string, unknown>, ordinal, key));
      });
      const fresh = Object.freeze(cells);
      made.set(row, own.set(which, fresh));
      bases?.set(fresh, row);
      return fresh;
    },
    heading(cells): Row {
      const shown: Record<string, Cell> = {};
      for (const name of projection.names) put(shown, name, name === nullTag ? null : Object.hasOwn(cells, name) ? cells[name] : notFound);
      return shown;
    },
  };
  return projection;
}
