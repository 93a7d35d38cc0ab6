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
export const again = (table: Table): void => { table.sortTable(table.querySortOrder().order); table.setColumns(table.queryColumns()); };
export const columns = (table: Table): string[] => table.queryColumns();
export const flush = (session: Session): Promise<void> =>
  session.openEntry(rows(session).getSnapshot().find((row) => row["resourceType"] === 37)?.["entryId"]).flushQueues({ upload: true });
// @ts-expect-error a transport without a uid is none
export const nameless: Transport = { submitMessage: () => undefined };
`;

/** What a schema lets TypeScript know of a table; each refusal on a line of its own. */
const tables = `
import { createTable, type Heading, type HostTable, type JsonBytes } from "mailspooler";

interface Mail { id: string; sender: string; size: number; read?: boolean; tags?: readonly string[]; body?: string }
declare const mails: readonly Mail[];
declare const json: JsonBytes;
const table = await createTable({ id: "string", sender: "string", size: "long", read: "boolean", tags: "mvString" }, mails, { unread: { property: "read", op: "eq", value: false } });

table.restrict({ and: [{ property: "size", op: "gt", value: 5 }, { property: "tags", op: "eq", value: "x" }, { property: "tags[]", op: "eq", value: "x" }, { exist: 0x80000003 }, { not: { content: "sender", match: "full", value: "a" } }] });
table.setColumns(["id", "tags[]", "instanceKey", "0x3001001F"]);
table.sortTable([{ property: "sender", order: "ascending" }, { property: "contentCount", order: "descending" }]);
table.sortTable(table.querySortOrder().order);
table.setColumns(table.queryColumns());
table.setColumns(table.queryColumns({ all: true }));
export const namesOf: string[] = table.queryColumns();
table.apply([{ put: { id: "x", sender: "s", size: 1 } }, { update: "x", with: { size: 2, body: "b" } }, { remove: "x" }]);
export const heads: Heading[] = [];
export const shown: Mail[] = [];
table.subscribe((lines) => { for (const line of lines) if ("rowType" in line) heads.push(line); else shown.push(line); });

// @ts-expect-error no such column
table.restrict({ property: "sendr", op: "eq", value: "x" });
// @ts-expect-error a number's column
table.restrict({ property: "size", op: "eq", value: "x" });
// @ts-expect-error one value of a text's column
table.findRow({ property: "tags", op: "eq", value: 5 });
// @ts-expect-error deep inside
table.restrict({ or: [{ not: { exist: "sendr" } }] });
// @ts-expect-error no such column
table.setColumns(["nope"]);
// @ts-expect-error a column with one value
table.setColumns(["id[]"]);
// @ts-expect-error no such column
table.sortTable([{ property: "nope", order: "ascending" }]);
// @ts-expect-error no such column
table.openView().sortTable([{ property: "nope", order: "ascending" }]);
// @ts-expect-error two changes in one
table.apply([{ put: { id: "x", sender: "s", size: 1 }, remove: "x" }]);
// @ts-expect-error a row without what every row has
table.apply([{ put: { id: "x" } }]);
// @ts-expect-error no column has such values
table.apply([{ remove: { a: 1 } }]);
// @ts-expect-error no column has such values
table.get(Symbol());
// @ts-expect-error no such column
await createTable({ id: "string" }, mails, { unread: { exist: "nope" } });
// @ts-expect-error no such column
await createTable({ id: "string" }, mails, { key: "nope" });
// @ts-expect-error a text in a number's column
await createTable({ id: "long" }, [{ id: "a" }]);

const keyed = await createTable({ n: "long", id: "string" }, mails.map(({ id }, n) => ({ id, n })), { key: "id" });
keyed.get("a");
// @ts-expect-error rows are named by texts
keyed.get(5);
// @ts-expect-error rows are named by texts
keyed.apply([{ update: 5, with: { n: 9 } }]);

const parsed = await createTable({ id: "long", s: "string" }, { json: [json] });
export const all: { id: number | null; s: string | null } | undefined = parsed.get(1);
parsed.apply([{ put: { id: 2 } }, { update: 2, with: { s: "x" } }]);
declare const either: { json: JsonBytes } | readonly Mail[];
const mixed = await createTable({ id: "string", size: "long" }, either);
export const one: Mail | { readonly id: string | null; readonly size: number | null } | undefined = mixed.get("a");
mixed.apply([{ put: { id: "x", sender: "s", size: 1 } }]);
declare const unknowable: any;
const loose = await createTable({ id: "string", size: "long" }, unknowable);
export const whatever: string | null | undefined = loose.get("a")?.id;
// @ts-expect-error rows of JSON have all columns, these need not
export const certain: string | null = loose.get("a")!.id;
// @ts-expect-error no such column
loose.setColumns(["nope"]);

const columns = await createTable({ id: "long", s: "string" }, { id: new Int32Array(2), s: ["a", null] });
export const id: number | null | undefined = columns.get(1)?.id;

const schema = { id: "string", size: "long" } as const;
const kept = await createTable(schema, mails);
// @ts-expect-error no such column
kept.setColumns(["nope"]);
export const wide: HostTable<Mail> = kept;
wide.restrict({ property: "anything", op: "eq", value: 1 });
export const row: string | undefined = kept.get("a")?.body;
`;

describe("declarations", () => {
  let root;
  before(async () => {
    root = await consumer();
    writeFileSync(join(root, "user.mts"), program);
    writeFileSync(join(root, "tables.mts"), tables);
  });

  for (const [name, module, moduleResolution] of [
    ["nodenext", ts.ModuleKind.NodeNext, ts.ModuleResolutionKind.NodeNext],
    ["bundler", ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler],
  ]) {
    test(`a user's strict project compiles under ${name}, library checks on`, () => {
      const checked = ts.createProgram([join(root, "user.mts"), join(root, "tables.mts")], {
        module, moduleResolution, target: ts.ScriptTarget.ES2022, lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
        strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false, noEmit: true, types: [],
      });
      const said = ts.getPreEmitDiagnostics(checked).map(({ file, messageText }) =>
        `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
      assert.deepEqual(said, []);
    });
  }
});
