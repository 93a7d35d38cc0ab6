/**
 * English for what `why` answers. Explanations are data; a host shows these words as they are, or gives words of its own
 * with the same keys.
 */
import type { AllowedAction, Explanation, OutboxState, RecipientReport } from "./types/message.js";

/** What a sentence is made of: names and the server's own words. */
export type ExplanationArgs = Explanation["args"];
/** A sentence per code of an explanation. */
export type Sentences = Readonly<Record<string, (args: ExplanationArgs) => string>>;

/** A state in two or three words. */
export const stateWords: Readonly<Record<OutboxState, string>> = {
  accepting: "Being stored",
  held: "Held back",
  queued: "Waiting its turn",
  intending: "About to be sent",
  sending: "Being sent",
  deferred: "Kept by the server",
  waiting: "Will be tried again",
  parked: "Stopped",
  checking: "Checking",
  unconfirmed: "Not confirmed",
  sent: "Sent",
  filed: "Sent and filed",
  rejected: "Not sent",
  cancelled: "Cancelled",
  draft: "Taken back",
  corrupt: "Damaged",
  newer: "From a newer version",
};

const named = (args: ExplanationArgs): string => (typeof args["transport"] === "string" && args["transport"] !== "" ? args["transport"] : "The server");
/** Of services that give a bare code: RFC 8621, 7.5. Cyrus says tooManyRecipients of one it does not know, too. */
const codeWords: Readonly<Record<string, string>> = {
  tooManyRecipients: "there are more recipients than the server takes, or it does not take one of them",
  invalidRecipients: "the server does not take one of the addresses",
  noRecipients: "there is nobody to send it to",
  forbiddenFrom: "this account may not send for this sender",
  forbiddenMailFrom: "this account may not send for this sender",
  forbiddenToSend: "this account may not send it",
  invalidEmail: "the server does not understand it",
  tooLarge: "it is too large",
};
function said(args: ExplanationArgs): string {
  const code = String(args["code"] || "no reason given");
  const words = String(args["text"] || (Object.hasOwn(codeWords, code) ? codeWords[code] : code));
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

/** One for every code. */
export const sentences: Sentences = {
  "accepting": () => "It is being stored on this device.",
  "held": () => "It is held back and leaves by itself.",
  "queued": () => "It leaves as soon as its turn comes.",
  "queued.turn": () => "Another message is being sent. This one follows.",
  "queued.elsewhere": () => "Another window of this page sends the mail.",
  "queued.offline": () => "This device is offline. It leaves when the connection is back.",
  "queued.strict": () => "An earlier message of this conversation has to be settled first.",
  "queued.gate": () => "The connection failed. It is tested first, then this message leaves.",
  "queued.logon": () => "The connection is being opened.",
  "intending": () => "It is about to be handed over.",
  "sending": (args) => `${named(args)} is being given the message.`,
  "deferred": (args) => `${named(args)} has it and sends it later.`,
  "backOff.network": (args) => `${named(args)} could not be reached. It is tried again by itself.`,
  "backOff.transport": (args) => `${named(args)} is in trouble. It is tried again by itself.`,
  "logon.network": (args) => `${named(args)} could not be reached. It is tried again by itself.`,
  "logon.failed": (args) => `${named(args)} did not let us in. It is tried again by itself.`,
  "logon": () => "The connection is being opened.",
  "absent": () => "This way out is not part of the page any more.",
  "failed": (args) => `${named(args)} is switched off after a failure, until this page is opened again.`,
  "waiting.busy": (args) => `${named(args)} was busy. It is tried again by itself.`,
  "waiting.network": (args) => `${named(args)} could not be reached. It is tried again by itself.`,
  "waiting.transport": (args) => `${named(args)} could not take it yet. It is tried again by itself.`,
  "waiting.account": (args) => `${named(args)} does not take mail of this account just now. It is tried again by itself.`,
  "waiting.preprocessor": () => "This page could not make it ready for sending. It is tried again by itself.",
  "waiting.absent": (args) => `${named(args)} does not have it, so it is sent anew.`,
  "parked.auth": (args) => `${named(args)} refused the sign-in. It waits until you are signed in again.`,
  "parked.config": (args) => `${named(args)} lacks a setting. It waits until that is put right.`,
  "parked.transportAbsent": () => "The way it was to go is not part of this page. It waits until it is back.",
  "parked.ask": (args) => `${named(args)} has not taken it. Try again, or take it back.`,
  "checking": (args) => `We could not confirm that this message was sent. ${named(args)} is being asked.`,
  "checking.auth": (args) => `${named(args)} refused the sign-in. Whether this message was sent is asked when you are signed in again.`,
  "checking.config": (args) => `${named(args)} lacks a setting. Whether this message was sent is asked when that is put right.`,
  "unconfirmed": () => "We could not confirm that this message was sent. It may have reached the recipients.",
  "unconfirmed.transportAbsent": () => "We could not confirm that this message was sent, and the way it went is not part of this page.",
  "sent": () => "The server has taken it.",
  "filed": () => "The server has taken it, and a copy is in Sent.",
  "rejected": (args) => `It was refused: ${said(args)}`,
  "rejected.noTransport": () => "No way out takes it to these recipients.",
  "cancelled": () => "It was stopped before it left.",
  "draft": () => "It was taken back.",
  "corrupt": () => "It could not be read from this device. It is kept as it is.",
  "newer": () => "A newer version of this page stored it. Reload the page.",
  "open": () => "Ready to send.",
  "available": () => "",
  "offline": () => "This device is offline.",
  "driving": () => "This window sends the mail.",
  "noLocks": () => "Nothing is sent here: this place has no Web Locks, and the app has not said that it is the only one (soleOwner).",
  "following": () => "Another window of this page sends the mail.",
  "ownerSilent": () => "Another window of this page sends the mail, and it does not answer.",
};

/** For every explanation, known or not; `own` wins over English. */
export const sentence = ({ code, args }: Pick<Explanation, "code" | "args">, own: Sentences = {}): string =>
  (own[code] ?? sentences[code])?.(args) ?? "It is being looked after.";

/** Who must act, where that is not obvious. */
export const actorWords: Readonly<Record<Explanation["actor"], string>> = {
  nobody: "",
  library: "",
  person: "It is your turn.",
  host: "This page has to act.",
  service: "The server has to act.",
};

/** What a button says. */
export const actionWords: Readonly<Record<AllowedAction, string>> = {
  abortSubmit: "Take back",
  retry: "Try again",
  setHold: "Send now",
  sendFirst: "Send first",
  checkAgain: "Check again",
  markSent: "I found it in Sent",
  sendAgain: "Send again (may arrive twice)",
  takeBack: "Take back as draft",
  letPass: "Let later mail pass",
  discard: "Remove",
  configure: "Check the account",
  changePassword: "Sign in again",
  takeOver: "Take over here",
};

/** What a refusal comes to for people, by MAPI's code. Developers read the error's `message`. */
export const errorWords: Readonly<Record<string, string>> = {
  MAPI_E_NO_RECIPIENTS: "There is nobody to send it to.",
  MAPI_E_INVALID_PARAMETER: "Something in it cannot be used.",
  MAPI_E_TOO_COMPLEX: "It is too large.",
  MAPI_E_NOT_ENOUGH_MEMORY: "There is no room for it on this device.",
  MAPI_E_COLLISION: "It was submitted before.",
  MAPI_E_SUBMITTED: "It was submitted before.",
  MAPI_E_OBJECT_CHANGED: "It has changed meanwhile. Please look again.",
  MAPI_E_NOT_FOUND: "It is not there any more.",
  MAPI_E_INVALID_OBJECT: "It is not there any more.",
  MAPI_E_BUSY: "Something else is under way. Please try again in a moment.",
  MAPI_E_LOGON_FAILED: "The server refused the sign-in.",
  MAPI_E_NO_ACCESS: "The server refused access.",
  MAPI_E_UNCONFIGURED: "A setting is missing.",
  MAPI_E_NETWORK_ERROR: "The server could not be reached.",
  MAPI_E_TIMEOUT: "The server did not answer in time.",
  MAPI_E_CANCEL: "It was stopped.",
  MAPI_E_USER_CANCEL: "It was stopped.",
  MAPI_E_NO_SUPPORT: "That is not possible here.",
  MAPI_E_NOT_INITIALIZED: "This page does not look after the mail any more. Please reload it.",
};

/** For every error, known or not; `own` wins over English. */
export function errorSentence(error: unknown, own: Readonly<Record<string, string>> = {}): string {
  const code = String((error as { readonly code?: unknown } | null | undefined)?.code);
  const words = Object.hasOwn(own, code) ? own[code] : Object.hasOwn(errorWords, code) ? errorWords[code] : undefined;
  return words ?? "That did not work.";
}

/** Where one recipient stands. */
export const recipientWords: Readonly<Record<RecipientReport["status"], string>> = {
  open: "not offered yet",
  assigned: "on its way",
  accepted: "taken by the server",
  rejected: "refused",
  doubtful: "not confirmed",
};
