/**
 * MIME for the demo. Made by mail-mime-builder: no dependencies, runs in a browser as it is, published with provenance.
 * It copies bodies verbatim and never folds, so text and files reach it as base64 in lines of 76, and the subject as
 * short encoded words. Read by postal-mime, which is kept by the author of nodemailer.
 */
import { createMimeMessage } from "mail-mime-builder";
import PostalMime, { addressParser } from "postal-mime";
import type { Address, Email } from "postal-mime";

export interface Attached {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Draft {
  readonly id: string;
  readonly to: string;
  readonly cc: string;
  readonly bcc: string;
  readonly subject: string;
  readonly text: string;
  readonly files: readonly Attached[];
}

export interface Mailbox { readonly emailAddress: string; readonly displayName: string }

export const emptyDraft = (): Draft => ({ id: crypto.randomUUID(), to: "", cc: "", bcc: "", subject: "", text: "", files: [] });

const LINE = 76;
/** Base64 of 45 bytes and the frame stay under RFC 2047's 75 characters. */
const WORD_BYTES = 45;

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

const lines = (bytes: Uint8Array): string => base64(bytes).match(new RegExp(`.{1,${LINE}}`, "g"))?.join("\r\n") ?? "";
const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value);
const isPlain = (value: string): boolean => /^[\x20-\x7e]*$/.test(value);

/** RFC 2047: words that end between characters, folded. */
export function encodedWords(value: string): string {
  if (isPlain(value) && value.length <= LINE) return value;
  const words: string[] = [];
  let word = "";
  for (const character of value) {
    if (utf8(word + character).length > WORD_BYTES) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  if (word !== "") words.push(word);
  return words.map((each) => `=?utf-8?B?${base64(utf8(each))}?=`).join("\r\n ");
}

/** Domains as DNS and old servers know them. */
function ascii(address: string): string {
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1);
  if (at < 0 || isPlain(domain) || !URL.canParse(`http://${domain}`)) return address;
  return `${address.slice(0, at + 1)}${new URL(`http://${domain}`).hostname}`;
}

/** What a person types: names, commas, semicolons. What is no address is kept, to be refused by name. */
export function mailboxes(typed: string): Mailbox[] {
  return addressParser(typed.replaceAll(";", ","), { flatten: true }).map((each: Address) => ({
    emailAddress: ascii(each.address ?? ""),
    displayName: each.name,
  }));
}

export function compose(draft: Draft, from: { readonly address: string; readonly name: string }): string {
  const message = createMimeMessage();
  const box = (each: Mailbox): { addr: string; name: string } => ({ addr: each.emailAddress, name: each.displayName });
  message.setSender({ addr: from.address, name: from.name });
  const to = mailboxes(draft.to);
  const cc = mailboxes(draft.cc);
  if (to.length > 0) message.setTo(to.map(box));
  if (cc.length > 0) message.setCc(cc.map(box));
  message.setHeader("Message-ID", `<${draft.id}@${from.address.split("@")[1] ?? "localhost"}>`);
  message.setSubject(draft.subject);
  const subject = message.headers.fields.find((field) => field.name === "Subject");
  if (subject) subject.dump = () => encodedWords(draft.subject);
  const body = utf8(draft.text.replaceAll(/\r\n|\r|\n/g, "\r\n"));
  message.addMessage({ contentType: "text/plain", encoding: "base64", data: lines(body) });
  for (const file of draft.files) {
    const name = file.name.replaceAll(/["\\\p{Cc}]/gu, "_");
    const filename = isPlain(name) ? name : encodedWords(name).replaceAll("\r\n ", " ");
    message.addAttachment({ filename, contentType: file.type || "application/octet-stream", encoding: "base64", data: lines(file.bytes) });
  }
  return `${message.asRaw()}\r\n`;
}

export const read = (content: Blob): Promise<Email> => PostalMime.parse(content);

export const nameOf = (address: Address | undefined): string => address?.name || address?.address || "nobody";

const typed = (addresses: readonly Address[] | undefined): string =>
  (addresses ?? []).map((each) => (each.name && each.address ? `${each.name} <${each.address}>` : (each.address ?? ""))).join(", ");

export function filesOf(email: Email): Attached[] {
  return email.attachments.map((each) => ({
    name: each.filename ?? "attachment",
    type: each.mimeType,
    bytes: typeof each.content === "string" ? new Uint8Array(utf8(each.content)) : new Uint8Array(each.content),
  }));
}

/** A message as a draft again, under a new id: what was submitted keeps its own. */
export async function draftOf(content: Blob, bcc: readonly string[]): Promise<Draft> {
  const email = await read(content);
  return {
    id: crypto.randomUUID(),
    to: typed(email.to),
    cc: typed(email.cc),
    bcc: bcc.join(", "),
    subject: email.subject ?? "",
    text: (email.text ?? "").replaceAll("\r\n", "\n").replace(/\n$/, ""),
    files: filesOf(email),
  };
}
