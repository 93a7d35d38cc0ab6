// fake-indexeddb made to misbehave.
import { IDBDatabase, IDBKeyRange } from "fake-indexeddb";

globalThis.IDBKeyRange = IDBKeyRange;

const undo = [];

/** Stands in for `owner[method]` until the test ends; the stand-in gets the original, bound. */
export function replaced(t, owner, method, standIn) {
  const original = owner[method];
  if (undo.length === 0) t.after(() => undo.splice(0).toReversed().forEach((one) => one()));
  undo.push(() => (owner[method] = original));
  owner[method] = function (...args) {
    return standIn.call(this, original.bind(this), ...args);
  };
}

/** `fault(tx, stores, n)` sees every readwrite transaction on these stores, n from 1. */
export function onWrites(t, wanted, fault) {
  let n = 0;
  replaced(t, IDBDatabase.prototype, "transaction", (begin, stores, mode, options) => {
    const tx = begin(stores, mode, options);
    if (mode === "readwrite" && [stores].flat().includes(wanted)) fault(tx, stores, ++n);
    return tx;
  });
}

export const abortWith = (tx, name) => queueMicrotask(() => tx._abort(name));
/** As Chromium's on a full disk: no event ever comes. */
export function hang(t, tx) {
  // The closing handle waits for it, and the process for the handle.
  t.after(() => (tx._state = "finished"));
  tx._start = () => {};
  tx.abort = () => {
    throw new DOMException("", "InvalidStateError");
  };
}
