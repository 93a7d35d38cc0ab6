/** Restrictions and sort orders on their way in: the twins of src/wasm/view/restriction.rs. */
import { MapiError, invalid, kind } from "./error.js";
import { checkBool, checkInteger, checkOneOf, checkText, guarded, isRecord, readFields, readList, type Fields } from "./snapshot.js";
import { flatList, type Flat } from "./wire/query.js";

/** As src/table/restriction.rs has them. */
const depthMax = 32;
const nodesMax = 1_024;
export const columnsMax = 1_024;
/** In the order of RELOP_*. */
const ops = ["lt", "le", "gt", "ge", "eq", "ne", "re"] as const;
/** In the order of FL_FULLSTRING and what follows it. */
const matches = ["full", "substring", "prefix"] as const;
const fuzzy = { ignoreCase: 0x1_0000, ignoreNonSpace: 0x2_0000, loose: 0x4_0000 } as const;

/** A canonical name (of 64 characters, perhaps with `[]`), or a tag; tags go in as text. */
export function readProperty(value: unknown): string {
  if (typeof value !== "number") return checkText(value, "a property", 66);
  return `0x${checkInteger(value, "a property tag", 0, 0xffff_ffff).toString(16).padStart(8, "0").toUpperCase()}`;
}

/** How a property is named to the core. */
export type ReadProperty = (value: unknown) => string;

export const readProperties = (value: unknown, property: ReadProperty = readProperty): string[] =>
  readList(value, "properties", columnsMax).map((item) => property(item));

/** Behind the tag of its type, as values in rows. */
function constant(value: unknown): Flat {
  if (typeof value === "string") return [4, checkText(value, "the value of a restriction")];
  if (typeof value === "boolean") return [3, value];
  if (Array.isArray(value)) throw new MapiError("MAPI_E_TOO_COMPLEX", "one value, of a multi-valued property as well", "an array");
  if (typeof value !== "number" || Number.isNaN(value)) throw invalid("the value of a restriction: text, a number or a boolean", kind(value));
  return [2, value];
}

const flag = (given: Fields, name: string): boolean => given[name] !== undefined && checkBool(given[name], name);

/** The field that says which kind it is, and what else it has. */
const kinds = {
  property: ["property", "op", "value"],
  content: ["content", "match", "value", "ignoreCase", "ignoreNonSpace", "loose"],
  bitmask: ["bitmask", "mask", "op"],
  exist: ["exist"],
  size: ["size", "op", "value"],
  compare: ["compare", "op"],
  comment: ["comment", "props"],
  and: ["and"],
  or: ["or"],
  not: ["not"],
} as const;
/** RES_SUBRESTRICTION and RES_COUNT: no table here has rows of rows. */
const unsupported = ["subObject", "count"] as const;
const allFields = [...new Set([...Object.values(kinds).flat(), ...unsupported, "restriction"])];

/** Refuses a value that its property never has. */
export type CheckConstant = (property: unknown, value: unknown) => void;

export function readRestriction(restriction: unknown, property: ReadProperty = readProperty, check?: CheckConstant): Flat {
  let nodes = 0;

  function fitting(of: unknown, value: unknown): Flat {
    const read = constant(value);
    check?.(of, value);
    return read;
  }

  const inner = (value: unknown, depth: number): Flat => {
    if (depth > depthMax || ++nodes > nodesMax) {
      throw new MapiError("MAPI_E_TOO_COMPLEX", `a restriction of at most ${depthMax} levels and ${nodesMax} nodes`, "more (or a cycle)");
    }
    return node(readFields(value, "a restriction", allFields), depth);
  };

  const list = (value: unknown, depth: number): Flat => flatList(readList(value, "a list of restrictions", nodesMax).map((item) => inner(item, depth + 1)));

  function node(given: Fields, depth: number): Flat {
    const without = unsupported.find((name) => given[name] !== undefined);
    if (without !== undefined) throw new MapiError("MAPI_E_TOO_COMPLEX", "a restriction on the rows' own properties", `one on ${without}`);
    const found = (Object.keys(kinds) as (keyof typeof kinds)[]).filter((name) => given[name] !== undefined);
    const [type] = found;
    if (type === undefined || found.length > 1) throw invalid(`a restriction with one of ${Object.keys(kinds).join(", ")}`, found.length > 1 ? found.join(" and ") : "none of them");
    const stray = Object.keys(given).find((name) => given[name] !== undefined && !(kinds[type] as readonly string[]).includes(name));
    if (stray !== undefined) throw invalid(`a restriction with the fields ${kinds[type].join(", ")}`, `the field ${stray}`);
    const op = (): number => ops.indexOf(checkOneOf(given["op"], "op of a restriction", ops));
    switch (type) {
      case "property":
        return [4, property(given["property"]), op(), fitting(given["property"], given["value"])];
      case "content":
        return [
          5, property(given["content"]),
          matches.indexOf(checkOneOf(given["match"], "match", matches)) +
            fuzzy.ignoreCase * Number(flag(given, "ignoreCase")) + fuzzy.ignoreNonSpace * Number(flag(given, "ignoreNonSpace")) + fuzzy.loose * Number(flag(given, "loose")),
          fitting(given["content"], checkText(given["value"], "value")),
        ];
      case "bitmask":
        return [6, property(given["bitmask"]), checkInteger(given["mask"], "mask", 0, 0xffff_ffff), checkOneOf(given["op"], "op of a bitmask", ["eqz", "nez"]) === "nez"];
      case "exist":
        return [7, property(given["exist"])];
      case "size":
        return [8, property(given["size"]), op(), checkInteger(given["value"], "value of a size", 0, 0xffff_ffff)];
      case "compare": {
        const [left, right, ...more] = readList(given["compare"], "compare", 2);
        if (left === undefined || right === undefined || more.length > 0) throw invalid("compare: two properties", "another number");
        return [9, property(left), property(right), op()];
      }
      case "comment":
        if (given["props"] !== undefined && !isRecord(given["props"])) throw invalid("props of a comment: values by name", kind(given["props"]));
        return [10, inner(given["comment"], depth + 1)];
      case "and":
        return [1, list(given["and"], depth)];
      case "or":
        return [2, list(given["or"], depth)];
      case "not":
        return [3, inner(given["not"], depth + 1)];
    }
  }

  return guarded("a restriction", () => inner(restriction, 1));
}

/** In the order of `KeyRole` in src/table/order.rs, from 1. */
const roles = ["combine", "categMin", "categMax"] as const;

export const readSortOrder = (value: unknown, property: ReadProperty = readProperty): Flat =>
  flatList(readList(value, "a sort order", 64).map((item) => {
    const key = readFields(item, "a sort key", ["property", "order", ...roles]);
    const set = roles.filter((role) => flag(key, role));
    if (set.length > 1) throw invalid("a sort key with one of combine, categMin, categMax", "two");
    const down = checkOneOf(key["order"], "order", ["ascending", "descending"]) === "descending";
    return [property(key["property"]), down, set[0] === undefined ? 0 : roles.indexOf(set[0]) + 1];
  }));
