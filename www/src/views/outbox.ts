/** The outbox: what needs a decision first, then what is on its way, then what was settled while the page was open. */
import type { AllowedAction, Explanation, OutboxState, Row } from "mailspooler";
import type { Recomposed } from "./compose.js";
import type { Account } from "../accounts.js";
import { announce, h, keyed, text, toast } from "../dom.js";
import type { Item } from "../dom.js";
import { draftOf } from "../mime.js";
import type { Draft } from "../mime.js";
import { actionWords, actorWords, envelopeSentence, errorSentence, fromNow, recipientSentence, sentence, stateTone, stateWords, when } from "../words.js";

export type Recompose = (draft: Draft, from: Recomposed) => void;

/** Beside the library's own: what to do with content that is still there. */
type Action = AllowedAction | "edit";

const PAGE = 50;
const DOUBT: ReadonlySet<OutboxState> = new Set(["checking", "unconfirmed"]);
const EDITABLE: ReadonlySet<OutboxState> = new Set(["rejected", "cancelled", "draft"]);
const TOLD = "Its recipients may already have it.";

const word = (row: Row, column: string): string => (typeof row[column] === "string" ? row[column] : "");
const idOf = (row: Row): string => word(row, "id");
const stateOf = (row: Row): OutboxState => word(row, "outboxState") as OutboxState;

/** What each action of an explanation does; what has no place in this page is left out. */
function verbs(account: Account, id: string, recompose: Recompose): Partial<Record<Action, () => Promise<unknown>>> {
  const { session } = account;
  const reopen = async (note?: string): Promise<void> => {
    const stored = await session.getMessage(id);
    const bcc = stored.recipients.filter((each) => each.type === "bcc").map((each) => each.emailAddress);
    if (stored.content) recompose(await draftOf(stored.content, bcc), { replaces: id, ...(note === undefined ? {} : { note }) });
  };
  return {
    abortSubmit: async () => {
      const { result } = await session.abortSubmit(id);
      if (result === "cancelled") return reopen();
      toast(result === "tooLate" ? "Too late: it has been sent." : "It may already have been sent, so it was not taken back.");
    },
    retry: () => session.retry(id),
    setHold: () => session.setHold(id, null),
    sendFirst: () => session.sendFirst(id),
    checkAgain: () => session.checkAgain(id),
    markSent: () => session.resolveDoubt(id, "sent"),
    sendAgain: () => session.resolveDoubt(id, "sendAgain"),
    takeBack: async () => {
      await session.resolveDoubt(id, "draft");
      await reopen(TOLD);
    },
    edit: () => reopen(),
    letPass: () => session.letPass(id),
    discard: () => session.discard(id),
    takeOver: () => session.takeOver(),
  };
}

function item(account: Account, row: Row, recompose: Recompose): Item<Row> {
  const id = idOf(row);
  const can = verbs(account, id, recompose);
  const title = h("h3", { tabindex: -1 });
  const chip = h("span", { class: "chip" });
  const to = h("p", { class: "quiet" });
  const because = h("p");
  const next = h("p", { class: "quiet" });
  const details = h("ul", {});
  const more = h("details", { ontoggle: () => void open() }, h("summary", {}, "Details"), details);
  const buttons = h("div", { class: "actions" });
  const node = h("li", { class: "mail", "data-id": id }, h("div", { class: "head" }, title, chip), to, because, next, buttons, more);
  let said = "";
  let offered = "";
  let latest = row;

  const nameOf = (uid: string): string => account.offices.find((office) => office.uid === uid)?.name ?? uid;

  async function act(action: Action, button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    try {
      await can[action]?.();
    } catch (error) {
      toast(errorSentence(error));
    } finally {
      button.disabled = false;
    }
  }

  async function open(): Promise<void> {
    if (!more.open) return;
    const [stored, why] = [await account.session.getMessage(id), account.session.why(id)];
    details.replaceChildren(
      ...stored.recipients.map((each) => h("li", {}, recipientSentence(each))),
      ...why.envelopes.map((each) => h("li", {}, envelopeSentence(each, nameOf))));
  }

  function showActions(why: Explanation, state: OutboxState): void {
    // "Send now" means something only for what is held back.
    const own = why.actions.filter((action) => can[action] !== undefined && (action !== "setHold" || state === "held"));
    const actions: readonly Action[] = EDITABLE.has(state) ? ["edit", ...own] : own;
    if (actions.join(" ") === offered) return;
    offered = actions.join(" ");
    const had = buttons.contains(document.activeElement);
    buttons.replaceChildren(...actions.map((action) => {
      const button: HTMLButtonElement = h("button", { type: "button", "data-action": action, onclick: () => act(action, button) }, actionWords[action]);
      return button;
    }));
    if (had) (buttons.querySelector("button") ?? title).focus();
  }

  return {
    node,
    update(value) {
      if (value !== latest && more.open) void open();
      latest = value;
      const state = stateOf(value);
      const why = account.session.why(id);
      const subject = word(value, "subject") || "(no subject)";
      text(title, subject);
      text(chip, stateWords[state] ?? state);
      chip.dataset["tone"] = stateTone[state] ?? "calm";
      const time = typeof value["clientSubmitTime"] === "number" ? when(value["clientSubmitTime"]) : "";
      text(to, [word(value, "displayTo"), word(value, "displayCc"), word(value, "displayBcc")].filter(Boolean).join(", ") + (time ? `, ${time}` : ""));
      const words = sentence(why);
      text(because, [words, actorWords(why)].filter(Boolean).join(" "));
      text(next, why.nextAt === null ? "" : `Next step ${fromNow(why.nextAt, Date.now())}.`);
      showActions(why, state);
      const now = `${state} ${why.code}`;
      if (said !== "" && said !== now && why.announce !== "off") announce(`${subject}: ${words}`, why.announce);
      said = now;
    },
  };
}

