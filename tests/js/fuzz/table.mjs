// One call after another to a table, each of which must be an answer or a MapiError.
import assert from "node:assert/strict";
import { canary, makeValues } from "./values.mjs";

/** What may be asked; `calls` are given the values of one round. */
const asked = {
  restrict: ({ restriction }) => [restriction()],
  sortTable: ({ order, mostly, below, count }) => [order(), mostly(() => ({ categories: mostly(() => below(4)), expanded: mostly(() => (below(4) === 0 ? count() : 0)) }))],
  setColumns: ({ columns }) => [columns()],
  queryColumns: ({ mostly, flag }) => [mostly(() => ({ all: flag() }))],
  queryRows: ({ count, mostly, flag }) => [count(), mostly(() => ({ noAdvance: flag() }))],
  seekRow: ({ below, mostly, count }) => [mostly(() => below(5)), count()],
  seekRowApprox: ({ count }) => [count(), count()],
  queryPosition: () => [],
  getRowCount: () => [],
  findRow: ({ restriction, mostly, below, flag }) => [restriction(), mostly(() => ({ origin: mostly(() => below(4)), backward: flag() }))],
  createBookmark: () => [],
  freeBookmark: ({ mostly, below }) => [mostly(() => below(20))],
  expandRow: ({ hostile }) => [hostile(), hostile()],
  collapseRow: ({ hostile }) => [hostile()],
  getCollapseState: ({ hostile }) => [hostile()],
  setCollapseState: ({ hostile }) => [hostile()],
  window: ({ mostly, count }) => [mostly(() => ({ offset: count(), count: count() }))],
  advise: ({ hostile, mostly }) => [mostly(() => () => {}), hostile()],
};

/** Runs `act`; anything but an answer or an honest MapiError is a failure, told with what finds it again. */
export function answered(MapiError, act, told) {
  try {
    return { value: act() };
  } catch (error) {
    assert.ok(error instanceof MapiError, `${told()}: ${error?.stack ?? String(error)}`);
    assert.doesNotMatch(error.message, /RuntimeError/, `${told()}: ${error.stack}`);
    assert.ok(!`${error.message} ${error.stack}`.includes(canary), `${told()}: ${error.message}`);
    return undefined;
  }
}

/**
 * `rounds` calls to `table`, and to the windows they open. `properties` are its columns' names; `extra(values)` answers
 * { name, act } of one more kind of call. `told(round, name)` says what finds it again.
 */
export function fuzz({ MapiError, table, properties, rounds, seed, extra, told = (round, name) => `seed ${seed}, round ${round}, ${name}` }) {
  const values = makeValues(seed, properties);
  const names = Object.keys(asked).filter((name) => typeof table[name] === "function");
  const open = [];
  let answers = 0;
  for (let round = 0; round < rounds; round++) {
    const more = extra !== undefined && values.below(4) === 0 ? extra(values) : undefined;
    const name = more?.name ?? values.pick(names);
    const about = () => told(round, name);
    const answer = answered(MapiError, more?.act ?? (() => table[name](...asked[name](values))), about);
    if (answer !== undefined) answers += 1;
    const value = answer?.value;
    if (name === "window" && value !== undefined) open.push(value);
    if (name === "advise" && typeof value === "function") open.push({ getSnapshot: () => {}, close: value });
    if (open.length > 0 && values.below(3) === 0) {
      answered(MapiError, () => open[0].getSnapshot(), about);
      if (values.below(2) === 0) answered(MapiError, () => open.shift().close(), about);
    }
    if (values.below(50) === 0) {
      assert.ok(Number.isSafeInteger(table.getRowCount()), about());
      table.restrict(null);
    }
  }
  for (const one of open) one.close();
  // A fuzzer whose every call is refused tries nothing.
  assert.ok(answers > rounds / 6 && answers < rounds, `${answers} answers to ${rounds} calls`);
}
