// Hands one message to the next SMTP server and says, for each recipient, what is certain.
import { isAscii } from "node:buffer";
import { Readable } from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection";

const textOf = (error) => (error.response ?? error.message).split(/\r?\n/)[0].slice(0, 300);

/** 4xx leaves the recipient open, 5xx is final; without a reply nobody has it. */
const refused = (error) => {
  const code = error.responseCode;
  if (code === undefined) return { status: "open", text: textOf(error) };
  return { status: code >= 500 ? "rejected" : "open", code, text: textOf(error) };
};

/**
 * smtp: `{ host, port, secure?, auth? }`. Resolves with a Map address → result, for every one of `to`; never rejects.
 * @returns {Promise<Map<string, import("./ledger.mjs").Result>>}
 */
export function handOver(smtp, { from, to, message }) {
  return new Promise((done) => {
    const connection = new SMTPConnection({
      host: smtp.host ?? "127.0.0.1", port: smtp.port, secure: smtp.secure ?? false, ignoreTLS: smtp.secure === undefined,
      name: "relay.invalid", connectionTimeout: 60_000, greetingTimeout: 60_000, socketTimeout: 60_000,
    });
    const source = Readable.from([message]);
    let whole = false;
    source.once("end", () => { whole = true; });

    const settle = (results) => {
      connection.removeAllListeners("error");
      connection.on("error", () => undefined);
      connection.close();
      done(results);
    };
    const all = (result) => settle(new Map(to.map((address) => [address, result])));
    const failed = (error) => {
      // After the last byte only a reply tells: the server may have taken the message and died.
      if (whole && error.responseCode === undefined) return all({ status: "doubtful", text: textOf(error) });
      const own = new Map((error.rejectedErrors ?? []).map((each) => [each.recipient, refused(each)]));
      settle(new Map(to.map((address) => [address, own.get(address) ?? refused(error)])));
    };
    const send = () => {
      connection.send({ from, to, size: message.length, use8BitMime: !isAscii(message) }, source, (error, info) => {
        if (error) return failed(error);
        const own = new Map((info.rejectedErrors ?? []).map((each) => [each.recipient, refused(each)]));
        const accepted = { status: "accepted", code: 250, text: textOf({ message: info.response }) };
        settle(new Map(to.map((address) => [address, own.get(address) ?? accepted])));
      });
    };

    connection.once("error", failed);
    connection.connect((error) => {
      if (error) return failed(error);
      if (smtp.auth === undefined) return send();
      connection.login(smtp.auth, (refusal) => (refusal ? failed({ message: textOf(refusal) }) : send()));
    });
  });
}
