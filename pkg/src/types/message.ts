/** Messages: what a host submits, what it sees of them later. */

/** PR_RECIPIENT_TYPE by name. */
export type RecipientType = "to" | "cc" | "bcc";

/** A recipient as it is stored and handed to transports. */
export interface Recipient {
  readonly type: RecipientType;
  /** Upper-case address type, `SMTP` by default (PR_ADDRTYPE). */
  readonly addressType: string;
  readonly emailAddress: string;
  readonly displayName: string;
  /** PR_ENTRYID, lower-case hex; absent where none was given. */
  readonly entryId?: string;
}

interface AddressFields {
  readonly type?: RecipientType;
  readonly addressType?: string;
  readonly emailAddress: string;
  readonly displayName?: string;
}
/** What a host may write for one address: `a@b`, `Name <a@b>`, or an object. */
export type AddressInput = string | AddressFields;
/**
 * An address that may say where it comes from. `entryId` (PR_ENTRYID, hex, 20 to 1024 bytes): four bytes of flags, the MAPIUID of the
 * provider that made it, then what that provider likes. Transports that have this MAPIUID among their `uids` are offered the recipient before
 * any other (C-080). Of an address that is there twice the first mention counts.
 */
export type RecipientInput = string | (AddressFields & { readonly entryId?: string });
/** One recipient, or several. A string is one address, never a list. */
export type AddressList = RecipientInput | readonly RecipientInput[];

/** Names of MAPI result codes, as in `MapiError.code`. */
export type MapiCode = `MAPI_E_${string}` | `MAPI_W_${string}` | "S_OK";

/** Errors carry a scope: it decides who waits (O-50). */
export type Scope = "recipient" | "message" | "account" | "transport" | "network";

/** What `submitMessage` takes: `content` or `payload`, and at least one recipient. */
export interface SubmitOptions {
  /** The host's own id (a draft's): submitting it twice is one submission, however sender and recipients are said (O-02). */
  readonly id?: string;
  /** Send although an earlier submission of this id or Message-ID may have been sent (O-03, O-04). */
  readonly again?: boolean;
  /** Default: `owner`, when that is an address (O-06). */
  readonly from?: AddressInput;
  readonly to?: AddressList;
  readonly cc?: AddressList;
  readonly bcc?: AddressList;
  /** Objects carry their own `type`; default `to`. */
  readonly recipients?: readonly RecipientInput[];
  /** For lists and reports; default: the header's. */
  readonly subject?: string;
  /** MIME. Bytes are copied at the call; strings become CRLF. `Bcc` of its header is taken out and added to the recipients; To and Cc are not read (O-05). */
  readonly content?: string | Uint8Array | ArrayBuffer | Blob;
  /** Instead of `content`: structured-cloneable, opaque to the library. */
  readonly payload?: unknown;
  /** Wall clock (undo-send, send later). */
  readonly holdUntil?: number;
  /** Only this transport. Where the tab that sends has it not, it waits for one that has (`parked.transportAbsent`). */
  readonly transport?: string;
  /** Names a thread; used with `order`. */
  readonly conversation?: string;
  /** With `conversation`: go strictly one after the other (O-34). */
  readonly order?: "strict";
  /** `<left@right>`; default: the header's, else one is made. */
  readonly messageId?: string;
  /** MAPI properties that travel with the message to transports and reports; plain data. */
  readonly props?: Readonly<Record<string, unknown>>;
  /** Before its row is being written: nothing is accepted, and the promise rejects with the reason. Afterwards it changes nothing: the promise says what became of it, and `abortSubmit` takes it back. */
  readonly signal?: AbortSignal;
}

/**
 * What a message shows: the worst of its envelopes (O-20). `accepting` is said by MAPI_E_COLLISION alone; `intending`, while the intent
 * is being stored, by reports and `why`: in the queue an attempt shows as `sending` from its intent on.
 */
export type OutboxState =
  | "accepting" | "held" | "queued" | "intending" | "sending" | "deferred" | "waiting" | "parked" | "checking" | "unconfirmed"
  | "sent" | "filed" | "rejected" | "cancelled" | "draft" | "corrupt" | "newer";

/** A recipient and what became of it. */
export interface RecipientReport extends Recipient {
  /** `open`: nobody has it to do; `assigned`: a transport has it to do; `doubtful`: nobody knows. */
  readonly status: "open" | "assigned" | "accepted" | "rejected" | "doubtful";
  /** The service's: of SMTP, HTTP or its own. While `doubtful`: the word of the last outcome that left it so, such as `timeout`; none where nobody said anything. */
  readonly code?: string;
  /** The service's words, cut to what can be shown. */
  readonly text?: string;
  /** The uid of the transport that was last responsible. */
  readonly transport?: string;
  /** What the service calls the message that took it for this recipient, as the transport said. */
  readonly remoteId?: string;
}

/** How a submission ended, as far as is known. */
export interface Report {
  /** The host's id, else the same as `uid`. */
  readonly id: string;
  /** The library's name for the message; never used again. */
  readonly uid: string;
  /** With angle brackets. */
  readonly messageId: string;
  readonly state: OutboxState;
  /** True when a person settled it while the outcome was unknown. */
  readonly doubted: boolean;
  /** How often late evidence of *sent* changed it, settled or not (O-46). */
  readonly revision: number;
  /** A non-delivery report when somebody was refused; null when nobody was, and nobody got it. */
  readonly class: "DR" | "NDR" | null;
  readonly recipients: readonly RecipientReport[];
}

