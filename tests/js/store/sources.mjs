// The host's sources as one module, for Node and for a page: `const { idbStore, ... } = await sources()`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "../../lib/run.mjs";

const modules = [
  "store/store", "store/idb", "store/memory", "store/name", "store/connection", "store/room",
  "tabs/channel", "tabs/locks", "tabs/lock", "tabs/lifecycle", "tabs/replica", "timer", "driver",
];

/** Every caller builds its own file: tests run side by side. */
export async function bundle(name) {
  const dir = join(root, "target/store-tests", `${name}-${process.pid}`);
  mkdirSync(dir, { recursive: true });
  await build({
    stdin: { contents: modules.map((m) => `export * from "./${m}.ts";`).join("\n"), resolveDir: join(root, "pkg/src") },
    outfile: join(dir, "host.mjs"), bundle: true, format: "esm", target: "es2022", charset: "ascii", logLevel: "warning",
  });
  await build({
    entryPoints: [join(root, "pkg/src/tick.ts")],
    outfile: join(dir, "tick.js"), bundle: true, format: "esm", target: "es2022", logLevel: "warning",
  });
  return dir;
}

export async function sources(name) {
  return import(pathToFileURL(join(await bundle(name), "host.mjs")).href);
}
