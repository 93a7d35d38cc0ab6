// Builds pkg/dist: `node pkg/build.mjs [--dev] [--names]`. Needs nothing beforehand but Rust and Node; --dev spares the
// optimiser and forgives type errors; --names keeps the names of functions for profilers.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { packages, tools, wasmTarget } from "../tests/lib/install.mjs";
import { must, root, run } from "../tests/lib/run.mjs";
import { cutGlue, stamp } from "./glue.mjs";
import { inline } from "./inline.mjs";
import { order } from "./order.mjs";

const here = join(root, "pkg");
const dist = join(here, "dist");
const generated = join(root, "target/glue");

/** Entries by the name users import; only those whose source exists are built and exported. */
const entries = {
  ".": "entry/index",
  "./slim": "entry/slim",
  "./react": "react",
  "./transports/jmap": "transports/jmap",
  "./transports/relay": "transports/relay",
  "./elements": "elements",
  "./words": "words",
  "./mapi": "mapi",
  "./testing": "testing",
  "./tick": "tick",
};

const source = (path) =>
  [`${path}.ts`, `${path}/index.ts`].find((file) => existsSync(join(here, "src", file)));
const present = Object.entries(entries)
  .map(([name, path]) => ({ name, source: source(path), out: name === "." ? "index" : name.slice(2) }))
  .filter((entry) => entry.source);

/** The two modules of the crate: sessions as small as can be, tables of the host's rows as fast. */
const modules = {
  core: { profile: "release", features: [], file: "mailspooler.wasm" },
  tables: { profile: "tables", features: ["--features", "tables"], file: "tables.wasm" },
};

async function make(name, { dev, names, quiet }) {
  const { features, ...released } = modules[name];
  const profile = dev ? "dev" : released.profile;
  await must("cargo", ["build", "--locked", "--lib", "--target", "wasm32-unknown-unknown", "--profile", profile, ...features], { quiet });
  const { output } = await must("cargo", ["metadata", "--no-deps", "--format-version", "1"], { quiet: true });
  const target = JSON.parse(output.slice(output.indexOf("{"))).target_directory;
  await must(await tools(), [
    "wasm-bindgen", join(target, "wasm32-unknown-unknown", dev ? "debug" : profile, "mailspooler.wasm"),
    "--target", "no-modules", "--omit-default-module-path", "--no-typescript",
    ...(names ? [] : ["--remove-name-section"]), "--remove-producers-section",
    "--out-dir", generated, "--out-name", name,
  ], { quiet: true });
  const glue = readFileSync(join(generated, `${name}.js`), "utf8");
  const bare = readFileSync(join(generated, `${name}_bg.wasm`));
  const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
  const hash = createHash("sha256").update(glue).update(bare).digest("hex").slice(0, 8);
  const build = `${version}-${hash}`;
  const wasm = stamp(dev || names ? bare : order(bare), build);
  await WebAssembly.compile(wasm);
  return { wasm, glue: cutGlue(glue, build) };
}

/** What the sources import as `core:…`: files beside the bundle, or modules made here. */
const virtual = ({ core, tables }) => {
  const beside = {
    "core:wasm": "./mailspooler.wasm", "core:tables": "./tables.js", "core:tables-inline": "./tables-inline.js", "core:tables-wasm": "./tables.wasm",
  };
  const made = { "core:glue": () => core.glue, "core:inline": () => inline(core.wasm), "core:tables-glue": () => tables.glue };
  return {
    name: "core",
    setup(build) {
      build.onResolve({ filter: /^core:/ }, ({ path }) =>
        Object.hasOwn(beside, path) ? { path: beside[path], external: true } : { path, namespace: "core" });
      build.onLoad({ filter: /.*/, namespace: "core" }, ({ path }) => ({ loader: "js", contents: made[path]() }));
    },
  };
};

