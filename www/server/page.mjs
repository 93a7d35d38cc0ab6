// The demo's page: the built files, what it needs to know, and the switch that makes an office fail.
import { serve } from "../../tests/lib/serve.mjs";

const policy = (origins) => [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self' data:", "worker-src 'self'",
  `connect-src 'self' ${origins.join(" ")}`, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const bodyOf = async (request) => {
  let body = "";
  for await (const part of request) body += part;
  return body;
};

/**
 * Serves `dist`. offices: `{ uid, name, url, fail(name), recover() }`; people: `{ address, name, token }`;
 * failures: the names an office knows; settlesWithinMs: of the relays. Resolves with what `serve` gives.
 */
export function startPage({ dist, kind, people, offices, failures, settlesWithinMs, port }) {
  const failing = new Map(offices.map((office) => [office.uid, null]));
  const known = (uid) => offices.find((office) => office.uid === uid);

  const setting = (_, response) => {
    const list = offices.map(({ uid, name, url }) => ({ uid, name, url, failing: failing.get(uid) }));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ kind, people, offices: list, failures, settlesWithinMs }));
  };

  const failure = async (request, response, url) => {
    const office = known(url.pathname.slice("/failure/".length));
    const name = await bodyOf(request);
    const right = request.method === "PUT" && office !== undefined && (name === "" || failures.includes(name));
    response.statusCode = right ? 204 : 400;
    response.end();
    if (!right) return;
    office.recover();
    if (name !== "") office.fail(name);
    failing.set(office.uid, name === "" ? null : name);
  };

  const headers = {
    "content-security-policy": policy(offices.map((office) => new URL(office.url).origin)),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  };
  return serve({ "/": dist, "/demo.json": setting, "/failure/": failure }, { headers, port });
}
