/** Rows in chosen columns: made once a row, so that they can be compared by reference. */
import { guarded } from "../snapshot.js";
import type { Cell, Row } from "../types/table.js";
import type { Columns } from "./schema.js";

const notFound = Object.freeze({ error: "MAPI_E_NOT_FOUND" }) as Cell;
const nullTag = "0x00000001";

export interface Projection<R extends object> {
  /** False: rows go out as they came. */
  chosen: boolean;
  wantsKeys: boolean;
  choose(columns: readonly unknown[]): void;
  of(row: R, ordinal: number, key: string | undefined): Row;
}

interface Choice {
  readonly name: string;
  readonly read: (row: Record<string, unknown>, ordinal: number, key: string | undefined) => Cell;
}

export function makeProjection<R extends object>(columns: Columns): Projection<R> {
  let choices: readonly Choice[] | undefined;
  let made = new WeakMap<R, Map<string, Row>>();

  function choice(given: unknown): Choice {
    const tag = columns.tag(given);
    const name = columns.name(tag);
    if (tag === nullTag) return { name, read: () => null };
    if (name === "instanceKey") {
      projection.wantsKeys = true;
      return { name, read: (...[, , key]) => key ?? notFound };
    }
    if (name === "rowType") return { name, read: () => 1 };
    const number = Number(tag);
    const isEach = (number & 0x3000) === 0x3000;
    const plain = isEach ? columns.name(`0x${(number - 0x2000).toString(16).padStart(8, "0").toUpperCase()}`) : name;
    if (!columns.byName.has(plain)) return { name, read: () => notFound };
    return {
      name,
      read(row, ordinal): Cell {
        const value = isEach ? (row[plain] as readonly Cell[] | undefined)?.[ordinal] : (row[plain] as Cell | undefined);
        return value === undefined || value === null ? notFound : value;
      },
    };
  }

  const projection: Projection<R> = {
    chosen: false, wantsKeys: false,
    choose(given): void {
      projection.wantsKeys = false;
      choices = given.map(choice);
      projection.chosen = true;
      made = new WeakMap();
    },
    of(row, ordinal, key): Row {
      const own = made.get(row) ?? new Map<string, Row>();
      const which = projection.wantsKeys ? (key ?? "") : String(ordinal);
      const known = own.get(which);
      if (known !== undefined) return known;
      const cells: Record<string, Cell> = {};
      guarded("a row", () => {
        for (const { name, read } of choices ?? []) cells[name] = read(row as Record<string, unknown>, ordinal, key);
      });
      const fresh = Object.freeze(cells);
      made.set(row, own.set(which, fresh));
      return fresh;
    },
  };
  return projection;
}
