/** Runs the callbacks the core asks for. A value, a throw, a promise and a thenable are one case; the first answer counts. */
import { answerOf, threw } from "./answer.js";
import { messageOf, type Bodies } from "./bodies.js";
import { aborted, callContext, isAttempt, signalOf, transportContext, type Call, type ContextHost } from "./context.js";
import { MapiError, errorClass } from "./error.js";
import type { Inbound } from "./inbound.js";
import type { Callback, Provider } from "./provider.js";
import type { FieldOptions } from "./snapshot.js";
import type { OutstandingCall } from "./types/session.js";
import type { SettingValues } from "./types/settings.js";
import type { TransportContext, TransportMessage } from "./types/transport.js";
import type { CallEffect } from "./wire/effect.js";
import { callKey, type Answer, type CallId, type Job, type Verb } from "./wire/shapes.js";

/** A callback the core asked for. */
export interface Running extends Call {
  readonly id: CallId;
  readonly since: number;
  /** The core that asked is gone: an answer is evidence, nothing else. */
  orphan: boolean;
}

export interface CallsHost extends Omit<ContextHost, "attempt" | "progress"> {
  readonly bodies: Bodies;
  provider(uid: string): Provider | undefined;
  readonly inbound: Inbound;
  preprocess(message: TransportMessage, key: string, signal: AbortSignal): Promise<TransportMessage>;
  after(ms: number, run: () => void): () => void;
  /** A preprocessor for outbound messages is registered. */
  preprocesses(): boolean;
  /** What the caller of `changePassword` gave, by request: it never goes to the core. */
  secrets(req: number): readonly unknown[];
  /** Passwords that passed their test go to whoever keeps them. */
  keep(provider: Provider, secrets: Readonly<Record<string, string>>): Promise<void>;
  progress(id: CallId, done: number, total: number): void;
  answered(call: Running, answer: Answer): void;
}

export interface Calls {
  run(effect: CallEffect): void;
  abort(id: CallId): void;
  /** The page is leaving, or the session closes. */
  abortAll(): void;
  /** The core was lost: whatever is under way goes on as evidence. */
  orphanAll(): void;
  outstanding(): OutstandingCall[];
}

/** What an attempt keeps from `submitMessage` for its `endMessage`. */
interface Begun {
  /** Not of a call that was aborted: perhaps nobody asks for its end. */
  readonly message: TransportMessage | undefined;
  readonly recipients: Call["recipients"];
}

/** What a message has passed the preprocessors for. */
const passing: ReadonlySet<Verb> = new Set<Verb>(["prepareMessage", "submitMessage", "fileMessage"]);
/** What preprocessors may take of it: the rest is for `prepareMessage`. */
const ofSpan = 0.9;
const nothing = (): undefined => undefined;

/** S_OK, in whatever words; the twin of src/spooler/meaning.rs. */
function accepts(answer: Answer): boolean {
  if (answer.type === "ended") return answer.flags === 0;
  if (answer.type !== "outcome") return false;
  const { outcome } = answer;
  if (outcome.type === "http") return outcome.status >= 200 && outcome.status < 300;
  return outcome.type === "accepted" || (outcome.type === "mapi" && outcome.scode === 0);
}
/** Of the message, not of the sender, and not to be asked again. */
const refuses = (status: number): boolean => status >= 400 && status < 500 && ![401, 403, 404, 408, 409, 412, 425, 429].includes(status);

