// One post office: the proxy a browser talks to, the relay behind it, the SMTP server it hands mail to. Each fails on demand.
import { join } from "node:path";
import { startProxy } from "./proxy.mjs";
import { startRelay } from "./relay.mjs";
import { startSmtp } from "./smtp.mjs";

const submission = (seen) => seen.method === "POST" && seen.url.startsWith("/submissions");
const status = (code, headers = {}) => ({ do: "status", status: code, headers, match: () => true });

/** The ways to fail, by name; each is a fault of the proxy or of the SMTP server. */
export const failures = {
  offline: { proxy: { do: "drop" } },
  answerLost: { proxy: { do: "lose", match: submission } },
  staleConnection: { proxy: { do: "stale", match: submission } },
  slow: { proxy: { do: "delay", ms: 90_000, phase: "answer", match: submission } },
  signInRefused: { proxy: status(401) },
  tooMany: { proxy: status(429, { "retry-after": "30" }) },
  unavailable: { proxy: status(503) },
  lostAfterData: { smtp: { at: "data", drop: "delivered" } },
  brokenAfterData: { smtp: { at: "data", drop: "undelivered" } },
  busy: { smtp: { at: "data", reply: "451 4.3.0 try again later" } },
  refused: { smtp: { at: "data", reply: "554 5.7.1 refused by policy" } },
  someRefused: { smtp: { at: "rcpt", rcpt: /^carol@/i, reply: "550 5.1.1 no such user" } },
};

/**
 * Starts one. accounts: `{ address: token }`; mailboxes: see mailboxes.mjs, shared between offices; users: who exists in
 * their domains, default everybody; dir: where the ledger lives, default memory. `fail(name, times?)` makes it fail from now on and returns the end of it.
 */
export async function startPostOffice({ name, accounts, mailboxes, users, dir, port, relay: options = {} }) {
  const deliver = (mail) => mailboxes.deliver(mail);
  const domains = users && [...new Set(users.map((user) => user.split("@")[1]))];
  const smtp = await startSmtp({ deliverTo: Object.assign(deliver, { domains, users }), enhanced: true });
  const file = dir === undefined ? undefined : join(dir, `${name}.ledger`);
  const relay = await startRelay({ accounts, mailboxes, smtp: { port: smtp.port }, file, ...options });
  const proxy = await startProxy({ target: relay.url, port });
  return {
    name, smtp, relay, proxy, url: `${proxy.url}/`,
    fail: (failure, times) => {
      const { proxy: http, smtp: mail } = failures[failure];
      return http ? proxy.fault({ ...http, times }) : smtp.fault({ ...mail, times });
    },
    recover: () => {
      proxy.clearFaults();
      smtp.clearFaults();
    },
    stop: async () => {
      await proxy.stop();
      await relay.stop();
      await smtp.stop();
    },
  };
}
