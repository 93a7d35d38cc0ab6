/** HTTP to a JMAP server: discovery, method calls, blobs. Every request goes through the fetch it is given. */
import { isRedirect } from "../../outcome.js";
import { CORE, MAIL, SUBMISSION, jmapError, readAnswers } from "./protocol.js";
import type { Answers, Call, Json, JmapError } from "./protocol.js";
import type { Maybe } from "../../types.js";

/** `ctx` of any callback is one. */
export interface Wire {
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

/** Headers of a request; asked before each, may wait (for a fresh token). */
export type Authorize = (sessionUrl: string) => Maybe<Readonly<Record<string, string>>>;

export interface Session {
  readonly apiUrl: string;
  readonly accountId: string;
  readonly username: string;
  readonly upload: string;
  readonly download: (blobId: string) => string;
  readonly events: (types: string, pingSeconds: number) => string | undefined;
  readonly maxSize: number | undefined;
  readonly maxRecipients: number | undefined;
}

export interface Client {
  /** The session object, fetched once; `fresh` asks the server again. */
  session(wire: Wire, fresh?: boolean): Promise<Session>;
  /** Sends method calls and returns whatever came. A redirect is an answer: mail goes to nobody the session did not name. */
  post(wire: Wire, calls: readonly Call[]): Promise<Response>;
  /** Sends method calls; throws unless they were answered. */
  call(wire: Wire, calls: readonly Call[]): Promise<Answers>;
  upload(wire: Wire, blob: Blob): Promise<string>;
  /** `undefined`: the blob is gone. `arrived` hears of its bytes. */
  download(wire: Wire, blobId: string, arrived?: (bytes: number) => void): Promise<Blob | undefined>;
  get(wire: Wire, url: string, accept: string): Promise<Response>;
}

export function retryAfter(response: Response): { readonly retryAfterMs?: number } {
  const value = response.headers.get("retry-after");
  if (value === null) return {};
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: Math.round(seconds * 1000) } : {};
}

/** A refused request, in MAPI's words; O-52 parks on MAPI_E_LOGON_FAILED. */
function httpError(response: Response, what: string): JmapError {
  const { status } = response;
  const code = status === 401 || status === 403 ? "MAPI_E_LOGON_FAILED"
    : status === 429 || status === 503 ? "MAPI_E_BUSY"
      : status >= 500 || status === 408 ? "MAPI_E_NETWORK_ERROR"
        : "MAPI_E_CALL_FAILED";
  return jmapError(code, what, isRedirect(response) ? "a redirect" : `HTTP ${status}`, { status, ...retryAfter(response) });
}

const fill = (template: string, values: Readonly<Record<string, string>>) =>
  template.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? encodeURIComponent(values[name] ?? "") : whole));

const record = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});
const text = (value: unknown) => (typeof value === "string" ? value : undefined);
const positive = (value: unknown) => {
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
};

/** `LIMITS: ["RCPTMAX=100"]` (RFC 9422), as a server may pass SMTP extensions on. */
function recipientLimit(extensions: Json): number | undefined {
  const limits = extensions["limits"] ?? extensions["LIMITS"];
  const found = (Array.isArray(limits) ? limits : []).map((limit) => /^RCPTMAX=(\d+)$/i.exec(String(limit))?.[1]).find(Boolean);
  return positive(found);
}

