/** A million headers, live: sorted, filtered, in categories, scrolled, and a thousand of them changed a second. */
import { createTable, type SortOrder } from "mailspooler";
import { announce, h, liveRegions, text } from "../dom.js";
import { watchFrames } from "./frames.js";
import { makeList } from "./list.js";
import { makeMailbox, type Mail } from "./mail.js";

const asked = new URL(location.href).searchParams;
const number = (name: string, otherwise: number): number => {
  const given = Number(asked.get(name) ?? otherwise);
  return Number.isSafeInteger(given) && given >= 0 && given <= 5_000_000 ? given : otherwise;
};
const ROWS = number("rows", 1_000_000);
const A_SECOND = number("updates", 1_000);
const AT_ONCE = 50_000;

const schema = { id: "long", subject: "string", sender: "string", date: "systime", size: "long", read: "boolean" } as const;
const key = (property: keyof Mail, order: SortOrder["order"]): SortOrder<keyof Mail> => ({ property, order });
const newest = key("date", "descending");
const orders: Readonly<Record<string, { readonly label: string; readonly keys: readonly SortOrder<keyof Mail>[] }>> = {
  date: { label: "Newest first", keys: [newest] },
  subject: { label: "Subject", keys: [key("subject", "ascending"), newest] },
  sender: { label: "Sender", keys: [key("sender", "ascending"), newest] },
  size: { label: "Largest first", keys: [key("size", "descending"), newest] },
};

const dates = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
const count = new Intl.NumberFormat("en");
const words = { date: (ms: number) => dates.format(ms), size: (bytes: number) => (bytes < 1_048_576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`) };

const check = (id: string, label: string, checked: boolean): { readonly input: HTMLInputElement; readonly node: HTMLElement } => {
  const input = h("input", { type: "checkbox", id, checked });
  return { input, node: h("label", { for: id, class: "check" }, input, label) };
};
const order = h("select", { id: "order" }, ...Object.entries(orders).map(([value, { label }]) => h("option", { value }, label)));
const [grouped, unread, updates, scrolls] = [check("grouped", "By sender", true), check("unread", "Unread only", true), check("updates", `${count.format(A_SECOND)} updates a second`, true), check("scrolls", "Scroll by itself", false)];
const search = h("input", { id: "search", type: "search", placeholder: "Subject contains", "aria-label": "Subject contains", autocomplete: "off" });
const progress = h("p", { role: "status", class: "quiet", id: "progress" }, "Making mail");

const figures = { rows: "Messages", shown: "Lines in view", applied: "Updates", median: "Frame, median", p99: "Frame, 99 %", longest: "Frame, longest", work: "Updates, longest turn" } as const;
const values = Object.fromEntries(Object.keys(figures).map((name) => [name, h("dd", { id: name })])) as Record<keyof typeof figures, HTMLElement>;
const again = h("button", { type: "button", class: "small" }, "Measure anew");

document.body.append(
  h("header", {}, h("h1", {}, "A million headers"),
    h("div", { class: "controls" }, h("label", { for: "order", class: "field" }, "Order", order), search, grouped.node, unread.node, updates.node, scrolls.node),
    h("dl", { class: "figures" }, ...Object.entries(figures).map(([name, label]) => h("div", {}, h("dt", {}, label), values[name as keyof typeof figures]))), again, progress),
  h("main", {}), ...liveRegions,
);

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

async function start(): Promise<void> {
  const box = makeMailbox(ROWS);
  while (box.mails.length < ROWS) {
    box.fill(AT_ONCE);
    text(progress, `Making mail: ${count.format(box.mails.length)} of ${count.format(ROWS)}`);
    await turn();
  }
  const table = await createTable(schema, box.mails, { unread: { property: "read", op: "eq", value: false } });

  // The first search by key makes its index: now, not in the first frame.
  table.get(0);

  const list = makeList({
    table, words,
    toggleHeading: ({ rowType, instanceKey }) => (rowType === 3 ? table.collapseRow(instanceKey) : table.expandRow(instanceKey)),
    toggleRead: ({ id, read }) => table.apply([{ update: id, with: { read: !read } }]),
  });
  document.querySelector("main")?.append(list.node);

  function sort(): void {
    const keys = orders[order.value]?.keys ?? [newest];
    const bySender = grouped.input.checked;
    table.sortTable(bySender ? [key("sender", "ascending"), ...keys.filter(({ property }) => property !== "sender")] : keys, bySender ? { categories: 1, expanded: 1 } : {});
    list.restart();
  }
  function filter(): void {
    const parts = [
      ...(unread.input.checked ? [{ property: "read", op: "eq", value: false } as const] : []),
      ...(search.value === "" ? [] : [{ content: "subject", match: "substring", value: search.value, ignoreCase: true } as const]),
    ];
    table.restrict(parts.length === 0 ? null : { and: parts });
    list.restart();
  }
  filter();
  sort();
  for (const input of [order, grouped.input]) input.addEventListener("change", sort);
  for (const [input, type] of [[unread.input, "change"], [search, "input"]] as const) input.addEventListener(type, filter);

  let [applied, longest, since, told] = [0, 0, performance.now(), 0];
  const frames = watchFrames((now) => {
    const due = Math.min(A_SECOND, Math.floor((now - since) * A_SECOND / 1000));
    if (!updates.input.checked) since = now;
    else if (due > 0) {
      since = Math.max(since + due * 1000 / A_SECOND, now - 1000);
      const began = performance.now();
      const changes = box.happen(due, (id) => table.get(id));
      table.apply(changes);
      longest = Math.max(longest, performance.now() - began);
      applied += changes.length;
    }
    if (scrolls.input.checked) list.by(24);
    list.paint();
    if (now - told < 500) return;
    told = now;
    const { p50, p99, longest: worst } = frames.times();
    const ms = (value: number): string => `${value.toFixed(1)} ms`;
    const shown = {
      rows: count.format(table.size), shown: count.format(list.total), applied: count.format(applied), median: ms(p50), p99: ms(p99), longest: ms(worst), work: ms(longest),
    };
    for (const [name, value] of Object.entries(shown)) text(values[name as keyof typeof figures], value);
  });
  again.addEventListener("click", () => {
    frames.forget();
    longest = 0;
  });
  text(progress, "");
  progress.hidden = true;
  announce(`${count.format(table.size)} messages are there`);
}

start().catch((error: unknown) => {
  text(progress, `This did not work: ${String(error)}`);
  throw error;
});
