/** The transport contract: callbacks a JavaScript host supplies. */
import type { MapiCode, Recipient, Scope } from "./message.js";
import type { Setting, SettingValues } from "./settings.js";

export type Maybe<T> = T | PromiseLike<T>;

export interface RecipientResult {
  readonly emailAddress: string;
  readonly status: "accepted" | "rejected" | "open" | "doubtful";
  readonly code?: string | number;
  readonly text?: string;
}

export type NotAttemptedReason = "notMe" | "busy" | "wait" | "network" | "auth" | "config" | "transport" | "account";

/** What one attempt came to (O-30). Anything else a transport returns is read as `unknown`. */
export type Outcome =
  | { readonly type: "accepted"; readonly remoteId?: string; readonly recipients?: readonly RecipientResult[] }
  | { readonly type: "rejected"; readonly scope: Scope; readonly code: string | number; readonly text?: string; readonly definite?: boolean; readonly recipients?: readonly RecipientResult[] }
  | { readonly type: "deferred"; readonly entryId?: string }
  | { readonly type: "notAttempted"; readonly reason: NotAttemptedReason; readonly retryAfterMs?: number; readonly definite?: boolean }
  | { readonly type: "unknown"; readonly code?: string | number }
  | { readonly type: "http"; readonly status: number; readonly retryAfterMs?: number }
  /** SubmitMessage's own return codes (catalogue 6.4); `MAPI_E_WAIT` and `MAPI_E_NETWORK_ERROR` carry `retryAfterMs`. */
  | { readonly type: "mapi"; readonly code: MapiCode; readonly retryAfterMs?: number };

/** EndMessage's answer (catalogue 6.5): the flags as a number, their name, or an outcome; `0` is "sent". */
export type EndMessageResult = number | "END_RESEND_NOW" | "END_RESEND_LATER" | "END_DONT_RESEND" | Outcome;

export type ProbeResult =
  | { readonly type: "present"; readonly remoteId?: string; readonly recipients?: readonly RecipientResult[] }
  | { readonly type: "absent" }
  | { readonly type: "unknown"; readonly code?: string | number };

export interface Guarantees {
  /** The service executes one key at most once inside this window. */
  readonly deduplicates?: { readonly windowMs: number };
  /** `authoritative`: its "absent" can be believed `settlesWithinMs` after the last deadline (O-41). */
  readonly probe?: { readonly authoritative: boolean; readonly settlesWithinMs: number };
  readonly cancels?: boolean;
  readonly filesSentCopy?: "always" | "never";
  /** Answers name every recipient of the envelope. */
  readonly perRecipient?: boolean;
  readonly maxMessageSize?: number;
  readonly maxRecipients?: number;
  readonly remote?: boolean;
  /** It answers before it has sent: `deferred` is its normal answer. */
  readonly asynchronous?: boolean;
}

/** What a transport gets: one envelope of one message. */
export interface TransportMessage {
  readonly messageId: string;
  readonly from: string;
  /** The envelope's recipients, Bcc among them. */
  readonly recipients: readonly Recipient[];
  /** Those of `recipients` that are Bcc; none is in the header. */
  readonly bcc: readonly Recipient[];
  readonly subject: string;
  readonly size: number;
  /** MIME; absent when the message was submitted as `payload`. */
  readonly content?: Blob;
  readonly payload?: unknown;
  readonly props: Readonly<Record<string, unknown>>;
}

/** What every callback gets. */
export interface CallContext {
  readonly signal: AbortSignal;
  /** Wall clock, absolute. */
  readonly deadline: number;
  /** `fetch` that asks `mayStillSend` in the same task and records that a wire call began. */
  readonly fetch: typeof fetch;
  readonly spoolerNotify: (flags: SpoolerNotify) => void;
  readonly modifyStatusRow: (columns: Readonly<Record<string, unknown>>, options?: { readonly update?: boolean }) => void;
  readonly progress: (done: number, total: number) => void;
  /** `code` is a word, never message text. */
  readonly log: (level: LogEntry["level"], code: string) => void;
  /** Asks the session's `credentials` for this transport; nothing of the answer is kept. In `test`, a password just given answers. */
  readonly credentials: (purpose: string) => Promise<unknown>;
  /** What is in force as the call begins; in `test`, what is tested. Never a password. An attempt keeps it to its end. */
  readonly settings: SettingValues;
}

