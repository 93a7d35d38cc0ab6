/** The values that cross, as TypeScript holds them; field order on the tape is src/wire/codec.rs. */
import type { StoredRecord, StoreName } from "../store/store.js";
import type { Recipient } from "../types/message.js";

export interface CallId {
  readonly epoch: number;
  readonly generation: number;
  readonly counter: number;
}
export const callKey = (id: CallId): string => `${id.epoch}.${id.generation}.${id.counter}`;

export interface WireIdentity {
  readonly display: string;
  readonly entryId: string;
  readonly searchKey: string;
}

export interface WireGuarantees {
  readonly dedupeWindow: number | null;
  readonly probe: { readonly authoritative: boolean; readonly settles: number } | null;
  readonly cancels: boolean;
  readonly filesSentCopy: boolean;
  readonly perRecipient: boolean;
  readonly maxSize: number | null;
  readonly maxRecipients: number | null;
  readonly remote: boolean;
  readonly asynchronous: boolean;
}

export interface TransportConfig {
  readonly uid: string;
  readonly displayName: string;
  readonly providerDisplay: string;
  readonly moduleName: string;
  readonly service: string;
  readonly account: string;
  readonly credential: string | null;
  /** `null`: any. */
  readonly addressTypes: readonly string[] | null;
  readonly uids: readonly string[];
  readonly identities: readonly string[];
  readonly anySender: boolean;
  /** PR_RESOURCE_TYPE. */
  readonly kind: number;
  readonly resourceFlags: number;
  readonly identity: WireIdentity | null;
  readonly guarantees: WireGuarantees;
  readonly wireFetch: boolean;
  readonly deadlineMs: number | null;
  readonly pollMs: number | null;
  /** Which callbacks exist: `1 << (tag of the verb - 1)`. */
  readonly functions: number;
  readonly settings: readonly WireSetting[];
}

/** A control of a property sheet, as far as the core checks it. */
export interface WireSetting {
  readonly name: string;
  readonly kind:
    | { readonly type: "flag" }
    | { readonly type: "text" | "number" | "secret"; readonly min: number; readonly max: number }
    | { readonly type: "choice"; readonly values: readonly string[] };
  readonly initial: RowValue;
  readonly required: boolean;
  readonly editable: boolean;
  readonly depends: readonly [string, RowValue] | null;
}
export const settingKinds = ["flag", "text", "number", "choice", "secret"] as const;

export interface DraftAddress {
  /** 1 to, 2 cc, 3 bcc; 0 for a sender. */
  readonly kind: number;
  readonly addressType: string | null;
  readonly address: string;
  readonly name: string | null;
  readonly parse: boolean;
  /** Lower-case hex; empty: none. */
  readonly entryId: string;
}

export interface Draft {
  readonly id: string | null;
  readonly again: boolean;
  readonly from: DraftAddress | null;
  readonly recipients: readonly DraftAddress[];
  readonly subject: string | null;
  readonly head: string | null;
  readonly size: number;
  readonly hash: string | null;
  readonly holdUntil: number | null;
  readonly transport: string | null;
  readonly conversation: string | null;
  readonly strict: boolean;
  readonly messageId: string | null;
}

/** In the order of their tags, from 1. */
export const verbs = [
  "transportLogon", "transportLogoff", "configure", "addressTypes", "transportNotify", "idle", "poll", "startMessage", "deliver",
  "acknowledge", "flushQueues", "validateState", "changePassword", "settingsDialog", "prepareMessage", "submitMessage",
  "endMessage", "probeMessage", "cancelMessage", "fileMessage", "gate", "test", "headers.refresh", "headers.download", "headers.remove",
] as const;
export type Verb = (typeof verbs)[number];
export const verbTag = (verb: Verb): number => verbs.indexOf(verb) + 1;

