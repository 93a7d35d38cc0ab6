// G17: what a transport or a host says in confidence is in nothing the library keeps, prints, reports or throws.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hostSide, owner } from "./setup.mjs";

const host = await hostSide("secrets");
const secret = (what) => `s3cret-${what}`;
const fails = (what, more = {}) => () => { throw Object.assign(new Error(secret(what)), { name: secret("name"), ...more }); };
/** Everything a value holds, functions aside. */
const text = (value) => JSON.stringify(value, (_key, each) => (each instanceof Map ? [...each] : each instanceof Error ? [each.name, each.message, each.stack, Object.entries(each)] : each));

test("g17 credentials, passwords, error texts and message texts are kept nowhere and told nobody", async (t) => {
  const printed = [];
  for (const how of ["log", "info", "warn", "error", "debug"]) t.mock.method(console, how, (...args) => printed.push(args));
  const log = [];
  const thrown = [];
  const store = host.memoryStore("secrets");
  const asked = [];
  const transport = {
    uid: "leaky", wire: "other", guarantees: { probe: { authoritative: true, settlesWithinMs: 0 } },
    async transportLogon(ctx) { asked.push(await ctx.credentials("logon")); },
    async submitMessage(_message, ctx) {
      asked.push(await ctx.credentials("send"));
      ctx.log("warn", "refused");
      fails("submit")();
    },
    probeMessage: fails("probe"),
    changePassword: fails("change", { code: "MAPI_E_NO_ACCESS" }),
    validateState: fails("validate"),
    poll: fails("poll"),
    transportLogoff: fails("logoff"),
  };
  const session = await host.open({
    store, soleOwner: true, transports: [transport], deliver: () => undefined, log: (entry) => log.push(entry),
    credentials: (uid, purpose) => ({ uid, purpose, token: secret("token") }),
  });
  const queue = session.getOutgoingQueue();
  const content = `From: ${owner}\r\nSubject: hello\r\nX-Own: ${secret("header")}\r\n\r\n${secret("body")}\r\n`;
  const { id } = await session.submitMessage({ to: "bob@example.test", content });
  while (!["checking", "unconfirmed"].includes(session.why(id).code)) await new Promise((next) => setImmediate(next));
  const row = session.getStatusTable().getSnapshot().find(({ resourceType }) => resourceType === 36);
  const status = session.openEntry(row.entryId);
  for (const act of [
    () => status.changePassword(secret("old"), secret("new")),
    () => status.validateState({ forceConnect: true }),
    () => session.submitMessage({ to: "bob@example.test", content: `${secret("body")} without a header block` }),
    () => session.submitMessage({ to: `${secret("address")}\r\nBcc: eve@example.test`, content }),
    () => session.admin.setTransportOrder([secret("uid")], { apply: "now" }),
  ]) await act().catch((error) => thrown.push(error));
  await session.resolveDoubt(id, "sent");
  const report = await session.settled(id);
  const told = [session.why(id), session.why(row.entryId), session.journal(), session.outstanding(), report, queue.getSnapshot(), session.getStatusTable().getSnapshot()];
  await session.close();
  const kept = await store.read({ all: true });
  store.close();

  assert.deepEqual(asked.map(({ purpose, token }) => [purpose, token]).slice(0, 2), [["logon", secret("token")], ["send", secret("token")]], "the transport got them");
  assert.ok(thrown.length >= 4 && log.length > 0 && kept.messages.length + kept.tombstones.length === 1, `${thrown.length} thrown, ${log.length} logged`);
  for (const [where, what] of Object.entries({ printed, log, thrown, told: told, kept })) assert.doesNotMatch(text(what), /s3cret/, where);
});
