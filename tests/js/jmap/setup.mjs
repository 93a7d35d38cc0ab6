// The JMAP transport's source as a module, a real mail system for a test file, and what a core would hand the transport.
import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { pathToFileURL } from "node:url";
import { packages } from "../../lib/install.mjs";
import { root } from "../../lib/run.mjs";

await packages(join(root, "pkg"));
await packages(join(root, "www"));
const { startMailSystem } = await import("../../../www/server/mail.mjs");

/** The source compiled alone: these tests need no core. */
export async function bundle(file) {
  const { build } = createRequire(join(root, "pkg/package.json"))("esbuild");
  const { outputFiles } = await build({ entryPoints: [join(root, "pkg/src/transports/jmap", file)], bundle: true, format: "esm", write: false });
  return outputFiles[0].text;
}
export async function part(file) {
  const path = join(root, "target/js-jmap", `${process.pid}`, file.replace(".ts", ".mjs"));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await bundle(file));
  after(() => rm(dirname(path), { recursive: true, force: true }));
  return import(pathToFileURL(path).href);
}
export const { jmapTransport, basic, bearer } = await part("index.ts");

export const alice = "alice@example.test";
export const bob = "bob@example.test";
const users = { [alice]: "secret of alice", [bob]: "secret of bob" };

/** A running mail system that ends with the file's tests, or when told to (`keep`). */
export async function mailSystem({ keep = false, ...options } = {}) {
  const system = await startMailSystem({ users, ...options });
  if (!keep) after(() => system.stop());
  const transport = (more = {}) =>
    jmapTransport({ uid: "jmap", sessionUrl: system.sessionUrl, authorize: basic(alice, users[alice]), ...more });
  return { ...system, transport, jmap: (user, calls) => jmap(system, user, calls) };
}

/** What a page needs to make alice's transport. */
export const sessionOf = ({ sessionUrl }) => ({ uid: "jmap", sessionUrl, login: [alice, users[alice]] });

/** Method calls past the transport and the proxy. */
async function jmap({ cyrus }, user, calls) {
  const accountId = user.split("@")[0];
  const response = await fetch(new URL("/jmap/", cyrus.jmapUrl), {
    method: "POST",
    headers: { authorization: basic(user, users[user])().authorization, "content-type": "application/json" },
    body: JSON.stringify({
      using: ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail", "urn:ietf:params:jmap:submission"],
      methodCalls: calls.map(([name, args], at) => [name, { accountId, ...args }, String(at)]),
    }),
  });
  return (await response.json()).methodResponses.map(([, answer]) => answer);
}

export function context(fields = {}) {
  const wire = [];
  return {
    wire,
    key: randomUUID(), attempt: 1, reason: "first", token: undefined, deferred: null, deadline: Date.now() + 60_000,
    signal: new AbortController().signal, mayStillSend: () => true,
    fetch(url, init) {
      if (!["GET", "HEAD", undefined].includes(init?.method)) wire.push(String(url));
      return fetch(url, init);
    },
    settings: {}, spoolerNotify() {}, modifyStatusRow() {}, progress() {}, statusRecips() {}, log() {}, ...fields,
  };
}

/** A browser whose reused connection died: the request is carried out, then sent once more; JavaScript sees the second answer. */
export const repeating = (when = () => true) => async (url, init) => {
  if (init?.method === "POST" && when(String(init.body))) await (await fetch(url, init)).arrayBuffer();
  return fetch(url, init);
};
export const isSubmission = (body) => body.includes("EmailSubmission/set");
export const submits = ({ body }) => isSubmission(body.toString());

const person = (emailAddress, type = "to") => ({ type, addressType: "SMTP", emailAddress, displayName: "" });

/** A message as the core hands it over. */
export function message({ to = [bob], bcc = [], from = alice, headers = "", body = "Hello", payload, subject = "test" } = {}) {
  const messageId = `<${randomUUID()}@example.test>`;
  const raw = Buffer.from(`Message-ID: ${messageId}\r\nFrom: ${from}\r\nTo: ${to.join(", ")}\r\nSubject: ${subject}\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\nMIME-Version: 1.0\r\n${headers}\r\n${body}\r\n`);
  const blind = bcc.map((address) => person(address, "bcc"));
  return {
    messageId, from, subject, size: raw.length, props: {}, raw,
    recipients: [...to.map((address) => person(address)), ...blind], bcc: blind,
    ...(payload === undefined ? { content: new Blob([raw]) } : { payload }),
  };
}

/** Prepares and submits, as the core does for a first attempt; `token` stays for later calls. */
export async function send(transport, mail, fields = {}) {
  const token = JSON.parse(JSON.stringify(await transport.prepareMessage(mail, context(fields))));
  return { token, outcome: await transport.submitMessage(mail, context({ ...fields, token })) };
}

/** How often the SMTP side was handed this message, and how often it is in bob's inbox. */
export const handed = ({ smtp }, mail) => smtp.mails.filter(({ messageId }) => messageId === mail.messageId).length;
export async function arrived(system, mail, user = bob) {
  await system.smtp.idle();
  const [, email] = await system.jmap(user, [
    ["Email/query", { filter: { header: ["Message-ID", mail.messageId] } }],
    ["Email/get", { "#ids": { resultOf: "0", name: "Email/query", path: "/ids" }, properties: ["blobId", "mailboxIds", "keywords", "headers"] }],
  ]);
  return email.list;
}

/** How often each Message-ID is in bob's mailboxes. */
export async function arrivals(system) {
  await system.smtp.idle();
  const [{ total }, { list }] = await system.jmap(bob, [
    ["Email/query", { calculateTotal: true }],
    ["Email/get", { "#ids": { resultOf: "0", name: "Email/query", path: "/ids" }, properties: ["messageId"] }],
  ]);
  if (list.length !== total) throw new Error(`expected all ${total} messages in one answer, got ${list.length}`);
  const counts = new Map();
  for (const { messageId: [id] } of list) counts.set(`<${id}>`, (counts.get(`<${id}>`) ?? 0) + 1);
  return counts;
}

/** Mailbox names of alice's Emails with this Message-ID, with their keywords. */
export async function standing(system, mail) {
  const [boxes] = await system.jmap(alice, [["Mailbox/get", { properties: ["name"] }]]);
  const names = Object.fromEntries(boxes.list.map(({ id, name }) => [id, name]));
  return (await arrived(system, mail, alice)).map(({ mailboxIds, keywords }) => ({
    boxes: Object.keys(mailboxIds).map((id) => names[id]), keywords: Object.keys(keywords).sort(),
  }));
}
