/** Listeners: called one after the other; what one throws is rethrown alone, later, where the page can see it. */

export function rethrow(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

export interface Listeners<T> {
  readonly size: number;
  add(listener: (value: T) => void, signal?: AbortSignal): () => void;
  tell(value: T): void;
  clear(): void;
}

export function makeListeners<T>(): Listeners<T> {
  const listeners = new Map<object, (value: T) => void>();
  return {
    get size(): number {
      return listeners.size;
    },
    add(listener, signal): () => void {
      if (signal?.aborted === true) return () => {};
      const me = {};
      listeners.set(me, listener);
      const stop = (): void => {
        listeners.delete(me);
        signal?.removeEventListener("abort", stop);
      };
      signal?.addEventListener("abort", stop);
      return stop;
    },
    tell(value): void {
      // A listener added meanwhile hears the next one.
      const now = [...listeners];
      for (const [me, listener] of now) {
        if (!listeners.has(me)) continue;
        try {
          listener(value);
        } catch (error) {
          rethrow(error);
        }
      }
    },
    clear: () => listeners.clear(),
  };
}