/** In dist/tables.js the errors are those of the entry that loads it: two classes would be two kinds of MapiError. */
const adopted = {
  name: "errors",
  setup(build) {
    build.onResolve({ filter: /^core:error$|\/error\.js$/ }, () => ({ path: "error", namespace: "errors" }));
    build.onLoad({ filter: /.*/, namespace: "errors" }, () => {
      const text = readFileSync(join(here, "src/error.ts"), "utf8");
      const names = [...text.matchAll(/^export (?:class|const|function) (\w+)/gm)].map(([, name]) => name);
      return { loader: "js", contents: `export let ${names.join(", ")};\nexport function adopt(errors) { ({ ${names.join(", ")} } = errors); }\n` };
    });
  },
};

/** The bundler's helper takes what a page put on Object.prototype for exports, and for fields of their descriptors. */
function ownExports() {
  const helper = /^(var __export = \(target, (\w+)\) => \{\n)  for \(var (\w+) in \2\)\n    __defProp\(target, \3, \{ get: \2\[\3\], enumerable: true \}\);\n/m;
  for (const name of readdirSync(dist).filter((file) => file.endsWith(".js"))) {
    const text = readFileSync(join(dist, name), "utf8");
    if (!text.includes("var __export")) continue;
    const own = text.replace(helper, (_, head, all, key) => `${head}  for (const ${key} of Object.keys(${all}))\n    __defProp(target, ${key}, { __proto__: null, get: ${all}[${key}], enumerable: true });\n`);
    if (own === text) throw new Error(`expected esbuild's __export in ${name}, got another`);
    writeFileSync(join(dist, name), own);
  }
}

async function bundle(esbuild, made) {
  const out = Object.fromEntries(present.map((entry) => [entry.out, join(here, "src", entry.source)]));
  const options = {
    outdir: dist, bundle: true, format: "esm", target: "es2022", charset: "ascii", legalComments: "none", external: ["react"], logLevel: "warning",
  };
  await esbuild.build({ ...options, entryPoints: { ...out, workerd: join(here, "src/entry/workerd.ts") }, plugins: [virtual(made)] });
  await esbuild.build({ ...options, entryPoints: { tables: join(here, "src/tables/index.ts") }, plugins: [adopted, virtual(made)] });
  ownExports();
  writeFileSync(join(dist, "tables-inline.js"), inline(made.tables.wasm));
  for (const [name, { file }] of Object.entries(modules)) {
    writeFileSync(join(dist, file), made[name].wasm);
    writeFileSync(join(dist, `${file}.d.ts`), "declare const module: WebAssembly.Module;\nexport default module;\n");
  }
}

const declaration = (file) => join(dist, "types", file.replace(/\.ts$/, ".d.ts"));

/** tsc writes a declaration for every source; only what the entries reach is shipped. */
async function types() {
  rmSync(join(dist, "types"), { recursive: true, force: true });
  const { code } = await run(join(here, "node_modules/.bin/tsc"), ["-p", here]);
  const reached = new Set();
  const reach = (file) => {
    if (reached.has(file) || !existsSync(file)) return;
    reached.add(file);
    for (const [, path] of readFileSync(file, "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]+)\.js"/g)) {
      reach(join(dirname(file), `${path}.d.ts`));
    }
  };
  for (const { source } of present) reach(declaration(source));
  const kept = [...reached].map((file) => [file, readFileSync(file)]);
  rmSync(join(dist, "types"), { recursive: true, force: true });
  for (const [file, text] of kept) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return code === 0;
}

function exportsMap() {
  const map = {};
  for (const { name, source, out } of present) {
    const types = `./${relative(here, declaration(source))}`;
    map[name] = name === "."
      ? { types, workerd: "./dist/workerd.js", "edge-light": "./dist/workerd.js", default: "./dist/index.js" }
      : { types, default: `./dist/${out}.js` };
  }
  map["./mailspooler.wasm"] = { types: "./dist/mailspooler.wasm.d.ts", default: "./dist/mailspooler.wasm" };
  map["./tables.wasm"] = { types: "./dist/tables.wasm.d.ts", default: "./dist/tables.wasm" };
  map["./package.json"] = "./package.json";
  return map;
}

function writeManifest() {
  const path = join(here, "package.json");
  const before = readFileSync(path, "utf8");
  const manifest = JSON.parse(before);
  manifest.exports = exportsMap();
  const after = `${JSON.stringify(manifest, null, 2)}\n`;
  if (after !== before) {
    writeFileSync(path, after);
    console.log("pkg/package.json: exports follow the sources; commit it");
  }
  for (const name of ["README.md", "LICENSE", "CHANGELOG.md"]) {
    if (existsSync(join(root, name))) copyFileSync(join(root, name), join(here, name));
  }
}

/** Minified, as a user's bundler ships it. */
async function shipped(esbuild, entry) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: `export { openSession } from ${JSON.stringify(`./dist/${entry}.js`)}`, resolveDir: here },
    bundle: true, minify: true, format: "esm", write: false, logLevel: "silent", external: ["./tables*.js"],
  });
  return Buffer.from(outputFiles[0].contents);
}

