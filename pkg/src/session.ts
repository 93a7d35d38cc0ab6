/** `openSession`: the public session over one engine. */
import { blobOf, noBody } from "./bodies.js";
import { contentMax } from "./content.js";
import { startEngine, type Engine } from "./engine.js";
import type { CoreFactory } from "./entry/module.js";
import { MapiError, asMapiError, invalid, kind } from "./error.js";
import { checkIdentities, hasIndexedDb, outboxName, readCanary, readOptions, type Settings } from "./options.js";
import { readOther, readTransport, type Provider } from "./provider.js";
import { hex } from "./random.js";
import { takeEstimate, takeExplanation, takeMessage, takeReport } from "./report.js";
import type { Ask } from "./requests.js";
import { makeReports } from "./reports.js";
import { takeCells } from "./rows.js";
import { checkSettings, configure, getSettings } from "./settings/configure.js";
import { checkBool, checkInstant, checkInteger, checkOneOf, checkText, readFields, readSignal, readTexts, signalOf } from "./snapshot.js";
import { openStatus } from "./status.js";
import { idbStore } from "./store/idb.js";
import { memoryStore } from "./store/memory.js";
import { prepare, readSubmit, type Ready } from "./submit.js";
import { makeTables } from "./table.js";
import type { AbortAnswer, Report, ReportMessage, StoredMessage, SubmitOptions } from "./types/message.js";
import type { Canary, OpenSessionOptions, Session, SessionEvents } from "./types/session.js";
import type { Reply } from "./wire/effect.js";
import { input } from "./wire/input.js";
import { query } from "./wire/query.js";
import type { MessageVerb } from "./wire/shapes.js";
import { takeText } from "./wire/tape.js";

type Accepted = Awaited<ReturnType<Session["submitMessage"]>>;

const unit = (): void => {};
const doubts = ["sent", "sendAgain", "draft"] as const;
const results = ["cancelled", "tooLate", "unknown"] as const;
const eventNames = ["newMail", "outboxLost", "lateEvidence", "ownerSilent", "crashed"] as const satisfies readonly (keyof SessionEvents)[];

const id = (value: unknown): string => checkText(value, "the id of a message", 1024);
const envelopeOf = (options: unknown, more: readonly string[] = []): number | null => {
  const { envelope } = readFields(options ?? {}, "options", ["envelope", ...more]);
  return envelope === undefined ? null : checkInteger(envelope, "envelope", 1, 0xffff_ffff);
};

function expect<T extends Reply["type"]>(reply: Reply, type: T): asserts reply is Extract<Reply, { type: T }> {
  if (reply.type !== type) throw new MapiError("MAPI_E_CALL_FAILED", type, "another reply");
}

function accepted(reply: Reply): Accepted {
  expect(reply, "accepted");
  const { id: own, uid, messageId } = reply;
  return { id: own, uid, messageId };
}

function settledIn(reply: Reply): Report {
  expect(reply, "settled");
  return reply.report;
}

/** Contents may need time to be read; the order of the calls stays all the same (O-08). */
function submitter(engine: Engine): (message: SubmitOptions) => Promise<Accepted> {
  const { requests, providers } = engine;
  let ahead: Promise<unknown> | undefined;

  const ask: Ask<Ready> = (tape, req, { draft, given }) => {
    engine.give(req, given);
    input.submit(tape, req, draft);
  };
  const hand = (ready: Ready): Promise<Accepted> => requests.make(ask, ready, accepted, ready);

  function maxSize(): number {
    if (providers.size === 0) return contentMax;
    let max = 0;
    for (const provider of providers.values()) max = Math.max(max, provider.maxSize ?? contentMax);
    return max;
  }

  return (message) => {
    const ready = prepare(readSubmit(message, maxSize()));
    if (ahead === undefined && !(ready instanceof Promise)) return hand(ready);
    const before = ahead;
    const inTurn = async (): Promise<{ readonly answer: Promise<Accepted> }> => {
      const made = await ready;
      await before;
      return { answer: hand(made) };
    };
    const handed = inTurn();
    const mine = handed.then(unit, unit);
    ahead = mine;
    void mine.then(() => {
      if (ahead === mine) ahead = undefined;
    });
    return handed.then(({ answer }) => answer);
  };
}

