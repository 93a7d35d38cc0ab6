// The demo: `node www/demo.mjs [--jmap] [--port=8640] [--fresh]`. Installs what is missing, builds and packs the npm
// package, starts a mail system on this machine and prints the page's address. Ends with Ctrl-C.
// Relay: two post offices, mail and ledgers under target/demo. --jmap: Cyrus, in a directory of its own.
// --fresh forgets the mail of earlier runs.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packages } from "../tests/lib/install.mjs";
import { provide } from "../tests/lib/pack.mjs";
import { pages } from "../tests/lib/pages.mjs";
import { root } from "../tests/lib/run.mjs";

const here = join(root, "www");
const options = process.argv.slice(2);
const has = (name) => options.includes(`--${name}`);
const base = Number(options.find((option) => option.startsWith("--port="))?.slice("--port=".length) ?? 8640);
const unknown = options.filter((option) => !/^--(jmap|fresh|port=\d+)$/.test(option));
if (unknown.length > 0) {
  console.log(`no such option: ${unknown.join(" ")}\n\nnode www/demo.mjs [--jmap] [--port=8640] [--fresh]`);
  process.exit(2);
}

const step = (words) => console.log(`- ${words}`);

step("packages of the demo");
await packages(here);
step("the library: built, packed, installed by name");
await provide(here);
step("the page");
const dist = await pages();

step(has("jmap") ? "Cyrus" : "two post offices");
const dir = join(root, "target/demo");
if (has("fresh")) rmSync(dir, { recursive: true, force: true });
mkdirSync(dir, { recursive: true });
const { startRelays, startJmap } = await import("./server/demo-mail.mjs");
const mail = has("jmap") ? await startJmap({ base }) : await startRelays({ base, dir });
const { startPage } = await import("./server/page.mjs");
const page = await startPage({ dist, port: base, ...mail });

console.log(`\n  ${page.origin}/\n  ${page.origin}/million.html  a table of a million headers\n\nTwo people live there: ${mail.people.map((person) => person.name).join(" and ")}. Ctrl-C ends it.`);

let ending = false;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    if (ending) return;
    ending = true;
    page.close().then(() => mail.stop()).then(() => process.exit(0), () => process.exit(1));
  });
}
