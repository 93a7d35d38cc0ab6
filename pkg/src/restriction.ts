/** Restrictions and sort orders on their way in: the twins of src/wasm/query/restriction.rs. */
import { MapiError, invalid, kind } from "./error.js";
import { checkBool, checkInteger, checkOneOf, checkText, readFields, readList, type Fields } from "./snapshot.js";

const depthMax = 64;
const nodesMax = 1_024;
const columnsMax = 1_024;
const ops = ["lt", "le", "gt", "ge", "eq", "ne", "re"] as const;
const matches = ["full", "substring", "prefix"] as const;

/** A canonical name, or a tag; tags go in as text. */
export function readProperty(value: unknown): string {
  if (typeof value !== "number") return checkText(value, "a property", 64);
  return `0x${checkInteger(value, "a property tag", 0, 0xffff_ffff).toString(16).padStart(8, "0").toUpperCase()}`;
}

export const readProperties = (value: unknown): string[] => readList(value, "properties", columnsMax).map(readProperty);

function constant(value: unknown): unknown {
  if (typeof value === "string") return { text: checkText(value, "the value of a restriction") };
  if (typeof value === "boolean") return { boolean: value };
  if (typeof value !== "number" || Number.isNaN(value)) throw invalid("the value of a restriction: text, a number or a boolean", kind(value));
  return { number: value };
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
const allFields = [...new Set(Object.values(kinds).flat())];

export function readRestriction(restriction: unknown): unknown {
  let nodes = 0;

  const inner = (value: unknown, depth: number): unknown => {
    if (depth > depthMax || ++nodes > nodesMax) {
      throw new MapiError("MAPI_E_TOO_COMPLEX", `a restriction of at most ${depthMax} levels and ${nodesMax} nodes`, "more (or a cycle)");
    }
    return node(readFields(value, "a restriction", allFields), depth);
  };

  const list = (value: unknown, depth: number): unknown[] => readList(value, "a list of restrictions", nodesMax).map((item) => inner(item, depth + 1));

  function node(given: Fields, depth: number): unknown {
    const found = (Object.keys(kinds) as (keyof typeof kinds)[]).filter((name) => given[name] !== undefined);
    const [type] = found;
    if (type === undefined || found.length > 1) throw invalid(`a restriction with one of ${Object.keys(kinds).join(", ")}`, found.length > 1 ? found.join(" and ") : "none of them");
    const stray = Object.keys(given).find((name) => given[name] !== undefined && !(kinds[type] as readonly string[]).includes(name));
    if (stray !== undefined) throw invalid(`a restriction with the fields ${kinds[type].join(", ")}`, `the field ${stray}`);
    const op = (): string => checkOneOf(given["op"], "op of a restriction", ops);
    switch (type) {
      case "property":
        return { property: { property: readProperty(given["property"]), op: op(), value: constant(given["value"]) } };
      case "content":
        return {
          content: {
            property: readProperty(given["content"]), how: checkOneOf(given["match"], "match", matches), value: checkText(given["value"], "value"),
            ignoreCase: flag(given, "ignoreCase"), ignoreNonSpace: flag(given, "ignoreNonSpace"), loose: flag(given, "loose"),
          },
        };
      case "bitmask":
        return {
          bitmask: {
            property: readProperty(given["bitmask"]), mask: checkInteger(given["mask"], "mask", 0, 0xffff_ffff),
            nonzero: checkOneOf(given["op"], "op of a bitmask", ["eqz", "nez"]) === "nez",
          },
        };
      case "exist":
        return { exist: readProperty(given["exist"]) };
      case "size":
        return { size: { property: readProperty(given["size"]), op: op(), value: checkInteger(given["value"], "value of a size", 0, 0xffff_ffff) } };
      case "compare": {
        const [left, right, ...more] = readList(given["compare"], "compare", 2);
        if (left === undefined || right === undefined || more.length > 0) throw invalid("compare: two properties", "another number");
        return { compare: { left: readProperty(left), right: readProperty(right), op: op() } };
      }
      case "comment":
        return { comment: inner(given["comment"], depth + 1) };
      case "and":
        return { and: list(given["and"], depth) };
      case "or":
        return { or: list(given["or"], depth) };
      case "not":
        return { not: inner(given["not"], depth + 1) };
    }
  }

  return inner(restriction, 1);
}

export const readSortOrder = (value: unknown): unknown[] =>
  readList(value, "a sort order", 64).map((item) => {
    const key = readFields(item, "a sort key", ["property", "order", "combine", "categMin", "categMax"]);
    return {
      property: readProperty(key["property"]),
      descending: checkOneOf(key["order"], "order", ["ascending", "descending"]) === "descending",
      combine: flag(key, "combine"), categMin: flag(key, "categMin"), categMax: flag(key, "categMax"),
    };
  });
