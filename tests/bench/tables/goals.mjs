// The goals P6 to P17 as ratios of costs: of a part of a suite, to whom, what must be and what would be fine.
const part = (suite, name, to, must, stretch) => ({ suite, part: name, to, must, stretch });

export const goals = {
  P6: [part("T1", "load", "typed arrays", 1.5, 1)],
  P7: [part("T1", "bytes", "plain arrays", 0.6, 0.35)],
  P8: [
    part("T1", "view", "plain arrays", 0.15, 0.09), part("T1", "view", "typed arrays", 0.7),
    part("T1all", "view", "plain arrays", 0.15, 0.05), part("T1all", "view", "typed arrays", 0.7),
  ],
  P9: [part("T3", "view", "plain arrays", 0.12, 0.06)],
  P10: [part("T1C", "view", "plain arrays", 0.2, 0.12), part("T1C", "view", "tanstack table", 0.03)],
  P11: [part("R", "filter", "plain arrays", 0.35, 0.15)],
  P12: [part("T2all", "change", "typed arrays", 1), part("T2all", "change of 100", "typed arrays", 1, 0.5), part("T2all", "change", "tanstack db", 0.02)],
  P15: [
    part("W", "random 12", "plain arrays", 1.6, 1.25), part("W", "random 6", "plain arrays", 1.6, 1.25), part("W", "scroll 6", "plain arrays", 1.6, 1.25),
    part("W", "random 12", "tanstack table", 1),
  ],
};

/** Own cost at a million rows by that at ten thousand. */
export const growth = {
  P13: { suite: "T2all", part: "change", changes: 2_000, must: 4, stretch: 2.5 },
  P14: { suite: "T3", part: "view", must: 5, stretch: 3 },
};

/** Bytes a row beyond the host's. */
export const memoryGoal = { P17: { must: 140, stretch: 90 } };
