// Memory of a table with its sorted view, a process each, Node only. M: above the host's rows. MJ: of JSON bytes, rows and all.
import { makeChunks, makeRows, parse } from "./rows.mjs";

/** Memory of WebAssembly is external. */
function held() {
  for (let i = 0; i < 2; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
/** Pages bundle this file too. */
const { readFileSync, writeFileSync } = globalThis.process?.getBuiltinModule("node:fs") ?? {};
const status = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;

/** From now on the kernel counts the peak anew; what making the rows took is no part of it. */
function peakFromHere() {
  writeFileSync("/proc/self/clear_refs", "5");
  const from = status("VmRSS");
  return () => status("VmHWM") - from;
}

/** Bytes a row: held, and the growth of the process at its peak. */
export async function memory(one, { n, json }) {
  const given = json ? makeChunks(n) : makeRows(n);
  await pause();
  const before = held();
  const peak = peakFromHere();
  const store = await (!json ? one.load(given) : one.loadBytes ? one.loadBytes(given) : one.load(parse(given)));
  const shown = await one.view(store, false);
  const grown = peak();
  await pause();
  const after = held();
  const kept = [given, store, shown];
  await one.close?.(store, shown);
  return { bytes: (after - before) / n, peak: grown / n, kept: kept.length };
}
