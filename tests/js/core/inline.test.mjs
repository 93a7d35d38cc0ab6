// The module inside the main entry is text; what comes out is what went in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inline } from "../../../pkg/inline.mjs";
import { packages } from "../../lib/install.mjs";
import { root } from "../../lib/run.mjs";

await packages(join(root, "pkg"));
const { build } = (await import(pathToFileURL(join(root, "pkg/node_modules/esbuild/lib/main.js")).href)).default;
const load = (source) => import(`data:text/javascript;base64,${Buffer.from(source).toString("base64")}`);
const { outputFiles } = await build({ entryPoints: [join(root, "pkg/src/entry/inline.ts")], write: false, format: "esm" });
const { unpack } = await load(outputFiles[0].text);

const cases = {
  "no bytes": [],
  "every byte once": Array.from({ length: 256 }, (_, i) => i),
  "every byte, backwards, the high ones often": Array.from({ length: 4096 }, (_, i) => 255 - (i % 2 ? i % 7 : i >> 4)),
  "one byte many times": Array.from({ length: 999 }, () => 0),
};

for (const [name, values] of Object.entries(cases)) {
  test(name, async () => {
    const source = inline(Uint8Array.from(values));
    assert.deepEqual(Array.from(unpack(await load(source))), values);
    assert.match(source, /^[\n -~]*$/);
  });
}

test("nothing in the text needs an escape in any quoting, or ends an inline script", async () => {
  const { text } = await load(inline(Uint8Array.from(cases["every byte once"])));
  assert.doesNotMatch(text, /["'`\\<$]/);
});
