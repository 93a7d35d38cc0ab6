/** A list of any length in a few elements: a window of the table, painted at most once a frame. */
import type { Heading, HostTable, TableWindow } from "mailspooler";
import { h, text } from "../dom.js";
import type { Mail } from "./mail.js";

export type Line = Mail | Heading;
export const isHeading = (line: Line): line is Heading => "rowType" in line;

const ROW = 32;
/** Engines cut elements off somewhere above this; beyond it a pixel of the bar stands for several rows. */
const TALLEST = 8_000_000;

export interface List {
  readonly node: HTMLElement;
  /** The order, the filter or the categories are others: begin at the top. */
  restart(): void;
  /** Paints if something is another than before. */
  paint(): void;
  by(pixels: number): void;
  readonly total: number;
}

export interface ListOptions {
  readonly table: HostTable<Mail>;
  readonly words: { readonly date: (ms: number) => string; readonly size: (bytes: number) => string };
  /** Enter on a heading; space on a mail. */
  readonly toggleHeading: (heading: Heading) => void;
  readonly toggleRead: (mail: Mail) => void;
}

/** The value its mails have in common. */
function headingName(heading: Heading): string {
  const { sender } = heading;
  return typeof sender === "string" ? sender : "No sender";
}

const part = (name: string): HTMLElement => h("span", { role: "gridcell", class: name });

function makeRow(at: number): { readonly node: HTMLElement; readonly fill: (line: Line | undefined, index: number, words: ListOptions["words"]) => void } {
  const [from, subject, date, size] = [part("from"), part("subject"), part("date"), part("size")];
  const node = h("div", { role: "row", id: `row${at}`, class: "row" }, from, subject, date, size);
  let shown: Line | undefined;
  return {
    node,
    fill(line, index, words) {
      node.ariaRowIndex = String(index + 1);
      if (line === shown) return;
      shown = line;
      node.hidden = line === undefined;
      if (line === undefined) return;
      const heads = isHeading(line);
      node.classList.toggle("heading", heads);
      node.classList.toggle("unread", !heads && !line.read);
      node.ariaExpanded = heads ? String(line.rowType === 3) : null;
      node.ariaLevel = String(heads ? 1 : 2);
      node.dataset["id"] = heads ? "" : String(line.id);
      text(from, heads ? headingName(line) : line.sender);
      text(subject, heads ? `${line.contentCount} messages, ${line.contentUnreadCount} unread` : line.subject);
      text(date, heads ? "" : words.date(line.date));
      text(size, heads ? "" : words.size(line.size));
    },
  };
}

export function makeList({ table, words, toggleHeading, toggleRead }: ListOptions): List {
  const layer = h("div", { class: "layer", role: "presentation" });
  const space = h("div", { class: "space", role: "presentation" }, layer);
  const node = h("div", { class: "list", role: "treegrid", tabindex: 0, "aria-label": "Messages" }, space);
  const rows: ReturnType<typeof makeRow>[] = [];
  let [total, top, bar, active, activeId] = [0, 0, 0, 0, -1];
  let view: TableWindow<Line> | undefined;
  let dirty = true;

  const height = (): number => node.clientHeight;
  const lowest = (): number => Math.max(0, total * ROW - height());
  const barEnd = (): number => Math.max(0, Math.min(TALLEST, total * ROW) - height());
  const clamp = (pixels: number): number => Math.max(0, Math.min(lowest(), pixels));

  function move(to: number): void {
    top = clamp(to);
    node.scrollTop = lowest() === 0 ? 0 : (top / lowest()) * barEnd();
    bar = node.scrollTop;
    dirty = true;
  }

  /** Small steps are as long as they look; a drag of the bar goes where it points. */
  node.addEventListener("scroll", () => {
    const step = node.scrollTop - bar;
    if (step === 0) return;
    bar = node.scrollTop;
    if (total * ROW <= TALLEST) top = clamp(bar);
    else if (bar <= 0) top = 0;
    else if (bar >= barEnd() - 1) top = lowest();
    else top = Math.abs(step) < 2 * height() ? clamp(top + step) : (bar / barEnd()) * lowest();
    dirty = true;
  });

  function choose(index: number): void {
    active = Math.max(0, Math.min(total - 1, index));
    activeId = -1;
    if (active * ROW < top) move(active * ROW);
    else if ((active + 1) * ROW > top + height()) move((active + 1) * ROW - height());
    dirty = true;
  }

  const line = (): Line | undefined => table.slice(active, 1)[0];
  const page = (): number => Math.max(1, Math.floor(height() / ROW) - 1);
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => choose(active + 1), ArrowUp: () => choose(active - 1), PageDown: () => choose(active + page()), PageUp: () => choose(active - page()),
    Home: () => choose(0), End: () => choose(total - 1),
    Enter: () => act(line()), ArrowRight: () => open(3), ArrowLeft: () => open(4), " ": () => act(line()),
  };

  function act(at: Line | undefined): void {
    if (at === undefined) return;
    if (isHeading(at)) toggleHeading(at);
    else toggleRead(at);
  }

  /** Only what is in the other state. */
  function open(state: 3 | 4): void {
    const at = line();
    if (at !== undefined && isHeading(at) && at.rowType !== state) toggleHeading(at);
  }

  node.addEventListener("keydown", (event) => {
    const key = keys[event.key];
    if (key === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    key();
  });
  node.addEventListener("click", (event) => {
    const at = rows.findIndex((row) => event.target instanceof Node && row.node.contains(event.target));
    if (at < 0 || view === undefined) return;
    choose(view.offset + at);
    act(line());
  });
  new ResizeObserver(() => {
    move(top);
  }).observe(node);

  /** The window follows the range that shows; it says when something in it is another. */
  function look(offset: number, count: number): readonly Line[] {
    if (view?.offset !== offset || view.count !== count) {
      view?.close();
      view = table.window({ offset, count });
      view.onChange(() => (dirty = true));
    }
    return view.getSnapshot();
  }

  function paint(): void {
    const now = table.getRowCount();
    if (now !== total) {
      total = now;
      space.style.height = `${Math.min(TALLEST, total * ROW)}px`;
      node.ariaRowCount = String(total);
      top = clamp(top);
      dirty = true;
    }
    if (!dirty) return;
    dirty = false;
    const offset = Math.floor(top / ROW);
    const lines = look(offset, Math.ceil(height() / ROW) + 1);
    while (rows.length < lines.length) {
      const row = makeRow(rows.length);
      rows.push(row);
      layer.append(row.node);
    }
    layer.style.transform = `translateY(${-(top % ROW)}px)`;
    const followed = activeId < 0 ? -1 : lines.findIndex((at) => !isHeading(at) && at.id === activeId);
    if (followed >= 0) active = offset + followed;
    rows.forEach((row, i) => {
      const isActive = offset + i === active && i < lines.length;
      row.fill(lines[i], offset + i, words);
      row.node.classList.toggle("active", isActive);
      if (isActive) node.setAttribute("aria-activedescendant", row.node.id);
    });
    const chosen = lines[active - offset];
    if (chosen === undefined) node.removeAttribute("aria-activedescendant");
    else activeId = isHeading(chosen) ? -1 : chosen.id;
  }

  return {
    node, paint,
    get total(): number {
      return total;
    },
    restart(): void {
      [active, activeId] = [0, -1];
      move(0);
    },
    by: (pixels) => move(top + pixels >= lowest() ? 0 : top + pixels),
  };
}
