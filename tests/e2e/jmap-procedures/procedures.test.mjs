// MAPI's procedures for clients, step by step as their pages number them, through the public API in real browsers against Cyrus.
// One Cyrus and one page for each engine; "Writing a Remote Viewer" is followed in tests/e2e/jmap-remote.test.mjs.
import { after, before } from "node:test";
import { alice, bob } from "../../js/jmap/setup.mjs";
import { engines, inEach } from "../../lib/engines.mjs";
import { flushing } from "./flushing.mjs";
import { opening } from "./opening.mjs";
import { ordering } from "./ordering.mjs";
import { passwords } from "./passwords.mjs";
import { reconfiguring } from "./reconfiguring.mjs";
import { validating } from "./validating.mjs";
import { carol, world } from "./world.mjs";

/** Available, and outbound on. */
const ENABLED = 0x10_0001;

inEach("procedures", engines, (engine) => {
  let [w, browser] = [];
  const at = {
    world: () => w,
    run: (fn, ...args) => browser.execute(fn, ...args),
    until: (fn, ...args) => browser.until(fn, ...args),
    submit: (from, to, words) => browser.execute((...mail) => globalThis.view.submit(...mail), from, to, words),
    settled: (words) => browser.execute(async (id) => (await globalThis.view.session.settled(id)).state, words),
    why: (words) => browser.execute((id) => globalThis.view.session.why(id).code, words),
    handed: (words) => w.handed(words),
    /** A session of the two accounts, and what comes beside; one that was open is closed. */
    async reopen(more = []) {
      const accounts = [
        { uid: "alice", displayName: "Alice", sessionUrl: w.doors[0], user: alice, since: await w.state(alice), flushes: true },
        { uid: "bob", displayName: "Bob", sessionUrl: w.doors[0], user: bob, since: await w.state(bob) },
        ...more,
      ];
      await browser.execute((plan) => globalThis.view.start(plan), { owner: alice, passwords: w.system.users, accounts });
      await browser.until((names, enabled) => names.every((name) => (globalThis.view.row(name)?.statusCode & enabled) === enabled),
        accounts.map(({ displayName }) => displayName), ENABLED);
      await browser.execute(() => {
        const { view } = globalThis;
        const objectOf = (wanted) => view.session.openEntry(view.session.getStatusTable().getSnapshot().find(wanted).entryId);
        view.spooler = objectOf(({ resourceType }) => resourceType === view.mapi.MAPI_SPOOLER);
        view.alice = objectOf(({ displayName }) => displayName === "Alice");
      });
    },
    /** Each account has a message the server wants nothing of for an hour. */
    async waiting(words) {
      const match = ({ url }) => url.includes("/upload/");
      const ends = w.proxies.map((proxy) => proxy.fault({ do: "status", status: 503, headers: { "retry-after": "3600" }, match }));
      for (const from of [alice, bob]) await at.submit(from, carol, `${words} of ${from}`);
      for (const from of [alice, bob]) await browser.until((id) => globalThis.view.session.why(id).nextAt > Date.now() + 600_000, `${words} of ${from}`);
      for (const end of ends) end();
    },
  };

  before(async () => {
    w = await world();
    browser = await w.enter(engine);
    await at.reopen();
  });
  after(async () => {
    await browser?.quit();
    await w?.stop();
  });

  opening(at);
  flushing(at);
  reconfiguring(at);
  ordering(at);
  validating(at);
  passwords(at);
});
