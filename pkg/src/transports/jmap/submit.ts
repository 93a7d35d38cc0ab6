/** Submitting a draft at most once, and telling afterwards whether it was. */
import {
  afterMark, destroyDraft, findByMessageId, look, makeDraft, markCall, MARK, readToken, reopen, revoke, unmark,
} from "./draft.js";
import { errorType, given, readAnswers, setError } from "./protocol.js";
import { wireAddress } from "./address.js";
import { httpOutcome, notCalled, refusalOutcome, waits } from "./refusal.js";
import type { Wire } from "./client.js";
import type { Desk, Token, View } from "./draft.js";
import type { Answers, Call, Json } from "./protocol.js";
import type { Outcome, ProbeResult, TransportContext, TransportMessage } from "../../types.js";

/** Other clients change the mailbox meanwhile; so often in a row they do not. */
const TRIES = 5;
const TIDY_MS = 5_000;

type Draft = Extract<Token, { readonly emailId: string }>;

/** The host's own draft, not one made here. */
const isHosts = ({ payload }: TransportMessage, emailId: string) =>
  typeof payload === "object" && payload !== null && (payload as Json)["emailId"] === emailId;

export async function prepare(desk: Desk, message: TransportMessage, ctx: TransportContext, wire: Wire = ctx): Promise<Token> {
  const old = readToken(ctx.token);
  const kept = old !== undefined && "emailId" in old ? old : undefined;
  let view = kept && (await look(desk, wire, kept.emailId));
  const made = kept && view?.standing !== "gone" ? kept : await makeDraft(desk, wire, message);
  if ("refused" in made) return made;
  const { emailId } = made;
  if (made !== kept || view === undefined) view = await look(desk, wire, emailId);
  // A message that is no draft looks sent before it is submitted, so nothing could be told afterwards.
  if (made !== kept && view.standing === "sent" && ctx.reason !== "person" && isHosts(message, emailId)) {
    return { refused: "notDraft", text: "the Email is in no Drafts mailbox; was it sent already?" };
  }
  if (ctx.reason === "person" && view.standing !== "draft") {
    await reopen(desk, wire, emailId);
    view = await look(desk, wire, emailId);
  }
  return { emailId, ...given({ original: made.original }), ...view };
}

/**
 * One request: mark the draft if nothing changed since `view`, then submit it. Copies of the request (a browser repeats a POST
 * whose connection died) find the state moved and do nothing, whatever became of the first: a submission that fails does not
 * move the submission state, so `ifInState` on it alone lets a repeat deliver again after SMTP broke.
 */
async function submitCalls(desk: Desk, message: TransportMessage, wire: Wire, emailId: string, view: View): Promise<readonly Call[]> {
  const { accountId, sent, identityFor } = await desk.account(wire);
  const rcptTo = [...new Set(message.recipients.map(({ emailAddress }) => wireAddress(emailAddress)))].map((email) => ({ email }));
  const envelope = { mailFrom: { email: wireAddress(message.from) }, rcptTo };
  const done: Json = { mailboxIds: { [sent]: true }, "keywords/$draft": null, [`keywords/${MARK}`]: null };
  return [
    markCall(accountId, emailId, view.emailState),
    ["EmailSubmission/set", {
      accountId, ifInState: view.state, ...afterMark(emailId),
      create: { s: { identityId: identityFor(message.from), emailId, envelope } },
      onSuccessUpdateEmail: { "#s": done },
    }, "submit"],
  ];
}

/** Work after the outcome is known: it may fail, and it may not hold the outcome up. */
function tidy(work: Promise<unknown>): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const enough = new Promise((done) => { timer = setTimeout(done, TIDY_MS); });
  return Promise.race([work.catch(() => undefined), enough]).finally(() => clearTimeout(timer));
}

/** The mark was set by this very request, so its answer is the answer. `undefined`: it was not submitted, but may be tried again. */
async function readSubmission(desk: Desk, message: TransportMessage, wire: Wire, draft: Draft, answers: Answers): Promise<Outcome | undefined> {
  const { emailId, original } = draft;
  const answer = answers.find("submit", "EmailSubmission/set");
  if (answer?.created?.["s"] !== undefined) {
    if (original !== undefined) await tidy(destroyDraft(desk, wire, original));
    return { type: "accepted", remoteId: emailId };
  }
  const refused = setError(answer?.notCreated?.["s"]);
  const type = answers.error("submit");
  const outcome = refused !== undefined ? refusalOutcome(refused, message.recipients.map(({ emailAddress }) => emailAddress))
    : type === "stateMismatch" ? undefined
      : (type !== undefined && notCalled(type)) || { type: "unknown" as const, code: type ?? "noAnswer" };
  // What is certain must not look begun to a later attempt.
  if (outcome?.type !== "unknown") await tidy(unmark(desk, wire, emailId));
  return outcome;
}

