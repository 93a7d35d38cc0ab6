/** Property sheets: what a provider can be configured with (catalogue 3.6). */

/** Numbers are whole. */
export type SettingValue = string | number | boolean | null;

interface SettingBase {
  /** A letter, then letters, digits and `_`, at most 64. */
  readonly name: string;
  /** What a person reads. */
  readonly label: string;
  readonly description?: string;
  /** DT_REQUIRED; of a password: until something was configured. Default false. */
  readonly required?: boolean;
  /** DT_EDITABLE. Default true. */
  readonly editable?: boolean;
  /** It counts only while an earlier setting has this value. */
  readonly dependsOn?: { readonly name: string; readonly is: SettingValue };
}

/** One control. `value`: before anything is stored. */
export type Setting =
  | SettingBase & {
    readonly type: "string";
    readonly value?: string;
    /** UTF-16 units, as HTML counts. Default 0 to 4096. */
    readonly minLength?: number;
    readonly maxLength?: number;
    /** As of an HTML input: the whole value must match. */
    readonly pattern?: string;
  }
  | SettingBase & { readonly type: "number"; readonly value?: number; readonly min?: number; readonly max?: number; readonly unit?: string }
  | SettingBase & { readonly type: "boolean"; readonly value?: boolean }
  | SettingBase & { readonly type: "choice"; readonly value?: string; readonly choices: readonly { readonly value: string; readonly label: string }[] }
  /** Never stored: it goes to `test` and to the session's `keepCredentials`. */
  | SettingBase & { readonly type: "password"; readonly minLength?: number; readonly maxLength?: number; readonly pattern?: string };

/** By name. */
export type SettingValues = Readonly<Record<string, SettingValue>>;

/** A value that is refused, by a word: `low` and `high` mean length where the value is text. */
export interface SettingProblem {
  readonly name: string;
  readonly problem: "unknown" | "readOnly" | "missing" | "type" | "low" | "high" | "choice" | "pattern";
}

/** What is in force. Passwords have no value here. */
export interface ProviderSettings {
  /** 0: as the provider declares it; then one more for each change. */
  readonly configuration: number;
  /** As the provider declared them. */
  readonly settings: readonly Setting[];
  readonly values: SettingValues;
}

/** What a host's `propertySheet` gets; it resolves when the values are in force, and rejects when the person cancels. */
export interface PropertySheet extends ProviderSettings {
  readonly uid: string;
  readonly displayName: string;
  readonly readOnly: boolean;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
  /** What is wrong with these values, without trying them. */
  readonly check: (values: SettingValues) => readonly SettingProblem[];
  /** Tests, stores and puts in force exactly these values (C-064). */
  readonly apply: (values: SettingValues, options?: { readonly signal?: AbortSignal }) => Promise<void>;
}
