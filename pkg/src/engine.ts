/** The host side of one session: one core, and everything it can ask for. */
import { makeBodies, type Bodies, type Given } from "./bodies.js";
import { makeCalls, type Calls, type Running } from "./calls.js";
import { isAttempt } from "./context.js";
import type { CoreFactory } from "./entry/module.js";
import { MapiError, asMapiError } from "./error.js";
import { makeListeners, type Listeners } from "./events.js";
import { appendEvidence } from "./evidence.js";
import { makeInbound } from "./inbound.js";
import { makeLog, type Log } from "./log.js";
import type { Settings } from "./options.js";
import { makePreprocessors, type Preprocessors } from "./preprocess.js";
import type { Provider } from "./provider.js";
import { makePump, type Pump, type Salvage } from "./pump.js";
import { takeMessage, takeReport } from "./report.js";
import { takePublished } from "./rows.js";
import { makeRequests, type Requests } from "./requests.js";
import { keysIn, makeStorage } from "./storage.js";
import { withSheet } from "./settings/configure.js";
import { valuesOf } from "./settings/schema.js";
import type { StoreSnapshot } from "./store/store.js";
import { openTabs, type Tabs } from "./driver.js";
import { locksFor } from "./tabs/locks.js";
import { storeError } from "./store/store.js";
import { budget, within } from "./store/watchdog.js";
import { wakeTimer } from "./timer.js";
import type { Canary, SessionEvents } from "./types/session.js";
import { door } from "./wire/door.js";
import type { Effect } from "./wire/effect.js";
import { randomHex } from "./random.js";
import { input } from "./wire/input.js";
import { query } from "./wire/query.js";
import { verbTag, type Answer } from "./wire/shapes.js";

export type AnyListeners = { readonly [K in keyof SessionEvents]: Listeners<SessionEvents[K]> };

export interface Engine {
  readonly settings: Settings;
  readonly pump: Pump;
  readonly requests: Requests;
  readonly calls: Calls;
  readonly bodies: Bodies;
  readonly preprocessors: Preprocessors;
  readonly events: AnyListeners;
  readonly tabs: Tabs;
  readonly providers: ReadonlyMap<string, Provider>;
  /** Told the numbers of tables whose views have something to say. */
  readonly views: Listeners<readonly number[]>;
  /** The store was read; rejects when it cannot be. */
  readonly opened: Promise<void>;
  /** Another core is in place and has read the store. */
  readonly restarted: Listeners<void>;
  give(req: number, given: Given): void;
  addProvider(provider: Provider): void;
  dropProvider(uid: string): void;
  /** Throws when it has ended. */
  alive(): void;
  close(): Promise<void>;
}

const minute = 60_000;
const patience = 15_000;
const phases = ["prepare", "transmit", "confirm", "file", "receive", "done"] as const;
const levels = ["debug", "info", "warn", "error"] as const;

const closedError = (): MapiError => new MapiError("MAPI_E_NOT_INITIALIZED", "an open session", "one that was closed");

