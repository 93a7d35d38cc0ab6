// An HTTP relay: takes submissions as www/relay-protocol.md says, hands them on by SMTP, acts once per key and attempt.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { handOver } from "./hand-over.mjs";
import { openLedger } from "./ledger.mjs";

const KEY = /^[A-Za-z0-9._-]{1,128}$/;
const ADDRESS = /^[^\s\p{Cc}<>@"(),:;\\]+@[^\s\p{Cc}<>@"(),:;\\]+$/u;

class Refusal extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    Object.assign(this, { status, headers });
  }
}

const cors = (request) => ({
  "access-control-allow-origin": request.headers.origin ?? "*",
  "access-control-allow-methods": "GET, POST, DELETE",
  "access-control-allow-headers": "authorization, content-type, idempotency-key, relay-attempt, relay-redo",
  "access-control-expose-headers": "retry-after",
  "access-control-max-age": "600",
  "cache-control": "no-store",
  vary: "Origin",
});

async function bodyOf(request, limit) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size <= limit) parts.push(part);
  }
  if (size > limit) throw new Refusal(413, `at most ${limit} bytes, got ${size}`);
  return Buffer.concat(parts);
}

function parse(body, maxRecipients) {
  const end = body.indexOf(10);
  let head;
  try { head = JSON.parse(body.subarray(0, Math.max(end, 0)).toString("utf8")); } catch { head = undefined; }
  const isAddress = (value) => typeof value === "string" && ADDRESS.test(value);
  if (!isAddress(head?.from) || !Array.isArray(head.to) || head.to.length === 0 || !head.to.every(isAddress)) {
    throw new Refusal(400, "expected a line of JSON with from and to");
  }
  if (head.to.length > maxRecipients) throw new Refusal(400, `at most ${maxRecipients} recipients, got ${head.to.length}`);
  if (new Set(head.to).size !== head.to.length) throw new Refusal(400, "a recipient is named twice");
  return { from: head.from, to: head.to, message: body.subarray(end + 1) };
}

/**
 * Starts a relay on 127.0.0.1. accounts: `{ address: token }` (`Authorization: Bearer token`). smtp: the next server,
 * see `handOver`. file: where the ledger lives, default memory. takeMs: answer 202 when a submission takes longer.
 * settlesWithinMs: a request that takes longer to arrive is never acted on.
 * mailboxes: where incoming mail is fetched from, see mailboxes.mjs. `log` holds every submission that was acted on.
 */
