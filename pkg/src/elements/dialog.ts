/** The sheet in a dialog, with its two buttons: what `openSession` takes as `propertySheet`. */
import type { PropertySheet } from "../types/settings.js";
import { make } from "./field.js";
import { tagName, type PropertySheetElement } from "./sheet.js";
import { english, type SheetWords } from "./words.js";

/** Options of `propertySheet`. */
export interface PropertySheetOptions {
  /** Where the dialog is put; default `document.body`. It is the page's to style. */
  readonly parent?: Element;
  /** Default: English. */
  readonly words?: Partial<SheetWords>;
}

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });
const codeOf = (thrown: unknown): string => {
  const code = (thrown as { readonly code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "MAPI_E_CALL_FAILED";
};

function open({ parent, words: own }: PropertySheetOptions, sheet: PropertySheet): Promise<void> {
  const words: SheetWords = { ...english, ...own };
  const element = document.createElement(tagName) as PropertySheetElement;
  if (typeof element.show !== "function") throw failure("MAPI_E_NOT_INITIALIZED", "expected defineElements() to have been called, got an undefined element");
  const id = `mailspooler-sheet-${sheet.uid.replaceAll(/\W/g, "-")}`;
  const ok = make("button", { type: "submit", class: "main", part: "ok" }, words.ok);
  const cancel = make("button", { type: "button", part: "cancel" }, sheet.readOnly ? words.close : words.cancel);
  const status = make("p", { role: "status" });
  const problem = make("p", { role: "alert", class: "problem" });
  const form = make("form", { novalidate: true },
    make("h2", { id }, words.title(sheet.displayName)), element, status, problem, make("div", { class: "actions" }, ...(sheet.readOnly ? [] : [ok]), cancel));
  const dialog = make("dialog", { "aria-labelledby": id }, form);

  return new Promise<void>((resolve, reject) => {
    let trying: AbortController | undefined;
    const end = (settle: () => void): void => {
      trying?.abort();
      dialog.close();
      dialog.remove();
      settle();
    };
    const leave = (): void =>
      end(sheet.readOnly ? resolve : () => reject(failure("MAPI_E_USER_CANCEL", "expected settings to be applied, got a person who cancelled")));

    async function apply(): Promise<void> {
      if (trying !== undefined) return;
      problem.textContent = "";
      if (!element.reportValidity()) return;
      trying = new AbortController();
      status.textContent = words.trying;
      form.setAttribute("aria-busy", "true");
      try {
        await sheet.apply(element.values, { signal: trying.signal });
        trying = undefined;
        end(resolve);
      } catch (thrown) {
        if (!dialog.isConnected) return;
        problem.textContent = words.refused(codeOf(thrown));
        ok.focus();
      } finally {
        trying = undefined;
        status.textContent = "";
        form.removeAttribute("aria-busy");
      }
    }

    cancel.addEventListener("click", leave);
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      leave();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void apply();
    });
    // Enter in a control of the sheet submits, as in any form.
    element.addEventListener("keydown", (event) => {
      const [target] = event.composedPath();
      if (event.key === "Enter" && target instanceof HTMLInputElement) form.requestSubmit();
    });
    // What is typed after a refusal is another try.
    element.addEventListener("input", () => (problem.textContent = ""));
    sheet.signal.addEventListener("abort", () => end(() => reject(sheet.signal.reason as Error)), { once: true });

    (parent ?? document.body).append(dialog);
    element.show({
      settings: sheet.settings, values: sheet.values, keepsPasswords: sheet.configuration > 0, readOnly: sheet.readOnly, check: sheet.check, words,
    });
    dialog.showModal();
    (sheet.readOnly ? cancel : element).focus();
  });
}

/** For `openSession({ propertySheet })`. The page must have called `defineElements()` before the first sheet opens. */
export function propertySheet(options: PropertySheetOptions = {}): (sheet: PropertySheet) => Promise<void> {
  return async (sheet) => open(options, sheet);
}
