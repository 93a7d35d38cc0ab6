/** The status table in words, the order of the transports, and the switch that makes one of them fail. */
import type { Explanation, Row, StatusObject } from "mailspooler";
import type { Account } from "../accounts.js";
import { announce, h, keyed, text, toast } from "../dom.js";
import type { Item } from "../dom.js";
import { errorSentence, failureWords, fromNow, standing, statusSentence } from "../words.js";
import type { Standing } from "../words.js";

const TRANSPORT = 36;
const SPOOLER = 37;
/** Of PR_RESOURCE_METHODS. */
const SETTINGS_DIALOG = 0x2;

const word = (row: Row, column: string): string => (typeof row[column] === "string" ? row[column] : "");
const keyOf = (row: Row): string => word(row, "instanceKey");

export const isSpooler = (row: Row): boolean => row["resourceType"] === SPOOLER;

function reason(row: Row, why: Explanation): string {
  const next = why.nextAt === null ? "" : ` Next step ${fromNow(why.nextAt, Date.now())}.`;
  return `${statusSentence(why, word(row, "statusString"))}${next}`;
}

function statusItem(account: Account, first: Row, spooler: () => StatusObject | undefined): Item<Row> {
  let latest = first;
  const name = h("h3", {});
  const chip = h("span", { class: "chip" });
  const because = h("p", { class: "quiet" });
  const isTransport = first["resourceType"] === TRANSPORT;
  const run = async (button: HTMLButtonElement, act: () => Promise<unknown>, done: string): Promise<void> => {
    button.disabled = true;
    try {
      await act();
      announce(done);
    } catch (error) {
      toast(errorSentence(error));
    } finally {
      button.disabled = false;
    }
  };
  const object = () => account.session.openEntry(word(latest, "entryId"));
  const flush: HTMLButtonElement = h("button", { type: "button", class: "small",
    onclick: () => run(flush, async () => spooler()?.flushQueues({ upload: true, download: true, force: true, target: word(latest, "entryId") }), "Sent and received") }, "Send and receive here");
  const check: HTMLButtonElement = h("button", { type: "button", class: "small",
    onclick: () => run(check, () => object().validateState({ forceConnect: true, suppressUi: true }), "The connection works") }, "Check connection");
  const sheet = async (): Promise<void> => {
    try {
      await object().settingsDialog();
      announce("The settings are in force");
    } catch (error) {
      if ((error as { readonly code?: string }).code !== "MAPI_E_USER_CANCEL") toast(errorSentence(error));
    }
  };
  const settings = h("button", { type: "button", class: "small", onclick: sheet }, "Settings");
  return {
    node: h("li", { class: "status" }, h("div", { class: "head" }, name, chip), because, isTransport && h("div", { class: "actions" }, flush, check, settings)),
    update(row) {
      latest = row;
      const why = account.session.why(word(row, "entryId"));
      const { words, tone } = standing(row, why);
      text(name, word(row, "displayName"));
      text(chip, words);
      chip.dataset["tone"] = tone;
      text(because, reason(row, why));
      settings.hidden = (Number(row["resourceMethods"]) & SETTINGS_DIALOG) === 0;
    },
  };
}

interface Place { readonly uid: string; readonly name: string; readonly at: number; readonly of: number }

