/**
 * The store contract: what must be durable, as lists of operations. `idbStore` and `memoryStore` implement it; a host may
 * give its own. Rules: outbox.md H.
 */

/** A stored row: index fields in clear, the core's record as two flat tapes. */
export interface StoredRecord {
  /** Unique in its store. In `messages` and `tombstones` it is the message's uid; in `evidence` and `commands` the store assigns it. */
  readonly key: string;
  /** Compare-and-set counter. */
  readonly version: number;
  /** Assigned by the store in `messages`, `evidence` and `commands`: grows in commit order, is never used again. */
  readonly seq?: number | undefined;
  /** In `evidence` and `commands`: the message it is about. */
  readonly uid?: string | undefined;
  /** The host's id (O-02). Not unique. */
  readonly idKey?: string | undefined;
  /** The Message-ID (O-04). Not unique. */
  readonly midKey?: string | undefined;
  /** Wall clock, ms. */
  readonly at?: number | undefined;
  /** Both tapes are empty where the row could not be read back whole. */
  readonly nums: readonly number[];
  readonly text: string;
}

/** Rows and bodies lie apart; `config` holds no secrets. */
export type StoreName = "meta" | "messages" | "bodies" | "commands" | "evidence" | "tombstones" | "config";
/** In `messages` and `tombstones` the index `uid` is the key. */
export type StoreIndex = "key" | "uid" | "idKey" | "midKey";

/** A check or a write of a `Commit`. */
export type StoreOp =
  /** The row `driver` of `meta` must have this epoch as `nums[0]`, else `fenced` (O-71). */
  | { readonly op: "fence"; readonly epoch: number }
  /** Else `missing`. */
  | { readonly op: "exists"; readonly store: StoreName; readonly key: string }
  /** Else `exists`, with the row that is there. */
  | { readonly op: "absent"; readonly store: Exclude<StoreName, "bodies">; readonly index: StoreIndex; readonly value: string }
  /** `seq` is assigned; a row of this key must not be there. */
  | { readonly op: "add"; readonly store: "messages"; readonly record: StoredRecord }
  /**
   * `expect`: the version that must stand; `null`: no row must stand; left out: no check. A row keeps its `seq`.
   * In `evidence` and `commands` only rows that are there can be put.
   */
  | { readonly op: "put"; readonly store: Exclude<StoreName, "bodies">; readonly expect?: number | null; readonly record: StoredRecord }
  /** Without `expect` an absent row is no refusal. A body has version 0. */
  | { readonly op: "delete"; readonly store: StoreName; readonly key: string; readonly expect?: number }
  /** `key` and `seq` are assigned. `raise`: this `messages` row's version grows by one, if the row is there (O-72). */
  | { readonly op: "append"; readonly store: "evidence" | "commands"; readonly raise?: string; readonly record: StoredRecord }
  /** Anything structured-cloneable under the key of its message; not to be changed by the caller afterwards. `at`: wall clock, ms. `owned`: nobody else holds it, no copy is needed. */
  | { readonly op: "putBody"; readonly key: string; readonly body: unknown; readonly at: number; readonly owned?: boolean };

/** All or nothing: first its checks, in order, then its writes, in order. */
export type Commit = readonly StoreOp[];

/** A logical answer; the rest of the batch is not affected by it. */
export type Refusal = {
  readonly ok: false;
  readonly reason: "fenced" | "conflict" | "missing" | "exists";
  /** Which operation of the Commit refused. */
  readonly at: number;
  /** The row that stands in the way. */
  readonly current?: StoredRecord;
};

/** What became of one `Commit`. */
export type CommitResult =
  /** What `add` and `append` were assigned, in the order of these operations. */
  | { readonly ok: true; readonly seqs: readonly number[] }
  | Refusal
  /** Nothing of it is known durable. `indoubt`: it may be there all the same; read again and decide (O-75). */
  | { readonly ok: false; readonly reason: "failed"; readonly error: StoreError; readonly indoubt: boolean };

/** Of a whole batch. */
export interface CommitOptions {
  /** `strict`: it survives a power cut once it resolved. */
  readonly durability: "strict" | "relaxed";
  /** For outcomes: on a full disk the ballast is given up for it. */
  readonly mayUseBallast?: boolean;
}

/** One consistent snapshot; each list is in the order of `seq`, or else of `key`. */
export interface StoreSnapshot {
  readonly meta: readonly StoredRecord[];
  readonly messages: readonly StoredRecord[];
  readonly evidence: readonly StoredRecord[];
  readonly tombstones: readonly StoredRecord[];
  readonly config: readonly StoredRecord[];
  readonly commands: readonly StoredRecord[];
}

/** Where an outbox is kept. `memoryStore()` is one; a host's own answers like it and is not trusted more than a network. */
export interface Store {
  /**
   * One transaction for the batch, durable when it resolves; calls take effect in call order (O-08). A Commit that breaks
   * the transaction is tried alone, in order, with the others. A store of a host may reject instead: all is `failed` then.
   */
  commit(batch: readonly Commit[], options: CommitOptions): Promise<readonly CommitResult[]>;
  /** With `keys`: these messages, their evidence, their tombstones, and all of `meta`, `config` and `commands`. */
  read(what: { readonly all: true } | { readonly keys: readonly string[] }): Promise<StoreSnapshot>;
  /** What `putBody` was given, as a copy; `undefined` when there is none. */
  body(key: string): Promise<unknown>;
  /** "Look": another context changed these messages, or (empty) only other rows; `null`: anything. Carries no authority. */
  watch(listener: (keys: readonly string[] | null) => void): () => void;
  /** Called in pagehide and freeze: lets go of what blocks other contexts, synchronously. */
  suspend?(): void;
  /** Called in pageshow and resume: what was asked meanwhile goes on. */
  resume?(): void;
  /** Idempotent; every promise handed out settles. */
  close(): void;
  /** Removes everything for good, then closes. */
  erase(): Promise<void>;
}

/**
 * `full`: no room, or below the headroom. `timeout`: no answer in time. `blocked`: another window holds the database.
 * `unavailable`: it cannot be opened. `schema`: it is laid out by something else. `invalid`: the record cannot be stored.
 * `closed`: this handle was closed. `unknown`: the engine broke.
 */
export type StoreErrorCode = "full" | "timeout" | "blocked" | "unavailable" | "schema" | "invalid" | "closed" | "unknown";

/** What a store throws or answers; another error counts as `unknown`. */
export interface StoreError extends Error {
  readonly name: "StoreError";
  readonly code: StoreErrorCode;
}

/** `foreign`: what the engine threw; only its class name is kept. */
export function storeError(code: StoreErrorCode, message: string, foreign?: unknown): StoreError {
  const name = (foreign as { name?: unknown } | null | undefined)?.name;
  const text = typeof name === "string" && /^[A-Za-z]{1,64}$/.test(name) ? `${message} (${name})` : message;
  return Object.assign(new Error(text), { name: "StoreError" as const, code });
}

export function isStoreError(error: unknown): error is StoreError {
  return error instanceof Error && error.name === "StoreError";
}
