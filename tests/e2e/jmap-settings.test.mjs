// Settings of the JMAP transport change while mail is leaving through Cyrus: nothing is lost, nothing is doubled. Counted where
// it arrives, and in the outbox.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { alice, bob, mailSystem } from "../js/jmap/setup.mjs";
import { engines, inEach } from "../lib/engines.mjs";
import { demo } from "./demo-page.mjs";
import { isSubmission, keepAnswer, world } from "./jmap-procedures/world.mjs";

const COUNT = 100;
const EACH = 20;
const ROUNDS = Array.from({ length: COUNT / EACH }, (_, round) => [round, round * EACH, (round + 1) * EACH]);
const subjects = Array.from({ length: COUNT }, (_, n) => `number ${n}`).sort();

/** Subjects in bob's mailbox, each as often as it is there, once all that these servers handed on is. */
async function arrived(system, ...others) {
  for (const { smtp } of [...others, system]) await smtp.idle();
  const [, { list }] = await system.jmap(bob, [["Email/query", {}],
    ["Email/get", { "#ids": { resultOf: "0", name: "Email/query", path: "/ids" }, properties: ["subject"] }]]);
  return list.map(({ subject }) => subject).sort();
}

/** The server has the tenth submission from now on and says 503, which says nothing. Resolves when it did. */
const loseTenth = (proxy) => new Promise((done) => {
  let seen = 0;
  proxy.fault({ do: "status", status: 503, forward: true, times: 1, match: (each) => isSubmission(each) && (seen += 1) === 10 && (done(), true) });
});

inEach("settings under load", engines, (engine) => {
  let [w, second, browser] = [];
  before(async () => {
    w = await world();
    // Another server, which knows nothing of what the first has sent; its mail arrives in the same place.
    second = await mailSystem({ keep: true });
    second.smtp.deliverTo = w.system.smtp.deliverTo;
    browser = await w.enter(engine);
  });
  after(async () => {
    await browser?.quit();
    await second?.stop();
    await w?.stop();
  });
  const configure = (sessionUrl) => browser.execute((values) => {
    const { view } = globalThis;
    return view.codeOf(view.session.admin.configure("alice", values));
  }, { sessionUrl });

  test(`o_41 o_47 ${COUNT} messages leave while the transport goes from one server to another and back`, async () => {
    const servers = [w.system, second];
    await browser.execute((plan) => globalThis.view.start(plan), {
      owner: alice, passwords: w.system.users, accounts: [{ uid: "alice", displayName: "Alice", sessionUrl: w.system.sessionUrl, user: alice }],
    });
    for (const [round, from, to] of ROUNDS) {
      const [now, next] = [servers[round % 2], servers[(round + 1) % 2]];
      const lost = loseTenth(now.proxy);
      const submitting = browser.execute(async (from, to, [sender, recipient]) => {
        for (let n = from; n < to; n += 1) await globalThis.view.submit(sender, recipient, `number ${n}`);
      }, from, to, [alice, bob]);
      await lost;
      // Before anybody can ask again, another server is in force; one that is none never is.
      assert.notEqual(await configure(`${next.proxy.url}/nowhere`), "S_OK");
      assert.equal(await configure(next.sessionUrl), "S_OK");
      await submitting;
    }
    const states = [];
    for (const [, from, to] of ROUNDS) {
      states.push(...await browser.execute((from, to) => {
        const { session } = globalThis.view;
        return Promise.all(Array.from({ length: to - from }, async (_, n) => (await session.settled(`number ${from + n}`)).state));
      }, from, to));
    }
    assert.deepEqual(states.filter((state) => state !== "sent" && state !== "filed"), []);
    assert.deepEqual(await arrived(w.system, second), subjects);
    const left = servers.map(({ smtp }) => smtp.mails.length);
    assert.equal(left[0] + left[1], COUNT);
    assert.ok(left.every((count) => count >= 20), `both servers sent: ${left.join()}`);
    assert.deepEqual(await browser.execute(() => {
      const { session } = globalThis.view;
      return [session.getOutgoingQueue().getSnapshot().length, session.admin.getSettings("alice").configuration];
    }), [0, ROUNDS.length]);
  });
});

inEach("the demo's settings under load", engines.filter((name) => name === "chromium"), (engine) => {
  let [system, browser, stop] = [];
  before(async () => {
    system = await mailSystem({ keep: true });
    stop = system.stop;
    const office = { uid: "jmap", name: "JMAP server", url: system.sessionUrl, fail() {}, recover() {} };
    const mail = { kind: "jmap", people: [{ address: alice, name: "Alice", token: system.users[alice] }], offices: [office], failures: [], stop: system.stop };
    ({ browser, stop } = await demo(engine, { mail, place: `${alice}/outbox` }));
    await browser.until(() => document.querySelector("main section") !== null);
  });
  after(() => stop?.());

  const go = async (view) => {
    await browser.execute((hash) => { location.hash = hash; }, `#/${alice}/${view}`);
    await browser.until((label) => document.querySelector("main section")?.getAttribute("aria-label") === label, view[0].toUpperCase() + view.slice(1));
  };
  /** By the compose dialog, which closes when the message is stored. */
  const write = (from, to) => browser.execute(async (from, to, recipient) => {
    const dialog = document.querySelector("dialog.compose");
    for (let n = from; n < to; n += 1) {
      document.querySelector("header button.main").click();
      document.querySelector("#compose-to").value = recipient;
      document.querySelector("#compose-subject").value = `number ${n}`;
      const closed = new Promise((done) => { dialog.addEventListener("close", done, { once: true }); });
      dialog.querySelector("button[type=submit]").click();
      await closed;
    }
  }, from, to, bob);
  /** By the sheet of the transport: opened, filled in, OK. */
  async function change(values) {
    await browser.execute(() => [...document.querySelectorAll("li.status button")].find((each) => each.textContent === "Settings" && !each.hidden).click());
    await browser.until(() => document.querySelector("dialog[open] mailspooler-property-sheet") !== null);
    await browser.execute((values) => {
      const dialog = document.querySelector("dialog[open]");
      const { shadowRoot } = dialog.querySelector("mailspooler-property-sheet");
      for (const [name, value] of Object.entries(values)) {
        const control = shadowRoot.querySelector(`[name=${name}]`);
        control.value = value;
        control.dispatchEvent(new Event("input", { bubbles: true }));
      }
      dialog.querySelector("[part=ok]").click();
    }, values);
    await browser.until(() => document.querySelector("dialog[open]") === null);
  }

  test(`a person changes the settings again and again while ${COUNT} messages leave`, async () => {
    // Cyrus has its session at both.
    const urls = [`${system.proxy.url}/jmap/`, system.sessionUrl];
    for (const [round, from, to] of ROUNDS) {
      // The next one is kept under way, so that none of those after it has left.
      const kept = loseTenth(system.proxy).then(() => keepAnswer(system, system.proxy, isSubmission));
      await write(from, to);
      const { release } = await kept;
      await go("transports");
      await change({ sessionUrl: urls[round % 2], pollIntervalSeconds: String(10 + round) });
      assert.ok(system.smtp.mails.length < to, "mail was still leaving");
      release();
      await go("outbox");
    }
    for (const most of [40, 30, 20, 10, 0]) await browser.until((most) => document.querySelectorAll("li.mail").length <= most, most);
    assert.deepEqual(await arrived(system), subjects);
    assert.equal(system.smtp.mails.length, COUNT);
  });
});
