/** The transport contract: callbacks a JavaScript host supplies. */
import type { MapiCode, Recipient, Scope } from "./message.js";
import type { Setting, SettingValues } from "./settings.js";

/** A value, a promise or a thenable: one case (O-33). */
export type Maybe<T> = T | PromiseLike<T>;

/** What the service said of one recipient. In a list whoever is not named is in doubt; without a list all have the answer of the whole (O-14). */
export interface RecipientResult {
  /** As it was handed over. Case is overlooked only where one recipient alone can be meant. */
  readonly emailAddress: string;
  /**
   * `open`: nobody has it and it may be offered elsewhere, if not first by a wire call of a service that does not deduplicate; with a code of
   * SMTP's class 4 to this transport again, when nobody else takes it. `doubtful`: not known.
   */
  readonly status: "accepted" | "rejected" | "open" | "doubtful";
  readonly code?: string | number;
  /** The service's words, at most 1024 characters of them; shown to the person. */
  readonly text?: string;
}

/** Why nothing was executed. `notMe`: the next transport is asked; `auth`, `config`: a person has to act; the others are tried again. */
export type NotAttemptedReason = "notMe" | "busy" | "wait" | "network" | "auth" | "config" | "transport" | "account";

/** What one attempt came to (O-30). Anything else a transport returns is read as `unknown`. `remoteId` is in the report, and so is the code of `unknown`, a word and never message text, as long as the doubt lasts. `retryAfterMs` counts up to a day; from the second failure in a row on it makes no wait shorter (O-50). */
export type Outcome =
  | { readonly type: "accepted"; readonly remoteId?: string; readonly recipients?: readonly RecipientResult[] }
  | { readonly type: "rejected"; readonly scope: Scope; readonly code: string | number; readonly text?: string; readonly definite?: boolean; readonly recipients?: readonly RecipientResult[] }
  | { readonly type: "deferred"; readonly entryId?: string }
  | { readonly type: "notAttempted"; readonly reason: NotAttemptedReason; readonly retryAfterMs?: number; readonly definite?: boolean }
  | { readonly type: "unknown"; readonly code?: string | number }
  | { readonly type: "http"; readonly status: number; readonly retryAfterMs?: number }
  /**
   * SubmitMessage's own return codes (catalogue 6.4); `MAPI_E_WAIT` and `MAPI_E_NETWORK_ERROR` carry `retryAfterMs`. Before any wire call
   * `MAPI_E_USER_CANCEL` cancels the message (C-134), and `MAPI_E_CANCEL` parks it for a person (C-113); after one they are doubt.
   */
  | { readonly type: "mapi"; readonly code: MapiCode; readonly retryAfterMs?: number };

/** EndMessage's answer (catalogue 6.5): the flags as a number, their name, or an outcome; `0` is "sent". END_RESEND_NOW in a row waits as well (O-50). */
export type EndMessageResult = number | "END_RESEND_NOW" | "END_RESEND_LATER" | "END_DONT_RESEND" | Outcome;

/** What the service knows of a message. `absent` is believed only of an authoritative probe (O-41). */
export type ProbeResult =
  | { readonly type: "present"; readonly remoteId?: string; readonly recipients?: readonly RecipientResult[] }
  | { readonly type: "absent" }
  | { readonly type: "unknown"; readonly code?: string | number };

/** What the service promises; it decides what the library may promise. Default: nothing. */
export interface Guarantees {
  /** The service executes one key at most once inside this window. */
  readonly deduplicates?: { readonly windowMs: number };
  /** `authoritative`: its "absent" can be believed `settlesWithinMs` after the last deadline (O-41). */
  readonly probe?: { readonly authoritative: boolean; readonly settlesWithinMs: number };
  /** `cancelMessage` can call back what was handed over. Default: where there is one; false: it is not asked. */
  readonly cancels?: boolean;
  /** Default `never`: then `fileMessage` is called, where there is one. */
  readonly filesSentCopy?: "always" | "never";
  /** Answers name every recipient of the envelope. */
  readonly perRecipient?: boolean;
  /** Bytes. Default 25 MiB. */
  readonly maxMessageSize?: number;
  /** Of one envelope; more are split. Default: no limit. */
  readonly maxRecipients?: number;
  /** Its row says STATUS_REMOTE_ACCESS; transports with `headers` do so anyway. */
  readonly remote?: boolean;
  /** It answers before it has sent: `deferred` is its normal answer. */
  readonly asynchronous?: boolean;
}

