// The outgoing side of a test mail system: an SMTP server that hands each mail on by LMTP and can fail on demand.
import { createTransport } from "nodemailer";
import { SMTPServer } from "smtp-server";

/**
 * @typedef {{ id: number, from: string, to: string[], raw: Buffer, messageId?: string, subject?: string,
 *   outcome: "accepted" | "refused" | "dropped", delivered: string[], error?: string }} Mail
 *   One DATA that reached us and what its sender heard; `delivered`: recipients that have it.
 * @typedef {{ at: "rcpt" | "data", rcpt?: string | RegExp, from?: string, messageId?: string | RegExp, subject?: string | RegExp,
 *   reply?: string, drop?: "undelivered" | "delivered", delayMs?: number, until?: Promise<unknown>, times?: number }} Fault
 *   at "rcpt" only `rcpt` and `from` are known. reply: "450 4.2.1 busy". drop: the connection dies after DATA,
 *   the mail being delivered or not (at "rcpt": dies at once). delayMs or until alone only slows down. times: default for ever.
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
const domainOf = (address) => address.slice(address.lastIndexOf("@") + 1).toLowerCase();
const pause = (ms) => (ms ? new Promise((done) => setTimeout(done, ms)) : undefined);

// smtp-server waits 100 ms for clients that talk too soon; Cyrus connects anew for every submission and never does.
class PromptServer extends SMTPServer {
  connect(socket, options) {
    super.connect(socket, options);
    const connection = [...this.connections].at(-1);
    const greet = connection.connectionReady.bind(connection);
    connection.connectionReady = () => undefined;
    greet();
    // Its own enhanced code would stand before the one that a programmed reply has.
    const send = connection.send.bind(connection);
    connection.send = (code, text, context) => send(code, text, /^\d\.\d+\.\d+ /.test(text) ? false : context);
  }
}

/** Hands `mail` to an LMTP server; resolves with the recipients that have it. */
async function byLmtp({ host = "127.0.0.1", port, domains }, mail) {
  const here = mail.to.filter((address) => domains === undefined || domains.includes(domainOf(address)));
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
 * Starts an SMTP server on 127.0.0.1. What it accepts it delivers afterwards, in order, as a mail server does (Cyrus holds a
 * user's lock while it submits, so delivery to oneself could not finish before). deliverTo: `{ port, domains?, users? }` of an
 * LMTP server (other domains count as delivered and are only recorded; a domain's address not among `users` is 550 at RCPT), or
 * `async (mail) => addresses that have it`; may be set later. enhanced: announce ENHANCEDSTATUSCODES, as Postfix does.
 * `mails` records every DATA in order; `idle()` resolves when all is delivered; `fault(f)` adds a fault and returns its removal.
 */
export async function startSmtp({ port = 0, deliverTo, faults = [], enhanced = false } = {}) {
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
  let delivery = Promise.resolve();
  const deliver = (mail) => {
    delivery = delivery.then(async () => {
      const to = handle.deliverTo;
      try {
        mail.delivered = typeof to === "function" ? await to(mail) : to ? await byLmtp(to, mail) : [];
      } catch (error) {
        mail.error = error.message;
      }
    });
  };
  const cut = (session) => sockets.get(session.remotePort)?.destroy();

  async function onRecipient(address, session) {
    const fault = take("rcpt", { from: session.envelope.mailFrom?.address, to: [address] });
    await pause(fault?.delayMs);
    if (fault?.drop) return cut(session);
    if (fault?.reply) throw answer(fault.reply);
    const { domains, users } = handle.deliverTo ?? {};
    if (users !== undefined && domains.includes(domainOf(address)) && !users.includes(address.toLowerCase())) throw answer("550 5.1.1 no such user here");
  }

  async function onMail(raw, session) {
    const { mailFrom, rcptTo } = session.envelope;
    const mail = { id: mails.length + 1, from: mailFrom ? mailFrom.address : "", to: rcptTo.map((to) => to.address), raw,
      messageId: header(raw, "message-id"), subject: header(raw, "subject"), outcome: "accepted", delivered: [] };
    mails.push(mail);
    const fault = take("data", mail);
    await pause(fault?.delayMs);
    await fault?.until;
    if (fault?.reply) {
      mail.outcome = "refused";
      throw answer(fault.reply);
    }
    mail.outcome = fault?.drop ? "dropped" : "accepted";
    if (fault?.drop !== "undelivered") deliver(mail);
    if (fault?.drop) cut(session);
  }

  const settle = (promise, done) => promise.then(() => done(), done);
  const server = new PromptServer({
    authOptional: true, disabledCommands: ["STARTTLS", "AUTH"], disableReverseLookup: true, hideENHANCEDSTATUSCODES: !enhanced, logger: false, closeTimeout: 1, size: 64 << 20,
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
    async idle() {
      for (let seen; seen !== delivery;) await (seen = delivery);
    },
    async stop() {
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
  });
}
