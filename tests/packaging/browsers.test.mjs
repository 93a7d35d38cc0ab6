// The packed package in every browser, as files on a server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { browserFor, engines, inEach } from "../lib/engines.mjs";
import { pack } from "../lib/pack.mjs";
import { serve } from "../lib/serve.mjs";
import { expected } from "./fixtures/app/smoke.mjs";
import { pages } from "./fixtures/pages.mjs";

const { dir } = await pack();
const app = new URL("fixtures/app/", import.meta.url);
const smoke = readFileSync(new URL("smoke.mjs", app), "utf8").replace(`"mailspooler"`, `"/pkg/dist/index.js"`);
// img-src: WebKit asks for a favicon.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self';"
  + " require-trusted-types-for 'script'; trusted-types 'none'";

const script = (text) => (_request, response) => {
  response.setHeader("content-type", "text/javascript");
  response.end(text);
};

describe("the package in a browser", () => {
  let site;
  before(async () => {
    const mounts = Object.entries(pages).flatMap(([name, text]) => [
      [`/${name}.mjs`, script(text)],
      [`/${name}.html`, `<!doctype html><title>${name}</title><script type="module" src="/${name}.mjs"></script>`],
    ]);
    site = await serve({
      "/pkg/": dir,
      "/smoke.mjs": script(smoke),
      "/plain.wasm": (_request, response) => {
        response.setHeader("content-type", "text/plain");
        response.end(readFileSync(join(dir, "dist/mailspooler.wasm")));
      },
      "/page-instead.wasm": "<!doctype html><title>not a module</title>",
      ...Object.fromEntries(mounts),
    }, { headers: (path) => (path === "/strict.html" ? { "content-security-policy": policy } : {}) });
  });
  after(() => site.close());

  inEach("the package", engines, (engine) => {
    const browser = browserFor(engine);

    const resultOf = async (page) => {
      await browser().navigate(`${site.origin}/${page}.html`);
      return browser().until(() => globalThis.result);
    };

    test("runs", async () => {
      assert.equal(await resultOf("runs"), expected);
    });

    test("runs under a strict Content-Security-Policy with Trusted Types", async () => {
      assert.deepEqual(await resultOf("strict"), { answer: expected, violations: [], codeFromText: "refused" });
    });

    test("importing asks for no file, opens no database, compiles nothing; use does", async () => {
      assert.deepEqual(await resultOf("imports"), { byImport: [], byUse: ["Module", "open", "request"] });
    });

    test("slim: init says what is missing, may be tried again, and takes any server's type", async () => {
      const said = await resultOf("slim");
      assert.match(said.early, /MAPI_E_NOT_INITIALIZED: expected `await init\(\{ wasm \}\)`/);
      assert.match(said.missing, /MAPI_E_NETWORK_ERROR.+status 404/);
      assert.match(said.page, /MAPI_E_CORRUPT_DATA.+CompileError/);
      assert.equal(said.good, "");
      assert.equal(said.again, "");
    });
  });
});
