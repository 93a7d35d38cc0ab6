// Every test: `node tests/all.mjs [part…] [--verbose] [--engines=chromium,firefox,webkit] [-- filter…]`.
// Installs what is missing, names what it had to skip, ends with `N passed, N failed, N skipped`.
import { engineNames } from "./lib/install.mjs";
import { findEngines, parts } from "./lib/parts.mjs";
import { makeTally } from "./lib/tally.mjs";

const args = process.argv.slice(2);
const cut = args.includes("--") ? args.indexOf("--") : args.length;
const filter = args.slice(cut + 1);
const options = args.slice(0, cut).filter((arg) => arg.startsWith("--"));
const asked = args.slice(0, cut).filter((arg) => !arg.startsWith("--"));
const picked = options.find((option) => option.startsWith("--engines="))?.slice("--engines=".length).split(",");

const wrong = [
  ...asked.filter((name) => !(name in parts)),
  ...options.filter((option) => option !== "--verbose" && !option.startsWith("--engines=")),
  ...(picked ?? []).filter((name) => !engineNames.includes(name)),
];
if (wrong.length > 0) {
  console.log(`no such part or option: ${wrong.join(" ")}\n\nnode tests/all.mjs [part…] [--verbose] [--engines=${engineNames.join(",")}] [-- filter…]`);
  for (const [name, { says }] of Object.entries(parts)) console.log(`  ${name.padEnd(9)} ${says}`);
  process.exit(2);
}

const tally = makeTally({ verbose: options.includes("--verbose") });
const engines = findEngines(tally, picked ?? engineNames);
const chosen = asked.length > 0 ? asked : Object.keys(parts);
for (const [index, name] of chosen.entries()) {
  console.log(`\n[${index + 1}/${chosen.length}] ${name}: ${parts[name].says}`);
  try {
    await parts[name].run({ tally, engines, filter });
  } catch (error) {
    await tally.check(name, () => Promise.reject(error));
  }
}
process.exit(tally.finish());
