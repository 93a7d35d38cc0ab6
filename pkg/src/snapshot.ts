/**
 * The one way for host data to come in: a single pass over own enumerable properties into null-prototype plain data,
 * under budgets. A getter runs at most once; nothing inherited is seen; what throws is named by its class.
 */
import { MapiError, asMapiError, invalid, kind } from "./error.js";
import { listOf } from "./wire/tape.js";

/** Longest text of one field; contents have their own cap. */
const textMax = 65_536;
const depthMax = 32;
const nodesMax = 100_000;

type WellFormed = string & { isWellFormed?: () => boolean };
const lone = /\p{Cs}/u;

/** NUL separates strings on the tape; a lone surrogate would silently become U+FFFD. */
export function checkText(value: unknown, what: string, max = textMax): string {
  if (typeof value !== "string") throw invalid(`${what} to be a string`, kind(value));
  if (value.length > max) throw new MapiError("MAPI_E_TOO_COMPLEX", `${what} of at most ${max} characters`, `${value.length}`);
  if (value.includes("\0")) throw invalid(`${what} without NUL`, "a string with NUL");
  if (!((value as WellFormed).isWellFormed?.() ?? !lone.test(value))) throw invalid(`${what} to be well-formed text`, "a lone surrogate");
  return value;
}

export function checkBool(value: unknown, what: string): boolean {
  if (typeof value !== "boolean") throw invalid(`${what} to be true or false`, kind(value));
  return value;
}

export function checkInteger(value: unknown, what: string, min = 0, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < min || value > max || Object.is(value, -0)) {
    throw invalid(`${what} to be an integer from ${min} to ${max}`, kind(value));
  }
  return value;
}

/** Ms; fractions are dropped. */
export function checkInstant(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isFinite(value) || Math.abs(value) > 8.64e15) throw invalid(`${what} to be ms since 1970`, kind(value));
  return Math.floor(value);
}

export function checkOneOf<T extends string>(value: unknown, what: string, words: readonly T[]): T {
  if (!words.includes(value as T)) throw invalid(`${what} to be one of ${words.join(", ")}`, typeof value === "string" ? "another word" : kind(value));
  return value as T;
}

const unreadable = (thrown: unknown, what: string): MapiError => asMapiError(thrown, `${what} that can be read`, "MAPI_E_INVALID_PARAMETER");

/** Runs what may run host code; what that throws becomes ours. */
export function guarded<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    throw unreadable(thrown, what);
  }
}

export function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export type Fields = Readonly<Record<string, unknown>>;

export interface FieldOptions {
  /** For answers of transports: what else is there is told, not refused. */
  readonly unknown?: (field: string) => void;
}

/** Nothing is inherited from it; an object without any prototype would be a dictionary, slow and large. */
const Bare = function Bare() {} as unknown as new () => Record<string, unknown>;
Bare.prototype = Object.freeze(Object.create(null));

/** The own enumerable properties of `value` among `known`, each read once. Others are refused. */
export function readFields(value: unknown, what: string, known: readonly string[], options?: FieldOptions): Fields {
  try {
    if (!isRecord(value)) throw invalid(what, kind(value));
    const copy = new Bare();
    for (const key of Object.keys(value)) {
      if (known.includes(key)) copy[key] = (value as Record<string, unknown>)[key];
      else if (options?.unknown === undefined) throw invalid(`${what} with the fields ${known.join(", ")}`, `the field ${shown(key)}`);
      else options.unknown(shown(key));
    }
    return copy;
  } catch (thrown) {
    throw unreadable(thrown, what);
  }
}

/** A name from outside, for an error text. */
export const shown = (key: string): string => (/^[\w$.:-]{1,64}$/.test(key) ? key : "of a strange name");

/** Own or inherited below `Object.prototype`, read once: a transport may be an instance of a class. */
export function lookUp(object: object, key: string, what: string): unknown {
  return guarded(what, () => {
    for (let at: object | null = object; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null) {
      if (Object.hasOwn(at, key)) return Reflect.get(object, key) as unknown;
    }
    return undefined;
  });
}

export function readSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined || value === null) return undefined;
  if (!(value instanceof AbortSignal)) throw invalid("signal to be an AbortSignal", kind(value));
  return value;
}

/** Of `{ signal }`. */
export const signalOf = (options: unknown): AbortSignal | undefined =>
  options === undefined ? undefined : readSignal(readFields(options ?? {}, "options", ["signal"])["signal"]);

