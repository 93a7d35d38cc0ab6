// The parts of tests/all.mjs: each runs its steps with
//   tally, filter; engines() and packed(): the browsers and the package, made ready at the first call;
//   computing(step, place), waiting(step, place): the lanes of what keeps the processor busy (cargo) and of what mostly waits.
import { readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { aptLine, engine, Missing, packages, tools, wasmTarget } from "./install.mjs";
import { provide } from "./pack.mjs";
import { root, run } from "./run.mjs";
import { cargo, node } from "./tally.mjs";
import { display } from "./webdriver.mjs";

const tests = join(root, "tests");
const wasm = ["--target", "wasm32-unknown-unknown"];
const bin = (name) => join(tests, "node_modules/.bin", name);

function find(dir, wanted) {
  const path = join(tests, dir);
  if (!statSync(path, { throwIfNoEntry: false })) return [];
  return readdirSync(path, { recursive: true })
    .map((name) => join(dir, name))
    .filter((name) => name.endsWith(".test.mjs") && !name.includes("node_modules") && wanted(name))
    .sort()
    .map((name) => join(tests, name));
}

/** Started first, so that nothing long is left for the end. */
const long = ["relay/relay", "jmap-session", "jmap-kill", "kill-faults", "bundlers-next", "relay/"];
const placeOf = (file) => {
  const at = long.findIndex((part) => file.includes(part));
  return at < 0 ? long.length : at;
};

/** Without `browsers` nothing is installed for them. */
async function nodeTests({ tally, filter, engines, packed, waiting }, label, dir, { wanted = () => true, browsers = true } = {}) {
  const files = find(dir, wanted).filter((file) => filter.every((word) => file.includes(word)));
  if (files.length === 0) return;
  const [found] = await Promise.all([browsers ? engines() : [], packages(tests), packed()]);
  await provide(tests);
  const env = browsers ? { MAILSPOOLER_ENGINES: found.join(",") } : {};
  await Promise.all(files.map((file) => waiting(() =>
    tally.step(`${label} ${relative(tests, file)}`, process.execPath, ["--test", "--test-reporter=spec", file], { parse: node, env }), placeOf(file))));
}

async function lint({ tally, packed, computing }) {
  const step = (label, ...args) => computing(() => tally.step(`lint ${label}`, ...args), 1);
  const packing = packed();
  await wasmTarget();
  await step("rustfmt", "cargo", ["fmt", "--all", "--check"]);
  const deny = ["--", "-D", "warnings"];
  await step("clippy, native", "cargo", ["clippy", "--locked", "--all-targets", ...deny]);
  await step("clippy, wasm", "cargo", ["clippy", "--locked", "--lib", "--test", "web", ...wasm, ...deny]);
  await step("benches", "cargo", ["check", "--locked", "-p", "native-bench", "--benches"]);
  await step("rustdoc", "cargo", ["doc", "--locked", "--no-deps"], { env: { RUSTDOCFLAGS: "-D warnings" } });
  await packages(join(root, "pkg"));
  await packages(tests);
  await step("tsc", join(root, "pkg/node_modules/.bin/tsc"), ["-p", join(root, "pkg"), "--noEmit", "--emitDeclarationOnly", "false"]);
  await packages(join(root, "www"));
  const { tarball } = await packing;
  await provide(join(root, "www"));
  await step("tsc, demo", join(root, "www/node_modules/.bin/tsc"), ["-p", join(root, "www")]);
  // oxlint looks for its type-aware half beside itself only when that is on the path.
  const env = { PATH: `${join(tests, "node_modules/.bin")}:${process.env.PATH}` };
  await step("oxlint", bin("oxlint"), ["-c", ".oxlintrc.json", "--deny-warnings", "pkg", "tests", "www"], { env });
  await step("publint", bin("publint"), [tarball, "--strict"]);
  await step("attw", bin("attw"), [tarball, "--profile", "esm-only"]);
}

async function native({ tally, filter, computing }) {
  await computing(() => tally.step("native cargo test", "cargo", ["test", "--locked", "--no-fail-fast", ...filter], { parse: cargo }), 1);
}

async function wasmTests({ tally, engines, filter, computing, waiting }) {
  await wasmTarget();
  const runner = await tools();
  const build = ["test", "--locked", "--no-run", ...wasm, "--test", "web", "--message-format=json-render-diagnostics"];
  const { code, output } = await computing(() => run("cargo", build, { quiet: true }));
  const built = output.split("\n").filter((line) => line.includes('"executable":"'))
    .map((line) => JSON.parse(line).executable);
  if (code !== 0 || built.length === 0) return tally.check("wasm build", () => Promise.reject(new Error(output)));
  // Its own limits are 20 s for all tests and 5 s for a driver to listen.
  const patient = { WASM_BINDGEN_TEST_TIMEOUT: "1800", WASM_BINDGEN_TEST_DRIVER_TIMEOUT: "300" };
  const test = async (name) => {
    const { driver } = await engine(name);
    const own = {
      chromium: { CHROMEDRIVER: driver },
      firefox: { GECKODRIVER: driver },
      webkit: { SAFARIDRIVER: driver, DISPLAY: name === "webkit" ? await display() : "" },
    }[name];
    for (const file of built) {
      await tally.step(`wasm in ${name}`, runner, ["wasm-bindgen-test-runner", file, ...filter], { parse: cargo, env: { ...patient, ...own } });
    }
  };
  await Promise.all((await engines()).map((name) => waiting(() => test(name))));
}

async function jmap(at) {
  await Promise.all([packages(join(root, "www")), packages(join(root, "pkg"))]);
  const { ensureCyrus } = await import("../../www/server/cyrus.mjs");
  // One apt-get at a time.
  await at.engines();
  const lacking = await ensureCyrus();
  if (lacking.length > 0) return at.tally.skip("jmap", `everything with a real JMAP server; install it with: sudo ${aptLine(lacking)}`);
  return Promise.all([
    nodeTests(at, "jmap", "js", { wanted: isJmap, browsers: false }),
    nodeTests(at, "jmap", "e2e", { wanted: isJmap }),
  ]);
}

async function e2e(at) {
  await packages(join(root, "www"));
  await nodeTests(at, "e2e", "e2e", { wanted: (name) => !isJmap(name) });
}

const isBundlers = (name) => name.includes("bundlers");
const isJmap = (name) => name.includes("jmap");

export const parts = {
  lint: { says: "rustfmt, clippy, rustdoc, tsc, oxlint, publint, attw", run: lint },
  native: { says: "the Rust tests", run: native },
  js: { says: "the host, in Node",
    run: async (at) => {
      await Promise.all([packages(join(root, "www")), packages(join(root, "pkg"))]);
      await nodeTests(at, "js", "js", { wanted: (name) => !isJmap(name), browsers: false });
    } },
  wasm: { says: "the core in every browser", run: wasmTests },
  package: { says: "the packed package in Node and every browser",
    run: (at) => nodeTests(at, "package", "packaging", { wanted: (name) => !isBundlers(name) }) },
  bundlers: { says: "Vite, webpack, Next.js, esbuild, Rollup, none, SSR",
    run: (at) => nodeTests(at, "bundlers", "packaging", { wanted: isBundlers }) },
  e2e: { says: "whole way through browsers", run: e2e },
  jmap: { says: "a real JMAP server", run: jmap },
};

/** The browsers that are there or could be installed; the others are skipped, once, loudly. */
export function findEngines(tally, asked) {
  let found;
  return () => (found ??= (async () => {
    const usable = [];
    for (const name of asked) {
      try {
        await engine(name);
        usable.push(name);
      } catch (error) {
        if (!(error instanceof Missing)) throw error;
        tally.skip(name, `everything in this browser; install it with: ${error.message}`);
      }
    }
    return usable;
  })());
}
