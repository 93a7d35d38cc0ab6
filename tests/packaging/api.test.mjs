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

function listing() {
  const program = ts.createProgram(declared.map(([, file]) => file), {
    module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022, lib: ["lib.es2023.d.ts", "lib.dom.d.ts"], strict: true, types: [],
  });
  const checker = program.getTypeChecker();
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;
  const typeOf = (symbol) => checker.typeToString(checker.getTypeOfSymbol(symbol), undefined, flags).replaceAll(/\s+/g, " ");

  const lines = ([name, file]) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file));
    if (!module) return [name];
    return checker.getExportsOfModule(module).map((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
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
