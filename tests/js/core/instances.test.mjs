// One compiled module, many instances: what happens in one is nothing to another.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { pack } from "../../lib/pack.mjs";

const { dir, glue } = await pack();
const module = new WebAssembly.Module(readFileSync(join(dir, "dist/mailspooler.wasm")));
const { build, instantiate } = await import(pathToFileURL(glue).href);

const fresh = () => {
  const { Core } = instantiate(module);
  return new Core("00".repeat(32), "a@example.test", false, false);
};
const works = (core) => {
  core.room(4, 4);
  return Number.isNaN(core.step(0, 0, 0, 0));
};
const trap = (core) => assert.throws(() => core.room(2 ** 31, 0), WebAssembly.RuntimeError);

test("every call answers an instance with a memory of its own", () => {
  const memories = new Set(Array.from({ length: 10 }, () => fresh().memory()));
  assert.equal(memories.size, 10);
});

test("a trap ends one instance; the others and the next go on", () => {
  const [doomed, other] = [fresh(), fresh()];
  trap(doomed);
  assert.ok(works(other));
  assert.ok(works(fresh()));
});

test("nothing is freed behind the back of a trapped instance", () => {
  const Registry = globalThis.FinalizationRegistry;
  let made = 0;
  globalThis.FinalizationRegistry = function counted(...args) {
    made += 1;
    return new Registry(...args);
  };
  try {
    trap(fresh());
  } finally {
    globalThis.FinalizationRegistry = Registry;
  }
  assert.equal(made, 0);
});

test("the module says which build it is, as the glue does", () => {
  const [section] = WebAssembly.Module.customSections(module, "mailspooler");
  assert.equal(new TextDecoder().decode(section), build);
});

test("the module asks nothing of the page but wasm-bindgen's own helpers", () => {
  const foreign = WebAssembly.Module.imports(module).filter(({ name }) => !/^__wb(g|indgen)_/.test(name));
  assert.deepEqual(foreign, []);
});

test("no name of a clock, a random source or a promise is imported", () => {
  const names = WebAssembly.Module.imports(module).map(({ name }) => name);
  assert.deepEqual(names.filter((name) => /random|crypto|now|date|promise|then|fetch|timeout/i.test(name)), []);
});
