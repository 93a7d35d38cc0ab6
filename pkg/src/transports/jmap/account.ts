/** What is asked once per logon: the mailboxes by role, and the identities. */
import { jmapError } from "./protocol.js";
import type { Client, Wire } from "./client.js";

export interface Account {
  readonly accountId: string;
  readonly drafts: string;
  readonly sent: string;
  readonly inbox: string | undefined;
  /** Addresses the server lets this account send from; wildcards and empty ones left out. */
  readonly addresses: readonly string[];
  readonly identityFor: (from: string) => string;
}

const domainOf = (address: string) => address.slice(address.lastIndexOf("@") + 1);

export async function loadAccount(client: Client, wire: Wire, identity: string | undefined): Promise<Account> {
  const { accountId } = await client.session(wire);
  const answers = await client.call(wire, [
    ["Mailbox/get", { accountId, properties: ["role"] }, "boxes"],
    ["Identity/get", { accountId, properties: ["email"] }, "identities"],
  ]);
  const boxes = answers.get("boxes", "Mailbox/get").list;
  const identities = answers.find("identities", "Identity/get")?.list ?? [];
  const role = (name: string) => boxes.find((box) => box.role === name)?.id;
  const drafts = role("drafts");
  const sent = role("sent");
  if (drafts === undefined || sent === undefined) {
    throw jmapError("MAPI_E_UNCONFIGURED", "mailboxes with the roles drafts and sent", boxes.map((box) => box.role).join(" "));
  }
  return {
    accountId, drafts, sent,
    inbox: role("inbox"),
    addresses: identities.map(({ email }) => email).filter((email) => email.includes("@") && !email.startsWith("*")),
    identityFor(from) {
      const address = from.toLowerCase();
      const emails = [address, `*@${domainOf(address)}`];
      // Cyrus has one identity without an address: the server decides what it may send from.
      const found = emails.flatMap((wanted) => identities.filter(({ email }) => email.toLowerCase() === wanted))[0] ?? identities[0];
      const id = identity ?? found?.id;
      if (id === undefined) throw jmapError("MAPI_E_UNCONFIGURED", `an identity for ${domainOf(address)}`, "none");
      return id;
    },
  };
}