/** Which reports; default: what the message's `props` ask for by MAPI's names, else only non-delivery. */
export interface ReportOptions {
  /** `originatorDeliveryReportRequested`; of sent messages the props are gone unless `keepSent`. */
  readonly delivery?: boolean;
  /** `originatorNonDeliveryReportRequested`. */
  readonly nonDelivery?: boolean;
}

/** One recipient of a report (C-167): `deliverTime` in delivery reports, the codes in non-delivery ones. */
export interface ReportRecipient extends Recipient {
  /** Wall clock, ms. */
  readonly reportTime: number;
  /** Wall clock, when this life saw it happen. */
  readonly deliverTime?: number;
  /** PR_NDR_REASON_CODE. */
  readonly reasonCode?: number;
  /** PR_NDR_DIAG_CODE; -1 is no diagnosis. */
  readonly diagCode?: number;
  /** RFC 3463, as the service said it. */
  readonly statusCode?: string;
  /** The service's words. */
  readonly reportText?: string;
  /** Its code and words. */
  readonly supplementaryInfo?: string;
}

/** A report as a host may file it (catalogue 7.4). */
export interface ReportMessage {
  /** `Report.<class>.DR` or `.NDR`; the class is `props.messageClass`, default `IPM.Note` (C-164). */
  readonly messageClass: string;
  readonly originalMessageClass: string;
  readonly subject: string;
  readonly messageId: string;
  /** Wall clock, ms, as `reportTime` is. */
  readonly clientSubmitTime: number;
  readonly reportTime: number;
  readonly displayTo: string;
  readonly displayCc: string;
  readonly displayBcc: string;
  /** `props.reportEntryId`, else the sender (C-166). */
  readonly reportTo: string;
  readonly reportText: string;
  readonly recipients: readonly ReportRecipient[];
  /** With a non-delivery report, as long as the body exists (C-165). */
  readonly original?: Blob;
}

/**
 * What a person may do now: `markSent`, `sendAgain` and `takeBack` are `resolveDoubt`'s, the others are methods of the session by that name.
 * Of a message these are all that would not be refused; but `abortSubmit`, which is always answered, is there where it stops something,
 * and `retry` of a damaged row may find it damaged still. Of a transport's row: what lets its parked mail in.
 */
export type AllowedAction =
  | "abortSubmit" | "retry" | "setHold" | "sendFirst" | "checkAgain" | "markSent" | "sendAgain" | "takeBack"
  | "letPass" | "discard" | "configure" | "changePassword" | "takeOver";

/** Where it is and why: data, not words; a host's message catalogue turns `code` and `args` into a sentence. */
export interface Explanation {
  /** A word such as `backOff.network`; `mailspooler/words` has a sentence for each. */
  readonly code: string;
  /** What the sentence is made of. */
  readonly args: Readonly<Record<string, string | number | boolean>>;
  /** How far the cause reaches. */
  readonly scope: Scope | "session" | "storage";
  /** Who must act before it moves. */
  readonly actor: "nobody" | "library" | "person" | "host" | "service";
  /** When it moves next, wall clock; `null` when nothing is scheduled. */
  readonly nextAt: number | null;
  readonly actions: readonly AllowedAction[];
  /** How a live region should tell it. */
  readonly announce: "off" | "polite" | "assertive";
  /** Of a message: each share of its recipients. Of a status row: none. */
  readonly envelopes: readonly EnvelopeExplanation[];
}

/** One transport's share of a message. */
export interface EnvelopeExplanation {
  /** Its number, what `abortSubmit` and `resolveDoubt` take. */
  readonly envelope: number;
  /** Its uid. */
  readonly transport: string;
  readonly state: OutboxState | "passed";
  readonly code: string;
  /** Begun so far. */
  readonly attempts: number;
  /** It may have been executed; nobody knows. */
  readonly doubt: boolean;
  /** Wall clock, ms; `null`: nothing is scheduled. */
  readonly nextAt: number | null;
  /** Their addresses. */
  readonly recipients: readonly string[];
}

/** A message of the outbox, as a copy: changing it changes nothing. */
export interface StoredMessage {
  readonly id: string;
  readonly uid: string;
  readonly messageId: string;
  readonly state: OutboxState;
  readonly from: string;
  readonly recipients: readonly RecipientReport[];
  readonly subject: string;
  /** Bytes of the body. */
  readonly size: number;
  /** Wall clock, ms. */
  readonly submitTime: number;
  /** As long as the body exists (O-63). */
  readonly content?: Blob;
  readonly payload?: unknown;
  readonly props: Readonly<Record<string, unknown>>;
}

/** What became of `abortSubmit`, per recipient too. */
export interface AbortAnswer {
  /** `cancelled`: nobody has it and nobody will; `tooLate`: somebody has it; `unknown`: nobody knows yet, and it is not sent again by itself. */
  readonly result: "cancelled" | "tooLate" | "unknown";
  readonly recipients: readonly RecipientReport[];
}
