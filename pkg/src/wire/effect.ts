/** Everything a session can ask for: the twin of `Effect` in src/session/io.rs. */
import { scodeOf } from "../error.js";
import type { Commit } from "../store/store.js";
import { takeRecipient, takeReport } from "../report.js";
import type { Report } from "../types/message.js";
import { takeOps } from "./ops.js";
import { reasons, verbs, type CallId, type Job, type RowValue, type Verb } from "./shapes.js";
import { takeNum, takeText, unknownTag, type Reader, type Take } from "./tape.js";

export type Reply =
  | { readonly type: "unit" }
  | { readonly type: "accepted"; readonly id: string; readonly uid: string; readonly messageId: string }
  | { readonly type: "settled"; readonly report: Report }
  /** 0 cancelled, 1 too late, 2 unknown. */
  | { readonly type: "aborted"; readonly result: number; readonly uid: string };

export interface CallEffect {
  readonly type: "call";
  readonly call: CallId;
  readonly transport: string;
  readonly verb: Verb;
  readonly deadline: number | null;
  readonly flags: number;
  readonly entry: string | null;
  readonly of: CallId | null;
  readonly req: number | null;
  readonly job: Job | null;
}

export type Effect =
  | { readonly type: "resolve"; readonly req: number; readonly reply: Reply }
  | { readonly type: "reject"; readonly req: number; readonly code: ReturnType<typeof scodeOf>; readonly expected: string; readonly got: string; readonly id: string | null; readonly state: string | null }
  | { readonly type: "read"; readonly op: number; readonly keys: readonly string[] | null }
  | CallEffect
  | { readonly type: "abortCall"; readonly call: CallId }
  | { readonly type: "newMail"; readonly transport: string; readonly id: string; readonly folder: string | null; readonly class: string; readonly flags: number }
  | { readonly type: "lateEvidence"; readonly id: string; readonly uid: string }
  | { readonly type: "canary"; readonly messages: number; readonly epoch: number }
  | { readonly type: "flushProgress"; readonly req: number; readonly phase: number; readonly messages: number; readonly totalMessages: number; readonly bytes: number; readonly totalBytes: number }
  | { readonly type: "lock"; readonly want: boolean }
  | { readonly type: "log"; readonly level: number; readonly code: string; readonly transport: string | null }
  | { readonly type: "views"; readonly ids: readonly number[] }
  | { readonly type: "closed" }
  | { readonly type: "configured"; readonly transport: string; readonly n: number; readonly values: readonly (readonly [string, RowValue])[] };

export interface PutBodyEffect {
  readonly op: number;
  readonly req: number;
  readonly uid: string;
  readonly head: string | null;
}

/** What one turn leads to. Its commits are one transaction, and so are its bodies. */
export interface Turn {
  readonly bodies: PutBodyEffect[];
  /** Of `commits`. */
  readonly ops: number[];
  readonly commits: Commit[];
  /** One of them may use it. */
  ballast: boolean;
  readonly effects: Effect[];
}

export const newTurn = (): Turn => ({ bodies: [], ops: [], commits: [], ballast: false, effects: [] });

const takeCallId: Take<CallId> = (from) => ({ epoch: from.num(), generation: from.num(), counter: from.num() });
const takeTexts: Take<string[]> = (from) => from.list(takeText);

function takeVerb(from: Reader): Verb {
  const tag = from.num();
  return verbs[tag - 1] ?? unknownTag("a verb", tag);
}

function takeReason(from: Reader): Job["reason"] {
  const tag = from.num();
  return reasons[tag - 1] ?? unknownTag("a reason", tag);
}

function takeValue(from: Reader): RowValue {
  switch (from.num()) {
    case 2:
      return from.num();
    case 3:
      return from.bool();
    case 4:
      return from.text();
    default:
      return null;
  }
}
export const takePairs: Take<[string, RowValue][]> = (from) => from.list((item) => [item.text(), takeValue(item)]);

const takeJob: Take<Job> = (from) => ({
  uid: from.text(),
  envelope: from.num(),
  key: from.text(),
  attempt: from.num(),
  reason: takeReason(from),
  token: from.option(takeText),
  deferred: from.option(takeText),
  configuration: from.num(),
  messageId: from.text(),
  from: from.text(),
  subject: from.text(),
  size: from.num(),
  recipients: from.list(takeRecipient),
});

function takeReply(from: Reader): Reply {
  const tag = from.num();
  switch (tag) {
    case 1:
      return { type: "unit" };
    case 2:
      return { type: "accepted", id: from.text(), uid: from.text(), messageId: from.text() };
    case 3:
      return { type: "settled", report: takeReport(from) };
    case 4:
      return { type: "aborted", result: from.num(), uid: from.text() };
    default:
      return unknownTag("a reply", tag);
  }
}

/** Fields are read in the order they are written down: an object literal evaluates from left to right. */
export function takeEffect(from: Reader, turn: Turn): void {
  const tag = from.num();
  if (tag === 3) {
    turn.ops.push(from.num());
    if (from.bool()) turn.ballast = true;
    turn.commits.push(takeOps(from));
  } else if (tag === 4) turn.bodies.push({ op: from.num(), req: from.num(), uid: from.text(), head: from.option(takeText) });
  else turn.effects.push(takeSingle(from, tag));
}

function takeSingle(from: Reader, tag: number): Effect {
  switch (tag) {
    case 1:
      return { type: "resolve", req: from.num(), reply: takeReply(from) };
    case 2:
      return {
        type: "reject", req: from.num(), code: scodeOf(from.num()), expected: from.text(), got: from.text(),
        id: from.option(takeText), state: from.option(takeText),
      };
    case 5:
      return { type: "read", op: from.num(), keys: from.option(takeTexts) };
    case 6:
      return {
        type: "call", call: takeCallId(from), transport: from.text(), verb: takeVerb(from), deadline: from.option(takeNum),
        flags: from.num(), entry: from.option(takeText), of: from.option(takeCallId), req: from.option(takeNum),
        job: from.option(takeJob),
      };
    case 7:
      return { type: "abortCall", call: takeCallId(from) };
    case 8:
      return {
        type: "newMail", transport: from.text(), id: from.text(), folder: from.option(takeText), class: from.text(), flags: from.num(),
      };
    case 9:
      return { type: "lateEvidence", id: from.text(), uid: from.text() };
    case 11:
      return { type: "canary", messages: from.num(), epoch: from.num() };
    case 12:
      return {
        type: "flushProgress", req: from.num(), phase: from.num(), messages: from.num(), totalMessages: from.num(),
        bytes: from.num(), totalBytes: from.num(),
      };
    case 13:
      return { type: "lock", want: from.bool() };
    case 14:
      return { type: "log", level: from.num(), code: from.text(), transport: from.option(takeText) };
    case 15:
      return { type: "views", ids: from.list(takeNum) };
    case 16:
      return { type: "closed" };
    case 17:
      return { type: "configured", transport: from.text(), n: from.num(), values: takePairs(from) };
    default:
      return unknownTag("an effect", tag);
  }
}
