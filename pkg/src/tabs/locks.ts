/** Which locks elect the driver: the browser's, or, for one context that is alone, the page's own (O-74). */

/** As much of `LockManager` as is used. */
export interface Locks {
  request(name: string, options: { readonly signal?: AbortSignal; readonly steal?: boolean }, held: () => Promise<void>): Promise<unknown>;
  query(): Promise<{ readonly held?: readonly { readonly name?: string }[] }>;
}

interface Waiting {
  readonly grant: () => void;
  readonly refuse: (reason: unknown) => void;
}

const aborted = (): DOMException => new DOMException("the lock was taken or the request was given up", "AbortError");

function makePageLocks(): Locks {
  const held = new Map<string, Waiting>();
  const queues = new Map<string, Waiting[]>();

  function next(name: string): void {
    const [first, ...rest] = queues.get(name) ?? [];
    if (first === undefined || held.has(name)) return;
    queues.set(name, rest);
    first.grant();
  }

  return {
    request(name, { signal, steal = false }, run): Promise<void> {
      return new Promise((resolve, reject) => {
        const me: Waiting = {
          grant(): void {
            held.set(name, me);
            const end = (settle: () => void): void => {
              if (held.get(name) === me) held.delete(name);
              settle();
              next(name);
            };
            run().then(() => end(resolve), (error: unknown) => end(() => reject(error)));
          },
          refuse: reject,
        };
        if (steal) {
          held.get(name)?.refuse(aborted());
          held.delete(name);
          queues.set(name, [me, ...(queues.get(name) ?? [])]);
        } else {
          queues.set(name, [...(queues.get(name) ?? []), me]);
          signal?.addEventListener("abort", () => {
            const queue = queues.get(name) ?? [];
            if (!queue.includes(me)) return;
            queues.set(name, queue.filter((other) => other !== me));
            reject(aborted());
          });
        }
        queueMicrotask(() => next(name));
      });
    },
    query: () => Promise.resolve({ held: [...held.keys()].map((name) => ({ name })) }),
  };
}

const pageLocks = new WeakMap<object, Locks>();
const everywhere = {};

/**
 * `alone`: nothing outside this page uses the store (`soleOwner`, or it is in memory); sessions of one page still take
 * turns. `place`: of a store in memory, whose sessions have nothing to do with another store's. Undefined where sending would need Web Locks and there are none.
 */
export function locksFor(alone: boolean, place: object = everywhere): Locks | undefined {
  if (alone) {
    const locks = pageLocks.get(place) ?? makePageLocks();
    pageLocks.set(place, locks);
    return locks;
  }
  return typeof navigator === "undefined" ? undefined : navigator.locks;
}
