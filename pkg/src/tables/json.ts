/** Rows that come as JSON: read piece by piece, and parsed in the engine. See src/table/json. */
import { MapiError, asMapiError, invalid, kind } from "../error.js";
import type { Columns } from "./schema.js";

/** One text. */
export interface Part {
  readonly size: number;
  /** How much of it is looked at together. */
  readonly piece: number;
  readonly read: (from: number, to: number) => Uint8Array | Promise<Uint8Array>;
}

/** Few enough to stay near; of a file, enough to be worth asking for. */
const [piece, blobPiece] = [0x2_0000, 0x10_0000];
const partsMax = 0x10_0000;
/** What one row may be at most, roughly. */
export const rowMax = 0x400_0000;

const isBlob = (value: unknown): value is Blob => typeof Blob === "function" && value instanceof Blob;

function readPart(given: unknown): Part {
  if (isBlob(given)) {
    return {
      size: given.size, piece: blobPiece,
      async read(from, to) {
        try {
          return new Uint8Array(await given.slice(from, to).arrayBuffer());
        } catch (error) {
          throw asMapiError(error, "json: a Blob that can be read");
        }
      },
    };
  }
  const isView = given instanceof Uint8Array;
  if (!isView && !(given instanceof ArrayBuffer)) throw invalid("json: a Uint8Array, an ArrayBuffer or a Blob", kind(given));
  const bytes = isView ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength) : new Uint8Array(given);
  return { size: bytes.length, piece, read: (from, to) => bytes.subarray(from, to) };
}

/** `undefined`: rows of another form. A column called `json` is one. */
export function readJson(given: unknown, columns: Columns): readonly Part[] | undefined {
  if (typeof given !== "object" || given === null || Array.isArray(given) || columns.byName.has("json") || !Object.hasOwn(given, "json")) return undefined;
  const { json, ...others } = given as { json: unknown };
  if (Object.keys(others).length > 0) throw invalid("rows with json alone", "another field");
  if (!Array.isArray(json)) return [readPart(json)];
  if (json.length > partsMax) throw new MapiError("MAPI_E_TOO_COMPLEX", `json of at most ${partsMax} parts`, `${json.length}`);
  return json.map(readPart);
}
