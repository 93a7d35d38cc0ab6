// Every test: `node tests/all.mjs [part…] [--verbose] [--engines=chromium,firefox,webkit] [-- filter…]`.
// Installs what is missing, names what it had to skip, ends with `N passed, N failed, N skipped`. Parts and files run side by
// side; --verbose prints everything, one after the other.
import { engineNames } from "./lib/install.mjs";
import { makeLane } from "./lib/lanes.mjs";
import { pack } from "./lib/pack.mjs";
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

const verbose = options.includes("--verbose");
const tally = makeTally({ verbose });
// What prints all it does runs alone.
const one = makeLane(1);
const computing = verbose ? one : makeLane(1);
let packing;
const at = {
  tally, filter, computing,
  waiting: verbose ? one : makeLane(2),
  engines: findEngines(tally, picked ?? engineNames),
  packed: () => {
    packing ??= computing(pack);
    // Told to each part that waits for it, now or later.
    packing.catch(() => {});
    return packing;
  },
};
await Promise.all((asked.length > 0 ? asked : Object.keys(parts)).map(async (name) => {
  console.log(`${name.padEnd(9)} ${parts[name].says}`);
  try {
    await parts[name].run(at);
  } catch (error) {
    await tally.check(name, () => Promise.reject(error));
  }
}));
process.exit(tally.finish());