export interface TransportContext extends CallContext {
  /** Idempotency key: the same for every attempt of this envelope. */
  readonly key: string;
  readonly attempt: number;
  readonly reason: "first" | "retry" | "absent" | "person";
  /** What `prepareMessage` returned. */
  readonly token: unknown;
  /** Entry id of a deferred message that is submitted again (BEGIN_DEFERRED). */
  readonly deferred: string | null;
  readonly mayStillSend: () => boolean;
  readonly statusRecips: (recipients: readonly RecipientResult[]) => void;
}

/** The session's `log` receives these; never message text or secrets. */
export interface LogEntry {
  readonly at: number;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly code: string;
  readonly transport?: string;
}

/** SpoolerNotify's flags as options (catalogue 2.6). */
export interface SpoolerNotify {
  readonly newMail?: boolean;
  readonly readyToSend?: boolean;
  /** One deferred message's entry id, or `true` for all. */
  readonly sentDeferred?: string | true;
  readonly criticalSection?: boolean;
  readonly nonCritical?: boolean;
  readonly configChange?: boolean;
  readonly criticalError?: boolean;
}

/** A message handed in by `startMessage`. */
export interface InboundMessage {
  /** Stable over redeliveries. */
  readonly id: string;
  readonly content?: Blob;
  readonly payload?: unknown;
  readonly folder?: string;
  readonly messageClass?: string;
  readonly messageFlags?: number;
}

/** One message on the server: columns of the header table by their names; others that have a name may stand beside these. */
export interface MessageHeader {
  /** Stable: what `download` and `remove` get. */
  readonly id: string;
  /** Bytes. */
  readonly messageSize: number;
  readonly subject?: string;
  readonly senderName?: string;
  readonly sentRepresentingName?: string;
  readonly displayTo?: string;
  /** Default `IPM.Note`. */
  readonly messageClass?: string;
  readonly messageFlags?: number;
  readonly priority?: number;
  readonly importance?: number;
  readonly sensitivity?: number;
  /** Wall clock. */
  readonly messageDeliveryTime?: number;
  readonly hasAttachments?: boolean;
  /** Default: the subject without its prefix. */
  readonly normalizedSubject?: string;
  /** Seconds. Default: by the speed the browser tells, else MAPI_E_NO_SUPPORT (C-171). */
  readonly messageDownloadTime?: number;
  readonly [column: string]: string | number | boolean | null | undefined;
}

/** What makes a transport remote (catalogue 8): a list first, then what a person marked in it. */
export interface HeaderFunctions {
  /** The list, at most 10,000; `ctx.progress` in messages. */
  refresh(ctx: CallContext): Maybe<readonly MessageHeader[]>;
  /** Fetches one; it is delivered before the call counts as done. `undefined`: it is gone. `ctx.progress` in bytes. */
  download(id: string, ctx: CallContext): Maybe<InboundMessage | undefined | void>;
  /** Deletes one on the server; one that is gone is deleted. */
  remove(id: string, ctx: CallContext): Maybe<void>;
}

export interface Identity { readonly display: string; readonly entryId: string; readonly searchKey: string }

export interface LogonResult {
  /** LOGON_SP_IDLE, LOGON_SP_POLL. `poll` defaults to whether the transport has a `poll` function. */
  readonly idle?: boolean;
  readonly poll?: boolean;
  readonly identities?: readonly string[];
  readonly identity?: Identity;
  readonly guarantees?: Guarantees;
}

