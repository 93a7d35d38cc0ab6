/** What a callback gets beside its arguments. Its `fetch` is the only way to the wire that is counted (O-31). */
import { readResults } from "./answer.js";
import { readColumns } from "./columns.js";
import { invalid } from "./error.js";
import type { Provider } from "./provider.js";
import { checkBool, checkInteger, checkOneOf, checkText, readFields } from "./snapshot.js";
import type { SettingValues } from "./types/settings.js";
import type { CallContext, LogEntry, TransportContext } from "./types/transport.js";
import type { Job, RowValue, Verb, WireRecipientResult } from "./wire/shapes.js";

/** A callback under way, or over. */
export interface Call {
  readonly verb: Verb;
  readonly provider: Provider;
  readonly job: Job | null;
  /** Wall clock; Infinity: none. */
  readonly deadline: number;
  /** Given up: by the core, or because the page is leaving. */
  aborted: boolean;
  /** Its answer is known. */
  ended: boolean;
  controller: AbortController | undefined;
  /** A wire call began. */
  wire: boolean;
  /** Its last fetch failed. */
  network: boolean;
  /** In force when it began. */
  settings: SettingValues;
  /** Passwords just given, in `test`. */
  secrets: Readonly<Record<string, string>> | undefined;
  /** StatusRecips: what it said of recipients before its outcome. */
  recipients: readonly WireRecipientResult[] | null;
}

export interface ContextHost {
  wall(): number;
  /** The transport is in the session, and the session open. */
  isPresent(provider: Provider): boolean;
  /** The attempt this transport is making. */
  attempt(provider: Provider): Call | undefined;
  notify(provider: Provider, flags: number, entry: string | null): void;
  modifyRow(provider: Provider, columns: readonly (readonly [string, RowValue])[], update: boolean): void;
  progress(call: Call, done: number, total: number): void;
  log(entry: Omit<LogEntry, "at">): void;
  credentials(provider: Provider, purpose: string): Promise<unknown>;
}

export const isAttempt = (verb: Verb): boolean => verb === "submitMessage" || verb === "endMessage";

export function signalOf(call: Call): AbortSignal {
  call.controller ??= new AbortController();
  if (call.aborted) call.controller.abort(aborted());
  return call.controller.signal;
}

export const aborted = (): DOMException => new DOMException("expected a call that may still send, got one that was given up", "AbortError");

const mayStillSend = (call: Call, host: ContextHost): boolean => {
  if (call.aborted || !host.isPresent(call.provider)) return false;
  return isAttempt(call.verb) ? !call.ended && host.wall() < call.deadline : call.ended || host.wall() < call.deadline;
};

function together(signals: readonly AbortSignal[]): AbortSignal {
  if (typeof AbortSignal.any === "function") return AbortSignal.any([...signals]);
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    else signal.addEventListener("abort", () => controller.abort(signal.reason), { signal: controller.signal });
  }
  return controller.signal;
}

type FetchInit = RequestInit & { signal?: AbortSignal | null };

/** A Request in the place of `init` has no own properties to copy. */
function plainCall(input: RequestInfo | URL, init: RequestInit | undefined): { readonly input: RequestInfo | URL; readonly init: FetchInit } {
  return init instanceof Request ? { input: new Request(input, init), init: {} } : { input, init: { ...init } };
}

/** Where it is sent, it would go on with a GET, and whatever page is there looks like the answer (O-30). */
const reads = /^(?:GET|HEAD)$/i;
const harmless = /^(?:GET|HEAD|OPTIONS)$/i;

function originOf(input: RequestInfo | URL): string | null {
  try {
    const url = new URL(input instanceof Request ? input.url : String(input), globalThis.location?.href);
    return url.protocol === "https:" || url.protocol === "http:" ? url.origin : null;
  } catch {
    return null;
  }
}

async function fetchFor(call: Call, host: ContextHost, given: RequestInfo | URL, options?: RequestInit): Promise<Response> {
  // An SDK made with the context of an earlier call sends for the attempt that is now under way.
  const late = call.ended && !isAttempt(call.verb);
  const by = late ? (host.attempt(call.provider) ?? call) : call;
  const { input, init } = plainCall(given, options);
  const method = init.method ?? (input instanceof Request ? input.method : "GET");
  const signals = [signalOf(by), init.signal ?? (input instanceof Request ? input.signal : null)].filter((signal) => signal !== null);
  init.signal = together(signals);
  const counts = !harmless.test(method);
  // Without an attempt, or beside one that was given up and has not settled, it may be a send that was given up (O-32, O-41).
  if (late && counts && (by === call || call.provider.givenUp > 0)) {
    host.log({ level: "warn", code: "fetch.outsideAttempt", transport: call.provider.config.uid });
    throw aborted();
  }
  if (!mayStillSend(by, host)) throw aborted();
  call.provider.origin = originOf(input) ?? call.provider.origin;
  if (counts) by.wire = true;
  const { mode = "cors", redirect = "follow" } = input instanceof Request ? input : {};
  // Without CORS any other than "follow" is an error; of a Request it is the default, not a wish.
  if (isAttempt(by.verb) && !reads.test(method) && redirect === "follow" && (init.mode ?? mode) !== "no-cors") init.redirect ??= "manual";
  try {
    const response = await globalThis.fetch(input, init);
    by.network = false;
    return response;
  } catch (thrown) {
    if (thrown instanceof TypeError) by.network = true;
    throw thrown;
  }
}

