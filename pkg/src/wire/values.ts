/** Values on their way in: the twins of src/wire/codec.rs. */
import type { StoredRecord, StoreName } from "../store/store.js";
import { putBool, putList, putNum, putOption, putText, type Put, type Tape } from "./tape.js";
import {
  notAttemptedReasons, recipientStatuses, scopes, settingKinds, storeNames, type Answer, type CallId, type Draft, type DraftAddress, type MessageVerb,
  type RowValue, type TransportConfig, type WireGuarantees, type WireHeader, type WireIdentity, type WireOutcome, type WireRecipientResult,
  type WireSetting,
} from "./shapes.js";

export const putCall: Put<CallId> = ({ nums }, { epoch, generation, counter }) => void nums.push(epoch, generation, counter);

export const putTexts: Put<readonly string[]> = (tape, values) => putList(tape, values, putText);

const putIdentity: Put<WireIdentity> = ({ strs }, { display, entryId, searchKey }) => void strs.push(display, entryId, searchKey);

const putGuarantees: Put<WireGuarantees> = (tape, g) => {
  putOption(tape, g.dedupeWindow, putNum);
  putOption(tape, g.probe, ({ nums }, { authoritative, settles }) => void nums.push(authoritative ? 1 : 0, settles));
  putBool(tape, g.cancels);
  putBool(tape, g.filesSentCopy);
  putBool(tape, g.perRecipient);
  putOption(tape, g.maxSize, putNum);
  putOption(tape, g.maxRecipients, putNum);
  putBool(tape, g.remote);
  putBool(tape, g.asynchronous);
};

/** Of a configuration as of a status row. */
const putPair: Put<readonly [string, RowValue]> = (tape, [name, value]) => {
  putText(tape, name);
  putRowValue(tape, value);
};
export const putPairs: Put<readonly (readonly [string, RowValue])[]> = (tape, pairs) => putList(tape, pairs, putPair);

const putSetting: Put<WireSetting> = (tape, { name, kind, initial, required, editable, depends }) => {
  putText(tape, name);
  putNum(tape, settingKinds.indexOf(kind.type) + 1);
  if ("min" in kind) tape.nums.push(kind.min, kind.max);
  else if (kind.type === "choice") putTexts(tape, kind.values);
  putRowValue(tape, initial);
  putBool(tape, required);
  putBool(tape, editable);
  putOption(tape, depends, putPair);
};

export const putConfig: Put<TransportConfig> = (tape, c) => {
  tape.strs.push(c.uid, c.displayName, c.providerDisplay, c.moduleName, c.service, c.account);
  putOption(tape, c.credential, putText);
  putOption(tape, c.addressTypes, putTexts);
  putTexts(tape, c.uids);
  putTexts(tape, c.identities);
  putBool(tape, c.anySender);
  putNum(tape, c.kind);
  putNum(tape, c.resourceFlags);
  putOption(tape, c.identity, putIdentity);
  putGuarantees(tape, c.guarantees);
  putBool(tape, c.wireFetch);
  putOption(tape, c.deadlineMs, putNum);
  putOption(tape, c.pollMs, putNum);
  putNum(tape, c.functions);
  putList(tape, c.settings, putSetting);
};

const putAddress: Put<DraftAddress> = (tape, { kind, addressType, address, name, parse, entryId }) => {
  putNum(tape, kind);
  putOption(tape, addressType, putText);
  putText(tape, address);
  putOption(tape, name, putText);
  putBool(tape, parse);
  putText(tape, entryId);
};

export const putDraft: Put<Draft> = (tape, d) => {
  putOption(tape, d.id, putText);
  putBool(tape, d.again);
  putOption(tape, d.from, putAddress);
  putList(tape, d.recipients, putAddress);
  putOption(tape, d.subject, putText);
  putOption(tape, d.head, putText);
  putNum(tape, d.size);
  putOption(tape, d.hash, putText);
  putOption(tape, d.holdUntil, putNum);
  putOption(tape, d.transport, putText);
  putOption(tape, d.conversation, putText);
  putBool(tape, d.strict);
  putOption(tape, d.messageId, putText);
};

export const putMessageVerb: Put<MessageVerb> = (tape, verb) => {
  switch (verb.type) {
    case "abort":
      putNum(tape, 1);
      return putOption(tape, verb.envelope, putNum);
    case "retry":
      return putNum(tape, 2);
    case "setHold":
      putNum(tape, 3);
      return putOption(tape, verb.until, putNum);
    case "sendFirst":
      return putNum(tape, 4);
    case "checkAgain":
      return putNum(tape, 5);
    case "resolve":
      tape.nums.push(6, verb.how);
      return putOption(tape, verb.envelope, putNum);
    case "letPass":
      return putNum(tape, 7);
    case "discard":
      return putNum(tape, 8);
  }
};

