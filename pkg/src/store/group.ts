/** Several Commits as one transaction, and what is done when it breaks (O-08, O-75). */
import type { Timers } from "../timer.js";
import type { PutBody } from "./apply.js";
import { sizeOf, unpack } from "./blobs.js";
import type { Connection } from "./connection.js";
import { storesBlobs, type Room } from "./room.js";
import { storeError, type Commit, type CommitResult, type StoreError, type StoreOp } from "./store.js";
import { scopeOf, transact } from "./transact.js";
import { budget, failureOf, finished, isOver, refusalOf } from "./watchdog.js";

export interface Item {
  readonly commit: Commit;
  readonly mayUseBallast: boolean;
}

export interface GroupContext {
  readonly db: Connection;
  readonly timers: Timers;
  readonly room: Room;
}

export const isBody = (op: StoreOp): op is PutBody => op.op === "putBody";
const isAcceptance = (op: StoreOp): boolean => op.op === "add" || op.op === "putBody";

const bytesOf = (commit: Commit): number => commit.reduce((sum, op) => sum + (isBody(op) ? sizeOf(op.body) : 0), 0);

export const failed = (error: StoreError, indoubt: boolean): CommitResult => ({ ok: false, reason: "failed", error, indoubt });

export function groupRunner({ db, timers, room }: GroupContext): (items: readonly Item[], strict: boolean) => Promise<CommitResult[]> {
  let blobs: boolean | undefined;

  /** Whatever has to be awaited, before the transaction: nothing foreign is awaited inside one. */
  async function prepared(commit: Commit): Promise<Commit> {
    if (!commit.some(isBody)) return commit;
    blobs ??= await storesBlobs(db, timers);
    if (blobs) return commit;
    return Promise.all(commit.map(async (op): Promise<StoreOp | PutBody> => (isBody(op) ? { ...op, ...(await unpack(op.body, timers)) } : op)));
  }

  async function once(commits: readonly Commit[], strict: boolean, again = true): Promise<CommitResult[]> {
    const stores = scopeOf(commits);
    if (stores.length === 0) return commits.map(() => ({ ok: true, seqs: [] }));
    const bytes = commits.reduce((sum, commit) => sum + bytesOf(commit), 0);
    let stopped: unknown;
    try {
      return await db.transaction(stores, "readwrite", strict ? "strict" : "relaxed", async (tx) => {
        const end = finished(tx, budget(bytes), timers);
        const results = transact(tx, commits, (thrown) => (stopped = thrown));
        await end;
        return results;
      });
    } catch (error) {
      if (stopped === undefined) throw error;
      if (!again || !isOver(stopped)) throw refusalOf(stopped);
      await db.reopen();
      return once(commits, strict, false);
    }
  }

  async function settleAll(items: readonly Item[], strict: boolean): Promise<CommitResult[]> {
    try {
      const commits: Commit[] = [];
      for (const { commit } of items) commits.push(await prepared(commit));
      return await once(commits, strict);
    } catch (thrown) {
      const { error, reach } = failureOf(thrown);
      switch (reach) {
        case "doubt":
          // The next read has to find the database as the engine left it, or say that it cannot.
          await db.reopen().catch(() => {});
          return items.map(() => failed(error, true));
        case "store":
          return items.map(() => failed(error, false));
        case "commit":
          return alone(items, strict, error);
      }
    }
  }

  async function alone(items: readonly Item[], strict: boolean, error: StoreError): Promise<CommitResult[]> {
    const [only] = items;
    if (only !== undefined && items.length === 1) {
      const again = error.code === "full" && only.mayUseBallast && (await room.give().catch(() => false));
      return again ? settleAll([{ ...only, mayUseBallast: false }], strict) : [failed(error, false)];
    }
    const results: CommitResult[] = [];
    for (const item of items) results.push(...(await settleAll([item], strict)));
    return results;
  }

  return async (items, strict) => {
    const refused = new Map<Item, CommitResult>();
    for (const item of items) {
      if (item.mayUseBallast || !item.commit.some(isAcceptance) || (await room.admits(bytesOf(item.commit)))) continue;
      refused.set(item, failed(storeError("full", "expected room for twice the message and 4 MiB, got less"), false));
    }
    const rest = items.filter((item) => !refused.has(item));
    const results = rest.length === 0 ? [] : await settleAll(rest, strict);
    let next = 0;
    return items.map((item) => refused.get(item) ?? results[next++] ?? failed(storeError("unknown", "expected an answer for each Commit"), true));
  };
}
