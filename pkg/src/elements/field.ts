/** One control: its label, its hint and its error are tied to it. */
import type { Setting, SettingValue } from "../types/settings.js";
import type { SheetWords } from "./words.js";

export interface Field {
  readonly setting: Setting;
  readonly node: HTMLElement;
  readonly control: HTMLInputElement | HTMLSelectElement;
  value(): SettingValue;
  show(value: SettingValue | undefined): void;
  /** "" takes the error away. */
  complain(error: string): void;
  lock(locked: boolean): void;
}

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

function controlOf(setting: Setting, id: string): HTMLInputElement | HTMLSelectElement {
  const common = { id, name: setting.name, part: "input" };
  switch (setting.type) {
    case "boolean":
      return make("input", { ...common, type: "checkbox", part: "input checkbox" });
    case "choice":
      return make("select", common, ...setting.choices.map(({ value, label }) => make("option", { value }, label)));
    case "number":
      return make("input", { ...common, type: "number", step: 1, min: setting.min, max: setting.max });
    case "string":
    case "password":
      return make("input", {
        ...common, type: setting.type === "string" ? "text" : "password", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
        maxlength: setting.maxLength,
      });
  }
}

/** What stands in a control, as a value of its setting. */
function valueOf(setting: Setting, control: HTMLInputElement | HTMLSelectElement): SettingValue {
  if (control instanceof HTMLSelectElement) return control.value;
  if (setting.type === "boolean") return control.checked;
  // What a browser calls bad input has no value; NaN is one that is refused.
  if (setting.type === "number") return control.value === "" && !control.validity.badInput ? null : control.valueAsNumber;
  return control.value;
}

export function makeField(setting: Setting, id: string, words: SheetWords, keepsPassword: boolean): Field {
  const control = controlOf(setting, id);
  const hints = [setting.description, setting.type === "password" && keepsPassword ? words.keepPassword : undefined].filter((hint) => hint !== undefined);
  const hint = make("p", { id: `${id}-hint`, part: "hint" }, hints.join(" "));
  const error = make("p", { id: `${id}-error`, part: "error", hidden: true });
  const unit = setting.type === "number" && setting.unit !== undefined ? ` (${setting.unit})` : "";
  const label = make("label", { for: id, part: "label" }, `${setting.label}${unit}`);
  const required = setting.required === true && setting.type !== "boolean";
  if (required) label.append(make("span", { part: "required" }, ` (${words.required})`));
  control.setAttribute("aria-required", String(required && !(setting.type === "password" && keepsPassword)));
  const described = (wrong: boolean): void => {
    const ids = [...(wrong ? [error.id] : []), ...(hints.length > 0 ? [hint.id] : [])];
    if (ids.length > 0) control.setAttribute("aria-describedby", ids.join(" "));
    else control.removeAttribute("aria-describedby");
  };
  described(false);
  const parts = setting.type === "boolean" ? [control, label] : [label, control];
  const node = make("div", { class: setting.type === "boolean" ? "field check" : "field", part: "field" }, ...parts, ...(hints.length > 0 ? [hint] : []), error);
  return {
    setting, node, control,
    value: () => valueOf(setting, control),
    show(value): void {
      if (control instanceof HTMLSelectElement) control.value = String(value ?? "");
      else if (setting.type === "boolean") control.checked = value === true;
      else control.value = value === null || value === undefined ? "" : String(value);
    },
    complain(words_): void {
      error.textContent = words_;
      error.hidden = words_ === "";
      if (words_ === "") control.removeAttribute("aria-invalid");
      else control.setAttribute("aria-invalid", "true");
      described(words_ !== "");
    },
    lock(locked): void {
      // Text that cannot be changed can still be read, reached and copied.
      if (control instanceof HTMLSelectElement || setting.type === "boolean") control.disabled = locked;
      else control.readOnly = locked;
    },
  };
}
