/** The session: one profile of one owner. */
import type { Store } from "../store/store.js";
import type { AbortAnswer, Explanation, Report, ReportMessage, ReportOptions, StoredMessage, SubmitOptions } from "./message.js";
import type { Cell, Row, StatusObject, Table } from "./table.js";
import type { PropertySheet, ProviderSettings, SettingProblem, SettingValues } from "./settings.js";
import type { Identity, InboundMessage, LogEntry, Maybe, OtherProvider, Transport, TransportMessage } from "./transport.js";

/** A few bytes that outlive evicted storage: a cookie, a server, another origin's frame. What fails is logged (`canary.failed`). */
export interface Canary {
  get(): Maybe<string | null | undefined>;
  /** Called again once it has settled. */
  set(value: string): Maybe<void>;
}
/** Time, in ms. */
export interface Clock {
  /** Since 1970; may be set. */
  wall(): number;
  /** Of any origin; never goes back. */
  mono(): number;
}

/** Where the host's store put a message; the event `newMail` carries it. */
export interface Placed { readonly entryId?: string; readonly parentId?: string }

/** Options of `openSession`; a wrong one is MAPI_E_INVALID_PARAMETER at once, and says which. */
export interface OpenSessionOptions {
  /** Names the outbox among those of this owner and origin. Tabs with the same profile and owner share it. */
  readonly profile: string;
  /** Whose mail this is, normally the address. */
  readonly owner: string;
  /** In transport order. Empty: this context submits, reads and acts, but never sends. */
  readonly transports: readonly Transport[];
  /** At least once, with a stable id; the source is acknowledged only when it resolved. */
  readonly deliver?: (message: InboundMessage & { readonly transport: string }) => Maybe<Placed | void>;
  /** Run in this order, before those of `admin.registerPreprocessor`. */
  readonly preprocessors?: readonly Preprocessor[];
  /** Asked by `ctx.credentials(purpose)` of the transport `uid`. Nothing of the answer is kept, logged or sent over a channel. */
  readonly credentials?: (uid: string, purpose: string) => Maybe<unknown>;
  /** Keeps passwords given as settings, by name, once `test` passed; `credentials` is asked for them later. Nothing else keeps them. */
  readonly keepCredentials?: (uid: string, secrets: Readonly<Record<string, string>>) => Maybe<void>;
  /** Shows the settings of a transport without `settingsDialog`: `propertySheet()` of `mailspooler/elements`, or your own. */
  readonly propertySheet?: (sheet: PropertySheet) => Maybe<void>;
  /** Default: IndexedDB where there is one, else memory. Of one profile and owner: with another's it is MAPI_E_INVALID_PARAMETER. */
  readonly store?: Store;
  /** Needed to send without Web Locks (O-74): else `why` says `noLocks`, and nothing leaves. A memory store implies it. */
  readonly soleOwner?: boolean;
  /** Default: the system's. `fakeClock()` of `mailspooler/testing` in tests. */
  readonly clock?: Clock;
  /** `() => new Worker(new URL("mailspooler/tick", import.meta.url))`: exact timers in hidden pages. */
  readonly tick?: () => Worker;
  /** Where a lost outbox can be noticed, outside the evicted storage. */
  readonly canary?: Canary;
  /** What transports and the library have to say: codes, never message text or secrets. A throw is reported as an uncaught error and changes nothing. */
  readonly log?: (entry: LogEntry) => void;
  /** Keep the body of sent messages. Default false. */
  readonly keepSent?: boolean;
  /** Gives up opening; afterwards `close()` is the way. */
  readonly signal?: AbortSignal;
}

/** NEWMAIL_NOTIFICATION (C-142), and which transport it came by. */
export interface NewMailEvent {
  /** Its uid. */
  readonly transport: string;
  /** The transport's, stable over redeliveries. */
  readonly id: string;
  readonly folder: string | null;
  /** Of the message where `deliver` put it, as it said; else `id`. */
  readonly entryId: string;
  /** Of its folder, as `deliver` said; else `folder`. */
  readonly parentId: string | null;
  readonly messageClass: string;
  /** PR_MESSAGE_FLAGS. */
  readonly messageFlags: number;
}

