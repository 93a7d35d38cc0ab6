/** The content hash of O-02: whether two submissions of one host id have the same content. */
import { hex } from "./random.js";
import { sha256 } from "./store/name.js";
import type { Bytes } from "./content.js";

/** A form in which equal values are equal text and others are not; `null`: it cannot be told. */
async function canonical(value: unknown, seen: readonly unknown[]): Promise<string | null> {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "-0" : `${value}`;
    case "bigint":
      return `${value}n`;
    case "boolean":
    case "undefined":
      return `${value}`;
    case "object":
      if (value === null) return "null";
      return seen.includes(value) ? null : canonicalObject(value, [...seen, value]);
    case "function":
    case "symbol":
      return null;
  }
}

async function joined(values: readonly unknown[], seen: readonly unknown[]): Promise<string | null> {
  const parts: string[] = [];
  for (const value of values) {
    const part = await canonical(value, seen);
    if (part === null) return null;
    parts.push(part);
  }
  return parts.join(",");
}

const wrap = (name: string, inner: string | null): string | null => (inner === null ? null : `${name}(${inner})`);

async function canonicalObject(value: object, seen: readonly unknown[]): Promise<string | null> {
  if (value instanceof Date) return `date(${value.getTime()})`;
  if (value instanceof File) return `file(${JSON.stringify([value.name, value.type])},${hex(await digest([value]))})`;
  if (value instanceof Blob) return `blob(${JSON.stringify(value.type)},${hex(await digest([value]))})`;
  if (value instanceof ArrayBuffer) return `buffer(${hex(await digest([value]))})`;
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    if (!(buffer instanceof ArrayBuffer)) return null;
    return `${Object.prototype.toString.call(value)}(${hex(await digest([new Uint8Array(buffer, byteOffset, byteLength)]))})`;
  }
  if (value instanceof Map) return wrap("map", await joined([...value].flat(), seen));
  if (value instanceof Set) return wrap("set", await joined([...value], seen));
  if (Array.isArray(value)) return wrap("list", await joined(value, seen));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return null;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).flat();
  return wrap("record", await joined(fields, seen));
}

async function digest(parts: readonly BlobPart[]): Promise<Uint8Array> {
  const bytes = await new Blob([...parts]).arrayBuffer();
  // Only secure contexts have crypto.subtle.
  const subtle = (globalThis.crypto as Partial<Crypto> | undefined)?.subtle;
  return subtle === undefined ? sha256(new Uint8Array(bytes)) : new Uint8Array(await subtle.digest("SHA-256", bytes));
}

/** SHA-256, hex, over the content; `null`: unlike any other. Sender and recipients are the core's to compare, once it has parsed them. */
export async function contentHash(content: Bytes | null, payload: unknown): Promise<string | null> {
  if (content !== null) return hex(await digest(["mime\n", content]));
  const form = await canonical(payload, []);
  return form === null ? null : hex(await digest(["payload\n", form]));
}
