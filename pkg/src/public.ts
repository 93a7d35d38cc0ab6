/** What every entry exports that needs no core. */
export { MapiError } from "./error.js";
export { outcomeOf } from "./outcome.js";
export { eraseOutbox } from "./session.js";
export { memoryStore } from "./store/memory.js";
export type {
  Commit, CommitOptions, CommitResult, Refusal, Store, StoreError, StoreErrorCode, StoreIndex, StoreName, StoreOp, StoreSnapshot, StoredRecord,
} from "./store/store.js";
export type * from "./types.js";
