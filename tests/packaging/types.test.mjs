// A user's TypeScript against the installed declarations, as strict as it gets.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import ts from "typescript";
import { consumer } from "./consumer.mjs";

const program = `
import { init, openSession } from "mailspooler";
import { init as initSlim } from "mailspooler/slim";
import type { Outcome, Report, Session, Table, Transport } from "mailspooler";
import wasm from "mailspooler/mailspooler.wasm";

export const ready: Promise<void> = init();
export const slim: Promise<void> = initSlim({ wasm });
export const open: (...args: Parameters<typeof openSession>) => ReturnType<typeof openSession> = openSession;
export const transport: Transport = {
  uid: "t",
  submitMessage: (message, ctx): Outcome => ({ type: "accepted", remoteId: \`\${message.messageId} \${ctx.attempt}\` }),
};
export const states = (report: Report): string => report.state;
export const rows = (session: Session): Table => session.getStatusTable();
export const flush = (session: Session): Promise<void> =>
  session.openEntry(rows(session).getSnapshot().find((row) => row["resourceType"] === 37)?.["entryId"]).flushQueues({ upload: true });
// @ts-expect-error a transport without a uid is none
export const nameless: Transport = { submitMessage: () => undefined };
`;

describe("declarations", () => {
  let root;
  before(async () => {
    root = await consumer();
    writeFileSync(join(root, "user.mts"), program);
  });

  for (const [name, module, moduleResolution] of [
    ["nodenext", ts.ModuleKind.NodeNext, ts.ModuleResolutionKind.NodeNext],
    ["bundler", ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler],
  ]) {
    test(`a user's strict project compiles under ${name}, library checks on`, () => {
      const checked = ts.createProgram([join(root, "user.mts")], {
        module, moduleResolution, target: ts.ScriptTarget.ES2022, lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
        strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false, noEmit: true, types: [],
      });
      const said = ts.getPreEmitDiagnostics(checked).map(({ file, messageText }) =>
        `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
      assert.deepEqual(said, []);
    });
  }
});
