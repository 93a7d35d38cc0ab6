// kill -9 of the whole browser while it sends: nothing accepted is lost, nothing arrives twice.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { lasting } from "../../lib/engines.mjs";
import { open } from "../../lib/webdriver.mjs";
import { interrupted } from "./interrupted.mjs";
import { bench } from "./setup.mjs";

for (const engine of lasting) {
  describe(engine, { timeout: 600_000 }, () => {
    test("the browser killed at any point: what was accepted is sent once", async () => {
      const profile = mkdtempSync(join(tmpdir(), "mailspooler-relay-"));
      const at = await bench();
      const start = async () => {
        const browser = await open(engine, { profile, timeout: 240_000 });
        await at.load(browser);
        return browser;
      };
      let browser = await start();
      try {
        await interrupted({
          ...at, office: at.offices[0], browser: () => browser, tag: "kill",
          restart: async () => {
            await browser.kill();
            browser = await start();
          },
        });
      } finally {
        await browser.quit();
        await at.stop();
        rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
      }
    });
  });
}
