/** How long frames take, of the last ten seconds or so. */

export interface FrameTimes {
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  readonly count: number;
}

const KEPT = 600;

export function watchFrames(onFrame: (now: number) => void): { readonly times: () => FrameTimes; readonly forget: () => void } {
  const taken = new Float64Array(KEPT);
  let count = 0;
  let before: number | undefined;
  const began = performance.now();

  const frame = (now: number): void => {
    // A hidden page has no frames: what lies between is not one. The first may be as old as the work that delayed it.
    if (before !== undefined && before >= began && document.visibilityState === "visible") taken[count++ % KEPT] = now - before;
    before = now;
    onFrame(now);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);

  return {
    times() {
      const sorted = taken.slice(0, Math.min(count, KEPT)).sort();
      const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      return { p50: at(0.5), p99: at(0.99), longest: at(1), count };
    },
    forget() {
      count = 0;
    },
  };
}
