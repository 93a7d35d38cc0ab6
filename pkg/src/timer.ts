/** Time for the host side: one kind of timer, exact in hidden pages where a worker ticks, and the session's one wake. */
import type { Clock } from "./types/session.js";

/** Longer delays overflow in browsers and fire at once; and nothing should wait longer without a look at the clocks. */
const longest = 6 * 3_600_000;
/** Further apart, and one of the clocks was set or the machine slept. */
const drift = 2_000;

export interface Timers extends Clock {
  /** Once, after `ms`; what is longer than 6 h fires early. Returns its cancel. */
  after(ms: number, run: () => void): () => void;
  /** A worker ticks: a hidden page is as punctual as a seen one. */
  ticks(): boolean;
  /** Cancels every timer and ends the worker. */
  close(): void;
}

export interface TimerOptions {
  /** Default: `Date.now` and `performance.now`. */
  readonly clock?: Clock | undefined;
  /** Makes the worker of `mailspooler/tick`, at the first timer. Default: hidden pages fire once a minute. */
  readonly tick?: (() => Worker) | undefined;
}

const system: Clock = { wall: () => Date.now(), mono: () => performance.now() };

export function systemTimers({ clock = system, tick }: TimerOptions = {}): Timers {
  const pending = new Map<number, { readonly fire: () => void; readonly cancel: () => void }>();
  let last = 0;
  let worker: Worker | null | undefined;

  /** A worker that cannot be made, or dies, costs punctuality only: each timer is armed in the page too. */
  function ticker(): Worker | null {
    if (worker !== undefined) return worker;
    try {
      worker = tick?.() ?? null;
    } catch {
      worker = null;
    }
    worker?.addEventListener("message", ({ data }) => pending.get(data as number)?.fire());
    worker?.addEventListener("error", () => (worker = null));
    return worker;
  }

  return {
    wall: () => clock.wall(),
    mono: () => clock.mono(),
    after(ms: number, run: () => void): () => void {
      const id = ++last;
      const wait = ms > 0 ? Math.min(ms, longest) : 0;
      const cancel = (): void => {
        clearTimeout(own);
        if (pending.delete(id)) worker?.postMessage({ id, wait: null });
      };
      const fire = (): void => {
        cancel();
        run();
      };
      const own = setTimeout(fire, wait);
      pending.set(id, { fire, cancel });
      ticker()?.postMessage({ id, wait });
      return cancel;
    },
    ticks: () => ticker() !== null,
    close(): void {
      for (const { cancel } of pending.values()) cancel();
      worker?.terminate();
      worker = null;
    },
  };
}

/** Whichever comes first. */
export interface Wake {
  /** Ms since the epoch. */
  readonly wall?: number | undefined;
  /** Ms of the monotonic clock. */
  readonly mono?: number | undefined;
}

export interface WakeTimer {
  /** Replaces the wake before it; `null`: none. */
  set(wake: Wake | null): void;
  /** To be called when time may have passed unseen: fires if the wake is due, or the clocks moved apart by more than 2 s. */
  check(): void;
  close(): void;
}

/** One wake at a time: after `onWake` there is none until `set`. */
export function wakeTimer(timers: Timers, onWake: () => void): WakeTimer {
  let wake: Wake | null = null;
  let cancel = (): void => {};
  let offset = timers.wall() - timers.mono();

  const left = ({ wall = Infinity, mono = Infinity }: Wake): number => Math.min(wall - timers.wall(), mono - timers.mono());

  function jumped(): boolean {
    const before = offset;
    offset = timers.wall() - timers.mono();
    return Math.abs(offset - before) > drift;
  }

  function arm(): void {
    cancel();
    const ms = wake === null ? Infinity : left(wake);
    cancel = ms === Infinity ? () => {} : timers.after(ms, check);
  }

  function check(): void {
    if (!jumped() && (wake === null || left(wake) > 0)) return arm();
    wake = null;
    cancel();
    onWake();
  }

  return {
    set(next: Wake | null): void {
      wake = next;
      arm();
    },
    check,
    close(): void {
      wake = null;
      cancel();
    },
  };
}
