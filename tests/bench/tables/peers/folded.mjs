// MAPI's order of text: in any case first, then exactly.
const folded = (a, b) => {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : a < b ? -1 : a > b ? 1 : 0;
};

export const newestFirst = (a, b) => b.date - a.date || folded(a.subject, b.subject) || a.id - b.id;
export const bySubjectOrder = (a, b) => folded(a.subject, b.subject) || b.date - a.date || a.id - b.id;
