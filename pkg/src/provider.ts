/** A host's transport, looked up once: its configuration as plain data and its functions, bound. */
import type { Told } from "./context.js";
import { MapiError, invalid, kind } from "./error.js";
import { checkBool, checkInteger, checkOneOf, checkText, guarded, lookUp, readFields, readList, readTexts, type Fields, type FieldOptions } from "./snapshot.js";
import { readSettings, type Schema } from "./settings/schema.js";
import type { SettingValues } from "./types/settings.js";
import { verbs, verbTag, type TransportConfig, type Verb, type WireGuarantees, type WireIdentity } from "./wire/shapes.js";

/** A callback, bound to its transport. */
export type Callback = (...args: readonly unknown[]) => unknown;

export interface Provider {
  readonly config: TransportConfig;
  readonly functions: ReadonlyMap<Verb, Callback>;
  /** Fields of it that nobody reads, each almost one that is read. */
  readonly misspelt: readonly string[];
  /** Bytes; raised or lowered by what logon answers. */
  maxSize: number | null;
  /** The origin last reached by `ctx.fetch` (O-51). */
  origin: string | null;
  /** Attempts given up whose callback has not settled. */
  givenUp: number;
  readonly schema: Schema;
  /** In force: calls keep what they began with. */
  settings: SettingValues;
  /** Those before it, by number, for what was begun with them. */
  readonly configurations: Map<number, SettingValues>;
  /** Made with its first context. */
  told?: Told;
}

/** Those of `verbs` that are functions of a transport; `deliver` is the session's, `gate` is ours. */
const callbacks = verbs.filter((verb) => verb !== "deliver" && verb !== "gate" && !verb.includes("."));
/** And those of its `headers`. */
const headerCallbacks = ["headers.refresh", "headers.download", "headers.remove"] as const satisfies readonly Verb[];
const dataFields = [
  "uid", "displayName", "providerDisplay", "moduleName", "service", "addressTypes", "uids", "account", "credential", "identities", "sendsFor",
  "resourceFlags", "identity", "guarantees", "wire", "deadlineMs", "pollIntervalMs", "settings",
] as const;

const few = 256;
const day = 86_400_000;
const hex32 = /^[0-9a-fA-F]{32}$/;

const given = <T>(value: unknown, read: (value: unknown) => T): T | null => (value === undefined || value === null ? null : read(value));
const orElse = <T>(value: unknown, otherwise: T, read: (value: unknown) => T): T => (value === undefined ? otherwise : read(value));

export const noGuarantees: WireGuarantees = {
  dedupeWindow: null, probe: null, cancels: false, filesSentCopy: false, perRecipient: false, maxSize: null, maxRecipients: null,
  remote: false, asynchronous: false,
};

export function readGuarantees(value: unknown, options?: FieldOptions): WireGuarantees {
  const known = ["deduplicates", "probe", "cancels", "filesSentCopy", "perRecipient", "maxMessageSize", "maxRecipients", "remote", "asynchronous"];
  const g = readFields(value, "guarantees", known, options);
  const flag = (name: string): boolean => orElse(g[name], false, (v) => checkBool(v, `guarantees.${name}`));
  return {
    dedupeWindow: given(g["deduplicates"], (v) =>
      checkInteger(readFields(v, "guarantees.deduplicates", ["windowMs"], options)["windowMs"], "guarantees.deduplicates.windowMs")),
    probe: given(g["probe"], (v) => {
      const probe = readFields(v, "guarantees.probe", ["authoritative", "settlesWithinMs"], options);
      return {
        authoritative: checkBool(probe["authoritative"], "guarantees.probe.authoritative"),
        settles: checkInteger(probe["settlesWithinMs"], "guarantees.probe.settlesWithinMs"),
      };
    }),
    cancels: flag("cancels"),
    filesSentCopy: orElse(g["filesSentCopy"], "never", (v) => checkOneOf(v, "guarantees.filesSentCopy", ["always", "never"])) === "always",
    perRecipient: flag("perRecipient"),
    maxSize: given(g["maxMessageSize"], (v) => checkInteger(v, "guarantees.maxMessageSize", 1)),
    maxRecipients: given(g["maxRecipients"], (v) => checkInteger(v, "guarantees.maxRecipients", 1, 0xffff_ffff)),
    remote: flag("remote"),
    asynchronous: flag("asynchronous"),
  };
}

