/** The relay protocol's words (www/relay-protocol.md): requests as bytes, answers as values. Nothing here does I/O. */
import type { Outcome, ProbeResult, RecipientResult, TransportMessage } from "../../types.js";

export const SUBMISSION = "application/vnd.mailspooler.submission";

/** A settled submission, or why there is none. */
export type Answer =
  | { readonly state: "done"; readonly recipients: readonly RecipientResult[] }
  | { readonly state: "working" }
  | { readonly state: "absent" }
  | { readonly state: "refused"; readonly status: number; readonly error: string }
  | { readonly state: "foreign"; readonly status: number };

/** Equal messages give equal bytes: the relay compares them. */
export function submission(message: TransportMessage, content: Blob): Blob {
  const envelope = { from: message.from, to: message.recipients.map((recipient) => recipient.emailAddress) };
  return new Blob([`${JSON.stringify(envelope)}\n`, content]);
}

const STATUS: Readonly<Record<string, RecipientResult["status"]>> = {
  __proto__: null as never,
  accepted: "accepted",
  rejected: "rejected",
  open: "open",
  doubtful: "doubtful",
};

function recipientOf(value: unknown): RecipientResult | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { address, status, code, text } = value as Record<string, unknown>;
  const known = typeof status === "string" ? STATUS[status] : undefined;
  if (typeof address !== "string" || known === undefined) return undefined;
  return {
    emailAddress: address,
    status: known,
    ...(typeof code === "number" ? { code } : {}),
    ...(typeof text === "string" ? { text } : {}),
  };
}

function answerOf(status: number, body: unknown, key: string): Answer {
  const foreign: Answer = { state: "foreign", status };
  if (typeof body !== "object" || body === null) return foreign;
  const said = body as Record<string, unknown>;
  if (said["key"] !== key) return foreign;
  if (status === 202 && said["state"] === "working") return { state: "working" };
  if (status === 404 && said["state"] === "absent") return { state: "absent" };
  if (status === 400 || status === 413 || status === 422) {
    return { state: "refused", status, error: typeof said["error"] === "string" ? said["error"] : "" };
  }
  const list = said["recipients"];
  if (status !== 200 || said["state"] !== "done" || !Array.isArray(list)) return foreign;
  const recipients = list.map(recipientOf).filter((each) => each !== undefined);
  return recipients.length === list.length ? { state: "done", recipients } : foreign;
}

/** Only what repeats the key comes from the relay; a proxy's page says nothing about the message. */
export async function read(response: Response, key: string): Promise<Answer> {
  const json = /^application\/json\s*(?:;|$)/i.test(response.headers.get("content-type") ?? "");
  if (!json) {
    await response.body?.cancel();
    return { state: "foreign", status: response.status };
  }
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return answerOf(response.status, body, key);
}

/** Retry-After as ms from now: seconds or a date. */
export function retryAfter(response: Response, now: number): { readonly retryAfterMs?: number } {
  const value = response.headers.get("retry-after");
  if (value === null) return {};
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? { retryAfterMs: Math.max(0, ms) } : {};
}

const every = (recipients: readonly RecipientResult[], status: RecipientResult["status"]): boolean =>
  recipients.every((recipient) => recipient.status === status);
const some = (recipients: readonly RecipientResult[], status: RecipientResult["status"]): boolean =>
  recipients.some((recipient) => recipient.status === status);

/** `definite` only here: these are the deduplicating service's own words. */
export function settled(recipients: readonly RecipientResult[]): Outcome {
  if (recipients.length === 0 || every(recipients, "doubtful")) return { type: "unknown", code: "doubtful" };
  if (some(recipients, "accepted")) return { type: "accepted", recipients };
  if (every(recipients, "open")) {
    // A reply is about this message; silence, or 421, about the way to the next server.
    const replied = recipients.every((recipient) => recipient.code !== undefined && recipient.code !== 421);
    return { type: "notAttempted", reason: replied ? "wait" : "transport", definite: true };
  }
  const first = recipients.find((recipient) => recipient.status === "rejected");
  return {
    type: "rejected",
    scope: "recipient",
    // The replies stand beside each recipient; here SMTP's 503 would be read as HTTP's.
    code: "refused",
    definite: true,
    recipients,
    ...(first?.text === undefined ? {} : { text: first.text }),
  };
}

export function probed(answer: Answer): ProbeResult {
  switch (answer.state) {
    case "absent":
      return { type: "absent" };
    case "done":
      // The relay will not act on open recipients any more for what was sent so far: nobody has it.
      if (every(answer.recipients, "open")) return { type: "absent" };
      // Doubt of the relay's own does not end by asking again: named as doubtful, it is a person's at once.
      return { type: "present", recipients: answer.recipients };
    case "working":
    case "refused":
    case "foreign":
      return { type: "unknown", code: answer.state };
  }
}

export function cancelled(answer: Answer): "cancelled" | "tooLate" | "unknown" {
  if (answer.state !== "done" || some(answer.recipients, "doubtful")) return "unknown";
  return some(answer.recipients, "accepted") ? "tooLate" : "cancelled";
}
