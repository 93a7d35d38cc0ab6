// Whatever waits for a callback or a person stops waiting when its signal says so.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hostSide } from "./setup.mjs";

const host = await hostSide("signals");
const never = () => new Promise(() => {});

/** A session whose transport answers nothing but its logon. */
async function silent() {
  const begun = Promise.withResolvers?.() ?? (() => {
    const made = {};
    made.promise = new Promise((resolve) => (made.resolve = resolve));
    return made;
  })();
  const submitMessage = () => (begun.resolve(), never());
  const session = await host.open({
    transports: [{ uid: "one", submitMessage, cancelMessage: never, validateState: never, changePassword: never, settingsDialog: never, flushQueues: never, transportLogoff: never }],
  });
  const of = (type) => session.openEntry(session.getStatusTable().getSnapshot().find(({ resourceType }) => resourceType === type).entryId);
  return { session, status: of(36), spooler: of(37), begun: begun.promise };
}

const waiting = {
  validateState: ({ status }, signal) => status.validateState({ forceConnect: true, signal }),
  changePassword: ({ status }, signal) => status.changePassword("a", "b", { signal }),
  settingsDialog: ({ status }, signal) => status.settingsDialog({ readOnly: true, signal }),
  flushQueues: async ({ session, spooler, begun }, signal) => {
    await session.submitMessage({ to: "you@example.test", payload: {} });
    await begun;
    return spooler.flushQueues({ upload: true, signal });
  },
  settled: async ({ session, begun }, signal) => {
    const { id } = await session.submitMessage({ to: "you@example.test", payload: {} });
    await begun;
    return session.settled(id, { signal });
  },
  abortSubmit: async ({ session, begun }, signal) => {
    const { id } = await session.submitMessage({ to: "you@example.test", payload: {} });
    await begun;
    return session.abortSubmit(id, { signal });
  },
  removeTransport: async ({ session, begun }, signal) => {
    await session.submitMessage({ to: "you@example.test", payload: {} });
    await begun;
    return session.admin.removeTransport("one", { signal });
  },
};

for (const [name, wait] of Object.entries(waiting)) {
  test(`${name} rejects with the reason of its signal`, async () => {
    const made = await silent();
    const gone = new AbortController();
    gone.abort(new Error("gone before"));
    await assert.rejects(wait(made, gone.signal), /gone before/);
    const later = new AbortController();
    const asked = wait(await silent(), later.signal);
    asked.catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    later.abort(new Error("gone later"));
    await assert.rejects(asked, /gone later/);
  });
}