const measure = (...parts) => parts.reduce((sum, part) => ({
  raw: sum.raw + part.length,
  gzip: sum.gzip + gzipSync(part, { level: 9 }).length,
  brotli: sum.brotli + brotliCompressSync(part).length,
}), { raw: 0, gzip: 0, brotli: 0 });

/** Bytes of gzip -9 and brotli 11 that the product must keep, and would like to. */
const budgets = {
  "slim and wasm": { must: [125_000, 110_000], goal: [87_000, 77_000] },
  "main entry": { must: [163_000, 144_000], goal: [114_000, 101_000] },
};

async function sizes(esbuild, { core: { wasm, glue }, tables }) {
  const slim = await shipped(esbuild, "slim");
  const rows = {
    "mailspooler.wasm": measure(wasm),
    "glue": measure(Buffer.from((await esbuild.transform(glue, { minify: true })).code)),
    "slim and wasm": measure(slim, wasm),
    "main entry": measure(await shipped(esbuild, "index")),
    "tables.wasm": measure(tables.wasm),
    "tables.js": measure(Buffer.from((await esbuild.transform(readFileSync(join(dist, "tables.js"), "utf8"), { minify: true })).code)),
  };
  const column = (text) => String(text).padStart(11);
  console.log(`${"bytes, minified".padEnd(18)}${["raw", "gzip -9", "brotli 11"].map(column).join("")}`);
  for (const [name, { raw, gzip, brotli }] of Object.entries(rows)) {
    const { must, goal } = budgets[name] ?? {};
    const within = (limit) => gzip <= limit[0] && brotli <= limit[1];
    const judged = !must ? "" : within(goal) ? "  goal reached" : within(must) ? "  within budget" : `  OVER the budget of ${must.join(", ")}`;
    console.log(name.padEnd(18) + [raw, gzip, brotli].map(column).join("") + judged);
  }
  writeFileSync(join(root, "target/sizes.json"), `${JSON.stringify(rows, null, 2)}\n`);
}

export async function build({ dev = false, names = false, quiet = false } = {}) {
  await wasmTarget();
  await packages(here);
  const made = { core: await make("core", { dev, names, quiet }), tables: await make("tables", { dev, names, quiet }) };
  writeFileSync(join(generated, "glue.mjs"), made.core.glue);
  const esbuild = (await import(pathToFileURL(join(here, "node_modules/esbuild/lib/main.js")).href)).default;
  rmSync(dist, { recursive: true, force: true });
  await bundle(esbuild, made);
  const typed = await types();
  writeManifest();
  await sizes(esbuild, made);
  // While one works, half-typed sources are fine.
  if (!typed && !dev) throw new Error("tsc reports errors (above)");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await build({ dev: process.argv.includes("--dev"), names: process.argv.includes("--names") });
}
