// The packed package in every browser, as files on a server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { engines } from "../lib/engines.mjs";
import { pack } from "../lib/pack.mjs";
import { serve } from "../lib/serve.mjs";
import { open } from "../lib/webdriver.mjs";
import { expected } from "./fixtures/app/smoke.mjs";

const { dir } = await pack();
const app = new URL("fixtures/app/", import.meta.url);
const smoke = readFileSync(new URL("smoke.mjs", app), "utf8").replace(`"mailspooler"`, `"/pkg/dist/index.js"`);
// img-src: WebKit asks for a favicon.
const strict = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self';"
  + " require-trusted-types-for 'script'; trusted-types 'none'";

const script = (text) => (_request, response) => {
  response.setHeader("content-type", "text/javascript");
  response.end(text);
};

// Violations are reported in a task of their own.
const csp = `
const violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
const later = () => new Promise((next) => setTimeout(next));
globalThis.result = (async () => {
  const { smoke } = await import("/smoke.mjs");
  const answer = await smoke();
  await later();
  const before = [...violations];
  try {
    return { answer, violations: before, codeFromText: new Function("return 1")() };
  } catch {
    return { answer, violations: before, codeFromText: "refused" };
  }
})().catch((error) => ({ answer: String(error) }));`;

describe("the package in a browser", () => {
  let site;
  before(async () => {
    site = await serve({
      "/": "<!doctype html><title>empty</title>",
      "/pkg/": dir,
      "/smoke.mjs": script(smoke),
      "/csp.mjs": script(csp),
      "/csp.html": `<!doctype html><title>strict</title><script type="module" src="/csp.mjs"></script>`,
      "/plain.wasm": (_request, response) => {
        response.setHeader("content-type", "text/plain");
        response.end(readFileSync(join(dir, "dist/mailspooler.wasm")));
      },
      "/page-instead.wasm": "<!doctype html><title>not a module</title>",
      "/missing.wasm": (_request, response) => {
        response.statusCode = 404;
        response.end();
      },
    }, { headers: (path) => (path === "/csp.html" ? { "content-security-policy": strict } : {}) });
  });
  after(() => site.close());

  for (const engine of engines) {
    describe(engine, () => {
      let browser;
      before(async () => {
        browser = await open(engine);
      });
      after(() => browser?.quit());

      test("runs", async () => {
        await browser.navigate(`${site.origin}/`);
        assert.equal(await browser.execute(async () => (await import("/smoke.mjs")).smoke()), expected);
      });

      test("runs under a strict Content-Security-Policy with Trusted Types", async () => {
        await browser.navigate(`${site.origin}/csp.html`);
        assert.deepEqual(await browser.until(() => globalThis.result),
          { answer: expected, violations: [], codeFromText: "refused" });
      });

      test("importing asks for no file, opens no database, compiles nothing", async () => {
        await browser.navigate(`${site.origin}/`);
        const touched = await browser.execute(async () => {
          const seen = [];
          const watch = (object, name) => {
            const was = object[name];
            object[name] = function watched(...args) {
              seen.push(name);
              return new.target ? Reflect.construct(was, args) : Reflect.apply(was, this, args);
            };
          };
          for (const name of ["fetch", "setTimeout", "setInterval", "addEventListener", "atob"]) watch(globalThis, name);
          for (const name of ["Module", "Instance", "compile", "instantiate"]) watch(WebAssembly, name);
          watch(IDBFactory.prototype, "open");
          watch(LockManager.prototype, "request");
          await import("/pkg/dist/index.js");
          return seen;
        });
        assert.deepEqual(touched, []);
      });

      test("slim: init says what is missing, may be tried again, and takes any server's type", async () => {
        await browser.navigate(`${site.origin}/`);
        const said = await browser.execute(async () => {
          const { init, openSession } = await import("/pkg/dist/slim.js");
          const failure = (promise) => promise.then(() => "", (error) => `${error.name}: ${error.message}`);
          return {
            early: await failure(openSession({})),
            missing: await failure(init({ wasm: "/missing.wasm" })),
            page: await failure(init({ wasm: fetch("/page-instead.wasm") })),
            good: await failure(init({ wasm: new URL("/plain.wasm", location.href) })),
            again: await failure(Promise.all([init(), init({ wasm: "/missing.wasm" })])),
          };
        });
        assert.match(said.early, /init\(\{ wasm \}\)/);
        assert.match(said.missing, /status 404/);
        assert.match(said.page, /CompileError/);
        assert.equal(said.good, "");
        assert.equal(said.again, "");
      });
    });
  }
});
