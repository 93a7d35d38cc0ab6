/**
 * A JMAP transport: `mailspooler/transports/jmap`.
 *
 * No JMAP client library is used. jmap-jam 0.13 was read and is good at what it is for: 4.6 kB (1.7 kB gzip), typed methods and
 * references. It cannot be used here because it calls the global fetch (so a wire call could be neither forbidden nor recorded),
 * knows Bearer tokens only, resolves `apiUrl` against the page instead of the session's URL (Cyrus answers "/jmap/"), throws away
 * status and Retry-After, turns one failed method of several into a throw, keeps a session that failed to load for ever, and
 * listens with EventSource, which cannot send Authorization. What is left is one POST of JSON.
 *
 * Once: the submission is one request that first sets a mark on the draft under `ifInState` and submits only if that worked.
 * Whoever repeats it, the browser included, finds the state moved. So the transport deduplicates for as long as the draft is
 * there, a refusal is definite, and a draft without the mark was never submitted: the probe's "absent" can be believed, once it
 * has moved the state itself. A draft with the mark is doubt; sent mail has left Drafts. Measured on Cyrus 3.6.1; assumed of
 * other servers is what RFC 8620 says of ifInState, of method order and of failing references.
 */
import { loadAccount } from "./account.js";
import { jmapClient } from "./client.js";
import { listen } from "./events.js";
import { jmapHeaders } from "./headers.js";
import { jmapInbox } from "./inbox.js";
import { given, jmapError } from "./protocol.js";
import { cancel, prepare, probe, submitSafely } from "./submit.js";
import type { Account } from "./account.js";
import type { Authorize, Client, Wire } from "./client.js";
import type { Desk } from "./draft.js";
import type { Cursor } from "./inbox.js";
import type { CallContext, Guarantees, LogonResult, Setting, Transport } from "../../types.js";

export type { Authorize, Cursor };

/** Options of `jmapTransport`. */
export interface JmapTransportOptions {
  /** Stable for ever (see `Transport.uid`). */
  readonly uid: string;
  /** Where discovery starts, normally `https://host/.well-known/jmap`. A setting, as the poll interval is. */
  readonly sessionUrl: string;
  /**
   * Headers of every request, asked each time: `basic(user, password)`, `bearer(token)`, or your own. Told which server it is for,
   * by its `sessionUrl`: right after a reconfiguration calls to the old one may still end.
   */
  readonly authorize: Authorize;
  /** What people read; default `uid`. */
  readonly displayName?: string;
  /** Default: the session's primary account for submission. */
  readonly accountId?: string;
  /** Names the account in the outbox (O-12); default `uid`. */
  readonly account?: string;
  /** JMAP identity id; default: the one whose address is the sender's, else the first. */
  readonly identity?: string;
  /** Senders; default: the addresses of the server's identities, else the session's owner. */
  readonly identities?: readonly string[];
  /** See `Transport.sendsFor`. */
  readonly sendsFor?: "own" | "any";
  /** New mail: `false` for none; else where to keep how far it has come. */
  readonly inbox?: false | { readonly cursor?: Cursor };
  /** `false`: not remote. A remote viewer normally has `inbox: false` beside, else new mail comes by itself too. */
  readonly headers?: false;
  /** Default 60 s; push makes it rarely needed. */
  readonly pollIntervalMs?: number;
  /** Longest time for one attempt (see `Transport.deadlineMs`). */
  readonly deadlineMs?: number;
  /** For the event stream, which outlives every call; default `fetch`. */
  readonly fetch?: typeof fetch;
}

/** Authorization: Basic, in UTF-8. The password stays in memory as long as the transport does. */
export function basic(user: string, password: string): Authorize {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  const value = `Basic ${btoa(String.fromCharCode(...bytes))}`;
  return () => ({ authorization: value });
}

/** Authorization: Bearer. For tokens that change give a function of your own as `authorize`. */
export const bearer = (token: string): Authorize => () => ({ authorization: `Bearer ${token}` });

const NOTIFY_BEGIN_INBOUND = 0x0000_0001;
const NOTIFY_END_INBOUND = 0x0001_0000;
const CONFIG_CHANGED = 0x0010_0000;

/** The dedupe is as lasting as the draft; five days is as long as the outbox asks on its own. */
const WINDOW_MS = 5 * 24 * 3_600_000;

const GUARANTEES: Guarantees = {
  deduplicates: { windowMs: WINDOW_MS },
  // Its "absent" withdraws every request sent before, so there is nothing left to settle.
  probe: { authoritative: true, settlesWithinMs: 0 },
  cancels: true,
  filesSentCopy: "always",
  perRecipient: false,
  remote: true,
};

interface Server {
  readonly client: Client;
  readonly load: (wire: Wire) => Promise<Account>;
  readonly desk: Desk;
  readonly inbox: ReturnType<typeof jmapInbox> | undefined;
}

function settingsOf({ sessionUrl, pollIntervalMs, inbox }: JmapTransportOptions): Setting[] {
  const every = pollIntervalMs === undefined ? 60 : Math.max(1, Math.round(pollIntervalMs / 1000));
  return [
    {
      name: "sessionUrl", type: "string", label: "Address of the JMAP session", required: true, value: sessionUrl, pattern: "https?://.+",
      description: "Normally https://, the server's name and /.well-known/jmap.",
    },
    ...(inbox === false
      ? []
      : [{ name: "pollIntervalSeconds", type: "number", label: "Look for new mail every", unit: "seconds", min: 1, max: 3600, required: true, value: every } as const]),
  ];
}

