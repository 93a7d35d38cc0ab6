// The outgoing side of a test mail system: an SMTP server that hands each mail on by LMTP and can fail on demand.
import { createTransport } from "nodemailer";
import { SMTPServer } from "smtp-server";

/**
 * @typedef {{ id: number, from: string, to: string[], raw: Buffer, messageId?: string, subject?: string,
 *   outcome?: "delivered" | "refused" | "dropped", delivered: string[] }} Mail
 *   One DATA that reached us; `delivered`: recipients that have it.
 * @typedef {{ at: "rcpt" | "data", rcpt?: string | RegExp, from?: string, messageId?: string, subject?: string | RegExp,
 *   reply?: string, drop?: "undelivered" | "delivered", delayMs?: number, times?: number }} Fault
 *   at "rcpt" only `rcpt` and `from` are known. reply: "450 4.2.1 busy". drop: the connection dies after DATA,
 *   the mail being delivered or not (at "rcpt": dies at once). delayMs alone only slows down. times: default for ever.
 */

const header = (raw, name) => {
  const end = raw.indexOf("\r\n\r\n");
  const block = raw.subarray(0, end < 0 ? raw.length : end).toString("latin1").replace(/\r\n[ \t]+/g, " ");
  return new RegExp(`^${name}:[ \t]*(.*)$`, "im").exec(block)?.[1].trim();
};
const fits = (wanted, value) =>
  wanted === undefined || (wanted instanceof RegExp ? wanted.test(value ?? "") : wanted.toLowerCase() === value?.toLowerCase());
const answer = (reply) => {
  const [, code, text] = /^(\d{3}) (.*)$/.exec(reply) ?? [];
  if (code === undefined) throw new TypeError(`a reply like "550 5.1.1 no such user", got ${reply}`);
  return Object.assign(new Error(text), { responseCode: Number(code) });
};
const pause = (ms) => (ms ? new Promise((done) => setTimeout(done, ms)) : undefined);

/** Hands `mail` to an LMTP server; resolves with the recipients that have it, throws the first refusal when none has. */
async function byLmtp({ host = "127.0.0.1", port, domains }, mail) {
  const here = mail.to.filter((address) => domains === undefined || domains.includes(address.split("@")[1]?.toLowerCase()));
  const elsewhere = mail.to.filter((address) => !here.includes(address));
  if (here.length === 0) return elsewhere;
  const lmtp = createTransport({ host, port, lmtp: true, ignoreTLS: true, name: "localhost" });
  try {
    const { accepted } = await lmtp.sendMail({ envelope: { from: mail.from, to: here }, raw: mail.raw });
    return [...elsewhere, ...accepted];
  } finally {
    lmtp.close();
  }
}

/**
 * Starts an SMTP server on 127.0.0.1. deliverTo: `{ port, domains? }` of an LMTP server (other domains count as
 * delivered and are only recorded), or `async (mail) => addresses that have it`; may be set later.
 * `mails` records every DATA in order; `fault(f)` adds a fault and returns its removal.
 */
export async function startSmtp({ port = 0, deliverTo, faults = [] } = {}) {
  const active = new Set(faults.map((fault) => ({ ...fault })));
  const sockets = new Map();
  const mails = [];
  const handle = { mails, deliverTo };

  const take = (at, facts) => {
    for (const fault of active) {
      const hit = fault.at === at && fits(fault.from, facts.from) && fits(fault.messageId, facts.messageId)
        && fits(fault.subject, facts.subject) && (fault.rcpt === undefined || facts.to.some((address) => fits(fault.rcpt, address)));
      if (!hit) continue;
      fault.times = (fault.times ?? Infinity) - 1;
      if (fault.times <= 0) active.delete(fault);
      return fault;
    }
    return undefined;
  };
  const cut = (session) => sockets.get(session.remotePort)?.destroy();

  async function onRecipient(address, session) {
    const fault = take("rcpt", { from: session.envelope.mailFrom?.address, to: [address] });
    await pause(fault?.delayMs);
    if (fault?.drop) return cut(session);
    if (fault?.reply) throw answer(fault.reply);
  }

  async function onMail(raw, session) {
    const { mailFrom, rcptTo } = session.envelope;
    const mail = { id: mails.length + 1, from: mailFrom ? mailFrom.address : "", to: rcptTo.map((to) => to.address), raw,
      messageId: header(raw, "message-id"), subject: header(raw, "subject"), delivered: [] };
    mails.push(mail);
    const fault = take("data", mail);
    await pause(fault?.delayMs);
    if (fault?.drop === "undelivered") {
      mail.outcome = "dropped";
      return cut(session);
    }
    if (fault?.reply) {
      mail.outcome = "refused";
      throw answer(fault.reply);
    }
    const deliver = handle.deliverTo;
    try {
      if (deliver) mail.delivered = typeof deliver === "function" ? await deliver(mail) : await byLmtp(deliver, mail);
    } catch (error) {
      mail.outcome = "refused";
      throw answer(`${error.responseCode ?? 451} ${error.response ?? error.message}`.replace(/^(\d{3}) \1[ -]/, "$1 ").split(/\r?\n/)[0]);
    }
    mail.outcome = fault?.drop ? "dropped" : "delivered";
    if (fault?.drop) return cut(session);
  }

  const settle = (promise, done) => promise.then(() => done(), done);
  const server = new SMTPServer({
    authOptional: true, disabledCommands: ["STARTTLS", "AUTH"], disableReverseLookup: true, logger: false, closeTimeout: 1, size: 64 << 20,
    onRcptTo: (address, session, done) => settle(onRecipient(address.address, session), done),
    onData(stream, session, done) {
      const parts = [];
      stream.on("data", (part) => parts.push(part));
      stream.once("end", () => settle(onMail(Buffer.concat(parts), session), done));
    },
  });
  server.on("error", () => undefined); // a client that hangs up is its own business
  server.server.on("connection", (socket) => {
    const id = socket.remotePort;
    sockets.set(id, socket);
    socket.once("close", () => sockets.delete(id));
  });
  await new Promise((done, fail) => {
    server.server.once("error", fail);
    server.listen(port, "127.0.0.1", done);
  });

  return Object.assign(handle, {
    port: server.server.address().port,
    fault(fault) {
      const own = { ...fault };
      active.add(own);
      return () => active.delete(own);
    },
    clearFaults: () => active.clear(),
    async stop() {
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
  });
}
