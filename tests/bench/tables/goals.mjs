// The goals P6 to P18: ratios of costs, what they must be and what would be fine; and how measured costs meet them.
const to = (base, must, stretch) => (suite, part, says) => ({ suite, part, says, to: base, must, stretch });

/** What is counted: of pairs in one process, of growth (a million by ten thousand rows), of memory at a million. */
export const goals = [
  { id: "P6", of: [to("typed", 1.5, 1)("T1", "load", "rows in")] },
  { id: "P7", of: [to("plain", 0.6, 0.35)("T1", "bytes", "JSON in")] },
  {
    id: "P8",
    of: [
      to("plain", 0.15, 0.09)("T1", "view", "filtered view"), to("plain", 0.15, 0.05)("T1all", "view", "whole view"),
      to("typed", 0.7)("T1", "view", "filtered view"), to("typed", 0.7)("T1all", "view", "whole view"),
    ],
  },
  { id: "P9", of: [to("plain", 0.12, 0.06)("T3", "view", "sort of 1 M")] },
  { id: "P10", of: [to("plain", 0.2, 0.12)("T1C", "view", "sort in any case"), to("tanstack-table", 0.03)("T1C", "view", "sort in any case")] },
  { id: "P11", of: [to("plain", 0.35, 0.15)("R", "filter", "filter")] },
  {
    id: "P12",
    of: [
      to("typed", 1)("T2all", "change", "change"), to("typed", 1, 0.5)("T2all", "change of 100", "in hundreds"),
      to("tanstack-db", 0.02)("T2all", "change", "change"),
    ],
  },
  { id: "P13", of: [to("grown", 4, 2.5)("T2all", "change", "change after the first"), to("grown", 4, 2.5)("T2all", "change of 100", "in hundreds")] },
  { id: "P14", of: [to("grown", 5, 3)("T3", "view", "sort"), to("grown", 5, 3)("T1", "view", "filtered view")] },
  {
    id: "P15",
    of: [
      ...[["random 12", "window of 12 columns"], ["random 6", "of 6"], ["scroll 6", "scrolled"]].map(([part, says]) => to("plain", 1.6, 1.25)("W", part, says)),
      to("tanstack-table", 1)("W", "random 12", "window of 12 columns"),
    ],
  },
  {
    id: "P16",
    of: [
      to("slice", 7, 4)("B", "random 12", "window of the queue, 12 columns"), to("slice", 5, 4)("B", "random 6", "of 6"),
      to("slice", 5, 2.5)("B", "scroll 6", "scrolled"),
    ],
  },
  { id: "P17", of: [to("memory", 140, 90)("M", "bytes", "bytes a row above the host's")] },
  { id: "P18", of: [to("plain", 0.75, 0.5)("MJ", "bytes", "bytes held, from JSON"), to("plain", 1, 0.45)("MJ", "peak", "peak")] },
];

export const own = "mailspooler";
export const base = "plain";
/** What of a suite must be measured for the goals: pairs with the baseline, and whether the typed arrays beside us. */
export function needed(suite) {
  const named = goals.flatMap(({ of }) => of).filter((one) => one.suite === suite).map((one) => one.to);
  return { typed: named.includes("typed"), heavy: named.filter((name) => name.startsWith("tanstack")) };
}

const sizes = [10_000, 1_000_000];
/** One change at a time is what the others know. */
const alike = (part) => part.replace(" of 100", "");

/** The measured ratio; undefined where something was not measured. */
export function value(records, place, { suite, part, to: beside }) {
  const find = (wanted) => records.find((one) => Object.entries({ place, suite, ...wanted }).every(([name, is]) => one[name] === is));
  if (beside === "grown") {
    const [small, large] = sizes.map((n) => find({ kind: "growth", part, n })?.ns);
    return large / small;
  }
  if (suite.startsWith("M")) {
    const [mine, other] = [own, beside].map((who) => find({ kind: "memory", who })?.[part]);
    return beside === "memory" ? mine : mine / other;
  }
  // The slices of W: those of the few rows a queue has come out of the cache.
  if (beside === "slice") return find({ kind: "pair", who: own, beside: base, part })?.ns / find({ suite: "W", kind: "pair", who: own, beside: base, part })?.other;
  if (beside === base || beside === "typed") return find({ kind: "pair", who: own, beside, part })?.ratio;
  // Side by side a heavy peer's garbage slows us: costs of separate runs.
  const [mine, other] = [find({ kind: "pair", who: own, beside: base, part }), find({ kind: "pair", who: beside, beside: base, part: alike(part) })];
  return mine?.ns / other?.ns;
}

/** [{ id, groups: [{ to, must, stretch, says, values }] }]: what is compared with one thing belongs together. */
export function judge(records, place) {
  return goals.map(({ id, of }) => {
    const groups = [];
    for (const one of of) {
      const at = value(records, place, one);
      const known = groups.find((group) => group.to === one.to);
      const group = known ?? { to: one.to, parts: [] };
      if (known === undefined) groups.push(group);
      group.parts.push({ ...one, value: at === undefined || Number.isNaN(at) ? undefined : at });
    }
    return { id, groups };
  });
}

export const verdict = ({ value: at, must, stretch }) => (at === undefined ? "-" : at <= (stretch ?? -Infinity) ? "beyond" : at <= must ? "held" : "MISSED");
