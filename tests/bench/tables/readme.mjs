// The README's tables of ratios, between their marks.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../lib/run.mjs";
import { base, judge, verdict } from "./goals.mjs";

const [begin, end] = ["<!-- tables: written by node tests/bench/tables.mjs --write -->", "<!-- /tables -->"];
const path = join(root, "README.md");

const titles = { node: "Node", chromium: "Chromium", firefox: "Firefox" };
const number = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(2));
const once = (values) => [...new Set(values)].join(", ");
const line = (...cells) => `| ${cells.join(" | ")} |`;
const head = (...cells) => [line(...cells), line(...cells.map(() => "---"))];

/** Missed ones are bold. */
const cell = (part) => (part.value === undefined ? "-" : verdict(part) === "MISSED" ? `**${number(part.value)}**` : number(part.value));
const beside = { grown: "1 M \u00f7 10 k rows", memory: "", slice: "\u00f7 a window of P15's plain" };
const saysOf = ({ to, parts }) => {
  const name = beside[to] ?? `\u00f7 ${to}`;
  return `${once(parts.map(({ says }) => says))}${name && ` ${name}`}`;
};

function ratios(records, places) {
  const judged = places.map((place) => judge(records, place));
  const rows = judged[0]?.map(({ id, groups }, at) => {
    const all = (of) => groups.map(of).join("; ");
    const cells = judged.map((one) => {
      const found = one[at].groups.map(({ parts }) => parts.map(cell).join(", "));
      return found.every((text) => /^[-, ]*$/.test(text)) ? "" : found.join("; ");
    });
    const stretch = groups.map(({ parts }) => once(parts.map((part) => part.stretch).filter(Boolean))).filter(Boolean);
    return line(id, all(saysOf), all(({ parts }) => once(parts.map(({ must }) => must))), stretch.join("; "), ...cells);
  });
  return [...head("", "cost", "must", "stretch", ...places.map((place) => titles[place])), ...(rows ?? [])];
}

/** Ours and everyone's, in Node. */
function peers(records) {
  const columns = [
    ["T1", "view", "filtered view"], ["T1all", "view", "whole view"], ["T1C", "view", "sort in any case"], ["R", "filter", "filter"],
    ["T3", "view", "sort of 1 M"], ["W", "random 12", "window"], ["T2all", "change", "change"],
  ];
  const found = records.filter(({ kind, place, beside: other }) => kind === "pair" && place === "node" && other === base);
  const names = [...new Set(found.map(({ who }) => who))];
  if (names.length < 2) return [];
  const at = (who, suite, part) => found.find((one) => one.who === who && one.suite === suite && one.part === part)?.ratio;
  const rows = names.map((who) => line(who, ...columns.map(([suite, part]) => {
    const value = at(who, suite, part);
    return value === undefined ? "" : number(value);
  })));
  return ["", "Everyone's cost \u00f7 plain arrays, Node; loading is not counted, during which crossfilter2 sorts:", "", ...head("", ...columns.map(([, , says]) => says)), ...rows];
}

function growth(records, places) {
  const grown = records.filter(({ kind }) => kind === "growth");
  if (grown.length === 0) return [];
  const us = (ns) => number(ns / 1000);
  const curve = (place, suite, part) => grown.filter((one) => one.place === place && one.suite === suite && one.part === part)
    .sort((a, b) => a.n - b.n).map(({ ns }) => us(ns)).join(", ");
  const lines = [
    ["T3", "view", "sort, a row"], ["T1", "view", "filtered view, a row"], ["T2all", "first change", "first change of a view"], ["T2all", "change", "change"],
    ["T2all", "change of 100", "change, in hundreds"],
  ];
  return [
    "", "Growth: our microseconds at 10 000, 100 000 and 1 000 000 rows:", "", ...head("", ...places.map((place) => titles[place])),
    ...lines.map(([suite, part, says]) => line(says, ...places.map((place) => curve(place, suite, part)))),
  ];
}

function memory(records) {
  const found = records.filter(({ kind }) => kind === "memory");
  const names = [...new Set(found.map(({ who }) => who))];
  if (names.length === 0) return [];
  const cells = (who, suite) => {
    const one = found.find((record) => record.who === who && record.suite === suite);
    return one ? [one.bytes.toFixed(0), one.peak.toFixed(0)] : ["", ""];
  };
  return [
    "", "Memory at a million rows with one sorted view, Node, bytes a row: what is allocated, and by how much resident memory grew at its",
    "peak, which counts neither pages never touched nor those resident before, and so may be less:", "",
    ...head("", "above the host's rows", "its peak", "from JSON, with the rows", "its peak"), ...names.map((who) => line(who, ...cells(who, "M"), ...cells(who, "MJ"))),
  ];
}

export function render(records) {
  const places = Object.keys(titles).filter((place) => records.some((one) => one.place === place));
  return [...ratios(records, places), ...peers(records), ...growth(records, places), ...memory(records)].join("\n");
}

export function writeReadme(records) {
  const text = readFileSync(path, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md without ${begin} and ${end}`);
  writeFileSync(path, `${text.slice(0, from)}${begin}\n\n${render(records)}\n\n${text.slice(to)}`);
}
