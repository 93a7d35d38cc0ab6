/**
 * The package's own property sheet: `mailspooler/elements`. Importing it does nothing; `defineElements()` registers
 * `<mailspooler-property-sheet>`. Themable by the custom properties `--mailspooler-gap`, `-quiet`, `-bad`, `-field`, `-edge`, `-radius`,
 * `-accent` and the parts `field`, `label`, `required`, `input`, `checkbox`, `hint`, `error`.
 */
import { makeClass, tagName } from "./sheet.js";

export { propertySheet } from "./dialog.js";
export type { PropertySheetOptions } from "./dialog.js";
export type { PropertySheetElement, SheetContent } from "./sheet.js";
export type { SheetWords } from "./words.js";

/** Idempotent. */
export function defineElements(registry: CustomElementRegistry = customElements): void {
  if (registry.get(tagName) === undefined) registry.define(tagName, makeClass());
}