const standingOutcome = (standing: View["standing"]): Outcome => ({ type: "unknown", code: standing === "sent" ? "alreadySent" : standing });

async function submit(desk: Desk, message: TransportMessage, ctx: TransportContext, wire: Wire): Promise<Outcome> {
  const token = readToken(ctx.token) ?? (await prepare(desk, message, ctx, wire));
  if ("refused" in token) {
    return { type: "rejected", scope: "message", code: token.refused, ...given({ text: token.text }) };
  }
  const { emailId } = token;
  let view: View = token;
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (view.standing !== "draft") return standingOutcome(view.standing);
    const response = await desk.client.post(wire, await submitCalls(desk, message, wire, emailId, view));
    if (response.status === 400 || response.status === 413) {
      return (await probeDraft(desk, wire, emailId)).type === "absent" ? waits("config") : { type: "unknown", code: response.status };
    }
    if (!response.ok) return httpOutcome(response);
    const answers = readAnswers(await response.json());
    const marked = answers.find("mark", "Email/set")?.updated;
    if (Object.hasOwn(marked ?? {}, emailId)) {
      const outcome = await readSubmission(desk, message, wire, token, answers);
      if (outcome !== undefined) return outcome;
    }
    // Something else changed, or this answers a second copy. The mark tells which.
    view = await look(desk, wire, emailId);
  }
  return (await probeDraft(desk, wire, emailId)).type === "absent" ? waits("busy") : { type: "unknown", code: "stateMismatch" };
}

/** "absent" is said only of a draft that no earlier request can submit any more. */
async function probeDraft(desk: Desk, wire: Wire, emailId: string): Promise<ProbeResult> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { standing, emailState } = await look(desk, wire, emailId);
    if (standing === "sent") return { type: "present", remoteId: emailId };
    if (standing !== "draft") return { type: "unknown", code: standing };
    if (await revoke(desk, wire, emailId, emailState)) return { type: "absent" };
  }
  return { type: "unknown", code: "stateMismatch" };
}

export async function probe(desk: Desk, message: TransportMessage, ctx: TransportContext): Promise<ProbeResult> {
  const token = readToken(ctx.token);
  const result: ProbeResult = token !== undefined && "emailId" in token ? await probeDraft(desk, ctx, token.emailId) : { type: "unknown", code: "gone" };
  if (result.type !== "unknown" || result.code !== "gone") return result;
  const found = await findByMessageId(desk, ctx, message.messageId, "sent");
  return found === undefined ? result : { type: "present", remoteId: found };
}

/** Destroys the draft made here; a host's own draft stays, but no request sent before can submit it. */
export async function cancel(desk: Desk, message: TransportMessage, ctx: TransportContext): Promise<"cancelled" | "tooLate" | "unknown"> {
  const token = readToken(ctx.token);
  if (token === undefined || !("emailId" in token)) return "cancelled";
  const { emailId } = token;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { standing, emailState } = await look(desk, ctx, emailId);
    if (standing === "sent") return "tooLate";
    if (standing === "begun") return "unknown";
    if (standing === "gone") return tries > 0 ? "cancelled" : "unknown";
    const act = isHosts(message, emailId) ? revoke : destroyDraft;
    if (await act(desk, ctx, emailId, emailState)) return "cancelled";
  }
  return "unknown";
}

/** A failed fetch is said as an outcome, unless the core itself forbade it. */
export async function submitSafely(desk: Desk, message: TransportMessage, ctx: TransportContext): Promise<Outcome> {
  let wired = false;
  const watched: typeof fetch = (input, init) => {
    wired ||= init?.method === "POST";
    return ctx.fetch(input, init);
  };
  try {
    return await submit(desk, message, ctx, { fetch: watched, signal: ctx.signal });
  } catch (error) {
    if (!wired || !ctx.mayStillSend()) throw error;
    const code = errorType(error) ?? (error instanceof TypeError ? "network" : "noAnswer");
    ctx.log("warn", code);
    return { type: "unknown", code };
  }
}
