/** Bodies whatever they are made of: their weight, and their Blobs as bytes where the engine stores none (O-07). */
import type { Timers } from "../timer.js";
import { isStoreError, storeError } from "./store.js";
import { budget, within } from "./watchdog.js";

/** What a Blob was. `bytes` is the very buffer that stands for it in the body: structured cloning keeps that identity. */
export interface Unpacked {
  readonly bytes: ArrayBuffer;
  readonly type: string;
  readonly name?: string;
  readonly lastModified?: number;
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** The values directly inside a container; nothing for a leaf. */
function inside(value: object): readonly unknown[] {
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof Set) return [...value];
  return Array.isArray(value) || isPlain(value) ? Object.values(value) : [];
}

/** Every object in it, once. */
function objectsIn(body: unknown): Set<object> {
  const found = new Set<object>();
  const open = [body];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== "object" || value === null || found.has(value)) continue;
    found.add(value);
    open.push(...inside(value));
  }
  return found;
}

function leafSize(value: object): number {
  if (value instanceof Blob) return value.size;
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? value.byteLength : 0;
}

/** About how many bytes it takes: buffers, Blobs and the texts directly in containers. */
export function sizeOf(body: unknown): number {
  const text = (value: unknown): number => (typeof value === "string" ? 2 * value.length : 0);
  let size = text(body);
  for (const value of objectsIn(body)) {
    size += leafSize(value);
    for (const part of inside(value)) size += text(part);
  }
  return size;
}

/** A copy in which `become` has replaced objects. */
function replaced(body: unknown, become: ReadonlyMap<object, object>): unknown {
  const copies = new Map<object, object>(become);
  const copy = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const known = copies.get(value);
    if (known !== undefined) return known;
    if (value instanceof Map) {
      const map = new Map<unknown, unknown>();
      copies.set(value, map);
      for (const [key, item] of value) map.set(copy(key), copy(item));
      return map;
    }
    if (value instanceof Set) {
      const set = new Set<unknown>();
      copies.set(value, set);
      for (const item of value) set.add(copy(item));
      return set;
    }
    if (!Array.isArray(value) && !isPlain(value)) return value;
    const container = (Array.isArray(value) ? [] : Object.create(null)) as Record<string, unknown>;
    copies.set(value, container);
    for (const [key, item] of Object.entries(value)) container[key] = copy(item);
    return container;
  };
  return copy(body);
}

/** The body with a buffer in place of each Blob. */
export async function unpack(body: unknown, timers: Timers): Promise<{ readonly body: unknown; readonly blobs: readonly Unpacked[] }> {
  const become = new Map<object, ArrayBuffer>();
  const blobs: Unpacked[] = [];
  for (const value of objectsIn(body)) {
    if (!(value instanceof Blob)) continue;
    // Inside the loop one after the other: a message's attachments need not all be in memory twice.
    const late = () => storeError("invalid", "expected a Blob that can be read, got nothing in time");
    const bytes = await within(value.arrayBuffer(), budget(value.size), timers, late).catch((error: unknown) => {
      throw isStoreError(error) ? error : storeError("invalid", "expected a Blob that can be read, got one that cannot", error);
    });
    const { name, lastModified } = value as Partial<File>;
    become.set(value, bytes);
    blobs.push({ bytes, type: value.type, ...(name === undefined ? {} : { name }), ...(lastModified === undefined ? {} : { lastModified }) });
  }
  return { body: replaced(body, become), blobs };
}

/** The body as it was given. */
export function repack(body: unknown, blobs: readonly Unpacked[] = []): unknown {
  if (blobs.length === 0) return body;
  return replaced(body, new Map(blobs.map(({ bytes, type, name, lastModified }) => [
    bytes,
    name === undefined ? new Blob([bytes], { type }) : new File([bytes], name, { type, ...(lastModified === undefined ? {} : { lastModified }) }),
  ])));
}
