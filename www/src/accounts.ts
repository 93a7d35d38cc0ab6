/** The demo's accounts: one session each, with the transports the server of this page offers. */
import { openSession } from "mailspooler";
import type { Session, Transport } from "mailspooler";
import { propertySheet } from "mailspooler/elements";
import { basic, jmapTransport } from "mailspooler/transports/jmap";
import { relayTransport } from "mailspooler/transports/relay";
import { keep } from "./inbox.js";
import { toast } from "./dom.js";
import { eventWords } from "./words.js";

interface Office { readonly uid: string; readonly name: string; readonly url: string; readonly failing: string | null }
interface Person { readonly address: string; readonly name: string; readonly token: string }

/** What `demo.json` says. */
export interface Setting {
  readonly kind: "relay" | "jmap";
  readonly people: readonly Person[];
  readonly offices: readonly Office[];
  readonly failures: readonly string[];
  /** Of the relays. */
  readonly settlesWithinMs?: number;
}

export interface Account {
  readonly address: string;
  readonly name: string;
  readonly session: Session;
  readonly offices: readonly Office[];
}

/** Short, so that "slower than the time limit" can be watched. */
const DEADLINE_MS = 15_000;

function transportsOf(setting: Setting, person: Person): Transport[] {
  return setting.offices.map((office, place) => {
    const common = { uid: office.uid, displayName: office.name, identities: [person.address] };
    // Debian's Cyrus has no push (204).
    if (setting.kind === "jmap") return jmapTransport({ ...common, sessionUrl: office.url, authorize: basic(person.address, person.token), pollIntervalMs: 5_000 });
    const authorize = (): Record<string, string> => ({ authorization: `Bearer ${person.token}` });
    // Both offices hand out the same mailbox; one of them is enough to fetch it.
    const { settlesWithinMs } = setting;
    return relayTransport({
      ...common, url: office.url, authorize, deadlineMs: DEADLINE_MS, receive: place === 0, ...(settlesWithinMs === undefined ? {} : { settlesWithinMs }),
    });
  });
}

async function open(setting: Setting, person: Person): Promise<Account> {
  const session = await openSession({
    profile: "demo",
    owner: person.address,
    transports: transportsOf(setting, person),
    deliver: ({ id, transport, content }) =>
      content && keep({ owner: person.address, id: `${transport}/${id}`, received: Date.now(), seen: false, content }),
    propertySheet: propertySheet(),
    canary: {
      get: () => localStorage.getItem(`outbox of ${person.address}`),
      set: (value) => localStorage.setItem(`outbox of ${person.address}`, value),
    },
  });
  session.on("lateEvidence", () => toast(eventWords.lateEvidence));
  session.on("outboxLost", ({ messages }) => toast(eventWords.outboxLost(messages)));
  session.on("ownerSilent", () => toast(eventWords.ownerSilent, { label: "Take over here", run: () => session.takeOver() }));
  session.on("crashed", () => toast(eventWords.crashed));
  return { address: person.address, name: person.name, session, offices: setting.offices };
}

export const openAll = (setting: Setting): Promise<Account[]> => Promise.all(setting.people.map((person) => open(setting, person)));
