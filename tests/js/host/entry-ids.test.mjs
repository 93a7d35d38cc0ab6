// Recipients with an entry id, from the call to the transport and back: whom uids take, what is kept, what is shown (C-080).
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, day, hostSide } from "./setup.mjs";

const host = await hostSide("entry-ids");
const uid = "00112233445566778899aabbccddeeff";
const entryId = `00000000${uid}c0de`;
const staff = { addressType: "EX", emailAddress: "/o=org/cn=staff", displayName: "Staff", entryId: entryId.toUpperCase() };
const bob = "bob@example.test";
const shown = { type: "to", addressType: "EX", emailAddress: "/o=org/cn=staff", displayName: "Staff", entryId };
const plain = { type: "cc", addressType: "SMTP", emailAddress: bob, displayName: "" };
const mail = { to: staff, cc: bob, payload: "hello" };

/** One that takes SMTP first, and one that takes entry ids; `seen` has what each was given. */
function transports(submit = () => accepts) {
  const seen = [];
  const one = (name, rest) => host.transport((message, ctx) => {
    seen.push([name, message.recipients]);
    return submit(name, message, ctx);
  }, { uid: name, ...rest });
  return { seen, transports: [one("smtp"), one("exchange", { addressTypes: [""], uids: [uid.toUpperCase()] })] };
}

test("c_080 a recipient whose entry id a transport names goes there with it, whatever its address type; it is shown everywhere", async () => {
  const run = [];
  const { seen, transports: both } = transports((name) => (name === "smtp" ? accepts : { type: "rejected", scope: "message", code: "550", text: "no", definite: true }));
  const session = await host.open({
    transports: both, preprocessors: [{ direction: "outbound", run: ({ recipients }) => void run.push(recipients) }],
  });
  const { id } = await session.submitMessage(mail);
  const report = await session.settled(id);
  assert.deepEqual(seen.toSorted(([a], [b]) => a.localeCompare(b)), [["exchange", [shown]], ["smtp", [plain]]]);
  assert.deepEqual(run.flat().find(({ addressType }) => addressType === "EX"), shown, "preprocessors see it");
  assert.deepEqual(report.recipients, [
    { ...shown, status: "rejected", code: "550", text: "no", transport: "exchange" }, { ...plain, status: "accepted", transport: "smtp" },
  ]);
  assert.deepEqual((await session.getMessage(id)).recipients, report.recipients);
  const [ndr] = await session.getReports(id);
  assert.deepEqual(ndr.recipients.map((each) => each.entryId), [entryId]);
  const [dr] = await session.getReports(id, { delivery: true, nonDelivery: false });
  assert.ok(dr.recipients.every((each) => !("entryId" in each)));
  await session.close();
});

test("c_080 a message with entry ids is the same in the next life", async () => {
  const store = host.memoryStore();
  const open = (rest) => host.open({ store, soleOwner: true, profile: "two lives", ...rest });
  const first = await open({});
  const { id } = await first.submitMessage({ ...mail, holdUntil: Date.now() + day });
  await first.close();
  const { seen, transports: both } = transports();
  const second = await open({ transports: both });
  const held = await second.getMessage(id);
  assert.deepEqual(held.recipients, [{ ...shown, status: "open" }, { ...plain, status: "open" }]);
  await second.setHold(id, null);
  assert.equal((await second.settled(id)).state, "sent");
  assert.deepEqual(seen.toSorted(([a], [b]) => a.localeCompare(b)), [["exchange", [shown]], ["smtp", [plain]]]);
  await second.close();
  const third = await open({});
  assert.deepEqual((await third.settled(id)).recipients.map((each) => each.entryId), [entryId, undefined], "in its tombstone too");
  await third.close();
});

test("c_084 whom its transport does not want goes by address type, with its entry id", async () => {
  const { seen, transports: both } = transports((name) => (name === "smtp" ? accepts : { type: "notAttempted", reason: "notMe" }));
  const session = await host.open({ transports: both });
  const { id } = await session.submitMessage({ to: { emailAddress: bob, entryId }, payload: 1 });
  assert.equal((await session.settled(id)).state, "sent");
  const given = [{ ...plain, type: "to", entryId }];
  assert.deepEqual(seen, [["exchange", given], ["smtp", given]]);
  await session.close();
});
