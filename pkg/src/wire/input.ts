/** Everything that can happen to a session: the twin of `Input` in src/session/io.rs. One function per variant writes it. */
import type { StoredRecord, StoreName, StoreSnapshot } from "../store/store.js";
import { putBool, putList, putNum, putOption, putText, type Tape } from "./tape.js";
import { verbTag, type Answer, type CallId, type Draft, type MessageVerb, type RowValue, type TransportConfig, type Verb, type WireHeader } from "./shapes.js";
import { putAnswer, putCall, putConfig, putDraft, putHeaders, putMessageVerb, putPairs, putRecord, putTexts } from "./values.js";

export const input = {
  addTransport: (tape: Tape, config: TransportConfig): void => {
    putNum(tape, 1);
    putConfig(tape, config);
  },
  removeTransport: (tape: Tape, req: number, uid: string): void => {
    tape.nums.push(2, req);
    putText(tape, uid);
  },
  setTransportOrder: (tape: Tape, req: number, uids: readonly string[], now: boolean): void => {
    tape.nums.push(3, req);
    putTexts(tape, uids);
    putBool(tape, now);
  },
  submit: (tape: Tape, req: number, draft: Draft): void => {
    tape.nums.push(4, req);
    putDraft(tape, draft);
  },
  act: (tape: Tape, req: number, id: string, verb: MessageVerb): void => {
    tape.nums.push(5, req);
    putText(tape, id);
    putMessageVerb(tape, verb);
  },
  watch: (tape: Tape, req: number, id: string): void => {
    tape.nums.push(6, req);
    putText(tape, id);
  },
  forget: (tape: Tape, req: number): void => {
    tape.nums.push(7, req);
  },
  flush: (tape: Tape, req: number, entry: string, flags: number, target: string | null): void => {
    tape.nums.push(8, req);
    putText(tape, entry);
    putNum(tape, flags);
    putOption(tape, target, putText);
  },
  validate: (tape: Tape, req: number, entry: string, flags: number): void => {
    tape.nums.push(9, req);
    putText(tape, entry);
    putNum(tape, flags);
  },
  dialog: (tape: Tape, req: number, entry: string, verb: Verb, readOnly: boolean): void => {
    tape.nums.push(10, req);
    putText(tape, entry);
    tape.nums.push(verbTag(verb), readOnly ? 1 : 0);
  },
  committed: (tape: Tape, op: number, seqs: readonly number[]): void => {
    tape.nums.push(11, op);
    putList(tape, seqs, putNum);
  },
  refused: (tape: Tape, op: number, fenced: boolean, at: number, current: { readonly store: StoreName; readonly record: StoredRecord } | null): void => {
    tape.nums.push(12, op, fenced ? 1 : 0, at);
    putOption(tape, current, (to, { store, record }) => putRecord(to, store, record));
  },
  failed: (tape: Tape, op: number, inDoubt: boolean, full: boolean): void => {
    tape.nums.push(13, op, inDoubt ? 1 : 0, full ? 1 : 0);
  },
  /** `keys`: what was asked for; `null`: everything. */
  reread: (tape: Tape, op: number, snapshot: StoreSnapshot, keys: readonly string[] | null): void => {
    tape.nums.push(14, op);
    const stores = ["meta", "messages", "evidence", "tombstones", "config", "commands"] as const;
    putNum(tape, stores.reduce((sum, store) => sum + snapshot[store].length, 0));
    for (const store of stores) for (const record of snapshot[store]) putRecord(tape, store, record);
    const there = new Set([...snapshot.messages, ...snapshot.tombstones].map(({ key }) => key));
    putTexts(tape, keys === null ? [] : keys.filter((key) => !there.has(key)));
  },
  look: (tape: Tape, keys: readonly string[] | null): void => {
    putNum(tape, 15);
    putOption(tape, keys, putTexts);
  },
  granted: (tape: Tape, driver: string, sole: boolean): void => {
    putNum(tape, 16);
    putText(tape, driver);
    putBool(tape, sole);
  },
  lost: (tape: Tape): void => {
    putNum(tape, 17);
  },
  ownerSilent: (tape: Tape, since: number | null): void => {
    putNum(tape, 18);
    putOption(tape, since, putNum);
  },
  replica: (tape: Tape, epoch: number, version: number, rows: readonly WireHeader[]): void => {
    tape.nums.push(28, epoch, version);
    putHeaders(tape, rows);
  },
  answer: (tape: Tape, call: CallId, answer: Answer, wire: boolean, network: boolean): void => {
    putNum(tape, 19);
    putCall(tape, call);
    putAnswer(tape, answer);
    tape.nums.push(wire ? 1 : 0, network ? 1 : 0);
  },
  notify: (tape: Tape, transport: string, flags: number, entry: string | null): void => {
    putNum(tape, 20);
    putText(tape, transport);
    putNum(tape, flags);
    putOption(tape, entry, putText);
  },
  modifyRow: (tape: Tape, transport: string, columns: readonly (readonly [string, RowValue])[], update: boolean): void => {
    putNum(tape, 21);
    putText(tape, transport);
    putPairs(tape, columns);
    putBool(tape, update);
  },
  progress: (tape: Tape, call: CallId, done: number, total: number): void => {
    putNum(tape, 22);
    putCall(tape, call);
    tape.nums.push(done, total);
  },
  preprocess: (tape: Tape, on: boolean): void => {
    tape.nums.push(27, on ? 1 : 0);
  },
  online: (tape: Tape, online: boolean): void => {
    tape.nums.push(23, online ? 1 : 0);
  },
  tick: (tape: Tape): void => {
    putNum(tape, 24);
  },
  close: (tape: Tape, req: number): void => {
    tape.nums.push(25, req);
  },
  configure: (tape: Tape, req: number, uid: string, values: readonly (readonly [string, RowValue])[]): void => {
    tape.nums.push(26, req);
    putText(tape, uid);
    putPairs(tape, values);
  },
} as const;
