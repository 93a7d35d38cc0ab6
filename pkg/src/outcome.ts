/** What an HTTP answer says of an attempt; the core maps it by status and guarantees (O-30). */
import { invalid, kind } from "./error.js";
import type { Outcome } from "./types/transport.js";

/** By its tag: a fetch library may bring its own class. */
export const isResponse = (value: unknown): value is Response =>
  typeof value === "object" && value !== null && Object.prototype.toString.call(value) === "[object Response]";

/** Retry-After in ms: seconds or a date; `null` without one that can be read. */
function retryAfter(headers: Headers, now: number): number | null {
  const text = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = text === "" ? NaN : Date.parse(text);
  return Number.isFinite(at) ? Math.max(0, at - now) : null;
}

/** One that was not followed: Node shows its status, a browser no more than this type. */
export const isRedirect = ({ type, status }: Response): boolean => type === "opaqueredirect" || (status >= 300 && status < 400);

/**
 * `ctx.fetch(...).then(outcomeOf)`. The body is not read. A redirect, and an answer after one, is `unknown` with the word `redirected`: it
 * is another page's, often to a GET, such as that of a sign-in. An answer that cannot be seen (status 0, type `opaque` or `error`) is
 * doubt too. Throws MAPI_E_INVALID_PARAMETER on what is no Response (O-30).
 */
export function outcomeOf(response: Response): Outcome {
  if (!isResponse(response)) throw invalid("a Response", kind(response));
  const { status, headers, redirected } = response;
  if (redirected || isRedirect(response)) return { type: "unknown", code: "redirected" };
  const after = retryAfter(headers, Date.now());
  return after === null ? { type: "http", status } : { type: "http", status, retryAfterMs: after };
}
