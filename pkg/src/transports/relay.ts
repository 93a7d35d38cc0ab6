/** A transport that hands mail to an HTTP relay: one POST with an idempotency key (www/relay-protocol.md). */
import type { CallContext, Guarantees, Outcome, Setting, Transport, TransportContext, TransportMessage } from "../types.js";
import { inbound } from "./relay/inbound.js";
import type { Init } from "./relay/inbound.js";
import { cancelled, probed, read, retryAfter, settled, submission, SUBMISSION } from "./relay/protocol.js";
import type { Answer } from "./relay/protocol.js";

/** Options of `relayTransport`. */
export interface RelayOptions {
  /** Where the relay's pages are; relative to the document's address where there is one. A setting, as the two times are. */
  readonly url: string | URL;
  /** Stable for ever, see `Transport.uid`. */
  readonly uid: string;
  /**
   * Headers that say who asks, such as `authorization: "Bearer ..."`; called before each request. Told which relay it is for: right
   * after a reconfiguration calls to the old one may still end.
   */
  readonly authorize?: (url: string) => Readonly<Record<string, string>> | PromiseLike<Readonly<Record<string, string>>>;
  /** What people read; default `uid`. */
  readonly displayName?: string;
  /** See `Transport.account`. */
  readonly account?: string;
  /** Senders; default the session's owner. */
  readonly identities?: readonly string[];
  /** Fetch incoming mail too. Default false. */
  readonly receive?: boolean;
  /** How often to look for incoming mail where events fail; default 60 s. */
  readonly pollIntervalMs?: number;
  /** Longest time for one attempt, ms. */
  readonly deadlineMs?: number;
  /** How long this relay keeps its records, ms; default 24 h, as the protocol asks. */
  readonly windowMs?: number;
  /** How long a copy of a request may be under way, ms; default 60 s, as the protocol asks. */
  readonly settlesWithinMs?: number;
  /** Bytes; the relay refuses more. Default 25 MiB. */
  readonly maxMessageSize?: number;
  /** Of one submission; more are split. Default: no limit. */
  readonly maxRecipients?: number;
  /** Of each request; default `same-origin`. */
  readonly credentials?: RequestCredentials;
}

