// For runtimes that compile wasm only ahead of time (workerd, edge-light).
import * as glue from "core:glue";
import module from "core:wasm";
import * as errors from "../error.js";
import { type InitOptions, setup } from "./module.js";
import { makeOpenSession } from "../session.js";
import { makeCreateTable } from "../tables/create.js";

export * from "../public.js";
export type { InitOptions, WasmSource } from "./module.js";

const loader = /* @__PURE__ */ setup(glue, () => module);

/** Optional, as in the main entry. */
export function init(options?: InitOptions): Promise<void> {
  return loader.init(options);
}

/** As in the main entry. */
export const openSession = /* @__PURE__ */ makeOpenSession(() => loader.load());

/** As in the main entry. */
export const createTable = /* @__PURE__ */ makeCreateTable(async () => {
  const [{ start }, wasm] = await Promise.all([import("core:tables"), import("core:tables-wasm")]);
  return start(errors, wasm.default);
});
