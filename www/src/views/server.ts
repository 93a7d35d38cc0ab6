/** What is on the server, before it is fetched: a remote viewer over the header folder. */
import type { HeaderFolder, HeaderProgress, Row, StatusObject, TableWindow } from "mailspooler";
import type { Account } from "../accounts.js";
import { announce, h, keyed, text, toast } from "../dom.js";
import type { Item } from "../dom.js";
import { errorSentence, headerResult, markWords, size, when } from "../words.js";

const REMOTE_ACCESS = 0x80_0000;
const DOWNLOAD = 0x1000;
const DELETE = 0x2000;
const PAGE = 50;
const marks = ["download", "delete"] as const;
type Mark = (typeof marks)[number];
const bits: Readonly<Record<Mark, number>> = { download: DOWNLOAD, delete: DELETE };

const word = (row: Row, column: string): string => (typeof row[column] === "string" ? row[column] : "");
const count = (row: Row, column: string): number => (typeof row[column] === "number" ? row[column] : 0);

/** A header: its marks are checkboxes; F and D toggle them, the arrow keys go from one header to the next. */
function headerItem(folder: HeaderFolder, first: Row): Item<Row> {
  let latest = first;
  const id = `header-${word(first, "entryId")}`;
  const subject = h("h3", { id });
  const about = h("p", { class: "quiet" });
  const set = (mark: Mark, on: boolean): void => {
    folder.setMessageStatus(word(latest, "entryId"), { [mark]: on });
    announce(`${subject.textContent ?? ""}: ${markWords(count(latest, "messageStatus") ^ bits[mark], DOWNLOAD, DELETE)}`);
  };
  const boxes = marks.map((mark) => {
    const box: HTMLInputElement = h("input", { type: "checkbox", id: `${id}-${mark}`, "data-mark": mark, "aria-describedby": id, onchange: () => set(mark, box.checked) });
    return { mark, box };
  });
  function keys(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const mark = { f: "download", d: "delete" }[event.key.toLowerCase()];
    const found = boxes.find((each) => each.mark === mark);
    const next = { ArrowDown: node.nextElementSibling, ArrowUp: node.previousElementSibling }[event.key];
    if (found) found.box.click();
    else if (next) next.querySelector<HTMLElement>(`[data-mark=${(document.activeElement as HTMLElement).dataset["mark"] ?? "download"}]`)?.focus();
    else return;
    event.preventDefault();
  }
  const node = h("li", { class: "header", onkeydown: (event) => keys(event as KeyboardEvent) }, h("div", { class: "head" }, subject, about),
    h("div", { class: "marks" }, ...boxes.map(({ mark, box }) => h("label", { for: box.id }, box, mark === "download" ? "Fetch" : "Delete"))));
  return {
    node,
    update(row) {
      latest = row;
      text(subject, word(row, "subject") || "(no subject)");
      text(about, `${word(row, "senderName") || "unknown"}, ${when(count(row, "messageDeliveryTime"))}, ${size(count(row, "messageSize"))}`);
      for (const { mark, box } of boxes) box.checked = (count(row, "messageStatus") & bits[mark]) !== 0;
    },
  };
}

const phases: Readonly<Record<HeaderProgress["phase"], string>> = { idle: "", download: "Fetching", delete: "Deleting", refresh: "Getting the list" };

function progressWords({ phase, messages, totalMessages, bytes, totalBytes }: HeaderProgress): string {
  if (totalMessages === 0) return phases[phase];
  const amount = totalBytes === 0 ? "" : `, ${size(bytes)} of ${size(totalBytes)}`;
  return `${phases[phase]}, ${messages} of ${totalMessages}${amount}`;
}

/** `undefined` when no transport of the account shows headers. */
export function server(account: Account): HTMLElement | undefined {
  const status = account.session.getStatusTable();
  status.setColumns(["entryId", "statusCode", "remoteValidateOk", "remoteProgress"]);
  status.restrict({ bitmask: "statusCode", mask: REMOTE_ACCESS, op: "nez" });
  const [remote] = status.getSnapshot();
  if (!remote) return undefined;
  const object: StatusObject = account.session.openEntry(word(remote, "entryId"));
  const folder = object.headers();
  const contents = folder.getContentsTable();
  let pane: TableWindow | undefined;
  let wanted = PAGE;
  let working = false;

  const list = h("ul", { class: "mails" });
  const empty = h("p", { class: "quiet" }, "No list yet.");
  const bar = h("progress", { max: 100, "aria-label": "Progress", hidden: true });
  const words = h("p", { class: "quiet" });
  const result = h("p", { class: "quiet result" });
  const act = async (what: () => Promise<void>): Promise<void> => {
    try {
      await what();
    } catch (error) {
      toast(errorSentence(error));
    }
  };
  const refresh = h("button", { type: "button", "data-do": "refresh", onclick: () => act(() => object.validateState({ refreshHeaders: true })) }, "Get the list");
  const process = h("button", { type: "button", class: "main", "data-do": "process", onclick: () => act(() => object.validateState({ processHeaders: true })) }, "Do what is marked");
  const stop = h("button", { type: "button", "data-do": "abort", hidden: true, onclick: () => act(() => object.validateState({ abortHeaders: true })) }, "Stop");
  const more = h("button", { type: "button", class: "small", "data-do": "more", hidden: true, onclick: () => { wanted += PAGE; watch(); } }, "Show more");
  const section = h("section", { "aria-label": "Server" },
    h("div", { class: "part" }, h("h2", { tabindex: -1 }, "On the server"),
      h("p", { class: "quiet" }, "Sizes first: fetch what you want, delete what you do not. Both marks: fetch, then delete. Keys: F, D and the arrows."),
      h("div", { class: "actions" }, refresh, process, stop), h("div", { class: "progress" }, bar, words), result),
    h("div", { class: "part" }, h("h2", {}, "Messages"), empty, list, more));
  const show = keyed(list, (row: Row) => word(row, "entryId"), (row: Row) => headerItem(folder, row));

  function render(): void {
    const rows = pane?.getSnapshot() ?? [];
    const all = contents.getRowCount();
    show(rows);
    empty.hidden = all > 0;
    more.hidden = all <= rows.length;
  }
  function watch(): void {
    pane?.close();
    pane = contents.window({ offset: 0, count: wanted });
    pane.onChange(render);
    render();
  }

  function renderStatus(): void {
    const row = status.getSnapshot()[0];
    const ready = row?.["remoteValidateOk"] === true;
    const progress = folder.getProgress();
    // A pressed button that goes takes the focus with it.
    const focused = section.contains(document.activeElement) ? document.activeElement : null;
    working = progress.phase !== "idle";
    for (const button of [refresh, process]) button.disabled = !ready;
    stop.hidden = !working;
    if (working && focused instanceof HTMLButtonElement && focused.disabled) stop.focus();
    else if (!working && focused === stop) refresh.focus();
    bar.hidden = !working;
    bar.value = Math.max(0, row ? count(row, "remoteProgress") : 0);
    text(words, working ? progressWords(progress) : "");
    const ended = working ? "" : headerResult(progress);
    if (ended !== "" && result.textContent !== ended) announce(ended);
    text(result, ended);
  }
  status.onChange(renderStatus);
  watch();
  renderStatus();
  return section;
}
