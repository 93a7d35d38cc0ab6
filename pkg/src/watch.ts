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

const nothing = (): void => {};
const settled = Promise.resolve();

/** `value` answers the same reference until it is another; `changed` may be called although it is not. */
export function watched<T>(value: () => T): Watched<T> {
  const listeners = makeListeners<void>();
  const ends = new Set<() => void>();
  let closed = false;

  /** `seen` is from the call, so that nothing between it and the first `next` is missed. No generator: its `return` waits for a `next` that waits. */
  function changes(seen: T, signal?: AbortSignal): AsyncIterableIterator<T> {
    const state = { over: false, wake: nothing, stop: nothing };
    /** One `next` after the other. */
    let turn: Promise<unknown> | undefined;

    function end(): void {
      state.over = true;
      state.stop();
      ends.delete(end);
      signal?.removeEventListener("abort", end);
      state.wake();
    }

    function begin(): void {
      if (closed || signal?.aborted === true) return end();
      state.stop = listeners.add(() => state.wake());
      ends.add(end);
      signal?.addEventListener("abort", end);
    }

    async function step(): Promise<IteratorResult<T, undefined>> {
      try {
        while (!state.over) {
          // A slow reader gets the newest, not all.
          const now = value();
          if (now !== seen) {
            seen = now;
            return { done: false, value: now };
          }
          await new Promise<void>((resolve) => (state.wake = resolve));
        }
      } catch (thrown) {
        end();
        throw thrown;
      }
      return { done: true, value: undefined };
    }

    return {
      next() {
        if (turn === undefined) begin();
        const answer = turn === undefined ? step() : turn.then(step, step);
        turn = answer;
        return answer;
      },
      return(given?: unknown) {
        turn ??= settled;
        end();
        return Promise.resolve({ done: true, value: given });
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
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
