// What pkg/build.mjs generates: wasm-bindgen's glue cut down to one function, and the module's bytes.

declare module "core:glue" {
  /** Names this build, as the module's custom section "mailspooler" does. */
  export const build: string;
  /** A fresh instance with its own memory at each call. */
  export function instantiate(module: WebAssembly.Module): import("./module.js").CoreExports;
}

declare module "core:inline" {
  const inlined: import("./inline.js").Inlined;
  export const { order, size, marks, plain, text }: typeof inlined;
}

declare module "core:wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "core:tables-glue" {
  export const build: string;
  export function instantiate(module: WebAssembly.Module): import("../tables/core.js").TablesExports;
}

declare module "core:tables-inline" {
  const inlined: import("./inline.js").Inlined;
  export const { order, size, marks, plain, text }: typeof inlined;
}

declare module "core:tables-wasm" {
  const module: WebAssembly.Module;
  export default module;
}

/** dist/tables.js, what src/tables/index.ts becomes. */
declare module "core:tables" {
  export const start: typeof import("../tables/index.js").start;
}

/** Stands for src/error.ts in dist/tables.js: the errors are those of the entry that loads it. */
declare module "core:error" {
  export function adopt(errors: typeof import("../error.js")): void;
}

/** As much of React as is used; its own types are its user's. */
declare module "react" {
  export function useSyncExternalStore<T>(subscribe: (changed: () => void) => () => void, now: () => T, onServer: () => T): T;
}
