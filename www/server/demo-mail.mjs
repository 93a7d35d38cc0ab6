// The mail systems behind the demo: two post offices over the embedded mailboxes, or Cyrus behind a proxy.
import { join } from "node:path";
import { openMailboxes } from "./mailboxes.mjs";
import { failures, startPostOffice } from "./post-office.mjs";

export const people = [
  { address: "alice@example.test", name: "Alice", token: "alice-secret" },
  { address: "bob@example.test", name: "Bob", token: "bob-secret" },
];
const accounts = Object.fromEntries(people.map(({ address, token }) => [address, token]));
/** Carol has a mailbox and no window here. */
const users = [...Object.keys(accounts), "carol@example.test"];
/** Short, so that doubt can be watched; on loopback no request is slow. */
const settlesWithinMs = 10_000;
const places = [{ uid: "north", name: "North post office" }, { uid: "south", name: "South post office" }];

/** Ports base + 1 and base + 2; without `base` any. Mail and ledgers in `dir`, default memory. */
export async function startRelays({ base, dir }) {
  const mailboxes = openMailboxes({ dir: dir && join(dir, "mail") });
  const offices = [];
  const stop = async () => { for (const office of offices.splice(0)) await office.stop(); };
  try {
    for (const [at, place] of places.entries()) {
      const port = base === undefined ? 0 : base + 1 + at;
      offices.push({ ...(await startPostOffice({ name: place.uid, accounts, mailboxes, users, dir, port, relay: { settlesWithinMs } })), ...place });
    }
    return { kind: "relay", people, offices: [...offices], failures: Object.keys(failures), settlesWithinMs, mailboxes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const httpOnly = ["offline", "signInRefused", "tooMany", "unavailable"];
const smtpOnly = Object.keys(failures).filter((name) => failures[name].smtp);

/** Cyrus behind the same proxy, installed first where it can be. */
export async function startJmap({ base }) {
  const { ensureCyrus } = await import("./cyrus.mjs");
  const { startMailSystem } = await import("./mail.mjs");
  const lacking = await ensureCyrus();
  if (lacking.length > 0) throw new Error(`Cyrus is not installed; as root: apt-get install ${lacking.join(" ")}`);
  const system = await startMailSystem({ users: accounts, port: base === undefined ? 0 : base + 1 });
  const office = {
    uid: "jmap", name: "JMAP server", url: system.sessionUrl,
    fail: (name) => (failures[name].proxy ? system.proxy.fault(failures[name].proxy) : system.smtp.fault(failures[name].smtp)),
    recover: () => {
      system.proxy.clearFaults();
      system.smtp.clearFaults();
    },
  };
  return { kind: "jmap", people, offices: [office], failures: [...httpOnly, ...smtpOnly], stop: () => system.stop() };
}
