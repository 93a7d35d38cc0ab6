// A page that uses the packed package against a real mail system: what the JMAP end-to-end tests drive.
import { EventEmitter } from "node:events";
import { serve } from "../lib/serve.mjs";
import { pack } from "../lib/pack.mjs";
import { open } from "../lib/webdriver.mjs";
import { alice, arrivals, mailSystem, sessionOf } from "../js/jmap/setup.mjs";

const page = `<!doctype html><meta charset="utf-8"><title>loading</title>
<script type="importmap">{ "imports": { "mailspooler": "/pkg/index.js", "mailspooler/transports/jmap": "/pkg/transports/jmap.js" } }</script>
<script type="module">
import { openSession } from "mailspooler";
import { basic, jmapTransport } from "mailspooler/transports/jmap";
globalThis.start = async ({ login, ...options }) => {
  globalThis.session = await openSession({ profile: "e2e", owner: login[0], transports: [jmapTransport({ ...options, authorize: basic(...login), inbox: false })] });
};
// One after the other, so that the order of acceptance is that of the list.
globalThis.submitAll = async (mails) => {
  for (const { name, to, cc, bcc } of mails) {
    const content = await (await fetch("/mail/" + name)).blob();
    await session.submitMessage({ id: name, to, cc, bcc, content });
    await fetch("/accepted/" + name, { method: "POST" });
  }
};
globalThis.stateOf = async (name) => (await session.getMessage(name)).state;
document.title = "ready";
</script>`;

const header = (name, value) => (value.length > 0 ? `${name}: ${value.join(",\r\n ")}\r\n` : "");

/** A mail as a host composes it: `raw` with its Bcc field is what it submits, `wire` what may leave. */
export function mail(name, { to = ["bob@example.test"], cc = [], bcc = [], subject = name, body = Buffer.from(`This is ${name}.\r\n`) } = {}) {
  const messageId = `<${name}@e2e.example.test>`;
  const block = (blind) => Buffer.from(
    `Message-ID: ${messageId}\r\nFrom: ${alice}\r\n${header("To", to)}${header("Cc", cc)}${blind}Subject: ${subject}\r\n`
    + "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
  return { name, messageId, to, cc, bcc, raw: Buffer.concat([block(header("Bcc", bcc)), body]), wire: Buffer.concat([block(""), body]) };
}

/** Mail system, site and browser of one engine. `stop` ends all; `reopen` starts the page again in the same profile. */
export async function world(engine, { profile } = {}) {
  const { dir } = await pack();
  const system = await mailSystem({ keep: true });
  const mails = new Map();
  const accepted = new Set();
  const heard = new EventEmitter();
  const site = await serve({
    "/": page,
    "/pkg/": `${dir}/dist`,
    "/mail/": (request, response, url) => response.end(mails.get(decodeURIComponent(url.pathname).slice("/mail/".length)).raw),
    "/accepted/": (request, response, url) => {
      accepted.add(decodeURIComponent(url.pathname).slice("/accepted/".length));
      heard.emit("accepted");
      response.end();
    },
  });
  const self = {
    system, accepted, heard, mails,
    browser: undefined,
    /** With more options of the transport. */
    async show(more = {}) {
      await self.browser.navigate(`${site.origin}/`);
      await self.browser.until(() => document.title === "ready");
      await self.browser.execute((options) => globalThis.start(options), { ...sessionOf(system), ...more });
    },
    async open() {
      self.browser = await open(engine, profile === undefined ? {} : { profile });
      await self.show();
    },
    add(...list) {
      for (const each of list) mails.set(each.name, each);
      return list.map(({ name, to, cc, bcc }) => ({ name, to, cc, bcc }));
    },
    submit: (list) => self.browser.execute((list) => globalThis.submitAll(list), self.add(...list)),
    /** Starts submitting and does not wait: the page may be killed under it. */
    submitLoosely: (list) => self.browser.execute((list) => { void globalThis.submitAll(list); }, self.add(...list)),
    settled: (names) => self.browser.execute(async (names) => Promise.all(names.map(async (name) => (await globalThis.session.settled(name)).state)), names),
    /** Resolves when every message shows one of the states given for it. */
    until: (wanted) => self.browser.until(async (wanted) => {
      for (const [name, states] of Object.entries(wanted)) if (!states.includes(await globalThis.stateOf(name))) return false;
      return true;
    }, wanted),
    handed: ({ messageId }) => system.smtp.mails.filter((each) => each.messageId === messageId),
    /** How often each Message-ID is in bob's mailbox. */
    inbox: () => arrivals(system),
    async stop() {
      await self.browser?.quit();
      await site.close();
      await system.stop();
    },
  };
  return self;
}
