/** When this context stops running, and when it runs again as another generation (reliability.md 2.3). */
import type { Timers } from "../timer.js";

export type WakeReason = "pageshow" | "resume" | "gap";

export interface LifecycleOptions {
  readonly timers: Timers;
  /** Everything has to be let go before this returns. */
  readonly onSuspend: () => void;
  /** Continuations of older generations are dead. After a gap there was no `onSuspend`. */
  readonly onWake: (generation: number, reason: WakeReason) => void;
  /** Whether timers of this page are throttled to one a minute. Default: never. */
  readonly throttled?: () => boolean;
  /** Defaults: the page's, if this is one. */
  readonly page?: EventTarget | undefined;
  readonly document?: EventTarget | undefined;
}

export interface Lifecycle {
  readonly generation: number;
  readonly suspended: boolean;
  /** Looks for gaps, once a second: while this context drives. */
  watch(on: boolean): void;
  close(): void;
}

const tick = 1_000;
const gap = 5_000;
/** A throttled page is called once a minute; that is no gap. */
const throttledGap = 125_000;

export function lifecycle(options: LifecycleOptions): Lifecycle {
  const { timers, onSuspend, onWake, throttled = () => false } = options;
  const page = "page" in options ? options.page : typeof window === "undefined" ? undefined : window;
  const doc = "document" in options ? options.document : globalThis.document;
  const off = new AbortController();
  let generation = 1;
  let suspended = false;
  let watching = false;
  let cancel = (): void => {};
  let last = { wall: 0, mono: 0 };

  function suspend(): void {
    if (suspended) return;
    suspended = true;
    cancel();
    onSuspend();
  }

  function wake(reason: WakeReason): void {
    suspended = false;
    generation++;
    if (watching) arm();
    onWake(generation, reason);
  }

  /** Sleep may stop the monotonic clock and a set clock moves the other; standing still is longer on one of them. */
  function arm(): void {
    cancel();
    last = { wall: timers.wall(), mono: timers.mono() };
    const slow = throttled();
    cancel = timers.after(tick, () => {
      const passed = Math.max(timers.mono() - last.mono, timers.wall() - last.wall);
      if (passed > (slow || throttled() ? throttledGap : gap)) wake("gap");
      else arm();
    });
  }

  const on = (target: EventTarget | undefined, type: string, run: (event: Event) => void): void =>
    target?.addEventListener(type, run, { signal: off.signal });
  on(page, "pagehide", suspend);
  on(doc, "freeze", suspend);
  on(page, "pageshow", (event) => {
    if (suspended && (event as PageTransitionEvent).persisted) wake("pageshow");
  });
  on(doc, "resume", () => {
    if (suspended) wake("resume");
  });

  return {
    get generation(): number {
      return generation;
    },
    get suspended(): boolean {
      return suspended;
    },
    watch(next: boolean): void {
      watching = next;
      if (next && !suspended) arm();
      else cancel();
    },
    close(): void {
      off.abort();
      cancel();
    },
  };
}