/** What a transport gets: one envelope of one message. */
export interface TransportMessage {
  /** With angle brackets, as it is in the header. */
  readonly messageId: string;
  readonly from: string;
  /** The envelope's recipients, Bcc among them. */
  readonly recipients: readonly Recipient[];
  /** Those of `recipients` that are Bcc; none is in the header. */
  readonly bcc: readonly Recipient[];
  readonly subject: string;
  /** Bytes of `content`, roughly those of `payload`. */
  readonly size: number;
  /** MIME; absent when the message was submitted as `payload`. */
  readonly content?: Blob;
  readonly payload?: unknown;
  readonly props: Readonly<Record<string, unknown>>;
}

/** What every callback gets. */
export interface CallContext {
  /** Aborted when nobody waits for the answer any more; what was begun may still count. */
  readonly signal: AbortSignal;
  /** Wall clock, absolute. */
  readonly deadline: number;
  /**
   * `fetch` that asks `mayStillSend` in the same task and records that a wire call began. An SDK may keep that of `transportLogon`: once
   * that call is over, what it sends counts for the attempt under way; with none, or while one that was given up has not settled,
   * only GET, HEAD and OPTIONS go out (AbortError). Other callbacks that send give the SDK their own. What `submitMessage` and
   * `endMessage` send, but GET and HEAD, follows no redirect (`redirect: "manual"`) unless `init.redirect` says so: name the address that
   * answers. An upload that goes on after each 308 says "follow": a browser shows no status of a redirect otherwise.
   */
  readonly fetch: typeof fetch;
  /** IMAPISupport::SpoolerNotify. MAPI_E_INVALID_PARAMETER for flags that exclude each other (C-157). */
  readonly spoolerNotify: (flags: SpoolerNotify) => void;
  /** IMAPISupport::ModifyStatusRow: columns of the transport's own row; `update` keeps the others (C-014, C-015). */
  readonly modifyStatusRow: (columns: Readonly<Record<string, unknown>>, options?: { readonly update?: boolean }) => void;
  /** In bytes, of an attempt; never goes back. */
  readonly progress: (done: number, total: number) => void;
  /** `code` is a word, never message text. */
  readonly log: (level: LogEntry["level"], code: string) => void;
  /** Asks the session's `credentials` for this transport; nothing of the answer is kept. In `test`, a password just given answers. */
  readonly credentials: (purpose: string) => Promise<unknown>;
  /** What is in force as the call begins; in `test`, what is tested. Never a password. An attempt keeps it to its end. */
  readonly settings: SettingValues;
}

/** What calls about one message get besides. */
export interface TransportContext extends CallContext {
  /** Idempotency key: the same for every attempt of this envelope. */
  readonly key: string;
  /** From 1. */
  readonly attempt: number;
  /** `absent`: the service was found not to have it; `person`: somebody asked for it. */
  readonly reason: "first" | "retry" | "absent" | "person";
  /** What `prepareMessage` returned. */
  readonly token: unknown;
  /** Entry id of a deferred message that is submitted again (BEGIN_DEFERRED). */
  readonly deferred: string | null;
  /** False once the deadline is over, the message was cancelled or the tab lost the lock. Ask right before the wire. */
  readonly mayStillSend: () => boolean;
  /** IMAPISupport::StatusRecips: what is known so far, once per recipient. It stands in for a list that the answer lacks; without an answer it settles nothing. */
  readonly statusRecips: (recipients: readonly RecipientResult[]) => void;
}

/** The session's `log` receives these; never message text or secrets. */
export interface LogEntry {
  /** Wall clock, ms. */
  readonly at: number;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly code: string;
  /** Its uid. */
  readonly transport?: string;
}

