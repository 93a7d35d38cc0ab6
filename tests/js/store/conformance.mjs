// What every store does, in Node and in a page: `cases` by name; each gets { open } and throws what is wrong.
//   open()       another handle on the database of this case

export const show = (value) => JSON.stringify(value, (_, v) => (v instanceof Error ? `${v.name}: ${v.message}` : v));

export function same(actual, expected, what = "") {
  if (show(actual) !== show(expected)) throw new Error(`${what} expected ${show(expected)}, got ${show(actual)}`);
}

/** Only these fields. */
const pick = (row, ...fields) => Object.fromEntries(fields.map((f) => [f, row[f]]));
const keys = (rows) => rows.map((row) => row.key);

export const row = (key, rest = {}) => ({ key, version: 1, nums: [], text: "", ...rest });
export const add = (key, rest) => ({ op: "add", store: "messages", record: row(key, rest) });
export const put = (store, key, rest, expect) => ({ op: "put", store, record: row(key, rest), ...(expect === undefined ? {} : { expect }) });
export const append = (store, rest, raise) => ({ op: "append", store, record: row("", rest), ...(raise === undefined ? {} : { raise }) });
export const strict = { durability: "strict" };
const absent = (index, value, store = "messages") => ({ op: "absent", store, index, value });
const body = (key, content, at = 0) => ({ op: "putBody", key, body: content, at });

/** Commits that must all be written. */
async function written(store, ...batch) {
  const results = await store.commit(batch, strict);
  for (const result of results) if (!result.ok) throw new Error(`expected ok, got ${show(result)}`);
  return results;
}
const all = (store) => store.read({ all: true });

/** The first call of a watcher that is wanted. */
function looks(store) {
  const heard = [];
  const waiting = [];
  store.watch((look) => {
    heard.push(look);
    for (const wake of waiting.splice(0)) wake();
  });
  return async (wanted) => {
    while (!heard.some(wanted)) await new Promise((resolve) => waiting.push(resolve));
    return heard.find(wanted);
  };
}

