/** Promises handed out, by the number the core knows them by. Every one of them settles. */
import { MapiError } from "./error.js";
import type { FlushProgress } from "./types/table.js";
import type { Effect, Reply } from "./wire/effect.js";
import type { Tape } from "./wire/tape.js";

export interface RequestOptions<T> {
  /** Writes the input that asks. */
  readonly ask: (tape: Tape, req: number) => void;
  readonly answer: (reply: Reply) => T;
  /** Stops waiting, not what was asked for. */
  readonly signal?: AbortSignal | undefined;
  /** Asking again changes nothing: a new core is asked the same. */
  readonly repeatable?: boolean;
  readonly secrets?: readonly unknown[];
  readonly onProgress?: ((progress: FlushProgress) => void) | undefined;
}

interface Open {
  readonly answer: (reply: Reply) => unknown;
  /** Of those that may be asked again: a message is not held until it is settled. */
  readonly again: RequestOptions<unknown>["ask"] | undefined;
  readonly secrets: readonly unknown[] | undefined;
  readonly onProgress: RequestOptions<unknown>["onProgress"];
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly forget: (() => void) | undefined;
}

export interface Requests {
  /** `begin` runs with the number of the request before it is asked. */
  make<T>(options: RequestOptions<T>, begin?: (req: number) => void): Promise<T>;
  resolve(req: number, reply: Reply): void;
  reject(effect: Extract<Effect, { type: "reject" }>): void;
  settle(req: number, value: unknown): void;
  refuse(req: number, error: unknown): void;
  secrets(req: number): readonly unknown[];
  onProgress(req: number): RequestOptions<unknown>["onProgress"];
  /** The core is gone: what can be asked again, is; the rest are answered. */
  afterCrash(asked: (tape: (to: Tape) => void) => void, spare: (req: number) => boolean): void;
  close(error: MapiError): void;
}

export function makeRequests(post: (write: (tape: Tape) => void) => void, forgotten: (tape: Tape, req: number) => void): Requests {
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

  function watch(req: number, signal: AbortSignal | undefined): (() => void) | undefined {
    if (signal === undefined) return undefined;
    const stop = (): void => {
      const found = take(req);
      post((tape) => forgotten(tape, req));
      found?.reject(signal.reason);
    };
    signal.addEventListener("abort", stop);
    return () => signal.removeEventListener("abort", stop);
  }

  return {
    make<T>(options: RequestOptions<T>, begin?: (req: number) => void): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        if (closed !== undefined) return reject(closed);
        if (options.signal?.aborted === true) return reject(options.signal.reason as Error);
        const req = next();
        open.set(req, {
          answer: options.answer, again: options.repeatable === true ? options.ask : undefined, secrets: options.secrets,
          onProgress: options.onProgress, resolve: resolve as (value: unknown) => void, reject, forget: watch(req, options.signal),
        });
        begin?.(req);
        post((tape) => options.ask(tape, req));
      });
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
      take(req)?.reject(new MapiError(code, expected, got, { id, state }));
    },
    settle: (req, value) => take(req)?.resolve(value),
    refuse: (req, error) => take(req)?.reject(error),
    secrets: (req) => open.get(req)?.secrets ?? [],
    onProgress: (req) => open.get(req)?.onProgress,
    afterCrash(asked, spare): void {
      for (const [req, { again }] of open) {
        if (again !== undefined) asked((tape) => again(tape, req));
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
