// Servers that answer what RFC 8620 does not foresee: other types, and redirects.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { bearer, context, jmapTransport, message, send } from "./setup.mjs";

async function serve(t, handle) {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part)).on("end", () => handle(request, response, body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

const urls = { apiUrl: "/api", uploadUrl: "/up/{accountId}", downloadUrl: "/down/{blobId}" };
const json = (response, value) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));

/** A server whose methods `odd` replaces; `redirect` names the paths that go elsewhere. */
async function server(t, odd = {}, { session = {}, redirect = () => undefined } = {}) {
  const methods = {
    "Mailbox/get": () => ({ list: [{ id: "d", role: "drafts" }, { id: "s", role: "sent" }] }),
    "Identity/get": () => ({ list: [{ id: "I", email: "alice@example.test" }] }),
    "Email/import": () => ({ created: { e: { id: "e1" } } }),
    "Email/get": () => ({ state: "S", list: [{ id: "e1", keywords: { $draft: true }, mailboxIds: { d: true } }] }),
    "Email/set": () => ({ updated: { e1: null } }),
    "EmailSubmission/get": () => ({ state: "T", list: [] }),
    "EmailSubmission/set": () => ({ created: { s: { id: "x" } } }),
    ...odd,
  };
  const base = await serve(t, (request, response, body) => {
    const location = request.url === "/well-known" ? "/session" : redirect(request.url, body);
    if (location !== undefined) response.writeHead(307, { location }).end();
    else if (request.url === "/session") json(response, { primaryAccounts: { "urn:ietf:params:jmap:mail": "A" }, ...urls, ...session });
    else if (request.url === "/up/A") json(response, { blobId: "B" });
    else json(response, { methodResponses: JSON.parse(body).methodCalls.map(([name, , id]) => [name, methods[name](), id]) });
  });
  return jmapTransport({ uid: "j", sessionUrl: `${base}/well-known`, authorize: bearer("secret"), inbox: false });
}

test("o_30: mail goes to nobody who is named by a redirect, and no redirect is a network", async (t) => {
  const stranger = [];
  const elsewhere = await serve(t, (request, response) => {
    stranger.push(request.url);
    json(response, { blobId: "B", methodResponses: [] });
  });
  const uploads = await server(t, {}, { redirect: (url) => (url === "/up/A" ? elsewhere : undefined) });
  await assert.rejects(send(uploads, message()), { code: "MAPI_E_CALL_FAILED", status: 307, message: /, got a redirect$/ });
  const submits = await server(t, {}, { redirect: (url, body) => (body.includes("EmailSubmission/set") ? elsewhere : undefined) });
  assert.deepEqual((await send(submits, message())).outcome, { type: "unknown", code: "redirected" });
  assert.deepEqual(stranger, []);
});

test("o_30: what a server answers in other types is damaged, not the network, and not gone", async (t) => {
  const odd = {
    "an identity without address": { "Identity/get": () => ({ list: [{ id: "I", email: null }] }) },
    "a list that is none": { "Email/get": () => ({ state: "S", list: {} }) },
    "a list of nothing": { "Email/get": () => ({ state: "S", list: [null] }) },
    "an Email without keywords": { "Email/get": () => ({ state: "S", list: [{ id: "e1" }] }) },
    "a state that is a number": { "EmailSubmission/get": () => ({ state: 7 }) },
    "mailboxes that are a text": { "Mailbox/get": () => ({ list: "inbox" }) },
    "an answer that is null": { "Email/import": () => null },
  };
  for (const [name, methods] of Object.entries(odd)) {
    await assert.rejects(send(await server(t, methods), message()), { code: "MAPI_E_CORRUPT_DATA" }, name);
  }
  const nameless = await server(t, { "Identity/get": () => ({ list: [{ id: "I", email: null }] }) });
  await assert.rejects(nameless.transportLogon(context()), { code: "MAPI_E_CORRUPT_DATA" });
  for (const session of [{ apiUrl: "http://[" }, { uploadUrl: "http://[" }]) {
    await assert.rejects((await server(t, {}, { session })).transportLogon(context()), { code: "MAPI_E_CORRUPT_DATA" });
  }
});

test("o_30: a refusal stays one, whatever is beside its type", async (t) => {
  const refused = async (error) => (await send(await server(t, { "EmailSubmission/set": () => ({ notCreated: { s: error } }) }), message())).outcome;
  const rejected = (code) => ({ type: "rejected", scope: "message", code, definite: true });
  assert.deepEqual(await refused({ type: "forbiddenToSend", description: 550 }), rejected("forbiddenToSend"));
  for (const invalidRecipients of ["bob@example.test", [5], 5, null]) {
    assert.deepEqual(await refused({ type: "invalidRecipients", invalidRecipients, properties: 1 }), rejected("invalidRecipients"));
  }
  for (const error of [null, 5, { type: 5 }]) assert.deepEqual(await refused(error), { type: "unknown", code: "untyped" });
});

test("o_30: a damaged answer to a submission is doubt, and not the network's", async (t) => {
  for (const answer of [null, { created: 5 }, { notCreated: "s" }]) {
    const { outcome } = await send(await server(t, { "EmailSubmission/set": () => answer }), message());
    assert.equal(outcome.type, "unknown");
    assert.notEqual(outcome.code, "network");
  }
});