function readSession(body: unknown, base: string, wanted: string | undefined): Session {
  const session = record(body);
  const accountId = wanted ?? text(record(session["primaryAccounts"])[SUBMISSION]) ?? text(record(session["primaryAccounts"])[MAIL]);
  const [api, up, down] = ["apiUrl", "uploadUrl", "downloadUrl"].map((name) => text(session[name]));
  if (accountId === undefined || api === undefined || up === undefined || down === undefined) {
    throw jmapError("MAPI_E_UNCONFIGURED", "a JMAP session with a mail account", `keys ${Object.keys(session).join(" ")}`);
  }
  // Braces survive neither URL nor encoding, so templates are filled before they are resolved.
  const at = (template: string, values: Readonly<Record<string, string>> = {}) => {
    const url = fill(template, values);
    if (!URL.canParse(url, base)) throw jmapError("MAPI_E_CORRUPT_DATA", "an address", "another text");
    return new URL(url, base).href;
  };
  const events = text(session["eventSourceUrl"]);
  const core = record(record(session["capabilities"])[CORE]);
  const submission = record(record(record(record(session["accounts"])[accountId])["accountCapabilities"])[SUBMISSION]);
  const extensions = record(submission["submissionExtensions"]);
  const smtpSize: unknown = extensions["size"] ?? extensions["SIZE"];
  const sizes = [core["maxSizeUpload"], Array.isArray(smtpSize) ? smtpSize[0] : smtpSize].map(positive).filter((limit): limit is number => limit !== undefined);
  return {
    apiUrl: at(api),
    accountId,
    username: text(session["username"]) ?? accountId,
    upload: at(up, { accountId }),
    download: (blobId) => at(down, { accountId, blobId, name: "message.eml", type: "message/rfc822" }),
    events: (types, ping) => events && at(events, { types, closeafter: "no", ping: String(ping) }),
    maxSize: sizes.length > 0 ? Math.min(...sizes) : undefined,
    maxRecipients: recipientLimit(extensions),
  };
}

async function collect(body: ReadableStream<Uint8Array<ArrayBuffer>>, arrived: (bytes: number) => void): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const reader = body.getReader();
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    bytes += part.value.length;
    arrived(bytes);
  }
  return new Blob(parts);
}

export function jmapClient(options: { readonly sessionUrl: string; readonly accountId?: string | undefined; readonly authorize: Authorize }): Client {
  let known: Promise<Session> | undefined;

  const get = async (wire: Wire, url: string, accept: string) =>
    wire.fetch(url, { headers: { ...(await options.authorize(options.sessionUrl)), accept }, signal: wire.signal, cache: "no-store" });

  async function discover(wire: Wire): Promise<Session> {
    const response = await get(wire, options.sessionUrl, "application/json");
    if (!response.ok) throw httpError(response, "a JMAP session");
    return readSession(await response.json(), response.url || options.sessionUrl, options.accountId);
  }

  const client: Client = {
    session(wire, fresh = false) {
      if (fresh || known === undefined) {
        const asked = discover(wire);
        known = asked;
        // A failure is not remembered: the next call asks again.
        asked.catch(() => { if (known === asked) known = undefined; });
      }
      return known;
    },
    async post(wire, calls) {
      const { apiUrl } = await client.session(wire);
      const headers = { ...(await options.authorize(options.sessionUrl)), accept: "application/json", "content-type": "application/json" };
      const response = await wire.fetch(apiUrl, {
        method: "POST", headers, redirect: "manual", signal: wire.signal, body: JSON.stringify({ using: [CORE, MAIL, SUBMISSION], methodCalls: calls }),
      });
      if (response.status === 404 || response.status === 410) known = undefined;
      return response;
    },
    async call(wire, calls) {
      const response = await client.post(wire, calls);
      if (!response.ok) throw httpError(response, calls.map(([name]) => name).join(", "));
      return readAnswers(await response.json());
    },
    async upload(wire, blob) {
      const { upload } = await client.session(wire);
      const headers = { ...(await options.authorize(options.sessionUrl)), accept: "application/json", "content-type": "message/rfc822" };
      const response = await wire.fetch(upload, { method: "POST", headers, redirect: "manual", body: blob, signal: wire.signal });
      if (!response.ok) throw httpError(response, "an upload");
      const blobId = text(record(await response.json())["blobId"]);
      if (blobId === undefined) throw jmapError("MAPI_E_CORRUPT_DATA", "a blobId", "an answer without");
      return blobId;
    },
    async download(wire, blobId, arrived) {
      const response = await get(wire, (await client.session(wire)).download(blobId), "*/*");
      if (response.status === 404) return undefined;
      if (!response.ok) throw httpError(response, "a blob");
      return arrived === undefined || response.body === null ? response.blob() : collect(response.body, arrived);
    },
    get,
  };
  return client;
}
