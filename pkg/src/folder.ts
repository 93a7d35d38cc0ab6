/** The header folder of a remote transport: as much of IMAPIFolder as a remote viewer needs (catalogue 8). */
import { scodeOf } from "./error.js";
import { readFlags } from "./provider.js";
import type { Pump } from "./pump.js";
import { readProperties } from "./restriction.js";
import { takeCells } from "./rows.js";
import { checkInteger, checkText } from "./snapshot.js";
import type { Tables } from "./table.js";
import type { HeaderFolder, HeaderProgress, Row } from "./types/table.js";
import { input } from "./wire/input.js";
import { act, query } from "./wire/query.js";
import { takeNum, type Take } from "./wire/tape.js";

const phases = ["idle", "download", "delete", "refresh"] as const;
const marks = { download: 0x1000, delete: 0x2000 } as const;

const takeProgress: Take<HeaderProgress> = (from) => {
  const [phase, messages, totalMessages, failed, bytes, totalBytes] = [from.num(), from.num(), from.num(), from.num(), from.num(), from.num()];
  const result = from.option(takeNum);
  return { phase: phases[phase] ?? "idle", messages, totalMessages, failed, bytes, totalBytes, result: result === null ? null : scodeOf(result) };
};

export function openHeaders({ pump, tables }: { readonly pump: Pump; readonly tables: Tables }, entryId: string): HeaderFolder {
  const progress = (): HeaderProgress => pump.read(query.headerProgress(entryId), takeProgress);
  // One without headers is refused here.
  progress();
  const opened = Date.now();

  function count(): number {
    const view = pump.read(query.openHeaders(entryId), takeNum);
    const rows = pump.read(query.view(view, act.rowCount), takeNum);
    pump.read(query.close(view), () => {});
    return rows;
  }

  /** The ten of C-169: may be read, its contents marked; no folders, nothing hidden. */
  function all(): Row {
    const name = pump.read(query.props(entryId, ["displayName"]), takeCells)["displayName"] ?? null;
    return {
      access: 0x2, accessLevel: 0, associatedContentCount: 0, contentCount: count(), creationTime: opened, displayName: name,
      displayType: 0x0100_0000, folderType: 1, objectType: 3, subfolders: false,
    };
  }

  return {
    getContentsTable: () => tables.open(query.openHeaders(entryId)),
    setMessageStatus(header, status, mask): number {
      const bits = readFlags(status, "the status of setMessageStatus", marks);
      const named = typeof status === "number" ? undefined : readFlags(Object.fromEntries(Object.keys(status).map((key) => [key, true])), "marks", marks);
      const which = checkInteger(mask ?? named, "the mask of setMessageStatus", 0, 0xffff_ffff);
      const before = pump.read(query.setMessageStatus(entryId, checkText(header, "the entry id of a header", 8192), bits, which), takeNum);
      // Told once the call has returned (C-179).
      input.tick(pump.tape());
      return before;
    },
    getProps(columns): Row {
      const here = all();
      // Raw tags come back by name.
      const asked = Object.keys(pump.read(query.props(entryId, readProperties(columns)), takeCells));
      return Object.fromEntries(asked.map((name) => [name, here[name] ?? { error: "MAPI_E_NOT_FOUND" as const }]));
    },
    getPropList: () => Object.keys(all()),
    getProgress: progress,
  };
}