interface Settled { readonly id: string; readonly words: string }

export interface Outbox {
  readonly section: HTMLElement;
  /** How many wait, and how many need a person: for the navigation. */
  readonly counts: () => { readonly all: number; readonly doubtful: number };
  readonly onCounts: (listener: () => void) => void;
}

export function outbox(account: Account, recompose: Recompose): Outbox {
  const queue = account.session.getOutgoingQueue();
  let view = queue.window({ offset: 0, count: PAGE });
  let unwatch = view.onChange(render);
  const listeners = new Set<() => void>();

  const doubtful = h("ul", { class: "mails" });
  const waiting = h("ul", { class: "mails" });
  const settled = h("ul", { class: "plain" });
  const more = h("button", { type: "button", onclick: () => widen() }, "Show more");
  const asked = h("h2", { tabindex: -1 });
  const doubtPart = h("div", { class: "part doubt" }, asked,
    h("p", {}, "It is not known whether these messages were sent. They are never sent twice without your word."), doubtful);
  const empty = h("p", { class: "quiet" }, "Nothing waits to be sent.");
  const settledPart = h("div", { class: "part", hidden: true }, h("h2", {}, "Sent since this page was opened"), settled);
  const section = h("section", { "aria-label": "Outbox" }, doubtPart, h("div", { class: "part" }, h("h2", { tabindex: -1 }, "Outbox"), empty, waiting, more), settledPart);

  const make = (row: Row): Item<Row> => item(account, row, recompose);
  const showDoubtful = keyed(doubtful, idOf, make);
  const showWaiting = keyed(waiting, idOf, make);
  const log: Settled[] = [];
  const showSettled = keyed(settled, (entry: Settled) => entry.id, () => {
    const node = h("li");
    return { node, update: (entry) => text(node, entry.words) };
  });

  function widen(): void {
    unwatch();
    const count = view.count + PAGE;
    view.close();
    view = queue.window({ offset: 0, count });
    unwatch = view.onChange(render);
    render();
  }

  const followed = new Set<string>();
  function follow(row: Row): void {
    const id = idOf(row);
    if (followed.has(id)) return;
    followed.add(id);
    const subject = word(row, "subject") || "(no subject)";
    account.session.settled(id).then((report) => {
      followed.delete(id);
      if (report.state !== "sent" && report.state !== "filed") return;
      log.unshift({ id: report.uid, words: `${subject}, ${report.recipients.map((each) => each.emailAddress).join(", ")}, ${when(Date.now())}` });
      log.length = Math.min(log.length, PAGE);
      settledPart.hidden = false;
      showSettled(log);
      announce(`Sent: ${subject}`);
    }, () => followed.delete(id));
  }

  function render(): void {
    const rows = view.getSnapshot();
    const inDoubt = rows.filter((row) => DOUBT.has(stateOf(row)));
    const others = rows.filter((row) => !DOUBT.has(stateOf(row)));
    for (const row of rows) follow(row);
    doubtPart.hidden = inDoubt.length === 0;
    text(asked, inDoubt.some((row) => stateOf(row) === "unconfirmed") ? "Not confirmed: please decide" : "Not confirmed yet");
    showDoubtful(inDoubt);
    showWaiting(others);
    empty.hidden = others.length > 0;
    more.hidden = queue.getRowCount() <= rows.length;
    for (const listener of listeners) listener();
  }

  render();
  // "in 40 seconds" grows old without any change of the row.
  setInterval(() => { if (section.isConnected) render(); }, 5000);

  return {
    section,
    counts: () => ({ all: queue.getRowCount(), doubtful: view.getSnapshot().filter((row) => DOUBT.has(stateOf(row))).length }),
    onCounts: (listener) => void listeners.add(listener),
  };
}
