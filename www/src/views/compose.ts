/** The compose dialog. It closes when the message is on disk, and keeps what was typed when it is refused. */
import type { Account } from "../accounts.js";
import { h, toast } from "../dom.js";
import { compose, emptyDraft, mailboxes } from "../mime.js";
import type { Attached, Draft } from "../mime.js";
import { errorSentence, size } from "../words.js";

export interface Recomposed {
  readonly note?: string;
  /** A message taken back or refused: it leaves the outbox when this draft is in it. */
  readonly replaces: string;
}

/** Enough to name a slip; the library decides what is legal. */
const ADDRESS = /^[^\s@]+@[^\s@]+$/;

interface Composer {
  readonly dialog: HTMLDialogElement;
  readonly open: (account: Account, draft?: Draft, from?: Recomposed) => void;
}

async function attached(list: FileList): Promise<Attached[]> {
  return Promise.all([...list].map(async (file) => ({ name: file.name, type: file.type, bytes: new Uint8Array(await file.arrayBuffer()) })));
}

export function composer(): Composer {
  let account: Account | undefined;
  let draft = emptyDraft();
  let files: Attached[] = [];
  let origin: Recomposed | undefined;

  const field = (name: string, label: string, more: Record<string, string | boolean> = {}): { row: HTMLElement; input: HTMLInputElement } => {
    const input = h("input", { id: `compose-${name}`, name, autocomplete: "off", ...more });
    return { input, row: h("div", { class: "field" }, h("label", { for: input.id }, label), input) };
  };
  const to = field("to", "To", { required: true, "aria-describedby": "compose-hint" });
  const cc = field("cc", "Cc");
  const bcc = field("bcc", "Bcc");
  const subject = field("subject", "Subject", { maxlength: "500" });
  const body = h("textarea", { id: "compose-text", name: "text", rows: 8 });
  const picker = h("input", { id: "compose-files", type: "file", multiple: true, onchange: () => add() });
  const list = h("ul", { class: "files" });
  const from = h("p", { class: "quiet" });
  const note = h("p", { class: "note", hidden: true });
  const problem = h("p", { class: "problem", role: "alert" });
  const send = h("button", { type: "submit", class: "main" }, "Send");
  const title = h("h2", { id: "compose-title" }, "New message");

  const form: HTMLFormElement = h("form", { method: "dialog", novalidate: true, onsubmit: (event) => { event.preventDefault(); return submit(); } },
    title, from, note,
    to.row, h("p", { id: "compose-hint", class: "quiet" }, "Several addresses are separated by commas."), h("div", { class: "pair" }, cc.row, bcc.row), subject.row,
    h("div", { class: "field tall" }, h("label", { for: body.id }, "Text"), body),
    h("div", { class: "field" }, h("label", { for: picker.id }, "Files"), picker), list,
    h("div", { class: "foot" }, problem, h("div", { class: "actions" }, send, h("button", { type: "button", onclick: () => dialog.close() }, "Close"),
      h("button", { type: "button", class: "discard", onclick: () => { show(emptyDraft()); dialog.close(); } }, "Discard"))));
  const dialog: HTMLDialogElement = h("dialog", { "aria-labelledby": title.id, class: "compose", onclose: () => keep() }, form);

  function keep(): void {
    draft = { id: draft.id, to: to.input.value, cc: cc.input.value, bcc: bcc.input.value, subject: subject.input.value, text: body.value, files };
  }

  async function add(): Promise<void> {
    if (picker.files) files = [...files, ...(await attached(picker.files))];
    picker.value = "";
    showFiles();
  }

  function showFiles(): void {
    list.replaceChildren(...files.map((file, at) => h("li", {}, `${file.name} (${size(file.bytes.length)}) `,
      h("button", { type: "button", class: "small", "aria-label": `Remove ${file.name}`, onclick: () => {
        files = files.filter((_, place) => place !== at);
        showFiles();
        picker.focus();
      } }, "Remove"))));
  }

  function show(next: Draft, from?: Recomposed): void {
    draft = next;
    origin = from;
    note.hidden = from?.note === undefined;
    note.textContent = from?.note ?? "";
    to.input.value = next.to;
    cc.input.value = next.cc;
    bcc.input.value = next.bcc;
    subject.input.value = next.subject;
    body.value = next.text;
    files = [...next.files];
    problem.textContent = "";
    showFiles();
  }

  function refuse(input: HTMLInputElement, words: string): void {
    problem.textContent = words;
    input.setAttribute("aria-invalid", "true");
    input.focus();
  }

  async function submit(): Promise<void> {
    if (!account || send.disabled) return;
    keep();
    send.disabled = true;
    problem.textContent = "";
    for (const { input } of [to, cc, bcc]) input.removeAttribute("aria-invalid");
    const { session, address, name } = account;
    try {
      const typed = { to: mailboxes(draft.to), cc: mailboxes(draft.cc), bcc: mailboxes(draft.bcc) };
      for (const [list, { input }] of [[typed.to, to], [typed.cc, cc], [typed.bcc, bcc]] as const) {
        const wrong = list.find(({ emailAddress }) => !ADDRESS.test(emailAddress));
        if (wrong) return refuse(input, `This is not an address: ${wrong.emailAddress || wrong.displayName}`);
      }
      if (typed.to.length + typed.cc.length + typed.bcc.length === 0) return refuse(to.input, "There is nobody to send it to.");
      await session.submitMessage({ id: draft.id, from: address, ...typed, subject: draft.subject, content: compose(draft, { address, name }) });
      // It is stored already: what it replaces may stay without harm.
      if (origin) session.discard(origin.replaces).catch(() => undefined);
      show(emptyDraft());
      dialog.close();
      toast("Your message is in the outbox. It is stored on this device.");
    } catch (error) {
      problem.textContent = errorSentence(error);
    } finally {
      send.disabled = false;
    }
  }

  return {
    dialog,
    open(next, filled, replaced) {
      account = next;
      from.textContent = `From ${next.name} <${next.address}>`;
      if (filled) show(filled, replaced);
      else show(draft, origin);
      if (!dialog.open) dialog.showModal();
      (filled ? body : to.input).focus();
    },
  };
}