/** Order by drag (pointer) and by buttons (keys, touch, screen readers). */
function orderList(account: Account): { readonly node: HTMLElement; readonly render: () => void } {
  const list = h("ol", { class: "order" });
  const uids = (): string[] => account.session.admin.getProviderTable().map((row) =>
    account.offices.find((office) => office.name === row["displayName"])?.uid ?? word(row, "providerUid"));
  const nameOf = (uid: string): string => account.offices.find((office) => office.uid === uid)?.name ?? uid;

  async function move(uid: string, to: number): Promise<void> {
    const order = uids();
    const from = order.indexOf(uid);
    if (to < 0 || to >= order.length || from === to) return;
    order.splice(to, 0, ...order.splice(from, 1));
    try {
      await account.session.admin.setTransportOrder(order, { apply: "now" });
      announce(`${nameOf(uid)} is now number ${to + 1} of ${order.length}`);
    } catch (error) {
      toast(errorSentence(error));
    }
    render();
  }

  function make(place: Place): Item<Place> {
    let latest = place;
    const name = h("span");
    const step = (by: number, label: string): HTMLButtonElement => {
      const button: HTMLButtonElement = h("button", { type: "button", class: "small", onclick: async () => {
        await move(latest.uid, latest.at + by);
        if (button.disabled) node.querySelector<HTMLButtonElement>("button:not(:disabled)")?.focus();
        else button.focus();
      } }, label);
      return button;
    };
    const up = step(-1, "Up");
    const down = step(1, "Down");
    const grip = h("span", { class: "grip", "aria-hidden": "true", onpointerdown: (event) => drag(event as PointerEvent) }, "\u2261");
    const node = h("li", {}, grip, name, up, down);

    function drag(event: PointerEvent): void {
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
      node.classList.add("dragged");
      const stop = new AbortController();
      const end = (): void => {
        node.classList.remove("dragged");
        stop.abort();
      };
      grip.addEventListener("pointerup", (up) => {
        const middles = [...list.children].filter((each) => each !== node).map((each) => each.getBoundingClientRect()).map((box) => box.top + box.height / 2);
        end();
        void move(latest.uid, middles.filter((middle) => middle < up.clientY).length);
      }, { signal: stop.signal });
      grip.addEventListener("pointercancel", end, { signal: stop.signal });
    }

    return {
      node,
      update(value) {
        latest = value;
        text(name, value.name);
        up.disabled = value.at === 0;
        down.disabled = value.at === value.of - 1;
        up.setAttribute("aria-label", `Move ${value.name} up`);
        down.setAttribute("aria-label", `Move ${value.name} down`);
      },
    };
  }

  const show = keyed(list, (place: Place) => place.uid, make);
  function render(): void {
    const all = uids();
    show(all.map((uid, at) => ({ uid, name: nameOf(uid), at, of: all.length })));
  }
  return { node: list, render };
}

/** Makes the server of one transport fail, for both accounts. */
function failureSwitch(account: Account, failures: readonly string[]): HTMLElement {
  return h("div", { class: "fields" }, ...account.offices.map((office) => {
    const select: HTMLSelectElement = h("select", { id: `fail-${office.uid}-${account.address}`, "data-office": office.uid, onchange: async () => {
      const response = await fetch(`failure/${office.uid}`, { method: "PUT", body: select.value });
      announce(response.ok ? `${office.name}: ${select.selectedOptions[0]?.textContent ?? ""}` : "The switch did not work");
    } }, h("option", { value: "" }, "Works"), ...failures.map((failure) => h("option", { value: failure, selected: failure === office.failing }, failureWords[failure] ?? failure)));
    return h("div", { class: "field" }, h("label", { for: select.id }, office.name), select);
  }));
}

export function transports(account: Account, failures: readonly string[]): { readonly section: HTMLElement; readonly words: () => Standing; readonly onChange: (listener: () => void) => void } {
  const table = account.session.getStatusTable();
  const list = h("ul", { class: "mails" });
  const order = orderList(account);
  const section = h("section", { "aria-label": "Transports" },
    h("div", { class: "part" }, h("h2", { tabindex: -1 }, "Status"), list),
    h("div", { class: "part" }, h("h2", {}, "Order"), h("p", { class: "quiet" }, "Mail goes out by the first that takes it. Drag by the handle, or use the buttons."), order.node),
    h("div", { class: "part" }, h("h2", {}, "Make it fail"), h("p", { class: "quiet" }, "A switch on the server of this demo, to see what happens to your mail."), failureSwitch(account, failures)));
  const rows = (): readonly Row[] => table.getSnapshot();
  // A transport need not flush by itself; the spooler does it for any (C-062).
  const spooler = (): StatusObject | undefined => {
    const row = rows().find(isSpooler);
    return row && account.session.openEntry(word(row, "entryId"));
  };
  const show = keyed(list, keyOf, (row: Row) => statusItem(account, row, spooler));
  const listeners = new Set<() => void>();
  const stand = (row: Row): Standing => standing(row, account.session.why(word(row, "entryId")));
  const worst = (): Row | undefined =>
    rows().find((row) => row["resourceType"] === TRANSPORT && stand(row).tone === "bad") ?? rows().find((row) => stand(row).tone === "busy") ?? rows().find(isSpooler);

  function render(): void {
    show(rows());
    order.render();
    for (const listener of listeners) listener();
  }
  table.onChange(render);
  render();
  setInterval(() => { if (section.isConnected) render(); }, 5000);
  // The session hears of it first.
  for (const type of ["online", "offline"]) addEventListener(type, () => setTimeout(render));
  return {
    section,
    words: () => {
      const row = worst();
      return row ? stand(row) : { words: "Starting", tone: "calm" };
    },
    onChange: (listener) => void listeners.add(listener),
  };
}
