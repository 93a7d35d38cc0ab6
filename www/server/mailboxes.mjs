// Mailboxes of the embedded mail system: mail arrives from SMTP, is listed, fetched and taken over HTTP.
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { domainToASCII } from "node:url";

/**
 * @typedef {{ id: string, address: string, from: string, received: number, raw: Buffer, taken: boolean }} Arrival
 */

/** One mailbox, however its address is written. */
export function canonical(address) {
  const at = address.lastIndexOf("@");
  return `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1))}`.toLowerCase();
}

const NAME = /^(\d+)-(\d+)-([^-]*)-([^-]*)\.(eml|taken)$/;

/** Opens the mailboxes of every address there is. dir: keeps them on disk, one file per arrival; default memory. */
export function openMailboxes({ dir } = {}) {
  /** @type {Arrival[]} */
  const arrivals = [];
  const listeners = new Set();

  const pathOf = ({ id, received, address, from }, end) =>
    join(dir, `${id}-${received}-${encodeURIComponent(address).replaceAll("-", "%2D")}-${encodeURIComponent(from).replaceAll("-", "%2D")}.${end}`);

  if (dir !== undefined) {
    mkdirSync(dir, { recursive: true });
    for (const name of readdirSync(dir)) {
      const [, id, received, address, from, end] = NAME.exec(name) ?? [];
      if (id === undefined) continue;
      const raw = readFileSync(join(dir, name));
      arrivals.push({ id, received: Number(received), address: decodeURIComponent(address), from: decodeURIComponent(from), raw, taken: end === "taken" });
    }
    arrivals.sort((one, other) => Number(one.id) - Number(other.id));
  }

  const find = (address, id) => arrivals.find((each) => each.address === address && each.id === id);

  function take(arrival) {
    if (arrival === undefined || arrival.taken) return;
    if (dir !== undefined) renameSync(pathOf(arrival, "eml"), pathOf(arrival, "taken"));
    arrival.taken = true;
  }

  function listen(address, response, headers) {
    response.writeHead(200, { ...headers, "content-type": "text/event-stream" });
    response.write(":\n\n");
    const tell = (arrival) => { if (arrival.address === address) response.write(`event: mail\ndata: ${arrival.id}\n\n`); };
    const beat = setInterval(() => response.write(":\n\n"), 20_000);
    listeners.add(tell);
    response.once("close", () => {
      clearInterval(beat);
      listeners.delete(tell);
    });
  }

  return {
    /** Every arrival, taken or not, oldest first. */
    arrivals,

    /** One mail from SMTP, for each of its recipients; resolves with those that have it (all). */
    deliver: async ({ from, to, raw }) => {
      for (const recipient of to) {
        const last = Number(arrivals.at(-1)?.id ?? 0);
        const arrival = { id: String(last + 1), address: canonical(recipient), from, received: Date.now(), raw, taken: false };
        if (dir !== undefined) writeFileSync(pathOf(arrival, "eml"), raw, { flush: true });
        arrivals.push(arrival);
        for (const tell of listeners) tell(arrival);
      }
      return to;
    },

    /** The pages under `mail` and `events` of the relay protocol; undefined when `verb` is none of them. */
    serve: async (verb, account, id, response) => {
      const address = canonical(account);
      switch (verb) {
        case "GET mail": {
          const waiting = arrivals.filter((each) => each.address === address && !each.taken);
          return { status: 200, body: { mail: waiting.map((each) => ({ id: each.id, size: each.raw.length, received: each.received })) } };
        }
        case "GET mail/*": {
          const found = find(address, id);
          return found ? { status: 200, bytes: found.raw } : { status: 404, body: { error: "no such mail" } };
        }
        case "DELETE mail/*":
          take(find(address, id));
          return { status: 204 };
        case "GET events":
          return { stream: (headers) => listen(address, response, headers) };
        default:
          return undefined;
      }
    },
  };
}