export async function startRelay({ accounts, smtp, mailboxes, file, port = 0, takeMs = 20_000, settlesWithinMs = 60_000, maxSize = 25 << 20, maxRecipients = 1000 }) {
  const ledger = openLedger({ file });
  const working = new Map();
  const log = [];

  const answer = (key, id) => {
    const known = ledger.get(id);
    const recipients = [...known.results].map(([address, result]) => ({ address, ...result }));
    return { status: 200, body: { key, state: "done", recipients } };
  };

  /** One after the other per submission; a copy waits here until its elder has settled. */
  function inTurn(id, act) {
    const turn = (working.get(id) ?? Promise.resolve()).then(act);
    const settled = turn.then(() => undefined, () => undefined);
    working.set(id, settled);
    settled.then(() => { if (working.get(id) === settled) working.delete(id); });
    return turn;
  }

  async function act(id, { hash, attempt, redo, from, to, message }, account) {
    const known = ledger.get(id);
    const heard = new Map(to.map((address) => [address, known?.results.get(address)?.status ?? "open"]));
    if (known?.closed) {
      if (known.results.size === 0) ledger.record(id, { end: to.map((address) => [address, { status: "open" }]) });
      return;
    }
    if (known !== undefined && attempt <= known.attempt) return;
    const tries = to.filter((address) => heard.get(address) === "open" || (redo && heard.get(address) === "doubtful"));
    ledger.record(id, { hash, attempt, begin: tries });
    if (tries.length === 0) return;
    log.push({ id, attempt, to: tries });
    const forbidden = from.toLowerCase() !== account.toLowerCase();
    const results = forbidden
      ? new Map(tries.map((address) => [address, { status: "rejected", code: 553, text: "5.7.1 not your address" }]))
      : await handOver(smtp, { from, to: tries, message });
    ledger.record(id, { end: [...results] });
  }

  async function inTime(turn, key, id) {
    let timer;
    const late = new Promise((done) => { timer = setTimeout(done, takeMs, "late"); });
    const first = await Promise.race([turn, late]).finally(() => clearTimeout(timer));
    if (first === "late") return { status: 202, headers: { "retry-after": "1" }, body: { key, state: "working" } };
    return answer(key, id);
  }

  async function submit(request, account) {
    const key = request.headers["idempotency-key"] ?? "";
    const attempt = Number(request.headers["relay-attempt"] ?? "1");
    if (!KEY.test(key)) throw new Refusal(400, "expected an Idempotency-Key");
    try {
      const body = await bodyOf(request, maxSize + 1_000_000);
      if (!Number.isSafeInteger(attempt) || attempt < 1) throw new Refusal(400, "expected a Relay-Attempt from 1");
      const id = `${account} ${key}`;
      const hash = createHash("sha256").update(body).digest("hex");
      const parsed = parse(body, maxRecipients);
      if (parsed.message.length > maxSize) throw new Refusal(413, `at most ${maxSize} bytes, got ${parsed.message.length}`);
      const turn = inTurn(id, () => {
        const other = ledger.get(id)?.hash;
        if (other !== undefined && other !== hash) throw new Refusal(422, "the key is known with another body");
        return act(id, { ...parsed, hash, attempt, redo: request.headers["relay-redo"] === "doubtful" }, account);
      });
      return await inTime(turn, key, id);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: error.status, body: { key, error: error.message } };
    }
  }

  async function ask(key, id) {
    if (working.has(id)) return { status: 202, headers: { "retry-after": "1" }, body: { key, state: "working" } };
    if (ledger.get(id) === undefined) return { status: 404, body: { key, state: "absent" } };
    return answer(key, id);
  }

  async function stop(key, id) {
    return inTime(inTurn(id, () => ledger.record(id, { close: true })), key, id);
  }

  const account = (request) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    const found = Object.entries(accounts).find((entry) => entry[1] === token);
    if (found === undefined) throw new Refusal(401, "expected a known token", { "www-authenticate": "Bearer" });
    return found[0];
  };

  async function route(request, response) {
    const { pathname } = new URL(request.url, "http://relay.invalid");
    const [, first, second = "", ...more] = pathname.split("/").map(decodeURIComponent);
    const mine = account(request);
    const verb = `${request.method} ${first}${second === "" ? "" : "/*"}`;
    if (more.length > 0) throw new Refusal(404, "no such page");
    switch (verb) {
      case "GET account": return { status: 200, body: { address: mine, maxSize, maxRecipients } };
      case "POST submissions": return submit(request, mine);
      case "GET submissions/*": return ask(second, `${mine} ${second}`);
      case "DELETE submissions/*": return stop(second, `${mine} ${second}`);
      default: break;
    }
    const answered = await mailboxes?.serve(verb, mine, second, response);
    if (answered === undefined) throw new Refusal(404, "no such page");
    return answered;
  }

  function reply(request, response, { status, headers, body, bytes, stream }) {
    if (stream !== undefined) return stream(cors(request));
    const content = bytes ?? (body === undefined ? "" : JSON.stringify(body));
    const type = bytes ? "message/rfc822" : "application/json";
    response.writeHead(status, { ...cors(request), "content-type": type, ...headers }).end(content);
  }

  const server = createServer({ requestTimeout: settlesWithinMs, headersTimeout: settlesWithinMs, connectionsCheckingInterval: 200 }, (request, response) => {
    if (request.method === "OPTIONS") return response.writeHead(204, cors(request)).end();
    request.on("error", () => undefined);
    route(request, response).then(
      (answered) => reply(request, response, answered),
      (error) => {
        request.resume();
        const status = error instanceof Refusal ? error.status : error instanceof URIError ? 400 : 500;
        reply(request, response, { status, headers: error.headers, body: { error: status === 500 ? "internal" : error.message } });
      },
    ).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 30_000;
  await new Promise((done, fail) => server.once("error", fail).listen(port, "127.0.0.1", done));

  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    port: server.address().port,
    log,
    async stop() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
      await Promise.all(working.values());
      ledger.close();
    },
  };
}
