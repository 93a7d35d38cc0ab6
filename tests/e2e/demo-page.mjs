// The demo in a browser, and what a person does there: keys, and minding how it looks.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packages } from "../lib/install.mjs";
import { pages } from "../lib/pages.mjs";
import { root } from "../lib/run.mjs";
import { open } from "../lib/webdriver.mjs";

const axe = readFileSync(join(root, "tests/node_modules/axe-core/axe.min.js"), "utf8");
export const [TAB, ENTER, ESCAPE, CONTROL, DOWN, SPACE] = ["\ue004", "\ue007", "\ue00c", "\ue009", "\ue015", " "];

/** The page at `place` over a mail system as `startPage` takes it; `stop` ends browser, page and mail system. */
export async function demo(engine, { mail, place }) {
  const { startPage } = await import("../../www/server/page.mjs");
  const ends = [() => mail.stop()];
  const stop = async () => {
    for (const end of ends.splice(0)) await end();
  };
  try {
    const site = await startPage({ dist: await pages(), ...mail });
    ends.unshift(() => site.close());
    const browser = await open(engine);
    ends.unshift(() => browser.quit());
    await browser.navigate(`${site.origin}/#/${place}`);
    await listen(browser);
    return { mail, site, browser, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What the page says to screen readers it takes back after some seconds: from now on it is kept in `data-said`. */
export async function listen(browser) {
  await browser.until(() => document.querySelector("[role=status]") !== null);
  await browser.execute(() => {
    const { dataset } = document.documentElement;
    dataset.said = "";
    new MutationObserver((changes) => {
      for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) dataset.said += `${node.textContent}\n`;
    }).observe(document.querySelector("[role=status]"), { childList: true });
  });
}
/** Resolves when it has said so. */
export const said = (browser, words) => browser.until((words) => document.documentElement.dataset.said.includes(words), words);

/** Two post offices behind it. */
export async function relayDemo(engine, place) {
  await packages(join(root, "www"));
  const { startRelays } = await import("../../www/server/demo-mail.mjs");
  return demo(engine, { mail: await startRelays({}), place });
}

/** Keys of a keyboard, wherever the focus is. */
export function keyboard(browser) {
  const send = (actions) => browser.command("POST", "/actions", { actions: [{ type: "key", id: "keys", actions }] });
  const down = (value) => ({ type: "keyDown", value });
  const up = (value) => ({ type: "keyUp", value });
  const strokes = (keys) => [...keys].flatMap((key) => [down(key), up(key)]);
  return {
    press: (...keys) => send(strokes(keys)),
    /** Instead of what stands there. */
    replace: (words) => send([down(CONTROL), down("a"), up("a"), up(CONTROL), ...strokes(words)]),
  };
}

/**
 * Light, then dark, where the driver can be told: Chromium's only. Preferred, not set on the page: Vite makes of `light-dark()` a
 * question of preference.
 */
export async function eachScheme(browser, run) {
  for (const scheme of browser.engine === "chromium" ? ["light", "dark"] : ["light"]) {
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    if (browser.engine === "chromium") await browser.command("POST", "/goog/cdp/execute", { cmd: "Emulation.setEmulatedMedia", params: { features } });
    const ground = await browser.execute(() => getComputedStyle(document.body).backgroundColor);
    const [red] = /\d+/.exec(ground);
    assert.equal(Number(red) < 128 ? "dark" : "light", scheme, ground);
    await run(scheme);
  }
}

/** Nothing is wider than the page, and axe has nothing to say. */
export async function assertFits(browser, where) {
  const wide = await browser.execute(() =>
    document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll("dialog[open]")].some((each) => each.scrollWidth > each.clientWidth));
  assert.equal(wide, false, `wider than the page: ${where}`);
  await browser.command("POST", "/execute/sync", { script: axe, args: [] });
  const found = await browser.execute(async () =>
    (await globalThis.axe.run(document, { resultTypes: ["violations"] })).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`));
  assert.deepEqual(found, [], where);
}
