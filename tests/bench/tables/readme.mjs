// The README's table of ratios, between its marks.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../lib/run.mjs";

const [begin, end] = ["<!-- tables: written by node tests/bench/tables.mjs --write -->", "<!-- /tables -->"];
const path = join(root, "README.md");

const number = (value) => (value >= 10 ? value.toFixed(0) : value.toPrecision(2));
const judged = ({ value, must, stretch }) => `${number(value)}${value <= (stretch ?? -Infinity) ? "" : value <= must ? "" : " (missed)"}`;

export function writeReadme(found) {
  const rows = new Map();
  const places = [...new Set(found.map(({ place }) => place))];
  for (const one of found) {
    const key = `${one.goal} ${one.what}${one.to === undefined ? "" : ` \u00f7 ${one.to}`}`;
    rows.set(key, { ...rows.get(key), goal: one, [one.place]: judged(one) });
  }
  const lines = [
    `| cost | must | stretch | ${places.join(" | ")} |`, `| --- | --- | --- |${" --- |".repeat(places.length)}`,
    ...[...rows].map(([key, row]) => `| ${key} | ${row.goal.must} | ${row.goal.stretch ?? ""} | ${places.map((place) => row[place] ?? "").join(" | ")} |`),
  ];
  const text = readFileSync(path, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md without ${begin} and ${end}`);
  writeFileSync(path, `${text.slice(0, from)}${begin}\n\n${lines.join("\n")}\n\n${text.slice(to)}`);
}
