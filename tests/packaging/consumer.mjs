// A project of somebody who uses the package: fixtures/app and a real copy of the installed tarball.
import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pack } from "../lib/pack.mjs";

export async function consumer() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "mailspooler-consumer-")));
  process.on("exit", () => rmSync(root, { recursive: true, force: true }));
  const { project } = await pack();
  cpSync(project, root, { recursive: true });
  cpSync(fileURLToPath(new URL("fixtures/app", import.meta.url)), root, { recursive: true });
  return root;
}
