/** What `openSession` was given, checked and chosen. */
import { MapiError, invalid, kind } from "./error.js";
import type { Callback, Provider } from "./provider.js";
import { readTransports } from "./provider.js";
import { checkBool, checkText, lookUp, readFields, readList, readSignal, type Fields } from "./snapshot.js";
import { idbStore } from "./store/idb.js";
import { claim, isMemoryStore, memoryStore } from "./store/memory.js";
import { databaseName } from "./store/name.js";
import type { Store } from "./store/store.js";
import { systemTimers, type Timers } from "./timer.js";
import type { Canary, Clock } from "./types/session.js";
import type { LogEntry } from "./types/transport.js";

const fields = [
  "profile", "owner", "transports", "deliver", "preprocessors", "credentials", "keepCredentials", "propertySheet", "store", "soleOwner", "clock", "tick", "canary", "log", "keepSent", "signal",
] as const;

export interface Settings {
  /** Of the database, the lock and the channel. */
  readonly name: string;
  readonly owner: string;
  readonly providers: readonly Provider[];
  readonly deliver: Callback | undefined;
  readonly credentials: Callback | undefined;
  readonly keepCredentials: Callback | undefined;
  readonly propertySheet: Callback | undefined;
  readonly store: Store;
  /** Made here, so closed here. */
  readonly ownsStore: boolean;
  /** The host's own: it may hang. */
  readonly watched: boolean;
  readonly preprocessors: readonly unknown[];
  /** Nothing outside this page uses the store (O-74). */
  /** Of a store in memory: what stands for its rows. */
  readonly place: object | undefined;
  readonly alone: boolean;
  readonly timers: Timers;
  readonly canary: Canary | undefined;
  readonly log: ((entry: LogEntry) => unknown) | undefined;
  readonly keepSent: boolean;
  readonly signal: AbortSignal | undefined;
}

function readFunction(given: Fields, name: string): Callback | undefined {
  const value = given[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "function") throw invalid(`${name} to be a function`, kind(value));
  return (...args) => Reflect.apply(value, undefined, args) as unknown;
}

/** An object of the host's with these functions; the object itself stays its own. */
function readMethods(given: Fields, name: string, methods: readonly string[]): object | undefined {
  const value = given[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object") throw invalid(`${name} to be an object`, kind(value));
  for (const method of methods) {
    if (typeof lookUp(value, method, name) !== "function") throw invalid(`${name} with the functions ${methods.join(", ")}`, `one without ${method}`);
  }
  return value;
}

export const readCanary = (given: Fields): Canary | undefined => readMethods(given, "canary", ["get", "set"]) as Canary | undefined;

/** A clock may bring its own timers (tests do). */
type OwnTimers = Clock & { readonly after?: (ms: number, run: () => void) => () => void };

function timersOf(clock: OwnTimers | undefined, tick: Callback | undefined): Timers {
  const after = clock?.after;
  if (clock === undefined || after === undefined) return systemTimers({ clock, tick: tick as (() => Worker) | undefined });
  return { wall: () => clock.wall(), mono: () => clock.mono(), after: (ms, run) => after.call(clock, ms, run), ticks: () => false, close: () => {} };
}

export function outboxName(profile: unknown, owner: unknown): { readonly name: string; readonly owner: string } {
  const [p, o] = [checkText(profile, "profile", 256), checkText(owner, "owner", 1024)];
  if (p === "" || o === "") throw invalid("a profile and an owner", "an empty one");
  return { name: databaseName(p, o), owner: o };
}

export const hasIndexedDb = (): boolean => typeof indexedDB !== "undefined" && indexedDB !== null;

export function readOptions(options: unknown): Settings {
  const given = readFields(options, "the options of openSession", fields);
  const { name, owner } = outboxName(given["profile"], given["owner"]);
  const providers = readTransports(given["transports"] ?? []);
  for (const { config } of providers) checkIdentities(config, owner);
  const clock = readMethods(given, "clock", ["wall", "mono"]) as OwnTimers | undefined;
  const timers = timersOf(clock, readFunction(given, "tick"));
  const own = readMethods(given, "store", ["commit", "read", "body", "watch", "close", "erase"]) as Store | undefined;
  const memory = own === undefined ? !hasIndexedDb() : isMemoryStore(own);
  const sole = given["soleOwner"] !== undefined && checkBool(given["soleOwner"], "soleOwner");
  const store = own ?? (memory ? memoryStore(name) : idbStore({ name, timers }));
  const place = claim(store, name);
  return {
    name, owner, providers, timers, store,
    place: memory ? place : undefined,
    deliver: readFunction(given, "deliver"),
    preprocessors: readList(given["preprocessors"] ?? [], "preprocessors", 256),
    credentials: readFunction(given, "credentials"),
    keepCredentials: readFunction(given, "keepCredentials"),
    propertySheet: readFunction(given, "propertySheet"),
    ownsStore: own === undefined,
    watched: own !== undefined && !memory,
    alone: sole || memory,
    canary: readCanary(given),
    log: readFunction(given, "log"),
    keepSent: given["keepSent"] !== undefined && checkBool(given["keepSent"], "keepSent"),
    signal: readSignal(given["signal"]),
  };
}

/** O-10: without identities a transport sends for the owner, if that is an address. */
export function checkIdentities(config: Provider["config"], owner: string): void {
  if (owner.includes("@") || config.anySender || config.identities.length > 0) return;
  throw new MapiError(
    "MAPI_E_INVALID_PARAMETER", `an owner that is an address, or identities or sendsFor: "any" in transport ${config.uid}`, "neither",
  );
}
