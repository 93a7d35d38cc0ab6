// A person's "send it again", through a session, against a real Cyrus.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { hostSide } from "../host/setup.mjs";
import { alice, arrived, bob, mailSystem, message } from "./setup.mjs";

const system = await mailSystem();
const host = await hostSide("jmap-again");

/** Resolves when the message shows this state. */
const shows = (session, id, ...states) =>
  new Promise((resolve) => {
    const queue = session.getOutgoingQueue();
    const look = () => {
      const row = queue.getSnapshot().find((one) => one.id === id);
      if (states.includes(row?.outboxState)) resolve(row.outboxState);
    };
    queue.onChange(look);
    look();
  });

test("o_62: sent again it is handed over again, where the first attempt was lost after DATA", async (t) => {
  const mail = message();
  t.after(system.smtp.fault({ at: "data", drop: "undelivered", messageId: mail.messageId, times: 1 }));
  const session = await host.open({ owner: alice, transports: [system.transport()] });
  t.after(() => session.close());
  const id = randomUUID();
  await session.submitMessage({ id, to: bob, content: mail.content, messageId: mail.messageId });
  await shows(session, id, "checking", "unconfirmed");
  await session.resolveDoubt(id, "sendAgain");
  const { state } = await session.settled(id);
  assert.ok(["sent", "filed"].includes(state), state);
  assert.equal((await arrived(system, mail)).length, 1);
});