export const reasons = ["first", "retry", "absent", "person"] as const;
export const scopes = ["recipient", "message", "account", "transport", "network"] as const;
/** The last one is never a transport's. */
export const notAttemptedReasons = ["notMe", "busy", "wait", "network", "auth", "config", "transport", "account", "preprocess"] as const;
export const recipientStatuses = ["accepted", "rejected", "open", "doubtful"] as const;
export const storeNames = ["meta", "messages", "bodies", "commands", "evidence", "tombstones", "config"] as const satisfies readonly StoreName[];
export const indexes = ["key", "uid", "idKey", "midKey"] as const;
export const recipientTypes = ["to", "cc", "bcc"] as const;

export interface WireRecipientResult {
  readonly address: string;
  readonly status: (typeof recipientStatuses)[number];
  readonly code: string;
  readonly text: string;
}
type Results = readonly WireRecipientResult[] | null;

export type WireOutcome =
  | { readonly type: "accepted"; readonly remoteId: string | null; readonly recipients: Results }
  | { readonly type: "rejected"; readonly scope: (typeof scopes)[number]; readonly code: string; readonly text: string; readonly definite: boolean; readonly recipients: Results }
  | { readonly type: "deferred"; readonly entry: string | null }
  | { readonly type: "notAttempted"; readonly reason: (typeof notAttemptedReasons)[number]; readonly retryAfter: number | null; readonly definite: boolean }
  | { readonly type: "unknown"; readonly code: string }
  | { readonly type: "http"; readonly status: number; readonly retryAfter: number | null }
  | { readonly type: "mapi"; readonly scode: number; readonly retryAfter: number | null };

/** One line of a header list. */
export interface WireHeader {
  readonly id: string;
  readonly columns: readonly (readonly [string, RowValue])[];
}

export type Answer =
  | { readonly type: "done" }
  | { readonly type: "loggedOn"; readonly idle: boolean; readonly poll: boolean; readonly identities: readonly string[] | null; readonly identity: WireIdentity | null; readonly guarantees: WireGuarantees | null }
  | { readonly type: "addressTypes"; readonly types: readonly string[] | null }
  | { readonly type: "polled"; readonly more: boolean }
  | { readonly type: "message"; readonly id: string; readonly folder: string | null; readonly class: string; readonly flags: number }
  | { readonly type: "nothing" }
  | { readonly type: "outcome"; readonly outcome: WireOutcome }
  | { readonly type: "ended"; readonly flags: number }
  | { readonly type: "token"; readonly token: string | null }
  /** 0 absent, 1 present, 2 unknown. */
  | { readonly type: "probed"; readonly found: number; readonly recipients: Results }
  /** 0 cancelled, 1 too late, 2 unknown. */
  | { readonly type: "cancelled"; readonly result: number }
  | { readonly type: "threw"; readonly scode: number | null; readonly class: string; readonly network: boolean; readonly retryAfter: number | null }
  | { readonly type: "garbage"; readonly expected: string; readonly got: string }
  | { readonly type: "headers"; readonly rows: readonly WireHeader[] };

export type MessageVerb =
  | { readonly type: "abort"; readonly envelope: number | null }
  | { readonly type: "retry" }
  | { readonly type: "setHold"; readonly until: number | null }
  | { readonly type: "sendFirst" }
  | { readonly type: "checkAgain" }
  /** 0 sent, 1 sendAgain, 2 draft. */
  | { readonly type: "resolve"; readonly how: number; readonly envelope: number | null }
  | { readonly type: "letPass" }
  | { readonly type: "discard" };

/** A cell a provider writes; `null` removes it. */
export type RowValue = string | number | boolean | null;

export interface WireRecord extends StoredRecord {
  readonly store: StoreName;
}

export interface Job {
  readonly uid: string;
  readonly envelope: number;
  readonly key: string;
  readonly attempt: number;
  readonly reason: (typeof reasons)[number];
  /** JSON. */
  readonly token: string | null;
  readonly deferred: string | null;
  readonly configuration: number;
  readonly messageId: string;
  readonly from: string;
  readonly subject: string;
  readonly size: number;
  readonly recipients: readonly Recipient[];
}
