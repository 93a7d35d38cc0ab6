// A reverse proxy that answers CORS and fails on demand, so that a browser meets every fault of a real network.
import { createServer, request as forward } from "node:http";

/**
 * @typedef {{ id: number, method: string, url: string, headers: object, body: Buffer, connection: number, nth: number,
 *   fate?: string, status?: number }} Seen
 *   nth: this request's place on its connection, from 1. fate: what became of it (`fault.do`, "answered", "aborted").
 * @typedef {{ match?: (seen: Seen) => boolean, times?: number } & (
 *   { do: "drop" } | { do: "lose" } | { do: "stale" } | { do: "delay", ms: number, phase?: "request" | "answer" }
 *   | { do: "status", status: number, headers?: object, body?: string, forward?: boolean }
 *   | { do: "hand", run: (request, response, seen: Seen) => void })} Fault
 *   drop: the connection dies, nothing forwarded. lose: forwarded, answered, the answer never sent. stale: as lose, but
 *   only on a reused connection, where a browser silently repeats the request. delay: before forwarding or before the
 *   answer. status: answered here, forwarded too if asked. hand: answered by `run` (CORS headers are set). Default: every request but OPTIONS, for ever.
 */

// alt-svc would let a browser find the way round the faults.
const HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-connection", "alt-svc"]);
const passing = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP.has(name)));

const cors = (request) => ({
  "access-control-allow-origin": request.headers.origin ?? "*",
  "access-control-expose-headers": "*, Retry-After, Location, Content-Type",
  vary: "Origin",
});
const preflight = (request) => ({
  ...cors(request),
  "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
  "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
  "access-control-max-age": "600",
});

async function collect(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** Sends the request on; resolves with the answer's head, its body still a stream. */
function send(target, seen, signal) {
  return new Promise((done, fail) => {
    const out = forward(new URL(seen.url, target), { method: seen.method, headers: { ...passing(seen.headers), connection: "close" }, signal }, done);
    out.on("error", fail).end(seen.body);
  });
}

/**
 * Starts a proxy on 127.0.0.1 before `target` (an origin). `log` holds every request but preflights, in order;
 * `fault(f)` adds a fault and returns its removal. Faults are asked in order; the first that matches acts.
 */
export async function startProxy({ target, port = 0, faults = [] }) {
  const active = new Set(faults.map((fault) => ({ ...fault })));
  const sockets = new Map();
  const log = [];
  let connections = 0;

  const take = (seen) => {
    for (const fault of active) {
      if ((fault.match && !fault.match(seen)) || (fault.do === "stale" && seen.nth < 2)) continue;
      fault.times = (fault.times ?? Infinity) - 1;
      if (fault.times <= 0) active.delete(fault);
      return fault;
    }
    return undefined;
  };

  async function pass(seen, request, response, fault) {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    // What is lost on the way back was still done: only an undisturbed request dies with its client.
    const answer = await send(target, seen, fault === undefined ? gone.signal : undefined);
    seen.status = answer.statusCode;
    if (fault !== undefined) {
      const body = await collect(answer);
      if (fault.do === "lose" || fault.do === "stale") return request.socket.destroy();
      if (fault.do === "delay" && fault.phase === "answer") await pause(fault.ms, gone.signal);
      if (fault.do !== "status") response.writeHead(answer.statusCode, { ...passing(answer.headers), ...cors(request) }).end(body);
      return;
    }
    response.writeHead(answer.statusCode, { ...passing(answer.headers), ...cors(request) });
    response.flushHeaders();
    for await (const part of answer) response.write(part);
    response.end();
  }

  async function serve(request, response) {
    const at = sockets.get(request.socket);
    at.count += 1;
    const nth = at.count;
    const body = await collect(request);
    if (request.method === "OPTIONS") return response.writeHead(204, preflight(request)).end();
    const seen = { id: log.length + 1, method: request.method, url: request.url, headers: request.headers, body, connection: at.id, nth };
    log.push(seen);
    const fault = take(seen);
    seen.fate = fault?.do ?? "answered";
    if (fault?.do === "drop") return request.socket.destroy();
    if (fault?.do === "delay" && fault.phase !== "answer") await pause(fault.ms);
    if (fault?.do === "hand") {
      for (const [name, value] of Object.entries(cors(request))) response.setHeader(name, value);
      return fault.run(request, response, seen);
    }
    if (fault?.do === "status") {
      if (fault.forward) await pass(seen, request, response, fault);
      seen.status = fault.status;
      return response.writeHead(fault.status, { ...fault.headers, ...cors(request) }).end(fault.body ?? "");
    }
    await pass(seen, request, response, fault).catch((error) => {
      seen.fate = error.name === "AbortError" ? "aborted" : "unreachable";
      if (response.headersSent) response.destroy();
      else response.writeHead(502, cors(request)).end();
    });
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.on("connection", (socket) => {
    sockets.set(socket, { id: (connections += 1), count: 0 });
    socket.once("close", () => sockets.delete(socket)).on("error", () => undefined);
  });
  server.requestTimeout = 0;
  // What comes on a connection that is just given up is lost: no client rests as long.
  server.keepAliveTimeout = 600_000;
  await new Promise((done, fail) => server.once("error", fail).listen(port, "127.0.0.1", done));

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    port: server.address().port,
    log,
    fault(fault) {
      const own = { ...fault };
      active.add(own);
      return () => active.delete(own);
    },
    clearFaults: () => active.clear(),
    async stop() {
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets.keys()) socket.destroy();
      await closed;
    },
  };
}

function pause(ms, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", () => { clearTimeout(timer); done(); }, { once: true });
  });
}
