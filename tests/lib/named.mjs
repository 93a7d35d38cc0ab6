// What tests are named after: `c_123_…`, `o_23_…` and `g4_…`, in Rust and in JavaScript.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "./run.mjs";

const names = {
  rs: /\bfn\s+(\w+)/g,
  mjs: /\btest\(\s*(?:"([^"]+)"|'([^']+)'|`([^`]+)`)/g,
};
const token = /^(?:(c)_(\d{3})|(o)_(\d{2})|(g)(\d{1,2}))(?:[_ :]+|$)/;

/** "o_05_o_06_lists" is about O-05 and O-06. */
export function rulesOf(name) {
  const rules = [];
  for (let rest = name; token.test(rest); rest = rest.replace(token, "")) {
    const [kind, number] = token.exec(rest).slice(1).filter(Boolean);
    rules.push(kind === "g" ? `G${number}` : `${kind.toUpperCase()}-${number}`);
  }
  return rules;
}

/** Rule → files with tests named after it. */
export function named(dirs = ["src", "tests"]) {
  const found = new Map();
  for (const dir of dirs) {
    for (const name of readdirSync(join(root, dir), { recursive: true })) {
      const ending = /\.(rs|mjs)$/.exec(name)?.[1];
      if (ending === undefined || name.includes("node_modules")) continue;
      const path = join(root, dir, name);
      for (const match of readFileSync(path, "utf8").matchAll(names[ending])) {
        for (const rule of rulesOf(match.slice(1).find(Boolean))) found.set(rule, (found.get(rule) ?? new Set()).add(relative(root, path)));
      }
    }
  }
  return found;
}

/** Rows of a tab-separated fixture; lines that begin with # are for readers. */
export const table = (path) =>
  readFileSync(join(root, path), "utf8").split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.split("\t"));
