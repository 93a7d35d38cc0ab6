/** Store operations on their way out: the twin of src/wire/rows.rs. */
import type { StoredRecord, StoreName, StoreOp } from "../store/store.js";
import { takeNum, takeText, unknownTag, type Reader, type Take } from "./tape.js";
import { indexes, storeNames } from "./shapes.js";

function takeStore(from: Reader): StoreName {
  const tag = from.num();
  return storeNames[tag - 1] ?? unknownTag("a store", tag);
}

/** Stores that hold rows; only `exists` and `delete` name `bodies`. */
function takeRows(from: Reader): Exclude<StoreName, "bodies"> {
  const store = takeStore(from);
  return store === "bodies" ? unknownTag("a store of rows", 3) : store;
}

const takeRow: Take<StoredRecord> = (from) => {
  const key = from.text();
  const version = from.num();
  const uid = from.option(takeText) ?? undefined;
  const idKey = from.option(takeText) ?? undefined;
  const midKey = from.option(takeText) ?? undefined;
  const at = from.option(takeNum) ?? undefined;
  const { nums, text } = from.counted();
  return { key, version, uid, idKey, midKey, at, nums, text };
};

function takePut(from: Reader): StoreOp {
  const store = takeRows(from);
  const expects = from.num();
  const version = expects === 2 ? from.num() : null;
  const record = takeRow(from);
  return expects === 0 ? { op: "put", store, record } : { op: "put", store, expect: version, record };
}

function takeDelete(from: Reader): StoreOp {
  const store = takeStore(from);
  const key = from.text();
  const expect = from.option(takeNum);
  return expect === null ? { op: "delete", store, key } : { op: "delete", store, key, expect };
}

function takeAppend(from: Reader): StoreOp {
  const store = takeRows(from);
  if (store !== "evidence" && store !== "commands") return unknownTag("evidence or commands", storeNames.indexOf(store) + 1);
  const raise = from.option(takeText);
  const record = takeRow(from);
  return raise === null ? { op: "append", store, record } : { op: "append", store, raise, record };
}

export const takeOp: Take<StoreOp> = (from) => {
  const tag = from.num();
  switch (tag) {
    case 1:
      return { op: "fence", epoch: from.num() };
    case 2:
      return { op: "exists", store: takeStore(from), key: from.text() };
    case 3: {
      const store = takeRows(from);
      const index = from.num();
      return { op: "absent", store, index: indexes[index - 1] ?? unknownTag("an index", index), value: from.text() };
    }
    case 4:
      takeRows(from);
      return { op: "add", store: "messages", record: takeRow(from) };
    case 5:
      return takePut(from);
    case 6:
      return takeDelete(from);
    case 7:
      return takeAppend(from);
    default:
      return unknownTag("a store operation", tag);
  }
};
