/** `submitMessage`: everything the host handed in, read once, before anything is decided. */
import { randomHex } from "./random.js";
import { contentMax, copyPayload, copyProps, readBytes, readHead, sizeOf } from "./content.js";
import type { Given } from "./bodies.js";
import { MapiError, invalid } from "./error.js";
import { contentHash } from "./hash.js";
import { checkBool, checkInstant, checkOneOf, checkText, guarded, readFields, readList, readSignal, type Fields } from "./snapshot.js";
import { recipientTypes, type Draft, type DraftAddress } from "./wire/shapes.js";

const fields = [
  "id", "again", "from", "to", "cc", "bcc", "recipients", "subject", "content", "payload", "holdUntil", "transport", "conversation",
  "order", "messageId", "props", "signal",
] as const;

/**
 * Recipients of one message. Services take 100 (what SMTP promises) to 2000 in one transaction, and a message's row is
 * rewritten at each of its steps: a longer list is a mailing list's work, or several messages.
 */
export const recipientsMax = 2_000;

const long = 1_024;
const lists = ["to", "cc", "bcc", "recipients"] as const;
const senderFields = ["type", "addressType", "emailAddress", "displayName"];
const recipientFields = [...senderFields, "entryId"];
/** Four bytes of flags and a MAPIUID are the least; what providers add stays far below a KiB. */
const entryIdForm = /^(?:[\da-f]{2}){20,1024}$/i;
const readOrder = (value: unknown, what: string): string => checkOneOf(value, what, ["strict"]);

function readEntryId(value: unknown, what: string): string {
  const text = checkText(value, what);
  if (!entryIdForm.test(text)) throw invalid(`${what} to be 20 to 1024 bytes in hex`, `${text.length} characters`);
  return text.toLowerCase();
}

function readAddress(value: unknown, what: string, kind = 0, fixed = false): DraftAddress {
  if (typeof value === "string") return { kind, addressType: null, address: checkText(value, what, long), name: null, parse: true, entryId: "" };
  const given = readFields(value, `${what}: text or { emailAddress }`, kind === 0 ? senderFields : recipientFields);
  const { type, addressType, emailAddress, displayName, entryId } = given;
  const own = type === undefined ? kind : recipientTypes.indexOf(checkOneOf(type, `type of ${what}`, recipientTypes)) + 1;
  if (fixed && own !== kind) throw invalid(`${what} without another type`, `one of type ${recipientTypes[own - 1] ?? ""}`);
  return {
    kind: own,
    addressType: addressType === undefined ? null : checkText(addressType, `addressType of ${what}`, 32),
    address: checkText(emailAddress, `emailAddress of ${what}`, long),
    name: displayName === undefined ? null : checkText(displayName, `displayName of ${what}`, long),
    parse: false,
    entryId: entryId === undefined ? "" : readEntryId(entryId, `entryId of ${what}`),
  };
}

const tooMany = (count: number): MapiError => new MapiError("MAPI_E_TOO_COMPLEX", `at most ${recipientsMax} recipients in one message`, `${count}`);

function readRecipients(given: Fields): DraftAddress[] {
  const recipients: DraftAddress[] = [];
  for (const name of lists) {
    const value = given[name];
    if (!isGiven(value)) continue;
    const list = isList(value, name) ? readList(value, name, recipientsMax) : [value];
    if (recipients.length + list.length > recipientsMax) throw tooMany(recipients.length + list.length);
    const fixed = name !== "recipients";
    const kind = fixed ? recipientTypes.indexOf(name) + 1 : 1;
    const what = `an address of ${name}`;
    for (const item of list) recipients.push(readAddress(item, what, kind, fixed));
  }
  return recipients;
}

/** A Proxy may have been revoked. */
const isList = (value: unknown, what: string): boolean => typeof value === "object" && guarded(what, () => Array.isArray(value));
const isGiven = (value: unknown): boolean => value !== undefined && value !== null;
const optional = <T>(from: Fields, name: string, read: (value: unknown, what: string, max?: number) => T, max?: number): T | null =>
  isGiven(from[name]) ? read(from[name], name, max) : null;

/** What is known at the call, before anything is awaited. */
export interface Ready {
  readonly draft: { -readonly [K in keyof Draft]: Draft[K] };
  readonly given: Given;
  readonly signal: AbortSignal | undefined;
  readonly answered: true;
}

const noProps: Readonly<Record<string, unknown>> = Object.freeze({});

/** `maxSize`: the most any transport takes. */
export function readSubmit(message: unknown, maxSize = contentMax): Ready {
  const from = readFields(message, "a message", fields);
  const hasPayload = Object.hasOwn(from, "payload") && from["payload"] !== undefined;
  const hasContent = isGiven(from["content"]);
  if (hasContent === hasPayload) throw invalid("content or payload", hasContent ? "both" : "neither");
  const recipients = readRecipients(from);
  const content = hasContent ? readBytes(from["content"], maxSize) : null;
  const payload = hasPayload ? copyPayload(from["payload"], maxSize) : null;
  const strict = optional(from, "order", readOrder) !== null;
  const conversation = optional(from, "conversation", checkText, long);
  if (strict && conversation === null) throw invalid("order with a conversation", "order without one");
  const size = content === null ? (payload?.size ?? 0) : sizeOf(content);
  const props = optional(from, "props", copyProps) ?? noProps;
  return {
    draft: {
      id: optional(from, "id", checkText, long),
      again: optional(from, "again", checkBool) ?? false,
      from: optional(from, "from", readAddress),
      recipients,
      subject: optional(from, "subject", checkText),
      // Of the content: not known yet.
      head: null,
      hash: null,
      size,
      holdUntil: optional(from, "holdUntil", checkInstant),
      transport: optional(from, "transport", checkText, long),
      conversation,
      strict,
      messageId: optional(from, "messageId", checkText, long),
    },
    given: { content, headLength: 0, payload: payload?.value, props, size, uid: null },
    signal: readSignal(from["signal"]),
    answered: true,
  };
}

/** Unlike any other content (O-02): not even like itself. */
const unique = (): string => randomHex(32);

const hashOf = async ({ given: { content, payload } }: Ready): Promise<string> => (await contentHash(content, payload)) ?? unique();

/** Complete at once, unless a Blob has to be read or a hash made. */
export function prepare(ready: Ready): Ready | Promise<Ready> {
  const { draft, given: { content } } = ready;
  const made = (head: string | null, hash: string | null): Ready => {
    draft.head = head;
    draft.hash = hash;
    ready.given.headLength = head?.length ?? 0;
    return ready;
  };
  const head = content === null ? null : readHead(content);
  if (draft.id === null && !(head instanceof Promise)) return made(head, null);
  return Promise.all([head, draft.id === null ? null : hashOf(ready)]).then(([read, hash]) => made(read, hash));
}
