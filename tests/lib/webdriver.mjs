// A W3C WebDriver client for the three engines, without dependencies. One driver process and one browser per `open`.
//
//   const browser = await open("chromium" | "firefox" | "webkit", { profile?, args?, prefs?, headless = true, timeout? })
//       profile   directory that survives quit() and kill(); default: a fresh one, removed at the end.
//                 (WebKitGTK's automation keeps nothing: `profile` is refused there.)
//       args      more command line; prefs: Firefox preferences. timeout: of scripts, ms (default twenty minutes).
//   browser.pid, browser.engine, browser.profile
//   await browser.navigate(url) · url() · title() · refresh() · back()
//   await browser.execute(fn, ...args)    runs fn (or its source text) in the page; it may be async; what it throws is thrown here.
//       In Firefox that is a sandbox over the page, in which a few things differ (a Blob made there lacks arrayBuffer):
//       let the page load what is tested, and read what it leaves in globalThis.
//   await browser.until(fn, ...args)      the first truthy answer of fn, asked in the page every 20 ms (or after `timeout` an error).
//       An error of a script that took too long holds a picture of the page (picture.mjs).
//   await browser.click(css) · type(css, text) · text(css) · screenshot(file?) · resize(width, height)
//   await browser.windows() · newWindow("tab" | "window") → handle · switchTo(handle) · closeWindow()
//   await browser.command(method, path, body)   any other command of the session.
//   await browser.quit()                  orderly end.
//   await browser.kill()                  kill -9 of the browser, then of all it began and the driver; resolves when they are gone.
// Everything still alive when Node ends is killed by its pid.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engine as needs } from "./install.mjs";
import { picture } from "./picture.mjs";
import { freePort } from "./ports.mjs";
import { kill } from "./run.mjs";

const live = new Set();
process.on("exit", () => {
  for (const pid of live) signal(pid, "SIGKILL");
});
for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => process.exit(1));

function signal(pid, name) {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

/** When something hangs: far more than a slow machine needs under load. */
const PATIENCE = 1_200_000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function gone(pid) {
  while (signal(pid, 0) && !/^State:\s+Z/m.test(readStatus(pid))) await pause(10);
  live.delete(pid);
}

function readStatus(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}

/** A process and all it began. */
function family(pid) {
  const all = [pid];
  for (const each of all) {
    try {
      for (const task of readdirSync(`/proc/${each}/task`)) all.push(...readFileSync(`/proc/${each}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number));
    } catch {
      continue;
    }
  }
  return all;
}

/** What outlives its browser may still write where the next one begins, or where all is removed. */
async function end(pids) {
  for (const pid of pids) signal(pid, "SIGKILL");
  for (const pid of pids) await gone(pid);
}

/** An X display for what cannot run headless: one for the process. */
let displayed;
export function display() {
  displayed ??= needs("webkit").then(({ display: path }) => new Promise((resolve, reject) => {
    const child = spawn(path, ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
      { stdio: ["ignore", "ignore", "ignore", "pipe"] });
    live.add(child.pid);
    child.on("exit", () => reject(new Error("Xvfb ended")));
    child.stdio[3].once("data", (number) => {
      child.unref();
      child.stdio[3].unref();
      resolve(`:${String(number).trim()}`);
    });
  }));
  return displayed;
}

function spec(name, { driver, browser }, { profile, args = [], prefs = {}, headless }) {
  switch (name) {
    case "chromium":
      return {
        // With --port=0 it takes one that is free for IPv6 and may not be for IPv4.
        driver: [driver, ["--log-level=WARNING"]],
        capabilities: {
          browserName: "chrome",
          "goog:chromeOptions": {
            binary: browser, browserStartupTimeout: PATIENCE,
            args: [...(headless ? ["--headless"] : []), "--no-sandbox", "--disable-gpu", "--disable-quic",
              "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
              "--disable-component-update", "--disable-sync", `--user-data-dir=${profile}`, ...args],
          },
        },
      };
    case "firefox":
      return {
        driver: [driver, ["--host", "127.0.0.1", "--port", "0", "--websocket-port", "0"]],
        ready: /Listening on 127\.0\.0\.1:(\d+)/,
        capabilities: {
          browserName: "firefox",
          "moz:firefoxOptions": {
            binary: browser, prefs, args: [...(headless ? ["-headless"] : []), "-profile", profile, ...args],
          },
        },
      };
    default:
      return {
        driver: [driver, ["--host=127.0.0.1"]],
        capabilities: {
          browserName: "MiniBrowser",
          "webkitgtk:browserOptions": { binary: browser, args: ["--automation", ...args] },
        },
      };
  }
}

async function startDriver({ driver: [path, args], ready }, env) {
  const port = ready ? undefined : await freePort();
  const child = spawn(path, port ? [...args, `--port=${port}`] : args, { env, stdio: ["ignore", "pipe", "pipe"] });
  live.add(child.pid);
  child.once("exit", () => live.delete(child.pid));
  let log = "";
  const heard = new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        log = (log + chunk).slice(-20000);
        const match = ready?.exec(log);
        if (match) resolve(Number(match[1]));
      });
    }
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${path} ended with ${code} before it listened\n${log}`)));
  });
  const address = async () => `http://127.0.0.1:${port ?? await heard}`;
  const base = await address();
  if (port) {
    const driver = { over: false };
    heard.catch(() => { driver.over = true; });
    const up = async () => (await fetch(`${base}/status`).catch(() => undefined))?.ok;
    await Promise.race([heard, (async () => { while (!driver.over && !(await up())) await pause(20); })()]);
  }
  heard.catch(() => {});
  return { child, base, log: () => log };
}

