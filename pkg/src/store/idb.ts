/** The store in IndexedDB: commits of one turn are one transaction, call order is commit order, nothing waits for ever. */
import { openChannel, type ChannelFactory } from "../tabs/channel.js";
import { systemTimers, type Timers } from "../timer.js";
import { touched } from "./apply.js";
import { repack, type Unpacked } from "./blobs.js";
import { connection } from "./connection.js";
import { failed, groupRunner, isBody, type Item } from "./group.js";
import { makeRoom, systemEstimate, type Estimate } from "./room.js";
import { snapshot, snapshotScope, sweep, sweepScope } from "./snapshot.js";
import { storeError, type Commit, type CommitOptions, type CommitResult, type Store, type StoreSnapshot } from "./store.js";
import { budget, failureOf, finished, within } from "./watchdog.js";

export interface IdbStoreOptions {
  /** `databaseName(profile, owner)`. */
  readonly name: string;
  /** These default to what the page has. */
  readonly factory?: IDBFactory;
  readonly channels?: ChannelFactory;
  readonly estimate?: Estimate;
  readonly timers?: Timers;
}

type Listener = (keys: readonly string[] | null) => void;
interface Batch {
  readonly items: readonly Item[];
  readonly strict: boolean;
  readonly bodies: boolean;
  readonly resolve: (results: readonly CommitResult[]) => void;
}
type Task = Batch | (() => Promise<void>);

const day = 86_400_000;
/** When the orphans go and the ballast comes: once the page has started, and after it failed. */
const [afterStart, later] = [2_000, 600_000];
/** Of more messages than this is said: look at everything. */
const manyKeys = 500;

function lookOf(message: unknown): readonly string[] | null | undefined {
  const look = (message as { look?: unknown } | null | undefined)?.look;
  if (look === null) return null;
  return Array.isArray(look) && look.every((key) => typeof key === "string") ? look : undefined;
}

/** Bodies are committed by themselves (O-07); otherwise whatever waits goes together. */
const joins = (head: Batch, task: Task | undefined): task is Batch => typeof task === "object" && task.bodies === head.bodies;

