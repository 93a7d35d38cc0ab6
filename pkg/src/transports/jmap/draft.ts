/** The message as an Email on the server: made once per preparation, looked at by id, marked before it is submitted. */
import { withoutBcc } from "./bcc.js";
import { given, isRecord, jmapError, setError } from "./protocol.js";
import type { Account } from "./account.js";
import type { Client, Wire } from "./client.js";
import type { Call, Json, SetError } from "./protocol.js";
import type { TransportMessage } from "../../types.js";

/** RFC 5550: "the message is being submitted". Set by the same request that submits; its absence in a draft proves that none began. */
export const MARK = "$submitpending";

/**
 * draft: no submission of it ever began that was not answered with a refusal. begun: one did. sent: it left Drafts.
 * gone: destroyed by somebody.
 */
export type Standing = "draft" | "begun" | "sent" | "gone";

export interface View {
  readonly standing: Standing;
  /** State of all Email; moves when the mark is set, so a request that names it runs once. */
  readonly emailState: string;
  /** State of all EmailSubmission. */
  readonly state: string;
}

/** What `prepareMessage` returns and every attempt gets back. */
export type Token =
  | ({ readonly emailId: string; readonly original?: string } & View)
  | { readonly refused: string; readonly text?: string };

export interface Desk {
  readonly client: Client;
  readonly account: (wire: Wire) => Promise<Account>;
}

/** A set error that will not go away by asking again. */
export interface Refusal { readonly refused: string; readonly text?: string }

const refusal = ({ type, description, properties }: SetError): Refusal => ({ refused: type, ...given({ text: description ?? properties?.join(", ") }) });

const LASTING = new Set(["invalidEmail", "invalidProperties", "tooLarge", "blobNotFound", "tooManyKeywords", "forbidden"]);

export function readToken(token: unknown): Token | undefined {
  if (typeof token !== "object" || token === null) return undefined;
  const { emailId, emailState, state, standing, refused } = token as Readonly<Record<string, unknown>>;
  const whole = [emailId, emailState, state, standing].every((part) => typeof part === "string");
  return whole || typeof refused === "string" ? (token as Token) : undefined;
}

export async function look({ client, account }: Desk, wire: Wire, emailId: string): Promise<View> {
  const { accountId, drafts } = await account(wire);
  const answers = await client.call(wire, [
    ["Email/get", { accountId, ids: [emailId], properties: ["mailboxIds", "keywords"] }, "email"],
    ["EmailSubmission/get", { accountId, ids: [] }, "submissions"],
  ]);
  const email = answers.get("email", "Email/get");
  const { state } = answers.get("submissions", "EmailSubmission/get");
  const found = email.list[0];
  if (found !== undefined && !(isRecord(found.keywords) && isRecord(found.mailboxIds))) throw jmapError("MAPI_E_CORRUPT_DATA", "an Email with keywords and mailboxIds", "one without");
  const standing = found === undefined ? "gone"
    : found.keywords[MARK] === true ? "begun"
      : found.keywords["$draft"] === true || Object.hasOwn(found.mailboxIds, drafts) ? "draft"
        : "sent";
  return { standing, emailState: email.state, state };
}

/** Ids of Emails with this Message-ID in one mailbox. */
export async function findByMessageId({ client, account }: Desk, wire: Wire, messageId: string, mailbox: "drafts" | "sent"): Promise<string | undefined> {
  const known = await account(wire);
  const filter = { operator: "AND", conditions: [{ header: ["Message-ID", messageId] }, { inMailbox: known[mailbox] }] };
  const answers = await client.call(wire, [["Email/query", { accountId: known.accountId, filter, limit: 1 }, "query"]]);
  return answers.get("query", "Email/query").ids[0];
}

const draftIn = (drafts: string) => ({ mailboxIds: { [drafts]: true }, keywords: { $draft: true, $seen: true } });

async function importBlob({ client, account }: Desk, wire: Wire, content: Blob): Promise<string | Refusal> {
  const { accountId, drafts } = await account(wire);
  const blobId = await client.upload(wire, content);
  const answers = await client.call(wire, [["Email/import", { accountId, emails: { e: { blobId, ...draftIn(drafts) } } }, "import"]]);
  const { created, notCreated } = answers.get("import", "Email/import");
  return createdOr(created?.["e"]?.id, setError(notCreated?.["e"]));
}

function createdOr(id: string | undefined, error: SetError | undefined): string | Refusal {
  // The same bytes again: the draft of an earlier preparation.
  const made = id ?? error?.existingId;
  if (made !== undefined) return made;
  if (error !== undefined && LASTING.has(error.type)) return refusal(error);
  throw jmapError("MAPI_E_CALL_FAILED", "a draft", error?.type ?? "no answer", error === undefined ? {} : { type: error.type });
}

