// Rows that cannot be read, from outside.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hostSide } from "./setup.mjs";

const host = await hostSide("unread");
const good = { to: "bob@example.test", payload: { text: "hello" } };

test("o_20, o_63: a damaged row is a row of the queue, and its body can be had", async () => {
  const options = { soleOwner: true, profile: "damaged" };
  const first = await host.open({ ...options, store: host.memoryStore("damaged"), transports: [] });
  const { uid } = await first.submitMessage({ ...good, id: "mine" });
  await first.close();
  const store = host.memoryStore("damaged");
  const damaged = (row) => ({ ...row, nums: [], text: "" });
  const read = (what) => store.read(what).then((real) => ({ ...real, messages: real.messages.map(damaged) }));
  const session = await host.open({ ...options, store: { ...store, read }, transports: [] });
  const [row] = session.getOutgoingQueue().getSnapshot();
  assert.deepEqual([row.id, row.outboxState, row.why], ["mine", "corrupt", "corrupt"]);
  const message = await session.getMessage(row.id);
  assert.deepEqual([message.uid, message.id, message.state, message.payload], [uid, "mine", "corrupt", good.payload]);
  await assert.rejects(session.retry("mine"), { code: "MAPI_E_CORRUPT_DATA" });
  await session.discard("mine");
  assert.equal((await session.getMessage("mine")).payload, undefined);
  await assert.rejects(session.submitMessage({ ...good, id: "mine" }), { code: "MAPI_E_COLLISION" });
  await session.close();
});
