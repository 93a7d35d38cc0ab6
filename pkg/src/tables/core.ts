/** The class of tables.wasm; see src/wasm/tables.rs. */
import { MapiError, errorClass, scodeOf } from "../error.js";
import { tapes, type Taped, type Tapes } from "../wire/door.js";
import { putFlat, type Flat } from "../wire/query.js";
import { newTape, Reader, type Tape } from "../wire/tape.js";
import { rowMax, type Part } from "./json.js";
import { loadColumns, type Engine, type Values } from "./load.js";
import type { Column } from "./schema.js";

export interface HostCore extends Taped, Engine {
  lines(view: number, offset: number, count: number): number;
  read(nums: number, bytes: number): number;
  json(bytes: number, last: boolean): number;
  apply(nums: number, bytes: number): number;
}

export interface TablesExports {
  readonly HostTable: new () => HostCore;
}

/** Until it is let go. */
export interface TableEngine {
  core: HostCore;
  /** Where changes are put. */
  tape: Tapes;
  memory: WebAssembly.Memory;
  /** Takes the changes that were put: so many numbers, so many bytes of text. Answers as `read` in src/wasm/tables.rs. */
  send: (nums: number, bytes: number) => number;
}

const gone = {} as never;

export interface TableCore {
  /** Throws the core's refusal as MapiError. */
  ask<T>(what: Flat, take: (from: Reader) => T): T;
  readonly engine: TableEngine;
  /** What the engine says, in the host's words. */
  readonly told: (text: string) => string;
  /** What was answered; good until the next call. */
  readonly answer: () => Reader;
  /** What the engine threw is its end. */
  readonly fail: (thrown: unknown) => never;
  readonly broke: () => void;
  /** Lets go of the engine's memory; nothing is asked any more. */
  readonly release: () => void;
  /** Shows the lines of a view, `count` numbers from `first` on, to who takes them. */
  window<T>(view: number, offset: number, count: number, take: (nums: Float64Array, first: number, count: number) => T): T;
  /** The lines of a view, until the next call. */
  lines(view: number, offset: number, count: number): Float64Array;
  /** Columns for all rows up to `count`; answers their numbers. */
  load(columns: readonly Column[], count: number, values: Values, key: string): number[];
  /** All columns of rows that come as JSON; answers how many rows. */
  json(columns: readonly Column[], parts: readonly Part[]): Promise<number>;
}

/** `broke`: the engine ran out of memory or trapped, and is not asked again. */
export function openCore(core: HostCore, broke: () => void, told = (text: string): string => text): TableCore {
  const engine: TableEngine = { core, tape: tapes(core), memory: core.memory(), send: core.apply.bind(core) };

  /** All of the memory; of no length once it has moved. */
  let whole = new Float64Array(0);
  /** Broken or let go. */
  let over = false;

  function answer(): Reader {
    const { tape, memory } = engine;
    const { nums } = tape;
    const place = nums[0];
    const count = nums[1];
    const bytes = nums[2];
    if (place === undefined || count === undefined || bytes !== 0) return tape.answer();
    if (whole.length === 0) whole = new Float64Array(memory.buffer);
    return new Reader(whole, place >>> 3, count >>> 0, "");
  }

  function fail(thrown: unknown): never {
    if (thrown instanceof MapiError) throw thrown;
    over = true;
    broke();
    throw new MapiError("MAPI_E_CALL_FAILED", "an answer of the table's engine", `${errorClass(thrown)}, a fault of mailspooler; make the table anew`);
  }

  function read<T>(what: Tape, take: (from: Reader) => T): T {
    if (over) throw new MapiError("MAPI_E_INVALID_OBJECT", "an open table", "one whose engine is gone");
    let refusal = 0;
    try {
      refusal = engine.core.read(what.nums.length, engine.tape.write(what));
    } catch (thrown) {
      fail(thrown);
    }
    const from = answer();
    if (refusal !== 0) throw new MapiError(scodeOf(refusal), told(from.text()), told(from.text()));
    return take(from);
  }

  function ask<T>(what: Flat, take: (from: Reader) => T): T {
    const question = newTape();
    putFlat(question, what);
    return read(question, take);
  }

  function lines(view: number, offset: number, count: number): number {
    try {
      return engine.core.lines(view, offset, count);
    } catch (thrown) {
      return fail(thrown);
    }
  }

  /** How many of the bytes are done with; the others come again. */
  function parse(bytes: Uint8Array, last: boolean): number {
    let done = 0;
    const { core, tape } = engine;
    try {
      tape.reserve(0, bytes.length);
      tape.text.set(bytes);
      done = core.json(bytes.length, last);
    } catch (thrown) {
      fail(thrown);
    }
    if (done >= 0) return done;
    const from = tape.answer();
    throw new MapiError(scodeOf(from.num()), from.text(), from.text());
  }

  async function json(columns: readonly Column[], parts: readonly Part[]): Promise<number> {
    const total = parts.reduce((sum, { size }) => sum + size, 0);
    ask([9, total, parts.length, columns.length, columns.map(({ name, tag }) => [name, tag])], () => undefined);
    for (const { size, piece, read: readPart } of parts) {
      let [at, step] = [0, piece];
      for (;;) {
        const to = Math.min(at + step, size);
        const read = readPart(at, to);
        const done = parse(read instanceof Uint8Array ? read : await read, to === size);
        if (to === size) break;
        if (done === 0) step *= 2;
        if (step > rowMax) throw new MapiError("MAPI_E_TOO_COMPLEX", `json: rows of at most ${rowMax} bytes`, "more");
        at += done;
      }
    }
    return ask(10, (from) => from.num());
  }

  return {
    ask, json, engine, told, answer, fail, broke,
    release(): void {
      over = true;
      Object.assign(engine, { core: gone, tape: gone, memory: gone, send: () => fail(new RangeError("expected an open table")) });
      whole = new Float64Array(0);
    },
    window(view, offset, count, take) {
      const found = lines(view, offset, count);
      const place = engine.core.outNums() / 8;
      if (whole.length === 0) whole = new Float64Array(engine.memory.buffer);
      return take(whole, place, found);
    },
    lines(view, offset, count): Float64Array {
      const found = lines(view, offset, count);
      return new Float64Array(engine.memory.buffer, engine.core.outNums(), found);
    },
    load(columns, count, values, key) {
      // Cells answer with nothing.
      const ask = (what: Tape): number => read(what, (from) => (from.isEmpty ? 0 : from.num()));
      try {
        return loadColumns({ core: engine.core, tape: engine.tape, ask }, columns, count, values, key);
      } catch (thrown) {
        // A host's own rows may throw as well.
        if (thrown instanceof WebAssembly.RuntimeError) fail(thrown);
        throw thrown;
      }
    },
  };
}