/**
 * A transport for `openSession` that speaks JMAP (RFC 8620, 8621): `content` as MIME, `payload: { email }` as an Email object, or
 * `payload: { emailId }` as a draft on the server. It deduplicates as long as the draft exists. Nothing is asked of the
 * network before logon.
 */
export function jmapTransport(options: JmapTransportOptions): Transport {
  const { uid, sessionUrl, authorize } = options;
  if (typeof uid !== "string" || typeof sessionUrl !== "string" || typeof authorize !== "function") {
    throw jmapError("MAPI_E_INVALID_PARAMETER", "{ uid, sessionUrl, authorize }: two texts and a function", "another");
  }
  const outside: Wire["fetch"] = options.fetch ?? ((input, init) => fetch(input, init));
  let listening: { readonly to: Server; readonly stop: AbortController } | undefined;

  /** One server, as a configuration names it: what was begun with it ends with it. */
  function server(sessionUrl: string): Server {
    const client = jmapClient({ ...options, sessionUrl });
    let loaded: Promise<Account> | undefined;
    const load = (wire: Wire) => {
      const asked = loadAccount(client, wire, options.identity);
      loaded = asked;
      asked.catch(() => { if (loaded === asked) loaded = undefined; });
      return asked;
    };
    const desk: Desk = { client, account: (wire) => loaded ?? load(wire) };
    return { client, load, desk, inbox: options.inbox === false ? undefined : jmapInbox(desk, options.inbox?.cursor) };
  }
  const servers = new Map<string, Server>();
  const at = ({ settings }: Pick<CallContext, "settings">): Server => {
    const named = settings["sessionUrl"];
    const url = typeof named === "string" && named !== "" ? named : options.sessionUrl;
    const found = servers.get(url) ?? server(url);
    servers.set(url, found);
    return found;
  };

  /** Asks the server anew; throws with MAPI's word for what is wrong. */
  async function ask(ctx: CallContext) {
    const { client, load } = at(ctx);
    try {
      return { ...(await client.session(ctx, true)), ...(await load(ctx)) };
    } catch (error) {
      if (error instanceof TypeError) throw jmapError("MAPI_E_NETWORK_ERROR", "a JMAP session", "no answer");
      throw error;
    }
  }

  async function logon(ctx: CallContext): Promise<LogonResult> {
    const { maxSize, maxRecipients, addresses } = await ask(ctx);
    return {
      poll: options.inbox !== false,
      ...(options.identities !== undefined || addresses.length === 0 ? {} : { identities: addresses }),
      guarantees: {
        ...GUARANTEES,
        ...given({ maxMessageSize: maxSize, maxRecipients }),
      },
    };
  }

  function startListening(ctx: CallContext): void {
    stopListening();
    const stop = new AbortController();
    const to = at(ctx);
    listening = { to, stop };
    const { client, desk } = to;
    let accountId: string | undefined;
    const open = async (ping: number, signal: AbortSignal) => {
      const wire = { fetch: outside, signal };
      ({ accountId } = await desk.account(wire));
      const url = (await client.session(wire)).events("Email,EmailDelivery", ping);
      return url === undefined ? undefined : client.get(wire, url, "text/event-stream");
    };
    void listen({ open, changed: () => ctx.spoolerNotify({ newMail: true }), accountId: () => accountId }, stop.signal);
  }

  const stopListening = () => {
    listening?.stop.abort();
    listening = undefined;
  };

  /** The inbox of the server in force, which is the one listened to. */
  function inboxOf(ctx: CallContext) {
    const now = at(ctx);
    if (listening !== undefined && listening.to !== now) startListening(ctx);
    return now.inbox;
  }

  const receiving = options.inbox === false ? {} : {
    poll: async (ctx: CallContext) => (await inboxOf(ctx)?.poll(ctx)) ?? false,
    startMessage: (ctx: CallContext) => inboxOf(ctx)?.next(ctx),
    acknowledge: (id: string, ctx: CallContext) => inboxOf(ctx)?.acknowledge(id),
    transportNotify(flags: number, ctx: CallContext) {
      if ((flags & NOTIFY_BEGIN_INBOUND) !== 0) startListening(ctx);
      if ((flags & NOTIFY_END_INBOUND) !== 0) stopListening();
    },
  };

  const { displayName, account, identities, sendsFor, pollIntervalMs, deadlineMs } = options;
  return {
    uid: options.uid,
    providerDisplay: "JMAP",
    moduleName: "mailspooler/transports/jmap",
    guarantees: GUARANTEES,
    ...given({ displayName, account, identities, sendsFor, pollIntervalMs, deadlineMs }),
    prepareMessage: (message, ctx) => prepare(at(ctx).desk, message, ctx),
    submitMessage: (message, ctx) => submitSafely(at(ctx).desk, message, ctx),
    probeMessage: (message, ctx) => probe(at(ctx).desk, message, ctx),
    cancelMessage: (message, ctx) => cancel(at(ctx).desk, message, ctx),
    transportLogon: logon,
    transportLogoff: stopListening,
    settings: settingsOf(options),
    async validateState(flags, ctx) {
      if ((flags & CONFIG_CHANGED) !== 0) ctx.spoolerNotify({ configChange: true });
      await ask(ctx);
    },
    async test(_settings, ctx) {
      await ask(ctx);
    },
    ...receiving,
    ...(options.headers === false ? {} : { headers: jmapHeaders((ctx) => at(ctx).desk) }),
  };
}
