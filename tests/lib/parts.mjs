// The parts of tests/all.mjs: each gets { tally, engines() , filter } and runs its steps.
import { readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { aptLine, engine, Missing, packages, tools, wasmTarget } from "./install.mjs";
import { pack, provide } from "./pack.mjs";
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

/** Without `browsers` nothing is installed for them. */
async function nodeTests({ tally, filter, engines }, label, dir, { wanted = () => true, browsers = true } = {}) {
  const files = find(dir, wanted).filter((file) => filter.every((word) => file.includes(word)));
  if (files.length === 0) return;
  await packages(tests);
  await provide(tests);
  const env = browsers ? { MAILSPOOLER_ENGINES: (await engines()).join(",") } : {};
  for (const file of files) {
    await tally.step(`${label} ${relative(tests, file)}`, process.execPath,
      ["--test", "--test-reporter=spec", file], { parse: node, env });
  }
}

async function lint({ tally }) {
  await wasmTarget();
  await tally.step("lint rustfmt", "cargo", ["fmt", "--all", "--check"]);
  const deny = ["--", "-D", "warnings"];
  await tally.step("lint clippy, native", "cargo", ["clippy", "--locked", "--all-targets", ...deny]);
  await tally.step("lint clippy, wasm", "cargo", ["clippy", "--locked", "--lib", "--test", "web", ...wasm, ...deny]);
  await tally.step("lint rustdoc", "cargo", ["doc", "--locked", "--no-deps"], { env: { RUSTDOCFLAGS: "-D warnings" } });
  await packages(join(root, "pkg"));
  await packages(tests);
  await tally.step("lint tsc", join(root, "pkg/node_modules/.bin/tsc"), ["-p", join(root, "pkg"), "--noEmit", "--emitDeclarationOnly", "false"]);
  await packages(join(root, "www"));
  await provide(join(root, "www"));
  await tally.step("lint tsc, demo", join(root, "www/node_modules/.bin/tsc"), ["-p", join(root, "www")]);
  // oxlint looks for its type-aware half beside itself only when that is on the path.
  const env = { PATH: `${join(tests, "node_modules/.bin")}:${process.env.PATH}` };
  await tally.step("lint oxlint", bin("oxlint"), ["-c", ".oxlintrc.json", "--deny-warnings", "pkg", "tests", "www"], { env });
  const { tarball } = await pack();
  await tally.step("lint publint", bin("publint"), [tarball, "--strict"]);
  await tally.step("lint attw", bin("attw"), [tarball, "--profile", "esm-only"]);
}

async function native({ tally, filter }) {
  await tally.step("native cargo test", "cargo", ["test", "--locked", "--no-fail-fast", ...filter], { parse: cargo });
}

async function wasmTests({ tally, engines, filter }) {
  await wasmTarget();
  const runner = await tools();
  const build = ["test", "--locked", "--no-run", ...wasm, "--test", "web", "--message-format=json-render-diagnostics"];
  const { code, output } = await run("cargo", build, { quiet: true });
  const built = output.split("\n").filter((line) => line.includes('"executable":"'))
    .map((line) => JSON.parse(line).executable);
  if (code !== 0 || built.length === 0) return tally.check("wasm build", () => Promise.reject(new Error(output)));
  for (const name of await engines()) {
    const { driver } = await engine(name);
    const env = {
      chromium: { CHROMEDRIVER: driver },
      firefox: { GECKODRIVER: driver },
      webkit: { SAFARIDRIVER: driver, DISPLAY: name === "webkit" ? await display() : "" },
    }[name];
    for (const file of built) {
      await tally.step(`wasm in ${name}`, runner, ["wasm-bindgen-test-runner", file, ...filter], { parse: cargo, env });
    }
  }
}

async function jmap(at) {
  await packages(join(root, "www"));
  const { ensureCyrus } = await import("../../www/server/cyrus.mjs");
  const lacking = await ensureCyrus();
  if (lacking.length === 0) {
    await nodeTests(at, "jmap", "js", { wanted: isJmap, browsers: false });
    return nodeTests(at, "jmap", "e2e", { wanted: isJmap });
  }
  return at.tally.skip("jmap", `everything with a real JMAP server; install it with: sudo ${aptLine(lacking)}`);
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
  js: { says: "the host, in Node", run: (at) => nodeTests(at, "js", "js", { wanted: (name) => !isJmap(name), browsers: false }) },
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