/** SpoolerNotify's bits by their names (catalogue 2.6). */
const notifyBits: Readonly<Record<string, number>> = {
  newMail: 0x1, readyToSend: 0x2, criticalSection: 0x1000, nonCritical: 0x2000, configChange: 0x4000, criticalError: 0x1000_0000,
};
const sentDeferred = 0x4;

function readNotify(value: unknown): { readonly flags: number; readonly entry: string | null } {
  const given = readFields(value, "the flags of spoolerNotify", [...Object.keys(notifyBits), "sentDeferred"]);
  let flags = 0;
  for (const [name, bit] of Object.entries(notifyBits)) if (given[name] !== undefined && checkBool(given[name], name)) flags |= bit;
  const deferred = given["sentDeferred"];
  if (deferred === undefined) return { flags, entry: null };
  if (given["criticalError"] === true) throw invalid("criticalError or sentDeferred", "both");
  return { flags: flags | sentDeferred, entry: deferred === true ? null : checkText(deferred, "sentDeferred as an entry id or true", 1024) };
}

const levels = ["debug", "info", "warn", "error"] as const;

/** Of a provider: the same in each of its contexts. */
export type Told = Pick<CallContext, "spoolerNotify" | "modifyStatusRow" | "log">;

const toldOf = (provider: Provider, host: ContextHost): Told => ({
  spoolerNotify(value): void {
    const { flags, entry } = readNotify(value);
    if (host.isPresent(provider)) host.notify(provider, flags, entry);
  },
  modifyStatusRow(value, options): void {
    const update = readFields(options ?? {}, "the options of modifyStatusRow", ["update"])["update"];
    const columns = readColumns(value, "the columns of modifyStatusRow");
    if (host.isPresent(provider)) host.modifyRow(provider, columns, update !== undefined && checkBool(update, "update"));
  },
  log(level, code): void {
    if (!/^[\w.:-]{1,64}$/.test(checkText(code, "a log code"))) throw invalid("a log code of at most 64 letters, digits and . : - _", "other text");
    host.log({ level: checkOneOf(level, "a log level", levels), code, transport: provider.config.uid });
  },
});

const theSignal = Symbol("signal");
/** One for all: an accessor of its own for each context would leave every context a dictionary. */
const signal: PropertyDescriptor & ThisType<Context> & { readonly __proto__: null } = {
  __proto__: null,
  enumerable: true,
  configurable: true,
  get() {
    return this[theSignal]();
  },
};

/** Everything is its own, so that a copy has it. */
class Context implements CallContext {
  declare readonly [theSignal]: () => AbortSignal;
  declare readonly signal: AbortSignal;
  declare readonly deadline: number;
  declare readonly fetch: CallContext["fetch"];
  declare readonly spoolerNotify: CallContext["spoolerNotify"];
  declare readonly modifyStatusRow: CallContext["modifyStatusRow"];
  declare readonly progress: CallContext["progress"];
  declare readonly log: CallContext["log"];
  declare readonly credentials: CallContext["credentials"];
  declare readonly settings: SettingValues;

  constructor(call: Call, host: ContextHost) {
    const { provider } = call;
    const told = (provider.told ??= toldOf(provider, host));
    // Made when it is asked for; a Proxy and a copy of the properties have it as well.
    this[theSignal] = () => signalOf(call);
    Object.defineProperty(this, "signal", signal);
    this.deadline = call.deadline;
    this.fetch = (input, init) => fetchFor(call, host, input, init);
    this.spoolerNotify = told.spoolerNotify;
    this.modifyStatusRow = told.modifyStatusRow;
    this.progress = (done, total) => {
      checkInteger(done, "progress", 0, checkInteger(total, "the total of progress"));
      if (!call.ended && !call.aborted) host.progress(call, done, total);
    };
    this.log = told.log;
    this.credentials = async (purpose) => {
      const asked = checkText(purpose, "purpose", 256);
      return call.secrets?.[asked] ?? host.credentials(provider, asked);
    };
    this.settings = call.settings;
  }
}

class MessageContext extends Context implements TransportContext {
  declare readonly key: string;
  declare readonly attempt: number;
  declare readonly reason: Job["reason"];
  declare readonly token: unknown;
  declare readonly deferred: string | null;
  declare readonly mayStillSend: TransportContext["mayStillSend"];
  declare readonly statusRecips: TransportContext["statusRecips"];

  constructor(call: Call, job: Job, host: ContextHost) {
    super(call, host);
    this.key = job.key;
    this.attempt = job.attempt;
    this.reason = job.reason;
    this.token = job.token === null ? undefined : (JSON.parse(job.token) as unknown);
    this.deferred = job.deferred;
    this.mayStillSend = () => mayStillSend(call, host);
    this.statusRecips = (value) => {
      const results = readResults(value, {}) ?? [];
      const said = new Map((call.recipients ?? []).map((result) => [result.address, result]));
      for (const result of results) said.set(result.address, result);
      call.recipients = [...said.values()];
    };
  }
}

export const callContext = (call: Call, host: ContextHost): CallContext => new Context(call, host);

/** `ctx` of the callbacks that get a message. */
export const transportContext = (call: Call, job: Job, host: ContextHost): TransportContext => new MessageContext(call, job, host);
