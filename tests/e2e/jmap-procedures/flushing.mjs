import assert from "node:assert/strict";
import { test } from "node:test";
import { alice, bob } from "../../js/jmap/setup.mjs";
import { beginning, follow } from "./world.mjs";

const TITLE = "Sending or receiving a message on demand";
const COLUMNS = ["PR_ENTRYID", "PR_RESOURCE_TYPE"];
const [SPOOLER, TRANSPORT] = [37, 36].map((value) => ({ property: "resourceType", op: "eq", value }));
const [INBOUND_FLUSH, OUTBOUND_FLUSH] = [0x4_0000, 0x40_0000];
/** FLUSH_* and NOTIFY_*, as the spooler passes them on. */
const [UPLOAD, DOWNLOAD, FORCE, NO_UI] = [0x2, 0x4, 0x8, 0x10];
const [BEGIN_INBOUND, BEGIN_OUTBOUND, END_INBOUND, END_OUTBOUND] = [0x4, 0x8, 0x4_0000, 0x8_0000];

/** Notes the flush bits of each row as they change, and forgets earlier calls. */
const watch = (at) => at.run((mask) => {
  const { view } = globalThis;
  view.bits = [];
  view.calls.length = 0;
  view.delivered.length = 0;
  view.watched?.close();
  view.watched = view.session.getStatusTable();
  view.watched.restrict({ property: "resourceType", op: "eq", value: 36 });
  view.watched.advise(({ row }) => {
    const [name, bits] = [row.displayName, row.statusCode & mask];
    if ((view.bits.findLast(([before]) => before === name)?.[1] ?? 0) !== bits) view.bits.push([name, bits]);
  });
}, INBOUND_FLUSH | OUTBOUND_FLUSH);
const seen = (at) => at.run(() => ({ calls: globalThis.view.calls, bits: globalThis.view.bits, delivered: globalThis.view.delivered }));
export function flushing(at) {
  void test("c_055 c_057 c_060 c_144 c_145 c_147 c_148 all queues are flushed in a single operation", async (t) => {
    await at.waiting("all");
    for (const to of [alice, bob]) await at.world().post(to, `new for ${to}`);
    await watch(at);
    const progress = [];
    await follow(t, `${TITLE} (all)`, [
      ...beginning(at, ["1", "2", "3", "4"], COLUMNS, SPOOLER, 1),
      ["5", "OpenEntry", () => at.run(() => {
        const { view } = globalThis;
        view.spooler = view.session.openEntry(view.rows[0].entryId);
      })],
      ["6", "FlushQueues with FLUSH_NO_UI ends when the queues of all are empty", async () => {
        progress.push(...await at.run(async () => {
          const told = [];
          await globalThis.view.spooler.flushQueues({ noUi: true, upload: true, download: true, force: true, onProgress: (each) => told.push(each) });
          return told;
        }));
        for (const from of [alice, bob]) assert.equal(at.handed(`all of ${from}`), 1);
        const { delivered } = await seen(at);
        assert.deepEqual(delivered, [["alice", `new for ${alice}`], ["bob", `new for ${bob}`]]);
        assert.ok(progress.every(({ messages }, n) => messages >= (progress[n - 1]?.messages ?? 0)));
        assert.deepEqual(progress.at(-1).phase, "done");
      }],
      ["7", "Release", () => at.run(() => { globalThis.view.table.close(); })],
    ]);
    const [url] = at.world().doors;
    const flags = UPLOAD | DOWNLOAD | FORCE | NO_UI;
    /** The rows 1 to 14 of the page's table; bob's transport has no FlushQueues and is told. */
    const rows = (uid, first) => [[uid, ...first], [uid, "submitMessage", url], [uid, "transportNotify", END_OUTBOUND],
      [uid, "startMessage", null], [uid, "startMessage", null], [uid, "transportNotify", END_INBOUND]];
    const { calls, bits } = await seen(at);
    await follow(t, "Implementing the FlushQueues Method", [
      ["1 to 13", "outbound, END_OUTBOUND_FLUSH, inbound until there is nothing, END_INBOUND_FLUSH", () =>
        assert.deepEqual(calls.filter(([uid]) => uid === "alice"), rows("alice", ["flushQueues", flags]))],
      ["14", "then the next transport in order", () =>
        assert.deepEqual(calls, [...rows("alice", ["flushQueues", flags]), ...rows("bob", ["transportNotify", BEGIN_INBOUND | BEGIN_OUTBOUND])])],
      ["2, 9 and 13", "the FLUSH bits of each row are set, one after the other cleared", () =>
        assert.deepEqual(bits, ["Alice", "Bob"].flatMap((name) => [[name, INBOUND_FLUSH | OUTBOUND_FLUSH], [name, INBOUND_FLUSH], [name, 0]]))],
    ]);
  });

  void test("c_028 c_054 c_056 c_058 c_062 queues are flushed individually, and nothing moves at the other account", async (t) => {
    await at.waiting("single");
    await at.world().post(bob, "new, single");
    await watch(at);
    const others = () => at.world().proxies.flatMap(({ log }) => log).filter(({ url, body }) => /upload\/bob|"accountId":"bob"/.test(`${url}${body}`)).length;
    const before = others();
    await follow(t, `${TITLE} (individually)`, [
      ...beginning(at, ["1", "2", "3", "4"], COLUMNS, TRANSPORT, 2),
      ["5.1", "OpenEntry of each row", () => at.run(() => {
        const { view } = globalThis;
        view.objects = view.rows.map(({ entryId }) => view.session.openEntry(entryId));
      })],
      ["5.2", "STATUS_FLUSH_QUEUES in PR_RESOURCE_METHODS: one has it, one has not", async () => {
        assert.deepEqual(await at.run(() => globalThis.view.objects.map((object) => {
          const { displayName, resourceMethods } = object.getProps(["displayName", "resourceMethods"]);
          return [displayName, (resourceMethods & 8) !== 0];
        })), [["Alice", true], ["Bob", false]]);
      }],
      ["5.3", "supported: its own FlushQueues, accepted at once, done later", async () => {
        await at.run(() => globalThis.view.objects[0].flushQueues({ upload: true, force: true }));
        assert.match(await at.settled(`single of ${alice}`), /^(?:sent|filed)$/);
        await at.until(() => globalThis.view.bits.at(-1)?.[1] === 0);
        const { calls, bits } = await seen(at);
        assert.deepEqual(calls, [["alice", "flushQueues", UPLOAD | FORCE], ["alice", "submitMessage", at.world().doors[0]], ["alice", "transportNotify", END_OUTBOUND]]);
        assert.deepEqual(bits, [["Alice", OUTBOUND_FLUSH], ["Alice", 0]]);
      }],
      ["5.3", "the other account's mail stays where it is, out and in", async () => {
        assert.deepEqual([at.handed(`single of ${alice}`), at.handed(`single of ${bob}`), others()], [1, 0, before]);
        assert.equal(await at.why(`single of ${bob}`), "waiting.busy");
        assert.deepEqual((await seen(at)).delivered, []);
      }],
      ["5.3", "unsupported: MAPI_E_NO_SUPPORT, and the spooler's FlushQueues with its entry id", async () => {
        assert.equal(await at.run(() => globalThis.view.codeOf(globalThis.view.objects[1].flushQueues({ upload: true }))), "MAPI_E_NO_SUPPORT");
        await watch(at);
        await at.run(() => globalThis.view.spooler.flushQueues({ upload: true, download: true, force: true, target: globalThis.view.rows[1].entryId }));
        assert.equal(at.handed(`single of ${bob}`), 1);
        const { calls, delivered } = await seen(at);
        assert.deepEqual(delivered, [["bob", "new, single"]]);
        assert.ok(calls.every(([uid]) => uid === "bob"));
      }],
      ["5.4", "Release", () => at.run(() => { globalThis.view.table.close(); })],
    ]);
  });
}
