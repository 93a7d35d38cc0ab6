// Two accounts of one Cyrus in a page that has the packed package, and MAPI's procedures as their pages number them.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { mailSystem } from "../../js/jmap/setup.mjs";
import { pack } from "../../lib/pack.mjs";
import { root } from "../../lib/run.mjs";
import { serve } from "../../lib/serve.mjs";
import { open } from "../../lib/webdriver.mjs";
import { startProxy } from "../../../www/server/proxy.mjs";

const { createTransport } = createRequire(join(root, "www/package.json"))("nodemailer");

const page = `<!doctype html><meta charset="utf-8"><title>loading</title>
<script type="importmap">{ "imports": { "mailspooler": "/pkg/index.js", "mailspooler/mapi": "/pkg/mapi.js",
  "mailspooler/elements": "/pkg/elements.js", "mailspooler/transports/jmap": "/pkg/transports/jmap.js" } }</script>
<script type="module">
import { openSession } from "mailspooler";
import * as mapi from "mailspooler/mapi";
import { defineElements, propertySheet } from "mailspooler/elements";
import { basic, jmapTransport } from "mailspooler/transports/jmap";
defineElements();
// What steps leave for later ones: not every engine runs them in the page's own global object.
const view = globalThis.view = { mapi: { ...mapi }, calls: [], delivered: [], passwords: {} };
const note = (uid, what, more = null) => { view.calls.push([uid, what, more]); };

/** What the spooler calls is noted; the rest is the package's transport. */
view.transport = ({ uid, displayName, sessionUrl, user, since, flushes = false }) => {
  const inner = jmapTransport({
    uid, displayName, sessionUrl, identities: [user], authorize: () => basic(user, view.passwords[user])(), pollIntervalMs: 3_600_000,
    ...(since === undefined ? { inbox: false, headers: false } : { inbox: { cursor: { get: () => since, set: (state) => { since = state; } } } }),
  });
  const noted = (what, more) => ({ [what]: (...args) => {
    note(uid, what, more?.(...args));
    return inner[what]?.(...args);
  } });
  const url = (_, { settings }) => settings.sessionUrl;
  return {
    ...inner, credential: user,
    ...noted("submitMessage", url), ...noted("validateState", (flags) => flags), ...noted("transportLogon"), ...noted("transportNotify", (flags) => flags),
    ...(since === undefined ? {} : noted("startMessage")),
    ...(flushes ? noted("flushQueues", (flags) => flags) : {}),
    addressTypes: ({ settings }) => {
      note(uid, "addressTypes", settings.sessionUrl);
      return ["SMTP"];
    },
    async changePassword(was, now, ctx) {
      const { status } = await ctx.fetch("/password", { method: "POST", body: JSON.stringify({ user, was, now }) });
      if (status === 403) throw Object.assign(new Error("refused"), { code: "MAPI_E_NO_ACCESS" });
      view.passwords[user] = now;
    },
  };
};
view.start = async ({ owner, passwords, accounts }) => {
  Object.assign(view.passwords, passwords);
  await view.session?.close();
  delete view.all;
  view.session = await openSession({
    profile: "procedures", owner, propertySheet: propertySheet(), transports: accounts.map(view.transport),
    deliver: async ({ transport, content }) => { view.delivered.push([transport, /^Subject: (.*)\\r$/m.exec(await content.text())[1]]); },
  });
};
/** Resolves when it is stored. */
view.submit = async (from, to, subject) => {
  const content = "From: " + from + "\\r\\nTo: " + to + "\\r\\nSubject: " + subject + "\\r\\n\\r\\nHello\\r\\n";
  await view.session.submitMessage({ id: subject, from, to, subject, content });
};
/** The code a promise rejects with. */
view.codeOf = (promise) => promise.then(() => "S_OK", ({ code }) => code);
/** A transport's row as it is now, whatever table a step works on. */
view.row = (displayName) => {
  if (view.all === undefined) {
    view.all = view.session.getStatusTable();
    view.all.setColumns(view.all.queryColumns({ all: true }));
  }
  return view.all.getSnapshot().find((row) => row.resourceType === mapi.MAPI_TRANSPORT_PROVIDER && row.displayName === displayName);
};
document.title = "ready";
</script>`;

