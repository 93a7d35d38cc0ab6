/** Runs what the core wants stored or read. The commits of one step are one transaction, and so are its bodies. */
import type { Bodies, Given } from "./bodies.js";
import { isStoreError, type Commit, type CommitResult, type Store, type StoredRecord, type StoreName, type StoreOp, type StoreSnapshot } from "./store/store.js";
import type { Effect, PutBodyEffect, Turn } from "./wire/effect.js";
import { input } from "./wire/input.js";
import type { Tape } from "./wire/tape.js";

export type ReadEffect = Extract<Effect, { type: "read" }>;

export interface StorageHost {
  readonly store: Store;
  readonly bodies: Bodies;
  wall(): number;
  /** Of which core this is: answers to one that is gone are dropped. */
  life(): number;
  /** The one that goes in next. */
  tape(): Tape;
  /** What `submitMessage` read for this request. */
  given(req: number): Given | undefined;
  /** Called once the core has what was read. */
  onRead(snapshot: StoreSnapshot): void;
  onReadFailed(error: unknown): void;
  /** No wait without an end; what did not answer in time is in doubt. */
  within<T>(answer: Promise<T>, bytes: number): Promise<T>;
}

export interface Storage {
  commit(turn: Turn): void;
  putBodies(effects: readonly PutBodyEffect[]): void;
  read(effect: ReadEffect): void;
  /** What is being written has been, or has failed. */
  idle(): Promise<void>;
}

const storeOf = (op: StoreOp): StoreName => (op.op === "fence" ? "meta" : op.op === "putBody" ? "bodies" : op.store);

const isFull = (error: unknown): boolean => isStoreError(error) && error.code === "full";
const unknownFailure: CommitResult = { ok: false, reason: "failed", error: Object.assign(new Error("no answer"), { name: "StoreError" as const, code: "unknown" as const }), indoubt: true };

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const numberIn = (value: unknown): number => (Number.isSafeInteger(value) ? (value as number) : 0);
const isKey = (value: unknown): value is string => typeof value === "string" && !value.includes("\0");
/** What a store says others have changed; what cannot be understood means anything. */
export const keysIn = (value: unknown): string[] | null => (Array.isArray(value) && value.every(isKey) ? value : null);
const isResult = (value: unknown): value is CommitResult => typeof value === "object" && value !== null && "ok" in value;

/** What the core can be told: the rest of what a host's store may say is left out. */
function wholeSnapshot(snapshot: StoreSnapshot): StoreSnapshot {
  const isRow = (row: unknown): row is StoredRecord => isKey((row as StoredRecord | null | undefined)?.key);
  const rows = (list: unknown): StoredRecord[] => listIn(list).filter(isRow);
  const { meta, messages, evidence, tombstones, config, commands } = snapshot;
  return {
    meta: rows(meta), messages: rows(messages), evidence: rows(evidence), tombstones: rows(tombstones), config: rows(config),
    commands: rows(commands),
  };
}

export function makeStorage(host: StorageHost): Storage {
  const { store, bodies } = host;
  let writing = 0;
  const idle: (() => void)[] = [];

  function answer(op: number, commit: Commit, result: CommitResult): void {
    const tape = host.tape();
    if (result.ok) input.committed(tape, op, listIn(result.seqs).map(numberIn));
    else if (result.reason === "failed") input.failed(tape, op, result.indoubt, isFull(result.error));
    else {
      const at = commit[result.at];
      const current: { store: StoreName; record: StoredRecord } | null =
        result.current === undefined || at === undefined ? null : { store: storeOf(at), record: result.current };
      input.refused(tape, op, result.reason === "fenced", result.at, current);
    }
  }

  async function write(ops: readonly number[], batch: readonly Commit[], mayUseBallast: boolean, bytes = 0): Promise<void> {
    const life = host.life();
    let results: unknown;
    writing++;
    try {
      results = await host.within(store.commit(batch, { durability: "strict", mayUseBallast }), bytes);
    } catch {
      // A host's own store may throw, reject or answer too little: all of it is in doubt then.
    }
    if (--writing === 0) for (const told of idle.splice(0)) told();
    if (life !== host.life()) return;
    const list = listIn(results);
    let at = 0;
    for (const op of ops) {
      const result = list[at];
      answer(op, batch[at++] ?? [], isResult(result) ? result : unknownFailure);
    }
  }

  async function read({ op, keys }: ReadEffect): Promise<void> {
    const life = host.life();
    let snapshot: StoreSnapshot;
    try {
      snapshot = wholeSnapshot(await host.within(store.read(keys === null ? { all: true } : { keys }), 0));
    } catch (thrown) {
      if (life !== host.life()) return;
      input.failed(host.tape(), op, false, false);
      return host.onReadFailed(thrown);
    }
    if (life !== host.life()) return;
    input.reread(host.tape(), op, snapshot, keys);
    host.onRead(snapshot);
  }

  return {
    idle: () => (writing === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
    commit: ({ ops, commits, ballast }) => void write(ops, commits, ballast),
    putBodies(effects): void {
      const [ops, batch]: [number[], Commit[]] = [[], []];
      let bytes = 0;
      for (const { op, req, uid, head } of effects) {
        const given = host.given(req);
        if (given === undefined) input.failed(host.tape(), op, false, false);
        else {
          given.uid = uid;
          bytes += given.size;
          ops.push(op);
          batch.push([{ op: "putBody", key: uid, body: bodies.keep(uid, given, head), at: host.wall(), owned: true }]);
        }
      }
      if (ops.length > 0) void write(ops, batch, false, bytes);
    },
    read: (effect) => void read(effect),
  };
}