export function startEngine(settings: Settings, instantiate: CoreFactory): Engine {
  const { store, timers, owner } = settings;
  const wall = (): number => timers.wall();
  const log: Log = makeLog(wall, settings.log);
  const bodies = makeBodies(store);
  /** What the core was told, once there is one. */
  let [started, preprocesses] = [false, false];
  const preprocessors = makePreprocessors(settings.preprocessors, (on) => {
    preprocesses = on;
    if (started) input.preprocess(pump.tape(), on);
  });
  const inbound = makeInbound(settings.deliver, preprocessors);
  const providers = new Map<string, Provider>();
  const events: AnyListeners = {
    newMail: makeListeners(true), outboxLost: makeListeners(true), lateEvidence: makeListeners(true), ownerSilent: makeListeners(true),
    crashed: makeListeners(true),
  };
  const views = makeListeners<readonly number[]>();
  const restarted = makeListeners<void>();
  const given = new Map<number, Given>();
  /** On their way into the store when a core broke: the uids, by request. */
  const doubted = new Map<number, string>();
  let traps: number[] = [];
  let recovering = false;
  /** `epoch:messages`, kept by the host outside the storage that may be evicted. */
  const remembered = guardCanary((own) => own.get());
  let canary = remembered;
  let remembers = settings.canary !== undefined;
  let ended: MapiError | undefined;
  let closing: Promise<void> | undefined;
  let [open, refuse]: [() => void, (error: unknown) => void] = [() => {}, () => {}];
  const opened = new Promise<void>((resolve, reject) => ([open, refuse] = [resolve, reject]));
  let left: () => void = () => {};

  const lockless = locksFor(settings.alone) === undefined;
  if (lockless && settings.providers.length > 0) log({ level: "warn", code: "session.noLocks" });

  const pump = makePump({
    timers,
    putBodies: (effects) => storage.putBodies(effects),
    commit: (turn) => storage.commit(turn),
    run,
    wake,
    crashed,
  });
  const requests = makeRequests(() => pump.tape(), input.forget);
  const storage = makeStorage({
    store, bodies, wall, life: () => pump.life(), tape: () => pump.tape(), given: (req) => given.get(req),
    onRead: afterRead,
    onReadFailed: (error) => refuse(asMapiError(error, "a store that can be read")),
    within: (answer, bytes) =>
      settings.watched
        ? within(Promise.resolve(answer), budget(bytes), timers, () => storeError("timeout", "expected the store to answer, got nothing"))
        : answer,
  });
  const calls = makeCalls({
    bodies,
    wall,
    isPresent: (provider) => ended === undefined && providers.get(provider.config.uid) === provider,
    provider: (uid) => providers.get(uid),
    inbound,
    preprocess: (message, key, signal) => preprocessors.outbound(message, key, signal),
    after: (ms, then) => timers.after(ms, then),
    preprocesses: () => preprocesses,
    secrets: (req) => requests.secrets(req),
    notify: (provider, flags, entry) => input.notify(pump.tape(), provider.config.uid, flags, entry),
    modifyRow: (provider, columns, update) => input.modifyRow(pump.tape(), provider.config.uid, columns, update),
    progress: (id, done, total) => input.progress(pump.tape(), id, done, total),
    log,
    credentials: async (provider, purpose) => {
      if (settings.credentials === undefined) throw new MapiError("MAPI_E_NO_SUPPORT", "credentials in the options of openSession", "none");
      return settings.credentials(provider.config.uid, purpose);
    },
    keep: async (provider, secrets) => {
      await settings.keepCredentials?.(provider.config.uid, secrets);
    },
    answered,
  });
  const wakes = wakeTimer(timers, () => {
    armed = Infinity;
    input.tick(pump.tape());
  });
  const tabs = openTabs({
    settings,
    granted: (driver) => input.granted(pump.tape(), driver, settings.alone),
    lost(): void {
      input.lost(pump.tape());
      pump.flush();
    },
    suspended: () => calls.abortAll(),
    woken(): void {
      wakes.check();
      input.tick(pump.tape());
    },
    silent(since): void {
      input.ownerSilent(pump.tape(), since);
      if (since !== null) events.ownerSilent.tell({ since });
    },
    online: (online) => input.online(pump.tape(), online),
    published: () => pump.read(query.published, takePublished),
    heard: (epoch, version, rows) => input.replica(pump.tape(), epoch, version, rows),
  });
  const unwatch = store.watch((keys) => input.look(pump.tape(), keysIn(keys)));

  /** The earliest wake is enough: one that comes too early finds the next. */
  let armed = Infinity;
  function wake(at: number): void {
    if (Number.isNaN(at) || at >= armed) return;
    armed = at;
    wakes.set({ wall: at });
  }

  function start(): void {
    const { Core } = instantiate();
    const core = new Core(randomHex(32), owner, settings.keepSent, settings.canary !== undefined, lockless);
    armed = Infinity;
    pump.connect(door(core));
    started = true;
    const tape = pump.tape();
    if (preprocesses) input.preprocess(tape, true);
    for (const provider of providers.values()) input.addTransport(tape, configOf(provider));
    input.online(tape, tabs.online());
    input.tick(tape);
  }

  /** Without a `deliver` nothing is taken from a source: there would be nobody to keep it. */
  function configOf({ config }: Provider): Provider["config"] {
    return settings.deliver !== undefined ? config : { ...config, functions: config.functions & ~(1 << (verbTag("startMessage") - 1)) };
  }

  function afterRead(snapshot: StoreSnapshot): void {
    const life = pump.life();
    const broke = (): boolean => life !== pump.life() || ended !== undefined;
    pump.flush();
    // The next core says it, when it has read.
    if (broke()) return;
    if (recovering) {
      for (const [req, uid] of doubted) {
        becameOf(req, uid, broke);
        if (broke()) return;
      }
      recovering = false;
      restarted.tell();
    }
    checkCanary(snapshot);
    tabs.begin();
    open();
  }

  /** Of a submission that was on its way when the core broke. */
  function becameOf(req: number, uid: string, broke: () => boolean): void {
    try {
      const { id, messageId } = pump.read(query.message(uid), takeMessage);
      requests.settle(req, { id, uid, messageId });
    } catch {
      if (broke()) return;
      requests.refuse(req, new MapiError("MAPI_E_CALL_FAILED", "an answer of the core", "a crash of it; nothing was accepted"));
    }
    doubted.delete(req);
  }

  function checkCanary(snapshot: StoreSnapshot): void {
    if (!remembers) return;
    remembers = false;
    const epoch = snapshot.meta.find(({ key }) => key === "driver")?.nums[0] ?? 0;
    void remembered.then((kept) => {
      const [was, messages] = (/^(\d+):(\d+)$/.exec(typeof kept === "string" ? kept : "") ?? []).slice(1).map(Number);
      if (was !== undefined && messages !== undefined && was > epoch && messages > 0) events.outboxLost.tell({ messages });
    });
  }

  async function guardCanary(use: (canary: Canary) => unknown): Promise<unknown> {
    try {
      return await (settings.canary && use(settings.canary));
    } catch {
      log({ level: "warn", code: "canary.failed" });
      return undefined;
    }
  }

  function answered(call: Running, answer: Answer): void {
    if (answer.type === "loggedOn" && answer.guarantees !== null) call.provider.maxSize = answer.guarantees.maxSize;
    if (ended !== undefined) return;
    const note = isAttempt(call.verb) && call.job !== null ? { job: call.job, answer } : undefined;
    if (!call.orphan) {
      input.answer(pump.tape(), call.id, answer, call.wire, call.network);
      if (note !== undefined) pump.keep(note);
    } else if (note !== undefined) evidence(note);
  }

  /** Should no core live to hear it, the store keeps it (O-72). */
  function evidence({ job, answer }: Salvage): void {
    void appendEvidence(store, job, answer, timers.wall()).then((done) => {
      if (done) input.look(pump.tape(), [job.uid]);
    });
  }

  function crashed(thrown: unknown, salvage: readonly Salvage[]): void {
    for (const note of salvage) evidence(note);
    calls.orphanAll();
    const error = asMapiError(thrown, "a working core");
    const now = timers.mono();
    traps = [...traps.filter((at) => now - at < minute), now];
    log({ level: "error", code: "core.crashed" });
    events.crashed.tell({ error });
    if (traps.length >= 3) return end(error);
    try {
      start();
    } catch (again) {
      return end(asMapiError(again, "a core that starts"));
    }
    recovering = true;
    // Of those without a uid nothing became anything.
    for (const [req, { uid }] of given) if (uid !== null) doubted.set(req, uid);
    given.clear();
    requests.afterCrash((req) => doubted.has(req));
    tabs.regrant();
  }

  function run(effect: Effect): void {
    switch (effect.type) {
      case "resolve":
        given.delete(effect.req);
        return requests.resolve(effect.req, effect.reply);
      case "reject":
        given.delete(effect.req);
        return requests.reject(effect);
      case "read":
        return storage.read(effect);
      case "call":
        return calls.run(effect);
      case "abortCall":
        return calls.abort(effect.call);
      case "newMail": {
        const { transport, id, folder, class: messageClass, flags: messageFlags } = effect;
        const placed = inbound.placed(transport, id);
        if (placed === null) return;
        return events.newMail.tell({ transport, id, folder, entryId: id, parentId: folder, messageClass, messageFlags, ...placed });
      }
      case "lateEvidence":
        return events.lateEvidence.tell({ id: effect.id, uid: effect.uid, report: pump.read(query.report(effect.uid), takeReport) });
      case "canary":
        // One after the other: of two that are slow the last must stay.
        canary = canary.then(() => guardCanary((own) => own.set(`${effect.epoch}:${effect.messages}`)));
        return;
      case "flushProgress": {
        const { req, phase, messages, totalMessages, bytes, totalBytes } = effect;
        return requests.onProgress(req)?.({ phase: phases[phase] ?? "done", messages, totalMessages, bytes, totalBytes });
      }
      case "lock":
        return tabs.want(effect.want);
      case "log":
        return log({ level: levels[effect.level] ?? "error", code: effect.code, ...(effect.transport === null ? {} : { transport: effect.transport }) });
      case "views":
        if (effect.ids[0] === 0) tabs.changed();
        return views.tell(effect.ids);
      case "configured": {
        const provider = providers.get(effect.transport);
        if (provider === undefined) return;
        provider.settings = valuesOf(effect.values);
        provider.configurations.set(effect.n, provider.settings);
        provider.origin = null;
        return;
      }
      case "closed":
        return left();
    }
  }

  /** Nothing of this session acts or waits any more. */
  function end(error: MapiError): void {
    if (ended !== undefined) return;
    ended = error;
    calls.abortAll();
    tabs.close();
    unwatch();
    pump.close();
    wakes.close();
    requests.close(error);
    refuse(error);
    for (const listeners of Object.values(events)) listeners.clear();
    views.clear();
    if (settings.ownsStore) store.close();
    timers.close();
    left();
  }

  async function leave(): Promise<void> {
    const gone = new Promise<void>((resolve) => (left = resolve));
    const cancel = timers.after(patience, left);
    requests.make(input.close, undefined, () => undefined, { repeatable: true }).catch(() => {});
    await gone;
    cancel();
    await Promise.race([storage.idle(), new Promise<void>((resolve) => timers.after(patience, resolve))]);
    end(closedError());
  }

  /** One that only declares its settings gets the host's sheet. */
  function present(provider: Provider): void {
    const { uid } = provider.config;
    for (const name of provider.misspelt) log({ level: "warn", code: `transport.unknownField.${name}`, transport: uid });
    providers.set(uid, withSheet({ pump, requests, settings }, provider));
  }
  for (const provider of settings.providers) present(provider);
  start();
  return {
    settings, pump, requests, calls, bodies, preprocessors, events, tabs, providers, views, restarted, opened,
    give: (req, what) => void given.set(req, what),
    addProvider(provider): void {
      present(provider);
      input.addTransport(pump.tape(), configOf(providers.get(provider.config.uid) ?? provider));
    },
    dropProvider: (uid) => void providers.delete(uid),
    alive(): void {
      if (ended !== undefined) throw closedError();
    },
    close: () => (closing ??= ended === undefined ? leave() : Promise.resolve()),
  };
}
