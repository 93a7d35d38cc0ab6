// Settings as a person changes them: by keys alone, with every error tied to its control, while mail is leaving.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { engines, inEach } from "../../lib/engines.mjs";
import { open } from "../../lib/webdriver.mjs";
import { assertFits, eachScheme, ENTER, ESCAPE, keyboard, relayDemo, said, TAB } from "../demo-page.mjs";
import { assertTruth, bench, quiet } from "./setup.mjs";

/** What has the focus, through shadow roots. */
const focused = (browser) => browser.execute(() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at === null ? "" : at.name || at.textContent;
});

/** What the open sheet shows of one control. */
const control = (browser, name) => browser.execute((name) => {
  const { shadowRoot } = document.querySelector("dialog[open] mailspooler-property-sheet");
  const at = shadowRoot.querySelector(`[name=${name}]`);
  const words = (at.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== "").map((id) => shadowRoot.getElementById(id));
  return {
    value: at.value, invalid: at.getAttribute("aria-invalid") === "true", label: at.labels[0]?.textContent,
    described: words.filter((each) => !each.hidden).map((each) => each.textContent),
  };
}, name);

inEach("settings", engines, (engine) => {
  describe("the sheet", () => {
    let [mail, browser, keys, stop] = [];

    before(async () => {
      ({ mail, browser, stop } = await relayDemo(engine, "alice@example.test/transports"));
      keys = keyboard(browser);
      await browser.until(() => document.querySelector("main section li.status") !== null);
      await browser.execute(() => {
        const { dataset } = document.documentElement;
        dataset.violations = "";
        document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => { dataset.violations += ` ${violatedDirective}`; });
      });
    });
    after(() => stop?.());

    /** Tabs until it has the focus. */
    async function reach(wanted) {
      for (let steps = 0; steps < 60; steps += 1) {
        if (await focused(browser) === wanted) return;
        await keys.press(TAB);
      }
      assert.fail(`the keyboard never reached ${wanted}`);
    }
    const closed = () => browser.until(() => document.querySelector("dialog[open]") === null);
    async function openSheet() {
      await browser.execute(() => document.querySelector("main h2").focus());
      await reach("Settings");
      await keys.press(ENTER);
      await browser.until(() => document.querySelector("dialog[open] mailspooler-property-sheet") !== null);
    }
    const alert = () => browser.until(() => document.querySelector("dialog[open] [role=alert]").textContent);

    test("the sheet opens by keys with the focus in its first control, Escape closes it, focus comes back", async () => {
      await openSheet();
      assert.equal(await focused(browser), "url");
      assert.deepEqual(await control(browser, "url"), {
        value: mail.offices[0].url, invalid: false, label: "Address of the relay (required)", described: ["It begins with https:// or with /."],
      });
      await keys.press(ESCAPE);
      await closed();
      assert.equal(await focused(browser), "Settings");
    });

    test("c_066 what is wrong is said at its control, which gets the focus", async () => {
      await openSheet();
      await keys.replace("nowhere");
      assert.equal((await control(browser, "url")).invalid, false, "not while it is typed");
      await keys.press(TAB);
      await keys.replace("3");
      await reach("OK");
      await keys.press(ENTER);
      await browser.until(() => document.activeElement.localName === "mailspooler-property-sheet");
      assert.equal(await focused(browser), "url");
      const [url, deadline] = [await control(browser, "url"), await control(browser, "deadlineSeconds")];
      assert.deepEqual([url.invalid, url.described[0]], [true, "This does not have the right form."]);
      assert.deepEqual([deadline.invalid, deadline.described[0]], [true, "Not less than 5."]);
    });

    test("c_064 settings that do not work change nothing", async () => {
      await keys.replace(`${mail.offices[0].url}nowhere/`);
      await reach("deadlineSeconds");
      await keys.replace("20");
      await keys.press(ENTER);
      assert.match(await alert(), /^Nothing was changed\. /);
      assert.equal((await control(browser, "deadlineSeconds")).invalid, false);
      await keys.press(ESCAPE);
      await closed();
      await openSheet();
      assert.equal((await control(browser, "url")).value, mail.offices[0].url);
      assert.equal((await control(browser, "deadlineSeconds")).value, "15");
    });

    test("settings that work are in force, here and after a reload", async () => {
      await reach("deadlineSeconds");
      await keys.replace("20");
      await keys.press(ENTER);
      await closed();
      assert.equal(await focused(browser), "Settings");
      await said(browser, "The settings are in force");
      await openSheet();
      assert.equal((await control(browser, "deadlineSeconds")).value, "20");
      await keys.press(ESCAPE);
      await closed();
      assert.deepEqual(await browser.execute(() => document.documentElement.dataset.violations), "");
      await browser.refresh();
      await browser.until(() => document.querySelector("main section li.status") !== null);
      await openSheet();
      assert.equal((await control(browser, "deadlineSeconds")).value, "20");
    });

    test("nothing overflows at 360 pixels, in light and in dark, and axe finds nothing", async () => {
      await reach("url");
      await keys.replace("nowhere");
      await keys.press(TAB);
      assert.equal((await control(browser, "url")).invalid, true);
      for (const width of [360, 1280]) {
        await browser.resize(width, 800);
        await eachScheme(browser, (scheme) => assertFits(browser, `${scheme} at ${width}`));
      }
      await keys.press(ESCAPE);
      await closed();
    });
  });

  test(`settings change again and again while 100 messages leave: each arrives once, in ${engine}`, async () => {
    const [count, tag] = [100, "changed"];
    const at = await bench({ offices: ["north", "south"] });
    const { offices, transports, mailboxes, accepted } = at;
    // One transport, two relays: neither knows what the other has sent.
    transports.splice(1);
    const browser = await open(engine);
    try {
      await at.load(browser);
      // In each round an answer is lost; before anybody can ask again, the other relay is in force.
      const each = 20;
      for (let round = 0; round * each < count; round += 1) {
        const [from, office, other] = [round * each, offices[round % 2], offices[(round + 1) % 2]];
        const lost = new Promise((done) => {
          const mine = ({ method, body }) => method === "POST" && body.includes(`Subject: ${tag} ${from + 7}\r\n`);
          // A 503 that says nothing: the relay has it. (Chromium repeats by itself what got no answer.)
          office.proxy.fault({ do: "status", status: 503, forward: true, match: (seen) => mine(seen) && (done(), true), times: 1 });
        });
        const submitting = browser.execute((from, to, tag) => globalThis.bench.submit(from, to, tag), from, from + each, tag);
        await lost;
        await browser.execute((url, deadlineSeconds) => globalThis.bench.session().admin.configure("north", { url, deadlineSeconds }), other.url, 10 + round);
        await submitting;
      }
      await quiet(browser, count, []);
      const settled = await browser.execute(() => globalThis.bench.settled());
      assert.equal(settled.filter(({ state }) => state === "sent").length, count);
      assertTruth({ mailboxes, accepted, settled, queue: [], tag, count });
      for (const { relay } of offices) assert.ok(relay.log.length > 0, "both relays were used");
    } finally {
      await browser.quit();
      await at.stop();
    }
  });
});
