// A page whose other scripts put enumerable properties on Object.prototype, before and after the package is imported.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { pack } from "../lib/pack.mjs";

const { project, dir } = await pack();
const run = async (source, ...args) =>
  (await promisify(execFile)(process.execPath, ["--input-type=module", "-e", source, ...args], { cwd: project })).stdout.trim();

test("b9: every entry can be imported where Object.prototype has something enumerable", async () => {
  const { exports } = JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
  const entries = Object.keys(exports).filter((name) => !/\.(?:json|wasm)$|react$|tick$/.test(name)).map((name) => `mailspooler${name.slice(1)}`);
  assert.ok(entries.length >= 7);
  const source = `const { writeSync } = await import("node:fs");
    Object.assign(Object.prototype, { foo: 1, own: "x" });
    for (const name of process.argv.slice(1)) await import(name);
    writeSync(1, "imported");`;
  assert.equal(await run(source, ...entries), "imported");
});

/** Sends two messages; a store that is asked without end ends the process. */
const sends = `
  const { writeSync } = await import("node:fs");
  const { memoryStore, openSession } = await import("mailspooler");
  const inner = memoryStore();
  let commits = 0;
  const store = { ...inner, commit: (...args) => ((commits += 1) > 500 ? process.exit(3) : inner.commit(...args)) };
  const [name, isFunction] = process.argv.slice(1);
  Object.prototype[name] = isFunction === "true" ? () => {} : "evil";
  const session = await openSession({
    profile: "p", owner: "me@example.org", store, soleOwner: true,
    transports: [{ uid: "t", submitMessage: () => ({ type: "accepted" }) }],
  });
  const states = [];
  // Node's own Blob cannot be made where descriptors inherit get or set.
  for (const rest of [{ payload: { x: [1] } }, isFunction === "true" ? { payload: 1 } : { content: "Subject: x\\r\\n\\r\\nb" }]) {
    const { id } = await session.submitMessage({ to: "you@example.org", ...rest });
    states.push((await session.settled(id)).state);
  }
  writeSync(1, states.join());
  process.exit(0);
`;

for (const name of ["expect", "raise", "get", "set", "value", "writable", "field", "depth", "other", "maxSize", "ordinary"]) {
  test(`b9: an inherited ${name} changes nothing: mail leaves`, async () => {
    assert.equal(await run(sends, name, String(name === "get" || name === "set")), "sent,sent");
  });
}
