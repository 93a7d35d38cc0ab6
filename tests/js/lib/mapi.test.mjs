// The numbers hosts import are the core's.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { command, file, made } from "../../lib/mapi.mjs";

test("pkg/src/mapi.ts is made of the core's numbers", () => {
  assert.equal(readFileSync(file, "utf8"), made(), `bring it up to date: ${command}`);
});

test("it holds every group, and each name once", () => {
  const names = [...made().matchAll(/^export const (\w+) = (-?\w+);$/gm)].map(([, name]) => name);
  for (const name of ["PR_STATUS_CODE", "STATUS_OUTBOUND_FLUSH", "MAPI_SPOOLER", "FLUSH_ASYNC_OK", "NOTIFY_CANCEL_MESSAGE", "MSGSTATUS_REMOTE_DOWNLOAD"]) {
    assert.ok(names.includes(name), name);
  }
  assert.equal(new Set(names).size, names.length);
});
