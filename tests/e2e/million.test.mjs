// www/million.html: the right rows in the right order while a thousand changes a second arrive, by mouse and by keys. Frame times
// are printed, not judged. A million takes half a minute an engine, twice what a hundred thousand take; MAILSPOOLER_ROWS for others.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { engines, patience } from "../lib/engines.mjs";
import { pages } from "../lib/pages.mjs";
import { serve } from "../lib/serve.mjs";
import { open } from "../lib/webdriver.mjs";
import { assertFits, eachScheme } from "./demo-page.mjs";

const rows = Number(process.env.MAILSPOOLER_ROWS ?? 1_000_000);
let site;

before(async () => {
  site = await serve({ "/": await pages() });
});
after(() => site?.close());

for (const engine of engines.filter((name) => name !== "webkit")) {
  describe(`a million headers in ${engine}`, { timeout: patience }, () => {
    let page;

    before(async () => {
      page = await open(engine);
      await page.navigate(`${site.origin}/million.html?rows=${rows}`);
      await page.until(() => document.getElementById("longest")?.textContent !== "" && document.querySelector(".row") !== null);
    });
    after(() => page?.quit());

    /** The lines on the page, once two frames were painted. */
    const lines = () => page.execute(async () => {
      for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
      return [...document.querySelectorAll(".row:not([hidden])")].map((row) => ({
        index: Number(row.ariaRowIndex), id: row.dataset.id, heading: row.classList.contains("heading"), unread: row.classList.contains("unread"),
        active: row.classList.contains("active"), expanded: row.ariaExpanded,
        ...Object.fromEntries([...row.children].map((cell) => [cell.className, cell.textContent])),
      }));
    });
    const total = () => page.execute(() => Number(document.querySelector(".list").ariaRowCount));
    const figure = (id) => page.execute((name) => Number(document.getElementById(name).textContent.replaceAll(",", "")), id);
    const press = (key) => page.execute((name) => {
      document.querySelector(".list").dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
    }, key);
    const sorted = (values, compare) => assert.deepEqual(values, [...values].sort(compare));

    test("lines are in categories, unread and in order, while changes arrive", async () => {
      const seen = await figure("applied");
      await page.until((before) => Number(document.getElementById("applied").textContent.replaceAll(",", "")) > before + 2000, seen);
      const shown = await lines();
      assert.ok(shown.length >= 8);
      assert.equal(shown[0].heading, true);
      const mails = shown.filter(({ heading }) => !heading);
      assert.ok(mails.length > 0 && mails.every(({ unread }) => unread));
      sorted(mails.map(({ date }) => new Date(date)), (a, b) => b - a);
      assert.deepEqual(shown.map(({ index }) => index), shown.map((_, at) => at + 1));
      // At times as many came as went.
      await page.until((before) => Number(document.getElementById("rows").textContent.replaceAll(",", "")) !== before, rows);
    });

    test("a scroll goes on with the next lines, the end has the last ones", async () => {
      await page.execute(() => document.querySelector(".list").scrollTo(0, 5000));
      const [first] = await lines();
      // Taller than browsers let an element be, the bar is a scale; a row more or less then moves what it points at by a part of a line.
      const [bar, most] = await page.execute(() => {
        const list = document.querySelector(".list");
        return [list.scrollHeight - list.clientHeight, Number(list.ariaRowCount) * 32 - list.clientHeight];
      });
      if (most <= bar) assert.equal(first.index, Math.floor(5000 / 32) + 1);
      else assert.ok(Math.abs(first.index - 1 - (5000 / 32) * (most / bar)) <= 2, `line ${first.index}, bar ${bar} of ${most}`);
      await page.click("#updates");
      await page.execute(() => document.querySelector(".list").scrollTo(0, 1e9));
      const end = await lines();
      assert.equal(end.at(-1).index, await total());
      await press("Home");
      assert.equal((await lines())[0].index, 1);
    });

    test("a heading closes and opens by keys; space takes a mail out of what is unread", async () => {
      const before = await total();
      const [heading] = await lines();
      const count = Number(/^\d+/.exec(heading.subject)[0]);
      await press("Enter");
      const closed = await lines();
      assert.deepEqual([closed[0].expanded, closed[1].heading, await total()], ["false", true, before - count]);
      await press("ArrowRight");
      await press("ArrowDown");
      const opened = await lines();
      assert.deepEqual([opened[0].expanded, opened[1].active, await total()], ["true", true, before]);
      await press(" ");
      const after = await lines();
      assert.ok(after.every(({ id }) => id !== opened[1].id));
      assert.equal(await total(), before - 1);
      assert.ok(after[0].subject.startsWith(`${count - 1} messages`));
    });

    test("nothing overflows at 360 pixels, in light and in dark, and axe finds nothing", async () => {
      for (const width of [360, 1280]) {
        await page.resize(width, 800);
        await eachScheme(page, async (scheme) => {
          assert.ok((await lines()).length >= 4);
          await assertFits(page, `${scheme} at ${width}`);
        });
      }
    });

    test("a search finds subjects in any case; other orders are right too", async () => {
      await page.click("#grouped");
      await page.type("#search", "QUA");
      const found = await lines();
      assert.ok(found.length >= 8 && found.every(({ subject, heading }) => !heading && /qua/i.test(subject)));
      sorted(found.map(({ date }) => new Date(date)), (a, b) => b - a);
      await page.execute(() => {
        const select = document.getElementById("order");
        select.value = "subject";
        select.dispatchEvent(new Event("change"));
      });
      sorted((await lines()).map(({ subject }) => subject.toLowerCase()));
    });

    test("frame times, in categories, with changes and a scroll", async () => {
      await page.execute(() => {
        for (const [id, value, type] of [["search", "", "input"], ["order", "date", "change"]]) {
          const field = document.getElementById(id);
          field.value = value;
          field.dispatchEvent(new Event(type));
        }
      });
      await page.click("#grouped");
      await page.click("#updates");
      await page.click("#scrolls");
      await page.execute(() => document.querySelector("header > button").click());
      await page.execute(() => new Promise((done) => setTimeout(done, 5000)));
      const words = await page.execute(() => document.querySelector(".figures").innerText.replaceAll(/\s+/g, " "));
      console.log(`${engine}, ${rows} rows: ${words}`);
      assert.ok((await lines()).length >= 8);
    });
  });
}
