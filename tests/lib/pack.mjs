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
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contentHash, locked, made } from "./made.mjs";
import { must, root } from "./run.mjs";

const dev = process.env.MAILSPOOLER_DEV === "1";
const sources = [
  "Cargo.toml", "Cargo.lock", "src", "pkg/src", "pkg/build.mjs", "pkg/glue.mjs", "pkg/inline.mjs", "pkg/order.mjs",
  "pkg/tsconfig.json", "pkg/package-lock.json", "README.md", "LICENSE", "CHANGELOG.md",
];

function hashOfSources() {
  // The build itself writes the exports.
  const { exports: _, ...manifest } = JSON.parse(readFileSync(join(root, "pkg/package.json"), "utf8"));
  return contentHash(sources, dev, manifest);
}

async function make(home) {
  const { build } = await import("../../pkg/build.mjs");
  await build({ dev, quiet: true });
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

export async function pack() {
  const home = await made("pack", hashOfSources(), make);
  const project = join(home, "project");
  const glue = join(home, "glue.mjs");
  return { glue, ...JSON.parse(readFileSync(join(home, "made.json"), "utf8")), project, dir: join(project, "node_modules/mailspooler") };
}

export async function provide(dir) {
  const { dir: from, tarball } = await pack();
  const to = join(dir, "node_modules/mailspooler");
  const stamp = join(to, ".from");
  const there = () => existsSync(stamp) && readFileSync(stamp, "utf8") === tarball;
  if (there()) return;
  await locked("provide", () => {
    if (there()) return;
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true });
    writeFileSync(stamp, tarball);
  });
}