const DAY = 86_400_000;
const ASK_AGAIN_MS = 1000;
const NOTIFY_BEGIN_INBOUND = 0x0000_0001;
const NOTIFY_END_INBOUND = 0x0001_0000;
const CONFIG_CHANGED = 0x0010_0000;

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((done, fail) => {
    const stop = (): void => {
      clearTimeout(timer);
      fail(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      done();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });

function guaranteesOf(options: RelayOptions): Guarantees {
  return {
    deduplicates: { windowMs: options.windowMs ?? DAY },
    probe: { authoritative: true, settlesWithinMs: options.settlesWithinMs ?? 60_000 },
    cancels: true,
    filesSentCopy: "never",
    perRecipient: true,
    ...(options.maxMessageSize === undefined ? {} : { maxMessageSize: options.maxMessageSize }),
    ...(options.maxRecipients === undefined ? {} : { maxRecipients: options.maxRecipients }),
  };
}

const seconds = (ms: number | undefined): { value?: number } => (ms === undefined ? {} : { value: Math.max(1, Math.round(ms / 1000)) });

function settingsOf({ deadlineMs, pollIntervalMs, receive }: RelayOptions, declared: URL): Setting[] {
  return [
    {
      name: "url", type: "string", label: "Address of the relay", required: true, value: declared.href, pattern: "(?:https?://|/).+",
      description: "It begins with https:// or with /.",
    },
    {
      name: "deadlineSeconds", type: "number", label: "Time for one attempt", unit: "seconds", min: 5, max: 3600, ...seconds(deadlineMs),
      description: "Empty: a minute, more for large mail.",
    },
    ...(receive === true
      ? [{ name: "pollIntervalSeconds", type: "number", label: "Look for new mail every", unit: "seconds", min: 5, max: 3600, required: true, value: 60, ...seconds(pollIntervalMs) } as const]
      : []),
  ];
}

/**
 * A transport for `openSession` that speaks the relay protocol. Logging on asks nothing of the network, so mail can be
 * accepted offline; `validateState` tests connection and credentials.
 */
export function relayTransport(options: RelayOptions): Transport {
  const { uid, url: given } = options;
  if (typeof uid !== "string" || !URL.canParse(given, globalThis.location?.href)) {
    throw Object.assign(new TypeError("expected { uid, url }: a text and, outside a page, an absolute address; got another"), { code: "MAPI_E_INVALID_PARAMETER" });
  }
  const declared = new URL(given, globalThis.location?.href);
  /** The relay of the configuration this call goes by. */
  const page = (path: string, { settings }: Pick<CallContext, "settings">): string => {
    const url = settings["url"];
    const base = typeof url === "string" && url !== "" ? new URL(url, globalThis.location?.href) : new URL(declared);
    if (!base.pathname.endsWith("/")) base.pathname += "/";
    return new URL(path, base).href;
  };

  const failure = (response: Response): Error =>
    Object.assign(new Error(`the relay answered ${response.status}`), {
      code: response.status === 401 || response.status === 403 ? "MAPI_E_LOGON_FAILED" : "MAPI_E_NETWORK_ERROR",
    });

  // A redirect would send the message to whoever is named there.
  const init = async (ctx: Pick<CallContext, "signal" | "settings">): Promise<Init> => ({
    headers: { ...(await options.authorize?.(page("", ctx))) },
    signal: ctx.signal,
    redirect: "error",
    cache: "no-store",
    credentials: options.credentials ?? "same-origin",
  });

  async function ask(ctx: TransportContext, method: "GET" | "DELETE"): Promise<Answer> {
    const response = await ctx.fetch(page(`submissions/${ctx.key}`, ctx), { ...(await init(ctx)), method });
    return read(response, ctx.key);
  }

  /** Until it is settled, or the call's deadline ends it. */
  async function awaitSettled(ctx: TransportContext, first: Answer): Promise<Answer> {
    let answer = first;
    while (answer.state === "working") {
      await pause(ASK_AGAIN_MS, ctx.signal);
      answer = await ask(ctx, "GET");
    }
    return answer;
  }

  async function submitMessage(message: TransportMessage, ctx: TransportContext): Promise<Outcome> {
    if (message.content === undefined) return { type: "notAttempted", reason: "notMe" };
    const body = submission(message, message.content);
    const common = await init(ctx);
    const response = await ctx.fetch(page("submissions", ctx), {
      ...common,
      method: "POST",
      headers: {
        ...common.headers,
        "content-type": SUBMISSION,
        "idempotency-key": ctx.key,
        "relay-attempt": String(ctx.attempt),
        ...(ctx.reason === "person" ? { "relay-redo": "doubtful" } : {}),
      },
      body,
    });
    const heard = await read(response, ctx.key);
    const answer = await awaitSettled(ctx, heard);
    switch (answer.state) {
      case "done":
        return settled(answer.recipients);
      case "refused":
        // 422: another body went out under this key, so this one is not simply refused.
        if (answer.status === 422) return { type: "unknown", code: "keyReused" };
        return { type: "rejected", scope: "message", code: answer.status, text: answer.error, definite: true };
      case "absent":
      case "working":
        return { type: "unknown", code: answer.state };
      case "foreign":
        if (answer.status >= 200 && answer.status < 300) return { type: "unknown", code: "notTheRelay" };
        return { type: "http", status: answer.status, ...(answer === heard ? retryAfter(response, Date.now()) : {}) };
    }
  }

  async function reach(ctx: CallContext): Promise<void> {
    const response = await ctx.fetch(page("account", ctx), await init(ctx));
    await response.body?.cancel();
    if (!response.ok) throw failure(response);
  }

  const mail = inbound({ page, options: init, failure });

  return {
    uid: options.uid,
    displayName: options.displayName ?? declared.host,
    providerDisplay: "HTTP relay",
    moduleName: "mailspooler/transports/relay",
    guarantees: guaranteesOf(options),
    ...(options.account === undefined ? {} : { account: options.account }),
    ...(options.identities === undefined ? {} : { identities: options.identities }),
    ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),

    submitMessage,
    async probeMessage(_message, ctx) {
      return probed(await ask(ctx, "GET"));
    },
    async cancelMessage(_message, ctx) {
      return cancelled(await ask(ctx, "DELETE"));
    },
    settings: settingsOf(options, declared),
    validateState(flags, ctx) {
      if ((flags & CONFIG_CHANGED) !== 0) ctx.spoolerNotify({ configChange: true });
      return reach(ctx);
    },
    test: (_settings, ctx) => reach(ctx),

    ...(options.receive === true
      ? {
          ...(options.pollIntervalMs === undefined ? {} : { pollIntervalMs: options.pollIntervalMs }),
          poll: mail.poll,
          startMessage: mail.startMessage,
          acknowledge: mail.acknowledge,
          transportNotify(flags: number, ctx: CallContext) {
            if ((flags & NOTIFY_BEGIN_INBOUND) !== 0) mail.listen(ctx);
            if ((flags & NOTIFY_END_INBOUND) !== 0) mail.hush();
          },
          transportLogoff: mail.hush,
        }
      : {}),
  };
}
