/** The package's words, and the demo's own. */
import type { EnvelopeExplanation, Explanation, HeaderProgress, OutboxState, RecipientReport, Row } from "mailspooler";
import { actionWords as actions, actorWords as actors, recipientWords, sentences, stateWords } from "mailspooler/words";

export { errorSentence, sentence, stateWords } from "mailspooler/words";

/** Colour and shape of the chip; words carry the meaning. */
export const stateTone: Readonly<Record<OutboxState, "calm" | "busy" | "doubt" | "good" | "bad">> = {
  accepting: "busy", held: "calm", queued: "calm", intending: "busy", sending: "busy", deferred: "calm", waiting: "calm",
  parked: "bad", checking: "doubt", unconfirmed: "doubt", sent: "good", filed: "good", rejected: "bad", cancelled: "calm",
  draft: "calm", corrupt: "bad", newer: "calm",
};

/** Of a status row: the library's own text is better than something general. */
export const statusSentence = ({ code, args }: Explanation, own: string): string => sentences[code]?.(args) ?? own;

export const actorWords = (explanation: Explanation): string => actors[explanation.actor];

export const actionWords = { ...actions, edit: "Edit as new" } as const;

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

export interface Standing { readonly words: string; readonly tone: "calm" | "busy" | "good" | "bad" }

/** A row's chip. A window that sends no mail knows of transports only that another one does. */
export function standing(row: Row, { code }: Explanation): Standing {
  if (row["resourceType"] === TRANSPORT && code === "following") return { words: "In another window", tone: "calm" };
  return code === "offline" ? { words: "Offline", tone: "bad" } : statusWords(row);
}

/** PR_STATUS_CODE in words; FAILURE and OFFLINE come first. */
export function statusWords(row: Row): Standing {
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
