// Killed, reloaded, started again: what was accepted arrives once.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { inEach, lasting } from "../lib/engines.mjs";
import { mail, world } from "./jmap-page.mjs";
import { isSubmission } from "./jmap-procedures/world.mjs";

const ROUNDS = 6;
const EACH = 8;

/** The moments differ from run to run; a failure prints them. */
const moments = () => Array.from({ length: ROUNDS }, () => Math.floor(Math.random() * 1500));

/** No submission gets any further: something is unfinished at the end of the page, however fast or slow all else is. */
function hold({ system, heard }) {
  let meet;
  const met = Promise.all([new Promise((done) => { meet = done; }), once(heard, "accepted")]);
  return { met, end: system.proxy.fault({ do: "hand", match: isSubmission, run: () => meet() }) };
}

inEach("jmap and kills", lasting, (engine) => {
  for (const how of ["kill -9", "reload"]) {
    describe(`${how}, ${engine}`, () => {
      test(`at ${ROUNDS} random moments: nothing is lost, nothing arrives twice`, async () => {
        const profile = mkdtempSync(join(tmpdir(), "mailspooler-jmap-"));
        const w = await world(engine, { profile });
        const delays = moments();
        const when = delays.join(" ");
        try {
          await w.open();
          // Most moments fall inside a submission.
          w.system.smtp.fault({ at: "data", delayMs: 150 });
          const all = [];
          let unfinished = 0;
          for (const [round, ms] of delays.entries()) {
            const list = Array.from({ length: EACH }, (_, at) => mail(`r${round}m${at}`));
            all.push(...list);
            const held = round === 0 ? hold(w) : undefined;
            await w.submitLoosely(list);
            await (held?.met ?? new Promise((done) => setTimeout(done, ms)));
            unfinished += list.filter((each) => w.accepted.has(each.name) && w.handed(each).length === 0).length;
            if (how === "reload") await w.show();
            else {
              await w.browser.kill();
              await w.open();
            }
            held?.end();
          }
          const accepted = all.filter(({ name }) => w.accepted.has(name));
          assert.ok(unfinished > 0, `every message was sent before its page ended; ${when}`);
          const states = await w.settled(accepted.map(({ name }) => name));
          await w.system.smtp.idle();
          const inbox = await w.inbox();
          for (const [at, each] of accepted.entries()) {
            assert.ok(["sent", "filed"].includes(states[at]), `${each.name} is ${states[at]}; ${when}`);
            assert.equal(inbox.get(each.messageId), 1, `${each.name}; ${when}`);
          }
          for (const each of all) assert.ok(w.handed(each).length <= 1, `${each.name}; ${when}`);
        } finally {
          await w.stop();
          rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
        }
      });
    });
  }
});
