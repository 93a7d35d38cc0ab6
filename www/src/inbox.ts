/** The host's own message store: where `deliver` puts mail. One database for both accounts, read by every tab. */

export interface Letter {
  readonly owner: string;
  /** Stable over redeliveries, so a second delivery changes nothing. */
  readonly id: string;
  readonly received: number;
  readonly seen: boolean;
  readonly content: Blob;
}

const NAME = "mailspooler-demo";

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
  });

let opened: Promise<IDBDatabase> | undefined;
function database(): Promise<IDBDatabase> {
  return (opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("letters", { keyPath: ["owner", "id"] });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
  }));
}

const channel = new BroadcastChannel(NAME);
const listeners = new Set<() => void>();
channel.onmessage = () => { for (const listener of listeners) listener(); };

function changed(): void {
  channel.postMessage("look");
  for (const listener of listeners) listener();
}

/** Calls whenever any tab changed the store. */
export function onInbox(listener: () => void): void {
  listeners.add(listener);
}

const within = (owner: string): IDBKeyRange => IDBKeyRange.bound([owner], [owner, []]);

/** As it lies on disk: bytes, because not every engine keeps a Blob. */
type Stored = Omit<Letter, "content"> & { readonly bytes: ArrayBuffer };

async function stored({ content, ...rest }: Letter): Promise<Stored> {
  return { ...rest, bytes: await content.arrayBuffer() };
}

/** Newest first. */
export async function letters(owner: string): Promise<Letter[]> {
  const store = (await database()).transaction("letters").objectStore("letters");
  const all = (await done(store.getAll(within(owner)))) as Stored[];
  return all.map(({ bytes, ...rest }) => ({ ...rest, content: new Blob([bytes]) })).sort((one, other) => other.received - one.received);
}

/** Resolves when the letter is on disk: only then may the server forget it. */
export async function keep(letter: Letter): Promise<void> {
  const row = await stored(letter);
  const transaction = (await database()).transaction("letters", "readwrite", { durability: "strict" });
  const store = transaction.objectStore("letters");
  if ((await done(store.getKey([letter.owner, letter.id]))) === undefined) store.put(row);
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB"));
  });
  changed();
}

export async function markSeen(letter: Letter): Promise<void> {
  const row = await stored({ ...letter, seen: true });
  const store = (await database()).transaction("letters", "readwrite").objectStore("letters");
  await done(store.put(row));
  changed();
}