/** The items of a real array, each read once. */
export function readList(value: unknown, what: string, max: number): unknown[] {
  try {
    if (!Array.isArray(value)) throw invalid(`${what} to be an array`, kind(value));
    const { length } = value as readonly unknown[];
    if (length > max) throw new MapiError("MAPI_E_TOO_COMPLEX", `${what} of at most ${max} items`, `${length}`);
    const items = listOf<unknown>(length);
    for (let i = 0; i < length; i++) items[i] = (value as readonly unknown[])[i];
    return items;
  } catch (thrown) {
    throw unreadable(thrown, what);
  }
}

export const readTexts = (value: unknown, what: string, max: number): string[] =>
  readList(value, what, max).map((item) => checkText(item, `each item of ${what}`));

export interface Copy {
  readonly value: unknown;
  /** Bytes, roughly. */
  readonly size: number;
}

export interface CopyOptions {
  readonly depth?: number;
  /** Called for what is neither primitive, plain object nor array; answers its copy, or throws. */
  readonly other?: (value: object) => Copy;
  readonly maxSize?: number;
  /** Ordinary objects, for data that goes back to its host. Default: without prototype. */
  readonly ordinary?: boolean;
  /** Refuses a field by throwing. */
  readonly field?: (name: string) => void;
}

interface Copying extends Required<Omit<CopyOptions, "other" | "field">> {
  readonly what: string;
  readonly other: CopyOptions["other"] | undefined;
  readonly field: CopyOptions["field"] | undefined;
  size: number;
  nodes: number;
}

function grow(c: Copying, by: number): void {
  c.size += by;
  if (c.size > c.maxSize) throw new MapiError("MAPI_E_TOO_COMPLEX", `${c.what} of at most ${c.maxSize} bytes`, "more");
  if (++c.nodes > nodesMax) throw new MapiError("MAPI_E_TOO_COMPLEX", `${c.what} of at most ${nodesMax} values`, "more");
}

function copyList(c: Copying, from: readonly unknown[], depth: number): unknown[] {
  grow(c, from.length);
  if (from.length > nodesMax) throw new MapiError("MAPI_E_TOO_COMPLEX", `${c.what} of at most ${nodesMax} values`, "more");
  const list: unknown[] = [];
  for (let i = 0; i < from.length; i++) list.push(copyAny(c, from[i], depth));
  return list;
}

function copyObject(c: Copying, from: object, depth: number): unknown {
  if (depth > c.depth) throw new MapiError("MAPI_E_TOO_COMPLEX", `${c.what} at most ${c.depth} levels deep, without cycles`, "more");
  if (Array.isArray(from)) return copyList(c, from, depth);
  const prototype: unknown = Object.getPrototypeOf(from);
  if (prototype !== null && prototype !== Object.prototype) {
    if (c.other === undefined) throw invalid(`${c.what} to be plain data`, kind(from));
    const made = c.other(from);
    grow(c, made.size);
    return made.value;
  }
  const plain = (c.ordinary ? {} : Object.create(null)) as Record<string, unknown>;
  for (const key of Object.keys(from)) {
    c.field?.(key);
    grow(c, key.length);
    const value = copyAny(c, (from as Record<string, unknown>)[key], depth);
    if (key === "__proto__") Object.defineProperty(plain, key, { __proto__: null, value, enumerable: true, configurable: true, writable: true } as PropertyDescriptor);
    else plain[key] = value;
  }
  return plain;
}

function copyAny(c: Copying, from: unknown, depth: number): unknown {
  switch (typeof from) {
    case "string":
      grow(c, from.length);
      return from;
    case "number":
    case "boolean":
    case "undefined":
    case "bigint":
      grow(c, 8);
      return from;
    case "object":
      return from === null ? null : copyObject(c, from, depth + 1);
    case "function":
    case "symbol":
      throw invalid(`${c.what} to be data`, `a ${typeof from}`);
  }
}

/** A deep copy of plain data. */
export function copyPlain(value: unknown, what: string, options: CopyOptions = {}): Copy {
  const { depth = depthMax, maxSize = 1_048_576, ordinary = false, other, field } = { __proto__: null, ...options } as CopyOptions;
  const copying: Copying = { what, depth, maxSize, ordinary, other, field, size: 0, nodes: 0 };
  try {
    return { value: copyAny(copying, value, 0), size: copying.size };
  } catch (thrown) {
    throw unreadable(thrown, what);
  }
}
