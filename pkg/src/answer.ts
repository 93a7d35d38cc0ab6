/** What a callback came to, checked: anything that is not understood is garbage, and said by name. */
import { MapiError, errorClass, hresultOf, kind } from "./error.js";
import { isResponse, outcomeOf } from "./outcome.js";
import { readHeaders } from "./headers.js";
import { readAddressTypes, readGuarantees, readIdentities, readIdentity } from "./provider.js";
import { checkBool, checkInteger, checkOneOf, checkText, readFields, readList, type FieldOptions, type Fields } from "./snapshot.js";
import { notAttemptedReasons, recipientStatuses, scopes, type Answer, type Verb, type WireOutcome, type WireRecipientResult } from "./wire/shapes.js";

const longText = 1024;
const manyRecipients = 10_000;
const tokenMax = 65_536;
const day = 86_400_000;

/** The words of a service, cut and mended rather than refused: an answer must not be lost over them. "" without any. */
const words = (value: unknown): string =>
  typeof value === "string" ? value.slice(0, longText).replace(/[\ud800-\udbff]$/u, "").replace(/\p{Cs}/gu, "\ufffd").replaceAll("\0", "") : "";

/** A status code as text; "" without one that can be read. */
const code = (value: unknown): string => (Number.isSafeInteger(value) ? `${value as number}` : words(value));

/** What a service calls it: a name that was cut or mended would be another. */
const remote = (value: unknown): string | null => (typeof value === "string" && value.length <= longText && words(value) === value ? value : null);

const optionalText = (value: unknown, what: string): string | null => (value === undefined || value === null ? null : checkText(value, what, longText));
const flag = (value: unknown, what: string): boolean => value !== undefined && checkBool(value, what);
/** Clamped by the core (O-50). */
const wait = (value: unknown): number | null =>
  value === undefined || value === null ? null : Math.ceil(typeof value === "number" && value >= 0 ? Math.min(value, 366 * day) : checkInteger(value, "retryAfterMs"));

export function readResults(value: unknown, options: FieldOptions): WireRecipientResult[] | null {
  if (value === undefined || value === null) return null;
  return readList(value, "recipients", manyRecipients).map((item) => {
    const result = readFields(item, "a recipient's result", ["emailAddress", "status", "code", "text"], options);
    return {
      address: checkText(result["emailAddress"], "emailAddress of a result", longText),
      status: checkOneOf(result["status"], "status of a result", recipientStatuses),
      code: code(result["code"]),
      text: words(result["text"]),
    };
  });
}

const outcomeFields = ["type", "remoteId", "recipients", "scope", "code", "text", "definite", "entryId", "reason", "retryAfterMs", "status"];
const outcomeTypes = ["accepted", "rejected", "deferred", "notAttempted", "unknown", "http", "mapi"] as const;

function readOutcome(value: unknown, options: FieldOptions): WireOutcome {
  const o = readFields(isResponse(value) ? outcomeOf(value) : value, "an Outcome or a Response", outcomeFields, options);
  const type = checkOneOf(o["type"], "type of an Outcome", outcomeTypes);
  switch (type) {
    case "accepted":
      return { type, remoteId: remote(o["remoteId"]), recipients: readResults(o["recipients"], options) };
    case "rejected":
      return {
        type, scope: checkOneOf(o["scope"], "scope", scopes), code: code(o["code"]), text: words(o["text"]),
        definite: flag(o["definite"], "definite"), recipients: readResults(o["recipients"], options),
      };
    case "deferred":
      return { type, entry: optionalText(o["entryId"], "entryId") };
    case "notAttempted":
      return {
        type, reason: checkOneOf(o["reason"], "reason", notAttemptedReasons), retryAfter: wait(o["retryAfterMs"]),
        definite: flag(o["definite"], "definite"),
      };
    case "unknown":
      return { type, code: code(o["code"]) };
    case "http":
      return { type, status: checkInteger(o["status"], "status", 0, 999), retryAfter: wait(o["retryAfterMs"]) };
    case "mapi": {
      const scode = hresultOf(checkText(o["code"], "code", 64));
      if (scode === undefined) throw new MapiError("MAPI_E_INVALID_PARAMETER", "code to be a MAPI result code", "another word");
      return { type, scode, retryAfter: wait(o["retryAfterMs"]) };
    }
  }
}

const outcome = (value: unknown, options: FieldOptions): Answer => ({ type: "outcome", outcome: readOutcome(value, options) });
const endWords = ["END_RESEND_NOW", "END_RESEND_LATER", "END_DONT_RESEND"] as const;

