/** One shape that React, Svelte, async iteration and plain callbacks can watch. */
import { checkListener, makeListeners } from "./events.js";
import { signalOf } from "./snapshot.js";
import type { Watchable } from "./types/table.js";

export interface Watched<T> {
  readonly watchable: Watchable<T>;
  isHeard(): boolean;
  /** The value may be another. */
  readonly changed: () => void;
  /** Ends every iteration. */
  close(): void;
}

/** `value` answers the same reference until it is another; `changed` may be called although it is not. */
export function watched<T>(value: () => T): Watched<T> {
  const listeners = makeListeners<void>();
  const ends = new Set<() => void>();
  let closed = false;

  /** `seen` is from the call, so that nothing between it and the first `next` is missed. */
  async function* changes(seen: T, signal?: AbortSignal): AsyncGenerator<T, void, undefined> {
    const state = { over: closed || signal?.aborted === true, wake: (): void => {} };
    const stop = listeners.add(() => state.wake());
    const end = (): void => {
      state.over = true;
      state.wake();
    };
    ends.add(end);
    signal?.addEventListener("abort", end);
    try {
      while (!state.over) {
        // A slow reader gets the newest, not all.
        const now = value();
        if (now !== seen) {
          seen = now;
          yield now;
        } else await new Promise<void>((resolve) => (state.wake = resolve));
      }
    } finally {
      stop();
      ends.delete(end);
      signal?.removeEventListener("abort", end);
    }
  }

  return {
    isHeard: () => listeners.isHeard(),
    watchable: {
      getSnapshot: value,
      onChange(listener, options): () => void {
        checkListener(listener);
        // What nobody has looked at is not kept up to date.
        value();
        return listeners.add(() => listener(), signalOf(options));
      },
      subscribe(run): () => void {
        checkListener(run);
        let seen = value();
        run(seen);
        return listeners.add(() => {
          const now = value();
          if (now === seen) return;
          seen = now;
          run(now);
        });
      },
      changes: (options) => changes(value(), signalOf(options)),
    },
    changed: () => listeners.tell(),
    close(): void {
      closed = true;
      listeners.clear();
      for (const end of ends) end();
    },
  };
}
