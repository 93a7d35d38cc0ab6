// A remote viewer as MAPI's page "writing a remote viewer" builds it, step by step through the public API in a browser,
// on a real JMAP server; and the demo's viewer as a person meets it: by keys, by pointer, narrow, dark.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { bob, context, mailSystem, message, send } from "../js/jmap/setup.mjs";
import { engines, inEach } from "../lib/engines.mjs";
import { pack } from "../lib/pack.mjs";
import { serve } from "../lib/serve.mjs";
import { open } from "../lib/webdriver.mjs";
import { assertFits, demo, DOWN, eachScheme, ENTER, keyboard, said, SPACE, TAB } from "./demo-page.mjs";

const page = `<!doctype html><meta charset="utf-8"><title>loading</title>
<script type="importmap">{ "imports": { "mailspooler": "/pkg/index.js", "mailspooler/transports/jmap": "/pkg/transports/jmap.js" } }</script>
<script type="module">
import { openSession } from "mailspooler";
import { basic, jmapTransport } from "mailspooler/transports/jmap";
// What scripts of a driver keep: not every engine runs them in the page's own global object.
globalThis.view = {};
globalThis.start = async (sessionUrl) => {
  globalThis.delivered = [];
  globalThis.session = await openSession({
    profile: "viewer", owner: "bob@example.test",
    deliver: async ({ id, content }) => {
      delivered.push({ id, bytes: content.size, subject: /^Subject: (.*)\\r$/m.exec(await content.text())[1] });
      return { entryId: "kept/" + id, parentId: "folder of bob" };
    },
    transports: [jmapTransport({ uid: "jmap", sessionUrl, authorize: basic("bob@example.test", "secret of bob"), inbox: false })],
  });
};
document.title = "ready";
</script>`;

const download = ({ url }) => url.includes("/download/");
const subjects = (list) => list.map(({ subject }) => subject).sort();

