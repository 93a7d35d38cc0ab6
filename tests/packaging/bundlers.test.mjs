// Every bundler without configuration, then the result in every browser.
import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import * as vite from "vite";
import webpack from "webpack";
import { browserFor, engines } from "../lib/engines.mjs";
import { serve } from "../lib/serve.mjs";
import { consumer } from "./consumer.mjs";
import { expected } from "./fixtures/app/smoke.mjs";

const quiet = (root, more) => ({ root, configFile: false, logLevel: "error", cacheDir: join(root, ".vite"), ...more });
const withPage = (root, out) => cpSync(join(root, "index.html"), join(out, "index.html"));
const inputs = (root, ...names) => names.map((name) => join(root, `${name}.mjs`));

const static_ = async (dir) => {
  const { origin, close } = await serve({ "/": dir });
  return { url: `${origin}/`, close };
};

/** Each answers the address of a page and a way to stop serving it. */
const built = {
  "Vite dev": async (root) => {
    const server = await vite.createServer(quiet(root, { server: { host: "127.0.0.1", port: 0, strictPort: false } }));
    await server.listen();
    return { url: server.resolvedUrls.local[0], close: () => server.close() };
  },
  "Vite build": async (root) => {
    const outDir = join(root, "out-vite");
    await vite.build(quiet(root, { build: { outDir } }));
    return static_(outDir);
  },
  webpack: async (root) => {
    const path = join(root, "out-webpack");
    const stats = await new Promise((resolve, reject) => {
      webpack({ mode: "production", context: root, entry: "./page.mjs", output: { path, filename: "page.mjs" } },
        (error, done) => (error ? reject(error) : resolve(done)));
    });
    assert.equal(stats.hasErrors(), false, stats.toString());
    withPage(root, path);
    return static_(path);
  },
  esbuild: async (root) => {
    const outdir = join(root, "out-esbuild");
    const common = { bundle: true, outdir, outExtension: { ".js": ".mjs" }, logLevel: "error" };
    await esbuild.build({ ...common, format: "esm", entryPoints: inputs(root, "page", "worker", "tick") });
    await esbuild.build({ ...common, format: "iife", entryPoints: inputs(root, "service-worker") });
    withPage(root, outdir);
    return static_(outdir);
  },
  Rollup: async (root) => {
    const dir = join(root, "out-rollup");
    const bundle = await rollup({ input: inputs(root, "page", "worker", "tick"), plugins: [nodeResolve()] });
    await bundle.write({ dir, format: "es", entryFileNames: "[name].mjs" });
    withPage(root, dir);
    return static_(dir);
  },
  "no bundler": async (root) => {
    // Workers have no import map: without a bundler one writes the path.
    const dist = "/node_modules/mailspooler/dist";
    const written = (file, name, path) => (_request, response) => {
      response.setHeader("content-type", "text/javascript");
      response.end(readFileSync(join(root, file), "utf8").replace(`"${name}"`, `"${dist}/${path}"`));
    };
    const { origin, close } = await serve({
      "/": root,
      "/smoke.mjs": written("smoke.mjs", "mailspooler", "index.js"),
      "/tick.mjs": written("tick.mjs", "mailspooler/tick", "tick.js"),
    });
    return { url: `${origin}/`, close };
  },
};

describe("bundlers", () => {
  const sites = {};
  let root;
  before(async () => {
    root = await consumer();
  });
  after(async () => {
    for (const { close } of Object.values(sites)) await close();
  });

  for (const [name, build] of Object.entries(built)) {
    test(`${name} takes the package without configuration`, async () => {
      sites[name] = await build(root);
    });
  }

  for (const engine of engines) {
    describe(engine, () => {
      const browser = browserFor(engine);

      for (const name of Object.keys(built)) {
        test(`runs on the page and in workers: ${name}`, async () => {
          await browser().navigate(sites[name].url);
          // Vite's first page may reload itself once it has found what to prepare.
          const result = await browser().until(() => globalThis.result);
          assert.deepEqual(result, [expected, expected, 7]);
        });
      }

      test("runs in a classic service worker", async () => {
        await browser().navigate(sites.esbuild.url);
        const answer = await browser().execute(async () => {
          await navigator.serviceWorker.register("./service-worker.mjs");
          const { active } = await navigator.serviceWorker.ready;
          return new Promise((resolve) => {
            navigator.serviceWorker.onmessage = ({ data }) => resolve(data);
            navigator.serviceWorker.startMessages();
            active.postMessage("go");
          });
        });
        assert.equal(answer, expected);
      });
    });
  }

  for (const noExternal of [undefined, true]) {
    test(`Vite SSR, the package ${noExternal ? "inside" : "outside"} the bundle`, async () => {
      const server = await vite.createServer(quiet(root, {
        appType: "custom", server: { middlewareMode: true, ws: false, hmr: false }, ssr: { noExternal },
      }));
      try {
        const { smoke } = await server.ssrLoadModule("/smoke.mjs");
        assert.equal(await smoke(), expected);
      } finally {
        await server.close();
      }
    });
  }
});
