// From bytes to cores. One compiled module serves the page; every session and every host table instantiates it anew,
// so that one trap harms one of them.
import { asMapiError, MapiError } from "../error.js";
import type { JournalEntry } from "../types/session.js";

/** The class one wasm instance exports; see src/wasm/mod.rs. Pointers are bytes into `memory()`. */
export interface Core {
  room(nums: number, bytes: number): void;
  memory(): WebAssembly.Memory;
  inNums(): number;
  inText(): number;
  outNums(): number;
  outNumsLength(): number;
  outText(): number;
  outTextLength(): number;
  /** Answers the next wake instant, or NaN. */
  step(nums: number, bytes: number, wall: number, mono: number): number;
  /** Answers 0, or the HRESULT of a refusal whose two halves are the answer. */
  read(nums: number, bytes: number): number;
  journal(): JournalEntry[];
}

/** What one wasm instance exports. */
export interface CoreExports {
  readonly Core: new (seed: string, owner: string, keepSent: boolean, canary: boolean, lockless: boolean) => Core;
}

/** Makes an independent wasm instance at each call. */
export type CoreFactory = () => CoreExports;

/** Where `mailspooler.wasm` comes from: a compiled module, its bytes, a response, or an address to fetch. */
export type WasmSource = WebAssembly.Module | BufferSource | Response | Request | URL | string;

/** Options of `init`. */
export interface InitOptions {
  /** Default: the module inside the main entry. */
  readonly wasm?: WasmSource | PromiseLike<WasmSource>;
  /** The module behind `createTable`, for entries without it: `mailspooler/tables.wasm`. */
  readonly tables?: WasmSource | PromiseLike<WasmSource>;
}

/** A module's glue, and the build it belongs to. */
export interface Glue<T> {
  readonly build: string;
  readonly instantiate: (module: WebAssembly.Module) => T;
}

export interface Loader<T> {
  readonly init: (options?: InitOptions) => Promise<void>;
  /** Answers what makes an independent instance at each call. */
  readonly load: () => () => T;
}

type Inline = () => BufferSource | WebAssembly.Module;

/** One loader per entry. Nothing is decoded or compiled before `init` or `load` is called. */
export function setup<T>({ build, instantiate }: Glue<T>, inline?: Inline): Loader<T> {
  let module: WebAssembly.Module | undefined;
  let pending: Promise<void> | undefined;
  const start = async (given: InitOptions["wasm"]) => {
    const source = (await given) ?? inline?.();
    if (source === undefined) throw missing();
    module ??= checked(await compile(source), build);
  };
  return {
    init: ({ wasm } = {}) => {
      if (module !== undefined) return Promise.resolve();
      pending ??= start(wasm).finally(() => (pending = undefined));
      return pending;
    },
    load: () => {
      module ??= checked(compileNow(inline?.()), build);
      const compiled = module;
      return () => instantiate(compiled);
    },
  };
}

const missing = (): MapiError =>
  new MapiError("MAPI_E_NOT_INITIALIZED", "`await init({ wasm })` before first use of mailspooler/slim", "no module");

function compileNow(source: BufferSource | WebAssembly.Module | undefined): WebAssembly.Module {
  if (source === undefined) throw missing();
  if (source instanceof WebAssembly.Module) return source;
  try {
    return new WebAssembly.Module(source);
  } catch (thrown) {
    // Chrome before 114 compiles no more than 4 KB at once on the page.
    throw thrown instanceof RangeError
      ? new MapiError("MAPI_E_NOT_INITIALIZED", "`await init()` first, in a browser as old as this", "RangeError")
      : refused(thrown);
  }
}

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  const bytes = ArrayBuffer.isView(source) || source instanceof ArrayBuffer ? source : await fetched(source);
  return WebAssembly.compile(bytes).catch((thrown: unknown) => {
    throw refused(thrown);
  });
}

/** Most often a Content-Security-Policy, or a page where the module should be. */
const refused = (thrown: unknown): MapiError =>
  asMapiError(thrown, "mailspooler.wasm, and a policy that allows 'wasm-unsafe-eval'", "MAPI_E_CORRUPT_DATA");

async function fetched(source: Response | Request | URL | string): Promise<ArrayBuffer> {
  const expected = "mailspooler.wasm at its address";
  const response = source instanceof Response ? source : await fetch(source).catch((thrown: unknown) => {
    throw asMapiError(thrown, expected, "MAPI_E_NETWORK_ERROR");
  });
  if (!response.ok) throw new MapiError("MAPI_E_NETWORK_ERROR", expected, `status ${response.status}`);
  // Not compileStreaming: it refuses servers that do not know the type application/wasm.
  return response.arrayBuffer();
}

/** A cached file of another version would fail later and obscurely. */
function checked(module: WebAssembly.Module, build: string): WebAssembly.Module {
  const section = WebAssembly.Module.customSections(module, "mailspooler")[0];
  const got = section === undefined ? "another module" : new TextDecoder().decode(section);
  if (got !== build) throw new MapiError("MAPI_E_VERSION", `mailspooler.wasm of build ${build}`, got);
  return module;
}