/** Opens at the first use. Its `commit` never rejects. */
export function idbStore(options: IdbStoreOptions): Store {
  const { name, factory = globalThis.indexedDB, timers = systemTimers(), estimate = systemEstimate() } = options;
  const listeners = new Set<Listener>();
  const channel = openChannel(name, options.channels);
  const db = connection({ name, factory, timers, onLost: () => tell(null) });
  const queue: Task[] = [];
  let pumping: Promise<void> | undefined;
  let closed = false;
  const room = makeRoom(db, estimate, timers);
  const run = groupRunner({ db, timers, room });

  channel.listen((message) => {
    const keys = lookOf(message);
    if (keys !== undefined) tell(keys);
  });

  function tell(keys: readonly string[] | null): void {
    for (const listener of listeners) listener(keys);
  }

  function announce(commits: readonly Commit[], results: readonly CommitResult[]): void {
    const keys = new Set<string>();
    const changed = commits.map((commit, i) => results[i]?.ok === true && touched(commit, keys));
    if (changed.includes(true)) channel.post({ look: keys.size > manyKeys ? null : [...keys] });
  }

  async function commitAll(head: Batch): Promise<void> {
    const batches = [head];
    for (let next = queue[0]; joins(head, next); next = queue[0]) {
      batches.push(next);
      queue.shift();
    }
    const items = batches.flatMap((batch) => batch.items);
    const results = await run(items, batches.some((batch) => batch.strict))
      .catch((thrown: unknown) => items.map(() => failed(failureOf(thrown).error, true)));
    announce(items.map((item) => item.commit), results);
    let at = 0;
    for (const { items: own, resolve } of batches) resolve(results.slice(at, (at += own.length)));
  }

  async function pump(): Promise<void> {
    // Calls of one turn: they meet in the queue before it is looked at.
    await Promise.resolve();
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      await (typeof task === "function" ? task() : commitAll(task));
    }
    pumping = undefined;
  }

  function enqueue(task: Task): void {
    queue.push(task);
    pumping ??= pump();
  }

  /** In call order, behind the commits before it. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => enqueue(() => work().then(resolve, reject)));
  }

  /** Once more with another handle, when the first one broke. */
  async function reading<T>(stores: readonly string[], bytes: number, begin: (tx: IDBTransaction) => () => T): Promise<T> {
    for (let again = true; ; again = false) {
      try {
        return await db.transaction(stores, "readonly", "default", async (tx) => {
          const end = finished(tx, budget(bytes), timers);
          const answer = begin(tx);
          await end;
          return answer();
        });
      } catch (thrown) {
        const { error, reach } = failureOf(thrown);
        if (!again || reach !== "doubt") throw error;
        await db.reopen();
      }
    }
  }

  /** Nobody waits for it and nothing depends on it. */
  async function upkeep(): Promise<void> {
    try {
      await db.transaction(sweepScope, "readwrite", "relaxed", (tx) => {
        sweep(tx, timers.wall() - day);
        return finished(tx, budget(), timers);
      });
      await room.fill();
    } catch (thrown) {
      if (failureOf(thrown).reach === "doubt") await db.reopen().catch(() => {});
      armUpkeep(later);
    }
  }

  let cancelUpkeep = (): void => {};
  function armUpkeep(ms: number): void {
    cancelUpkeep();
    if (!closed) cancelUpkeep = timers.after(ms, () => void inTurn(upkeep));
  }

  function deleted(): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = factory.deleteDatabase(name);
      request.addEventListener("success", () => resolve());
      request.addEventListener("error", () => reject(request.error));
    });
  }

  async function erase(): Promise<void> {
    let empty = false;
    try {
      await db.transaction([...snapshotScope, "bodies", "ballast"], "readwrite", "strict", (tx) => {
        for (const store of tx.objectStoreNames) if (store !== "meta") tx.objectStore(store).clear();
        tx.objectStore("meta").delete(IDBKeyRange.upperBound("schema", true));
        tx.objectStore("meta").delete(IDBKeyRange.lowerBound("schema", true));
        return finished(tx, budget(), timers);
      });
      empty = true;
    } catch {
      // A database that cannot be emptied can perhaps be deleted.
    }
    db.close();
    const late = () => storeError("blocked", "expected the database to be deleted in 10 s, got nothing: another window holds it");
    try {
      await within(deleted(), budget(), timers, late);
    } catch (thrown) {
      // Empty is as good as deleted; a window that holds it deletes nothing by that.
      if (!empty) throw failureOf(thrown).error;
    }
  }

  function close(): void {
    if (closed) return;
    closed = true;
    cancelUpkeep();
    listeners.clear();
    channel.close();
    db.close();
    // The watchdogs of what is under way still count.
    if (options.timers === undefined) void (pumping ?? Promise.resolve()).then(() => timers.close());
  }

  armUpkeep(afterStart);
  return {
    commit(batch: readonly Commit[], { durability, mayUseBallast = false }: CommitOptions): Promise<readonly CommitResult[]> {
      return new Promise((resolve) => {
        const items = batch.map((commit) => ({ commit, mayUseBallast }));
        enqueue({ items, strict: durability === "strict", bodies: batch.some((commit) => commit.some(isBody)), resolve });
      });
    },
    read: (what) =>
      inTurn(() => reading<StoreSnapshot>(snapshotScope, 0, (tx) => {
        const answer = snapshot(tx, "all" in what ? null : what.keys);
        return () => answer;
      })),
    body: (key) =>
      reading(["bodies"], 64 * 2 ** 20, (tx) => {
        const found = tx.objectStore("bodies").get(key);
        return () => bodyOf(found.result);
      }),
    watch(listener: Listener): () => void {
      const own: Listener = (keys) => listener(keys);
      if (!closed) listeners.add(own);
      return () => void listeners.delete(own);
    },
    suspend(): void {
      db.suspend();
      channel.suspend();
    },
    resume(): void {
      channel.resume();
      db.resume();
      tell(null);
    },
    close,
    async erase(): Promise<void> {
      try {
        await inTurn(erase);
      } finally {
        close();
      }
    },
  };
}

function bodyOf(row: unknown): unknown {
  const { body, blobs } = (row ?? {}) as { readonly body?: unknown; readonly blobs?: readonly Unpacked[] };
  return repack(body, blobs);
}
