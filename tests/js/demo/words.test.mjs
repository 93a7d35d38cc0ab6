// The message catalogue knows every code that the library's explanations have.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { packages } from "../../lib/install.mjs";
import { root } from "../../lib/run.mjs";

await packages(join(root, "pkg"));
const { build } = createRequire(join(root, "pkg/package.json"))("esbuild");
const { outputFiles } = await build({ entryPoints: [join(root, "www/src/words.ts")], bundle: true, alias: { "mailspooler/words": join(root, "pkg/src/words.ts") }, format: "esm", write: false });
const words = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);

const source = readFileSync(join(root, "src/session/why.rs"), "utf8");
/** In why.rs a code stands before its scope, alone in its arm, or as the remnant of a row's. */
const codes = [
  ...source.matchAll(/\("([a-zA-Z.]+)",\s*"(?:recipient|message|account|transport|network|session|storage)"/g),
  ...source.matchAll(/waits\("([a-zA-Z.]+)"/g),
  ...source.matchAll(/\{ "([a-z]+(?:\.[a-zA-Z]+)?)" \}/g),
  ...source.matchAll(/=> "([a-zA-Z.]+)",/g),
].map(([, code]) => code);

test("every code of why.rs has a sentence of its own", () => {
  assert.ok(codes.length > 30, `found ${codes.length} codes`);
  const silent = new Set(["passed", "available"]);
  for (const code of codes) {
    if (silent.has(code)) continue;
    assert.notEqual(words.sentence({ code, args: {} }), words.sentence({ code: "no such code", args: {} }), code);
  }
});

test("a sentence names the transport and the server's own words", () => {
  assert.match(words.sentence({ code: "parked.auth", args: { transport: "North post office" } }), /^North post office refused the sign-in/);
  assert.match(words.sentence({ code: "rejected", args: { code: "550", text: "550 5.1.1 no such user" } }), /550 5\.1\.1 no such user/);
  assert.equal(words.recipientSentence({ emailAddress: "a@b.test", status: "rejected", code: "550", text: "550 5.1.1 no such user" }), "a@b.test: refused (550 5.1.1 no such user)");
  assert.equal(words.sentence({ code: "rejected", args: { code: "550", text: "No such user." } }), "It was refused: No such user.");
  assert.equal(words.sentence({ code: "rejected", args: { code: "413" } }), "It was refused: 413.");
  assert.match(words.sentence({ code: "rejected", args: { code: "tooLarge", text: "" } }), /: it is too large\.$/);
  assert.equal(words.recipientSentence({ emailAddress: "a@b.test", status: "open" }), "a@b.test: not offered yet");
});

test("a refusal is told without MAPI's names, unknown ones too", () => {
  assert.equal(words.errorSentence({ code: "MAPI_E_LOGON_FAILED" }), "The server refused the sign-in.");
  assert.equal(words.errorSentence({ code: "MAPI_E_BUSY" }, { MAPI_E_BUSY: "Moment." }), "Moment.");
  for (const other of [{ code: "toString" }, new Error("secret"), null, undefined, 7]) assert.equal(words.errorSentence(other), "That did not work.");
});

test("a transport's chip says when another window sends, and when the device is offline", () => {
  const chip = (code) => words.standing({ statusCode: 0x110001, resourceType: 36 }, { code }).words;
  assert.deepEqual(["open", "following", "offline"].map(chip), ["Ready", "In another window", "Offline"]);
});

test("status bits become words, trouble first", () => {
  const row = (statusCode) => words.statusWords({ statusCode, resourceType: 36 }).words;
  assert.deepEqual([0x110001, 0x310001, 0x130001, 0x330001, 0x110003, 0x110005, 0].map(row),
    ["Ready", "Sending", "Receiving", "Sending and receiving", "Offline", "Has a problem", "Not available"]);
});

test("times are told in one unit", () => {
  assert.deepEqual([0, 40_000, 90_000, 7_200_000, 5 * 86_400_000].map((ms) => words.fromNow(ms, 0)), ["now", "in 40 seconds", "in 2 minutes", "in 2 hours", "in 5 days"]);
});
