// A static server on 127.0.0.1.
//
//   const site = await serve({ "/": dirOrHandler, "/pkg/": dir }, { headers?, port? })
//       mounts: the longest matching prefix wins. A directory is served with its index.html; a string that starts with "<"
//       is a page; a function (request, response, url) answers itself.
//       headers: of every response, an object or (pathname) => object.
//   site.origin ("http://127.0.0.1:port"), site.port, site.requests (paths asked so far), await site.close()
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, resolve, sep } from "node:path";

const types = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8", ".json": "application/json", ".map": "application/json",
  ".wasm": "application/wasm", ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon",
  ".txt": "text/plain; charset=utf-8",
};

async function file(dir, path, response) {
  const base = resolve(dir);
  let target = resolve(join(base, path));
  if (target !== base && !target.startsWith(base + sep)) return false;
  let info = await stat(target).catch(() => undefined);
  if (info?.isDirectory()) {
    target = join(target, "index.html");
    info = await stat(target).catch(() => undefined);
  }
  if (!info?.isFile()) return false;
  response.setHeader("content-type", types[extname(target)] ?? "application/octet-stream");
  response.end(await readFile(target));
  return true;
}

export async function serve(mounts, { headers = {}, port = 0 } = {}) {
  const prefixes = Object.keys(mounts).sort((a, b) => b.length - a.length);
  const requests = [];
  const answer = async (request, response) => {
    const url = new URL(request.url, "http://127.0.0.1");
    const path = decodeURIComponent(url.pathname);
    requests.push(path);
    const extra = typeof headers === "function" ? headers(path) : headers;
    for (const [name, value] of Object.entries(extra ?? {})) response.setHeader(name, value);
    const prefix = prefixes.find((p) => path.startsWith(p));
    const mount = prefix === undefined ? undefined : mounts[prefix];
    if (typeof mount === "function") return mount(request, response, url);
    if (mount?.startsWith("<")) {
      response.setHeader("content-type", types[".html"]);
      return response.end(mount);
    }
    if (mount && await file(mount, path.slice(prefix.length), response)) return undefined;
    response.statusCode = 404;
    return response.end("not found");
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      if (!response.headersSent) response.statusCode = 500;
      response.end(String(error));
    });
  });
  // What comes on a connection that is just given up is lost: no client rests as long.
  server.keepAliveTimeout = 600_000;
  await new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", done);
  });
  const bound = server.address().port;
  return {
    port: bound,
    origin: `http://127.0.0.1:${bound}`,
    requests,
    close: () => new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    }),
  };
}