/** `payload: { email }`: the server composes. Looked up first, since composing twice makes two drafts. */
async function createEmail(desk: Desk, wire: Wire, email: Json, messageId: string): Promise<string | Refusal> {
  const existing = await findByMessageId(desk, wire, messageId, "drafts");
  if (existing !== undefined) return existing;
  const { accountId, drafts } = await desk.account(wire);
  const own = Object.fromEntries(Object.entries(email).filter(([name]) => !/^(bcc$|header:(resent-)?bcc\b)/i.test(name)));
  const draft = { ...own, ...draftIn(drafts), messageId: [messageId.replace(/^<|>$/g, "")] };
  const answers = await desk.client.call(wire, [["Email/set", { accountId, create: { e: draft } }, "create"]]);
  const { created, notCreated } = answers.get("create", "Email/set");
  return createdOr(created?.["e"]?.id, setError(notCreated?.["e"]));
}

/** `payload: { emailId }`: the host's draft. Servers do not strip Bcc (Cyrus 3.6.1), so one that has it is copied without. */
async function hostDraft(desk: Desk, wire: Wire, emailId: string): Promise<{ readonly emailId: string; readonly original?: string } | Refusal> {
  const { accountId } = await desk.account(wire);
  const answers = await desk.client.call(wire, [["Email/get", { accountId, ids: [emailId], properties: ["bcc", "blobId"] }, "email"]]);
  const email = answers.get("email", "Email/get").list[0];
  if (email === undefined) return { refused: "emailNotFound" };
  if (email.bcc === null) return { emailId };
  const content = await desk.client.download(wire, email.blobId);
  if (content === undefined) return { refused: "blobNotFound" };
  const copy = await importBlob(desk, wire, await withoutBcc(content));
  return typeof copy === "string" ? { emailId: copy, original: emailId } : copy;
}

const field = (payload: unknown, name: string): unknown =>
  typeof payload === "object" && payload !== null ? (payload as Json)[name] : undefined;

/** Makes the draft, or finds the one made before. */
export async function makeDraft(desk: Desk, wire: Wire, message: TransportMessage): Promise<{ readonly emailId: string; readonly original?: string } | Refusal> {
  const emailId = field(message.payload, "emailId");
  const email = field(message.payload, "email");
  if (typeof emailId === "string") return hostDraft(desk, wire, emailId);
  const made = message.content !== undefined ? await importBlob(desk, wire, message.content)
    : typeof email === "object" && email !== null ? await createEmail(desk, wire, email as Json, message.messageId)
      : { refused: "invalidPayload", text: "expected MIME, payload { email } or payload { emailId }" };
  return typeof made === "string" ? { emailId: made } : made;
}

/** Sets the mark only if nothing changed since `emailState`: of all requests that name one state, one gets through. */
export const markCall = (accountId: string, emailId: string, emailState: string): Call =>
  ["Email/set", { accountId, ifInState: emailState, update: { [emailId]: { [`keywords/${MARK}`]: true } } }, "mark"];

/** Makes a call depend on the mark: the reference fails unless `updated` names the Email, and is null, "destroy nothing", if it does. */
export const afterMark = (emailId: string): Json => ({ "#destroy": { resultOf: "mark", name: "Email/set", path: `/updated/${emailId}` } });

const unmarked = { [`keywords/${MARK}`]: null };

export async function unmark({ client, account }: Desk, wire: Wire, emailId: string): Promise<void> {
  const { accountId } = await account(wire);
  await client.call(wire, [["Email/set", { accountId, update: { [emailId]: unmarked } }, "unmark"]]);
}

/** Moves the Email state, so that no request sent before can submit this draft any more. False: something changed, look again. */
export async function revoke({ client, account }: Desk, wire: Wire, emailId: string, emailState: string): Promise<boolean> {
  const { accountId } = await account(wire);
  const answers = await client.call(wire, [
    markCall(accountId, emailId, emailState),
    ["Email/set", { accountId, update: { [emailId]: unmarked }, ...afterMark(emailId) }, "unmark"],
  ]);
  return Object.hasOwn(answers.find("unmark", "Email/set")?.updated ?? {}, emailId);
}

/** Back to a draft, because a person wants it sent again. */
export async function reopen({ client, account }: Desk, wire: Wire, emailId: string): Promise<void> {
  const { accountId, drafts } = await account(wire);
  const update = { mailboxIds: { [drafts]: true }, "keywords/$draft": true, ...unmarked };
  await client.call(wire, [["Email/set", { accountId, update: { [emailId]: update } }, "reopen"]]);
}

/** Destroys the draft only if nothing changed since `emailState`. */
export async function destroyDraft({ client, account }: Desk, wire: Wire, emailId: string, emailState?: string): Promise<boolean> {
  const { accountId } = await account(wire);
  const guard = emailState === undefined ? {} : { ifInState: emailState };
  const answers = await client.call(wire, [["Email/set", { accountId, ...guard, destroy: [emailId] }, "destroy"]]);
  return answers.find("destroy", "Email/set")?.destroyed?.includes(emailId) === true;
}
