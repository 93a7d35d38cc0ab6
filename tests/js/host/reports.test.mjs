// Reports of a submission: who gets one, of which class, with which codes (catalogue 7.4).
import assert from "node:assert/strict";
import { test } from "node:test";
import { hostSide } from "./setup.mjs";

const host = await hostSide("reports");
const content = "From: alice@example.test\r\nSubject: Hello\r\n\r\nbody\r\n";
const people = ["good@example.test", "nobody@example.test", "full@example.test", "policy@example.test", "plain@example.test"];
const said = {
  "good@example.test": { status: "accepted", code: "250", text: "2.0.0 ok" },
  "nobody@example.test": { status: "rejected", code: "550", text: "5.1.1 no such user" },
  "full@example.test": { status: "rejected", code: "552", text: "5.2.2 mailbox full" },
  "policy@example.test": { status: "rejected", code: "5.7.1", text: "refused by policy" },
  "plain@example.test": { status: "rejected", code: "550", text: "no" },
};
const transport = () => host.transport((message) => ({ type: "accepted", recipients: message.recipients.map(({ emailAddress }) => ({ emailAddress, ...said[emailAddress] })) }),
  { guarantees: { deduplicates: { windowMs: 86_400_000 }, perRecipient: true } });

async function ended(props = {}, to = people) {
  const session = await host.open({ transports: [transport()], clock: host.fakeClock() });
  const { id } = await session.submitMessage({ to, content, props });
  await session.settled(id);
  return { session, id };
}
const by = (report, address) => report.recipients.find(({ emailAddress }) => emailAddress === address);

test("c_163 c_164 c_165 c_166 a non-delivery report comes unasked, to the sender, with the original", async () => {
  const { session, id } = await ended();
  const reports = await session.getReports(id);
  assert.equal(reports.length, 1, "c_162: nobody asked for a delivery report");
  const [ndr] = reports;
  assert.deepEqual([ndr.messageClass, ndr.originalMessageClass, ndr.subject, ndr.reportTo], ["Report.IPM.Note.NDR", "IPM.Note", "Hello", "alice@example.test"]);
  assert.equal(ndr.displayTo, people.join("; "));
  assert.deepEqual(ndr.recipients.map(({ emailAddress }) => emailAddress), people.slice(1));
  assert.match(await ndr.original.text(), /body\r\n$/);
  await session.close();
});

test("c_167 rfc 3463 codes are kept, and MAPI's follow from them; delivery times are no part of it", async () => {
  const { session, id } = await ended();
  const [ndr] = await session.getReports(id);
  const codes = (address) => {
    const { statusCode, reasonCode, diagCode, supplementaryInfo, reportText } = by(ndr, address);
    return [statusCode, reasonCode, diagCode, supplementaryInfo, reportText];
  };
  assert.deepEqual(codes("nobody@example.test"), ["5.1.1", 0, 35, "550 5.1.1 no such user", "5.1.1 no such user"]);
  assert.deepEqual(codes("full@example.test"), ["5.2.2", 0, 4, "552 5.2.2 mailbox full", "5.2.2 mailbox full"]);
  assert.deepEqual(codes("policy@example.test"), ["5.7.1", 5, 38, "5.7.1 refused by policy", "refused by policy"]);
  assert.deepEqual(codes("plain@example.test"), [undefined, 0, 35, "550 no", "no"]);
  assert.ok(ndr.recipients.every((each) => !("deliverTime" in each)));
  await session.close();
});

test("c_162 c_163 c_164 c_166 requests and suppression, the class and the receiver are the message's own", async () => {
  const { session, id } = await ended({
    originatorDeliveryReportRequested: true, originatorNonDeliveryReportRequested: false, messageClass: "IPM.Task", reportEntryId: "folder of reports",
  });
  const reports = await session.getReports(id);
  assert.deepEqual(reports.map(({ messageClass, reportTo }) => [messageClass, reportTo]), [["Report.IPM.Task.DR", "folder of reports"]]);
  const [dr] = reports;
  assert.deepEqual(dr.recipients.map(({ emailAddress }) => emailAddress), ["good@example.test"]);
  assert.ok(!("original" in dr), "c_165");
  const [line] = dr.recipients;
  assert.equal(typeof line.deliverTime, "number");
  assert.ok(!("diagCode" in line) && !("reasonCode" in line), "c_167");
  const both = await session.getReports(id, { delivery: true, nonDelivery: true });
  assert.deepEqual(both.map(({ messageClass }) => messageClass), ["Report.IPM.Task.DR", "Report.IPM.Task.NDR"]);
  await assert.rejects(session.getReports(id, { delivery: 1 }), { code: "MAPI_E_INVALID_PARAMETER" });
  await session.close();
});

test("c_085 whom no transport takes gets its report; what nobody knows is in none", async () => {
  const session = await host.open({ transports: [transport()], clock: host.fakeClock() });
  const { id } = await session.submitMessage({ recipients: [{ addressType: "FAX", emailAddress: "+49" }], content });
  await session.settled(id);
  const [ndr] = await session.getReports(id);
  assert.deepEqual([ndr.recipients[0].reasonCode, ndr.recipients[0].diagCode], [1, -1]);
  await session.close();
  const unsure = await host.open({ transports: [host.transport(() => ({ type: "unknown" }), { guarantees: {}, wire: "other" })], clock: host.fakeClock() });
  const doubt = await unsure.submitMessage({ to: "bob@example.test", content });
  const queue = unsure.getOutgoingQueue();
  if (queue.getSnapshot()[0].outboxState !== "unconfirmed") for await (const [row] of queue.changes()) if (row.outboxState === "unconfirmed") break;
  assert.deepEqual(await unsure.getReports(doubt.id, { delivery: true }), []);
  await unsure.close();
});

test("c_088 StatusRecips said more than once of a recipient is one line of one report", async () => {
  const session = await host.open({ clock: host.fakeClock(), transports: [host.transport((message, ctx) => {
    ctx.statusRecips([{ emailAddress: "nobody@example.test", status: "open" }]);
    ctx.statusRecips([{ emailAddress: "nobody@example.test", status: "rejected", code: "550", text: "5.1.1 no" }, { emailAddress: "good@example.test", status: "accepted" }]);
    return { type: "accepted" };
  }, { guarantees: { deduplicates: { windowMs: 86_400_000 }, perRecipient: true } })] });
  const { id } = await session.submitMessage({ to: people.slice(0, 2), content });
  await session.settled(id);
  const reports = await session.getReports(id, { delivery: true });
  assert.deepEqual(reports.map(({ messageClass, recipients }) => [messageClass, recipients.map(({ emailAddress }) => emailAddress)]),
    [["Report.IPM.Note.DR", ["good@example.test"]], ["Report.IPM.Note.NDR", ["nobody@example.test"]]]);
  await session.close();
});
