/** What the property sheet says; a host may give its own words. */
import type { Setting, SettingProblem } from "../types/settings.js";

/** Words of the property sheet; give all of them to translate it. */
export interface SheetWords {
  /** Of a value, for its label. */
  readonly problem: (problem: SettingProblem["problem"], setting: Setting) => string;
  /** Under a password that is set already. */
  readonly keepPassword: string;
  readonly required: string;
  readonly title: (displayName: string) => string;
  readonly ok: string;
  readonly cancel: string;
  readonly close: string;
  readonly trying: string;
  /** Why the values were refused, by MAPI's code. */
  readonly refused: (code: string) => string;
}

function limits(setting: Setting, which: "low" | "high"): string {
  if (setting.type === "number") return which === "low" ? `Not less than ${setting.min}.` : `Not more than ${setting.max}.`;
  if (setting.type !== "string" && setting.type !== "password") return "This value is out of range.";
  return which === "low" ? `At least ${setting.minLength} characters.` : `At most ${setting.maxLength ?? 4096} characters.`;
}

const refusals: Readonly<Record<string, string>> = {
  MAPI_E_LOGON_FAILED: "The server refused the user name or the password.",
  MAPI_E_NO_ACCESS: "The server refused access.",
  MAPI_E_NETWORK_ERROR: "The server could not be reached.",
  MAPI_E_TIMEOUT: "The server did not answer in time.",
};

export const english: SheetWords = {
  problem(problem, setting): string {
    switch (problem) {
      case "missing":
        return "Please fill this in.";
      case "type":
        return setting.type === "number" ? "A whole number, please." : "This value cannot be used.";
      case "low":
      case "high":
        return limits(setting, problem);
      case "pattern":
        // The description, if there is one, stands above it.
        return "This does not have the right form.";
      case "choice":
        return "One of the choices, please.";
      case "readOnly":
        return "This cannot be changed.";
      case "unknown":
        return "This setting is not known.";
    }
  },
  keepPassword: "Leave it empty to keep the password there is.",
  required: "required",
  title: (displayName) => `Settings of ${displayName}`,
  ok: "OK",
  cancel: "Cancel",
  close: "Close",
  trying: "Trying these settings.",
  refused: (code) => `Nothing was changed. ${refusals[code] ?? `The settings were refused (${code}).`}`,
};
