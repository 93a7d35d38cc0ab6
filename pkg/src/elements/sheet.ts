/** `<mailspooler-property-sheet>`: the controls of one provider's settings, without buttons. */
import type { Setting, SettingProblem, SettingValues } from "../types/settings.js";
import { makeField, type Field } from "./field.js";
import { english, type SheetWords } from "./words.js";

export const tagName = "mailspooler-property-sheet";

/** What the element shows. */
export interface SheetContent {
  readonly settings: readonly Setting[];
  readonly values: SettingValues;
  /** A password is there already. */
  readonly keepsPasswords?: boolean;
  readonly readOnly?: boolean;
  readonly check?: (values: SettingValues) => readonly SettingProblem[];
  readonly words?: SheetWords;
}

/** Form-associated: its entries are those of its controls, it is invalid while a value is refused. */
export interface PropertySheetElement extends HTMLElement {
  show(content: SheetContent): void;
  /** As they stand in the controls; a password left empty is left out. */
  readonly values: SettingValues;
  readonly problems: readonly SettingProblem[];
  /** Shows every error, moves the focus to the first; true when there is none. */
  reportValidity(): boolean;
  checkValidity(): boolean;
}

const styles = `
:host { display: grid; gap: var(--mailspooler-gap, 0.75rem); font: inherit; color: inherit; }
:host([hidden]), [hidden] { display: none !important; }
.field { display: grid; gap: 0.25rem; min-inline-size: 0; }
.check { grid-template-columns: auto 1fr; align-items: center; column-gap: 0.6rem; }
.check p { grid-column: 1 / -1; }
label { font-weight: 500; }
p { margin: 0; font-size: 0.9em; overflow-wrap: anywhere; }
[part="hint"], [part="required"] { color: var(--mailspooler-quiet, inherit); font-weight: 400; }
[part="error"] { color: var(--mailspooler-bad, light-dark(#a1160c, #ff9c92)); }
input, select { box-sizing: border-box; font: inherit; color: inherit; background: var(--mailspooler-field, Field);
  border: 1px solid var(--mailspooler-edge, light-dark(#767d87, #7d8590)); border-radius: var(--mailspooler-radius, 6px); }
input:not([type="checkbox"]), select { inline-size: 100%; min-block-size: 2.5rem; padding: 0.35rem 0.6rem; }
input[type="checkbox"] { inline-size: 1.5rem; block-size: 1.5rem; margin: 0; accent-color: var(--mailspooler-accent, auto); }
input[readonly] { background: transparent; }
[aria-invalid="true"] { border-color: var(--mailspooler-bad, light-dark(#a1160c, #ff9c92)); border-width: 2px; }
:focus-visible { outline: 3px solid var(--mailspooler-accent, Highlight); outline-offset: 2px; }
@media (forced-colors: active) { [aria-invalid="true"] { outline: 1px dashed; } }
`;

/** Made where there is a page, not where the module is imported. */
export function makeClass(): CustomElementConstructor {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);

  class PropertySheet extends HTMLElement implements PropertySheetElement {
    static readonly formAssociated = true;
    readonly #internals = this.attachInternals();
    readonly #root = this.attachShadow({ mode: "open", delegatesFocus: true });
    #content: SheetContent = { settings: [], values: {} };
    #fields: readonly Field[] = [];
    #problems: readonly SettingProblem[] = [];
    readonly #touched = new Set<string>();
    #disabled = false;

    constructor() {
      super();
      this.#root.adoptedStyleSheets = [sheet];
      this.#root.addEventListener("input", () => this.#look());
      this.#root.addEventListener("focusout", (event) => {
        this.#touched.add((event.target as HTMLInputElement).name);
        this.#complain();
      });
    }

    show(content: SheetContent): void {
      this.#content = content;
      this.#touched.clear();
      const words = content.words ?? english;
      this.#fields = content.settings.map((setting, i) => makeField(setting, `s${i}`, words, content.keepsPasswords === true));
      for (const field of this.#fields) field.show(field.setting.type === "password" ? null : content.values[field.setting.name]);
      this.#root.replaceChildren(...this.#fields.map(({ node }) => node));
      this.#lock();
      this.#look();
    }

    get values(): SettingValues {
      const values: Record<string, SettingValues[string]> = {};
      for (const field of this.#fields) {
        const value = field.value();
        if (field.setting.type !== "password" || value !== "") values[field.setting.name] = value;
      }
      return values;
    }

    get problems(): readonly SettingProblem[] {
      return this.#problems;
    }

    get form(): HTMLFormElement | null {
      return this.#internals.form;
    }

    checkValidity(): boolean {
      return this.#internals.checkValidity();
    }

    reportValidity(): boolean {
      for (const { setting } of this.#fields) this.#touched.add(setting.name);
      this.#look();
      this.#wrong()?.control.focus();
      return this.#problems.length === 0;
    }

    formDisabledCallback(disabled: boolean): void {
      this.#disabled = disabled;
      this.#lock();
    }

    formResetCallback(): void {
      this.show(this.#content);
    }

    #lock(): void {
      for (const field of this.#fields) field.lock(this.#disabled || this.#content.readOnly === true || field.setting.editable === false);
    }

    #wrong(): Field | undefined {
      return this.#fields.find(({ setting }) => this.#problems.some(({ name }) => name === setting.name));
    }

    /** Something was typed: what counts, what is wrong, what a form would send. */
    #look(): void {
      const { values } = this;
      for (const { setting: { dependsOn }, node } of this.#fields) node.hidden = dependsOn !== undefined && values[dependsOn.name] !== dependsOn.is;
      this.#problems = this.#content.readOnly === true ? [] : (this.#content.check?.(values) ?? []);
      const entries = new FormData();
      for (const [name, value] of Object.entries(values)) if (value !== null && value !== false) entries.append(name, String(value));
      this.#internals.setFormValue(entries);
      const first = this.#wrong();
      if (first === undefined) this.#internals.setValidity({});
      else this.#internals.setValidity({ customError: true }, this.#words(first), first.control);
      this.#complain();
    }

    #words({ setting }: Field): string {
      const found = this.#problems.find(({ name }) => name === setting.name);
      return found === undefined ? "" : (this.#content.words ?? english).problem(found.problem, setting);
    }

    /** Nobody is told of a field he has not been in yet. */
    #complain(): void {
      for (const field of this.#fields) field.complain(this.#touched.has(field.setting.name) ? this.#words(field) : "");
    }
  }
  return PropertySheet;
}
