/** Headers of the inbox: the list with sizes by Email/get, bodies on demand by blob, deletion by Email/set. */
import { given, jmapError } from "./protocol.js";
import type { Desk } from "./draft.js";
import type { Address, EmailHead, EmailPart } from "./protocol.js";
import type { CallContext, HeaderFunctions, MessageHeader } from "../../types.js";

const PAGE = 250;
/** As many as a header table takes. */
const MOST = 10_000;
const IMPORTANCE = "header:Importance:asText";
const PRIORITY = "header:Priority:asText";
const SENSITIVITY = "header:Sensitivity:asText";
const LIST = [
  "size", "subject", "sender", "from", "to", "receivedAt", "keywords", "hasAttachment", IMPORTANCE, PRIORITY, SENSITIVITY,
];
const WHOLE = ["blobId", "mailboxIds", "keywords", "receivedAt", "size"];

const MSGFLAG_READ = 0x1;
const MSGFLAG_UNSENT = 0x8;
const MSGFLAG_HASATTACH = 0x10;

const nameOf = ({ name, email }: Address) => name ?? email;
const ranked = (words: readonly string[], word: string | null | undefined, first: number, otherwise: number) => {
  const at = words.indexOf(word?.trim().toLowerCase() ?? "");
  return at < 0 ? otherwise : first + at;
};

const flagsOf = (keywords: EmailPart["keywords"], attached: boolean) =>
  (keywords["$seen"] === true ? MSGFLAG_READ : 0) | (keywords["$draft"] === true ? MSGFLAG_UNSENT : 0) | (attached ? MSGFLAG_HASATTACH : 0);

function header(email: EmailPart & Partial<EmailHead>): MessageHeader {
  const from = email.from?.[0];
  const sender = email.sender?.[0] ?? from;
  const attached = email.hasAttachment === true;
  return {
    id: email.id,
    messageSize: email.size ?? 0,
    messageDeliveryTime: Date.parse(email.receivedAt),
    messageFlags: flagsOf(email.keywords, attached),
    hasAttachments: attached,
    displayTo: (email.to ?? []).map(nameOf).join("; "),
    importance: ranked(["low", "normal", "high"], email[IMPORTANCE], 0, 1),
    priority: ranked(["non-urgent", "normal", "urgent"], email[PRIORITY], -1, 0),
    sensitivity: ranked(["personal", "private", "company-confidential"], email[SENSITIVITY], 1, 0),
    ...given({ subject: email.subject ?? undefined, senderName: sender && nameOf(sender), sentRepresentingName: from && nameOf(from) }),
  };
}

/** `at`: the server of the configuration a call goes by. */
export function jmapHeaders(at: (ctx: CallContext) => Desk): HeaderFunctions {
  return {
    async refresh(ctx) {
      const { accountId, inbox } = await at(ctx).account(ctx);
      if (inbox === undefined) throw jmapError("MAPI_E_UNCONFIGURED", "a mailbox with the role inbox", "none");
      const found = new Map<string, MessageHeader>();
      for (let position = 0, total = 1; position < total; position += PAGE) {
        const answers = await at(ctx).client.call(ctx, [
          ["Email/query", {
            accountId, filter: { inMailbox: inbox }, sort: [{ property: "receivedAt", isAscending: false }],
            position, limit: Math.min(PAGE, MOST - position), calculateTotal: true,
          }, "query"],
          ["Email/get", { accountId, "#ids": { resultOf: "query", name: "Email/query", path: "/ids" }, properties: LIST }, "page"],
        ]);
        const { ids, total: all = 0 } = answers.get("query", "Email/query");
        // A mailbox that changes between pages moves them: none twice, and none that Email/get no longer has.
        for (const email of answers.get("page", "Email/get").list) found.set(email.id, header(email));
        total = ids.length === 0 ? 0 : Math.min(all, MOST);
        ctx.progress(Math.min(found.size, total), total);
      }
      return [...found.values()];
    },
    async download(id, ctx) {
      const { accountId } = await at(ctx).account(ctx);
      const answers = await at(ctx).client.call(ctx, [["Email/get", { accountId, ids: [id], properties: WHOLE }, "one"]]);
      const email = answers.get("one", "Email/get").list[0];
      if (email === undefined) return undefined;
      const { blobId, mailboxIds, keywords, receivedAt, size = 0 } = email;
      const content = await at(ctx).client.download(ctx, blobId, (bytes) => ctx.progress(Math.min(bytes, size), size));
      if (content === undefined) return undefined;
      const payload = { emailId: id, mailboxIds, keywords, receivedAt };
      return { id, content, payload, folder: "inbox", messageClass: "IPM.Note", messageFlags: flagsOf(keywords, false) };
    },
    async remove(id, ctx) {
      const { accountId } = await at(ctx).account(ctx);
      const answers = await at(ctx).client.call(ctx, [["Email/set", { accountId, destroy: [id] }, "gone"]]);
      const refused = answers.get("gone", "Email/set").notDestroyed?.[id];
      if (refused === undefined || refused.type === "notFound") return;
      throw jmapError(refused.type === "forbidden" ? "MAPI_E_NO_ACCESS" : "MAPI_E_CALL_FAILED", "an Email that can be destroyed", refused.type);
    },
  };
}
