// The host's sources over the packed core.
//
//   const host = await hostSide("name")            every export of the modules below, and:
//   host.open(options, { sabotage })               a session in memory; `sabotage(method, args)` true: the core traps there;
//                                                  it hears "stepped" and "answered" with what came out: numbers and bytes of text
//   host.transport(submit, rest)                   a transport of one function; deduplicates unless told otherwise
//   host.counted()                                 a memory store whose `commits` are the transactions it was asked for
//   accepts, gate(), uncaught(t)                   an outcome; a promise with its two ends; what the test throws at nobody
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { pack } from "../../lib/pack.mjs";
import { root } from "../../lib/run.mjs";

const modules = [
  "error", "snapshot", "content", "hash", "submit", "provider", "answer", "outcome", "events", "watch", "requests", "session",
  "store/memory", "store/store", "wire/tape", "wire/query", "wire/input", "wire/effect", "wire/door", "wire/shapes", "testing",
];

async function sources(name) {
  const outfile = join(root, "target/host-tests", `${name}-${process.pid}.mjs`);
  mkdirSync(join(root, "target/host-tests"), { recursive: true });
  await build({
    stdin: { contents: modules.map((m) => `export * from "./${m}.ts";`).join("\n"), resolveDir: join(root, "pkg/src") },
    outfile, bundle: true, format: "esm", target: "es2022", charset: "ascii", logLevel: "warning",
  });
  return import(pathToFileURL(outfile).href);
}

/** A core whose methods trap when `sabotage` says so. */
const trapping = (Core, sabotage) =>
  class extends Core {
    step(...args) {
      if (sabotage("step", args)) super.room(2 ** 31, 0);
      const wake = super.step(...args);
      sabotage("stepped", [super.outNumsLength(), super.outTextLength()]);
      return wake;
    }
    read(...args) {
      if (sabotage("read", args)) super.room(2 ** 31, 0);
      const refusal = super.read(...args);
      sabotage("answered", [super.outNumsLength(), super.outTextLength()]);
      return refusal;
    }
  };

export const owner = "alice@example.test";
export const accepts = { type: "accepted" };
export const day = 86_400_000;

export function gate() {
  let [open, fail] = [];
  const promise = new Promise((resolve, reject) => ([open, fail] = [resolve, reject]));
  return { promise, open, fail };
}

/** The messages of what is thrown where nobody catches it, until the test `t` ends. */
export function uncaught(t) {
  const errors = [];
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => errors.push(error.message));
  t.after(() => {
    process.removeAllListeners("uncaughtException");
    for (const listener of listeners) process.on("uncaughtException", listener);
  });
  return errors;
}

export async function hostSide(name) {
  const [{ dir, glue }, own] = [await pack(), await sources(name)];
  const module = new WebAssembly.Module(readFileSync(join(dir, "dist/mailspooler.wasm")));
  const { instantiate } = await import(pathToFileURL(glue).href);
  const factory = (sabotage) => () => {
    const { Core } = instantiate(module);
    return { Core: sabotage === undefined ? Core : trapping(Core, sabotage) };
  };
  let opened = 0;
  const sessions = [];
  // A test that failed leaves its session open, and with it the process.
  after(() => Promise.all(sessions.map((session) => session.close())));
  return {
    ...own,
    core: () => new (factory()().Core)("00".repeat(32), owner, false, false),
    transport: (submitMessage, rest = {}) => ({ uid: "t", guarantees: { deduplicates: { windowMs: day } }, submitMessage, ...rest }),
    counted() {
      const store = own.memoryStore();
      const commits = [];
      return {
        ...store, commits,
        commit(batch, options) {
          commits.push({ durability: options.durability, parts: batch.length });
          return store.commit(batch, options);
        },
      };
    },
    async open(options = {}, { sabotage } = {}) {
      const openSession = own.makeOpenSession(() => factory(sabotage));
      opened += 1;
      const session = await openSession({ profile: `${name} ${opened}`, owner, transports: [], ...options });
      sessions.push(session);
      return session;
    },
  };
}