/** A transport provider. `uid` and `submitMessage` are enough. Throw a `MapiError` or `{ code: "MAPI_E_BUSY" }` to answer with a code. */
export interface Transport {
  /** Stable for ever: rows, order and stored envelopes name it. */
  readonly uid: string;
  readonly displayName?: string;
  readonly providerDisplay?: string;
  readonly moduleName?: string;
  /** Message service: providers that share one logon fate. Default: `uid`. */
  readonly service?: string;
  /** Default `["SMTP"]`; `null` takes any type, `[""]` none. */
  readonly addressTypes?: readonly string[] | null | ((ctx: CallContext) => Maybe<readonly string[] | null>);
  /** MAPIUIDs (32 hex digits) whose entry ids this transport takes. */
  readonly uids?: readonly string[];
  /** The account behind it; default `uid`. Two transports of one account share it (O-12). */
  readonly account?: string;
  /** Whose credentials it uses, default `account`: what a refused or changed password stops and releases together (O-52). */
  readonly credential?: string;
  /** Senders it may send for; default `[owner]`. */
  readonly identities?: readonly string[];
  readonly sendsFor?: "own" | "any";
  /** PR_RESOURCE_FLAGS, as a number or as options. */
  readonly resourceFlags?: number | { readonly preferLast?: boolean; readonly primaryIdentity?: boolean; readonly defaultOutbound?: boolean; readonly noPrimaryIdentity?: boolean };
  readonly identity?: Identity;
  readonly guarantees?: Guarantees;
  /** `"ctx.fetch"` (default): only `ctx.fetch` reaches the wire, so a throw before it is `notAttempted` (O-31). */
  readonly wire?: "ctx.fetch" | "other";
  /** Longest time for one attempt; default 60 s + size / 16 KiB per second (O-32). */
  readonly deadlineMs?: number;
  /** Default 60 s. */
  readonly pollIntervalMs?: number;
  readonly headers?: HeaderFunctions;
  /**
   * What it can be configured with; `ctx.settings` are the values. The session itself goes by numbers named `deadlineSeconds` and
   * `pollIntervalSeconds`, in place of `deadlineMs` and `pollIntervalMs`.
   */
  readonly settings?: readonly Setting[];

  submitMessage(message: TransportMessage, ctx: TransportContext): Maybe<Outcome | Response | undefined | void>;
  endMessage?(message: TransportMessage, ctx: TransportContext): Maybe<EndMessageResult>;
  /** Repeatable, without outward effect; what it returns (JSON) is `ctx.token` of every attempt. */
  prepareMessage?(message: TransportMessage, ctx: TransportContext): Maybe<unknown>;
  probeMessage?(message: TransportMessage, ctx: TransportContext): Maybe<ProbeResult>;
  cancelMessage?(message: TransportMessage, ctx: TransportContext): Maybe<"cancelled" | "tooLate" | "unknown">;
  /** Files the Sent copy; delivery and filing are separate. */
  fileMessage?(message: TransportMessage, ctx: TransportContext): Maybe<void>;
  /** `flags`: LOGON_NO_DIALOG 1 (show nothing), LOGON_NO_CONNECT 4 (offline: log on to what is here, or fail), LOGON_NO_INBOUND 8, LOGON_NO_OUTBOUND 16. */
  transportLogon?(ctx: CallContext, flags: number): Maybe<LogonResult | void>;
  transportLogoff?(ctx: CallContext): Maybe<void>;
  /** Service entry point, MSG_SERVICE_CONFIGURE: asked once when logon answers MAPI_E_UNCONFIGURED. */
  configure?(ctx: CallContext): Maybe<void>;
  /**
   * `about`: with NOTIFY_CANCEL_MESSAGE (0x80000000) the `ctx.key` of the attempt, which may still be under way; with
   * NOTIFY_ABORT_DEFERRED (0x40000000) the entry id of the message it kept.
   */
  transportNotify?(flags: number, ctx: CallContext, about?: string): Maybe<void>;
  poll?(ctx: CallContext): Maybe<boolean>;
  /** `undefined`: nothing more (C-139). */
  startMessage?(ctx: CallContext): Maybe<InboundMessage | undefined | void>;
  /** `deliver` resolved for this id: now the source may forget it. */
  acknowledge?(id: string, ctx: CallContext): Maybe<void>;
  idle?(ctx: CallContext): Maybe<void>;
  flushQueues?(flags: number, ctx: CallContext): Maybe<void>;
  validateState?(flags: number, ctx: CallContext): Maybe<void>;
  changePassword?(oldPassword: string, newPassword: string, ctx: CallContext): Maybe<void>;
  settingsDialog?(options: { readonly readOnly: boolean }, ctx: CallContext): Maybe<void>;
  /** Tries settings that are not in force yet, the passwords given with them among them; throws what is wrong. */
  test?(settings: SettingValues, ctx: CallContext): Maybe<void>;
}

/** A provider that carries no mail. Like a transport it is logged on where the session drives. */
export interface OtherProvider extends Pick<Transport,
  "uid" | "displayName" | "providerDisplay" | "moduleName" | "service" | "account" | "credential" | "resourceFlags" | "identity" | "settings" |
  "validateState" | "changePassword" | "settingsDialog" | "test"> {
  readonly kind: "store" | "addressBook";
}
