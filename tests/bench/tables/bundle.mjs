// The peers and what runs them in one module, as a page ships them.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../lib/run.mjs";

const out = "target/bench/tables.mjs";

export async function bundle() {
  const { build } = createRequire(join(root, "tests/package.json"))("esbuild");
  await build({
    entryPoints: [join(root, "tests/bench/tables/jobs.mjs")], outfile: join(root, out), bundle: true, format: "esm", target: "es2022",
    define: { "process.env.NODE_ENV": '"production"' }, logLevel: "error", legalComments: "none",
    // It loads its engine from beside itself.
    external: [join(root, "pkg/dist/index.js")],
  });
  const { contenders, suites } = await import(pathToFileURL(join(root, out)).href);
  return { jobs: out, contenders, suites };
}
