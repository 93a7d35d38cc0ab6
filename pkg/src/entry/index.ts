// The main entry: the module inside, compiled at first use.
import base64 from "core:base64";
import { type InitOptions, setup } from "./module.js";
import { makeOpenSession } from "./placeholder.js";

export * from "../public.js";
export type { InitOptions, WasmSource } from "./module.js";

type Base64 = Uint8ArrayConstructor & { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };

// Not fetch("data:"): that would need `connect-src data:`.
const decode = (): Uint8Array<ArrayBuffer> =>
  (Uint8Array as Base64).fromBase64?.(base64) ?? Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

const loader = /* @__PURE__ */ setup(decode);

/** Optional: compiles ahead of first use, without blocking. Idempotent; may be tried again after a failure. */
export function init(options?: InitOptions): Promise<void> {
  return loader.init(options);
}

export const openSession = /* @__PURE__ */ makeOpenSession(() => loader.load());
