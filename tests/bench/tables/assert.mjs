// For pages too, where there is no node:assert.
function same(got, wanted, what) {
  const [a, b] = [[got].flat(), [wanted].flat()];
  const at = a.length === b.length ? a.findIndex((value, i) => value !== b[i]) : Math.min(a.length, b.length);
  if (at >= 0) throw new Error(`${what}: ${a[at]} at ${at} of ${a.length}, expected ${b[at]} of ${b.length}`);
}

export default { same };