/** SpoolerNotify's flags as options (catalogue 2.6). */
export interface SpoolerNotify {
  /** NOTIFY_NEWMAIL: `startMessage` is called. */
  readonly newMail?: boolean;
  /** NOTIFY_READYTOSEND: back-off ends (C-159). */
  readonly readyToSend?: boolean;
  /** One deferred message's entry id, or `true` for all. */
  readonly sentDeferred?: string | true;
  /** NOTIFY_CRITSEC: neither `poll` nor `idle` nor `validateState` until `nonCritical` (C-158). */
  readonly criticalSection?: boolean;
  /** NOTIFY_NONCRIT. */
  readonly nonCritical?: boolean;
  /** NOTIFY_CONFIG_CHANGE: address types are asked for anew (C-041). */
  readonly configChange?: boolean;
  /** NOTIFY_CRITICAL_ERROR: only `transportLogoff` follows (C-156). */
  readonly criticalError?: boolean;
}

/** A message handed in by `startMessage`. */
export interface InboundMessage {
  /** Stable over redeliveries. */
  readonly id: string;
  /** MIME. */
  readonly content?: Blob;
  readonly payload?: unknown;
  /** Entry id of where the provider would put it. */
  readonly folder?: string;
  /** Default `IPM.Note`. */
  readonly messageClass?: string;
  /** PR_MESSAGE_FLAGS. Default 0. */
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

/** Who a provider is (C-008). Ids are hex. */
export interface Identity {
  /** A name for people. */
  readonly display: string;
  readonly entryId: string;
  readonly searchKey: string;
}

/** What `transportLogon` may answer; it stands in place of what the transport declares, for the settings in force. What it leaves out is as declared. */
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
  /** PR_DISPLAY_NAME; default `uid`. */
  readonly displayName?: string;
  /** PR_PROVIDER_DISPLAY; default `displayName`. */
  readonly providerDisplay?: string;
  /** PR_PROVIDER_DLL_NAME; default empty. */
  readonly moduleName?: string;
  /** Message service: providers that share one logon fate. Default: `uid`. */
  readonly service?: string;
  /** Default `["SMTP"]`; `null` takes any type, `[""]` none. */
  readonly addressTypes?: readonly string[] | null | ((ctx: CallContext) => Maybe<readonly string[] | null>);
  /** MAPIUIDs (32 hex digits): recipients with an `entryId` of one of these come here before address types count (C-080). Default: none. */
  readonly uids?: readonly string[];
  /** The account behind it; default `uid`. Two transports of one account share it (O-12). */
  readonly account?: string;
  /** Whose credentials it uses, default `account`: what a refused or changed password stops and releases together (O-52). */
  readonly credential?: string;
  /** Senders it may send for; default `[owner]`. */
  readonly identities?: readonly string[];
  /** `any`: whoever the sender is. Default `own`. */
  readonly sendsFor?: "own" | "any";
  /** PR_RESOURCE_FLAGS, as a number or as options. */
  readonly resourceFlags?: number | { readonly preferLast?: boolean; readonly primaryIdentity?: boolean; readonly defaultOutbound?: boolean; readonly noPrimaryIdentity?: boolean };
  /** Its three identity columns. Default: none. */
  readonly identity?: Identity;
  /** Of the service whatever the settings; what only some settings promise, logon says. Default: none, so doubt is a person's (O-42). */
  readonly guarantees?: Guarantees;
  /** `"ctx.fetch"` (default): only `ctx.fetch` reaches the wire, so a throw before it is `notAttempted` (O-31). */
  readonly wire?: "ctx.fetch" | "other";
  /** Longest time for one attempt; default 60 s + size / 16 KiB per second (O-32). */
  readonly deadlineMs?: number;
  /** Default 60 s. */
  readonly pollIntervalMs?: number;
  /** Makes it remote. */
  readonly headers?: HeaderFunctions;
  /**
   * What it can be configured with; `ctx.settings` are the values. The session itself goes by numbers named `deadlineSeconds` and
   * `pollIntervalSeconds`, in place of `deadlineMs` and `pollIntervalMs`.
   */
  readonly settings?: readonly Setting[];

