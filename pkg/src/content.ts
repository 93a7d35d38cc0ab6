/** What a message holds: bytes read and copied at the call (O-05), or an opaque payload. */
import { MapiError, asMapiError, invalid, kind } from "./error.js";
import { checkText, copyPlain, type Copy } from "./snapshot.js";

/** Unless transports declare larger or smaller. */
export const contentMax = 25 * 1_048_576;
const headMax = 262_144;
const slice = 16_384;
const payloadDepth = 64;

const tooLarge = (what: string, max: number, size: number): MapiError =>
  new MapiError("MAPI_E_TOO_COMPLEX", `${what} of at most ${max} bytes`, `${size}`);

/** Bytes that are ours: nobody else can change them. */
export type Bytes = Uint8Array<ArrayBuffer> | Blob;
export const sizeOf = (bytes: Bytes): number => (bytes instanceof Uint8Array ? bytes.length : bytes.size);

const tag = (value: unknown): string => Object.prototype.toString.call(value);
const lineEnds = /\r\n|\r|\n/g;
const strayEnds = /\r(?!\n)|(?:^|[^\r])\n/;

function bytesOfText(text: string, max: number): Uint8Array<ArrayBuffer> {
  if (text.length > max) throw tooLarge("content", max, text.length);
  // NUL is checked in the header block only: bodies are bytes.
  checkText(text.includes("\0") ? text.replaceAll("\0", "") : text, "content", max);
  const bytes = new TextEncoder().encode(strayEnds.test(text) ? text.replace(lineEnds, "\r\n") : text);
  if (bytes.length > max) throw tooLarge("content", max, bytes.length);
  return bytes;
}

/** Only strings, Uint8Array, ArrayBuffer and Blob, told apart by what they are, not by what they say. */
export function readBytes(value: unknown, max: number): Bytes {
  if (typeof value === "string") return bytesOfText(value, max);
  try {
    if (ArrayBuffer.isView(value) && tag(value) === "[object Uint8Array]") {
      if (value.byteLength > max) throw tooLarge("content", max, value.byteLength);
      return new Uint8Array(value as Uint8Array);
    }
    if (value instanceof ArrayBuffer) {
      if (value.byteLength > max) throw tooLarge("content", max, value.byteLength);
      return new Uint8Array(ArrayBuffer.prototype.slice.call(value, 0));
    }
    if (value instanceof Blob) {
      const blob = Blob.prototype.slice.call(value);
      if (blob.size > max) throw tooLarge("content", max, blob.size);
      return blob;
    }
  } catch (thrown) {
    throw asMapiError(thrown, "content whose bytes can be read (is its buffer detached?)", "MAPI_E_INVALID_PARAMETER");
  }
  throw invalid("content to be a string, Uint8Array, ArrayBuffer or Blob; other data goes into payload", kind(value));
}

/** One character per byte. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += slice) text += String.fromCharCode(...bytes.subarray(at, at + slice));
  return text;
}

function unlatin1(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The length of the header block with its blank line; -1: it does not end here. */
function headLength(bytes: Uint8Array, from: number): number {
  for (let i = bytes.indexOf(10, from); i >= 0; i = bytes.indexOf(10, i + 1)) {
    const start = bytes[i - 1] === 13 ? i - 1 : i;
    if (start === 0 || bytes[start - 1] === 10) return i + 1;
  }
  return -1;
}

const headless = (): MapiError =>
  new MapiError("MAPI_E_TOO_COMPLEX", `a header block of at most ${headMax} bytes before a blank line`, "none; text without headers goes into payload, or through a MIME library");

function checkHead(head: Uint8Array): string {
  if (head.includes(0)) throw invalid("a header block without NUL", "one with NUL");
  return latin1(head);
}

function headOfBytes(bytes: Uint8Array): string {
  const length = headLength(bytes.subarray(0, headMax), 0);
  if (length < 0 && bytes.length > headMax) throw headless();
  return checkHead(length < 0 ? bytes : bytes.subarray(0, length));
}

