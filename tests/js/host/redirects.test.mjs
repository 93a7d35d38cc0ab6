// A POST that is redirected was answered by another page than the one it went to.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { accepts, day, hostSide } from "./setup.mjs";

const host = await hostSide("redirects");

/** /send sends everybody to sign in; /gone answers at a new place. */
async function service(t) {
  const seen = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume();
    const to = { "/send": [302, "/login"], "/gone": [307, "/here"] }[request.url];
    response.writeHead(to?.[0] ?? 200, to === undefined ? { "content-type": "text/html" } : { location: to[1] });
    response.end(to === undefined ? "<form>Please sign in</form>" : "");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { seen, base: `http://127.0.0.1:${server.address().port}` };
}

/** Where one message stands once its attempt has been answered. */
async function standing(submitMessage, guarantees = {}) {
  const session = await host.open({ transports: [{ uid: "t", guarantees, submitMessage }] });
  const { id } = await session.submitMessage({ to: "bob@example.test", content: "Subject: s\r\n\r\nb" });
  const queue = session.getOutgoingQueue();
  const busy = () => ["queued", "sending", "intending"].includes(session.why(id).code);
  if (busy()) for await (const _ of queue.changes()) if (!busy()) break;
  const [{ code }, kept] = [session.why(id), await session.getMessage(id)];
  await session.close();
  return [code, kept.content !== undefined];
}

const read = (response) => host.outcomeOf(response);
const itself = (response) => response;
const ways = { outcomeOf: read, "the Response itself": itself };

for (const [name, answer] of Object.entries(ways)) {
  for (const redirect of [undefined, "follow"]) {
    test(`o_30: a sign-in page behind a redirect accepts nothing (${name}, redirect ${redirect})`, async (t) => {
      const { base, seen } = await service(t);
      const init = { method: "POST", body: "x", ...(redirect === undefined ? {} : { redirect }) };
      const found = await standing(async (_message, ctx) => answer(await ctx.fetch(`${base}/send`, init)));
      assert.deepEqual(found, ["unconfirmed", true]);
      assert.deepEqual(seen, redirect === undefined ? ["POST /send"] : ["POST /send", "GET /login"]);
    });
  }
}

test("o_30: nor does it where the service deduplicates", async (t) => {
  const { base } = await service(t);
  const submit = async (_message, ctx) => read(await ctx.fetch(`${base}/send`, { method: "POST", body: "x", redirect: "follow" }));
  assert.deepEqual(await standing(submit, { deduplicates: { windowMs: day } }), ["checking", true]);
});

test("a POST of an attempt follows a redirect only when it says so; a Request says it itself", async (t) => {
  const { base, seen } = await service(t);
  const url = `${base}/gone`;
  let prepared;
  const session = await host.open({
    transports: [{
      uid: "t",
      async prepareMessage(_message, ctx) {
        prepared = (await ctx.fetch(url, { method: "POST", body: "p" })).status;
      },
      async submitMessage(_message, ctx) {
        const own = await ctx.fetch(url, { method: "POST", body: "1" });
        assert.ok(!own.ok && !own.redirected);
        assert.ok((await ctx.fetch(url, { method: "post", body: "2", redirect: "follow" })).ok);
        assert.ok((await ctx.fetch(new Request(url, { method: "POST", body: "3" }))).ok);
        assert.ok((await ctx.fetch(url)).ok);
        return accepts;
      },
    }],
  });
  const { id } = await session.submitMessage({ to: "bob@example.test", payload: {} });
  assert.equal((await session.settled(id)).state, "sent");
  await session.close();
  assert.equal(prepared, 200);
  assert.deepEqual(seen, [
    "POST /gone", "POST /here", "POST /gone", "POST /gone", "POST /here", "POST /gone", "POST /here", "GET /gone", "GET /here",
  ]);
});

test("o_30: an answer that cannot be seen is unknown", () => {
  assert.equal(read(Response.error()).status, 0);
  const page = (fields) => Object.defineProperties(new Response("", { status: 200 }), Object.fromEntries(Object.entries(fields).map(([k, value]) => [k, { value }])));
  assert.deepEqual(read(page({ redirected: true })), { type: "unknown", code: "redirected" });
  for (const type of ["opaque", "opaqueredirect"]) assert.deepEqual(read(page({ type, status: 0 })), { type: "http", status: 0 });
});
