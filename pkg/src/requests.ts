/** Promises handed out, by the number the core knows them by. Every one of them settles. */
import { MapiError } from "./error.js";
import type { FlushProgress } from "./types/table.js";
import type { Effect, Reply } from "./wire/effect.js";
import type { Tape } from "./wire/tape.js";

/** Writes the input that asks. */
export type Ask<A> = (tape: Tape, req: number, about: A) => void;

export interface RequestOptions {
  /** Stops waiting; what was asked for only where the core can. */
  readonly signal?: AbortSignal | undefined;
  /** After the signal the core says what becomes of it: MAPI_E_USER_CANCEL, or that it was too late. */
  readonly answered?: boolean;
  /** Asking again changes nothing: a new core is asked the same. */
  readonly repeatable?: boolean;
  readonly secrets?: readonly unknown[];
  readonly onProgress?: ((progress: FlushProgress) => void) | undefined;
}

interface Open {
  readonly answer: (reply: Reply) => unknown;
  /** Of those that may be asked again: a message is not held until it is settled. */
  readonly again: Ask<unknown> | undefined;
  readonly about: unknown;
  readonly secrets: readonly unknown[] | undefined;
  readonly onProgress: RequestOptions["onProgress"];
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly forget: (() => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface Requests {
  make<T, A>(ask: Ask<A>, about: A, answer: (reply: Reply) => T, options?: RequestOptions): Promise<T>;
  resolve(req: number, reply: Reply): void;
  reject(effect: Extract<Effect, { type: "reject" }>): void;
  settle(req: number, value: unknown): void;
  refuse(req: number, error: unknown): void;
  secrets(req: number): readonly unknown[];
  onProgress(req: number): RequestOptions["onProgress"];
  /** The core is gone: what can be asked again, is; the rest are answered. */
  afterCrash(spare: (req: number) => boolean): void;
  close(error: MapiError): void;
}

/** Its own, whatever `Object.prototype` has. */
const none: RequestOptions = { signal: undefined };

let resolveNew!: Open["resolve"];
let rejectNew!: Open["reject"];
/** One executor for all: a closure each is a fifth of what a request takes. */
const ends = (resolve: (value: never) => void, reject: Open["reject"]): void => {
  resolveNew = resolve as Open["resolve"];
  rejectNew = reject;
};

/** `tape` is the one that goes in next. */
export function makeRequests(tape: () => Tape, forgotten: (tape: Tape, req: number) => void): Requests {
  const open = new Map<number, Open>();
  let last = 0;
  let closed: MapiError | undefined;

  function take(req: number): Open | undefined {
    const found = open.get(req);
    open.delete(req);
    found?.forget?.();
    return found;
  }

  /** Numbers return only after four billion requests, and never one that is still open. */
  function next(): number {
    do last = last >= 0xffff_fffe ? 1 : last + 1;
    while (open.has(last));
    return last;
  }

  function watch(req: number, signal: AbortSignal | undefined, answered: boolean): (() => void) | undefined {
    if (signal === undefined) return undefined;
    const stop = (): void => {
      const found = answered ? undefined : take(req);
      forgotten(tape(), req);
      found?.reject(signal.reason);
    };
    signal.addEventListener("abort", stop);
    return () => signal.removeEventListener("abort", stop);
  }

  return {
    make<T, A>(ask: Ask<A>, about: A, answer: (reply: Reply) => T, { signal, answered, repeatable, secrets, onProgress } = none): Promise<T> {
      if (closed !== undefined) return Promise.reject(closed);
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
      const req = next();
      const promise = new Promise<T>(ends);
      const again = repeatable === true;
      open.set(req, {
        answer, again: again ? (ask as Ask<unknown>) : undefined, about: again ? about : undefined, secrets, onProgress,
        resolve: resolveNew, reject: rejectNew, forget: watch(req, signal, answered === true), signal,
      });
      ask(tape(), req, about);
      return promise;
    },
    resolve(req, reply): void {
      const found = take(req);
      if (found === undefined) return;
      try {
        found.resolve(found.answer(reply));
      } catch (error) {
        found.reject(error);
      }
    },
    reject({ req, code, expected, got, id, state }): void {
      const found = take(req);
      const own = code === "MAPI_E_USER_CANCEL" && found?.signal?.aborted === true;
      found?.reject(own ? found.signal?.reason : new MapiError(code, expected, got, { id, state }));
    },
    settle: (req, value) => take(req)?.resolve(value),
    refuse: (req, error) => take(req)?.reject(error),
    secrets: (req) => open.get(req)?.secrets ?? [],
    onProgress: (req) => open.get(req)?.onProgress,
    afterCrash(spare): void {
      for (const [req, { again, about }] of open) {
        if (again !== undefined) again(tape(), req, about);
        else if (!spare(req)) {
          const error = new MapiError("MAPI_E_CALL_FAILED", "an answer of the core", "a crash of it; what became of the request shows in the queue");
          take(req)?.reject(error);
        }
      }
    },
    close(error): void {
      closed = error;
      for (const req of open.keys()) take(req)?.reject(error);
    },
  };
}
