// Every rule has a test of its name or a reason, and every name is a rule's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { named, rulesOf, table } from "../../lib/named.mjs";
import { command, stale, wanted } from "../../lib/statements.mjs";

test("names are read", () => {
  assert.deepEqual(rulesOf("g4_g5_no_walk_sends_twice"), ["G4", "G5"]);
  assert.deepEqual(rulesOf("o_72: the answer"), ["O-72"]);
  assert.deepEqual(rulesOf("c_123_o_05_lists"), ["C-123", "O-05"]);
  assert.deepEqual(rulesOf("g18 the wake"), ["G18"]);
  assert.deepEqual(["o_200_000_messages", "c_8_flags", "close", "a g4", "gate"].flatMap(rulesOf), []);
});

test("every rule of the outbox and every guarantee has a test of its name, or a reason", () => {
  const rules = new Map(table("tests/fixtures/rules.tsv").map(([rule, , reason]) => [rule, reason]));
  const tested = named();
  const bare = [...rules].filter(([rule, reason]) => tested.has(rule) === (reason !== "")).map(([rule]) => rule);
  assert.deepEqual(bare, [], "neither a test nor a reason, or both");
  const unknown = [...tested].filter(([rule]) => /^[OG]/.test(rule) && !rules.has(rule)).map(([rule, files]) => `${rule} in ${[...files].join(", ")}`);
  assert.deepEqual(unknown, [], "tests are named after rules that are none");
});

test("every statement of the catalogue has a test of its name, or a reason", () => {
  const { rows, tested } = wanted();
  assert.deepEqual(rows.map(([id]) => id), Array.from({ length: 224 }, (_, at) => `C-${String(at + 1).padStart(3, "0")}`));
  assert.deepEqual(rows.filter(([id, , reason]) => reason === "" && !tested.has(id)), [], `a test of a statement went: give its row a reason, then ${command}`);
  const unknown = [...tested].filter(([rule]) => rule.startsWith("C") && !rows.some(([id]) => id === rule));
  assert.deepEqual(unknown, []);
});

test("the README says which statements hold", () => {
  assert.deepEqual(stale(), [], command);
});
