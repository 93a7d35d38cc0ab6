// Whoever applies notifications of the queue to a copy ends with the snapshot: verbs, calls and listeners by chance.
// MAILSPOOLER_SEED=... walks one seed again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dice, mirrored, ownCall, same, seeds } from "../lib/mirrors.mjs";
import { day, hostSide } from "./setup.mjs";

const host = await hostSide("mirrors");
const choices = { columns: ["subject", "displayTo", "clientSubmitTime"], restrictions: [null, { property: "subject", op: "lt", value: "c" }, { not: { property: "subject", op: "eq", value: "a" } }] };

async function walk(seed, heard) {
  const random = dice(seed);
  const { below, pick } = random;
  const session = await host.open();
  const views = Array.from({ length: 3 }, () => ({ view: session.getOutgoingQueue(), readers: [] }));
  for (const { view } of views) view.setColumns(["instanceKey", "rowType", "subject", "displayTo", "outboxState", "clientSubmitTime"]);
  const own = (one) => {
    ownCall(one.view, random, choices);
    for (const reader of one.readers) reader.read();
  };
  const meanwhile = () => {
    if (below(12) === 0) own(pick(views));
    else if (below(30) === 0) session.getStatusTable().close();
  };
  const ids = [];
  let last = 0;
  const verb = async () => {
    const kind = below(6);
    if (kind < 3 || ids.length === 0) {
      const id = `m${last++}`;
      await session.submitMessage({ id, to: `${pick(["x", "y"])}@example.test`, subject: pick(["a", "b", "c"]), payload: {}, holdUntil: Date.now() + day });
      ids.push(id);
    } else if (kind < 5) await session.setHold(pick(ids), below(2) === 0 ? null : Date.now() + 2 * day);
    else {
      const [id] = ids.splice(below(ids.length), 1);
      await session.abortSubmit(id);
      if (below(2) === 0) await session.discard(id);
    }
  };
  for (let step = 0; step < 60; step++) {
    const one = pick(views);
    const kind = below(8);
    if (kind === 0) own(one);
    else if (kind < 3 && one.readers.length < 3) one.readers.push(mirrored(one.view, below(2) === 0 ? meanwhile : undefined));
    else if (kind === 3 && below(3) === 0) one.readers.shift()?.stop();
    else await Promise.allSettled(Array.from({ length: 1 + below(4) }, verb));
    for (const { view, readers } of views) {
      for (const reader of readers) {
        same(reader, view, `MAILSPOOLER_SEED=${seed}, step ${step}`);
        for (const type of reader.heard) heard.add(type);
      }
    }
  }
  await session.close();
}

test("a copy of the queue kept by notifications is the queue, whatever happens in between", async () => {
  const [all, heard] = [seeds(20), new Set()];
  for (const seed of all) await walk(seed, heard);
  if (all.length > 1) assert.deepEqual(heard, new Set(["changed", "rowAdded", "rowDeleted", "rowModified"]));
});
