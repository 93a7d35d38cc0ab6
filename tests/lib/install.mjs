// What the build and the tests need beside Rust and Node: found, or installed.
//
//   wasmTarget()            rustup's wasm32-unknown-unknown.
//   tools()                 → path of the crate tests/tools: wasm-bindgen and its test runner at Cargo.lock's version.
//   geckodriver()           → path of geckodriver, from the registry into target/tools.
//   packages(dir)           npm ci in dir, when its lock file changed.
//   debian({ name: probe }) apt packages; probe() is truthy when the package need not be installed. When not root it
//                           throws Missing with the line to type.
//   engine(name)            everything "chromium", "firefox" or "webkit" needs → { driver, browser } paths.
// Each resolves when the thing is there and throws `Missing` (message: what to do) when it cannot be had.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must, root, run, which } from "./run.mjs";

export class Missing extends Error {}

const toolsDir = join(root, "target/tools");
// One profile for both, without debug information: half the time to build.
const toolsEnv = { CARGO_PROFILE_DEV_DEBUG: "false", CARGO_TARGET_DIR: join(toolsDir, "build") };

const say = (text) => console.log(`  · ${text}`);

const once = (make) => {
  const made = new Map();
  return (...args) => {
    const key = args.join(" ");
    if (!made.has(key)) made.set(key, make(...args));
    return made.get(key);
  };
};

export const wasmTarget = once(async () => {
  const target = "wasm32-unknown-unknown";
  const sysroot = (await must("rustc", ["--print", "sysroot"], { quiet: true })).output.trim();
  if (existsSync(join(sysroot, "lib/rustlib", target, "lib"))) return;
  say(`rustup target add ${target}`);
  const { code } = await run("rustup", ["target", "add", target]);
  if (code !== 0) throw new Missing(`rustup target add ${target}`);
});

export const tools = once(async () => {
  const lock = readFileSync(join(root, "Cargo.lock"), "utf8");
  const version = /name = "wasm-bindgen-cli"\nversion = "([^"]+)"/.exec(lock)[1];
  const path = join(toolsDir, `tools-${version}`);
  if (existsSync(path)) return path;
  say(`building wasm-bindgen ${version} and its test runner, once`);
  await must("cargo", ["build", "--locked", "-p", "tools"], { env: toolsEnv, quiet: true });
  copyFileSync(join(toolsDir, "build/debug/tools"), path);
  return path;
});

const geckoVersion = "0.37.1";
export const geckodriver = once(async () => {
  const path = join(toolsDir, "bin/geckodriver");
  if (existsSync(path)) return path;
  say(`building geckodriver ${geckoVersion}, once`);
  const install = ["install", "--debug", "--root", toolsDir, `geckodriver@${geckoVersion}`];
  // A registry may lack a version its lock file names; newer compatible ones do.
  if ((await run("cargo", [...install, "--locked"], { env: toolsEnv, quiet: true })).code !== 0) {
    await must("cargo", install, { env: toolsEnv, quiet: true });
  }
  return path;
});

export const packages = once(async (dir) => {
  const hash = createHash("sha256").update(readFileSync(join(dir, "package-lock.json"))).digest("hex");
  const stamp = join(dir, "node_modules/.lock-hash");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  say(`npm ci in ${dir.slice(root.length + 1)}`);
  await must("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: dir, quiet: true });
  mkdirSync(join(dir, "node_modules"), { recursive: true });
  writeFileSync(stamp, hash);
});

const miniBrowser = () => {
  for (const lib of ["/usr/lib", ...readdirSync("/usr/lib").map((d) => `/usr/lib/${d}`)]) {
    for (const version of ["4.1", "4.0", "6.0"]) {
      const path = `${lib}/webkit2gtk-${version}/MiniBrowser`;
      if (existsSync(path)) return path;
    }
  }
  return undefined;
};

const probes = {
  chromium: () => which("chromium"),
  "chromium-driver": () => which("chromedriver"),
  "firefox-esr": () => which("firefox-esr") ?? which("firefox"),
  "webkit2gtk-driver": () => which("WebKitWebDriver") && miniBrowser(),
  xvfb: () => which("Xvfb"),
};

const pick = (...names) => Object.fromEntries(names.map((name) => [name, probes[name]]));

export const aptLine = (names) => `apt-get install -y --no-install-recommends ${names.join(" ")}`;

export async function debian(wanted) {
  const missing = Object.keys(wanted).filter((name) => !wanted[name]());
  if (missing.length === 0) return;
  const line = aptLine(missing);
  if (!which("apt-get") || process.getuid() !== 0) throw new Missing(`sudo ${line}`);
  say(line);
  const options = { env: { DEBIAN_FRONTEND: "noninteractive" }, quiet: true };
  const wait = ["-o", "DPkg::Lock::Timeout=300"];
  await run("apt-get", [...wait, "update"], options);
  const { code, output } = await run("apt-get", [...wait, ...line.split(" ").slice(1)], options);
  if (code !== 0) throw new Missing(`${line}\n${output.trimEnd().split("\n").slice(-5).join("\n")}`);
}

export const engine = once(async (name) => {
  switch (name) {
    case "chromium":
      await debian(pick("chromium", "chromium-driver"));
      return { driver: which("chromedriver"), browser: probes.chromium() };
    case "firefox":
      await debian(pick("firefox-esr"));
      return { driver: await geckodriver(), browser: probes["firefox-esr"]() };
    case "webkit":
      await debian(pick("webkit2gtk-driver", "xvfb"));
      return { driver: which("WebKitWebDriver"), browser: miniBrowser(), display: which("Xvfb") };
    default:
      throw new Error(`no engine ${name}; expected chromium, firefox or webkit`);
  }
});

export const engineNames = ["chromium", "firefox", "webkit"];
