// The main entry: the module inside, compiled at first use.
import base64 from "core:base64";
import { type InitOptions, setup } from "./module.js";
import { makeOpenSession } from "../session.js";

export * from "../public.js";
export type { InitOptions, WasmSource } from "./module.js";

type Base64 = Uint8ArrayConstructor & { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };

// Not fetch("data:"), which would need `connect-src data:`; not Uint8Array.from with a function, twenty times as slow.
function decode(): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as Base64).fromBase64?.(base64);
  if (native) return native;
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const loader = /* @__PURE__ */ setup(decode);

/** Optional: compiles ahead of first use, without blocking. Idempotent; may be tried again after a failure. */
export function init(options?: InitOptions): Promise<void> {
  return loader.init(options);
}

export const openSession = /* @__PURE__ */ makeOpenSession(() => loader.load());