/** The one child of a driver that does not tell its browser's pid. */
function childOf(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  if (children.length === 0) throw new Error("the driver has no browser process");
  return Number(children[0]);
}

/** A connection for each command, and a limit behind the driver's own: fetch gives up after five minutes, and on a connection that the driver closed. */
const ask = (url, method, text, limit) => new Promise((done, failed) => {
  const headers = text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  const asked = request(url, { method, headers, agent: false }, (response) => {
    const parts = [];
    response.on("data", (part) => parts.push(part)).once("error", failed)
      .once("end", () => done({ ok: response.statusCode < 400, text: Buffer.concat(parts).toString("utf8") }));
  });
  const late = setTimeout(() => {
    failed(new Error(`the driver has not answered ${method} ${url} in ${limit} ms`));
    asked.destroy();
  }, limit);
  asked.once("error", failed).once("close", () => clearTimeout(late)).end(text);
});

// Execute Script does not wait for promises in every engine; Execute Async Script does everywhere.
const wrap = (fn) => `const done = arguments[1];
Promise.resolve().then(() => (${fn})(...arguments[0])).then(
  (value) => done({ value: value === undefined ? null : value }),
  (e) => done({ error: { name: String(e?.name ?? "thrown"), message: String(e?.message ?? e), stack: String(e?.stack) } }));`;

const untilTruthy = (fn) => `async (...args) => {
  for (;;) {
    const value = await (${fn})(...args);
    if (value) return value;
    await new Promise((next) => setTimeout(next, 20));
  }
}`;

export async function open(name, { profile, timeout = PATIENCE, headless = true, ...options } = {}) {
  if (name === "webkit" && profile) throw new Error("WebKitGTK's automation keeps nothing: no profile");
  const found = await needs(name);
  const home = profile ?? mkdtempSync(join(tmpdir(), `mailspooler-${name}-`));
  const env = { ...process.env, ...(name === "webkit" ? { DISPLAY: await display() } : {}) };
  const plan = spec(name, found, { profile: home, headless, ...options });
  const driver = await startDriver(plan, env);

  const send = async (method, path, body) => {
    const { ok, text } = await ask(driver.base + path, method, method === "POST" ? JSON.stringify(body ?? {}) : undefined, Math.max(timeout, PATIENCE) + 60_000);
    const { value } = JSON.parse(text);
    if (!ok) throw Object.assign(new Error(`${value.error}: ${value.message}`), { code: value.error });
    return value;
  };

  let session;
  try {
    session = await send("POST", "/session", { capabilities: { alwaysMatch: plan.capabilities } });
  } catch (error) {
    driver.child.kill("SIGKILL");
    throw new Error(`${name} did not start: ${error.message}\n${driver.log()}`, { cause: error });
  }
  const at = `/session/${session.sessionId}`;
  const command = (method, path, body) => send(method, at + path, body);
  const pid = session.capabilities["goog:processID"] ?? session.capabilities["moz:processID"] ?? childOf(driver.child.pid);
  live.add(pid);

  const cleanUp = () => {
    if (!profile) rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
  let ended;
  const once = (how) => (ended ??= how());

  const limit = (ms) => command("POST", "/timeouts", { script: ms, pageLoad: timeout, implicit: 0 });
  const run = (fn, args) => command("POST", "/execute/async", { script: wrap(String(fn)), args: [args] });

  async function explained(error) {
    if (error.code !== "script timeout") return error;
    const seen = await limit(20_000).then(() => run(picture, []))
      .then(({ value, error: thrown }) => value ?? thrown.message, ({ message }) => `no picture: ${message}`);
    await limit(timeout).catch(() => {});
    return Object.assign(new Error(`${error.message}\n${seen}`, { cause: error }), { code: error.code });
  }

  const execute = async (fn, ...args) => {
    const answer = await run(fn, args).catch(async (error) => { throw await explained(error); });
    if (answer.error) {
      throw Object.assign(new Error(answer.error.message), { name: answer.error.name, page: answer.error.stack });
    }
    return answer.value;
  };
  const element = async (css) =>
    Object.values(await command("POST", "/element", { using: "css selector", value: css }))[0];

  await limit(timeout);
  return {
    engine: name, pid, profile: home, command, execute,
    version: session.capabilities.browserVersion,
    navigate: (url) => command("POST", "/url", { url }),
    url: () => command("GET", "/url"),
    title: () => command("GET", "/title"),
    refresh: () => command("POST", "/refresh"),
    back: () => command("POST", "/back"),
    until: (fn, ...args) => execute(untilTruthy(String(fn)), ...args),
    click: async (css) => command("POST", `/element/${await element(css)}/click`),
    type: async (css, text) => command("POST", `/element/${await element(css)}/value`, { text }),
    text: async (css) => command("GET", `/element/${await element(css)}/text`),
    screenshot: async (file) => {
      const image = Buffer.from(await command("GET", "/screenshot"), "base64");
      if (file) writeFileSync(file, image);
      return image;
    },
    resize: (width, height) => command("POST", "/window/rect", { width, height }),
    windows: () => command("GET", "/window/handles"),
    newWindow: async (type = "tab") => (await command("POST", "/window/new", { type })).handle,
    switchTo: (handle) => command("POST", "/window", { handle }),
    closeWindow: () => command("DELETE", "/window"),
    quit: () => once(async () => {
      const all = family(pid);
      await command("DELETE", "").catch(() => {});
      await kill(driver.child);
      await end(all);
      cleanUp();
    }),
    kill: () => once(async () => {
      const all = family(pid);
      signal(pid, "SIGKILL");
      driver.child.kill("SIGKILL");
      await gone(pid);
      await end([...all, driver.child.pid]);
      cleanUp();
    }),
  };
}