function ended(value: unknown, options: FieldOptions): Answer {
  if (typeof value === "number") return { type: "ended", flags: checkInteger(value, "EndMessage's flags", 0, 0xffff_ffff) };
  if (typeof value === "string") return { type: "ended", flags: 0x1_0000 << endWords.indexOf(checkOneOf(value, "EndMessage's answer", endWords)) };
  return outcome(value, options);
}

const nothing: Fields = Object.create(null) as Fields;

function loggedOn(value: unknown, options: FieldOptions, polls: boolean): Answer {
  const plain = value === undefined ? nothing : readFields(value, "what transportLogon returns", ["idle", "poll", "identities", "identity", "guarantees"], options);
  return {
    type: "loggedOn",
    idle: flag(plain["idle"], "idle"),
    poll: plain["poll"] === undefined ? polls : checkBool(plain["poll"], "poll"),
    identities: readIdentities(plain["identities"]),
    identity: plain["identity"] === undefined ? null : readIdentity(plain["identity"], options),
    guarantees: plain["guarantees"] === undefined ? null : readGuarantees(plain["guarantees"], options),
  };
}

function token(value: unknown): Answer {
  if (value === undefined) return { type: "token", token: null };
  const json = JSON.stringify(value) as string | undefined;
  return { type: "token", token: json === undefined ? null : checkText(json, "the token of prepareMessage, as JSON", tokenMax) };
}

function probed(value: unknown, options: FieldOptions): Answer {
  const result = readFields(value, "a ProbeResult", ["type", "remoteId", "recipients", "code"], options);
  const found = ["absent", "present", "unknown"].indexOf(checkOneOf(result["type"], "type of a ProbeResult", ["present", "absent", "unknown"]));
  return { type: "probed", found, recipients: found === 1 ? readResults(result["recipients"], options) : null };
}

export interface ReadOptions extends FieldOptions {
  /** The transport has a `poll`. */
  readonly polls: boolean;
}

/** Messages that come in are read elsewhere: they stay outside. */
type Answering = Exclude<Verb, "startMessage" | "headers.download">;

function read(verb: Answering, value: unknown, options: ReadOptions): Answer {
  switch (verb) {
    case "submitMessage":
      return value === undefined ? { type: "done" } : outcome(value, options);
    case "endMessage":
      return ended(value, options);
    case "prepareMessage":
      return token(value);
    case "probeMessage":
      return probed(value, options);
    case "cancelMessage":
      return { type: "cancelled", result: cancelWords.indexOf(checkOneOf(value, "cancelMessage's answer", cancelWords)) };
    case "transportLogon":
      return loggedOn(value, options, options.polls);
    case "addressTypes":
      return { type: "addressTypes", types: readAddressTypes(value) };
    case "poll":
      return { type: "polled", more: flag(value, "poll's answer") };
    case "headers.refresh":
      return { type: "headers", rows: readHeaders(value) };
    case "headers.remove":
    case "transportLogoff":
    case "configure":
    case "transportNotify":
    case "idle":
    case "deliver":
    case "acknowledge":
    case "flushQueues":
    case "validateState":
    case "changePassword":
    case "settingsDialog":
    case "fileMessage":
    case "gate":
    case "test":
      return { type: "done" };
  }
}
const cancelWords = ["cancelled", "tooLate", "unknown"] as const;

/** The answer in what a callback returned. */
export function answerOf(verb: Answering, value: unknown, options: ReadOptions): Answer {
  try {
    return read(verb, value, options);
  } catch (thrown) {
    return garbage(thrown, value);
  }
}

export const garbage = (thrown: unknown, value: unknown): Answer =>
  thrown instanceof MapiError
    ? { type: "garbage", expected: thrown.expected, got: thrown.got }
    : { type: "garbage", expected: "an answer that can be read", got: kind(value) };

/** The answer in what it threw: a code where it named one, else its class; never its text. */
export function threw(thrown: unknown, network: boolean): Answer {
  let [scode, retryAfter]: [number | null, number | null] = [null, null];
  try {
    const error = thrown as { readonly code?: unknown; readonly retryAfterMs?: unknown } | null | undefined;
    const name = typeof error === "object" && error !== null && Object.hasOwn(error, "code") ? error.code : undefined;
    if (typeof name === "string" && name.startsWith("MAPI_E_")) scode = hresultOf(name) ?? null;
    if (scode !== null && typeof error?.retryAfterMs === "number") retryAfter = wait(error.retryAfterMs);
  } catch {
    // A hostile error is an error without a code.
  }
  return { type: "threw", scode, class: errorClass(thrown), network, retryAfter };
}
