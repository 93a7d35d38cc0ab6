// Without the module inside: `await init({ wasm })` comes first.
import { type InitOptions, setup } from "./module.js";
import { makeOpenSession } from "../session.js";

export * from "../public.js";
export type { InitOptions, WasmSource } from "./module.js";

const loader = /* @__PURE__ */ setup();

/** Fetches and compiles `mailspooler/mailspooler.wasm`. Idempotent; may be tried again after a failure. */
export function init(options?: InitOptions): Promise<void> {
  return loader.init(options);
}

export const openSession = /* @__PURE__ */ makeOpenSession(() => loader.load());
