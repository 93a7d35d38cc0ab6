// `mailspooler/react` with React itself, on the server and on its client's terms.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { build } from "esbuild";
import { pathToFileURL } from "node:url";
import { root } from "../../lib/run.mjs";
import { day, hostSide } from "./setup.mjs";

const host = await hostSide("react");
// Beside this file, so that its `react` is the one of this file.
const outfile = join(root, "tests/node_modules/.cache", `mailspooler-react-${process.pid}.mjs`);
await build({ entryPoints: [join(root, "pkg/src/react.ts")], outfile, bundle: true, format: "esm", external: ["react"] });
const { useSnapshot } = await import(pathToFileURL(outfile).href);

test("a component renders the rows of a window", async () => {
  const session = await host.open();
  for (const subject of ["one", "two"]) await session.submitMessage({ to: "b@example.test", subject, payload: {}, holdUntil: Date.now() + day });
  const view = session.getOutgoingQueue().window({ offset: 0, count: 10 });
  const List = () => createElement("ul", null, useSnapshot(view).map((row) => createElement("li", { key: row.id }, row.subject)));
  assert.equal(renderToString(createElement(List)), "<ul><li>one</li><li>two</li></ul>");
});

test("getSnapshot and onChange are functions of their own, and stable", async () => {
  const session = await host.open();
  const view = session.getOutgoingQueue().window({ offset: 0, count: 10 });
  const { getSnapshot, onChange } = view;
  assert.equal(getSnapshot(), getSnapshot());
  const stop = onChange(() => {});
  stop();
});
