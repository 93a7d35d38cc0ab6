// wasm-bindgen's no-modules output, cut down to `instantiate(module)`: what loads, fetches and caches one global
// instance is left out, so every call answers a fresh one.
//
// Without finalizers: memory goes with the instance, and freeing a trapped object would throw where nobody can catch.
//
//   cutGlue(text, build) → the source of the ES module "core:glue".

export function cutGlue(text, build) {
  const body = between(text, "script_src = new URL(document.currentScript.src, location.href).toString();\n    }\n",
    "    async function __wbg_load(");
  return `export const build = ${JSON.stringify(build)};
export function instantiate(module) {
    const FinalizationRegistry = undefined;
    const exports = { __proto__: null };
${body}
    __wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);
    return exports;
}
`;
}

// wasm-bindgen's version is pinned, so a missing anchor means that somebody raised it: read its output anew.
function between(text, start, end) {
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`expected wasm-bindgen's glue to hold\n${start}… ${end}`);
  return text.slice(from + start.length, to);
}

/** Appends the custom section "mailspooler" that `checked` in src/entry/module.ts reads. */
export function stamp(wasm, build) {
  const name = Buffer.from("mailspooler");
  const content = Buffer.concat([Buffer.from([name.length]), name, Buffer.from(build)]);
  if (content.length > 127) throw new Error("expected a section of one length byte");
  return Buffer.concat([wasm, Buffer.from([0, content.length]), content]);
}
