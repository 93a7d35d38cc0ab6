// MAPI's numbers for hosts, out of the core's: `node tests/lib/mapi.mjs --write` brings pkg/src/mapi.ts up to date; without
// --write it says whether it is.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./run.mjs";

export const command = "node tests/lib/mapi.mjs --write";
export const file = join(root, "pkg/src/mapi.ts");

const core = join(root, "src/mapi");
const constant = (name, value) => `export const ${name} = ${value.replaceAll("_", "")};`;

/** Each macro call of flags and words with its doc line, in the order of files. */
function* groups() {
  for (const name of readdirSync(core).filter((each) => each.endsWith(".rs")).sort()) {
    const text = readFileSync(join(core, name), "utf8");
    for (const [, doc, body] of text.matchAll(/^(?:flags|words)! \{\n((?: {4}\/\/\/.*\n)*) {4}\w+ \{\n([^]*?)^ {4}\}/gm)) {
      const lines = [...body.matchAll(/"([A-Z][A-Z0-9_]+)" = (-?[0-9A-Fa-fx_]+)/g)].map(([, word, value]) => constant(word, value));
      yield { doc: doc.trim().split("\n").map((line) => line.replace(/^\s*\/\/\/ ?/, "")).join(" "), lines };
    }
  }
}

export function made() {
  const props = readFileSync(join(core, "props.rs"), "utf8");
  const tags = [...props.matchAll(/^ {4}(PR_\w+) "\w+" = (0x[0-9A-F_]+),/gm)].map(([, name, value]) => constant(name, value));
  const parts = [...groups()].map(({ doc, lines }) => `// ${doc}\n${lines.join("\n")}\n`);
  return `/**
 * MAPI's numbers by MAPI's names: property tags, which tables take like canonical names, and the bits and values of
 * numbers in rows. Made of the core's own; a bundler ships what is imported.
 */

// Property tags.
${tags.join("\n")}

${parts.join("\n")}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes("--write")) writeFileSync(file, made());
  else console.log(readFileSync(file, "utf8") === made() ? "up to date" : `stale: ${command}`);
}
