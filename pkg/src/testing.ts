/** For tests: time that passes when it is told to. `openSession({ clock: fakeClock() })`. */
import type { Clock } from "./types/session.js";

/** A clock that stands still until it is told. */
export interface FakeClock extends Clock {
  /** Timers of the session run by this clock. */
  after(ms: number, run: () => void): () => void;
  /** Both clocks go on; what falls due runs, in order, with time for promises in between. */
  advance(ms: number): Promise<void>;
  /** The wall clock alone: somebody set it, or the machine slept. */
  shift(ms: number): void;
}

/** Promises that wait for promises, some of them for a macrotask. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** `wall`: where its wall clock begins, ms since 1970. */
export function fakeClock(wall = 1_700_000_000_000): FakeClock {
  if (!Number.isFinite(wall)) throw new TypeError("expected wall to be ms since 1970, got something else");
  const timers = new Map<number, { readonly at: number; readonly run: () => void }>();
  let [mono, offset, last] = [0, wall, 0];

  function nextDue(until: number): number | undefined {
    let found: number | undefined;
    for (const [id, { at }] of timers) if (at <= until && (found === undefined || at < (timers.get(found)?.at ?? Infinity))) found = id;
    return found;
  }

  return {
    wall: () => offset + mono,
    mono: () => mono,
    after(ms, run): () => void {
      const id = ++last;
      timers.set(id, { at: mono + Math.max(0, ms), run });
      return () => void timers.delete(id);
    },
    async advance(ms): Promise<void> {
      const until = mono + ms;
      await settle();
      for (let id = nextDue(until); id !== undefined; id = nextDue(until)) {
        const timer = timers.get(id);
        timers.delete(id);
        mono = Math.max(mono, timer?.at ?? mono);
        timer?.run();
        await settle();
      }
      mono = until;
      await settle();
    },
    shift(ms): void {
      offset += ms;
    },
  };
}
