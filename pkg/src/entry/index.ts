// The main entry: the module inside, compiled at first use.
import * as glue from "core:glue";
import * as inlined from "core:inline";
import * as errors from "../error.js";
import { unpack } from "./inline.js";
import { type InitOptions, setup } from "./module.js";
import { makeOpenSession } from "../session.js";
import { makeCreateTable } from "../tables/create.js";

export * from "../public.js";
export type { InitOptions, WasmSource } from "./module.js";

const loader = /* @__PURE__ */ setup(glue, () => unpack(inlined));

/** Optional: compiles ahead of first use, without blocking. Idempotent; may be tried again after a failure. */
export function init(options?: InitOptions): Promise<void> {
  return loader.init(options);
}

/**
 * Opens the outbox of one profile and owner. Resolves when the store is readable, before transports are logged on (a
 * deviation from C-012). MAPI_E_INVALID_PARAMETER names the option that is wrong and what came; MAPI_E_CALL_FAILED: no
 * storage; `signal` rejects with its own reason.
 */
export const openSession = /* @__PURE__ */ makeOpenSession(() => loader.load());

/**
 * Opens a table of the host's own rows; no session is needed. The engine is loaded at the first call.
 * MAPI_E_INVALID_PARAMETER for a schema or rows of another form, MAPI_E_TABLE_TOO_BIG for more than 16,777,216 rows (C-224).
 */
export const createTable = /* @__PURE__ */ makeCreateTable(async () => {
  const [{ start }, wasm] = await Promise.all([import("core:tables"), import("core:tables-inline")]);
  return start(errors, unpack(wasm));
});
