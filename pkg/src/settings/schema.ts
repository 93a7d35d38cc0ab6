/** A provider's settings, read once. */
import { invalid } from "../error.js";
import { checkBool, checkInteger, checkOneOf, checkText, guarded, readFields, readList, type Fields } from "../snapshot.js";
import type { Setting, SettingProblem, SettingValue, SettingValues } from "../types/settings.js";
import type { WireSetting } from "../wire/shapes.js";

/** Twins of src/settings. */
const most = 64;
const textMax = 4_096;
const types = ["string", "number", "boolean", "choice", "password"] as const;
const known = [
  "name", "type", "label", "description", "value", "required", "editable", "dependsOn", "minLength", "maxLength", "pattern", "min", "max",
  "unit", "choices",
];

export interface Schema {
  readonly settings: readonly Setting[];
  readonly wire: readonly WireSetting[];
  readonly patterns: ReadonlyMap<string, RegExp>;
  /** Names of passwords. */
  readonly secrets: ReadonlySet<string>;
  /** As declared. */
  readonly initial: SettingValues;
}

/** What was given of a configuration, taken apart: a secret goes on as its length. */
export interface Given {
  readonly plain: readonly (readonly [string, SettingValue])[];
  readonly secrets: Readonly<Record<string, string>>;
  /** What this side can see. */
  readonly problems: readonly SettingProblem[];
}

const or = <T>(value: unknown, otherwise: T, read: (value: unknown) => T): T => (value === undefined ? otherwise : read(value));
const name = (value: unknown): string => {
  const text = checkText(value, "the name of a setting", 64);
  if (!/^[A-Za-z]\w*$/.test(text)) throw invalid("the name of a setting: a letter, then letters, digits and _", "another");
  return text;
};

function readValue(value: unknown, what: string): SettingValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "boolean") return value;
  return typeof value === "number" ? checkInteger(value, what, Number.MIN_SAFE_INTEGER) : checkText(value, what, textMax);
}

function readKind(type: (typeof types)[number], f: Fields, of: string): WireSetting["kind"] {
  const lengths = (): { min: number; max: number } => ({
    min: or(f["minLength"], 0, (v) => checkInteger(v, `minLength of ${of}`, 0, textMax)),
    max: or(f["maxLength"], textMax, (v) => checkInteger(v, `maxLength of ${of}`, 0, textMax)),
  });
  const number = (field: string, otherwise: number): number =>
    or(f[field], otherwise, (v) => checkInteger(v, `${field} of ${of}`, Number.MIN_SAFE_INTEGER));
  switch (type) {
    case "boolean":
      return { type: "flag" };
    case "string":
      return { type: "text", ...lengths() };
    case "password":
      return { type: "secret", ...lengths() };
    case "number":
      return { type: "number", min: number("min", Number.MIN_SAFE_INTEGER), max: number("max", Number.MAX_SAFE_INTEGER) };
    case "choice":
      return {
        type: "choice",
        values: readList(f["choices"], `choices of ${of}`, most).map((choice) => {
          const { value, label } = readFields(choice, `a choice of ${of}`, ["value", "label"]);
          checkText(label, `label of a choice of ${of}`, 1024);
          return checkText(value, `value of a choice of ${of}`, textMax);
        }),
      };
  }
}

interface One { readonly setting: Setting; readonly wire: WireSetting; readonly pattern: RegExp | undefined }

function readOne(value: unknown): One {
  const f = readFields(value, "a setting", known);
  const own = name(f["name"]);
  const of = `setting ${own}`;
  const type = checkOneOf(f["type"], `type of ${of}`, types);
  checkText(f["label"], `label of ${of}`, 1024);
  for (const field of ["description", "unit"]) or(f[field], "", (v) => checkText(v, `${field} of ${of}`, textMax));
  const initial = readValue(f["value"], `value of ${of}`);
  if (type === "password" && initial !== null) throw invalid(`${of}, a password, without a value`, "one with a value");
  const depends = or(f["dependsOn"], null, (v) => {
    const on = readFields(v, `dependsOn of ${of}`, ["name", "is"]);
    return [name(on["name"]), readValue(on["is"], `dependsOn of ${of}`)] as const;
  });
  const wire = {
    name: own, initial, depends, kind: readKind(type, f, of),
    required: or(f["required"], false, (v) => checkBool(v, `required of ${of}`)),
    editable: or(f["editable"], true, (v) => checkBool(v, `editable of ${of}`)),
  };
  const pattern = or(f["pattern"], undefined as RegExp | undefined, (v) =>
    guarded(`pattern of ${of}`, () => new RegExp(`^(?:${checkText(v, `pattern of ${of}`)})$`, "u")));
  const setting = { ...f, editable: wire.editable, required: wire.required } as unknown as Setting;
  return { setting: Object.freeze(setting), wire, pattern };
}

/** What is in force, for transports: frozen, without prototype. */
export const valuesOf = (pairs: Iterable<readonly [string, SettingValue]>): SettingValues => {
  const values = Object.create(null) as Record<string, SettingValue>;
  for (const [key, value] of pairs) values[key] = value;
  return Object.freeze(values);
};

export function readSettings(value: unknown): Schema {
  const all = value === undefined || value === null ? [] : readList(value, "settings", most).map(readOne);
  const seen = new Set<string>();
  for (const { wire: { name: own, depends } } of all) {
    if (seen.has(own)) throw invalid("settings with different names", "a name twice");
    if (depends !== null && !seen.has(depends[0])) throw invalid(`setting ${own} to depend on an earlier one`, "another");
    seen.add(own);
  }
  const secrets = new Set(all.filter(({ setting }) => setting.type === "password").map(({ wire }) => wire.name));
  return {
    settings: Object.freeze(all.map(({ setting }) => setting)),
    wire: all.map(({ wire }) => wire),
    patterns: new Map(all.flatMap(({ wire, pattern }) => (pattern === undefined ? [] : [[wire.name, pattern]]))),
    secrets,
    initial: valuesOf(all.filter(({ wire }) => !secrets.has(wire.name)).map(({ wire }) => [wire.name, wire.initial])),
  };
}

/** Reads values a person gave. Patterns are checked here: the browser has the language, the core would need it in bytes. */
export function readGiven(schema: Schema, values: unknown): Given {
  const plain: (readonly [string, SettingValue])[] = [];
  const secrets = Object.create(null) as Record<string, string>;
  const problems: SettingProblem[] = [];
  const fields = readFields(values, "the values of settings", schema.wire.map((setting) => setting.name), {
    unknown: (field) => void problems.push({ name: field, problem: "unknown" }),
  });
  for (const [field, given] of Object.entries(fields)) {
    let value: SettingValue;
    try {
      value = readValue(given, "a value");
    } catch {
      problems.push({ name: field, problem: typeof given === "string" && given.length > textMax ? "high" : "type" });
      continue;
    }
    const secret = schema.secrets.has(field);
    if (typeof value === "string" && value !== "" && schema.patterns.get(field)?.test(value) === false) problems.push({ name: field, problem: "pattern" });
    if (!secret) plain.push([field, value]);
    else if (typeof value !== "string") plain.push([field, value === null ? null : true]);
    else {
      plain.push([field, value.length]);
      if (value !== "") secrets[field] = value;
    }
  }
  return { plain, secrets, problems };
}
