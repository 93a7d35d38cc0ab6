/** Inputs of one turn go in as one batch; what they lead to runs after the step, first in, first out, never nested. */
import { MapiError } from "./error.js";
import { rethrow } from "./events.js";
import type { Timers } from "./timer.js";
import type { JournalEntry } from "./types/session.js";
import type { Door } from "./wire/door.js";
import { newTurn, type Effect, type PutBodyEffect, type Turn } from "./wire/effect.js";
import type { Flat } from "./wire/query.js";
import type { Answer, Job } from "./wire/shapes.js";
import { newTape, type Reader, type Tape } from "./wire/tape.js";

/** What an attempt came to, to be kept should the core break on it. */
export interface Salvage {
  readonly job: Job;
  readonly answer: Answer;
}

export interface PumpHost {
  readonly timers: Timers;
  putBodies(effects: readonly PutBodyEffect[]): void;
  commit(turn: Turn): void;
  run(effect: Effect): void;
  /** The next instant to step at, wall clock; NaN: none. */
  wake(at: number): void;
  /** The core is broken; `salvage` was on its way in. */
  crashed(thrown: unknown, salvage: readonly Salvage[]): void;
}

export interface Pump {
  /** Which core is behind it. */
  life(): number;
  connect(door: Door): void;
  /** What is written on it at once goes in at the end of the turn. */
  tape(): Tape;
  /** Given to `crashed` should the core break on what is on the tape. */
  keep(note: Salvage): void;
  /** Now, not at the end of the turn. */
  flush(): void;
  /** Throws MapiError. */
  read<T>(query: Flat, take: (from: Reader) => T): T;
  journal(): JournalEntry[];
  close(): void;
}

const turn = Promise.resolve();
/** Numbers of one step. Larger turns go in parts: the tapes of ten thousand messages fit no cache, and memory never shrinks. */
const part = 8_192;

export function makePump(host: PumpHost): Pump {
  const { timers } = host;
  let door: Door | undefined;
  let tape = newTape();
  /** Parts of this turn that are full. */
  let full: Tape[] = [];
  let salvage: Salvage[] = [];
  let [life, scheduled, running] = [0, false, false];

  function broke(thrown: unknown): void {
    const notes = salvage;
    salvage = [];
    door = undefined;
    clear();
    host.crashed(thrown, notes);
  }

  function clear(): void {
    tape = newTape();
    full = [];
  }

  function step(): Turn | undefined {
    const parts = full;
    if (tape.nums.length > 0) parts.push(tape);
    if (parts.length === 0) return undefined;
    clear();
    if (door === undefined) return undefined;
    const made = newTurn();
    try {
      const wall = timers.wall();
      const mono = timers.mono();
      for (const batch of parts) host.wake(door.step(batch, wall, mono, made));
      if (salvage.length > 0) salvage = [];
      return made;
    } catch (thrown) {
      broke(thrown);
      return undefined;
    }
  }

  function run(made: Turn): void {
    if (made.bodies.length > 0) host.putBodies(made.bodies);
    if (made.ops.length > 0) host.commit(made);
    for (const effect of made.effects) {
      // One that fails does not take the others with it.
      try {
        host.run(effect);
      } catch (error) {
        rethrow(error);
      }
    }
  }

  function flush(): void {
    scheduled = false;
    if (running) return schedule();
    running = true;
    try {
      const made = step();
      if (made !== undefined) run(made);
    } finally {
      running = false;
    }
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    void turn.then(flush);
  }

  function ask<T>(what: (of: Door) => T): T {
    if (door === undefined) throw new MapiError("MAPI_E_NOT_INITIALIZED", "an open session", "a closed one");
    try {
      return what(door);
    } catch (thrown) {
      if (thrown instanceof MapiError) throw thrown;
      broke(thrown);
      throw new MapiError("MAPI_E_CALL_FAILED", "an answer of the core", "a crash of it");
    }
  }

  return {
    life: () => life,
    connect(next): void {
      life++;
      door = next;
      clear();
      salvage = [];
    },
    tape(): Tape {
      if (tape.nums.length >= part) {
        full.push(tape);
        tape = newTape();
      }
      schedule();
      return tape;
    },
    keep: (note) => void salvage.push(note),
    flush,
    read: (query, take) => ask((of) => of.read(query, take)),
    journal: () => ask((of) => of.journal()),
    close(): void {
      door = undefined;
      clear();
    },
  };
}
