// Tables of the packed package as two readers share them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { pack } from "../lib/pack.mjs";

const { dir } = await pack();
const { openSession } = await import(pathToFileURL(join(dir, "dist/index.js")));

test("what one listener reads is still told to the other", async (t) => {
  const session = await openSession({
    profile: "p", owner: "me@example.test",
    transports: [{ uid: "t", guarantees: { deduplicates: { windowMs: 86_400_000 } }, submitMessage: () => ({ type: "http", status: 401 }) }],
  });
  t.after(() => session.close());
  const queue = session.getOutgoingQueue();
  const status = session.getStatusTable();
  const parked = (rows) => rows.some((row) => row.resourceType === 36 && (row.statusCode & 4) !== 0);
  // The queue's listener comes first and looks at the other table.
  queue.onChange(() => status.getSnapshot());
  queue.getSnapshot();
  const told = new Promise((done) => status.onChange(() => { if (parked(status.getSnapshot())) done(true); }));
  status.getSnapshot();
  await session.submitMessage({ to: "you@example.test", content: "Subject: x\r\n\r\ny\r\n" });
  assert.equal(await told, true);
});
