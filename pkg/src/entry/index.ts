// The main entry: the module inside, compiled at first use.
import * as inlined from "core:inline";
import { unpack } from "./inline.js";
import { type InitOptions, setup } from "./module.js";
import { makeOpenSession } from "../session.js";

export * from "../public.js";
export type { InitOptions, WasmSource } from "./module.js";

const loader = /* @__PURE__ */ setup(() => unpack(inlined));

/** Optional: compiles ahead of first use, without blocking. Idempotent; may be tried again after a failure. */
export function init(options?: InitOptions): Promise<void> {
  return loader.init(options);
}

export const openSession = /* @__PURE__ */ makeOpenSession(() => loader.load());
