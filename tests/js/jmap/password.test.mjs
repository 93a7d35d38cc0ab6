// Passwords that a real SASL check refuses: what waits for one goes, outbound and inbound, once it was changed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gate, hostSide } from "../host/setup.mjs";
import { serve } from "../../lib/serve.mjs";
import { alice, basic, bob, mailSystem, message, send } from "./setup.mjs";

const host = await hostSide("password");

/** The host's own page for passwords, behind which saslpasswd2 works. */
const counter = (system) => serve({
  "/password": async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const { user, was, now } = JSON.parse(body);
    response.statusCode = (await system.cyrus.changePassword(user, was, now)) ? 204 : 403;
    response.end();
  },
});

test("c_063 o_52 one change lets in whoever shares the password, in both directions; a wrong old one nobody", async (t) => {
  const system = await mailSystem();
  const site = await counter(system);
  t.after(() => site.close());
  const passwords = ["long forgotten"];
  const authorize = () => basic(alice, passwords.at(-1))();
  async function changePassword(was, now, ctx) {
    const { status } = await ctx.fetch(`${site.origin}/password`, { method: "POST", body: JSON.stringify({ user: alice, was, now }) });
    if (status === 403) throw Object.assign(new Error("refused"), { code: "MAPI_E_NO_ACCESS" });
    passwords.push(now);
  }
  const [delivered, came] = [[], gate()];
  // How far the inbox had been read before the password was forgotten.
  const [{ state }] = await system.jmap(alice, [["Email/get", { ids: [] }]]);
  const cursor = { get: () => state, set: () => {} };
  const session = await host.open({
    owner: alice,
    async deliver({ content }) {
      delivered.push(await content.text());
      came.open();
    },
    transports: [
      { ...system.transport({ uid: "out", inbox: false, authorize, account: "submission", identities: [alice] }), credential: "alice", changePassword },
      { ...system.transport({ uid: "in", inbox: { cursor }, authorize, account: "mailbox", identities: ["nobody@example.test"] }), credential: "alice" },
    ],
  });
  const status = session.getStatusTable();
  const rows = () => status.getSnapshot().filter(({ resourceType }) => resourceType === 36);
  const isNot = (text) => rows().every(({ statusString }) => statusString !== text);
  const until = async (wanted) => { if (!wanted()) for await (const _ of status.changes()) if (wanted()) return; };

  const { id, messageId } = await session.submitMessage({ to: bob, subject: "waits", content: `From: ${alice}\r\nTo: ${bob}\r\nSubject: waits\r\n\r\nHello\r\n` });
  const toAlice = message({ from: bob, to: [alice] });
  await send(system.transport({ authorize: basic(bob, system.users[bob]) }), toAlice);
  await system.smtp.idle();
  await until(() => rows().every(({ statusCode }) => (statusCode & 4) !== 0));
  assert.deepEqual([isNot("Ready"), session.why(id).code, delivered], [true, "parked.auth", []]);

  const out = session.openEntry(rows().find(({ displayName }) => displayName === "out").entryId);
  await assert.rejects(out.changePassword("not it either", "new secret"), { code: "MAPI_E_NO_ACCESS" });
  assert.deepEqual([session.why(id).code, passwords.length], ["parked.auth", 1]);
  assert.equal(await system.cyrus.changePassword(alice, "new secret", "x"), false, "nothing changed at the server");

  await out.changePassword(system.users[alice], "new secret");
  assert.match((await session.settled(id)).state, /^(?:sent|filed)$/);
  await until(() => rows().every(({ statusString }) => statusString === "Ready"));
  await system.smtp.idle();
  const [arrived] = await system.jmap(bob, [["Email/query", { filter: { header: ["Message-ID", messageId] } }]]);
  assert.equal(arrived.ids.length, 1);
  await came.promise;
  assert.match(delivered[0], new RegExp(toAlice.messageId));
  assert.equal(await system.cyrus.changePassword(alice, system.users[alice], "x"), false, "the old one is no longer any good");
});
