// What a relay must remember: each submission and what became of its recipients, on disk before anything is done.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";

/**
 * @typedef {{ status: "accepted" | "rejected" | "open" | "doubtful", code?: number, text?: string }} Result
 * @typedef {{ hash?: string, attempt: number, closed: boolean, at: number, results: Map<string, Result> }} Submission
 *   hash: of the body; absent when it was closed before it was ever seen. at: last change, ms.
 */

const DAY = 86_400_000;

function apply(submissions, { id, at, hash, attempt, begin, end, close }) {
  const known = submissions.get(id) ?? { attempt: 0, closed: false, results: new Map() };
  const next = { ...known, at, hash: hash ?? known.hash, attempt: attempt ?? known.attempt, closed: close ?? known.closed };
  // Without its result a try may have reached the next server: only `end` can say better.
  for (const address of begin ?? []) next.results.set(address, { status: "doubtful" });
  for (const [address, result] of end ?? []) next.results.set(address, result);
  submissions.set(id, next);
}

/** Opens the ledger in `file`; without one it lives in memory. */
export function openLedger({ file, now = Date.now, keepMs = DAY } = {}) {
  const submissions = new Map();
  let log;

  if (file !== undefined) {
    let text = "";
    try { text = readFileSync(file, "utf8"); } catch (error) { if (error.code !== "ENOENT") throw error; }
    // The last line may be torn: it was never acted on, since acting waits for the whole line on disk.
    for (const line of text.split("\n").slice(0, -1)) apply(submissions, JSON.parse(line));
    forget();
    const fresh = openSync(`${file}.new`, "w");
    for (const [id, { at, hash, attempt, closed, results }] of submissions) {
      writeSync(fresh, `${JSON.stringify({ id, at, hash, attempt, close: closed, end: [...results] })}\n`);
    }
    fsyncSync(fresh);
    closeSync(fresh);
    renameSync(`${file}.new`, file);
    log = openSync(file, "a");
  }

  function forget() {
    for (const [id, { at }] of submissions) if (now() - at > keepMs) submissions.delete(id);
  }

  return {
    /** @returns {Submission | undefined} */
    get(id) {
      forget();
      return submissions.get(id);
    },
    /** Durable when it returns. */
    record(id, change) {
      const entry = { id, at: now(), ...change };
      if (log !== undefined) {
        writeSync(log, `${JSON.stringify(entry)}\n`);
        fsyncSync(log);
      }
      apply(submissions, entry);
    },
    close() {
      if (log !== undefined) closeSync(log);
      log = undefined;
    },
  };
}
