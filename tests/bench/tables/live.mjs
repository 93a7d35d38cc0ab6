// T2: changes of single rows under a live view; each says where its row was and where it is now.
import assert from "./assert.mjs";
import { parts } from "../measure.mjs";
import plain from "./peers/plain.mjs";
import { always, makeChanges, makeRows, matches, newestFirst } from "./rows.mjs";

const turn = () => Promise.resolve();
const copy = (rows) => rows.map((row) => ({ ...row }));

/** Where rows were and are, by the order of whoever is asked. */
function model(rows, changes, restricted, compare) {
  const kept = plain.live(copy(rows), restricted, compare);
  const at = [0, 0];
  return structuredClone(changes).flatMap((change) => {
    kept.apply(change, at);
    return [...at];
  });
}

function finalIds(rows, changes, restricted, compare) {
  const byId = new Map(copy(rows).map((row) => [row.id, row]));
  for (const { id, row, patch } of structuredClone(changes)) {
    if (row !== undefined) byId.set(id, row);
    else if (patch !== undefined) Object.assign(byId.get(id), patch);
    else byId.delete(id);
  }
  return [...byId.values()].filter(restricted ? matches : always).sort(compare).map(({ id }) => id);
}

/** Whether each change changes something: a patch may give what is there already. */
function news(rows, changes) {
  const byId = new Map(copy(rows).map((row) => [row.id, row]));
  return changes.map(({ id, row, patch }) => {
    if (patch === undefined) return byId.set(id, row && { ...row }) !== undefined;
    const known = byId.get(id);
    const other = Object.entries(patch).some(([name, value]) => known[name] !== value);
    Object.assign(known, patch);
    return other;
  });
}

/** `first`: so many changes by themselves, before the others. The first one makes the view ready for more. */
export async function live(contenders, { n, restricted, changes: count, first = 0 }, options) {
  const rows = makeRows(n);
  const changes = makeChanges(rows, count);
  const make = (one) => {
    const compare = one.newestFirst ?? newestFirst;
    const timed = Math.min(count, one.changesAtMost ?? count);
    const places = model(rows, changes.slice(0, timed), restricted, compare);
    const last = finalIds(rows, changes.slice(0, timed), restricted, compare);
    // Who tells of changes is silent of rows outside the view, and where nothing changes.
    const told = news(rows, changes.slice(0, timed)).flatMap((other, i) => {
      const at = places.slice(2 * i, 2 * i + 2);
      return other && at.some((place) => place >= 0) ? at : [];
    });

    async function check(view) {
      if (view.told !== undefined) assert.same(view.told(), told, `${one.name}: places told`);
      assert.same(view.ids(), last, `${one.name}: order`);
      await view.close?.();
    }

    return async (time) => {
      const view = await one.live(copy(rows), restricted);
      const mine = structuredClone(changes.slice(0, timed));
      const found = [];
      const at = [-1, -1];
      const apply = async (some) => {
        for (const change of some) {
          view.apply(change, at);
          found.push(at[0], at[1]);
          // Listeners hear when the turn is over.
          if (view.told !== undefined) await turn();
        }
      };
      if (first > 0) await time("first change", first, () => apply(mine.splice(0, first)));
      await time("change", mine.length, () => apply(mine));
      if (view.told === undefined && !one.placeless) assert.same(found, places, `${one.name}: places`);
      await check(view);
      if (one.live100 === undefined) return;
      const together = await one.live100(copy(rows), restricted);
      const again = structuredClone(changes);
      for (const one of again.splice(0, first)) {
        together.apply([one]);
        await turn();
      }
      await time("change of 100", again.length, async () => {
        for (let from = 0; from < again.length; from += 100) {
          together.apply(again.slice(from, from + 100));
          await turn();
        }
      });
      await check(together);
    };
  };
  return parts(contenders.map((one) => ({ name: one.name, run: make(one) })), options);
}