export function readIdentity(value: unknown, options?: FieldOptions): WireIdentity {
  const identity = readFields(value, "identity", ["display", "entryId", "searchKey"], options);
  const binary = (name: string): string => {
    const text = checkText(identity[name], `identity.${name}`);
    if (!/^(?:[\da-f]{2})*$/i.test(text)) throw invalid(`identity.${name} in hex`, "other text");
    return text;
  };
  return { display: checkText(identity["display"], "identity.display"), entryId: binary("entryId"), searchKey: binary("searchKey") };
}

export const readAddressTypes = (value: unknown): string[] | null => given(value, (v) => readTexts(v, "addressTypes", few));
export const readIdentities = (value: unknown): string[] | null => given(value, (v) => readTexts(v, "identities", few));

/** PR_RESOURCE_FLAGS by the names of the options. */
const resourceFlags: Readonly<Record<string, number>> = { preferLast: 0x10, primaryIdentity: 0x4, defaultOutbound: 0x1, noPrimaryIdentity: 0x20 };

export function readFlags(value: unknown, what: string, bits: Readonly<Record<string, number>>): number {
  if (typeof value === "number") return checkInteger(value, what, 0, 0xffff_ffff);
  const options = readFields(value, what, Object.keys(bits));
  let flags = 0;
  for (const [name, bit] of Object.entries(bits)) if (orElse(options[name], false, (v) => checkBool(v, `${what}.${name}`))) flags |= bit;
  return flags >>> 0;
}

function readConfig(fields: Fields, functions: number, { wire }: Schema, type: number): TransportConfig {
  const uid = checkText(fields["uid"], "uid of a transport", few);
  if (uid === "") throw invalid("a transport with a uid that is stable for ever", "an empty one");
  const name = (field: string, otherwise: string): string => orElse(fields[field], otherwise, (v) => checkText(v, field, 1024));
  const displayName = name("displayName", uid);
  return {
    uid,
    displayName,
    providerDisplay: name("providerDisplay", displayName),
    moduleName: name("moduleName", ""),
    service: name("service", uid),
    account: name("account", uid),
    credential: given(fields["credential"], (v) => checkText(v, "credential", 1024)),
    addressTypes: typeof fields["addressTypes"] === "function" || fields["addressTypes"] === undefined ? ["SMTP"] : readAddressTypes(fields["addressTypes"]),
    uids: orElse(fields["uids"], [] as string[], (v) => readTexts(v, "uids", few)).map((id) => {
      if (!hex32.test(id)) throw invalid("uids of 32 hex digits", "another string");
      return id.toLowerCase();
    }),
    identities: readIdentities(fields["identities"]) ?? [],
    anySender: orElse(fields["sendsFor"], "own", (v) => checkOneOf(v, "sendsFor", ["own", "any"])) === "any",
    kind: type,
    resourceFlags: orElse(fields["resourceFlags"], 0, (v) => readFlags(v, "resourceFlags", resourceFlags)),
    identity: given(fields["identity"], (v) => readIdentity(v)),
    guarantees: orElse(fields["guarantees"], noGuarantees, (v) => readGuarantees(v)),
    wireFetch: orElse(fields["wire"], "ctx.fetch", (v) => checkOneOf(v, "wire", ["ctx.fetch", "other"])) === "ctx.fetch",
    deadlineMs: given(fields["deadlineMs"], (v) => checkInteger(v, "deadlineMs", 1, day)),
    pollMs: given(fields["pollIntervalMs"], (v) => checkInteger(v, "pollIntervalMs", 1_000, day)),
    functions,
    settings: wire,
  };
}

/** PR_RESOURCE_TYPE. */
const transportType = 36;
const otherTypes = { store: 33, addressBook: 35 } as const;
const otherCallbacks = ["validateState", "changePassword", "settingsDialog", "test"] as const;

/** Refuses what is no transport; every property of it is read here and never again. */
export const readTransport = (transport: unknown): Provider => readProvider(transport, transportType);

