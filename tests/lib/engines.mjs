// The browsers a test runs in: `for (const engine of engines) test(`… in ${engine}`, …)`.
// tests/all.mjs leaves out what could not be installed and says so; MAILSPOOLER_ENGINES=chromium picks.
import { engineNames } from "./install.mjs";

const asked = process.env.MAILSPOOLER_ENGINES;

export const engines = asked === undefined ? engineNames : asked.split(",").filter(Boolean);
/** Those with storage that outlives the browser: WebKitGTK's automation keeps nothing. */
export const lasting = engines.filter((name) => name !== "webkit");
