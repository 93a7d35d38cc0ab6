/** `submitMessage`: everything the host handed in, read once, before anything is decided. */
import { randomHex } from "./random.js";
import { contentMax, copyPayload, copyProps, readBytes, readHead, sizeOf, type Bytes } from "./content.js";
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

function readAddress(value: unknown, what: string, kind: number, fixed: boolean): DraftAddress {
  if (typeof value === "string") return { kind, addressType: null, address: checkText(value, what, long), name: null, parse: true };
  const given = readFields(value, `${what}: text or { emailAddress }`, ["type", "addressType", "emailAddress", "displayName"]);
  const { type, addressType, emailAddress, displayName } = given;
  const own = type === undefined ? kind : recipientTypes.indexOf(checkOneOf(type, `type of ${what}`, recipientTypes)) + 1;
  if (fixed && own !== kind) throw invalid(`${what} without another type`, `one of type ${recipientTypes[own - 1] ?? ""}`);
  return {
    kind: own,
    addressType: addressType === undefined ? null : checkText(addressType, `addressType of ${what}`, 32),
    address: checkText(emailAddress, `emailAddress of ${what}`, long),
    name: displayName === undefined ? null : checkText(displayName, `displayName of ${what}`, long),
    parse: false,
  };
}

const tooMany = (count: number): MapiError => new MapiError("MAPI_E_TOO_COMPLEX", `at most ${recipientsMax} recipients in one message`, `${count}`);

function readRecipients(given: Fields): DraftAddress[] {
  const recipients: DraftAddress[] = [];
  for (const name of ["to", "cc", "bcc", "recipients"] as const) {
    const value = given[name];
    if (value === undefined || value === null) continue;
    const list = guarded(name, () => Array.isArray(value)) ? readList(value, name, recipientsMax) : [value];
    if (recipients.length + list.length > recipientsMax) throw tooMany(recipients.length + list.length);
    const fixed = name !== "recipients";
    const kind = fixed ? recipientTypes.indexOf(name) + 1 : 1;
    for (const item of list) recipients.push(readAddress(item, `an address of ${name}`, kind, fixed));
  }
  return recipients;
}

const given = <T>(value: unknown, read: (value: unknown) => T): T | null => (value === undefined || value === null ? null : read(value));

/** What is known at the call, before anything is awaited. */
export interface Snapshot {
  readonly draft: { -readonly [K in keyof Draft]: Draft[K] };
  readonly content: Bytes | null;
  readonly payload: unknown;
  readonly props: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal | undefined;
}

const noProps: Readonly<Record<string, unknown>> = Object.freeze({});

/** `maxSize`: the most any transport takes. */
export function readSubmit(message: unknown, maxSize = contentMax): Snapshot {
  const from = readFields(message, "a message", fields);
  const hasPayload = Object.hasOwn(from, "payload") && from["payload"] !== undefined;
  const hasContent = from["content"] !== undefined && from["content"] !== null;
  if (hasContent === hasPayload) throw invalid("content or payload", hasContent ? "both" : "neither");
  const recipients = readRecipients(from);
  const content = hasContent ? readBytes(from["content"], maxSize) : null;
  const payload = hasPayload ? copyPayload(from["payload"], maxSize) : null;
  const strict = given(from["order"], (v) => checkOneOf(v, "order", ["strict"])) !== null;
  const conversation = given(from["conversation"], (v) => checkText(v, "conversation", long));
  if (strict && conversation === null) throw invalid("order with a conversation", "order without one");
  return {
    draft: {
      id: given(from["id"], (v) => checkText(v, "id", long)),
      again: given(from["again"], (v) => checkBool(v, "again")) ?? false,
      from: given(from["from"], (v) => readAddress(v, "from", 0, false)),
      recipients,
      subject: given(from["subject"], (v) => checkText(v, "subject")),
      // Of the content: not known yet.
      head: null,
      hash: null,
      size: content === null ? (payload?.size ?? 0) : sizeOf(content),
      holdUntil: given(from["holdUntil"], (v) => checkInstant(v, "holdUntil")),
      transport: given(from["transport"], (v) => checkText(v, "transport", long)),
      conversation,
      strict,
      messageId: given(from["messageId"], (v) => checkText(v, "messageId", long)),
    },
    content,
    payload: payload?.value,
    props: given(from["props"], copyProps) ?? noProps,
    signal: readSignal(from["signal"]),
  };
}

export interface Ready {
  readonly draft: Draft;
  readonly given: Given;
}

/** Unlike any other content (O-02): not even like itself. */
const unique = (): string => randomHex(32);

async function hashOf(snapshot: Snapshot, owner: string): Promise<string> {
  const { from, recipients } = snapshot.draft;
  const addresses = [from ?? owner, ...recipients].map((a) => (typeof a === "string" ? a : [a.kind, a.addressType, a.address, a.name]));
  return (await contentHash(addresses, snapshot.content, snapshot.payload)) ?? unique();
}

/** Complete at once, unless a Blob has to be read or a hash made. */
export function prepare(snapshot: Snapshot, owner: string): Ready | Promise<Ready> {
  const { content, payload, props, draft } = snapshot;
  const made = (head: string | null, hash: string | null): Ready => {
    draft.head = head;
    draft.hash = hash;
    return { draft, given: { content, headLength: head?.length ?? 0, payload, props, size: draft.size } };
  };
  const head = content === null ? null : readHead(content);
  if (draft.id === null && !(head instanceof Promise)) return made(head, null);
  return Promise.all([head, draft.id === null ? null : hashOf(snapshot, owner)]).then(([read, hash]) => made(read, hash));
}
