// Preprocessors are chosen by address type, and what they make is for those it was made for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, hostSide } from "./setup.mjs";

const host = await hostSide("preprocess-kinds");

test("c_135 one address of two types in a message: each envelope leaves with what its own preprocessors made", async () => {
  const sent = new Map();
  const taking = (uid, addressTypes) => host.transport(({ subject }) => (sent.set(uid, subject), accepts), { uid, addressTypes });
  for (const kinds of [["FAX", "SMS"], ["SMS", "FAX"]]) {
    sent.clear();
    const session = await host.open({
      preprocessors: [
        { direction: "outbound", addressTypes: ["FAX"], run: ({ subject }) => ({ subject: `page of ${subject}` }) },
        { direction: "outbound", addressTypes: ["SMS"], run: ({ subject }) => ({ subject: `secret ${subject}` }) },
      ],
      transports: kinds.map((kind) => taking(kind, [kind])),
    });
    const to = kinds.map((addressType) => ({ addressType, emailAddress: "12345" }));
    const { id } = await session.submitMessage({ to, subject: "s", payload: {} });
    assert.equal((await session.settled(id)).state, "sent");
    assert.deepEqual([sent.get("FAX"), sent.get("SMS")], ["page of s", "secret s"]);
    await session.close();
  }
});