/** What `on` tells, by name. */
export interface SessionEvents {
  /** A message was delivered (C-141). */
  newMail: NewMailEvent;
  /** The browser removed the outbox with so many messages in it; told at opening, where `canary` is given. */
  outboxLost: { readonly messages: number };
  /** A message turned out to have been sent after all; its report has a new revision (O-46). Told once in every open tab; a tab opened later sees the revision. */
  lateEvidence: { readonly id: string; readonly uid: string; readonly report: Report };
  /** The tab that sends does not answer since then (wall clock, ms); only a person takes over (O-71). */
  ownerSilent: { readonly since: number };
  /** The core broke and goes on from what is stored; three times in a minute end the session. */
  crashed: { readonly error: Error };
}

/** A callback that has not settled. */
export interface OutstandingCall {
  readonly callId: string;
  /** Its uid. */
  readonly transport: string;
  /** The callback's name. */
  readonly verb: string;
  /** Wall clock, ms, as `deadline` is. */
  readonly since: number;
  readonly deadline: number | null;
}
/** One thing that happened, without text of messages or secrets. */
export interface JournalEntry {
  /** Wall clock, ms. */
  readonly at: number;
  readonly code: string;
  /** The message's. */
  readonly uid?: string;
  readonly envelope?: number;
  readonly transport?: string;
  /** The service's code, or the word of an outcome nobody knows; never its text. */
  readonly detail?: string;
}

/** What a preprocessor may change of an outbound message; who gets it was decided before. */
export interface Preprocessed {
  readonly content?: Blob;
  readonly payload?: unknown;
  readonly subject?: string;
  readonly props?: Readonly<Record<string, unknown>>;
}

/**
 * Runs before a message is first prepared, again for its later attempts in another life: the same message must come to
 * the same. A throw, no answer in time, or content without a header block of lines that end with CRLF, with Bcc or without the message's
 * Message-ID holds the message (`waiting.preprocessor`); nothing was begun. What is stored stays as submitted.
 */
export interface OutboundPreprocessor {
  readonly direction: "outbound";
  /** Of recipients; default every type. */
  readonly addressTypes?: readonly string[] | null;
  run(message: TransportMessage, options: { readonly signal: AbortSignal }): Maybe<Preprocessed | void>;
}

/** Runs before `deliver`. `null`: it took the message for itself; a throw: the source keeps it and offers it again. */
export interface InboundPreprocessor {
  readonly direction: "inbound";
  /** Of the transport; default every type. */
  readonly addressTypes?: readonly string[] | null;
  run(message: InboundMessage & { readonly transport: string }, options: { readonly signal: AbortSignal }): Maybe<Partial<Omit<InboundMessage, "id">> | null | void>;
}

/** RegisterPreprocessor (C-135): in order of registration. */
export type Preprocessor = OutboundPreprocessor | InboundPreprocessor;