async function headOfBlob(blob: Blob): Promise<string> {
  let bytes = new Uint8Array(0);
  for (;;) {
    const more = new Uint8Array(await blob.slice(bytes.length, bytes.length + slice).arrayBuffer().catch((thrown: unknown) => {
      throw asMapiError(thrown, "content whose bytes can be read", "MAPI_E_INVALID_PARAMETER");
    }));
    const [read, from] = [new Uint8Array(bytes.length + more.length), Math.max(0, bytes.length - 3)];
    read.set(bytes);
    read.set(more, bytes.length);
    bytes = read;
    const length = headLength(bytes, from);
    if (length >= 0 || more.length === 0 || bytes.length === blob.size) return checkHead(length < 0 ? bytes : bytes.subarray(0, length));
    if (bytes.length > headMax) throw headless();
  }
}

/** The header block, one character per byte; at once unless a Blob must be read. */
export const readHead = (bytes: Bytes): string | Promise<string> =>
  bytes instanceof Uint8Array ? headOfBytes(bytes) : headOfBlob(bytes);

/** A field with its folds; a line of spaces is none, since some readers take it for the end of the headers. */
const field = /([!-9;-~]+):(.*\r\n(?:[\t ]+[^\t \r\n].*\r\n)*)/gy;

/** What a preprocessor made goes out as it is: nothing that acceptance takes out may be in it, and what it added must be (O-04, O-05). */
export async function checkMade(content: Blob, messageId: string): Promise<void> {
  const head = await readHead(content);
  let [end, ids] = [0, ""];
  for (const [whole, name, value] of head.matchAll(field)) {
    if (/^(?:resent-)?bcc$/i.test(name ?? "")) throw invalid("a preprocessed message without Bcc", "one with it");
    if (/^message-id$/i.test(name ?? "")) ids += value;
    end += whole.length;
  }
  if (head.slice(end) !== "\r\n") throw invalid("a preprocessed message that begins with its header fields, lines ending with CRLF", "another");
  if (ids.replaceAll("\r\n", "").trim() !== latin1(new TextEncoder().encode(messageId))) {
    throw invalid("a preprocessed message with the Message-ID it had", "another or none");
  }
}

/** The same content behind another header block. */
export function withHead(bytes: Bytes, oldLength: number, head: string): Blob {
  const rest = bytes instanceof Uint8Array ? bytes.subarray(oldLength) : bytes.slice(oldLength);
  return new Blob([unlatin1(head), rest], { type: "message/rfc822" });
}

const sized = (value: object): number => {
  if (value instanceof Blob) return value.size;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  return 64;
};

/** Plain data is copied here; what else can be cloned, by the engine. */
function cloned(value: object): Copy {
  const copy: unknown = structuredClone(value);
  return { value: copy, size: weigh(copy, payloadDepth) };
}

/** Of what structuredClone made: no getters any more, but perhaps cycles. */
function weigh(value: unknown, depth: number): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 8;
  if (depth === 0) throw new MapiError("MAPI_E_TOO_COMPLEX", `payload at most ${payloadDepth} levels deep, without cycles`, "more");
  let size = sized(value);
  const parts = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : ArrayBuffer.isView(value) ? [] : Object.values(value);
  for (const part of parts) size += weigh(part, depth - 1);
  return size;
}

export const copyPayload = (payload: unknown, max: number): Copy =>
  copyPlain(payload, "payload", { depth: payloadDepth, maxSize: max, ordinary: true, other: cloned });

/** Names under which credentials tend to be stored by mistake (B19). */
const secret = /^(?:password|passwd|secret|(?:access|refresh|auth|id)?[-_]?token|api[-_]?key|authorization|cookie|credentials?)$/i;

export const copyProps = (props: unknown): Readonly<Record<string, unknown>> =>
  copyPlain(props, "props", {
    ordinary: true,
    field: (name) => {
      if (secret.test(name)) throw invalid("props without credentials", `a field named ${name}`);
    },
  }).value as Readonly<Record<string, unknown>>;
