/** The few JMAP shapes used here (RFC 8620, RFC 8621), and the one error this transport throws. */
import type { MapiCode } from "../../types.js";

export const CORE = "urn:ietf:params:jmap:core";
export const MAIL = "urn:ietf:params:jmap:mail";
export const SUBMISSION = "urn:ietf:params:jmap:submission";

export type Json = Readonly<Record<string, unknown>>;
export type Call = readonly [method: string, args: Json, id: string];

export interface SetError {
  readonly type: string;
  readonly description?: string;
  readonly properties?: readonly string[];
  readonly existingId?: string;
  readonly invalidRecipients?: readonly string[];
}

export interface SetAnswer {
  readonly created: Readonly<Record<string, { readonly id: string }>> | null;
  readonly updated: Readonly<Record<string, unknown>> | null;
  readonly destroyed: readonly string[] | null;
  readonly notCreated: Readonly<Record<string, SetError>> | null;
  readonly notUpdated: Readonly<Record<string, SetError>> | null;
  readonly notDestroyed?: Readonly<Record<string, SetError>> | null;
}

export interface EmailPart {
  readonly id: string;
  readonly blobId: string;
  readonly mailboxIds: Readonly<Record<string, boolean>>;
  readonly keywords: Readonly<Record<string, boolean>>;
  readonly receivedAt: string;
  readonly bcc: readonly unknown[] | null;
}

export interface Address { readonly name: string | null; readonly email: string }

/** What a list of headers asks for beside. */
export interface EmailHead {
  readonly size: number;
  readonly subject: string | null;
  readonly sender: readonly Address[] | null;
  readonly from: readonly Address[] | null;
  readonly to: readonly Address[] | null;
  readonly hasAttachment: boolean;
  readonly "header:Importance:asText": string | null;
  readonly "header:Priority:asText": string | null;
  readonly "header:Sensitivity:asText": string | null;
}

/** The answers that are read, by method. */
export interface Methods {
  readonly "Email/get": { readonly state: string; readonly list: readonly (EmailPart & Partial<EmailHead>)[] };
  readonly "Email/query": { readonly ids: readonly string[]; readonly total?: number };
  readonly "Email/changes": { readonly newState: string; readonly hasMoreChanges: boolean };
  readonly "Email/set": SetAnswer;
  readonly "Email/import": SetAnswer;
  readonly "EmailSubmission/get": { readonly state: string };
  readonly "EmailSubmission/set": SetAnswer;
  readonly "Identity/get": { readonly list: readonly { readonly id: string; readonly email: string }[] };
  readonly "Mailbox/get": { readonly list: readonly { readonly id: string; readonly role: string | null }[] };
}

/** What a JMAP server said, or that it said nothing usable. `code` is MAPI's; `type` is JMAP's own word, if any. */
export interface JmapError extends Error {
  readonly code: MapiCode;
  readonly type?: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
}

type More = Pick<JmapError, "type" | "status" | "retryAfterMs">;

export function jmapError(code: MapiCode, expected: string, got: string, more: More = {}): JmapError {
  return Object.assign(new Error(`expected ${expected}, got ${got}`), { name: "JmapError", code, ...more });
}

/** Only the values that are there: optional properties are absent, never undefined. */
export const given = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };

export const errorType = (error: unknown): string | undefined =>
  typeof error === "object" && error !== null && "type" in error && typeof error.type === "string" ? error.type : undefined;

export const isRecord = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";
const texts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);
const all = (list: unknown, ...names: readonly string[]): boolean =>
  Array.isArray(list) && list.every((item) => isRecord(item) && names.every((name) => isText(item[name])));
const orNull = (value: unknown, is: (value: unknown) => boolean): boolean => value === undefined || value === null || is(value);

const isSet = (answer: Json): boolean =>
  ["created", "updated", "notCreated", "notUpdated", "notDestroyed"].every((name) => orNull(answer[name], isRecord)) && orNull(answer["destroyed"], texts);
/** Of an Email whatever was asked for has its type. */
const isEmail = (email: unknown): boolean =>
  isRecord(email) && [email["keywords"], email["mailboxIds"]].every((value) => value === undefined || isRecord(value));

/** What is read of an answer is what it should be: else the server is at fault, not the network. */
const SHAPES: { readonly [M in keyof Methods]: (answer: Json) => boolean } = {
  "Email/get": ({ state, list }) => isText(state) && all(list, "id") && (list as readonly unknown[]).every(isEmail),
  "Email/query": ({ ids }) => texts(ids),
  "Email/changes": ({ newState }) => isText(newState),
  "Email/set": isSet,
  "Email/import": isSet,
  "EmailSubmission/get": ({ state }) => isText(state),
  "EmailSubmission/set": isSet,
  "Identity/get": ({ list }) => all(list, "id", "email"),
  "Mailbox/get": ({ list }) => all(list, "id"),
};

/** A refusal is one whatever is beside its type: what is of another type is left out. */
export function setError(value: unknown): SetError | undefined {
  if (value === undefined) return undefined;
  const { type, description, properties, existingId, invalidRecipients } = isRecord(value) ? value : {};
  const text = (each: unknown) => (isText(each) ? each : undefined);
  const list = (each: unknown) => (texts(each) ? each : undefined);
  return {
    type: text(type) ?? "untyped",
    ...given({ description: text(description), existingId: text(existingId), properties: list(properties), invalidRecipients: list(invalidRecipients) }),
  };
}

/** Answers by call id: a method may be answered more than once (implicit Email/set), so all are kept. */
export interface Answers {
  /** The answer of `method` to call `id`; throws on a method-level error. */
  get<M extends keyof Methods>(id: string, method: M): Methods[M];
  /** The same, `undefined` when there is none or it is an error. */
  find<M extends keyof Methods>(id: string, method: M): Methods[M] | undefined;
  /** The method-level error of call `id`. */
  error(id: string): string | undefined;
}

export function readAnswers(body: unknown): Answers {
  const list = typeof body === "object" && body !== null && "methodResponses" in body ? body.methodResponses : undefined;
  if (!Array.isArray(list)) throw jmapError("MAPI_E_CORRUPT_DATA", "a JMAP response", typeof body);
  const triples = list.filter((item): item is [string, Json, string] => Array.isArray(item) && item.length === 3);
  const pick = (id: string, method: string) => triples.find(([name, , at]) => at === id && name === method)?.[1];
  const find = <M extends keyof Methods>(id: string, method: M) => {
    const found: unknown = pick(id, method);
    if (found !== undefined && !(isRecord(found) && SHAPES[method](found))) throw jmapError("MAPI_E_CORRUPT_DATA", `an answer to ${method}`, "another");
    return found as Methods[M] | undefined;
  };
  const error = (id: string) => {
    const type = pick(id, "error")?.["type"];
    return typeof type === "string" ? type : undefined;
  };
  return {
    find,
    error,
    get(id, method) {
      const found = find(id, method);
      if (found !== undefined) return found;
      const type = error(id) ?? "no answer";
      throw jmapError(MAPI[type] ?? "MAPI_E_CALL_FAILED", method, type, { type });
    },
  };
}

const MAPI: Readonly<Record<string, MapiCode>> = {
  accountNotFound: "MAPI_E_UNCONFIGURED",
  // Cyrus says so of EmailSubmission while its SMTP side is down.
  accountNotSupportedByMethod: "MAPI_E_BUSY",
  accountReadOnly: "MAPI_E_NO_ACCESS",
  forbidden: "MAPI_E_NO_ACCESS",
  serverUnavailable: "MAPI_E_NETWORK_ERROR",
  unknownMethod: "MAPI_E_NO_SUPPORT",
};
