/** Reconfiguration as seen from a host: what is in force, what would be wrong, and the change itself. */
import { MapiError } from "../error.js";
import type { Settings } from "../options.js";
import type { Callback, Provider } from "../provider.js";
import type { Pump } from "../pump.js";
import type { Requests } from "../requests.js";
import type { ProviderSettings, PropertySheet, SettingProblem } from "../types/settings.js";
import type { CallContext } from "../types/transport.js";
import { takePairs } from "../wire/effect.js";
import { input } from "../wire/input.js";
import { query } from "../wire/query.js";
import { verbTag, type Verb } from "../wire/shapes.js";
import { readGiven, valuesOf, type Given } from "./schema.js";

export interface ConfigureHost {
  readonly pump: Pump;
  readonly requests: Requests;
  readonly settings: Settings;
}

interface Seen {
  readonly n: number;
  readonly values: ProviderSettings["values"];
  readonly problems: readonly SettingProblem[];
}

const none: Given = { plain: [], secrets: {}, problems: [] };

/** What the core makes of these values, and what this side saw before. */
const look = ({ pump }: ConfigureHost, uid: string, given: Given): Seen =>
  pump.read(query.settings(uid, given.plain), (from) => {
    const [n, values] = [from.num(), valuesOf(takePairs(from))];
    const problems = from.list((item) => ({ name: item.text(), problem: item.text() as SettingProblem["problem"] }));
    return { n, values, problems: [...given.problems, ...problems] };
  });

const given = (provider: Provider | undefined, values: unknown): Given => (provider === undefined ? none : readGiven(provider.schema, values));

export function getSettings(host: ConfigureHost, provider: Provider | undefined, uid: string): ProviderSettings {
  const { n, values } = look(host, uid, none);
  return { configuration: n, settings: provider?.schema.settings ?? [], values };
}

export const checkSettings = (host: ConfigureHost, provider: Provider | undefined, uid: string, values: unknown): readonly SettingProblem[] =>
  look(host, uid, given(provider, values)).problems;

export async function configure(host: ConfigureHost, provider: Provider | undefined, uid: string, values: unknown, signal?: AbortSignal): Promise<void> {
  const wanted = given(provider, values);
  const { values: whole, problems } = look(host, uid, wanted);
  const [first] = problems;
  if (first !== undefined) throw new MapiError("MAPI_E_INVALID_PARAMETER", `setting ${first.name} with a value it takes`, first.problem, { problems });
  const kept = Object.keys(wanted.secrets).length === 0 || host.settings.keepCredentials !== undefined;
  if (!kept) throw new MapiError("MAPI_E_NO_SUPPORT", "keepCredentials in the options of openSession, to keep a password", "none");
  await host.requests.make((tape, req) => input.configure(tape, req, uid, wanted.plain), undefined, () => {}, { secrets: [whole, wanted.secrets], signal });
}

/** A transport that declares settings and no dialog of its own has the host's sheet for one. */
export function withSheet(host: ConfigureHost, provider: Provider): Provider {
  const show = host.settings.propertySheet;
  const { config, functions, schema } = provider;
  if (show === undefined || schema.settings.length === 0 || functions.has("settingsDialog")) return provider;
  const { uid, displayName } = config;
  const dialog: Callback = (options, ctx) => {
    const { signal } = ctx as CallContext;
    const { readOnly } = options as { readonly readOnly: boolean };
    const sheet: PropertySheet = {
      ...getSettings(host, provider, uid), uid, displayName, readOnly, signal,
      check: (values) => checkSettings(host, provider, uid, values),
      async apply(values, more): Promise<void> {
        if (readOnly) throw new MapiError("MAPI_E_NO_ACCESS", "a sheet that may be changed", "one opened read-only");
        await configure(host, provider, uid, values, more?.signal ?? signal);
      },
    };
    return show(sheet);
  };
  const verb: Verb = "settingsDialog";
  return Object.assign(provider, {
    functions: new Map(functions).set(verb, dialog),
    config: { ...config, functions: config.functions | (1 << (verbTag(verb) - 1)) },
  });
}
