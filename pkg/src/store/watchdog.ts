/** No wait for the engine without an end: on a full disk Chromium's transactions never settle. */
import type { Timers } from "../timer.js";
import { isStoreError, storeError, type StoreError } from "./store.js";

const patience = 10_000;
/** A slow disk takes this many bytes in one ms. */
const pace = 1_024;

/** How long an operation on so many bytes may take, ms. */
export const budget = (bytes = 0): number => patience + bytes / pace;

/** One that was committing goes on: whether it did is for the next read to say. */
export function takeBack(tx: IDBTransaction): void {
  try {
    tx.abort();
  } catch {
    // It was over already.
  }
}

/** Resolves on `complete`; on abort rejects with its error; when time is up takes the transaction back if that is still possible. */
export function finished(tx: IDBTransaction, ms: number, timers: Timers): Promise<void> {
  const end = new Promise<void>((resolve, reject) => {
    const cancel = timers.after(ms, () => {
      reject(storeError("timeout", `expected the database to answer in ${Math.round(ms / 1000)} s, got nothing`));
      takeBack(tx);
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
  // Whoever began the transaction may have failed before it could wait.
  end.catch(() => {});
  return end;
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

const nameOf = (thrown: unknown): unknown => (thrown as { readonly name?: unknown } | null | undefined)?.name;

/** A request was made after the engine had ended its transaction, as Firefox does once after a full disk: nothing was written. */
export const isOver = (thrown: unknown): boolean =>
  nameOf(thrown) === "InvalidStateError" || nameOf(thrown) === "TransactionInactiveError";

/** What a request threw; the transaction was taken back because of it. */
export function refusalOf(thrown: unknown): StoreError {
  if (isStoreError(thrown)) return thrown;
  if (isOver(thrown)) return storeError("unavailable", "expected a transaction, got one that the engine had ended", thrown);
  return storeError("invalid", "expected a record that can be stored, got one that cannot", thrown);
}

/** What an error of the engine, or one of ours, says about the transaction it ended. */
export function failureOf(thrown: unknown): Failure {
  if (isStoreError(thrown)) {
    const { code } = thrown;
    const reach = code === "timeout" || code === "unknown" ? "doubt" : code === "full" || code === "invalid" ? "commit" : "store";
    return { error: thrown, reach };
  }
  switch (nameOf(thrown)) {
    case "QuotaExceededError":
    // A body Chromium could not write to a full disk.
    case "DataError":
      return { error: storeError("full", "expected room for the record, got a full disk or quota", thrown), reach: "commit" };
    case "ConstraintError":
    case "NotFoundError":
    case "NotReadableError":
      return { error: refusalOf(thrown), reach: "commit" };
    default:
      return { error: storeError("unknown", "expected the database to work, got an error of the engine", thrown), reach: "doubt" };
  }
}
