/** The little that a page without a framework needs. */

type Child = Node | string | false | null | undefined;
type Handler = (event: Event) => unknown;
export type Props = Readonly<Record<string, string | number | boolean | Handler | undefined>>;

/** An element: strings and numbers become attributes, functions listeners (`onclick`), `true` an empty attribute. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return element;
}

/** Changes the text only when it differs, so that nothing is read out or repainted for nothing. */
export function text(element: Element, value: string): void {
  if (element.textContent !== value) element.textContent = value;
}

export interface Item<T> {
  readonly node: HTMLElement;
  readonly update: (value: T) => void;
}

/** Keeps `parent`'s children in step with a list; a node lives as long as its key, so focus stays. */
export function keyed<T>(parent: Element, keyOf: (value: T) => string, make: (value: T) => Item<T>): (values: readonly T[]) => void {
  let known = new Map<string, Item<T>>();
  return (values) => {
    const next = new Map<string, Item<T>>();
    for (const value of values) {
      const key = keyOf(value);
      const item = known.get(key) ?? make(value);
      next.set(key, item);
      item.update(value);
    }
    for (const [key, item] of known) if (!next.has(key)) leave(item.node, parent);
    let at = parent.firstElementChild;
    for (const { node } of next.values()) {
      if (node === at) at = at.nextElementSibling;
      else parent.insertBefore(node, at);
    }
    known = next;
  };
}

/** A vanishing row hands its focus to a neighbour instead of to the top of the page. */
function leave(node: HTMLElement, parent: Element): void {
  const focused = node.contains(document.activeElement);
  const neighbour = node.nextElementSibling ?? node.previousElementSibling;
  node.remove();
  if (!focused) return;
  const target = neighbour?.querySelector<HTMLElement>("button, a, input, select") ?? parent.closest("section")?.querySelector<HTMLElement>("h1, h2");
  target?.focus();
}

const polite = h("div", { role: "status", class: "unseen", "aria-atomic": "false" });
const assertive = h("div", { role: "alert", class: "unseen", "aria-atomic": "false" });
const SPOKEN_MS = 8000;

/** Says it once to screen readers, after what is being said; `assertive` interrupts. */
export function announce(words: string, how: "polite" | "assertive" = "polite"): void {
  const line = h("p", {}, words);
  (how === "polite" ? polite : assertive).append(line);
  setTimeout(() => line.remove(), SPOKEN_MS);
}

export const liveRegions: readonly HTMLElement[] = [polite, assertive];

/** A short visible note, spoken too; with a button when there is something to do about it. */
export function toast(words: string, action?: { readonly label: string; readonly run: () => unknown }): void {
  const note = h("p", { class: "toast" }, words);
  // The same again stands once, and longer.
  for (const other of document.querySelectorAll(".toast")) if (other.firstChild?.textContent === words) other.remove();
  if (action) note.append(h("button", { type: "button", onclick: () => { note.remove(); return action.run(); } }, action.label));
  document.querySelector(".toasts")?.append(note);
  announce(words);
  setTimeout(() => note.remove(), SPOKEN_MS);
}
