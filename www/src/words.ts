/** The message catalogue: codes of the library become sentences here, and nowhere else. */
import type { AllowedAction, EnvelopeExplanation, Explanation, HeaderProgress, OutboxState, RecipientReport, Row } from "mailspooler";

/** A state in two or three words, for the chip of a row. */
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

/** Colour and shape of the chip; words carry the meaning. */
export const stateTone: Readonly<Record<OutboxState, "calm" | "busy" | "doubt" | "good" | "bad">> = {
  accepting: "busy", held: "calm", queued: "calm", intending: "busy", sending: "busy", deferred: "calm", waiting: "calm",
  parked: "bad", checking: "doubt", unconfirmed: "doubt", sent: "good", filed: "good", rejected: "bad", cancelled: "calm",
  draft: "calm", corrupt: "bad", newer: "calm",
};

type Args = Explanation["args"];

const named = (args: Args): string => (typeof args["transport"] === "string" && args["transport"] !== "" ? args["transport"] : "The server");
const said = (args: Args): string => String(args["text"] || args["code"] || "no reason given");

/** One sentence per code of `why`. `args` are names and the server's own words. */
const sentences: Readonly<Record<string, (args: Args) => string>> = {
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
  "parked.ask": (args) => `${named(args)} has not taken it for five days. Try again, or take it back.`,
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
  "driving": () => "This window sends the mail.",
  "following": () => "Another window of this page sends the mail.",
  "ownerSilent": () => "Another window of this page sends the mail, and it does not answer.",
};

/** For every explanation, known or not. */
export const sentence = ({ code, args }: Explanation): string => sentences[code]?.(args) ?? "It is being looked after.";

/** Of a status row: the library's own text is better than something general. */
export const statusSentence = ({ code, args }: Explanation, own: string): string => sentences[code]?.(args) ?? own;

const actors: Readonly<Record<Explanation["actor"], string>> = {
  nobody: "",
  library: "",
  person: "It is your turn.",
  host: "This page has to act.",
  service: "The server has to act.",
};

/** Who must act, where that is not obvious. */
export const actorWords = (explanation: Explanation): string => actors[explanation.actor];

export const actionWords: Readonly<Record<AllowedAction | "edit", string>> = {
  edit: "Edit as new",
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

const recipientWords: Readonly<Record<RecipientReport["status"], string>> = {
  open: "not offered yet",
  assigned: "on its way",
  accepted: "taken by the server",
  rejected: "refused",
  doubtful: "not confirmed",
};

export function recipientSentence(recipient: RecipientReport): string {
  const { code = "", text = "" } = recipient;
  const said = text.startsWith(code) ? text : `${code} ${text}`.trim();
  return `${recipient.emailAddress}: ${recipientWords[recipient.status]}${said === "" ? "" : ` (${said})`}`;
}

export function envelopeSentence(envelope: EnvelopeExplanation, nameOf: (uid: string) => string): string {
  const state = envelope.state === "passed" ? "handed to another way" : stateWords[envelope.state].toLowerCase();
  const tries = envelope.attempts === 1 ? "1 attempt" : `${envelope.attempts} attempts`;
  return `${nameOf(envelope.transport)}: ${state}, ${tries}, for ${envelope.recipients.join(", ")}`;
}

const AVAILABLE = 0x1, OFFLINE = 0x2, FAILURE = 0x4, IN_ACTIVE = 0x2_0000, IN_FLUSH = 0x4_0000, OUT_ACTIVE = 0x20_0000, OUT_FLUSH = 0x40_0000;
const TRANSPORT = 36;

/** PR_STATUS_CODE in words; FAILURE and OFFLINE come first. */
export function statusWords(row: Row): { readonly words: string; readonly tone: "calm" | "busy" | "good" | "bad" } {
  const code = typeof row["statusCode"] === "number" ? row["statusCode"] : 0;
  const has = (bits: number): boolean => (code & bits) !== 0;
  if (has(FAILURE)) return { words: "Has a problem", tone: "bad" };
  if (has(OUT_ACTIVE) && has(IN_ACTIVE)) return { words: "Sending and receiving", tone: "busy" };
  if (has(OUT_ACTIVE) || has(OUT_FLUSH)) return { words: "Sending", tone: "busy" };
  if (has(IN_ACTIVE) || has(IN_FLUSH)) return { words: "Receiving", tone: "busy" };
  if (has(OFFLINE)) return { words: "Offline", tone: "bad" };
  if (has(AVAILABLE)) return { words: row["resourceType"] === TRANSPORT ? "Ready" : "Working", tone: "good" };
  return { words: "Not available", tone: "bad" };
}

export const phaseWords: Readonly<Record<string, string>> = {
  prepare: "Preparing",
  transmit: "Sending",
  confirm: "Confirming",
  file: "Filing copies",
  receive: "Receiving",
  done: "Done",
};

/** The marks of a header. */
export function markWords(status: number, download: number, remove: number): string {
  if ((status & download) !== 0) return (status & remove) !== 0 ? "will be fetched, then deleted" : "will be fetched";
  return (status & remove) !== 0 ? "will be deleted" : "no marks";
}

/** How the last work on headers ended; "" before the first. */
export function headerResult({ result, messages, failed }: HeaderProgress): string {
  switch (result) {
    case null:
      return "";
    case "S_OK":
      return messages === 0 ? "The list is new." : `Done, ${messages === 1 ? "1 message" : `${messages} messages`}.`;
    case "MAPI_W_ERRORS_RETURNED":
      return `${failed} of ${messages} failed and are still marked.`;
    case "MAPI_E_USER_CANCEL":
      return "Stopped. What was not done is still marked.";
    case "MAPI_E_NETWORK_ERROR":
      return "The server could not be reached. What was not done is still marked.";
    case "MAPI_E_LOGON_FAILED":
      return "The server refused the sign-in. What was not done is still marked.";
    default:
      return "The server could not do it. What was not done is still marked.";
  }
}

export const failureWords: Readonly<Record<string, string>> = {
  offline: "Connection breaks at once",
  answerLost: "Sends, then the answer is lost",
  staleConnection: "Sends, then a reused connection breaks",
  slow: "Slower than the time limit",
  signInRefused: "Refuses the sign-in (401)",
  tooMany: "Too many requests, wait 30 s (429)",
  unavailable: "Unavailable (503)",
  lostAfterData: "Mail server takes the mail and hangs up",
  brokenAfterData: "Mail server hangs up without taking the mail",
  busy: "Mail server says try later (451)",
  refused: "Mail server refuses the mail (554)",
  someRefused: "Mail server does not know carol@ (550)",
};

export const eventWords = {
  lateEvidence: "A message turned out to have been sent after all.",
  outboxLost: (messages: number): string =>
    `This browser has removed the outbox; ${messages === 1 ? "one message that was" : `${messages} messages that were`} in it may not have been sent.`,
  ownerSilent: "Another window of this page sends the mail, and it does not answer.",
  crashed: "The outbox had a fault and went on from what is stored.",
};

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** "in 40 seconds", "in 3 minutes": one unit, never a false precision. */
export function fromNow(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  if (Math.abs(seconds) < 60) return relative.format(seconds, "second");
  const minutes = Math.round(seconds / 60);
  if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
  const hours = Math.round(minutes / 60);
  return Math.abs(hours) < 36 ? relative.format(hours, "hour") : relative.format(Math.round(hours / 24), "day");
}

const today = new Intl.DateTimeFormat("en", { timeStyle: "short" });
const clock = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
export const when = (at: number): string =>
  (new Date(at).toDateString() === new Date().toDateString() ? today : clock).format(at);

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
