/** IMAPIStatus: the verbs of one row of the status table. */
import { readColumns } from "./columns.js";
import { MapiError, invalid, kind } from "./error.js";
import { readFlags } from "./provider.js";
import { openHeaders } from "./folder.js";
import type { Pump } from "./pump.js";
import type { Ask, RequestOptions, Requests } from "./requests.js";
import { readProperties } from "./restriction.js";
import { takeCells } from "./rows.js";
import { checkBool, checkText, readFields, readSignal, signalOf } from "./snapshot.js";
import type { Tables } from "./table.js";
import type { FlushProgress, StatusObject } from "./types/table.js";
import { input } from "./wire/input.js";
import { query } from "./wire/query.js";
import type { Verb } from "./wire/shapes.js";

/** IMAPIStatus::ValidateState. */
const validateFlags = {
  suppressUi: 0x1, refreshHeaders: 0x1_0000, processHeaders: 0x2_0000, forceConnect: 0x4_0000, forceDisconnect: 0x8_0000,
  configChanged: 0x10_0000, abortHeaders: 0x20_0000, showSessionUi: 0x40_0000,
} as const;
const flushFlags = { upload: 0x2, download: 0x4, force: 0x8, noUi: 0x10, asyncOk: 0x20 } as const;

const unit = (): void => {};

export interface StatusHost {
  readonly pump: Pump;
  readonly requests: Requests;
  readonly tables: Tables;
}

export function openStatus({ pump, requests, tables }: StatusHost, entryId: string): StatusObject {
  const properties = (columns: readonly string[] | null) => pump.read(query.props(entryId, columns), takeCells);
  // An entry id that names nothing is refused here, not at the first verb.
  properties(null);

  const ask = (write: Ask<void>, options?: RequestOptions): Promise<void> => requests.make(write, undefined, unit, options);
  const dialog = (verb: Verb, readOnly: boolean, secrets: readonly unknown[], signal: AbortSignal | undefined): Promise<void> =>
    ask((tape, req) => input.dialog(tape, req, entryId, verb, readOnly), { secrets, signal });

  return {
    entryId,
    async validateState(flags): Promise<void> {
      const what = "the flags of validateState";
      if (flags === undefined || typeof flags === "number") {
        const bits = flags === undefined ? 0 : readFlags(flags, what, validateFlags);
        return ask((tape, req) => input.validate(tape, req, entryId, bits));
      }
      const { signal, ...named } = readFields(flags, what, [...Object.keys(validateFlags), "signal"]);
      const bits = readFlags(named, what, validateFlags);
      await ask((tape, req) => input.validate(tape, req, entryId, bits), { signal: readSignal(signal) });
    },
    async flushQueues(flags): Promise<void> {
      const { target, signal, onProgress, ...options } = readFields(flags, "the flags of flushQueues", [...Object.keys(flushFlags), "target", "signal", "onProgress"]);
      const bits = readFlags(options, "the flags of flushQueues", flushFlags);
      const entry = target === undefined ? null : checkText(target, "target", 8192);
      if (onProgress !== undefined && typeof onProgress !== "function") throw invalid("onProgress to be a function", kind(onProgress));
      await ask((tape, req) => input.flush(tape, req, entryId, bits, entry), {
        signal: readSignal(signal),
        onProgress: onProgress as ((progress: FlushProgress) => void) | undefined,
      });
    },
    async changePassword(oldPassword, newPassword, options): Promise<void> {
      if (typeof oldPassword !== "string" || typeof newPassword !== "string") {
        throw new MapiError("MAPI_E_INVALID_PARAMETER", "two passwords as text", "something else");
      }
      await dialog("changePassword", false, [oldPassword, newPassword], signalOf(options));
    },
    async settingsDialog(options): Promise<void> {
      const { readOnly: given, signal } = readFields(options ?? {}, "the options of settingsDialog", ["readOnly", "signal"]);
      const readOnly = given !== undefined && checkBool(given, "readOnly");
      await dialog("settingsDialog", readOnly, [{ readOnly }], readSignal(signal));
    },
    getProps: (columns) => properties(readProperties(columns)),
    setProps(values): void {
      pump.read(query.setProps(entryId, readColumns(values, "the values of setProps")), unit);
      // What the row shows now is told.
      input.tick(pump.tape());
    },
    getPropList: () => Object.keys(properties(null)),
    headers: () => openHeaders({ pump, tables }, entryId),
  };
}
