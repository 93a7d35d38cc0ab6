// www as Vite builds it: `const dist = await pages()`, made once for each content of the sources; nobody writes there.
import { join } from "node:path";
import { packages } from "./install.mjs";
import { contentHash, made } from "./made.mjs";
import { pack, provide } from "./pack.mjs";
import { must, root } from "./run.mjs";

const sources = ["index.html", "million.html", "vite.config.mjs", "tsconfig.json", "package-lock.json", "src"].map((name) => join("www", name));

export async function pages() {
  const www = join(root, "www");
  await packages(www);
  await provide(www);
  const { tarball } = await pack();
  const vite = join(www, "node_modules/vite/bin/vite.js");
  return made("pages", contentHash(sources, tarball), (home) =>
    must(process.execPath, [vite, "build", "--outDir", home, "--emptyOutDir"], { cwd: www, quiet: true }));
}
