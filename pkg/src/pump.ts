/** Inputs of one turn go in as one batch; what they lead to runs after the step, first in, first out, never nested. */
import { MapiError } from "./error.js";
import { rethrow } from "./events.js";
import type { CommitEffect, PutBodyEffect } from "./storage.js";
import type { Timers } from "./timer.js";
import type { JournalEntry } from "./types/session.js";
import type { Door } from "./wire/door.js";
import type { Effect } from "./wire/effect.js";
import type { Flat } from "./wire/query.js";
import { newTape, type Reader, type Tape } from "./wire/tape.js";

export type SingleEffect = Exclude<Effect, CommitEffect | PutBodyEffect>;

export interface PumpHost {
  readonly timers: Timers;
  putBodies(effects: readonly PutBodyEffect[]): void;
  commit(effects: readonly CommitEffect[]): void;
  run(effect: SingleEffect): void;
  /** The next instant to step at, wall clock; NaN: none. */
  wake(at: number): void;
  /** The core is broken; `salvage` are the notes of what was on its way in. */
  crashed(thrown: unknown, salvage: readonly (() => void)[]): void;
}

export interface Pump {
  /** Which core is behind it. */
  readonly life: number;
  connect(door: Door): void;
  /** `salvage` runs should the core break on the batch this is in. */
  post(write: (tape: Tape) => void, salvage?: () => void): void;
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
  let salvage: (() => void)[] = [];
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

  function step(): readonly Effect[] {
    const parts = full;
    if (tape.nums.length > 0) parts.push(tape);
    if (parts.length === 0) return [];
    clear();
    if (door === undefined) return [];
    const effects: Effect[] = [];
    try {
      const wall = timers.wall();
      const mono = timers.mono();
      for (const batch of parts) host.wake(door.step(batch, wall, mono, effects));
      salvage = [];
      return effects;
    } catch (thrown) {
      broke(thrown);
      return [];
    }
  }

  function run(effects: readonly Effect[]): void {
    const bodies: PutBodyEffect[] = [];
    const commits: CommitEffect[] = [];
    for (const effect of effects) {
      if (effect.type === "putBody") bodies.push(effect);
      else if (effect.type === "commit") commits.push(effect);
    }
    if (bodies.length > 0) host.putBodies(bodies);
    if (commits.length > 0) host.commit(commits);
    for (const effect of effects) if (effect.type !== "putBody" && effect.type !== "commit") single(effect);
  }

  /** One that fails does not take the others with it. */
  function single(effect: SingleEffect): void {
    try {
      host.run(effect);
    } catch (error) {
      rethrow(error);
    }
  }

  function flush(): void {
    scheduled = false;
    if (running) return schedule();
    running = true;
    try {
      run(step());
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
    get life(): number {
      return life;
    },
    connect(next): void {
      life++;
      door = next;
      clear();
      salvage = [];
    },
    post(write, note): void {
      write(tape);
      if (tape.nums.length >= part) {
        full.push(tape);
        tape = newTape();
      }
      if (note !== undefined) salvage.push(note);
      schedule();
    },
    flush,
    read: (query, take) => ask((of) => of.read(query, take)),
    journal: () => ask((of) => of.journal()),
    close(): void {
      door = undefined;
      clear();
    },
  };
}
