// The demo's MIME: what is composed must be legal on the wire and read back as it was typed.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { packages } from "../../lib/install.mjs";
import { root } from "../../lib/run.mjs";

await packages(join(root, "pkg"));
await packages(join(root, "www"));
const { build } = createRequire(join(root, "pkg/package.json"))("esbuild");
const { outputFiles } = await build({ entryPoints: [join(root, "www/src/mime.ts")], bundle: true, format: "esm", write: false });
const { compose, draftOf, encodedWords, mailboxes, read } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);

const alice = { address: "alice@example.test", name: "\u00c4lice, \"of\" Wonder" };
const draft = (fields) => ({ id: "d1", to: "bob@example.test", cc: "", bcc: "", subject: "Hello", text: "Hi", files: [], ...fields });
const parsed = async (fields) => read(new Blob([compose(draft(fields), alice)]));

test("every line is ASCII, ends in CRLF and keeps RFC 5322's length", () => {
  const raw = compose(draft({
    to: Array.from({ length: 50 }, (_, at) => `K\u00f6nig ${at} <person${at}@example.test>`).join(", "),
    subject: "\u00fcber ".repeat(90), text: "x".repeat(5000),
    files: [{ name: "b\u00fccher \"x\"\r\n.txt", type: "text/plain", bytes: new Uint8Array(100_000).fill(200) }],
  }), alice);
  assert.match(raw, /^[\x20-\x7e\r\n\t]*$/);
  assert.equal(raw.replaceAll("\r\n", "").search(/[\r\n]/), -1);
  for (const line of raw.split("\r\n")) assert.ok(line.length <= 998, line);
});

test("text, subject, names and files read back as they were typed", async () => {
  const bytes = new Uint8Array(70_000).map((_, at) => at % 251);
  const email = await parsed({
    to: "J\u00fcrgen <juergen@example.test>, carol@b\u00fccher.test", cc: "dave@example.test", bcc: "hidden@example.test",
    subject: "\ud83d\udc1f ".repeat(60).trim(), text: "one\r\ntwo\n\n.\n..\nFrom me\n",
    files: [{ name: "b\u00fccher.bin", type: "application/octet-stream", bytes }],
  });
  assert.equal(email.subject, "\ud83d\udc1f ".repeat(60).trim());
  assert.equal(email.text.replaceAll("\r\n", "\n"), "one\ntwo\n\n.\n..\nFrom me\n");
  assert.deepEqual(email.from, alice);
  assert.deepEqual(email.to.map(({ name, address }) => [name, address]), [["J\u00fcrgen", "juergen@example.test"], ["", "carol@xn--bcher-kva.test"]]);
  assert.equal(email.bcc, undefined);
  assert.equal(email.messageId, "<d1@example.test>");
  const [file] = email.attachments;
  assert.equal(file.filename, "b\u00fccher.bin");
  assert.deepEqual(new Uint8Array(file.content), bytes);
});

test("nothing typed becomes a header or a part of its own", async () => {
  const evil = "Hello\r\nBcc: eve@example.test\r\n\r\nbody";
  const email = await parsed({ subject: evil, to: `"x\r\nBcc: eve@example.test" <bob@example.test>`, files: [{ name: 'a"; filename="b\r\nX-Evil: 1', type: "text/plain", bytes: new Uint8Array(1) }] });
  assert.equal(email.headers.some(({ key }) => key === "bcc" || key === "x-evil"), false);
  assert.equal(email.attachments.length, 1);
});

test("encoded words end between characters and are at most 75 long", () => {
  for (const words of encodedWords(`${"\u00e4".repeat(100)}\ud83d\udc1f`.repeat(3)).split("\r\n ")) {
    assert.ok(words.length <= 75);
    assert.doesNotThrow(() => new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(words.slice("=?utf-8?B?".length, -2), "base64")));
  }
  assert.equal(encodedWords("plain"), "plain");
});

test("addresses may be separated by commas or semicolons, with names", () => {
  assert.deepEqual(mailboxes("a@b.test; Carol <c@d.test>, nonsense"), [
    { emailAddress: "a@b.test", displayName: "" }, { emailAddress: "c@d.test", displayName: "Carol" }, { emailAddress: "", displayName: "nonsense" },
  ]);
});

test("a message taken back is the draft it was", async () => {
  const first = draft({ to: "Bob <bob@example.test>", cc: "carol@example.test", subject: "Gr\u00fc\u00dfe", text: "one\ntwo", files: [{ name: "a.txt", type: "text/plain", bytes: new Uint8Array([1, 2]) }] });
  const again = await draftOf(new Blob([compose(first, alice)]), ["hidden@example.test"]);
  assert.notEqual(again.id, first.id);
  assert.deepEqual({ ...again, id: first.id, files: again.files.map((file) => ({ ...file, bytes: new Uint8Array(file.bytes) })) }, { ...first, bcc: "hidden@example.test" });
});