inEach("remote viewers", engines, (engine) => {
  describe(`a remote viewer in ${engine}`, () => {
    let [system, sender, site, browser] = [];
    const mailFor = async (subject, body = "short") => {
      const mail = message({ to: [bob], subject, body });
      assert.equal((await send(sender, mail)).outcome.type, "accepted");
      await system.smtp.idle();
      return mail;
    };
    const onServer = async () => {
      const [, got] = await system.jmap(bob, [["Email/query", {}], ["Email/get", { "#ids": { resultOf: "0", name: "Email/query", path: "/ids" }, properties: ["subject"] }]]);
      return subjects(got.list);
    };

    before(async () => {
      const { dir } = await pack();
      system = await mailSystem({ keep: true });
      sender = system.transport();
      await sender.transportLogon(context());
      site = await serve({ "/": page, "/pkg/": `${dir}/dist` });
      browser = await open(engine);
    });
    after(async () => {
      await browser?.quit();
      await site?.close();
      await system?.stop();
    });

    test("c_168 c_174 c_176 writing a remote viewer, step by step", async () => {
      const long = (lines) => "x".repeat(70).concat("\r\n").repeat(lines);
      for (const [subject, lines] of [["keep", 1], ["fetch", 3_000], ["delete", 4_000], ["move", 2_000]]) await mailFor(subject, long(lines));
      await browser.navigate(`${site.origin}/`);
      await browser.until(() => document.title === "ready");
      await browser.execute((url) => globalThis.start(url), system.sessionUrl);

      // The status table, restricted to transports that give remote access; the status object; its header folder.
      await browser.until(() => {
        const table = globalThis.session.getStatusTable();
        table.setColumns(["entryId", "displayName", "statusCode", "remoteValidateOk", "remoteProgress", "remoteProgressText"]);
        table.restrict({ and: [{ property: "resourceType", op: "eq", value: 36 }, { bitmask: "statusCode", mask: 0x80_0000, op: "nez" }] });
        globalThis.view.table = table;
        return table.queryRows(1)[0]?.remoteValidateOk === true;
      });
      const properties = await browser.execute(() => {
        const [row] = globalThis.view.table.getSnapshot();
        globalThis.view.statusObject = globalThis.session.openEntry(row.entryId);
        globalThis.view.folder = globalThis.view.statusObject.headers();
        return globalThis.view.folder.getProps(globalThis.view.folder.getPropList());
      });
      assert.equal(Object.keys(properties).length, 10);
      assert.equal(properties.contentCount, 0);

      // Progress is watched through the status table; header work is accepted at once and ends later.
      await browser.execute(async () => {
        globalThis.view.seen = [];
        globalThis.view.table.advise(({ row }) => { if (row) globalThis.view.seen.push([row.remoteValidateOk, row.remoteProgress]); });
        await globalThis.view.statusObject.validateState({ refreshHeaders: true });
      });
      const ready = () => browser.until(() => globalThis.view.table.getSnapshot()[0].remoteValidateOk === true);
      await ready();

      // The contents table, sorted and restricted like any other; sizes are known, nothing was fetched.
      const rows = await browser.execute(() => {
        const contents = globalThis.view.folder.getContentsTable();
        globalThis.view.contents = contents;
        contents.sortTable([{ property: "messageSize", order: "descending" }, { property: "subject", order: "ascending" }]);
        return contents.queryRows(100).map((row) => ({ ...row, columns: Object.keys(row).length }));
      });
      assert.deepEqual(rows.map(({ subject }) => subject), ["delete", "fetch", "move", "keep"]);
      assert.ok(rows.every(({ columns, messageStatus }) => columns === 18 && messageStatus === 0));
      assert.ok(rows[0].messageSize > long(4_000).length);
      assert.ok(!system.proxy.log.some(download));

      // Marks, then PROCESS.
      const marked = await browser.execute(() => {
        const idOf = (subject) => globalThis.view.contents.getSnapshot().find((row) => row.subject === subject).entryId;
        const set = (subject, marks) => globalThis.view.folder.setMessageStatus(idOf(subject), marks);
        return [set("fetch", { download: true }), set("delete", { delete: true }), set("move", { download: true }), set("move", { delete: true })];
      });
      assert.deepEqual(marked, [0, 0, 0, 0x1000]);
      await browser.execute(() => {
        globalThis.view.news = [];
        globalThis.session.on("newMail", (event) => globalThis.view.news.push(event));
        globalThis.view.seen.length = 0;
        return globalThis.view.statusObject.validateState({ processHeaders: true });
      });
      await ready();
      const { delivered, news, progress, seen, left } = await browser.execute(() => ({
        delivered: globalThis.delivered, news: globalThis.view.news, progress: globalThis.view.folder.getProgress(), seen: globalThis.view.seen,
        left: globalThis.view.contents.getSnapshot().map(({ subject, messageStatus, messageFlags }) => [subject, messageStatus, messageFlags & 1]),
      }));
      assert.deepEqual(subjects(delivered), ["fetch", "move"]);
      assert.deepEqual(await onServer(), ["fetch", "keep"], "delete and move are gone, what was only fetched stays");
      assert.deepEqual(left.map(([subject, status]) => [subject, status]), [["fetch", 0], ["keep", 0]]);
      assert.deepEqual([progress.messages, progress.totalMessages, progress.failed, progress.result], [3, 3, 0, "S_OK"]);
      assert.equal(progress.bytes, progress.totalBytes);
      assert.equal(progress.bytes, delivered.reduce((sum, { bytes }) => sum + bytes, 0), "sizes were right before any download");
      assert.deepEqual(news.map(({ entryId, parentId }) => [entryId, parentId]), delivered.map(({ id }) => [`kept/${id}`, "folder of bob"]));
      assert.equal(news[0].messageClass, "IPM.Note");
      const percents = seen.filter(([ok]) => !ok).map(([, percent]) => percent);
      assert.ok(percents.length >= 3 && percents.every((percent, at) => percent >= 0 && percent <= 100 && (at === 0 || percent >= percents[at - 1])), percents.join());
      assert.deepEqual(seen.at(-1), [true, -1]);
    });

    test("a message that fails keeps its mark, abort keeps the rest, and the next PROCESS does them", async () => {
      const { proxy } = system;
      for (const subject of ["first", "second"]) await mailFor(subject);
      const refresh = async () => {
        await browser.execute(() => globalThis.view.statusObject.validateState({ refreshHeaders: true }));
        await browser.until(() => globalThis.view.table.getSnapshot()[0].remoteValidateOk === true);
      };
      await refresh();
      await browser.execute(() => {
        globalThis.delivered.length = 0;
        for (const { subject, entryId } of globalThis.view.contents.getSnapshot()) {
          if (subject === "first" || subject === "second") globalThis.view.folder.setMessageStatus(entryId, { download: true, delete: true });
        }
      });
      const marked = () => browser.execute(() => globalThis.view.contents.getSnapshot().filter((row) => row.messageStatus === 0x3000).length);
      const process = () => browser.execute(() => globalThis.view.statusObject.validateState({ processHeaders: true }));
      const ended = (result) => browser.until((result) => globalThis.view.folder.getProgress().result === result, result);

      proxy.fault({ do: "status", status: 500, match: download, times: 1 });
      await process();
      await ended("MAPI_E_NETWORK_ERROR");
      assert.equal(await marked(), 2);

      const end = proxy.fault({ do: "hand", match: download, run() {} });
      await process();
      await browser.until(() => globalThis.view.folder.getProgress().phase === "download");
      assert.equal(await browser.execute(() => globalThis.view.statusObject.validateState({ refreshHeaders: true }).then(() => "S_OK", ({ code }) => code)), "MAPI_E_BUSY");
      await browser.execute(() => globalThis.view.statusObject.validateState({ abortHeaders: true }));
      await ended("MAPI_E_USER_CANCEL");
      assert.equal(await marked(), 2);
      end();

      await process();
      await ended("S_OK");
      assert.deepEqual(subjects(await browser.execute(() => globalThis.delivered)), ["first", "second"]);
      assert.deepEqual(await onServer(), ["fetch", "keep"]);
    });
  });

  describe(`the demo's remote viewer in ${engine}`, () => {
    let [system, sender, browser, keys, stop] = [];
    const headers = () => browser.execute(() => [...document.querySelectorAll("li.header h3")].map((each) => each.textContent).sort());
    const shown = (subjects) => browser.until((subjects) => [...document.querySelectorAll("li.header h3")].map((each) => each.textContent).sort().join() === subjects, subjects.toSorted().join());
    const result = (words) => browser.until((words) => document.querySelector(".result").textContent === words, words);
    const boxes = (subject) => browser.execute((subject) => {
      const row = [...document.querySelectorAll("li.header")].find((each) => each.querySelector("h3").textContent === subject);
      return [...row.querySelectorAll("input")].map((box) => box.checked);
    }, subject);
    const focused = () => browser.execute(() => ({
      what: document.activeElement.dataset.do ?? document.activeElement.dataset.mark ?? document.activeElement.localName,
      row: document.activeElement.closest("li.header")?.querySelector("h3").textContent ?? null,
    }));

    before(async () => {
      system = await mailSystem({ keep: true });
      stop = system.stop;
      sender = system.transport();
      for (const subject of ["one", "two", "three"]) assert.equal((await send(sender, message({ to: [bob], subject }))).outcome.type, "accepted");
      await system.smtp.idle();
      const office = { uid: "jmap", name: "JMAP server", url: system.sessionUrl, fail() {}, recover() {} };
      const mail = { kind: "jmap", people: [{ address: bob, name: "Bob", token: "secret of bob" }], offices: [office], failures: [], stop: system.stop };
      ({ browser, stop } = await demo(engine, { mail, place: `${bob}/server` }));
      keys = keyboard(browser).press;
      await browser.until(() => document.querySelector("[data-do=refresh]")?.disabled === false);
    });
    after(() => stop?.());

    test("by keys alone: the list, marks, work, and the focus stays where it was", async () => {
      await browser.execute(() => document.querySelector("[data-do=refresh]").focus());
      await keys(ENTER);
      await shown(["one", "three", "two"]);
      await browser.until(() => document.querySelector("[data-do=refresh]").disabled === false);
      assert.equal((await focused()).what, "refresh", "it was given back");
      await keys(TAB);
      assert.equal((await focused()).what, "process");
      await keys(TAB);
      const first = await focused();
      assert.equal(first.what, "download");
      await keys(SPACE);
      assert.deepEqual(await boxes(first.row), [true, false]);
      await keys("d");
      assert.deepEqual(await boxes(first.row), [true, true]);
      await said(browser, "will be fetched, then deleted");
      await keys(DOWN);
      const second = await focused();
      assert.equal(second.what, "download");
      assert.notEqual(second.row, first.row);
      await keys("f");
      assert.deepEqual(await boxes(second.row), [true, false]);
      await browser.execute(() => document.querySelector("[data-do=process]").focus());
      await keys(ENTER);
      await result("Done, 2 messages.");
      assert.deepEqual((await headers()).includes(first.row), false);
      assert.deepEqual(await boxes(second.row), [false, false]);
    });

    test("by pointer: a mark, work that is seen and stopped", async () => {
      const end = system.proxy.fault({ do: "hand", match: download, run() {} });
      await browser.click("li.header [data-mark=download]");
      await browser.click("[data-do=process]");
      await browser.until(() => document.querySelector("section progress:not([hidden])") !== null && document.querySelector("section .progress .quiet").textContent.startsWith("Fetching, 0 of 1, 0 B of "));
      await browser.click("[data-do=abort]");
      await result("Stopped. What was not done is still marked.");
      assert.equal(await browser.execute(() => document.querySelector("li.header [data-mark=download]").checked), true);
      end();
    });

    test("nothing overflows at 360 pixels, light and dark, and axe finds nothing", async () => {
      await browser.resize(360, 800);
      await eachScheme(browser, async (scheme) => {
        const paper = await browser.execute(() => getComputedStyle(document.querySelector(".part")).backgroundColor);
        assert.equal(paper, scheme === "dark" ? "rgb(22, 24, 28)" : "rgb(255, 255, 255)");
        await assertFits(browser, scheme);
        if (process.env.SHOTS) await browser.screenshot(join(process.env.SHOTS, `server-${scheme}.png`));
      });
    });
  });
});
