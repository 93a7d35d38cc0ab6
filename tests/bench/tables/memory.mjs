// M: bytes a row that a table and its sorted view hold beyond the host's rows, and the peak on the way (Node only).
import { makeRows } from "./rows.mjs";

/** Memory of WebAssembly is external. */
function held() {
  for (let i = 0; i < 2; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

export async function memory(one, { n }) {
  const rows = makeRows(n);
  await pause();
  const [before, peak] = [held(), process.resourceUsage().maxRSS];
  const store = await one.load(rows);
  const shown = await one.view(store, false);
  await pause();
  const after = held();
  const answer = { bytes: (after - before) / n, peak: (process.resourceUsage().maxRSS - peak) * 1024 / n, rows: before / n };
  await one.close?.(store, shown);
  return { ...answer, rows: rows.length === n ? answer.rows : NaN };
}