/** Somebody outside, whose mail is only recorded. */
export const carol = "carol@elsewhere.test";

/** One Cyrus behind two doors; `enter` opens the page. */
export async function world() {
  const { dir } = await pack();
  const system = await mailSystem({ keep: true, options: { failedloginpause: "0" } });
  const { smtp, proxy, cyrus } = system;
  const second = await startProxy({ target: new URL(cyrus.jmapUrl).origin });
  const doors = [system.sessionUrl, `${second.url}/.well-known/jmap`];
  const site = await serve({
    "/": page, "/pkg/": `${dir}/dist`,
    "/password": async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      const { user, was, now } = JSON.parse(body);
      response.statusCode = (await cyrus.changePassword(user, was, now)) ? 204 : 403;
      response.end();
    },
  });
  const outside = createTransport({ host: "127.0.0.1", port: smtp.port, ignoreTLS: true, name: "localhost" });
  return {
    system, doors, proxies: [proxy, second],
    async enter(engine) {
      const browser = await open(engine);
      await browser.navigate(`${site.origin}/`);
      await browser.until(() => document.title === "ready");
      return browser;
    },
    /** How far a mailbox has come: what is new is new since then. */
    state: async (user) => (await system.jmap(user, [["Email/get", { ids: [] }]]))[0].state,
    /** New mail from outside, in the mailbox when it resolves. */
    async post(to, subject) {
      await outside.sendMail({ envelope: { from: carol, to }, raw: `From: ${carol}\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\nHello\r\n` });
      await smtp.idle();
    },
    /** How often it left Cyrus. */
    handed: (subject) => smtp.mails.filter((mail) => mail.subject === subject).length,
    async stop() {
      outside.close();
      await site.close();
      await second.stop();
      await system.stop();
    },
  };
}

export const isSubmission = ({ body }) => body.includes("EmailSubmission/set");

/** Passes a request on and keeps the answer back: `met` when it came, until `release()`. */
export function keepAnswer({ cyrus }, proxy, match) {
  let [release, meet] = [];
  const released = new Promise((done) => { release = done; });
  const met = new Promise((done) => { meet = done; });
  const origin = new URL(cyrus.jmapUrl).origin;
  proxy.fault({
    do: "hand", match, times: 1,
    async run(_, response, { url, headers, body }) {
      const answer = await fetch(new URL(url, origin), { method: "POST", body, headers: { authorization: headers.authorization, "content-type": headers["content-type"] } });
      const text = await answer.text();
      meet();
      await released;
      response.writeHead(answer.status, { "content-type": "application/json" }).end(text);
    },
  });
  return { met, release };
}

/** The numbered steps of a page, each a test; what follows a failed one cannot be followed. */
export async function follow(t, title, steps) {
  let broken = false;
  for (const [step, what, act] of steps) {
    await t.test(`${title}, ${step}: ${what}`, { skip: broken && "the step before it failed" }, async () => {
      broken = true;
      await act();
      broken = false;
    });
  }
  assert.ok(!broken, `${title} could be followed to its end`);
}

/** How most procedures begin: a status table in `view.table`, limited, and its rows in `view.rows`. */
export const beginning = (at, numbers, columns, restriction, rows) => [
  [numbers[0], "GetStatusTable", () => at.run(() => { globalThis.view.table = globalThis.view.session.getStatusTable(); })],
  [numbers[1], `SetColumns ${columns.join(", ")}`, async () => {
    const got = await at.run((columns) => {
      const { view } = globalThis;
      view.table.setColumns(columns.map((name) => view.mapi[name]));
      return view.table.queryColumns();
    }, columns);
    assert.equal(got.length, columns.length);
  }],
  [numbers[2], `a restriction, ${JSON.stringify(restriction)}`, async () => {
    assert.equal(await at.run((restriction) => {
      globalThis.view.table.restrict(restriction);
      return globalThis.view.table.getRowCount();
    }, restriction), rows);
  }],
  [numbers[3], "HrQueryAllRows", async () => {
    const got = await at.run(() => {
      globalThis.view.rows = globalThis.view.table.queryRows(100);
      return globalThis.view.rows;
    });
    assert.deepEqual(got.map((row) => Object.keys(row).length), Array.from({ length: rows }, () => columns.length));
  }],
];
