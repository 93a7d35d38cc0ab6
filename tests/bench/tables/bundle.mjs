// The peers and what runs them in one module, as a page ships them. It loads its engine from beside itself.
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../lib/run.mjs";

/** `engine`: the product's main entry, below the repository. */
export async function bundle({ out = "target/bench/tables.mjs", engine = "pkg/dist/index.js" } = {}) {
  const { build } = createRequire(join(root, "tests/package.json"))("esbuild");
  const product = {
    name: "product",
    setup: ({ onResolve }) => onResolve({ filter: /pkg\/dist\/index\.js$/ }, () => ({ path: `./${relative(dirname(out), engine)}`, external: true })),
  };
  await build({
    entryPoints: [join(root, "tests/bench/tables/jobs.mjs")], outfile: join(root, out), bundle: true, format: "esm", target: "es2022",
    define: { "process.env.NODE_ENV": '"production"' }, logLevel: "error", legalComments: "none", plugins: [product],
  });
  return { file: out, ...await import(pathToFileURL(join(root, out)).href) };
}
