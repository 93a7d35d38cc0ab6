// The package as a user gets it: built, packed by npm, installed from the tarball.
//
//   const { tarball, project, dir, files } = await pack()
//       tarball   target/pack/<hash>/mailspooler-<version>.tgz
//       project   a directory where `npm install <tarball>` was run; import by name works from files inside it
//       dir       project/node_modules/mailspooler, a real copy
//       files     what the tarball holds, sorted
//       glue      the ES module "core:glue" of this build, for tests of the bare core; its wasm is dir/dist/mailspooler.wasm
//   await provide(dir)    a copy in dir/node_modules/mailspooler, so that files under dir import it by name.
// Made once for each content of the sources (MAILSPOOLER_DEV=1: without the optimiser); several processes may ask at once.
import { createHash } from "node:crypto";
import {
  cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { must, root } from "./run.mjs";

const cache = join(root, "target/pack");
const dev = process.env.MAILSPOOLER_DEV === "1";

function* walk(path) {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info) return;
  if (info.isFile()) yield path;
  else for (const name of readdirSync(path).sort()) yield* walk(join(path, name));
}

function contentHash() {
  const hash = createHash("sha256").update(String(dev));
  const sources = [
    "Cargo.toml", "Cargo.lock", "src", "pkg/src", "pkg/build.mjs", "pkg/glue.mjs", "pkg/tsconfig.json",
    "pkg/package-lock.json", "README.md", "LICENSE", "CHANGELOG.md",
  ];
  for (const source of sources) {
    for (const path of walk(join(root, source))) hash.update(path.slice(root.length)).update(readFileSync(path));
  }
  // The build itself writes the exports.
  const { exports: _, ...manifest } = JSON.parse(readFileSync(join(root, "pkg/package.json"), "utf8"));
  return hash.update(JSON.stringify(manifest)).digest("hex").slice(0, 16);
}

const alive = (pid) => existsSync(`/proc/${pid}`);

/** One builder at a time; a lock whose holder died is taken over. */
async function locked(work) {
  mkdirSync(cache, { recursive: true });
  const lock = join(cache, "lock");
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const holder = existsSync(lock) ? readFileSync(lock, "utf8") : "";
      if (holder && !alive(holder)) rmSync(lock, { force: true });
      else await new Promise((next) => setTimeout(next, 100));
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

async function make(home) {
  const { build } = await import("../../pkg/build.mjs");
  await build({ dev, quiet: true });
  rmSync(home, { recursive: true, force: true });
  const project = join(home, "project");
  mkdirSync(project, { recursive: true });
  const packed = await must("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", home],
    { cwd: join(root, "pkg"), quiet: true });
  const [{ filename, files }] = JSON.parse(/^\[[\s\S]*^\]/m.exec(packed.output)[0]);
  const tarball = join(home, filename);
  cpSync(join(root, "target/glue/glue.mjs"), join(home, "glue.mjs"));
  writeFileSync(join(project, "package.json"), `{ "private": true, "type": "module" }\n`);
  await must("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", tarball], { cwd: project, quiet: true });
  writeFileSync(join(home, "made.json"), JSON.stringify({ tarball, files: files.map((f) => f.path).sort() }));
}

/** The newest few stay, so that switching branches is cheap. */
function prune() {
  const made = readdirSync(cache).map((name) => join(cache, name)).filter((path) => statSync(path).isDirectory());
  made.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const path of made.slice(3)) rmSync(path, { recursive: true, force: true });
}

export async function pack() {
  const home = join(cache, contentHash());
  const made = join(home, "made.json");
  if (!existsSync(made)) await locked(async () => existsSync(made) || make(home));
  utimesSync(home, new Date(), new Date());
  prune();
  const project = join(home, "project");
  const glue = join(home, "glue.mjs");
  return { glue, ...JSON.parse(readFileSync(made, "utf8")), project, dir: join(project, "node_modules/mailspooler") };
}

export async function provide(dir) {
  const { dir: from, tarball } = await pack();
  const to = join(dir, "node_modules/mailspooler");
  const stamp = join(to, ".from");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === tarball) return;
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
  writeFileSync(stamp, tarball);
}