const putResult: Put<WireRecipientResult> = ({ nums, strs }, { address, status, code, text }) => {
  nums.push(recipientStatuses.indexOf(status) + 1);
  strs.push(address, code, text);
};
const putResults: Put<readonly WireRecipientResult[]> = (tape, results) => putList(tape, results, putResult);

export const putOutcome: Put<WireOutcome> = (tape, o) => {
  switch (o.type) {
    case "accepted":
      putNum(tape, 1);
      putOption(tape, o.remoteId, putText);
      return putOption(tape, o.recipients, putResults);
    case "rejected":
      tape.nums.push(2, scopes.indexOf(o.scope) + 1);
      tape.strs.push(o.code, o.text);
      putBool(tape, o.definite);
      return putOption(tape, o.recipients, putResults);
    case "deferred":
      putNum(tape, 3);
      return putOption(tape, o.entry, putText);
    case "notAttempted":
      tape.nums.push(4, notAttemptedReasons.indexOf(o.reason) + 1);
      putOption(tape, o.retryAfter, putNum);
      return putBool(tape, o.definite);
    case "unknown":
      putNum(tape, 5);
      return putText(tape, o.code);
    case "http":
      tape.nums.push(6, o.status);
      return putOption(tape, o.retryAfter, putNum);
    case "mapi":
      tape.nums.push(7, o.scode);
      return putOption(tape, o.retryAfter, putNum);
  }
};

export const putHeaders: Put<readonly WireHeader[]> = (tape, rows) =>
  putList(tape, rows, (to, { id, columns }) => {
    putText(to, id);
    putPairs(to, columns);
  });

export const putAnswer: Put<Answer> = (tape, a) => {
  switch (a.type) {
    case "done":
      return putNum(tape, 1);
    case "loggedOn":
      tape.nums.push(2, a.idle ? 1 : 0, a.poll ? 1 : 0);
      putOption(tape, a.identities, putTexts);
      putOption(tape, a.identity, putIdentity);
      return putOption(tape, a.guarantees, putGuarantees);
    case "addressTypes":
      putNum(tape, 3);
      return putOption(tape, a.types, putTexts);
    case "polled":
      putNum(tape, 4);
      return putBool(tape, a.more);
    case "message":
      putNum(tape, 5);
      putText(tape, a.id);
      putOption(tape, a.folder, putText);
      putText(tape, a.class);
      return putNum(tape, a.flags);
    case "nothing":
      return putNum(tape, 6);
    case "outcome":
      putNum(tape, 7);
      return putOutcome(tape, a.outcome);
    case "ended":
      tape.nums.push(8, a.flags);
      return;
    case "token":
      putNum(tape, 9);
      return putOption(tape, a.token, putText);
    case "probed":
      tape.nums.push(10, a.found);
      return putOption(tape, a.recipients, putResults);
    case "cancelled":
      tape.nums.push(11, a.result);
      return;
    case "threw":
      putNum(tape, 12);
      putOption(tape, a.scode, putNum);
      putText(tape, a.class);
      putBool(tape, a.network);
      return putOption(tape, a.retryAfter, putNum);
    case "garbage":
      putNum(tape, 13);
      tape.strs.push(a.expected, a.got);
      return;
    case "headers":
      putNum(tape, 14);
      putHeaders(tape, a.rows);
  }
};

export const putRowValue: Put<RowValue> = (tape, value) => {
  if (value === null) putNum(tape, 1);
  else if (typeof value === "number") tape.nums.push(2, value);
  else if (typeof value === "boolean") tape.nums.push(3, value ? 1 : 0);
  else {
    putNum(tape, 4);
    putText(tape, value);
  }
};

/** Every string of a record ends with a NUL. */
const isWhole = ({ version, nums, text }: StoredRecord): boolean =>
  Number.isSafeInteger(version) && version >= 0 && Array.isArray(nums) && nums.every((num) => typeof num === "number") &&
  typeof text === "string" && (text === "" || text.endsWith("\0"));

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const putClear = (tape: Tape, text: unknown): void => putOption(tape, typeof text === "string" && !text.includes("\0") ? text : null, putText);

/** A row that cannot be read whole goes in empty: the core sets it aside as corrupt. */
export function putRecord(tape: Tape, store: StoreName, record: StoredRecord): void {
  const whole = isWhole(record);
  putNum(tape, storeNames.indexOf(store) + 1);
  putText(tape, record.key);
  tape.nums.push(whole ? record.version : 0, isCount(record.seq) ? record.seq : 0);
  // What is known of a row the core cannot read.
  putClear(tape, record.idKey);
  putClear(tape, record.midKey);
  putOption(tape, Number.isSafeInteger(record.at) ? (record.at as number) : null, putNum);
  if (!whole) tape.nums.push(0, 0);
  else {
    const strs = record.text.split("\0");
    tape.nums.push(record.nums.length, strs.length - 1);
    for (const num of record.nums) tape.nums.push(num);
    for (let i = 0; i + 1 < strs.length; i++) putText(tape, strs[i] ?? "");
  }
}
