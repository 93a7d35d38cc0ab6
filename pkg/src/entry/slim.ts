// Without the module inside: `await init({ wasm })` comes first.
import * as glue from "core:glue";
import * as errors from "../error.js";
import { type InitOptions, setup, type WasmSource } from "./module.js";
import { makeOpenSession } from "../session.js";
import { makeCreateTable } from "../tables/create.js";

export * from "../public.js";
export type { InitOptions, WasmSource } from "./module.js";

const loader = /* @__PURE__ */ setup(glue);
let tables: WasmSource | PromiseLike<WasmSource> | undefined;

/**
 * Fetches and compiles `mailspooler/mailspooler.wasm`. Idempotent; may be tried again after a failure. What `tables`
 * names is fetched at the first `createTable`.
 */
export function init(options?: InitOptions): Promise<void> {
  tables = options?.tables ?? tables;
  if (options?.tables !== undefined && options.wasm === undefined) return Promise.resolve();
  return loader.init(options);
}

/** As in the main entry; MAPI_E_NOT_INITIALIZED before `init({ wasm })` has resolved. */
export const openSession = /* @__PURE__ */ makeOpenSession(() => loader.load());

/** As in the main entry; MAPI_E_NOT_INITIALIZED before `init({ tables })`. */
export const createTable = /* @__PURE__ */ makeCreateTable(async () => {
  const [{ start }, wasm] = await Promise.all([import("core:tables"), tables]);
  if (wasm === undefined) throw new errors.MapiError("MAPI_E_NOT_INITIALIZED", "`init({ tables })` before createTable of mailspooler/slim", "no module");
  return start(errors, wasm);
});
