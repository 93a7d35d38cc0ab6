// The public names and their types, as the installed declarations have them. A change is seen here first:
// BLESS=1 node --test tests/packaging/api.test.mjs writes fixtures/api.txt anew.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import { pack } from "../lib/pack.mjs";

const fixture = new URL("fixtures/api.txt", import.meta.url);
const { dir } = await pack();
const { exports } = JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
const declared = Object.entries(exports).filter(([, target]) => target.types).map(([name, { types }]) => [name, join(dir, types)]);

const program = ts.createProgram(declared.map(([, file]) => file), {
  module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022, lib: ["lib.es2023.d.ts", "lib.dom.d.ts"], strict: true, types: [],
});
const checker = program.getTypeChecker();
const resolved = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
const exportsOf = (file) => {
  const module = checker.getSymbolAtLocation(program.getSourceFile(file));
  return module ? checker.getExportsOfModule(module) : [];
};

function listing() {
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;
  const typeOf = (symbol) => checker.typeToString(checker.getTypeOfSymbol(symbol), undefined, flags).replaceAll(/\s+/g, " ");

  const lines = ([name, file]) => {
    const all = exportsOf(file);
    if (all.length === 0) return [name];
    return all.map((exported) => {
      const symbol = resolved(exported);
      return symbol.flags & ts.SymbolFlags.Value ? `${name} ${exported.name}: ${typeOf(symbol)}` : `${name} type ${exported.name}`;
    }).sort();
  };
  return declared.flatMap(lines);
}

test("the public names and types are the known ones", () => {
  const now = listing();
  if (process.env.BLESS === "1") writeFileSync(fixture, `${now.join("\n")}\n`);
  const known = readFileSync(fixture, "utf8").trimEnd().split("\n");
  assert.deepEqual(now.filter((line) => !known.includes(line)), [], "new or changed");
  assert.deepEqual(known.filter((line) => !now.includes(line)), [], "gone or changed");
});

test("every public name says what it is, and every function of a public interface what it does", () => {
  const told = (symbol) => symbol.getDocumentationComment(checker).length > 0;
  // What the host brings is described where it is asked for; these are named after what they answer.
  const plain = /^(Canary|Clock|Cursor|PropertySheetElement|SheetContent|SheetWords|InboundPreprocessor|OutboundPreprocessor)\./;
  const mute = [];
  // MAPI's numbers are explained by MAPI's names.
  for (const [name, file] of declared.filter(([entry]) => entry !== "./mapi" && !entry.endsWith(".wasm"))) {
    for (const exported of exportsOf(file)) {
      const symbol = resolved(exported);
      if (!told(symbol)) mute.push(`${name} ${exported.name}`);
      if (!(symbol.flags & ts.SymbolFlags.Interface)) continue;
      for (const member of symbol.members?.values() ?? []) {
        const calls = member.flags & ts.SymbolFlags.TypeParameter ? [] : checker.getNonNullableType(checker.getTypeOfSymbol(member)).getCallSignatures();
        if (calls.length > 0 && !told(member) && !plain.test(`${exported.name}.${member.name}`)) mute.push(`${name} ${exported.name}.${member.name}`);
      }
    }
  }
  assert.deepEqual(mute, []);
});
