/** Across the boundary and back: two tapes each way, views made anew only when the memory has moved. */
import type { Core } from "../entry/module.js";
import { MapiError, scodeOf } from "../error.js";
import type { JournalEntry } from "../types/session.js";
import { takeEffect, type Turn } from "./effect.js";
import { putFlat, type Flat } from "./query.js";
import { newTape, Reader, type Tape } from "./tape.js";

export interface Door {
  /** Adds what it leads to; answers the next wake, wall clock in ms, or NaN. Throws only when the core is broken. */
  step(tape: Tape, wall: number, mono: number, turn: Turn): number;
  /** Throws the core's refusal as MapiError; anything else broke it. */
  read<T>(query: Flat, take: (from: Reader) => T): T;
  journal(): JournalEntry[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** As much of `Core` as is used: tests put a fake behind it. */
export type CoreLike = Omit<Core, "free">;

/** What both modules' classes have: tapes in their memory. */
export type Taped = Pick<Core, "room" | "memory" | "inNums" | "inText" | "outNums" | "outNumsLength" | "outText" | "outTextLength">;

export interface Tapes {
  nums: Float64Array;
  text: Uint8Array;
  /** Room for so many on both; what was there is lost. */
  readonly reserve: (count: number, bytes: number) => void;
  /** Answers how many bytes the text has. */
  readonly write: (tape: Tape) => number;
  readonly answer: () => Reader;
}

export function tapes(core: Taped): Tapes {
  const memory = core.memory();
  let [roomNums, roomBytes] = [0, 0];
  /** All of the memory, until it grows. */
  let whole = new Float64Array(0);
  /** One for all answers: an engine forgets how objects look that are gone, and what it compiled for them. */
  const reader = new Reader(whole, 0, 0, "");

  function reserve(count: number, bytes: number): void {
    if (count > roomNums || bytes > roomBytes) {
      if (count > roomNums) roomNums = 2 * count;
      if (bytes > roomBytes) roomBytes = 2 * bytes;
      core.room(roomNums, roomBytes);
      // Memory that moves takes its views' length.
    } else if (made.nums.length > 0) return;
    made.nums = new Float64Array(memory.buffer, core.inNums(), roomNums);
    made.text = new Uint8Array(memory.buffer, core.inText(), roomBytes);
  }

  function answer(): Reader {
    const { buffer } = memory;
    const bytes = core.outTextLength();
    const text = bytes === 0 ? "" : decoder.decode(new Uint8Array(buffer, core.outText(), bytes));
    if (whole.buffer !== buffer) whole = new Float64Array(buffer);
    return reader.over(whole, core.outNums() >>> 3, core.outNumsLength(), text);
  }

  function write(tape: Tape): number {
    // Every string has a NUL behind it, the last one too.
    if (tape.strs.length > 0) tape.strs.push("");
    const joined = tape.strs.join("\0");
    reserve(tape.nums.length, 3 * joined.length);
    made.nums.set(tape.nums);
    return encoder.encodeInto(joined, made.text).written;
  }

  // No getters: an object with accessors of its own has a shape of its own, and so has to be compiled for anew.
  const made: Tapes = { nums: new Float64Array(0), text: new Uint8Array(0), reserve, write, answer };
  return made;
}

export function door(core: CoreLike): Door {
  const { write, answer } = tapes(core);
  return {
    step(tape: Tape, wall: number, mono: number, turn: Turn): number {
      const wake = core.step(tape.nums.length, write(tape), wall, mono);
      const reader = answer();
      while (!reader.isEmpty) takeEffect(reader, turn);
      return wake;
    },
    read<T>(query: Flat, take: (from: Reader) => T): T {
      const tape = newTape();
      putFlat(tape, query);
      const refusal = core.read(tape.nums.length, write(tape));
      const from = answer();
      if (refusal !== 0) throw new MapiError(scodeOf(refusal), from.text(), from.text());
      return take(from);
    },
    journal: () => core.journal(),
  };
}
