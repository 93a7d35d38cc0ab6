// For runtimes that compile wasm only ahead of time (workerd, edge-light).
import module from "core:wasm";
import { type InitOptions, setup } from "./module.js";
import { makeOpenSession } from "../session.js";

export * from "../public.js";
export type { InitOptions, WasmSource } from "./module.js";

const loader = /* @__PURE__ */ setup(() => module);

/** Optional, as in the main entry. */
export function init(options?: InitOptions): Promise<void> {
  return loader.init(options);
}

export const openSession = /* @__PURE__ */ makeOpenSession(() => loader.load());
