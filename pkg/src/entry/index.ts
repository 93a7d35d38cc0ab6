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

export const openSession = /* @__PURE__ */ makeOpenSession(() => loader.load());

export const createTable = /* @__PURE__ */ makeCreateTable(async () => {
  const [{ start }, wasm] = await Promise.all([import("core:tables"), import("core:tables-inline")]);
  return start(errors, unpack(wasm));
});
