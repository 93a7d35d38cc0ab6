// The driver's status rows on their way to followers: when they are posted, and what is believed to be them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeTimers } from "../store/clock.mjs";
import { sources } from "../store/sources.mjs";
import { bus } from "./bus.mjs";

const { replicate } = await sources("replica");

const row = { entryId: "00aa", statusString: "Ready", statusCode: 1 };
const read = { id: "00aa", columns: Object.entries(row) };

/** A driver and a follower; `heard` is what the follower was told. */
function pair() {
  const [channels, timers] = [bus(), fakeTimers()];
  const [stranger, heard] = [channels.open(), []];
  const drives = { held: true, epoch: 3 };
  const context = (held) => replicate({
    channel: channels.open(), timers, held,
    published: () => ({ epoch: drives.epoch, rows: [row] }),
    heard: (...all) => heard.push(all),
  });
  return { said: channels.said, timers, heard, drives, post: (message) => stranger.post(message), driver: context(() => drives.held), follower: context(() => false) };
}

test("o_73 changes of one moment are one message, with all rows", () => {
  const { driver, timers, heard } = pair();
  driver.changed();
  driver.changed();
  assert.deepEqual(heard, [], "not yet");
  timers.advance(100);
  assert.deepEqual(heard, [[3, 1, [read]]]);
  driver.changed();
  timers.advance(100);
  assert.deepEqual(heard.at(-1), [3, 2, [read]]);
  assert.deepEqual(timers.pending(), []);
});

test("o_73 whoever asks is answered at once, and only by the driver", () => {
  const { post, said, timers, heard, driver, drives } = pair();
  driver.changed();
  post({ ask: true });
  assert.deepEqual(heard, [[3, 1, [read]]]);
  assert.deepEqual(timers.pending(), [], "what was to be said was said");
  drives.epoch = 0;
  post({ ask: true });
  drives.held = false;
  post({ ask: true });
  assert.equal(said.filter((message) => "status" in message).length, 1, "who does not drive, or not yet, says nothing");
});

test("o_73 a core that breaks when it is asked for its rows posts none, and the next one its own", () => {
  const [channels, timers] = [bus(), fakeTimers()];
  let broken = true;
  const published = () => {
    if (broken) throw new Error("broken");
    return { epoch: 3, rows: [row] };
  };
  const driver = replicate({ channel: channels.open(), timers, held: () => true, published, heard() {} });
  const stranger = channels.open();
  stranger.post({ ask: true });
  driver.changed();
  timers.advance(100);
  assert.equal(channels.said.filter((message) => "status" in message).length, 0);
  broken = false;
  driver.changed();
  timers.advance(100);
  assert.deepEqual(channels.said.at(-1), { status: { epoch: 3, version: 1, rows: [row] } });
});

test("o_73 after its end nothing is posted or heard", () => {
  const { post, said, timers, heard, driver, follower } = pair();
  driver.changed();
  driver.close();
  timers.advance(1_000);
  assert.deepEqual(said, []);
  follower.close();
  post({ status: { epoch: 1, version: 1, rows: [] } });
  assert.deepEqual(heard, []);
});

test("g13 what is no list of rows within bounds is not heard", () => {
  const { post, heard } = pair();
  const good = { epoch: 1, version: 1, rows: [row] };
  const trap = { epoch: 1, version: 1, get rows() { throw new Error("a getter"); } };
  const deep = { entryId: "00", statusString: { a: { b: { c: 1 } } } };
  const wide = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`c${i}`, i]));
  for (const status of [
    null, 7, "rows", [], trap, { ...good, more: 1 }, { ...good, epoch: 0 }, { ...good, epoch: 1.5 }, { ...good, epoch: 2 ** 32 }, { ...good, version: -1 },
    { ...good, version: "1" }, { ...good, rows: {} }, { ...good, rows: Array.from({ length: 257 }, () => row) }, { ...good, rows: [null] },
    { ...good, rows: [{ statusString: "no entry id" }] }, { ...good, rows: [{ entryId: 7 }] }, { ...good, rows: [deep] },
    { ...good, rows: [{ entryId: "00", statusString: "a\0b" }] }, { ...good, rows: [{ entryId: "00", statusString: "\ud800" }] },
    { ...good, rows: [{ ...row, ...wide }] }, { ...good, rows: [{ entryId: "00", statusString: "x".repeat(300_000) }] },
    { ...good, rows: [{ entryId: "00", statusString: () => 1 }] },
  ]) post({ status });
  for (const message of [null, undefined, 7, "status", { beat: 1 }, {}]) post(message);
  assert.deepEqual(heard, []);
  post({ status: good });
  assert.deepEqual(heard, [[1, 1, [read]]]);
});
