/** The store that lives as long as its page: the same contract, nothing durable. */
import { invalid } from "../error.js";
import { checkText, copyPlain } from "../snapshot.js";
import { keyedByUid, settle, touched, type PutBody, type View } from "./apply.js";
import { isStoreError, storeError } from "./store.js";
import type { Commit, CommitOptions, CommitResult, Store, StoredRecord, StoreIndex, StoreName, StoreOp, StoreSnapshot } from "./store.js";

/** From an index value to its key, or keys. */
type Index = Map<string, string | Set<string>>;
interface Rows {
  readonly rows: Map<string, StoredRecord>;
  /** Null where the uid is the key. */
  readonly uid: Index | null;
  readonly idKey: Index;
  readonly midKey: Index;
  next: number;
}
type Listener = (keys: readonly string[] | null) => void;

interface Space {
  readonly stores: Readonly<Record<Exclude<StoreName, "bodies">, Rows>>;
  readonly bodies: Map<string, unknown>;
  readonly listeners: Map<Listener, symbol>;
  handles: number;
}

const stores = new WeakMap<object, Space>();
/** Made here: nobody outside this page has it (O-74), and it never hangs. */
export const isMemoryStore = (store: object): boolean => stores.has(store);

/** What holds the rows: stores of one name are one place. */
const placeOf = (store: object): object => stores.get(store) ?? store;
/** Whose rows are in it. */
const outboxes = new WeakMap<object, string>();

/** A store is of one outbox: the driver of another would send its mail. Answers what stands for its rows. */
export function claim(store: object, outbox: string): object {
  const place = placeOf(store);
  const before = outboxes.get(place) ?? outbox;
  if (before !== outbox) throw invalid("a store for each profile and owner", "one that is another's");
  outboxes.set(place, outbox);
  return place;
}

const emptyRows = (store: StoreName): Rows =>
  ({ rows: new Map(), uid: keyedByUid(store) ? null : new Map(), idKey: new Map(), midKey: new Map(), next: 1 });

const schema: StoredRecord = { key: "schema", version: 1, nums: [1], text: "" };

function emptySpace(): Space {
  const meta = emptyRows("meta");
  meta.rows.set(schema.key, schema);
  return {
    stores: {
      meta, messages: emptyRows("messages"), commands: emptyRows("commands"),
      evidence: emptyRows("evidence"), tombstones: emptyRows("tombstones"), config: emptyRows("config"),
    },
    bodies: new Map(),
    listeners: new Map(),
    handles: 0,
  };
}

function link(index: Index, value: string, key: string): void {
  const there = index.get(value);
  if (there === undefined) index.set(value, key);
  else if (typeof there !== "string") there.add(key);
  else if (there !== key) index.set(value, new Set([there, key]));
}

function unlink(index: Index, value: string, key: string): void {
  const there = index.get(value);
  if (there === key) index.delete(value);
  else if (there instanceof Set && there.delete(key) && there.size === 0) index.delete(value);
}

function relink(index: Index, before: string | undefined, after: string | undefined, key: string): void {
  if (before === after) return;
  if (before !== undefined) unlink(index, before, key);
  if (after !== undefined) link(index, after, key);
}

function replace(rows: Rows, key: string, before: StoredRecord | undefined, after: StoredRecord | undefined): void {
  if (rows.uid !== null) relink(rows.uid, before?.uid, after?.uid, key);
  relink(rows.idKey, before?.idKey, after?.idKey, key);
  relink(rows.midKey, before?.midKey, after?.midKey, key);
  if (after !== undefined) rows.rows.set(key, after);
  else if (before !== undefined) rows.rows.delete(key);
}

/** A literal: a spread that ends in another field costs as much as the whole commit. */
const withSeq = ({ version, uid, idKey, midKey, at, nums, text }: StoredRecord, key: string, seq: number): StoredRecord =>
  ({ key, version, seq, uid, idKey, midKey, at, nums, text });

function viewOf({ stores, bodies }: Space): View {
  const get = (store: StoreName, key: string): StoredRecord | undefined => {
    if (store !== "bodies") return stores[store].rows.get(key);
    return bodies.has(key) ? { key, version: 0, nums: [], text: "" } : undefined;
  };
  return {
    get,
    find(store: StoreName, index: StoreIndex, value: string): StoredRecord | undefined {
      if (store === "bodies" || index === "key") return get(store, value);
      const rows = stores[store][index];
      if (rows === null) return get(store, value);
      const keys = rows.get(value);
      if (keys === undefined) return undefined;
      if (typeof keys === "string") return get(store, keys);
      for (const key of keys) return get(store, key);
      return undefined;
    },
    add(store: StoreName, record: StoredRecord, seqs: number[]): void {
      if (store === "bodies") return;
      const rows = stores[store];
      const seq = rows.next++;
      const own = withSeq(record, store === "messages" ? record.key : String(seq), seq);
      replace(rows, own.key, undefined, own);
      seqs.push(seq);
    },
    put(store: StoreName, record: StoredRecord): void {
      if (store === "bodies") return;
      const before = stores[store].rows.get(record.key);
      const seq = before?.seq;
      replace(stores[store], record.key, before, seq === undefined || seq === record.seq ? record : withSeq(record, record.key, seq));
    },
    putBody({ key, body }: PutBody): void {
      bodies.set(key, body);
    },
    delete(store: StoreName, key: string): void {
      if (store === "bodies") bodies.delete(key);
      else replace(stores[store], key, stores[store].rows.get(key), undefined);
    },
  };
}

/** Bytes are handed over by contract; anything else could still be changed, or not be storable elsewhere. */
const still = (body: unknown): boolean =>
  typeof body !== "function" && typeof body !== "symbol" &&
  (typeof body !== "object" || body === null || body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body));

