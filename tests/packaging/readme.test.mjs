// The README's twelve lines, as they stand there, in Node and in a browser: the message arrives, with its key, once. The fuller
// example in a browser, to its end, although nothing can be reached.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, test } from "node:test";
import { pack, provide } from "../lib/pack.mjs";
import { serve } from "../lib/serve.mjs";
import { open } from "../lib/webdriver.mjs";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1]);
const [twelve, fuller] = blocks;
const { dir } = await pack();

/** The example as a module: what it leaves to the reader is given around it. */
const wrapped = (specifier) => {
  const [imports, ...rest] = twelve.split("\n");
  return `${imports.replace('"mailspooler"', JSON.stringify(specifier))}
export async function run(render, mime) {
${rest.join("\n")}
return session;
}`;
};
/** The same of the fuller one. */
const wrappedFuller = () => {
  const lines = fuller.split("\n");
  const imports = lines.filter((line) => line.startsWith("import "));
  return `${imports.join("\n").replaceAll(/"mailspooler(.*)"/g, (_, path) => `"/pkg/dist${path || "/index"}.js"`)}
export async function run({ sessionUrl, token, inbox, draft, mime, console }) {
${lines.filter((line) => !imports.includes(line)).join("\n")}
return { session, id, report, why: session.why(id) };
}`;
};
const mime = "From: me@example.org\r\nSubject: twelve lines\r\n\r\nhello\r\n";

describe("the README's example", () => {
  let site;
  const received = [];
  before(async () => {
    site = await serve({
      "/": "<!doctype html><title>readme</title>",
      "/pkg/": dir,
      "/example.mjs": (_request, response) => {
        response.setHeader("content-type", "text/javascript");
        response.end(wrapped("/pkg/dist/index.js"));
      },
      "/fuller.mjs": (_request, response) => {
        response.setHeader("content-type", "text/javascript");
        response.end(wrappedFuller());
      },
      "/send": async (request, response) => {
        let body = "";
        for await (const chunk of request) body += chunk;
        received.push({ key: request.headers["idempotency-key"], body });
        response.end();
      },
    });
  });
  after(() => site.close());

  const check = (states) => {
    assert.equal(received.length, 1);
    const [{ key, body }] = received.splice(0);
    assert.match(key, /^[0-9a-f]{32}\.1$/);
    assert.match(body, /^From: me@example\.org\r\nSubject: twelve lines\r\n/);
    assert.match(body, /\r\nMessage-ID: <[0-9a-f]{32}@example\.org>\r\n/i);
    assert.match(body, /\r\n\r\nhello\r\n$/);
    assert.ok(states.includes("queued") || states.includes("sending"), `shown on the way: ${states}`);
  };

  test("twelve lines, no more", () => {
    assert.ok(twelve.trim().split("\n").length <= 12);
  });

  test("runs in Node", async () => {
    const here = await mkdtemp(join(tmpdir(), "readme-"));
    await provide(here);
    await writeFile(join(here, "example.mjs"), wrapped("mailspooler"));
    const real = globalThis.fetch;
    // A page resolves addresses against its own; Node has none.
    globalThis.fetch = (address, options) => real(new URL(address, site.origin), options);
    try {
      const { run } = await import(pathToFileURL(join(here, "example.mjs")).href);
      const states = [];
      const session = await run((rows) => states.push(...rows.map((row) => row.outboxState)), mime);
      const empty = () => session.getOutgoingQueue().getRowCount() === 0;
      const changes = session.getOutgoingQueue().changes();
      while (!empty()) await changes.next();
      check(states);
      await session.close();
    } finally {
      globalThis.fetch = real;
      await rm(here, { recursive: true, force: true });
    }
  });

  test("runs in Chromium, and the message is not sent again by the next page", async () => {
    const browser = await open("chromium");
    try {
      await browser.navigate(`${site.origin}/`);
      const states = await browser.execute(async (text) => {
        const { run } = await import("/example.mjs");
        const seen = [];
        const session = await run((rows) => seen.push(...rows.map((row) => row.outboxState)), text);
        const queue = session.getOutgoingQueue();
        const changes = queue.changes();
        while (queue.getRowCount() > 0) await changes.next();
        return seen;
      }, mime);
      check(states);
      await browser.navigate(`${site.origin}/`);
      const left = await browser.execute(async () => {
        const { openSession } = await import("/pkg/dist/index.js");
        const session = await openSession({ profile: "default", owner: "me@example.org", transports: [] });
        return session.getOutgoingQueue().getRowCount();
      });
      assert.deepEqual([left, received.length], [0, 0]);
    } finally {
      await browser.quit();
    }
  });

  test("the fuller one runs to its end in Chromium, where nothing can be reached", async () => {
    const browser = await open("chromium");
    try {
      await browser.navigate(`${site.origin}/`);
      const ran = await browser.execute(async (text) => {
        const { run } = await import("/fuller.mjs");
        const [asked, printed] = [[], []];
        globalThis.fetch = async (address, options) => {
          asked.push(`${options?.method ?? "GET"} ${new URL(address, location.href).pathname}`);
          throw new TypeError("no network");
        };
        const inbox = { store: (message) => printed.push(["received", message]) };
        const { session, id, report, why } = await run({
          sessionUrl: "https://mail.example.org/jmap", token: () => "secret", draft: { id: "draft 7" }, mime: text, inbox,
          console: { log: (...line) => printed.push(line.slice(0, 2)) },
        });
        await session.close();
        return { id, state: report.state, why: why.code, printed, asked };
      }, mime);
      const { asked, ...rest } = ran;
      assert.deepEqual(rest, { id: "draft 7", state: "cancelled", why: "cancelled", printed: [["ada@example.org", "open"], ["me@example.org", "open"]] });
      assert.ok(asked.includes("GET /jmap"), asked.join());
      assert.deepEqual(asked.filter((one) => one.startsWith("POST")), [], "nothing was sent");
    } finally {
      await browser.quit();
    }
  });
});
