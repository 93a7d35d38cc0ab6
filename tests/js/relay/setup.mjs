// The relay transport's source as a module, a context to call it with, and a post office of its own for each test.
import { createHash, randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { packages } from "../../lib/install.mjs";
import { root } from "../../lib/run.mjs";
import { openMailboxes } from "../../../www/server/mailboxes.mjs";

await packages(join(root, "pkg"));
await packages(join(root, "www"));
const { startPostOffice } = await import("../../../www/server/post-office.mjs");

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Compiled alone: these tests need no core. */
export async function relayModule() {
  const { build } = createRequire(join(root, "pkg/package.json"))("esbuild");
  const { outputFiles } = await build({ entryPoints: [join(root, "pkg/src/transports/relay.ts")], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

export const accounts = { "alice@example.test": "token-of-alice", "bob@example.test": "token-of-bob" };

/** An office and its mailboxes, gone when the test ends. */
export async function office(t, options = {}) {
  const mailboxes = openMailboxes({ dir: options.mailDir });
  const running = await startPostOffice({ name: "a", accounts, mailboxes, ...options });
  t.after(() => running.stop());
  // SMTP delivers after it has answered.
  const arrived = () => running.smtp.idle().then(() => mailboxes.arrivals);
  return { ...running, mailboxes, arrived };
}

export const mime = (text = "Hello", headers = "") =>
  Buffer.from(`Message-ID: <${randomUUID()}@example.test>\r\nSubject: test\r\n${headers}\r\n${text}\r\n`);

export const message = (raw, to = ["bob@example.test"], from = "alice@example.test") => ({
  messageId: "<m@example.test>", from, subject: "test", size: raw.length, bcc: [], props: {}, content: new Blob([raw]),
  recipients: to.map((emailAddress) => ({ type: "to", addressType: "SMTP", emailAddress, displayName: "" })),
});

export function context(fields = {}) {
  return {
    key: randomUUID(), attempt: 1, reason: "first", token: undefined, deferred: null, deadline: Date.now() + 60_000,
    signal: new AbortController().signal, fetch: (...args) => fetch(...args), mayStillSend: () => true,
    settings: {}, spoolerNotify() {}, modifyStatusRow() {}, progress() {}, statusRecips() {}, log() {}, ...fields,
  };
}

/** One POST as the protocol has it, past the transport. */
export async function post(url, { key = randomUUID(), attempt, redo, raw, from = "alice@example.test", to = ["bob@example.test"], token = accounts["alice@example.test"], body } = {}) {
  const response = await fetch(new URL("submissions", url), {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`, "idempotency-key": key, "content-type": "application/vnd.mailspooler.submission",
      ...(attempt === undefined ? {} : { "relay-attempt": String(attempt) }), ...(redo ? { "relay-redo": "doubtful" } : {}),
    },
    body: body ?? Buffer.concat([Buffer.from(`${JSON.stringify({ from, to })}\n`), raw]),
  });
  return { status: response.status, body: await response.json() };
}

export async function page(url, path, { method = "GET", token = accounts["alice@example.test"] } = {}) {
  const response = await fetch(new URL(path, url), { method, headers: { authorization: `Bearer ${token}` } });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith("{") ? JSON.parse(text) : undefined };
}