/** Mostly plain data, which the engine clones at ten times the cost. */
function cloned(body: unknown): unknown {
  try {
    return copyPlain(body, "a body", { depth: 100, maxSize: Infinity, ordinary: true, other: (value) => ({ value: structuredClone(value), size: 0 }) }).value;
  } catch {
    return structuredClone(body);
  }
}

const loose = (op: StoreOp): op is PutBody => op.op === "putBody" && op.owned !== true && !still(op.body);

/** Before the first write: a body that cannot be cloned must not leave half a Commit. */
const withOwnBodies = (commit: Commit): Commit =>
  commit.some(loose) ? commit.map((op) => (loose(op) ? { ...op, body: structuredClone(op.body) } : op)) : commit;

const inOrder = (a: StoredRecord, b: StoredRecord): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

function snapshot({ stores }: Space, keys: readonly string[] | null): StoreSnapshot {
  const all = (store: Exclude<StoreName, "bodies">): StoredRecord[] => [...stores[store].rows.values()];
  const byKey = (store: Exclude<StoreName, "bodies">): StoredRecord[] => all(store).sort(inOrder);
  const some = (store: Exclude<StoreName, "bodies">): StoredRecord[] =>
    keys === null ? all(store) : [...new Set(keys)].map((key) => stores[store].rows.get(key)).filter((row) => row !== undefined);
  const about = (key: string): string[] => {
    const at = stores.evidence.uid?.get(key) ?? [];
    return typeof at === "string" ? [at] : [...at];
  };
  const evidence = (): StoredRecord[] =>
    keys === null ? all("evidence") : [...new Set(keys.flatMap(about))].map((key) => stores.evidence.rows.get(key)).filter((row) => row !== undefined);
  const bySeq = (a: StoredRecord, b: StoredRecord): number => (a.seq ?? 0) - (b.seq ?? 0);
  return {
    meta: byKey("meta"),
    messages: some("messages").sort(bySeq),
    evidence: evidence().sort(bySeq),
    tombstones: some("tombstones").sort(inOrder),
    config: byKey("config"),
    commands: all("commands"),
  };
}

function clear(space: Space): void {
  for (const rows of Object.values(space.stores)) for (const [key, row] of rows.rows) replace(rows, key, row, undefined);
  space.bodies.clear();
  outboxes.delete(space);
  space.stores.meta.rows.set(schema.key, schema);
}

const isEmpty = ({ stores, bodies }: Space): boolean =>
  bodies.size === 0 && Object.values(stores).every(({ rows }) => rows.size === 0 || (rows.size === 1 && rows.has(schema.key)));

const spaces = new Map<string, Space>();

/**
 * Stores of one `name` in one page share their rows until they are erased, so that a second session of a profile is a
 * follower. Default: a store of its own.
 */
export function memoryStore(name?: string): Store {
  if (name !== undefined) checkText(name, "the name of a store");
  const space = (name === undefined ? undefined : spaces.get(name)) ?? emptySpace();
  if (name !== undefined) spaces.set(name, space);
  space.handles++;
  const self = Symbol("store");
  const view = viewOf(space);
  let closed = false;

  const failed = (error: unknown): CommitResult => ({
    ok: false,
    reason: "failed",
    error: isStoreError(error) ? error : storeError("invalid", "expected a body that can be cloned", error),
    indoubt: false,
  });

  function one(commit: Commit): CommitResult {
    try {
      return settle(withOwnBodies(commit), view);
    } catch (error) {
      return failed(error);
    }
  }

  function look(batch: readonly Commit[], results: readonly CommitResult[]): void {
    // Of several sessions on this very object nobody knows which one wrote.
    const own = [...space.listeners.values()].filter((owner) => owner === self).length;
    const others = [...space.listeners].filter(([, owner]) => owner !== self || own > 1);
    if (others.length === 0) return;
    const keys = new Set<string>();
    const changed = batch.map((commit, i) => results[i]?.ok === true && touched(commit, keys));
    if (changed.includes(true)) tell(others.map(([listener]) => listener), [...keys]);
  }

  function tell(listeners: readonly Listener[], keys: readonly string[] | null): void {
    queueMicrotask(() => {
      for (const listener of listeners) if (space.listeners.has(listener)) listener(keys);
    });
  }

  const gone = (): Promise<never> => Promise.reject(storeError("closed", "expected an open store, got one that was closed"));

  function close(): void {
    if (closed) return;
    closed = true;
    for (const [listener, owner] of space.listeners) if (owner === self) space.listeners.delete(listener);
    if (--space.handles === 0 && name !== undefined && isEmpty(space)) spaces.delete(name);
  }

  const store: Store = {
    commit(batch: readonly Commit[], _options: CommitOptions): Promise<readonly CommitResult[]> {
      if (closed) return Promise.resolve(batch.map(() => failed(storeError("closed", "expected an open store, got one that was closed"))));
      const results = batch.map(one);
      if (space.listeners.size > 0) look(batch, results);
      return Promise.resolve(results);
    },
    read: (what) => (closed ? gone() : Promise.resolve(snapshot(space, "all" in what ? null : what.keys))),
    body(key: string): Promise<unknown> {
      if (closed) return gone();
      const body = space.bodies.get(key);
      return Promise.resolve(body instanceof Blob ? body : cloned(body));
    },
    watch(listener: Listener): () => void {
      const own: Listener = (keys) => listener(keys);
      if (!closed) space.listeners.set(own, self);
      return () => void space.listeners.delete(own);
    },
    close,
    erase(): Promise<void> {
      clear(space);
      tell([...space.listeners].filter(([, owner]) => owner !== self).map(([listener]) => listener), null);
      close();
      return Promise.resolve();
    },
  };
  stores.set(store, space);
  return store;
}
