/** What the core says of a message, as hosts see it: the answers of src/wasm/query.rs. */
import type { Explanation, Recipient, RecipientReport, Report, StoredMessage } from "./types/message.js";
import { recipientTypes } from "./wire/shapes.js";
import { takeNum, takeText, type Take } from "./wire/tape.js";

type Open<T> = { -readonly [K in keyof T]: T[K] };

export const takeRecipient: Take<Open<Recipient>> = (from) => {
  const recipient: Open<Recipient> = {
    type: recipientTypes[from.num() - 1] ?? "to", addressType: from.text(), emailAddress: from.text(), displayName: from.text(),
  };
  const entryId = from.text();
  if (entryId !== "") recipient.entryId = entryId;
  return recipient;
};

const takeLine: Take<RecipientReport> = (from) => {
  const line = takeRecipient(from) as Open<RecipientReport>;
  line.status = from.text() as RecipientReport["status"];
  const code = from.text();
  if (code !== "") line.code = code;
  const text = from.text();
  if (text !== "") line.text = text;
  const transport = from.option(takeText);
  if (transport !== null) line.transport = transport;
  const remoteId = from.option(takeText);
  if (remoteId !== null) line.remoteId = remoteId;
  return line;
};

export const takeReport: Take<Report> = (from) => ({
  id: from.text(),
  uid: from.text(),
  messageId: from.text(),
  state: from.text() as Report["state"],
  doubted: from.bool(),
  revision: from.num(),
  class: ([null, "DR", "NDR"] as const)[from.num()] ?? null,
  recipients: from.list(takeLine),
});

/** Without its content, which is in the store. */
export const takeMessage: Take<Omit<StoredMessage, "content" | "payload" | "props">> = (from) => ({
  id: from.text(),
  uid: from.text(),
  messageId: from.text(),
  state: from.text() as StoredMessage["state"],
  from: from.text(),
  recipients: from.list(takeLine),
  subject: from.text(),
  size: from.num(),
  submitTime: from.num(),
});

export const takeExplanation: Take<Explanation> = (from) => ({
  code: from.text(),
  args: Object.fromEntries(from.list((arg) => [arg.text(), arg.text()] as const)),
  scope: from.text() as Explanation["scope"],
  actor: from.text() as Explanation["actor"],
  nextAt: from.option(takeNum),
  actions: from.list(takeText) as Explanation["actions"][number][],
  announce: from.text() as Explanation["announce"],
  envelopes: from.list((envelope) => ({
    envelope: envelope.num(),
    transport: envelope.text(),
    state: envelope.text() as Explanation["envelopes"][number]["state"],
    code: envelope.text(),
    attempts: envelope.num(),
    doubt: envelope.bool(),
    nextAt: envelope.option(takeNum),
    recipients: envelope.list(takeText),
  })),
});

export const takeEstimate: Take<{ readonly messages: number; readonly bytes: number }> = (from) => ({ messages: from.num(), bytes: from.num() });
