// The store in real browsers: the conformance cases, kills, what the engines do to connections.
import { after, before, test } from "node:test";
import { join } from "node:path";
import { engines, inEach } from "../lib/engines.mjs";
import { root } from "../lib/run.mjs";
import { serve } from "../lib/serve.mjs";
import { open } from "../lib/webdriver.mjs";
import { cases } from "../js/store/conformance.mjs";
import { bundle } from "../js/store/sources.mjs";

const page = `<!doctype html><meta charset="utf-8"><title>store</title>
<script type="module">
import * as host from "/host/host.mjs";
import { cases } from "/suite/conformance.mjs";
globalThis.host = host;
globalThis.runCase = async (name) => {
  const stores = [];
  try {
    await cases[name]({ open: () => (stores.push(host.idbStore({ name: "conformance " + name })), stores.at(-1)) });
  } finally {
    for (const store of stores) store.close();
  }
};
document.title = "ready";
</script>`;

inEach("the store", engines, (engine) => {
  let site;
  let browser;
  before(async () => {
    site = await serve({ "/": page, "/host/": await bundle(`e2e-${engine}`), "/suite/": join(root, "tests/js/store") });
    browser = await open(engine);
    await browser.navigate(site.origin);
    await browser.until(() => document.title === "ready");
  });
  after(async () => {
    await browser?.quit();
    await site?.close();
  });

  for (const name of Object.keys(cases)) {
    test(`${name}, ${engine}`, () => browser.execute((name) => globalThis.runCase(name), name));
  }
});
