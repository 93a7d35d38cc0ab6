/** Store operations on their way out: the twin of src/wire/rows.rs. */
import type { StoredRecord, StoreName, StoreOp } from "../store/store.js";
import { takeNum, unknownTag, type Reader, type Take } from "./tape.js";
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

/** The texts of one commit so far that are not empty: most operations name the same message, and one text for it has one hash. */
type Said = string[];

function takeName(from: Reader, said: Said): string | undefined {
  const place = from.num();
  if (place === 0) return undefined;
  if (place > 1) return said[place - 2] ?? unknownTag("a text of this commit", place);
  const text = from.text();
  if (text !== "") said.push(text);
  return text;
}

const takeKey = (from: Reader, said: Said): string => takeName(from, said) ?? unknownTag("a key", 0);

function takeRow(from: Reader, said: Said): StoredRecord {
  const key = takeKey(from, said);
  const version = from.num();
  const uid = takeName(from, said);
  const idKey = takeName(from, said);
  const midKey = takeName(from, said);
  const at = from.option(takeNum) ?? undefined;
  const { nums, text } = from.counted();
  return { key, version, uid, idKey, midKey, at, nums, text };
}

/** What an operation leaves out, it does not inherit: a row would be compared with whatever a page put on `Object.prototype`. */
const own = (op: StoreOp): StoreOp => ({ __proto__: null, ...(op as object) }) as unknown as StoreOp;

function takePut(from: Reader, said: Said): StoreOp {
  const store = takeRows(from);
  const expects = from.num();
  const version = expects === 2 ? from.num() : null;
  const record = takeRow(from, said);
  return expects === 0 ? own({ op: "put", store, record }) : { op: "put", store, expect: version, record };
}

function takeDelete(from: Reader, said: Said): StoreOp {
  const store = takeStore(from);
  const key = takeKey(from, said);
  const expect = from.option(takeNum);
  return expect === null ? own({ op: "delete", store, key }) : { op: "delete", store, key, expect };
}

function takeAppend(from: Reader, said: Said): StoreOp {
  const store = takeRows(from);
  if (store !== "evidence" && store !== "commands") return unknownTag("evidence or commands", storeNames.indexOf(store) + 1);
  const raise = takeName(from, said);
  const record = takeRow(from, said);
  return raise === undefined ? own({ op: "append", store, record }) : { op: "append", store, raise, record };
}

function takeOp(from: Reader, said: Said): StoreOp {
  const tag = from.num();
  switch (tag) {
    case 1:
      return { op: "fence", epoch: from.num() };
    case 2:
      return { op: "exists", store: takeStore(from), key: takeKey(from, said) };
    case 3: {
      const store = takeRows(from);
      const index = from.num();
      return { op: "absent", store, index: indexes[index - 1] ?? unknownTag("an index", index), value: takeKey(from, said) };
    }
    case 4:
      takeRows(from);
      return { op: "add", store: "messages", record: takeRow(from, said) };
    case 5:
      return takePut(from, said);
    case 6:
      return takeDelete(from, said);
    case 7:
      return takeAppend(from, said);
    default:
      return unknownTag("a store operation", tag);
  }
}

/** The operations of one commit. */
export const takeOps: Take<StoreOp[]> = (from) => {
  const said: Said = [];
  return from.list((item) => takeOp(item, said));
};