function makeSession(engine: Engine): Session {
  const { pump, requests, events, providers, settings } = engine;
  const tables = makeTables(pump, engine.views);
  engine.restarted.add(() => tables.reset());
  const submit = submitter(engine);
  const report = (of: string): Report => pump.read(query.report(of), takeReport);

  const answerTo = <T>(of: unknown, verb: MessageVerb, answer: (reply: Reply) => T, signal?: AbortSignal): Promise<T> => {
    const own = id(of);
    return requests.make((tape, req) => input.act(tape, req, own, verb), undefined, answer, { signal });
  };
  const act = (of: unknown, verb: MessageVerb): Promise<void> => answerTo(of, verb, unit);

  async function getMessage(of: string): Promise<StoredMessage> {
    const message = pump.read(query.message(id(of)), takeMessage);
    const { content, payload, props } = await engine.bodies.load(message.uid).catch((error: MapiError) => {
      if (error.code === "MAPI_E_CORRUPT_DATA") return noBody;
      throw error;
    });
    return { ...message, props, ...(content === null ? {} : { content: blobOf(content) }), ...(payload === undefined ? {} : { payload }) };
  }

  const provider = (uid: unknown): [Provider | undefined, string] => {
    const own = checkText(uid, "uid", 256);
    return [providers.get(own), own];
  };

  const session: Session = {
    getStatusTable: () => tables.open(query.open(false)),
    getOutgoingQueue: () => tables.open(query.open(true)),
    openEntry: (entryId) => openStatus({ pump, requests, tables }, checkText(entryId, "an entry id", 8192)),
    admin: {
      registerPreprocessor(preprocessor): () => void {
        engine.alive();
        return engine.preprocessors.register(preprocessor);
      },
      getProviderTable: () => pump.read(query.providers, (from) => from.list(takeCells)),
      async setTransportOrder(uids, options): Promise<void> {
        const apply = readFields(options ?? {}, "options", ["apply"])["apply"];
        const now = checkOneOf(apply ?? "nextSession", "apply", ["now", "nextSession"]) === "now";
        // PR_PROVIDER_UID, as the provider table has it, is a uid in hex.
        const named = new Map([...providers.keys()].map((uid) => [hex(new TextEncoder().encode(uid)), uid]));
        const order = readTexts(uids, "uids", 256).map((uid) => (providers.has(uid) ? uid : (named.get(uid) ?? uid)));
        await requests.make((tape, req) => input.setTransportOrder(tape, req, order, now), undefined, unit);
      },
      addTransport(transport): void {
        engine.alive();
        const provider = readTransport(transport);
        checkIdentities(provider.config, settings.owner);
        if (providers.has(provider.config.uid)) throw new MapiError("MAPI_E_COLLISION", "a uid no transport of the session has", "one that is taken");
        engine.addProvider(provider);
      },
      addProvider(provider): void {
        engine.alive();
        const other = readOther(provider);
        if (providers.has(other.config.uid)) throw new MapiError("MAPI_E_COLLISION", "a uid no provider of the session has", "one that is taken");
        engine.addProvider(other);
      },
      async removeTransport(uid, options): Promise<void> {
        const own = checkText(uid, "uid", 256);
        await requests.make(input.removeTransport, own, unit, { signal: signalOf(options) });
        engine.dropProvider(own);
      },
      getSettings: (uid) => getSettings(engine, ...provider(uid)),
      checkSettings: (uid, values) => checkSettings(engine, ...provider(uid), values),
      async configure(uid, values, options): Promise<void> {
        await configure(engine, ...provider(uid), values, signalOf(options));
      },
    },
    enumAddressTypes: () => pump.read(query.addressTypes, (from) => from.list(takeText)),
    queryIdentity: () => pump.read(query.identity, (from) => {
      const { identityEntryId, identityDisplay, identitySearchKey } = takeCells(from) as Readonly<Record<string, string>>;
      return { entryId: identityEntryId ?? "", display: identityDisplay ?? "", searchKey: identitySearchKey ?? "", code: from.bool() ? "S_OK" : "MAPI_W_NO_SERVICE" };
    }),
    submitMessage(message): Promise<Accepted> {
      try {
        return submit(message);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    // Not async: thousands may wait for theirs, and each would hold a second promise.
    settled(of, options): Promise<Report> {
      try {
        return requests.make(input.watch, id(of), settledIn, { signal: signalOf(options), repeatable: true });
      } catch (error) {
        return Promise.reject(error);
      }
    },
    getMessage,
    async getReports(of, options): Promise<readonly ReportMessage[]> {
      const given = readFields(options ?? {}, "options", ["delivery", "nonDelivery"]);
      for (const name of ["delivery", "nonDelivery"]) if (given[name] !== undefined) checkBool(given[name], name);
      const message = await getMessage(of);
      return makeReports({ report: report(message.uid), message, journal: pump.journal(), now: settings.timers.wall() }, given);
    },
    abortSubmit: async (of, options) =>
      answerTo<AbortAnswer>(of, { type: "abort", envelope: envelopeOf(options, ["signal"]) }, (reply) => {
        expect(reply, "aborted");
        return { result: results[reply.result] ?? "unknown", recipients: report(reply.uid).recipients };
      }, readSignal(options?.signal)),
    retry: async (of) => act(of, { type: "retry" }),
    setHold: async (of, when) => act(of, { type: "setHold", until: when === null ? null : checkInstant(when, "when") }),
    sendFirst: async (of) => act(of, { type: "sendFirst" }),
    checkAgain: async (of) => act(of, { type: "checkAgain" }),
    resolveDoubt: async (of, how, options) =>
      act(of, { type: "resolve", how: doubts.indexOf(checkOneOf(how, "how", doubts)), envelope: envelopeOf(options) }),
    letPass: async (of) => act(of, { type: "letPass" }),
    discard: async (of) => act(of, { type: "discard" }),
    async takeOver(): Promise<void> {
      engine.alive();
      await engine.tabs.takeOver().catch((error: unknown) => {
        throw asMapiError(error, "Web Locks, and a lock that can be taken", "MAPI_E_NO_ACCESS");
      });
    },
    on(type, listener, options): () => void {
      engine.alive();
      const name = checkOneOf(type, "an event", eventNames);
      if (typeof listener !== "function") throw invalid("a listener: a function", kind(listener));
      return events[name].add(listener as (event: SessionEvents[typeof name]) => void, signalOf(options));
    },
    async estimate(options) {
      const { target } = readFields(options ?? {}, "options", ["target"]);
      return pump.read(query.estimate(target === undefined ? null : checkText(target, "target", 8192)), takeEstimate);
    },
    why: (of) => pump.read(query.why(checkText(of, "an id", 8192)), takeExplanation),
    outstanding() {
      engine.alive();
      return engine.calls.outstanding();
    },
    journal: () => pump.journal(),
    async close(): Promise<void> {
      await engine.close();
      tables.close();
    },
  };
  // Not everywhere (WebKitGTK 2.50): where it is not, nobody can write `await using`.
  if (typeof Symbol.asyncDispose === "symbol") Object.defineProperty(session, Symbol.asyncDispose, { __proto__: null, value: () => session.close() } as PropertyDescriptor);
  return Object.freeze(session);
}

/** Closes what was opened when the caller no longer wants it. */
async function open(settings: Settings, instantiate: CoreFactory): Promise<Session> {
  const { signal } = settings;
  signal?.throwIfAborted();
  const engine = startEngine(settings, instantiate);
  const session = makeSession(engine);
  let stop = unit;
  const given = new Promise<never>((_, reject) => {
    stop = () => reject(signal?.reason);
    signal?.addEventListener("abort", stop);
  });
  try {
    await Promise.race([engine.opened, given]);
    return session;
  } catch (error) {
    void engine.close();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** Resolves when the store is readable; does not wait for logons (a deviation from C-012). */
export const makeOpenSession =
  (load: () => CoreFactory) =>
  async (options: OpenSessionOptions): Promise<Session> => {
    const instantiate = load();
    return open(readOptions(options), instantiate);
  };

/** For logging out: removes everything this profile and owner have stored in this browser. `canary`, as of `openSession`, forgets it too: else the next session tells `outboxLost`. */
export async function eraseOutbox(outbox: { readonly profile: string; readonly owner: string; readonly canary?: Canary }): Promise<void> {
  const given = readFields(outbox, "an outbox", ["profile", "owner", "canary"]);
  const { name } = outboxName(given["profile"], given["owner"]);
  const canary = readCanary(given);
  try {
    await (hasIndexedDb() ? idbStore({ name }) : memoryStore(name)).erase();
    await canary?.set("");
  } catch (error) {
    throw asMapiError(error, "an outbox that can be erased");
  }
}
