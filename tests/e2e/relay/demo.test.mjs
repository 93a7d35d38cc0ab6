// The demo as a person meets it: written, sent, received, doubted, decided; by keys, narrow and dark too.
import assert from "node:assert/strict";
import { rmSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { engines, inEach } from "../../lib/engines.mjs";
import { pages } from "../../lib/pages.mjs";
import { assertFits, eachScheme, ENTER, ESCAPE, listen, relayDemo, said } from "../demo-page.mjs";

inEach("demo", engines, (engine) => {
  let [mail, site, browser, stop] = [];

  before(async () => {
    ({ mail, site, browser, stop } = await relayDemo(engine, "alice@example.test/outbox"));
    await browser.until(() => document.querySelector("main section") !== null);
  });
  after(() => stop?.());

  const go = async (view, person = "alice") => {
    await browser.execute((hash) => { location.hash = hash; }, `#/${person}@example.test/${view}`);
    await browser.until((label) => document.querySelector("main section")?.getAttribute("aria-label") === label, view[0].toUpperCase() + view.slice(1));
  };
  const write = async ({ to, subject, text = "Hello", file }) => {
    await browser.click("header button.main");
    await browser.type("#compose-to", to);
    await browser.type("#compose-subject", subject);
    await browser.type("#compose-text", text);
    if (file) await browser.type("#compose-files", file);
    if (file) await browser.until(() => document.querySelector(".compose .files li") !== null);
    await browser.click(".compose button[type=submit]");
    await browser.until(() => !document.querySelector("dialog").open);
  };
  const fail = (office, name) => browser.execute(async (office, name) => {
    const select = document.querySelector(`[data-office=${office}]`);
    select.value = name;
    select.dispatchEvent(new Event("change"));
  }, office, name).then(() => browser.until(async (office, name) => {
    const { offices } = await (await fetch("demo.json")).json();
    return (offices.find(({ uid }) => uid === office).failing ?? "") === name;
  }, office, name));
  const shown = (subject) => browser.until((subject) => {
    const row = [...document.querySelectorAll("li.mail")].find((each) => each.querySelector("h3").textContent === subject);
    return row && { chip: row.querySelector(".chip").textContent, actions: [...row.querySelectorAll("[data-action]")].map((button) => button.textContent), doubt: row.closest(".doubt") !== null };
  }, subject);
  /** Once it is there. */
  const press = (subject, action) => browser.until((subject, action) => {
    const row = [...document.querySelectorAll("li.mail")].find((each) => each.querySelector("h3").textContent === subject);
    const button = row?.querySelector(`[data-action=${action}]`);
    button?.click();
    return button instanceof HTMLElement;
  }, subject, action);
  /** Resolves when the north has been given it so often. */
  const given = (subject, times) => new Promise((done) => {
    let left = times;
    mail.offices[0].proxy.fault({ do: "delay", ms: 0, match({ method, body }) {
      if (method === "POST" && body.includes(`Subject: ${subject}\r\n`)) left -= 1;
      if (left === 0) done();
      return false;
    } });
  });
  const sent = (subject) => browser.until((subject) => [...document.querySelectorAll("section .plain li")].some((each) => each.textContent.startsWith(`${subject},`)), subject);

  test("a message with a file goes from one person's window to the other's", async (t) => {
    const dir = mkdtempSync(join(tmpdir(), "mailspooler-demo-"));
    t.after(() => rmSync(dir, { recursive: true, force: true }));
    const file = join(dir, "a b\u00fc.txt");
    writeFileSync(file, "attached");
    await write({ to: "Bob <bob@example.test>", subject: "Gr\u00fc\u00dfe", text: `one${ENTER}two`, file });
    await sent("Gr\u00fc\u00dfe");
    await go("inbox", "bob");
    await browser.until(() => document.querySelector("button.letter") !== null);
    await browser.click("button.letter");
    const letter = await browser.until(() => {
      const reader = document.querySelector(".reader:not([hidden])");
      return reader && document.activeElement === reader && { title: reader.querySelector("h2").textContent, text: reader.querySelector("pre").textContent, file: reader.querySelector("a").getAttribute("download") };
    });
    assert.deepEqual(letter, { title: "Gr\u00fc\u00dfe", text: letter.text, file: "a b\u00fc.txt" });
    assert.match(letter.text, /^one\r?\ntwo/);
    assert.equal(mail.mailboxes.arrivals.length, 1);
  });

  test("it is written by keys alone, Escape keeps what was typed, focus comes back", async () => {
    await go("outbox");
    await browser.execute(() => document.querySelector("header button.main").focus());
    await browser.type("header button.main", ENTER);
    assert.equal(await browser.execute(() => document.activeElement.id), "compose-to");
    await browser.type("#compose-to", `bob@example.test${ESCAPE}`);
    await browser.until(() => !document.querySelector("dialog").open);
    assert.equal(await browser.execute(() => document.activeElement === document.querySelector("header button.main")), true);
    await browser.type("header button.main", ENTER);
    assert.equal(await browser.execute(() => document.querySelector("#compose-to").value), "bob@example.test");
    await browser.type("#compose-subject", `By keys${ENTER}`);
    await sent("By keys");
    await said(browser, "By keys");
  });

  test("what was refused says so in words and stays in the dialog", async () => {
    await browser.click("header button.main");
    await browser.click(".compose button[type=submit]");
    const problem = () => browser.until(() => document.querySelector(".compose [role=alert]").textContent);
    assert.equal(await problem(), "There is nobody to send it to.");
    await browser.type("#compose-to", "bob@example.test, nonsense");
    await browser.click(".compose button[type=submit]");
    await browser.until(() => document.querySelector(".compose [role=alert]").textContent === "This is not an address: nonsense");
    assert.deepEqual(await browser.execute(() => [document.querySelector("dialog").open, document.activeElement.id]), [true, "compose-to"]);
    await browser.click(".compose .discard");
  });

  test("one transport sends and receives by its own button", async () => {
    await go("transports");
    await browser.execute(() => [...document.querySelectorAll("li.status button")].find((each) => each.textContent === "Send and receive here").click());
    await said(browser, "Sent and received");
  });

  test("a second window says who sends, and the order set there counts where mail is sent", async () => {
    await go("transports");
    const [first] = await browser.windows();
    await browser.switchTo(await browser.newWindow("tab"));
    await browser.navigate(`${site.origin}/#/alice@example.test/transports`);
    const elsewhere = (expected) => browser.until((expected) => {
      const row = [...document.querySelectorAll("li.status")].find((each) => each.querySelector("h3").textContent === "North post office");
      return row && (row.querySelector(".chip").textContent === "In another window") === expected;
    }, expected);
    await elsewhere(true);
    const is = (names) => browser.until((names) => [...document.querySelectorAll(".order li > span:not(.grip)")].map((each) => each.textContent).join() === names, names);
    await browser.execute(() => document.querySelector("[aria-label='Move South post office up']").click());
    await is("South post office,North post office");
    await browser.switchTo(first);
    await is("South post office,North post office");
    await browser.refresh();
    await browser.until(() => document.querySelector("main section") !== null);
    await listen(browser);
    await is("South post office,North post office");
    for (const handle of (await browser.windows()).filter((each) => each !== first)) {
      await browser.switchTo(handle);
      await browser.closeWindow();
    }
    await browser.switchTo(first);
    await elsewhere(false);
    await browser.execute(() => document.querySelector("[aria-label='Move North post office up']").click());
    await is("North post office,South post office");
  });

  test("mail nobody can confirm is listed with its honest buttons, and each does what it says", async () => {
    await go("transports");
    await fail("north", "lostAfterData");
    const again = ["Found", "Taken"].map((subject) => given(subject, 2));
    await go("outbox");
    for (const subject of ["Found", "Taken"]) {
      await write({ to: "bob@example.test", subject });
      const row = await browser.until((subject) => {
        const row = [...document.querySelectorAll(".doubt li.mail")].find((each) => each.querySelector("h3").textContent === subject);
        return row && [...row.querySelectorAll("[data-action]")].map((button) => button.textContent);
      }, subject);
      assert.deepEqual(row, ["Check again", "I found it in Sent", "Send again (may arrive twice)", "Take back as draft"]);
    }
    // Each is given to the relay once more by itself; while that is under way there is nothing to decide.
    await Promise.all(again);
    await press("Found", "markSent");
    await sent("Found");
    await press("Taken", "takeBack");
    await browser.until(() => document.querySelector("dialog").open);
    const draft = await browser.execute(() => ({ to: document.querySelector("#compose-to").value, subject: document.querySelector("#compose-subject").value, note: document.querySelector(".compose .note").textContent }));
    assert.deepEqual(draft, { to: "bob@example.test", subject: "Taken", note: "Its recipients may already have it." });
    await browser.click(".compose .discard");
    await go("transports");
    await fail("north", "");
  });

  test("a refused recipient is named, and the message can be removed", async () => {
    await go("transports");
    for (const office of ["north", "south"]) await fail(office, "someRefused");
    await go("outbox");
    await write({ to: "carol@example.test, bob@example.test", subject: "Two" });
    await browser.until((subject) => [...document.querySelectorAll("li.mail")].find((each) => each.querySelector("h3").textContent === subject)?.querySelector(".chip").textContent === "Not sent", "Two");
    // A row that changes lists is made anew, and closed.
    const refusal = await browser.until((subject) => {
      const row = [...document.querySelectorAll("li.mail")].find((each) => each.querySelector("h3").textContent === subject);
      if (row) row.querySelector("details").open = true;
      return row && [...row.querySelectorAll("details li")].map((each) => each.textContent).find((text) => text.startsWith("carol@example.test: refused"));
    }, "Two");
    assert.match(refusal, /\(550 /);
    assert.deepEqual((await shown("Two")).actions, ["Edit as new", "Try again", "Remove"]);
    await press("Two", "edit");
    await browser.until(() => document.querySelector("dialog").open && document.querySelector("#compose-to").value.includes("carol@"));
    await browser.click(".compose .discard");
    await press("Two", "discard");
    await browser.until((subject) => ![...document.querySelectorAll("li.mail h3")].some((each) => each.textContent === subject), "Two");
    await go("transports");
    for (const office of ["north", "south"]) await fail(office, "");
  });

  test("the order of transports changes by keys, and mail follows it", async () => {
    await go("transports");
    const order = () => browser.execute(() => [...document.querySelectorAll(".order li > span:not(.grip)")].map((each) => each.textContent));
    assert.deepEqual(await order(), ["North post office", "South post office"]);
    await browser.type("[aria-label='Move South post office up']", ENTER);
    // The list is made anew, then the focus comes back.
    await browser.until(() => document.querySelector(".order li > span:not(.grip)").textContent === "South post office" && document.activeElement.closest(".order") !== null);
    await go("outbox");
    await write({ to: "bob@example.test", subject: "By the south" });
    await sent("By the south");
    const [north, south] = mail.offices;
    assert.equal(south.relay.log.length, 1);
    assert.ok(north.relay.log.length > 1);
  });

  test("the order of transports changes by dragging a handle, and mail follows it", async () => {
    await go("transports");
    const names = () => [...document.querySelectorAll(".order li > span:not(.grip)")].map((each) => each.textContent);
    assert.deepEqual(await browser.execute(names), ["South post office", "North post office"]);
    const [from, to] = await browser.execute(() => {
      document.querySelector(".order").scrollIntoView({ block: "center" });
      const [first, last] = [...document.querySelectorAll(".order .grip")].map((grip) => grip.getBoundingClientRect());
      const x = Math.round(first.left + first.width / 2);
      return [{ x, y: Math.round(first.top + first.height / 2) }, { x, y: Math.round(last.bottom) }];
    });
    const move = (place) => ({ type: "pointerMove", duration: 50, origin: "viewport", ...place });
    await browser.command("POST", "/actions", { actions: [{
      type: "pointer", id: "mouse", parameters: { pointerType: "mouse" },
      actions: [move(from), { type: "pointerDown", button: 0 }, move(to), { type: "pointerUp", button: 0 }],
    }] });
    await browser.until(() => document.querySelector(".order li > span:not(.grip)").textContent === "North post office");
    assert.equal(await browser.execute(() => document.querySelector(".order .dragged")), null);
    await said(browser, "South post office is now number 2 of 2");
    const [north, south] = mail.offices;
    const before = [north.relay.log.length, south.relay.log.length];
    await go("outbox");
    await write({ to: "bob@example.test", subject: "By the north" });
    await sent("By the north");
    assert.deepEqual([north.relay.log.length, south.relay.log.length], [before[0] + 1, before[1]]);
  });

  test("send and receive shows its progress and its end", async () => {
    await browser.execute(() => document.querySelectorAll("header .actions button")[1].click());
    await browser.until(() => document.querySelector(".phase").textContent === "Done" && document.querySelector("progress").hidden);
  });

  test("nothing overflows at 360 pixels, in light and in dark, and axe finds nothing", async () => {
    for (const width of [360, 1280]) {
      await browser.resize(width, 800);
      for (const view of ["inbox", "outbox", "transports"]) {
        await go(view);
        await eachScheme(browser, (scheme) => assertFits(browser, `${view} at ${width}, ${scheme}`));
      }
    }
  });

  test("a demo that cannot start says so in place of its opening words", async () => {
    const { startPage } = await import("../../../www/server/page.mjs");
    const empty = await startPage({ dist: await pages(), kind: "relay", people: [], offices: [], failures: [] });
    try {
      await browser.navigate(empty.origin);
      const words = await browser.until(() => document.querySelector("main > [role=alert]") !== null && document.querySelector("main").textContent);
      assert.equal(words, "The demo could not start: demo.json names no account");
    } finally {
      await empty.close();
    }
  });
});
