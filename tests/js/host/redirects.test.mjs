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

test("what an attempt sends follows a redirect only when its init says so", async (t) => {
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
        const request = (method, rest = {}) => new Request(url, { method, body: "x", duplex: "half", ...rest });
        const stream = () => new Blob(["s"]).stream();
        const own = [
          await ctx.fetch(url, { method: "POST", body: "1" }),
          await ctx.fetch(url, { method: "put", body: "1" }),
          await ctx.fetch(request("POST")),
          await ctx.fetch(request("PUT", { body: stream() })),
          await ctx.fetch(request("PATCH", { redirect: "manual" })),
          await ctx.fetch(url, request("POST")),
        ];
        assert.ok(own.every(({ ok, redirected }) => !ok && !redirected));
        await assert.rejects(ctx.fetch(request("POST", { redirect: "error" })), TypeError);
        assert.ok((await ctx.fetch(url, { method: "post", body: "2", redirect: "follow" })).ok);
        assert.ok((await ctx.fetch(request("POST"), { redirect: "follow" })).ok);
        assert.ok((await ctx.fetch(url)).ok);
        assert.ok((await ctx.fetch(new Request(url))).ok);
        return accepts;
      },
    }],
  });
  const { id } = await session.submitMessage({ to: "bob@example.test", payload: {} });
  assert.equal((await session.settled(id)).state, "sent");
  await session.close();
  assert.equal(prepared, 200);
  assert.deepEqual(seen, [
    "POST /gone", "POST /here", "POST /gone", "PUT /gone", "POST /gone", "PUT /gone", "PATCH /gone", "POST /gone", "POST /gone",
    "POST /gone", "POST /here", "POST /gone", "POST /here", "GET /gone", "GET /here", "GET /gone", "GET /here",
  ]);
});

test("o_30: a sign-in page behind the redirect of a Request, or of a PUT, accepts nothing", async (t) => {
  const { base, seen } = await service(t);
  const ask = (fetch) => standing(async (_message, ctx) => read(await fetch(ctx)));
  for (const method of ["POST", "PUT"]) {
    const init = { method, body: "x" };
    assert.deepEqual(await ask((ctx) => ctx.fetch(new Request(`${base}/send`, init))), ["unconfirmed", true]);
    assert.deepEqual(await ask((ctx) => ctx.fetch(`${base}/send`, init)), ["unconfirmed", true]);
  }
  assert.deepEqual(seen, ["POST /send", "POST /send", "PUT /send", "PUT /send"]);
});

test("a request without CORS keeps the only redirect it may have", async (t) => {
  const asked = [];
  t.mock.method(globalThis, "fetch", async (input, init) => (asked.push(new Request(input, init).redirect), new Response()));
  const [url, init] = ["https://mail.example.test/", { method: "POST", mode: "no-cors" }];
  await standing(async (_message, ctx) => {
    await ctx.fetch(url, init);
    await ctx.fetch(new Request(url, init));
    await ctx.fetch(url, new Request(url, init));
    await ctx.fetch(new Request(url, init), { mode: "cors" });
    return accepts;
  });
  assert.deepEqual(asked, ["follow", "follow", "follow", "manual"]);
});

test("an upload that goes on after each 308 follows, and a 308 without Location comes through", async (t) => {
  const parts = [];
  const server = createServer((request, response) => {
    parts.push(request.method);
    request.resume();
    response.writeHead(parts.length < 3 ? 308 : 200, { range: "bytes=0-9" }).end();
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const init = { method: "PUT", body: "part", redirect: "follow" };
  const session = await host.open({
    transports: [{
      uid: "t",
      async submitMessage(_message, ctx) {
        const put = () => ctx.fetch(`http://127.0.0.1:${server.address().port}/`, init);
        let response = await put();
        while (response.status === 308) response = await put();
        return response;
      },
    }],
  });
  const { id } = await session.submitMessage({ to: "bob@example.test", payload: {} });
  assert.equal((await session.settled(id)).state, "sent");
  await session.close();
  assert.equal(parts.length, 3);
});

test("o_30: an answer that cannot be seen is unknown", () => {
  assert.equal(read(Response.error()).status, 0);
  const page = (fields) => Object.defineProperties(new Response("", { status: 200 }), Object.fromEntries(Object.entries(fields).map(([k, value]) => [k, { value }])));
  const redirected = { type: "unknown", code: "redirected" };
  for (const fields of [{ redirected: true }, { type: "opaqueredirect", status: 0 }, { status: 302 }, { status: 307 }]) {
    assert.deepEqual(read(page(fields)), redirected);
  }
  assert.deepEqual(read(page({ type: "opaque", status: 0 })), { type: "http", status: 0 });
});
