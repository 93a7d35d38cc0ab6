// Timers that run when the test says so.
//
//   const clock = fakeTimers()
//   clock.advance(ms)        both clocks go on; what falls due runs, in order
//   clock.sleep(ms)          the wall clock alone goes on, as when the machine sleeps; clock.stall(ms): both, running nothing
//   clock.pending()          delays left, sorted
//   await clock.armed(test)  until a timer is pending whose delay, ms, satisfies the test
export function fakeTimers({ wall = 1_700_000_000_000, mono = 1_000 } = {}) {
  const timers = new Map();
  const waiting = new Set();
  let last = 0;
  const due = (until) => [...timers.values()].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at || a.id - b.id)[0];
  return {
    wall: () => wall,
    mono: () => mono,
    after(ms, run) {
      const id = ++last;
      timers.set(id, { id, at: mono + Math.max(0, ms), run });
      for (const waiter of waiting) waiter(ms);
      return () => void timers.delete(id);
    },
    ticks: () => false,
    close: () => timers.clear(),
    advance(ms) {
      const until = mono + ms;
      for (let next = due(until); next !== undefined; next = due(until)) {
        timers.delete(next.id);
        const passed = Math.max(0, next.at - mono);
        wall += passed;
        mono += passed;
        next.run();
      }
      wall += until - mono;
      mono = until;
    },
    sleep(ms) {
      wall += ms;
    },
    stall(ms) {
      wall += ms;
      mono += ms;
    },
    pending: () => [...timers.values()].map(({ at }) => at - mono).toSorted((a, b) => a - b),
    armed(test) {
      if ([...timers.values()].some(({ at }) => test(at - mono))) return Promise.resolve();
      return new Promise((resolve) => {
        const waiter = (ms) => {
          if (!test(ms)) return;
          waiting.delete(waiter);
          resolve();
        };
        waiting.add(waiter);
      });
    },
  };
}