  /** Hands over one envelope. A `Response` is read by `outcomeOf`; nothing, a throw or silence after a wire call is doubt (O-31). */
  submitMessage(message: TransportMessage, ctx: TransportContext): Maybe<Outcome | Response | undefined | void>;
  /** IXPLogon::EndMessage, after an accepted `submitMessage` (C-109), whose list of recipients is what `0` then means. Without it: sent. */
  endMessage?(message: TransportMessage, ctx: TransportContext): Maybe<EndMessageResult>;
  /** Repeatable, without outward effect; what it returns (JSON) is `ctx.token` of every attempt. */
  prepareMessage?(message: TransportMessage, ctx: TransportContext): Maybe<unknown>;
  /** Asks whether the service has it; called while its outcome is unknown (O-41). */
  probeMessage?(message: TransportMessage, ctx: TransportContext): Maybe<ProbeResult>;
  /** Calls back what may have been handed over; a throw is `unknown`. After `tooLate` it stays with the service, and `abortSubmit` says `unknown`: it may still fail. */
  cancelMessage?(message: TransportMessage, ctx: TransportContext): Maybe<"cancelled" | "tooLate" | "unknown">;
  /** Files the Sent copy; delivery and filing are separate. */
  fileMessage?(message: TransportMessage, ctx: TransportContext): Maybe<void>;
  /** `flags`: LOGON_NO_DIALOG 1 (show nothing), LOGON_NO_CONNECT 4 (offline: log on to what is here, or fail), LOGON_NO_INBOUND 8, LOGON_NO_OUTBOUND 16. Called again when other settings are in force. */
  transportLogon?(ctx: CallContext, flags: number): Maybe<LogonResult | void>;
  /** Logged off whatever it answers (C-103). */
  transportLogoff?(ctx: CallContext): Maybe<void>;
  /** Service entry point, MSG_SERVICE_CONFIGURE: asked once when logon answers MAPI_E_UNCONFIGURED. */
  configure?(ctx: CallContext): Maybe<void>;
  /**
   * `about`: with NOTIFY_CANCEL_MESSAGE (0x80000000) the `ctx.key` of the attempt, which may still be under way; with
   * NOTIFY_ABORT_DEFERRED (0x40000000) the entry id of the message it kept.
   */
  transportNotify?(flags: number, ctx: CallContext, about?: string): Maybe<void>;
  /** True: there is something for `startMessage` (C-137). */
  poll?(ctx: CallContext): Maybe<boolean>;
  /** `undefined`: nothing more (C-139). */
  startMessage?(ctx: CallContext): Maybe<InboundMessage | undefined | void>;
  /** `deliver` resolved for this id: now the source may forget it. */
  acknowledge?(id: string, ctx: CallContext): Maybe<void>;
  /** Called when nothing else is to do, where logon said `idle` (C-097). */
  idle?(ctx: CallContext): Maybe<void>;
  /** `flags`: FLUSH_UPLOAD 2, FLUSH_DOWNLOAD 4, FLUSH_FORCE 8, FLUSH_NO_UI 16, FLUSH_ASYNC_OK 32. The transfer itself is the session's. */
  flushQueues?(flags: number, ctx: CallContext): Maybe<void>;
  /** `flags` as of `StatusObject.validateState`; a throw is the answer. */
  validateState?(flags: number, ctx: CallContext): Maybe<void>;
  /** Throws MAPI_E_NO_ACCESS for a wrong old password (C-063). */
  changePassword?(oldPassword: string, newPassword: string, ctx: CallContext): Maybe<void>;
  /** Shows its own dialog; throws MAPI_E_USER_CANCEL when the person cancelled. */
  settingsDialog?(options: { readonly readOnly: boolean }, ctx: CallContext): Maybe<void>;
  /** Tries settings that are not in force yet, the passwords given with them among them; throws what is wrong. */
  test?(settings: SettingValues, ctx: CallContext): Maybe<void>;
}

/** A provider that carries no mail. Like a transport it is logged on where the session drives. */
export interface OtherProvider extends Pick<Transport,
  "uid" | "displayName" | "providerDisplay" | "moduleName" | "service" | "account" | "credential" | "resourceFlags" | "identity" | "settings" |
  "validateState" | "changePassword" | "settingsDialog" | "test"> {
  /** PR_RESOURCE_TYPE 33 or 35. */
  readonly kind: "store" | "addressBook";
}
