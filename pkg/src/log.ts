/** What went wrong and is nobody's answer: to the session's `log`, and once, by name, to the console. */
import { rethrow } from "./events.js";
import type { LogEntry } from "./types/transport.js";

export type Log = (entry: Omit<LogEntry, "at">) => void;

/** More than a few dozen different ones say nothing new. */
const saidMax = 64;

export function makeLog(wall: () => number, log: ((entry: LogEntry) => unknown) | undefined): Log {
  const said = new Set<string>();

  function say({ level, code, transport }: Omit<LogEntry, "at">): void {
    const text = `mailspooler: ${transport === undefined ? "" : `transport ${transport}: `}${code}`;
    if (level === "debug" || level === "info" || said.has(text) || said.size >= saidMax) return;
    said.add(text);
    // oxlint-disable-next-line no-console -- the one place
    console[level](text);
  }

  return (entry) => {
    say(entry);
    try {
      log?.({ at: wall(), ...entry });
    } catch (error) {
      rethrow(error);
    }
  };
}
