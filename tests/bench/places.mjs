// Where a job runs alone: a fresh Node process, or a fresh page in a fresh browser.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { must, root } from "../lib/run.mjs";
import { serve } from "../lib/serve.mjs";
import { open } from "../lib/webdriver.mjs";

// Else a forced collection throws compiled code away, and the next round measures the compiler.
const flags = ["--expose-gc", "--no-flush-bytecode", "--min-semi-space-size=16", "--max-semi-space-size=16"];
const patience = 3_600_000;
const usual = "tests/bench/suites.mjs";

/** `jobs`: the module that has them, below the repository. */
async function inNode(job, jobs = usual) {
  const child = fileURLToPath(new URL("child.mjs", import.meta.url));
  const { output } = await must(process.execPath, [...flags, "--max-old-space-size=8192", child, JSON.stringify(job), `${root}/${jobs}`], { quiet: true });
  return JSON.parse(output.trim().split("\n").pop());
}

const read = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

/** CPU ms of the pages of a browser, all threads; NaN where it cannot be read. */
function pageClock(browser) {
  if (!existsSync("/proc/self/schedstat")) return () => NaN;
  const parent = (pid) => read(`/proc/${pid}/stat`).split(") ").pop().split(" ")[1];
  const under = (pid) => pid === String(browser) || (Number(pid) > 1 && under(parent(pid)));
  const numbers = (dir) => readdirSync(dir).filter((name) => /^\d+$/.test(name));
  const pages = numbers("/proc").filter((pid) => read(`/proc/${pid}/cmdline`).includes("--type=renderer") && under(pid));
  const threads = (pid) => numbers(`/proc/${pid}/task`).map((task) => Number(read(`/proc/${pid}/task/${task}/schedstat`).split(" ")[0]));
  return () => pages.flatMap(threads).reduce((sum, ns) => sum + ns, 0) / 1e6;
}

const page = `<!doctype html><meta charset="utf-8"><title>bench</title><script type="importmap">
{"imports": {"p-queue": "/tests/node_modules/p-queue/dist/index.js", "eventemitter3": "/tests/node_modules/eventemitter3/dist/eventemitter3.esm.js",
"p-timeout": "/tests/node_modules/p-timeout/index.js"}}</script><script type="module">
const { from, job: [name, subject, work, options], clocked } = await (await fetch("/job")).json();
// P1 is about the memory store, which is taken where there is no other.
if (name !== "journal") Object.defineProperty(globalThis, "indexedDB", { value: undefined });
const cpu = () => {
  if (!clocked) return NaN;
  const request = new XMLHttpRequest();
  request.open("GET", "/cpu", false);
  request.send();
  return Number(request.responseText);
};
const answer = await import(from).then(({ jobs }) => jobs[name](subject, ...(work === null ? [] : [work]), { ...options, cpu })).then(
  (result) => ({ result }), (error) => ({ error: String(error) + "\\n" + error?.stack }));
document.body.textContent = JSON.stringify(answer);
document.dispatchEvent(new Event("answered"));
</script><body></body>`;

/** Else Firefox ends what takes long. */
const prefs = { "dom.max_script_run_time": 0, "dom.ipc.processHangMonitor": false };

/** Firefox is measured by wall time: asking for its CPU would cost it several ms of CPU. */
const inBrowser = (engine) => async (job, jobs = usual) => {
  const clocked = engine === "chromium";
  const browser = await open(engine, { timeout: patience, ...(clocked ? { args: [`--js-flags=${flags.join(" ")}`] } : { prefs }) });
  let clock;
  const site = await serve({
    "/": root,
    "/page": page,
    "/job": (_, response) => response.end(JSON.stringify({ from: `/${jobs}`, job, clocked })),
    "/cpu": (_, response) => {
      clock ??= pageClock(browser.pid);
      response.end(String(clock()));
    },
  }, { headers: { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" } });
  try {
    await browser.navigate(`${site.origin}/page`);
    const text = await browser.execute(() => new Promise((done) => {
      const look = () => done(document.body.textContent);
      if (document.body.textContent === "") document.addEventListener("answered", look);
      else look();
    }));
    const { result, error } = JSON.parse(text);
    if (error !== undefined) throw new Error(`in ${engine}: ${error}`);
    return result;
  } finally {
    await browser.quit();
    await site.close();
  }
};

/** By name: run(job, jobs) answers what the job does. */
export const places = { node: inNode, chromium: inBrowser("chromium"), firefox: inBrowser("firefox") };
