/** A list of Commits as one IndexedDB transaction: all rows the checks name are read at once, the rest follows from them. */
import { keyedByUid, settle, type PutBody, type View } from "./apply.js";
import { takeBack } from "./watchdog.js";
import type { Commit, CommitResult, StoreIndex, StoreName, StoredRecord, StoreOp } from "./store.js";

/** What is in a row of `commands` or `evidence`: the key is the number. */
const appended = (store: StoreName): boolean => store === "evidence" || store === "commands";

/** A row as it was stored; one that is damaged keeps what can be read of its key, and no record. */
export function toRecord(store: StoreName, row: unknown): StoredRecord {
  const { key, seq, version, nums, text, ...rest } = row as Partial<StoredRecord>;
  const whole = Array.isArray(nums) && typeof text === "string";
  const id = { ...rest, ...(seq === undefined ? {} : { seq }), key: appended(store) ? String(seq) : String(key) };
  const stands = Number.isSafeInteger(version) ? (version as number) : 0;
  return { ...id, version: stands, nums: whole ? nums : [], text: whole ? text : "" };
}

/** The stores an operation reads or writes. */
function storesOf(op: StoreOp): readonly StoreName[] {
  switch (op.op) {
    case "fence":
      return ["meta"];
    case "add":
      return ["messages"];
    case "append":
      return op.raise === undefined ? [op.store] : [op.store, "messages"];
    case "putBody":
      return ["bodies"];
    case "exists":
    case "absent":
    case "put":
    case "delete":
      return [op.store];
  }
}

export const scopeOf = (commits: readonly Commit[]): readonly StoreName[] => [...new Set(commits.flat().flatMap(storesOf))];

type Query = readonly [store: StoreName, index: StoreIndex, value: string];

/** The rows an operation's checks and writes look at. */
function queryOf(op: StoreOp): Query | null {
  switch (op.op) {
    case "fence":
      return ["meta", "key", "driver"];
    case "exists":
      return [op.store, "key", op.key];
    case "absent":
      return [op.store, op.index === "uid" && keyedByUid(op.store) ? "key" : op.index, op.value];
    case "add":
      return ["messages", "key", op.record.key];
    case "put":
      return op.expect === undefined && op.store !== "messages" && !appended(op.store) ? null : [op.store, "key", op.record.key];
    case "delete":
      return op.expect === undefined && op.store !== "messages" ? null : [op.store, "key", op.key];
    case "append":
      return op.raise === undefined ? null : ["messages", "key", op.raise];
    case "putBody":
      return null;
  }
}

const nameOf = ([store, index, value]: Query): string => `${store}/${index}/${value}`;
const numberOf = (key: string): number | null => (/^\d{1,15}$/.test(key) ? Number(key) : null);

/** Null: no row can have this key. */
function ask(tx: IDBTransaction, [name, index, value]: Query): IDBRequest | null {
  const store = tx.objectStore(name);
  if (index !== "key") return store.index(index).getAll(value);
  if (name === "messages") return store.index("key").get(value);
  if (name === "bodies") return store.getKey(value);
  if (!appended(name)) return store.get(value);
  const seq = numberOf(value);
  return seq === null ? null : store.get(seq);
}

function answer([store, index, value]: Query, result: unknown): readonly StoredRecord[] {
  if (result === undefined) return [];
  if (index !== "key") return (result as unknown[]).map((row) => toRecord(store, row));
  return [store === "bodies" ? { key: value, version: 0, nums: [], text: "" } : toRecord(store, result)];
}

/** A row of this transaction; its number is known once the request that adds it has succeeded. */
interface Entry {
  record: StoredRecord | null;
  seq: number | undefined;
  waiting: ((seq: number) => void)[] | null;
}

interface TransactionView extends View {
  /** Nothing waits for a number: the transaction can be committed. */
  isWhole(): boolean;
}

