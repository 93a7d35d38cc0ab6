// What runs beside what: `const lane = makeLane(2)`, then `await lane(work, place)` runs work() once fewer than two others run;
// among those that wait the lowest place goes first.
export function makeLane(width) {
  const waiting = [];
  let free = width;
  const start = () => {
    while (free > 0 && waiting.length > 0) {
      free -= 1;
      const [{ work, done }] = waiting.splice(0, 1);
      done(Promise.resolve().then(work).finally(() => {
        free += 1;
        start();
      }));
    }
  };
  return (work, place = 0) => new Promise((done) => {
    const at = waiting.findIndex((other) => other.place > place);
    waiting.splice(at < 0 ? waiting.length : at, 0, { work, place, done });
    start();
  });
}
