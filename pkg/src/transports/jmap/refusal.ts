/** What a server's refusal of a submission means (RFC 8621, section 7.5; measured on Cyrus 3.6.1). Nothing is invented. */
import { isRedirect } from "../../outcome.js";
import { wireAddress } from "./address.js";
import { retryAfter } from "./client.js";
import { given } from "./protocol.js";
import type { SetError } from "./protocol.js";
import type { NotAttemptedReason, Outcome, RecipientResult } from "../../types.js";

/** Refusals of this message. Cyrus also says tooManyRecipients for a 450 or 550 to any recipient or to DATA. */
const MESSAGE = new Set([
  "forbiddenFrom", "forbiddenMailFrom", "forbiddenToSend", "tooLarge", "tooManyRecipients", "invalidRecipients", "noRecipients",
  "invalidEmail", "invalidProperties", "forbidden",
]);
const ACCOUNT = new Set(["overQuota", "rateLimit"]);

/** Text of a 354: Cyrus after 3.6 calls a connection lost after DATA forbiddenToSend, and shows the last reply it read. */
const INTERMEDIATE = /\bend(ing)?\b.*\bwith\b|go ahead|start mail input/i;
/** A reply of class 4 or 5: SMTP said no, whatever the server made of it. */
const ENHANCED = /^([45])\.\d{1,3}\.\d{1,3}\b/;

const short = (text: string | undefined) => given({ text: text?.slice(0, 500) });

export const waits = (reason: NotAttemptedReason): Outcome => ({ type: "notAttempted", reason, definite: true });

/** Case is overlooked only where nobody is named exactly so and one alone can be meant; who that is not is not guessed. */
function perRecipient(refused: readonly string[], all: readonly string[], code: string): { readonly recipients?: readonly RecipientResult[] } {
  const [exact, folded] = [new Set(refused), new Set(refused.map((address) => address.toLowerCase()))];
  const sent = all.map(wireAddress);
  const times = new Map<string, number>();
  for (const address of sent) times.set(address.toLowerCase(), (times.get(address.toLowerCase()) ?? 0) + 1);
  const hit = new Set(all.filter((_, at) => {
    const address = sent[at] ?? "";
    return exact.has(address) || (folded.has(address.toLowerCase()) && times.get(address.toLowerCase()) === 1);
  }));
  if (hit.size === 0) return {};
  return { recipients: all.map((emailAddress) => (hit.has(emailAddress) ? { emailAddress, status: "rejected", code } : { emailAddress, status: "open" })) };
}

/** The answer of the one submission that got through: definite, or unknown. */
export function refusalOutcome(error: SetError, recipients: readonly string[]): Outcome {
  const { type, description, properties } = error;
  const smtp = ENHANCED.exec(description ?? "")?.[1];
  if (smtp === "4" && (type === "forbiddenToSend" || type === "smtpProtocolError")) return waits("wait");
  if (type === "forbiddenToSend" && INTERMEDIATE.test(description ?? "")) return { type: "unknown", code: "connectionLost" };
  if (type === "invalidProperties" && properties?.includes("identityId")) return waits("config");
  if (ACCOUNT.has(type)) return waits("account");
  if (MESSAGE.has(type) || (type === "smtpProtocolError" && smtp === "5")) {
    return {
      type: "rejected", scope: "message", code: type, definite: true, ...short(description ?? properties?.join(", ")),
      ...perRecipient(error.invalidRecipients ?? [], recipients, type),
    };
  }
  return { type: "unknown", code: type };
}

/** Method-level errors that say the call was not made at all. */
const NOT_CALLED: Readonly<Record<string, NotAttemptedReason>> = {
  unknownMethod: "config", invalidArguments: "config", accountNotFound: "config", accountNotSupportedByMethod: "transport",
  accountReadOnly: "account", forbidden: "account", requestTooLarge: "config",
  // RFC 8620's word, and Cyrus's: `updated` was not null, so the request ended before it submitted.
  invalidResultReference: "config", resultReference: "config",
};

export const notCalled = (type: string): Outcome | undefined => {
  const reason = NOT_CALLED[type];
  return reason === undefined ? undefined : waits(reason);
};

/** The core reads the status (O-30); it may be the answer to the browser's second copy, so it is never definite here. */
export const httpOutcome = (response: Response): Outcome =>
  isRedirect(response) ? { type: "unknown", code: "redirected" } : { type: "http", status: response.status, ...retryAfter(response) };