/** A store or an address book: a row and verbs, no mail. */
export function readOther(provider: unknown): Provider {
  if (typeof provider !== "object" || provider === null) throw invalid("a provider: an object with uid and kind", kind(provider));
  return readProvider(provider, otherTypes[checkOneOf(lookUp(provider, "kind", "kind of a provider"), "kind of a provider", ["store", "addressBook"])]);
}

const known: readonly string[] = [...dataFields, ...callbacks, "headers", "kind"];

/** Apart from two letters in one place. */
function isAlmost(name: string, word: string): boolean {
  let [start, end] = [0, 0];
  const [a, b] = [name.toLowerCase(), word.toLowerCase()];
  const rest = Math.min(a.length, b.length);
  while (start < rest && a[start] === b[start]) start++;
  while (end < rest - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return Math.max(a.length, b.length) - start - end <= 2;
}

/** Of a plain object; the class of another may have fields of its own, and so may this, by names that resemble none. */
function misspelt(transport: object): string[] {
  const prototype: unknown = Object.getPrototypeOf(transport);
  if (prototype !== null && prototype !== Object.prototype) return [];
  return Object.keys(transport).filter((name) => /^\w{5,40}$/.test(name) && !known.includes(name) && known.some((word) => isAlmost(name, word)));
}

function readProvider(transport: unknown, type: number): Provider {
  if (typeof transport !== "object" || transport === null) throw invalid("a transport: an object with uid and submitMessage", kind(transport));
  const fields: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const name of dataFields) fields[name] = lookUp(transport, name, `${name} of a transport`);
  try {
    return readParts(transport, type, fields);
  } catch (thrown) {
    // Which of several it is.
    const { uid } = fields;
    if (!(thrown instanceof MapiError) || typeof uid !== "string" || !/^[\w.:-]{1,64}$/.test(uid)) throw thrown;
    throw new MapiError(thrown.code, `${thrown.expected} (transport ${uid})`, thrown.got);
  }
}

/** Said in as many words: a `cancelMessage` that is there all the same is not asked. */
const neverCancels = (guarantees: unknown): boolean =>
  typeof guarantees === "object" && guarantees !== null && guarded("guarantees", () => Object.hasOwn(guarantees, "cancels") && (guarantees as Fields)["cancels"] === false);

function readParts(transport: object, type: number, fields: Fields): Provider {
  const functions = new Map<Verb, Callback>();
  let bits = 0;
  for (const verb of type === transportType ? callbacks : otherCallbacks) {
    const found = verb === "addressTypes" ? fields[verb] : lookUp(transport, verb, `${verb} of a transport`);
    if (verb === "cancelMessage" && neverCancels(fields["guarantees"])) continue;
    if (typeof found === "function") {
      functions.set(verb, (...args) => Reflect.apply(found, transport, args) as unknown);
      bits |= 1 << (verbTag(verb) - 1);
    } else if (verb !== "addressTypes" && found !== undefined && found !== null) throw invalid(`${verb} of a transport to be a function`, kind(found));
  }
  if (type === transportType && !functions.has("submitMessage")) throw invalid("a transport with submitMessage", "one without");
  const headers = type === transportType ? lookUp(transport, "headers", "headers of a transport") : undefined;
  if (headers !== undefined && headers !== null) {
    for (const verb of headerCallbacks) {
      const found = typeof headers === "object" ? lookUp(headers, verb.slice("headers.".length), `${verb} of a transport`) : headers;
      if (typeof headers !== "object" || typeof found !== "function") throw invalid("headers of a transport with refresh, download and remove", kind(found));
      functions.set(verb, (...args) => Reflect.apply(found, headers, args) as unknown);
      bits |= 1 << (verbTag(verb) - 1);
    }
  }
  const schema = readSettings(fields["settings"]);
  const config = readConfig(fields, bits, schema, type);
  return {
    config, functions, misspelt: guarded("a transport", () => misspelt(transport)), maxSize: config.guarantees.maxSize, origin: null, givenUp: 0, schema, settings: schema.initial,
    configurations: new Map([[0, schema.initial]]),
  };
}

/** Each uid once. */
export function readTransports(value: unknown): Provider[] {
  const providers = readList(value, "transports", few).map(readTransport);
  const uids = new Set(providers.map(({ config }) => config.uid));
  if (uids.size < providers.length) throw invalid("transports with different uids", "a uid twice");
  return providers;
}
