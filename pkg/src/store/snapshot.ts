/** Reading: one transaction over every store; a row the engine cannot read is set aside, not in the way of the others. */
import { toRecord } from "./transact.js";
import type { StoreName, StoredRecord, StoreSnapshot } from "./store.js";

export const snapshotScope = ["meta", "messages", "evidence", "tombstones", "config", "commands"] as const;
type Name = (typeof snapshotScope)[number];

type Rows = (rows: StoredRecord[]) => void;

const bySeq = (a: StoredRecord, b: StoredRecord): number => (a.seq ?? 0) - (b.seq ?? 0);

/** Key by key: what fails is a row without record, and its neighbours are read. */
function oneByOne(store: IDBObjectStore, name: Name, source: IDBObjectStore | IDBIndex, range: IDBKeyRange | null, take: Rows): void {
  const rows: StoredRecord[] = [];
  const keys = source.openKeyCursor(range);
  keys.addEventListener("success", () => {
    const cursor = keys.result;
    if (cursor === null) return take(rows);
    const { key, primaryKey } = cursor;
    const row = store.get(primaryKey);
    row.addEventListener("success", () => rows.push(toRecord(name, row.result)));
    row.addEventListener("error", (event) => {
      event.preventDefault();
      rows.push(toRecord(name, { [String(source.keyPath)]: key, ...(typeof primaryKey === "number" ? { seq: primaryKey } : {}) }));
    });
    cursor.continue();
  });
}

function rowsOf(store: IDBObjectStore, name: Name, source: IDBObjectStore | IDBIndex, range: IDBKeyRange | null, take: Rows): void {
  const request = source.getAll(range);
  request.addEventListener("success", () => take(request.result.map((row) => toRecord(name, row))));
  request.addEventListener("error", (event) => {
    event.preventDefault();
    oneByOne(store, name, source, range, take);
  });
}

function all(tx: IDBTransaction, name: Name, take: Rows): void {
  const store = tx.objectStore(name);
  rowsOf(store, name, name === "messages" ? store.index("key") : store, null, (rows) => take(rows.sort(bySeq)));
}

/** The rows of these keys, in the order of `seq` or else of the keys. */
function some(tx: IDBTransaction, name: "messages" | "evidence" | "tombstones", keys: readonly string[], take: Rows): void {
  const store = tx.objectStore(name);
  const source = name === "tombstones" ? store : store.index(name === "messages" ? "key" : "uid");
  const found: StoredRecord[] = [];
  for (const key of keys) {
    rowsOf(store, name, source, IDBKeyRange.bound(key, key), (rows) => {
      found.push(...rows);
      take(found.sort(bySeq));
    });
  }
}

/** Fills while `tx` runs; holds once it is complete. */
export function snapshot(tx: IDBTransaction, keys: readonly string[] | null): StoreSnapshot {
  const answer: Record<Name, readonly StoredRecord[]> = { meta: [], messages: [], evidence: [], tombstones: [], config: [], commands: [] };
  const unique = keys === null ? [] : [...new Set(keys)].sort();
  for (const name of snapshotScope) {
    const take: Rows = (rows) => (answer[name] = rows);
    if (keys !== null && (name === "messages" || name === "evidence" || name === "tombstones")) some(tx, name, unique, take);
    else all(tx, name, take);
  }
  return answer;
}

/** Bodies of no message, `before` this wall clock: what a tab left that died between body and row (O-07). */
export function sweep(tx: IDBTransaction, before: number): void {
  const bodies = tx.objectStore("bodies");
  const old = bodies.index("at").openKeyCursor(IDBKeyRange.upperBound(before));
  old.addEventListener("success", () => {
    const cursor = old.result;
    if (cursor === null) return;
    const key = cursor.primaryKey;
    const owner = tx.objectStore("messages").index("key").getKey(key);
    const tomb = tx.objectStore("tombstones").getKey(key);
    tomb.addEventListener("success", () => {
      if (owner.result === undefined && tomb.result === undefined) bodies.delete(key);
    });
    cursor.continue();
  });
}

export const sweepScope: readonly StoreName[] = ["bodies", "messages", "tombstones"];
