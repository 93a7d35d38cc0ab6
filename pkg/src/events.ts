/** Listeners: called one after the other; what one throws is rethrown alone, later, where the page can see it. */
import { invalid, kind } from "./error.js";

export function rethrow(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

export function checkListener(listener: unknown): void {
  if (typeof listener !== "function") throw invalid("a listener to be a function", kind(listener));
}

export interface Listeners<T> {
  isHeard(): boolean;
  add(listener: (value: T) => void, signal?: AbortSignal): () => void;
  readonly tell: (value: T) => void;
  clear(): void;
}

/** What was said before anybody could listen; more than these are old news. */
const heldMax = 64;

/** `hold`: the first listener hears what was told before it came. */
export function makeListeners<T>(hold = false): Listeners<T> {
  const listeners = new Set<{ readonly hear: (value: T) => void }>();
  /** All of them, made anew once they are others. */
  let all: readonly { readonly hear: (value: T) => void }[] | undefined;
  let held: T[] = [];

  function tellHeld(): void {
    const values = held;
    held = [];
    for (const value of values) tell(value);
  }

  function tell(value: T): void {
    if (hold && listeners.size === 0) {
      held = [...held, value].slice(-heldMax);
      return;
    }
    if (listeners.size === 0) return;
    // A listener added meanwhile hears the next one.
    all ??= [...listeners];
    for (const me of all) {
      if (!listeners.has(me)) continue;
      try {
        me.hear(value);
      } catch (error) {
        rethrow(error);
      }
    }
  }

  return {
    isHeard: () => listeners.size > 0,
    add(listener, signal): () => void {
      checkListener(listener);
      if (signal?.aborted === true) return () => {};
      const me = { hear: listener };
      listeners.add(me);
      all = undefined;
      if (held.length > 0) queueMicrotask(tellHeld);
      const stop = (): void => {
        listeners.delete(me);
        all = undefined;
        signal?.removeEventListener("abort", stop);
      };
      signal?.addEventListener("abort", stop);
      return stop;
    },
    tell,
    clear(): void {
      listeners.clear();
      all = undefined;
      held = [];
    },
  };
}
