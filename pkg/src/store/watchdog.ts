/** No wait for the engine without an end: on a full disk Chromium's transactions never settle. */
import type { Timers } from "../timer.js";
import { isStoreError, storeError, type StoreError } from "./store.js";

const patience = 10_000;
/** A slow disk takes this many bytes in one ms. */
const pace = 1_024;

/** How long an operation on so many bytes may take, ms. */
export const budget = (bytes = 0): number => patience + bytes / pace;

/** Resolves on `complete`; on abort rejects with its error; when time is up takes the transaction back if that is still possible. */
export function finished(tx: IDBTransaction, ms: number, timers: Timers): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(ms, () => {
      reject(storeError("timeout", `expected the database to answer in ${Math.round(ms / 1000)} s, got nothing`));
      try {
        tx.abort();
      } catch {
        // It was committing: whether it did is for the next read to say.
      }
    });
    tx.addEventListener("complete", () => {
      cancel();
      resolve();
    });
    tx.addEventListener("abort", () => {
      cancel();
      reject(tx.error ?? storeError("unknown", "expected a commit, got an abort without a reason"));
    });
  });
}

/** The promise, or `late()` as its rejection. */
export function within<T>(promise: Promise<T>, ms: number, timers: Timers, late: () => StoreError): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(ms, () => reject(late()));
    promise.finally(cancel).then(resolve, reject);
  });
}

export interface Failure {
  readonly error: StoreError;
  /** `commit`: it is this one's fault, alone it may be another's. `store`: nothing was begun. `doubt`: it may be durable all the same. */
  readonly reach: "commit" | "store" | "doubt";
}

/** What an error of the engine, or one of ours, says about the transaction it ended. */
export function failureOf(thrown: unknown): Failure {
  if (isStoreError(thrown)) {
    const { code } = thrown;
    const reach = code === "timeout" || code === "unknown" ? "doubt" : code === "full" || code === "invalid" ? "commit" : "store";
    return { error: thrown, reach };
  }
  switch ((thrown as { name?: unknown } | null)?.name) {
    case "QuotaExceededError":
      return { error: storeError("full", "expected room for the record, got a full disk or quota", thrown), reach: "commit" };
    case "DataCloneError":
    case "DataError":
    case "ConstraintError":
    case "NotFoundError":
    case "NotReadableError":
    case "TypeError":
      return { error: storeError("invalid", "expected a record that can be stored, got one that cannot", thrown), reach: "commit" };
    default:
      return { error: storeError("unknown", "expected the database to work, got an error of the engine", thrown), reach: "doubt" };
  }
}
