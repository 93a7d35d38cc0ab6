/** The page: navigation, the button that sends and receives, and one view at a time. */
import { defineElements } from "mailspooler/elements";
import { openAll } from "./accounts.js";
import type { Account, Setting } from "./accounts.js";
import { h, liveRegions, text, toast } from "./dom.js";
import { composer } from "./views/compose.js";
import { inbox } from "./views/inbox.js";
import { outbox } from "./views/outbox.js";
import { server } from "./views/server.js";
import { isSpooler, transports } from "./views/transports.js";
import { errorSentence, phaseWords } from "./words.js";

const VIEWS = ["inbox", "outbox", "server", "transports"] as const;
type View = (typeof VIEWS)[number];
const viewNames: Readonly<Record<View, string>> = { inbox: "Inbox", outbox: "Outbox", server: "Server", transports: "Transports" };

const dialog = composer();
const main = h("main", { id: "main", tabindex: -1 }, h("p", { class: "quiet" }, "Opening the mail"));
const people = h("div", { class: "people" });
const progress = h("progress", { hidden: true, "aria-label": "Progress" });
const phase = h("p", { class: "quiet phase" });
// Not before there is mail.
const flush = h("button", { type: "button", disabled: true }, "Send and receive");
const write = h("button", { type: "button", class: "main", disabled: true }, "New message");
const header = h("header", {}, h("h1", {}, "mailspooler"), h("div", { class: "actions" }, write, flush), h("div", { class: "progress" }, progress, phase), people);

interface Place { readonly account: Account; readonly show: (view: View) => HTMLElement; readonly mark: (view: View | undefined) => void }

function place(account: Account, setting: Setting): Place {
  const remote = server(account);
  const received = inbox(account);
  const sections = {
    inbox: received,
    outbox: outbox(account, (draft, more) => dialog.open(account, draft, more)),
    transports: transports(account, setting.failures),
    // Without headers there is nothing to see but what came.
    server: remote === undefined ? received : { section: remote },
  };
  const links = new Map(VIEWS.filter((view) => view !== "server" || remote !== undefined).map((view) => [view, h("a", { href: `#/${account.address}/${view}`, "data-view": view })]));
  const state = h("span", { class: "chip" });
  const nav = h("nav", { "aria-label": account.name },
    h("h2", {}, h("a", { href: `#/${account.address}/inbox` }, account.name), " ", state),
    h("p", { class: "quiet" }, account.address),
    h("ul", {}, ...[...links.values()].map((link) => h("li", {}, link))));
  people.append(nav);

  const count = (view: View): string => {
    if (view === "inbox") return sections.inbox.unread() === 0 ? "" : ` (${sections.inbox.unread()} new)`;
    const { all, doubtful } = sections.outbox.counts();
    if (view !== "outbox" || all === 0) return "";
    return doubtful === 0 ? ` (${all})` : ` (${all}, ${doubtful} in doubt)`;
  };
  const refresh = (): void => {
    for (const [view, link] of links) text(link, `${viewNames[view]}${count(view)}`);
    const { words, tone } = sections.transports.words();
    text(state, words);
    state.dataset["tone"] = tone;
  };
  sections.inbox.onUnread(refresh);
  sections.outbox.onCounts(refresh);
  sections.transports.onChange(refresh);
  refresh();

  return {
    account,
    show: (view) => sections[view].section,
    mark: (view) => {
      nav.classList.toggle("here", view !== undefined);
      for (const [name, link] of links) {
        if (name === view) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
    },
  };
}

async function sendAndReceive(account: Account): Promise<void> {
  const table = account.session.getStatusTable();
  const spooler = table.getSnapshot().find(isSpooler);
  table.close();
  if (!spooler || typeof spooler["entryId"] !== "string") return;
  const stop = new AbortController();
  const cancel = (): void => stop.abort();
  flush.textContent = "Stop";
  flush.addEventListener("click", cancel, { once: true });
  progress.hidden = false;
  progress.removeAttribute("value");
  try {
    await account.session.openEntry(spooler["entryId"]).flushQueues({
      upload: true, download: true, force: true, signal: stop.signal,
      onProgress: ({ phase: name, messages, totalMessages }) => {
        progress.max = Math.max(1, totalMessages);
        progress.value = messages;
        text(phase, totalMessages === 0 ? (phaseWords[name] ?? name) : `${phaseWords[name] ?? name}, ${messages} of ${totalMessages}`);
      },
    });
    text(phase, "Done");
  } catch (error) {
    text(phase, stop.signal.aborted ? "Stopped" : "");
    if (!stop.signal.aborted) toast(errorSentence(error));
  } finally {
    flush.removeEventListener("click", cancel);
    flush.textContent = "Send and receive";
    progress.hidden = true;
  }
}

async function start(): Promise<void> {
  document.body.append(h("a", { href: "#main", class: "skip", onclick: (event) => { event.preventDefault(); main.focus(); } }, "Skip to the mail"),
    header, main, dialog.dialog, h("section", { class: "toasts", "aria-label": "Notices" }), ...liveRegions);
  defineElements();
  const setting = (await (await fetch("demo.json")).json()) as Setting;
  const places = (await openAll(setting)).map((account) => place(account, setting));
  const [home] = places;
  if (!home) throw new Error("demo.json names no account");
  let here = home;
  let flushing = false;

  const route = (moved: boolean): void => {
    const [, address = "", name = ""] = location.hash.split("/");
    here = places.find((each) => each.account.address === decodeURIComponent(address)) ?? home;
    const view = VIEWS.find((each) => each === name) ?? "inbox";
    const section = here.show(view);
    main.replaceChildren(section);
    for (const each of places) each.mark(each === here ? view : undefined);
    document.title = `${viewNames[view]}, ${here.account.name} - mailspooler demo`;
    if (moved) section.querySelector<HTMLElement>("h2:not([hidden] *)")?.focus();
  };
  addEventListener("hashchange", () => route(true));
  route(false);

  write.addEventListener("click", () => dialog.open(here.account));
  flush.addEventListener("click", () => {
    if (flushing) return;
    flushing = true;
    void sendAndReceive(here.account).finally(() => { flushing = false; });
  });
  write.disabled = flush.disabled = false;
}

start().catch((error: unknown) => {
  main.replaceChildren(h("p", { class: "problem", role: "alert" }, `The demo could not start: ${error instanceof Error ? error.message : String(error)}`));
});
