// What runs in the page: a session over relays, driven from Node by `globalThis.bench`.
import { openSession } from "mailspooler";
import { relayTransport } from "mailspooler/transports/relay";
import { mail } from "./mail.mjs";

let session;
const accepted = [];
const settled = new Map();

const followed = new Set();
/** What `settled` said of messages that were accepted instead of a report. */
const refused = [];
function follow(ids) {
  for (const id of ids) {
    if (followed.has(id)) continue;
    followed.add(id);
    session.settled(id).then((report) => { settled.set(id, report); }, (error) => refused.push(`${id}: ${error}`));
  }
}

function settledNow() {
  if (refused.length > 0) throw new Error(`expected reports, got ${refused.join("; ")}`);
  return [...settled].map(([id, { state, recipients, doubted }]) => ({ id, state, doubted, recipients: recipients.map(({ emailAddress, status, code }) => ({ emailAddress, status, code })) }));
}

globalThis.notes = () => ({ settled: settled.size, unsettled: [...followed].filter((id) => !settled.has(id)), refused });

/** A disk that takes longer than the store waits has accepted nothing, and it is said so: a host submits anew under the same id. */
async function accept(message, tries = 5) {
  try {
    await session.submitMessage(message);
  } catch (error) {
    if (error.code !== "MAPI_E_CALL_FAILED" || tries === 1) throw error;
    await accept(message, tries - 1);
  }
}

globalThis.bench = {
  /** transports: `{ uid, url, token, ...options of relayTransport }`. */
  async open({ owner, transports, known = [] }) {
    session = await openSession({
      profile: "bench", owner,
      transports: transports.map(({ token, ...options }) => relayTransport({ identities: [owner], ...options, authorize: () => ({ authorization: `Bearer ${token}` }) })),
    });
    follow(known);
  },
  /** Submits `from` up to `to`; says of each that it is accepted only after it is. */
  async submit(from, to, tag) {
    for (let n = from; n < to; n += 1) {
      const { id, bytes, to: towards, cc, bcc, subject } = mail(n, tag);
      await accept({ id, to: towards, cc, bcc, subject, content: bytes });
      accepted.push(id);
      await fetch("/accepted", { method: "POST", body: id, keepalive: true });
      follow([id]);
    }
  },
  async submitAll(from, to, tag) {
    try {
      await globalThis.bench.submit(from, to, tag);
    } finally {
      await fetch(`/submitted?${from}`);
    }
  },
  queue: () => session.getOutgoingQueue().getSnapshot().map(({ id, outboxState }) => ({ id, state: outboxState })),
  settled: settledNow,
  follow,
  why: (id) => session.why(id),
  session: () => session,
  close: () => session.close(),
};
document.title = "ready";
fetch(`/cue${location.search}`).then(() => location.reload(), () => undefined);