/** What a person or a host changes about the session's providers. */
export interface SessionAdmin {
  /** For messages from now on, in this page; `preprocessors` of `openSession` come before any message. Answers its end. */
  registerPreprocessor(preprocessor: Preprocessor): () => void;
  /** providerUid, providerOrdinal, displayName, resourceType and more: a snapshot in transport order. */
  getProviderTable(): readonly Row[];
  /** Every uid once, as itself or as the provider table's `providerUid`, else MAPI_E_BUSY for another count (C-072), MAPI_E_NOT_FOUND for an unknown one (C-073); the order before it stays (C-074). Default `nextSession`, as in MAPI; stored when it resolves. */
  setTransportOrder(uids: readonly string[], options?: { readonly apply?: "now" | "nextSession" }): Promise<void>;
  /** Last in the order. MAPI_E_COLLISION when the uid is taken, MAPI_E_INVALID_PARAMETER as of `openSession`. */
  addTransport(transport: Transport): void;
  /** A store or an address book of the host's: a status row (type 33 or 35) and its verbs; `removeTransport` takes it away. */
  addProvider(provider: OtherProvider): void;
  /** Logs it off; its mail is offered to the others, or waits for it. MAPI_E_NOT_FOUND. `signal` stops the waiting. */
  removeTransport(uid: string, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** In force; MAPI_E_NOT_FOUND without such a provider, MAPI_E_NOT_INITIALIZED without settings (C-070). */
  getSettings(uid: string): ProviderSettings;
  /** What is wrong with these values, without trying them. Settings left out keep theirs. */
  checkSettings(uid: string, values: SettingValues): readonly SettingProblem[];
  /**
   * Checks, tests, stores and puts in force exactly these values; until it resolves nothing has changed. A later call, or
   * `signal`, ends an earlier one (MAPI_E_USER_CANCEL). Values that are refused: MAPI_E_INVALID_PARAMETER with `problems`.
   */
  configure(uid: string, values: SettingValues, options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** One profile of one owner. Every method may throw `MapiError` (MAPI_E_INVALID_PARAMETER for a wrong argument); after `close()` they throw MAPI_E_NOT_INITIALIZED. */
export interface Session {
  /**
   * A table of its own each time, kept up to date until its `close()`: subsystem, spooler, address book, then providers (C-001 to C-018). Where another tab sends, transports
   * are shown as they are there.
   */
  getStatusTable(): Table;
  /** What is in the outbox, in order of submission: MAPI's eleven columns (C-122) and id, outboxState, why, envelopes. */
  getOutgoingQueue(): Table;
  /** A row's status object (C-022). MAPI_E_NOT_FOUND when the row is gone (C-025), MAPI_E_UNKNOWN_ENTRYID for another text. Takes a cell as it is: `row["entryId"]`. */
  openEntry(entryId: Cell | undefined): StatusObject;
  /** Order, settings and registration of providers. */
  readonly admin: SessionAdmin;
  /** Address types that transports logged on in this tab send to, each once: where another tab sends, none. */
  enumAddressTypes(): string[];
  /**
   * Who the session is: the provider flagged `primaryIdentity`, else the first with an identity, else the owner under a built-in
   * entry id and `MAPI_W_NO_SERVICE`. Ids are hex.
   */
  queryIdentity(): Identity & { readonly code: "S_OK" | "MAPI_W_NO_SERVICE" };
  /** Durable when it resolves. */
  submitMessage(message: SubmitOptions): Promise<{ readonly id: string; readonly uid: string; readonly messageId: string }>;
  /** Resolves when every envelope is final, in any tab, in any life. */
  settled(id: string, options?: { readonly signal?: AbortSignal }): Promise<Report>;
  /** What was sent is known for thirty days, its body only with `keepSent`. MAPI_E_NOT_FOUND. */
  getMessage(id: string): Promise<StoredMessage>;
  /** What a host may file of how it ended so far; none for recipients whose outcome nobody knows. */
  getReports(id: string, options?: ReportOptions): Promise<readonly ReportMessage[]>;
  /** `cancelled`: nobody got it and nobody will; `tooLate`: somebody has it; `unknown`: nobody knows. MAPI_E_NOT_FOUND for an `envelope` it has not; `signal` stops the waiting, not the stopping. */
  abortSubmit(id: string, options?: { readonly envelope?: number; readonly signal?: AbortSignal }): Promise<AbortAnswer>;
  /** Rejected, waiting and parked messages, their back-off begun anew; what is in doubt is `resolveDoubt`'s. */
  retry(id: string): Promise<void>;
  /** `null` releases. */
  setHold(id: string, when: number | null): Promise<void>;
  /** Held, queued and waiting messages: before all others. A strict conversation keeps its own order. */
  sendFirst(id: string): Promise<void>;
  /** Begins anew to ask about what is in doubt, unless its provider keeps it (`deferred`): then the service's word would not be the last. */
  checkAgain(id: string): Promise<void>;
  /** A person's word on what is in doubt: `sent`, it was found there; `sendAgain`, they may get it twice; `draft`, taken back. */
  resolveDoubt(id: string, how: "sent" | "sendAgain" | "draft", options?: { readonly envelope?: number }): Promise<void>;
  /** Later ones of its strict conversation may pass it. */
  letPass(id: string): Promise<void>;
  /** Removes a final message and its content for good. */
  discard(id: string): Promise<void>;
  /** A person's: takes the lock from the tab that has it. Nothing else does. */
  takeOver(): Promise<void>;
  /** Answers its end. */
  on<K extends keyof SessionEvents>(type: K, listener: (event: SessionEvents[K]) => void, options?: { readonly signal?: AbortSignal }): () => void;
  /** What `flushQueues` would send now, where this tab sends; elsewhere nothing, and `getOutgoingQueue` has the messages and their sizes. `target`: a transport's entry id. */
  estimate(options?: { readonly target?: string }): Promise<{ readonly messages: number; readonly bytes: number }>;
  /** A message's `id` or `uid`, or a status row's entry id. */
  why(idOrEntryId: Cell | undefined): Explanation;
  /** Callbacks that are under way in this context. */
  outstanding(): readonly OutstandingCall[];
  /** The last thousand things that happened in this context, oldest first: in memory, gone with the tab. To keep them is the host's choice: it stores what this answers. */
  journal(): readonly JournalEntry[];
  /** Idempotent; every promise handed out settles. */
  close(): Promise<void>;
}
