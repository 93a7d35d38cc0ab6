// Next.js, both of its builders: on the server an import does nothing, on the page a session opens.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { browserFor, engines, inEach, patience } from "../lib/engines.mjs";
import { packages } from "../lib/install.mjs";
import { provide } from "../lib/pack.mjs";
import { kill, must } from "../lib/run.mjs";
import { expected } from "./fixtures/app/smoke.mjs";

const here = fileURLToPath(new URL("next", import.meta.url));
const next = join(here, "node_modules/next/dist/bin/next");
const envOf = (builder) => ({ NEXT_TELEMETRY_DISABLED: "1", NEXT_DIST: `.next/${builder}` });

/** Answers its address once it listens. */
async function start(builder) {
  const child = spawn(process.execPath, [next, "start", "--hostname", "127.0.0.1", "--port", "0"],
    { cwd: here, env: { ...process.env, ...envOf(builder) }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const url = await new Promise((resolve, reject) => {
    const hear = (part) => {
      said += part;
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => reject(new Error(`next ended with ${code}\n${said}`)));
  });
  return { url, log: () => said, stop: () => kill(child) };
}

describe("Next.js", { timeout: patience }, () => {
  const servers = {};
  before(async () => {
    await packages(here);
    await provide(here);
    cpSync(fileURLToPath(new URL("fixtures/app/smoke.mjs", import.meta.url)), join(here, "smoke.mjs"));
  });
  after(async () => {
    for (const { stop } of Object.values(servers)) await stop();
  });

  for (const builder of ["turbopack", "webpack"]) {
    test(`${builder} builds the package without configuration, and the server renders it`, async () => {
      await must(process.execPath, [next, "build", `--${builder}`], { cwd: here, env: envOf(builder), quiet: true });
      servers[builder] = await start(builder);
      const html = await (await fetch(servers[builder].url)).text();
      assert.match(html, /<p id="server">function<\/p>/);
      assert.match(html, /<p id="outbox">rendered with function<\/p>/);
      assert.doesNotMatch(servers[builder].log(), /error/i);
    });
  }

  inEach("what was built", engines, (engine) => {
    const browser = browserFor(engine);
    for (const builder of ["turbopack", "webpack"]) {
      test(`a session opens on the page: ${builder}`, async () => {
        await browser().navigate(servers[builder].url);
        const result = await browser().until(() => {
          const { textContent } = document.querySelector("#outbox");
          return !textContent.startsWith("rendered") && textContent;
        });
        assert.equal(result, expected);
      });
    }
  });
});
