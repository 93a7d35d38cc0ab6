/** What a Commit means: the one evaluator behind every store here. */
import type { Unpacked } from "./blobs.js";
import { storeError } from "./store.js";
import type { Commit, CommitResult, Refusal, StoreIndex, StoreName, StoredRecord, StoreOp } from "./store.js";

/** `blobs`: what buffers in the body stand for, as the engine stores none. */
export type PutBody = Extract<StoreOp, { op: "putBody" }> & { readonly blobs?: readonly Unpacked[] };

/** The rows as one Commit sees them: earlier Commits of its batch have been written. */
export interface View {
  get(store: StoreName, key: string): StoredRecord | undefined;
  find(store: StoreName, index: StoreIndex, value: string): StoredRecord | undefined;
  /** A new row in `messages`, `evidence` or `commands`; its number goes to the end of `seqs`, at the latest when all is durable. */
  add(store: StoreName, record: StoredRecord, seqs: number[]): void;
  /** Replaces, or puts where the key is the store's own. */
  put(store: StoreName, record: StoredRecord): void;
  putBody(op: PutBody): void;
  delete(store: StoreName, key: string): void;
}

/** Where the key is assigned, or was when the row was added. */
export const numbered = (store: StoreName): boolean =>
  store === "messages" || store === "evidence" || store === "commands";

/** In these the uid is the key. */
export const keyedByUid = (store: StoreName): boolean => store === "messages" || store === "tombstones";

const refuse = (reason: Refusal["reason"], at: number, current?: StoredRecord): Refusal =>
  current === undefined ? { ok: false, reason, at } : { ok: false, reason, at, current };

function stands(view: View, store: StoreName, key: string, expect: number, at: number): Refusal | null {
  const current = view.get(store, key);
  if (current === undefined) return refuse("missing", at);
  return current.version === expect ? null : refuse("conflict", at, current);
}

function canPut(op: Extract<StoreOp, { op: "put" }>, at: number, view: View): Refusal | null {
  const { store, expect } = op;
  const { key } = op.record;
  if (typeof expect === "number") return stands(view, store, key, expect, at);
  if (expect === null) {
    const current = view.get(store, key);
    if (current !== undefined) return refuse("exists", at, current);
  }
  const mustStand = store === "evidence" || store === "commands";
  return mustStand && view.get(store, key) === undefined ? refuse("missing", at) : null;
}

/** Two adds of one key in one Commit: the second meets the first. */
function addedBefore(commit: Commit, at: number, key: string): StoredRecord | undefined {
  for (let i = 0; i < at; i++) {
    const op = commit[i];
    if (op?.op === "add" && op.record.key === key) return op.record;
  }
  return undefined;
}

function check(commit: Commit, op: StoreOp, at: number, view: View): Refusal | null {
  switch (op.op) {
    case "fence":
      return view.get("meta", "driver")?.nums[0] === op.epoch ? null : refuse("fenced", at, view.get("meta", "driver"));
    case "exists":
      return view.get(op.store, op.key) === undefined ? refuse("missing", at) : null;
    case "absent": {
      const current = view.find(op.store, op.index, op.value);
      return current === undefined ? null : refuse("exists", at, current);
    }
    case "add": {
      const current = view.get("messages", op.record.key) ?? addedBefore(commit, at, op.record.key);
      return current === undefined ? null : refuse("exists", at, current);
    }
    case "put":
      return canPut(op, at, view);
    case "delete":
      return op.expect === undefined ? null : stands(view, op.store, op.key, op.expect, at);
    case "append":
    case "putBody":
      return null;
    default:
      throw storeError("invalid", `expected a store operation, got ${String((op as { op?: unknown }).op)}`);
  }
}

function write(op: StoreOp, view: View, seqs: number[]): void {
  switch (op.op) {
    case "add":
      view.add("messages", op.record, seqs);
      return;
    case "append": {
      view.add(op.store, op.record, seqs);
      const raised = op.raise === undefined ? undefined : view.get("messages", op.raise);
      if (raised !== undefined) view.put("messages", { ...raised, version: raised.version + 1 });
      return;
    }
    case "put":
      if (op.store === "messages" && view.get("messages", op.record.key) === undefined) view.add("messages", op.record, []);
      else view.put(op.store, op.record);
      return;
    case "delete":
      view.delete(op.store, op.key);
      return;
    case "putBody":
      view.putBody(op);
      return;
    case "fence":
    case "exists":
    case "absent":
      return;
  }
}

/** Checks, then writes; a refused Commit leaves the view as it was. */
export function settle(commit: Commit, view: View): CommitResult {
  let at = 0;
  for (const op of commit) {
    const refusal = check(commit, op, at++, view);
    if (refusal !== null) return refusal;
  }
  const seqs: number[] = [];
  for (const op of commit) write(op, view, seqs);
  return { ok: true, seqs };
}

/** Gathers the messages another context has to look at; false when there is nothing for it to see. */
export function touched(commit: Commit, into: Set<string>): boolean {
  let changed = false;
  for (const op of commit) {
    switch (op.op) {
      case "add":
        into.add(op.record.key);
        break;
      case "put":
        if (keyedByUid(op.store)) into.add(op.record.key);
        break;
      case "delete":
        if (op.store === "bodies") continue;
        if (keyedByUid(op.store)) into.add(op.key);
        break;
      case "append":
        if (op.raise !== undefined) into.add(op.raise);
        if (op.record.uid !== undefined) into.add(op.record.uid);
        break;
      case "putBody":
      case "fence":
      case "exists":
      case "absent":
        continue;
    }
    changed = true;
  }
  return changed;
}
