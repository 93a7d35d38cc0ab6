/** The inbox: what `deliver` kept, and one letter at a time beside it. */
import type { Account } from "../accounts.js";
import { announce, h, keyed, text } from "../dom.js";
import type { Item } from "../dom.js";
import { letters, markSeen, onInbox } from "../inbox.js";
import type { Letter } from "../inbox.js";
import { filesOf, nameOf, read } from "../mime.js";
import { size, when } from "../words.js";

interface Summary { readonly letter: Letter; readonly subject: string; readonly from: string }

export interface Inbox {
  readonly section: HTMLElement;
  readonly unread: () => number;
  readonly onUnread: (listener: () => void) => void;
}

const HEADERS = 64 * 1024;

export function inbox(account: Account): Inbox {
  const summaries = new Map<string, Summary>();
  const listeners = new Set<() => void>();
  let current: readonly Letter[] = [];
  let shown: string | undefined;

  const list = h("ul", { class: "letters" });
  const empty = h("p", { class: "quiet" }, "No mail yet.");
  const reader = h("article", { class: "reader", tabindex: -1, hidden: true });
  const section = h("section", { "aria-label": "Inbox", class: "inbox" }, h("div", { class: "part" }, h("h2", { tabindex: -1 }, "Inbox"), empty, list), reader);
  const urls: string[] = [];

  async function open(letter: Letter): Promise<void> {
    const email = await read(letter.content);
    for (const url of urls.splice(0)) URL.revokeObjectURL(url);
    const files = filesOf(email).map((file) => {
      const url = URL.createObjectURL(new Blob([file.bytes], { type: "application/octet-stream" }));
      urls.push(url);
      return h("li", {}, h("a", { href: url, download: file.name }, file.name), ` (${size(file.bytes.length)})`);
    });
    const people = [...(email.to ?? []), ...(email.cc ?? [])].map(nameOf).join(", ");
    reader.replaceChildren(
      h("h2", {}, email.subject || "(no subject)"),
      h("p", { class: "quiet" }, `From ${nameOf(email.from)} to ${people || "undisclosed recipients"}, ${when(letter.received)}`),
      h("pre", {}, email.text ?? (email.html ? "This message has no plain text." : "")),
      h("ul", { class: "files" }, ...files),
      h("button", { type: "button", onclick: () => close() }, "Close"));
    reader.hidden = false;
    shown = letter.id;
    section.classList.add("reading");
    reader.focus();
    if (!letter.seen) await markSeen(letter);
    else render();
  }

  function close(): void {
    reader.hidden = true;
    section.classList.remove("reading");
    list.querySelector<HTMLElement>(`[data-id="${CSS.escape(shown ?? "")}"] button`)?.focus();
    shown = undefined;
    render();
  }

  function make(summary: Summary): Item<Summary> {
    let latest = summary;
    const from = h("span", { class: "from" });
    const subject = h("span", { class: "subject" });
    const time = h("span", { class: "quiet" });
    const button = h("button", { type: "button", class: "letter", onclick: () => open(latest.letter) }, from, subject, time);
    return {
      node: h("li", { "data-id": summary.letter.id }, button),
      update(value) {
        latest = value;
        text(from, value.from);
        text(subject, value.subject);
        text(time, when(value.letter.received));
        button.classList.toggle("unread", !value.letter.seen);
        button.setAttribute("aria-current", String(value.letter.id === shown));
        button.setAttribute("aria-label", `${value.letter.seen ? "" : "Unread. "}${value.from}: ${value.subject}`);
      },
    };
  }
  const show = keyed(list, (summary: Summary) => summary.letter.id, make);

  function render(): void {
    show(current.flatMap((letter) => {
      const summary = summaries.get(letter.id);
      return summary ? [{ ...summary, letter }] : [];
    }));
    empty.hidden = current.length > 0;
    for (const listener of listeners) listener();
  }

  let turn = Promise.resolve();
  let first = true;
  async function refresh(): Promise<void> {
    const all = await letters(account.address);
    const fresh = all.filter((letter) => !summaries.has(letter.id));
    for (const letter of fresh) {
      // The block of headers is enough for the list.
      const email = await read(letter.content.slice(0, HEADERS));
      summaries.set(letter.id, { letter, subject: email.subject || "(no subject)", from: nameOf(email.from) });
    }
    current = all;
    if (!first && fresh.length > 0) announce(fresh.length === 1 ? `New mail for ${account.name}` : `${fresh.length} new messages for ${account.name}`);
    first = false;
    render();
  }
  const soon = (): void => { turn = turn.then(refresh).catch((error: unknown) => reportError(error)); };
  onInbox(soon);
  soon();

  return { section, unread: () => current.filter((letter) => !letter.seen).length, onUnread: (listener) => void listeners.add(listener) };
}
