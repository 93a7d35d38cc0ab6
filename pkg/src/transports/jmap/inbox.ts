/** New mail: what Email/changes names since a state that moves on only when everything before it was delivered. */
import { jmapError } from "./protocol.js";
import type { Account } from "./account.js";
import type { Desk } from "./draft.js";
import type { Wire } from "./client.js";
import type { EmailPart } from "./protocol.js";
import type { CallContext, InboundMessage, Maybe } from "../../types.js";

/** Where the host keeps how far delivery has come; without one, new mail counts from each logon. */
export interface Cursor {
  get(): Maybe<string | undefined | null>;
  set(value: string): Maybe<void>;
}

export interface Inbox {
  /** Whether there is something to hand over. */
  poll(wire: CallContext): Promise<boolean>;
  next(wire: CallContext): Promise<InboundMessage | undefined>;
  acknowledge(id: string): Promise<void>;
}

const AT_ONCE = 100;
/** A server that cannot say what changed is asked for the newest instead. */
const NEWEST = 500;
/** Cyrus calls a state that it never gave out an invalid argument. */
const FORGOTTEN = new Set(["cannotCalculateChanges", "invalidArguments"]);
const PROPERTIES = ["blobId", "mailboxIds", "keywords", "receivedAt"];

export function jmapInbox(desk: Desk, kept: Cursor | undefined): Inbox {
  let state: string | undefined;
  /** Reached once everything handed out is acknowledged. */
  let reached: string | undefined;
  let waiting: EmailPart[] = [];
  const out = new Map<string, { readonly email: EmailPart; polls: number }>();

  const save = async (to: string) => {
    state = to;
    await kept?.set(to);
  };
  const settle = async () => {
    if (waiting.length > 0 || out.size > 0 || reached === undefined) return;
    const to = reached;
    reached = undefined;
    await save(to);
  };

  async function currentState(wire: Wire): Promise<string> {
    const { accountId } = await desk.account(wire);
    const answers = await desk.client.call(wire, [["Email/get", { accountId, ids: [] }, "now"]]);
    return answers.get("now", "Email/get").state;
  }

  /** All that came since a state the server has forgotten cannot be known: the inbox's newest, by date, are offered again. */
  async function resync(wire: CallContext, { accountId, inbox }: Account): Promise<void> {
    wire.log("warn", "cannotCalculateChanges");
    const now = await currentState(wire);
    const answers = await desk.client.call(wire, [
      ["Email/query", { accountId, filter: { inMailbox: inbox }, sort: [{ property: "receivedAt", isAscending: false }], limit: NEWEST }, "query"],
      ["Email/get", { accountId, "#ids": { resultOf: "query", name: "Email/query", path: "/ids" }, properties: PROPERTIES }, "new"],
    ]);
    take(answers.get("new", "Email/get").list, now, inbox);
  }

  function take(list: readonly EmailPart[], newState: string, inbox: string | undefined): void {
    const fresh = list.filter((email) => inbox !== undefined && email.mailboxIds[inbox] === true && email.keywords["$draft"] !== true);
    waiting = [...fresh].sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : a.receivedAt > b.receivedAt ? 1 : 0));
    reached = newState;
  }

  async function ask(wire: CallContext): Promise<void> {
    const account = await desk.account(wire);
    const { accountId, inbox } = account;
    if (inbox === undefined) throw jmapError("MAPI_E_UNCONFIGURED", "a mailbox with the role inbox", "none");
    state ??= (await kept?.get()) ?? undefined;
    if (state === undefined) return save(await currentState(wire));
    for (let more = true; more && waiting.length === 0;) {
      const answers = await desk.client.call(wire, [
        ["Email/changes", { accountId, sinceState: state, maxChanges: AT_ONCE }, "changes"],
        ["Email/get", { accountId, "#ids": { resultOf: "changes", name: "Email/changes", path: "/created" }, properties: PROPERTIES }, "new"],
      ]);
      if (FORGOTTEN.has(answers.error("changes") ?? "")) return resync(wire, account);
      const changes = answers.get("changes", "Email/changes");
      take(answers.get("new", "Email/get").list, changes.newState, inbox);
      more = changes.hasMoreChanges;
      await settle();
    }
  }

  return {
    async poll(wire) {
      // What was handed over two polls ago and never acknowledged was not delivered: offered again.
      const lost = [...out.values()].filter((item) => (item.polls += 1) > 1);
      for (const { email } of lost) {
        out.delete(email.id);
        waiting.push(email);
      }
      if (waiting.length === 0 && out.size === 0) await ask(wire);
      return waiting.length > 0;
    },
    async next(wire) {
      if (waiting.length === 0 && out.size === 0) await ask(wire);
      for (let email = waiting[0]; email !== undefined; email = waiting[0]) {
        const content = await desk.client.download(wire, email.blobId);
        waiting.shift();
        if (content === undefined) continue;
        out.set(email.id, { email, polls: 0 });
        const { id, mailboxIds, keywords, receivedAt } = email;
        return { id, content, payload: { emailId: id, mailboxIds, keywords, receivedAt }, folder: "inbox", messageClass: "IPM.Note" };
      }
      await settle();
      return undefined;
    },
    async acknowledge(id) {
      out.delete(id);
      await settle();
    },
  };
}