function viewOf(tx: IDBTransaction, found: ReadonlyMap<string, readonly StoredRecord[]>, guard: (run: () => void) => void): TransactionView {
  const entries = new Map<string, Entry>();
  /** Rows written here, by what an index would say of them. */
  const marks = new Map<string, Set<Entry>>();
  let chained = 0;

  const path = (store: StoreName, key: string): string => nameOf([store, "key", key]);

  function entryOf(store: StoreName, key: string): Entry {
    const name = path(store, key);
    const there = entries.get(name);
    if (there !== undefined) return there;
    const record = found.get(name)?.[0] ?? null;
    const entry: Entry = { record, seq: record?.seq, waiting: null };
    entries.set(name, entry);
    return entry;
  }

  function mark(store: StoreName, entry: Entry, record: StoredRecord): void {
    for (const index of ["uid", "idKey", "midKey"] as const) {
      const value = record[index];
      if (value === undefined) continue;
      const name = nameOf([store, index, value]);
      const set = marks.get(name) ?? new Set();
      marks.set(name, set.add(entry));
    }
  }

  function whenNumbered(entry: Entry, run: (seq: number) => void): void {
    if (entry.waiting === null) {
      if (entry.seq !== undefined) run(entry.seq);
      return;
    }
    chained++;
    entry.waiting.push((seq) => {
      chained--;
      run(seq);
    });
  }

  const get = (store: StoreName, key: string): StoredRecord | undefined => entryOf(store, key).record ?? undefined;

  return {
    get,
    find(store: StoreName, index: StoreIndex, value: string): StoredRecord | undefined {
      if (index === "key" || (index === "uid" && keyedByUid(store))) return get(store, value);
      const name = nameOf([store, index, value]);
      for (const entry of marks.get(name) ?? []) if (entry.record?.[index] === value) return entry.record;
      return found.get(name)?.find(({ key }) => {
        const entry = entries.get(path(store, key));
        return entry === undefined || entry.record?.[index] === value;
      });
    },
    add(store: StoreName, record: StoredRecord, seqs: number[]): void {
      const slot = seqs.push(0) - 1;
      const entry: Entry = { record, seq: undefined, waiting: [] };
      if (store === "messages") entries.set(path(store, record.key), entry);
      mark(store, entry, record);
      const { seq: _seq, ...row } = record;
      const request = tx.objectStore(store).add(row);
      request.addEventListener("success", () => guard(() => {
        const seq = Number(request.result);
        seqs[slot] = seq;
        entry.seq = seq;
        const waiting = entry.waiting ?? [];
        entry.waiting = null;
        for (const run of waiting) run(seq);
      }));
    },
    put(store: StoreName, record: StoredRecord): void {
      const entry = entryOf(store, record.key);
      entry.record = record;
      mark(store, entry, record);
      if (store === "messages" || appended(store)) whenNumbered(entry, (seq) => void tx.objectStore(store).put({ ...record, seq }));
      else tx.objectStore(store).put(record);
    },
    putBody({ key, body, at, blobs }: PutBody): void {
      entryOf("bodies", key).record = { key, version: 0, nums: [], text: "" };
      tx.objectStore("bodies").put(blobs === undefined ? { key, body, at } : { key, body, at, blobs });
    },
    delete(store: StoreName, key: string): void {
      const entry = entryOf(store, key);
      entry.record = null;
      if (store === "messages") whenNumbered(entry, (seq) => void tx.objectStore(store).delete(seq));
      else if (!appended(store)) tx.objectStore(store).delete(key);
      else if (numberOf(key) !== null) tx.objectStore(store).delete(Number(key));
    },
    isWhole: () => chained === 0,
  };
}

/**
 * Runs the Commits in `tx`, and nothing but requests of `tx`. The answer fills, and holds once `tx` is complete. `broke`
 * gets what was thrown on the way; the transaction is then aborted.
 */
export function transact(tx: IDBTransaction, commits: readonly Commit[], broke: (thrown: unknown) => void): CommitResult[] {
  const results: CommitResult[] = [];
  const guard = (run: () => void): void => {
    try {
      run();
    } catch (thrown) {
      broke(thrown);
      takeBack(tx);
    }
  };
  const found = new Map<string, readonly StoredRecord[]>();
  let open = 1;

  function answered(): void {
    if (--open > 0) return;
    const view = viewOf(tx, found, guard);
    for (const commit of commits) results.push(settle(commit, view));
    if (view.isWhole()) tx.commit();
  }

  guard(() => {
    for (const op of commits.flat()) {
      const query = queryOf(op);
      if (query === null || found.has(nameOf(query))) continue;
      found.set(nameOf(query), []);
      const request = ask(tx, query);
      if (request === null) continue;
      open++;
      request.addEventListener("success", () => guard(() => {
        found.set(nameOf(query), answer(query, request.result));
        answered();
      }));
    }
    answered();
  });
  return results;
}