export function makeCalls(host: CallsHost): Calls {
  // A list: there are few at a time, and a map that is filled and emptied at every message leaves its old tables behind.
  const running: Running[] = [];
  const begun = new Map<string, Begun>();
  const { inbound } = host;
  const progressing = new Map<Call, { done: number; total: number }>();

  const context: ContextHost = {
    wall: host.wall,
    isPresent: host.isPresent,
    attempt: (provider) => running.find((call) => call.provider === provider && isAttempt(call.verb) && !call.aborted),
    notify: host.notify,
    modifyRow: host.modifyRow,
    progress(call: Call, done: number, total: number): void {
      const waiting = progressing.has(call);
      progressing.set(call, { done, total });
      if (!waiting) queueMicrotask(() => reportProgress(call as Running));
    },
    log: host.log,
    credentials: host.credentials,
  };

  function reportProgress(call: Running): void {
    const last = progressing.get(call);
    progressing.delete(call);
    if (last !== undefined && !call.ended && !call.aborted && !call.orphan) host.progress(call.id, last.done, last.total);
  }

  /** Fields that are none are told, not punished: an answer is worth more than its spelling. */
  const lenient = (call: Running): FieldOptions & { readonly polls: boolean } => ({
    unknown: () => host.log({ level: "warn", code: `${call.verb}.unknownField`, transport: call.provider.config.uid }),
    polls: call.provider.functions.has("poll"),
  });

  function settle(call: Running, answer: Answer): void {
    if (call.ended) return;
    call.ended = true;
    if (call.aborted && isAttempt(call.verb)) call.provider.givenUp--;
    const at = running.indexOf(call);
    if (at >= 0) running.copyWithin(at, at + 1).pop();
    host.answered(call, answer);
  }

  /** What StatusRecips said, or `submitMessage` before, stands in for a list the outcome lacks; EndMessage's 0 means that list. */
  function withRecipients(call: Running, answer: Answer): Answer {
    const { recipients } = call;
    if (recipients === null) return answer;
    if (accepts(answer) && (answer.type !== "outcome" || answer.outcome.type !== "accepted")) {
      return { type: "outcome", outcome: { type: "accepted", remoteId: null, recipients } };
    }
    if (answer.type !== "outcome") return answer;
    const { outcome } = answer;
    if (outcome.type === "http" && refuses(outcome.status)) {
      // As the core reads it: definite where the transport deduplicates.
      return { type: "outcome", outcome: { type: "rejected", scope: "message", code: `${outcome.status}`, text: "", definite: true, recipients } };
    }
    if ((outcome.type !== "accepted" && outcome.type !== "rejected") || outcome.recipients !== null) return answer;
    return { type: "outcome", outcome: { ...outcome, recipients } };
  }

  /** `endMessage` comes next. */
  function keep(call: Running, key: string, message: TransportMessage, answer: Answer): void {
    if (answer.type === "outcome" && answer.outcome.type === "accepted") call.recipients = answer.outcome.recipients;
    else if (answer.type !== "done" && !accepts(answer)) return;
    if (!call.aborted) begun.set(key, { message, recipients: call.recipients });
    else if (call.recipients !== null) begun.set(key, { message: undefined, recipients: call.recipients });
  }

  const fallen = (call: Running, thrown: unknown): Answer => threw(thrown, call.network);

  function mayBegin(call: Running, ctx: TransportContext): void {
    if (call.aborted || (call.verb === "submitMessage" && !ctx.mayStillSend())) throw aborted();
  }

  /** Nothing was begun: what keeps the call from being made is no doubt. */
  function unmade(call: Running, thrown: unknown): Answer {
    if (!isAttempt(call.verb)) return threw(thrown, false);
    const lost = thrown instanceof MapiError && thrown.code === "MAPI_E_CORRUPT_DATA";
    return {
      type: "outcome",
      outcome: lost
        ? { type: "rejected", scope: "message", code: "MAPI_E_CORRUPT_DATA", text: "", definite: true, recipients: null }
        : { type: "notAttempted", reason: "wait", retryAfter: null, definite: true },
    };
  }

  /** Held with the reason, and nothing was begun (C-135). Its class is told, never its text. */
  function unprocessed(call: Running, thrown: unknown): Answer {
    host.log({ level: "warn", code: `preprocessor.${errorClass(thrown)}`, transport: call.provider.config.uid });
    if (call.verb === "fileMessage") return threw(thrown, false);
    return { type: "outcome", outcome: { type: "notAttempted", reason: "preprocess", retryAfter: null, definite: true } };
  }

  /** Ends before the call does: what a preprocessor takes is not the fault of the transport, whose other mail goes on. */
  function preprocessed(call: Running, given: TransportMessage, key: string): Promise<TransportMessage> {
    const signal = signalOf(call);
    return new Promise((resolve, reject) => {
      const cancel = host.after((call.deadline - host.wall()) * ofSpan, () => {
        const late = new DOMException("expected preprocessors to answer before the deadline of the call, got nothing", "TimeoutError");
        reject(late);
        call.controller?.abort(late);
      });
      host.preprocess(given, key, signal).finally(cancel).then(resolve, reject);
    });
  }

  /** One function for all of it: each that awaits another costs promises. */
  async function message(call: Running, job: Job, run: Callback): Promise<void> {
    const before = begun.size > 0 && call.verb === "endMessage" ? begun.get(job.key) : undefined;
    if (begun.size > 0) begun.delete(job.key);
    let failed = unmade;
    try {
      let given = before?.message ?? messageOf(job, host.bodies.take(job.uid) ?? (await host.bodies.load(job.uid)));
      call.recipients = before?.recipients ?? null;
      const settings = call.provider.configurations.get(job.configuration);
      if (settings === undefined) throw new MapiError("MAPI_E_UNCONFIGURED", "a configuration that is still kept", "an older one");
      call.settings = settings;
      const ctx = transportContext(call, job, context);
      mayBegin(call, ctx);
      if (host.preprocesses() && before === undefined && passing.has(call.verb)) {
        failed = unprocessed;
        given = await preprocessed(call, given, job.key);
        mayBegin(call, ctx);
      }
      failed = fallen;
      const value = await run(given, ctx);
      const answer = withRecipients(call, answerOf(call.verb as "submitMessage", value, lenient(call)));
      if (call.verb === "submitMessage" && call.provider.functions.has("endMessage")) keep(call, job.key, given, answer);
      settle(call, answer);
    } catch (thrown) {
      settle(call, failed(call, thrown));
    }
  }

  /** Any answer at all shows that the network is there (O-51). */
  async function gate(call: Running): Promise<Answer> {
    const { origin } = call.provider;
    if (origin === null) throw new MapiError("MAPI_E_NOT_FOUND", "an origin that ctx.fetch has reached", "none");
    try {
      await fetch(`${origin}/`, { method: "HEAD", mode: "no-cors", cache: "no-store", credentials: "omit", signal: signalOf(call) });
      return { type: "done" };
    } catch (thrown) {
      call.network = true;
      throw thrown;
    }
  }

  /** What a callback without a message gets before its context. */
  function argumentsOf({ verb, flags, entry, req }: CallEffect): readonly unknown[] {
    if (verb === "transportNotify" || verb === "flushQueues" || verb === "validateState") return [flags];
    if (verb === "acknowledge" || verb === "headers.download" || verb === "headers.remove") return [entry ?? ""];
    if (verb !== "changePassword" && verb !== "settingsDialog") return [];
    const secrets = host.secrets(req ?? 0);
    // Whoever asked has stopped waiting.
    if (secrets.length === 0) throw aborted();
    return secrets;
  }

  /** The draft takes the place of what is in force, for this call alone. */
  async function test(call: Running, { req }: CallEffect): Promise<Answer> {
    const [settings, secrets = {}] = host.secrets(req ?? 0) as [SettingValues?, Readonly<Record<string, string>>?];
    // Whoever asked has stopped waiting.
    if (settings === undefined) throw aborted();
    call.settings = settings;
    call.secrets = secrets;
    await call.provider.functions.get("test")?.(Object.freeze({ ...settings, ...secrets }), callContext(call, context));
    if (call.aborted) throw aborted();
    if (Object.keys(secrets).length > 0) await host.keep(call.provider, secrets);
    return { type: "done" };
  }

  async function plain(call: Running, effect: CallEffect, run: Callback): Promise<Answer> {
    const after = effect.verb === "transportLogon" ? [effect.flags] : effect.verb === "transportNotify" ? [effect.entry ?? undefined] : [];
    const value = await run(...argumentsOf(effect), callContext(call, context), ...after);
    if (call.verb === "startMessage") return inbound.handedIn(call, value, lenient(call));
    return call.verb === "headers.download" ? inbound.downloaded(call, value, lenient(call)) : answerOf(call.verb, value, lenient(call));
  }

  async function perform(call: Running, effect: CallEffect): Promise<void> {
    try {
      settle(call, await answer(call, effect));
    } catch (thrown) {
      settle(call, fallen(call, thrown));
    }
  }

  function answer(call: Running, effect: CallEffect): Promise<Answer> {
    if (call.verb === "deliver") return inbound.deliver(call, effect.of);
    if (call.verb === "gate") return gate(call);
    if (call.verb === "test") return test(call, effect);
    const run = callbackOf(call);
    if (run === undefined) throw new MapiError("MAPI_E_NO_SUPPORT", `a transport with ${call.verb}`, "one without");
    return plain(call, effect, run);
  }

  /** The core asks for `prepareMessage` wherever there are preprocessors. */
  const callbackOf = ({ verb, provider }: Running): Callback | undefined =>
    provider.functions.get(verb) ?? (verb === "prepareMessage" ? nothing : undefined);

  function end(call: Running): void {
    if (!call.aborted && isAttempt(call.verb)) call.provider.givenUp++;
    call.aborted = true;
    if (call.job !== null) begun.delete(call.job.key);
    call.controller?.abort(aborted());
  }

  return {
    run(effect): void {
      const provider = host.provider(effect.transport);
      if (provider === undefined) return;
      const call: Running = {
        id: effect.call, verb: effect.verb, provider, job: effect.job, since: host.wall(), deadline: effect.deadline ?? Infinity,
        aborted: false, ended: false, controller: undefined, wire: false, network: false, recipients: null, orphan: false,
        settings: provider.settings, secrets: undefined,
      };
      running.push(call);
      const callback = call.job === null ? undefined : callbackOf(call);
      void (call.job === null || callback === undefined ? perform(call, effect) : message(call, call.job, callback));
    },
    abort(id): void {
      const key = callKey(id);
      const call = running.find((other) => callKey(other.id) === key);
      if (call !== undefined) end(call);
    },
    abortAll(): void {
      for (const call of running) end(call);
    },
    orphanAll(): void {
      for (const call of running) {
        call.orphan = true;
        end(call);
      }
      running.length = 0;
      inbound.clear();
    },
    outstanding: () =>
      running.filter((call) => !call.aborted).map((call) => ({
        callId: callKey(call.id), transport: call.provider.config.uid, verb: call.verb, since: call.since,
        deadline: call.deadline === Infinity ? null : call.deadline,
      })),
  };
}