export const cases = {
  async o_70_schema_number_in_meta_from_the_first_version({ open }) {
    const { meta, ...rest } = await all(open());
    same(meta, [row("schema", { nums: [1] })].map((r) => meta[0] && pick(r, ...Object.keys(meta[0]))));
    same(rest, { messages: [], evidence: [], tombstones: [], config: [], commands: [] }, "empty stores");
  },

  async o_08_seq_is_assigned_in_call_order({ open }) {
    const store = open();
    const names = ["c", "a", "b", "e", "d"];
    const results = await Promise.all(names.map((name) => store.commit([[add(name)]], strict)));
    const seqs = results.map(([{ seqs: [seq] }]) => seq);
    same(seqs, seqs.toSorted((a, b) => a - b), "seq in call order");
    same(keys((await all(store)).messages), names, "read in the order of seq");
    same((await all(store)).messages.map((m) => m.seq), seqs, "the row carries its seq");
  },

  async o_08_seq_is_never_used_again({ open }) {
    const store = open();
    const [{ seqs: [first] }] = await written(store, [add("a")]);
    await written(store, [{ op: "delete", store: "messages", key: "a" }]);
    const [{ seqs: [second] }] = await written(store, [add("a")]);
    if (!(second > first)) throw new Error(`expected more than ${first}, got ${second}`);
  },

  async o_08_a_refused_commit_writes_nothing_and_stops_no_other({ open }) {
    const store = open();
    await written(store, [add("a", { midKey: "m" })]);
    const results = await store.commit([
      [add("b")],
      [append("evidence", { uid: "c" }), absent("midKey", "m"), add("c"), put("config", "x")],
      [add("d")],
    ], strict);
    same(results.map((r) => r.ok), [true, false, true]);
    same(pick(results[1], "reason", "at"), { reason: "exists", at: 1 });
    same(pick(results[1].current, "key", "version"), { key: "a", version: 1 });
    const { messages, evidence, config } = await all(store);
    same([keys(messages), evidence, config], [["a", "b", "d"], [], []]);
  },

  async o_08_a_commit_sees_the_commits_before_it_in_its_batch({ open }) {
    const store = open();
    const results = await store.commit([
      [absent("idKey", "draft"), add("a", { idKey: "draft" })],
      [absent("idKey", "draft"), add("b", { idKey: "draft" })],
      [put("messages", "a", { version: 2, idKey: "other" }, 1)],
      [absent("idKey", "other")],
      [absent("idKey", "draft"), add("c", { idKey: "draft" })],
      [{ op: "delete", store: "messages", key: "a", expect: 2 }],
      [{ op: "exists", store: "messages", key: "a" }],
      [absent("idKey", "other"), absent("key", "a")],
    ], strict);
    same(results.map((r) => (r.ok ? "ok" : r.reason)), ["ok", "exists", "ok", "exists", "ok", "ok", "missing", "ok"]);
    same(results[3].current.version, 2);
    same((await all(store)).messages.map((m) => m.key), ["c"]);
  },

  async o_08_a_row_comes_and_goes_and_comes_in_one_batch({ open }) {
    const store = open();
    await written(store, [add("a")], [{ op: "delete", store: "messages", key: "a" }], [absent("key", "a"), add("a", { text: "again" })], [add("b")]);
    await written(store, [{ op: "delete", store: "messages", key: "a" }], [add("a", { text: "anew" })]);
    same((await all(store)).messages.map((m) => [m.key, m.text]), [["b", ""], ["a", "anew"]]);
  },

  async o_08_a_record_that_cannot_be_stored_fails_alone({ open }) {
    const store = open();
    const results = await store.commit([
      [body("a", "text")],
      [put("config", "half"), body("b", () => {})],
      [body("c", { nested: ["text"] })],
    ], strict);
    same(results.map((r) => r.ok), [true, false, true]);
    same([results[1].reason, results[1].error.code, results[1].indoubt], ["failed", "invalid", false]);
    same([await store.body("a"), await store.body("b"), await store.body("c")], ["text", undefined, { nested: ["text"] }]);
    same((await all(store)).config, [], "nothing of the failed Commit");
  },

  async o_01_a_key_is_added_once({ open }) {
    const store = open();
    const results = await store.commit([[add("a")], [add("a")], [add("b"), add("b")]], strict);
    same(results.map((r) => (r.ok ? "ok" : `${r.reason} ${r.at}`)), ["ok", "exists 0", "exists 1"]);
    same(keys((await all(store)).messages), ["a"]);
  },

  async o_04_indexes_find_what_is_there_now({ open }) {
    const store = open();
    await written(store, [add("a", { midKey: "m", idKey: "i" }), put("tombstones", "t", { midKey: "m", idKey: "j" })]);
    const asks = async () => (await store.commit([
      [absent("midKey", "m")], [absent("idKey", "i")], [absent("uid", "a")], [absent("midKey", "m", "tombstones")], [absent("uid", "t", "tombstones")],
    ], strict)).map((r) => r.ok);
    same(await asks(), [false, false, false, false, false]);
    await written(store, [put("messages", "a", { version: 2 }), { op: "delete", store: "tombstones", key: "t" }]);
    same(await asks(), [true, true, false, true, true], "after the rows have lost them");
  },

  async o_04_two_rows_may_carry_one_message_id({ open }) {
    const store = open();
    await written(store, [add("a", { midKey: "m" })], [add("b", { midKey: "m" })]);
    await written(store, [{ op: "delete", store: "messages", key: "a" }]);
    const [result] = await store.commit([[absent("midKey", "m")]], strict);
    same([result.reason, result.current?.key], ["exists", "b"]);
  },

  async o_07_the_row_needs_its_body({ open }) {
    const store = open();
    const accept = [{ op: "exists", store: "bodies", key: "a" }, add("a")];
    same((await store.commit([accept], strict)).map((r) => [r.reason, r.at]), [["missing", 0]]);
    await written(store, [body("a", "text")]);
    await written(store, accept);
    await written(store, [{ op: "delete", store: "bodies", key: "a" }]);
    same([await store.body("a"), (await store.commit([[{ op: "exists", store: "bodies", key: "a" }]], strict))[0].reason], [undefined, "missing"]);
  },

  async o_07_a_body_comes_back_as_it_was_given({ open }) {
    const store = open();
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    await written(store, [
      body("blob", new Blob([bytes], { type: "message/rfc822" })), body("buffer", bytes.buffer.slice(0)),
      body("text", "caf\u00e9\r\n"), body("payload", { email: { to: ["a@b.c"], sent: new Date(5) } }),
    ]);
    const blob = await store.body("blob");
    same([blob instanceof Blob, blob.type, [...new Uint8Array(await blob.arrayBuffer())]], [true, "message/rfc822", [...bytes]]);
    const buffer = await store.body("buffer");
    same([buffer instanceof ArrayBuffer, [...new Uint8Array(buffer)]], [true, [...bytes]]);
    same([await store.body("text"), await store.body("payload")], ["caf\u00e9\r\n", { email: { to: ["a@b.c"], sent: new Date(5) } }]);
    await written(store, [body("nested", { content: new Blob([bytes], { type: "message/rfc822" }), props: {} })]);
    const { content } = await store.body("nested");
    same([content instanceof Blob, content.type, content.size], [true, "message/rfc822", 256]);
    new Uint8Array(buffer).fill(0);
    same(new Uint8Array(await store.body("buffer"))[255], 255, "a copy each time");
  },

  async o_07_a_payload_is_kept_as_it_was_when_given({ open }) {
    const store = open();
    const payload = { to: ["a@b.c"] };
    const done = written(store, [body("a", payload)]);
    await done;
    payload.to.push("evil@b.c");
    same(await store.body("a"), { to: ["a@b.c"] });
  },

  async o_60_compare_and_set_refuses_another_version({ open }) {
    const store = open();
    await written(store, [add("a"), put("config", "c", { version: 4 })]);
    const results = await store.commit([
      [put("messages", "a", { version: 9 }, 2)],
      [put("messages", "gone", {}, 1)],
      [put("config", "c", {}, null)],
      [{ op: "delete", store: "config", key: "c", expect: 3 }],
      [{ op: "delete", store: "config", key: "gone", expect: 1 }],
      [put("messages", "a", { version: 2 }, 1)],
      [put("config", "d", {}, null)],
      [{ op: "delete", store: "config", key: "gone" }],
    ], strict);
    same(results.map((r) => (r.ok ? "ok" : r.reason)), ["conflict", "missing", "exists", "conflict", "missing", "ok", "ok", "ok"]);
    same([results[0].current.version, results[2].current.version], [1, 4]);
    same((await all(store)).messages.map((m) => m.version), [2]);
  },

  async o_60_a_put_keeps_the_seq_of_its_row({ open }) {
    const store = open();
    const [, { seqs: [seq] }] = await written(store, [add("a")], [add("b")], [add("c")]);
    await written(store, [put("messages", "b", { version: 2, seq: 77, at: 5 })]);
    same((await all(store)).messages.map((m) => [m.key, m.version]), [["a", 1], ["b", 2], ["c", 1]]);
    same(pick((await all(store)).messages[1], "seq", "at"), { seq, at: 5 });
  },

  async o_60_two_contexts_compare_and_set_one_row({ open }) {
    const [one, two] = [open(), open()];
    await written(one, [add("a")]);
    const race = (store, who) => store.commit([[put("messages", "a", { version: 2, text: who }, 1)]], strict);
    const [[first], [second]] = await Promise.all([race(one, "one"), race(two, "two")]);
    same(first.ok !== second.ok, true, "one wins");
    const lost = first.ok ? second : first;
    same([lost.reason, lost.current.text], ["conflict", first.ok ? "one" : "two"]);
  },

  async o_71_the_fence_refuses_another_epoch({ open }) {
    const store = open();
    const commit = (epoch) => store.commit([[{ op: "fence", epoch }, put("config", "c")]], strict);
    same((await commit(1)).map((r) => r.reason), ["fenced"], "no driver yet");
    await written(store, [put("meta", "driver", { nums: [1] }, null)]);
    await written(store, [{ op: "fence", epoch: 1 }, put("meta", "driver", { version: 2, nums: [2] }, 1)]);
    const [old] = await commit(1);
    same([old.reason, old.at, old.current.nums], ["fenced", 0, [2]]);
    same((await all(store)).config, []);
    same((await commit(2)).map((r) => r.ok), [true]);
  },

  async o_71_a_new_epoch_fences_the_rest_of_the_batch({ open }) {
    const store = open();
    await written(store, [put("meta", "driver", { nums: [1] })]);
    const results = await store.commit([
      [{ op: "fence", epoch: 1 }, put("config", "a")],
      [put("meta", "driver", { nums: [2] })],
      [{ op: "fence", epoch: 1 }, put("config", "b")],
    ], strict);
    same(results.map((r) => (r.ok ? "ok" : r.reason)), ["ok", "ok", "fenced"]);
  },

  async o_72_appending_evidence_raises_the_row({ open }) {
    const store = open();
    await written(store, [add("a")], [add("b")]);
    const results = await written(store,
      [append("evidence", { uid: "a", text: "one" }, "a"), append("evidence", { uid: "a", text: "two" }, "a")],
      [append("evidence", { uid: "gone", text: "three" }, "gone")]);
    const { messages, evidence } = await all(store);
    same(messages.map((m) => [m.key, m.version]), [["a", 3], ["b", 1]]);
    same(evidence.map((e) => [e.uid, e.text]), [["a", "one"], ["a", "two"], ["gone", "three"]]);
    same(keys(evidence), results.flatMap((r) => r.seqs).map(String), "the assigned keys");
  },

  async o_72_evidence_is_raised_and_merged_in_one_batch({ open }) {
    const store = open();
    const results = await store.commit([
      [add("a")],
      [append("evidence", { uid: "a" }, "a")],
      [put("messages", "a", { version: 2, text: "stale" }, 1)],
      [put("messages", "a", { version: 3, text: "merged" }, 2)],
      [add("b"), append("evidence", { uid: "b" }, "b")],
    ], strict);
    same(results.map((r) => (r.ok ? "ok" : r.reason)), ["ok", "ok", "conflict", "ok", "ok"]);
    same((await all(store)).messages.map((m) => [m.key, m.version, m.text]), [["a", 3, "merged"], ["b", 2, ""]]);
  },

  async o_72_appended_rows_are_found_changed_and_removed_by_key({ open }) {
    const store = open();
    const [{ seqs }] = await written(store, [append("commands", { uid: "a" }), append("commands", { uid: "b" })]);
    const [first, second] = seqs.map(String);
    const results = await store.commit([
      [{ op: "exists", store: "commands", key: first }],
      [absent("uid", "b", "commands")],
      [put("commands", first, { version: 2 }, 1)],
      [put("commands", "99", {})], [put("commands", "word", {})],
      [{ op: "delete", store: "commands", key: second, expect: 1 }, { op: "delete", store: "commands", key: "word" }],
      [absent("uid", "b", "commands")],
    ], strict);
    same(results.map((r) => (r.ok ? "ok" : r.reason)), ["ok", "exists", "ok", "missing", "missing", "ok", "ok"]);
    same((await all(store)).commands.map((c) => [c.key, c.version]), [[first, 2]]);
  },

  async o_75_a_read_after_a_commit_sees_it({ open }) {
    const store = open();
    const commit = store.commit([[add("a")]], strict);
    const read = all(store);
    same([(await commit)[0].ok, keys((await read).messages)], [true, ["a"]]);
  },

  async o_75_a_read_by_keys_has_all_that_belongs_to_them({ open }) {
    const store = open();
    await written(store,
      [add("a"), add("b"), add("c"), put("tombstones", "t"), put("tombstones", "u"), put("config", "x"), put("meta", "driver", { nums: [1] })],
      [append("evidence", { uid: "b", text: "1" }), append("evidence", { uid: "c" }), append("evidence", { uid: "b", text: "2" }), append("commands")]);
    const some = await store.read({ keys: ["b", "t", "a", "b", "nowhere"] });
    same([keys(some.messages), keys(some.tombstones), some.evidence.map((e) => e.text)], [["a", "b"], ["t"], ["1", "2"]]);
    same([keys(some.meta), keys(some.config), some.commands.length], [["driver", "schema"], ["x"], 1]);
    const none = await store.read({ keys: [] });
    same([none.messages, none.evidence, none.tombstones, keys(none.meta)], [[], [], [], ["driver", "schema"]]);
  },

  async o_08_an_empty_commit_and_an_empty_batch_are_answered({ open }) {
    const store = open();
    same(await store.commit([], strict), []);
    same(await store.commit([[]], strict), [{ ok: true, seqs: [] }]);
    same((await store.commit([[], [add("a")], []], { durability: "relaxed" })).map((r) => r.ok), [true, true, true]);
  },

  async o_70_others_are_told_what_to_look_at({ open }) {
    const [one, two] = [open(), open()];
    await all(two);
    const mine = looks(one);
    const theirs = looks(two);
    await written(one, [add("a"), append("evidence", { uid: "b" }, "c")]);
    same(await theirs((look) => look?.includes("a")), ["a", "c", "b"]);
    await written(one, [append("commands")]);
    same(await theirs((look) => look?.length === 0), [], "no message, but look");
    await one.commit([[absent("key", "a"), add("a")]], strict);
    await written(two, [add("z")]);
    same(await mine((look) => look !== null), ["z"], "not told about its own");
  },

  async o_70_a_watcher_that_left_is_not_called({ open }) {
    const [one, two] = [open(), open()];
    await all(two);
    const left = [];
    two.watch((look) => left.push(look))();
    const theirs = looks(two);
    await written(one, [add("a")]);
    await theirs((look) => look?.includes("a"));
    same(left, []);
  },

  async o_70_erase_leaves_nothing_and_tells_the_others({ open }) {
    const [one, two] = [open(), open()];
    await written(one, [add("a"), put("meta", "driver", { nums: [4] }), put("config", "c")], [append("evidence", { uid: "a" })]);
    await written(one, [body("a", "text")]);
    await all(two);
    const theirs = looks(two);
    await one.erase();
    await theirs((look) => look === null);
    const { meta, ...rest } = await all(two);
    same([keys(meta), rest, await two.body("a")], [["schema"], { messages: [], evidence: [], tombstones: [], config: [], commands: [] }, undefined]);
    same((await two.commit([[add("b")]], strict))[0].ok, true, "the other goes on, empty");
    same(keys((await all(open())).messages), ["b"]);
  },

  async o_75_a_closed_store_answers_everything({ open }) {
    const store = open();
    await written(store, [add("a")]);
    store.close();
    store.close();
    const [result] = await store.commit([[add("b")]], strict);
    same([result.reason, result.error.code, result.indoubt], ["failed", "closed", false]);
    const codes = await Promise.all([all(store), store.body("a")].map((p) => p.then(() => "answered", (error) => error.code)));
    same(codes, ["closed", "closed"]);
    same(keys((await all(open())).messages), ["a"], "the rows outlive the handle");
  },
};
