// The browsers a test runs in. tests/all.mjs leaves out what could not be installed and says so; MAILSPOOLER_ENGINES=chromium picks.
//
//   inEach("what", engines, (engine) => { before(…); test(…); })
//       a suite for each engine, side by side; the tests of a suite one after the other. What takes longer than `patience`, ms, hangs.
//   const browser = browserFor(engine)     inside a suite: its browser, opened before its tests, as `browser()`.
import { after, before, describe } from "node:test";
import { engineNames } from "./install.mjs";
import { open } from "./webdriver.mjs";

const asked = process.env.MAILSPOOLER_ENGINES;

export const engines = asked === undefined ? engineNames : asked.split(",").filter(Boolean);
/** Those with storage that outlives the browser: WebKitGTK's automation keeps nothing. */
export const lasting = engines.filter((name) => name !== "webkit");

/** No test judges time: a slow machine under load must never reach this. */
export const patience = 2_700_000;

export function inEach(what, names, body) {
  void describe(what, { concurrency: engineNames.length }, () => {
    for (const name of names) void describe(`${what} in ${name}`, { concurrency: 1, timeout: patience }, () => body(name));
  });
}

export function browserFor(engine) {
  let browser;
  before(async () => {
    browser = await open(engine);
  });
  after(() => browser?.quit());
  return () => browser;
}
