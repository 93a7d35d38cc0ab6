// From bytes to cores. One compiled module serves the page; every session and every host table instantiates it anew,
// so that one trap harms one of them.
import { build, instantiate } from "core:glue";

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
  read(query: unknown): void;
}

/** What one wasm instance exports. */
export interface CoreExports {
  readonly Core: new (seed: Uint8Array, config: unknown) => Core;
}

/** Makes an independent wasm instance at each call. */
export type CoreFactory = () => CoreExports;

/** Where `mailspooler.wasm` comes from: a compiled module, its bytes, a response, or an address to fetch. */
export type WasmSource = WebAssembly.Module | BufferSource | Response | Request | URL | string;

export interface InitOptions {
  /** Default: the module inside the main entry. */
  readonly wasm?: WasmSource | PromiseLike<WasmSource>;
}

export interface Loader {
  readonly init: (options?: InitOptions) => Promise<void>;
  readonly load: () => CoreFactory;
}

type Inline = () => BufferSource | WebAssembly.Module;

/** One loader per entry. Nothing is decoded or compiled before `init` or `load` is called. */
export function setup(inline?: Inline): Loader {
  let module: WebAssembly.Module | undefined;
  let pending: Promise<void> | undefined;
  const start = async (given: InitOptions["wasm"]) => {
    const source = (await given) ?? inline?.();
    if (source === undefined) throw new Error(missing);
    module ??= checked(await compile(source));
  };
  return {
    init: ({ wasm } = {}) => {
      if (module !== undefined) return Promise.resolve();
      pending ??= start(wasm).finally(() => (pending = undefined));
      return pending;
    },
    load: () => {
      if (module === undefined) {
        const source = inline?.();
        if (source === undefined) throw new Error(missing);
        module = checked(source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source));
      }
      const compiled = module;
      return () => instantiate(compiled);
    },
  };
}

const missing = "expected `await init({ wasm })` before first use of mailspooler/slim; got no module";

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return WebAssembly.compile(source);
  const response = source instanceof Response ? source : await fetch(source);
  if (!response.ok) throw new Error(`expected mailspooler.wasm at ${response.url}; got status ${response.status}`);
  // Not compileStreaming: it refuses servers that do not know the type application/wasm.
  return WebAssembly.compile(await response.arrayBuffer());
}

/** A cached file of another version would fail later and obscurely. */
function checked(module: WebAssembly.Module): WebAssembly.Module {
  const section = WebAssembly.Module.customSections(module, "mailspooler")[0];
  const got = section === undefined ? "another module" : new TextDecoder().decode(section);
  if (got !== build) throw new Error(`expected mailspooler.wasm of build ${build}; got ${got}`);
  return module;
}
