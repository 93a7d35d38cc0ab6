// Which of the catalogue's statements hold, by the names of tests: `node tests/lib/statements.mjs --write` brings
// tests/fixtures/mapi/statements.tsv and the README up to date; without --write it says whether they are.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { named, table } from "./named.mjs";
import { root } from "./run.mjs";

export const command = "node tests/lib/statements.mjs --write";
const fixture = "tests/fixtures/mapi/statements.tsv";
const [begin, end] = ["<!-- statements: generated -->", "<!-- end of statements -->"];

/** Of these the numbers are enough. */
const brief = /^no(t in this version| test)/;

/** A statement with a test needs no reason, but for a deviation: that its opposite is tested does not make it hold. */
const settled = (tested) => ([id, words, reason]) => [id, words, tested.has(id) && !reason.startsWith("deviation") ? "" : reason];

function block(rows) {
  const lacking = new Map();
  for (const [id, words, reason] of rows) {
    if (reason !== "") lacking.set(reason, [...(lacking.get(reason) ?? []), brief.test(reason) ? id : `${id} (${words})`]);
  }
  const lines = [...lacking].map(([reason, list]) => `- ${reason}: ${list.join(", ")}`);
  return [
    begin,
    `${rows.filter(([, , reason]) => reason === "").length} of the ${rows.length} statements of the pages on transport providers hold, each by a test of its name (\`c_123_…\`); \`${fixture}\` has them in a few words. The others:`,
    "", ...lines, end,
  ].join("\n");
}

/** Path → what it should hold. */
export function wanted() {
  const tested = named();
  const [comment] = readFileSync(join(root, fixture), "utf8").split("\n");
  const rows = table(fixture).map(settled(tested));
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const [at, to] = [readme.indexOf(begin), readme.indexOf(end)];
  return {
    rows, tested,
    files: {
      [fixture]: `${[comment, ...rows.map((row) => row.join("\t"))].join("\n")}\n`,
      "README.md": readme.slice(0, at) + block(rows) + readme.slice(to + end.length),
    },
  };
}

/** Files that are not as they should be. */
export const stale = ({ files } = wanted()) => Object.keys(files).filter((path) => readFileSync(join(root, path), "utf8") !== files[path]);

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const now = wanted();
  const paths = stale(now);
  const write = process.argv.includes("--write");
  if (write) for (const path of paths) writeFileSync(join(root, path), now.files[path]);
  console.log(paths.length === 0 ? "up to date" : write ? `wrote ${paths.join(", ")}` : `stale: ${paths.join(", ")}; ${command}`);
  process.exitCode = paths.length > 0 && !write ? 1 : 0;
}
