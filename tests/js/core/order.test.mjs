// Functions change places in the shipped module; what they do, and who calls whom, stays.
import assert from "node:assert/strict";
import { test } from "node:test";
import { order } from "../../../pkg/order.mjs";

const list = (items) => [items.length, ...items.flat()];
const name = (text) => list([...Buffer.from(text)]);
const section = (id, items) => [id, ...(items.length > 127 ? [(items.length & 127) | 128, items.length >> 7] : [items.length]), ...items];
const code = (...bytes) => list([0, ...bytes, 0x0b]);
const [I32, FUNC] = [0x7f, 0x60];
const [GET, SET, CONST, ADD, MUL, CALL, INDIRECT, LOAD, STORE] = [0x20, 0x24, 0x41, 0x6a, 0x6c, 0x10, 0x11, 0x28, 0x36];
const repeat = (times, ...bytes) => Array.from({ length: times }, () => bytes).flat();

// Function 0 is imported; 1 and 3 are alike, 2 and 4 are alike.
const functions = {
  plus: code(GET, 0, ...repeat(9, CONST, 1, ADD), CALL, 0),
  times: code(GET, 0, ...repeat(9, CONST, 2, MUL)),
  plusTimes: code(GET, 0, ...repeat(9, CONST, 1, ADD), CALL, 2),
  timesPlus: code(GET, 0, ...repeat(9, CONST, 2, MUL), CALL, 1),
  byTable: code(GET, 0, GET, 0, INDIRECT, 0, 0),
  remembered: code(CONST, 8, GET, 0, STORE, 0, 0, CONST, 8, LOAD, 0, 0, 0x23, 0, ADD),
};
const start = code(CONST, 5, SET, 0);
const count = Object.keys(functions).length;
const bytes = Buffer.from([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  ...section(1, list([[FUNC, ...list([I32]), ...list([I32])], [FUNC, 0, 0]])),
  ...section(2, list([[...name("host"), ...name("negate"), 0, 0]])),
  ...section(3, list([...repeat(count, 0), 1])),
  ...section(4, list([[0x70, 0, 2]])),
  ...section(5, list([[0, 1]])),
  ...section(6, list([[I32, 1, CONST, 0, 0x0b]])),
  ...section(7, list(Object.keys(functions).map((key, i) => [...name(key), 0, i + 1]))),
  ...section(8, [count + 1]),
  ...section(9, list([[0, CONST, 0, 0x0b, ...list([3, 4])]])),
  ...section(10, list([...Object.values(functions), start])),
  ...section(0, [...name("papers"), 1, 2, 3]),
]);

const run = (wasm) => {
  const module = new WebAssembly.Module(wasm);
  const { exports } = new WebAssembly.Instance(module, { host: { negate: (n) => -n } });
  const results = Object.keys(functions).map((key) => [key, [0, 1].map((n) => exports[key](n))]);
  return { results, papers: [...new Uint8Array(WebAssembly.Module.customSections(module, "papers")[0])] };
};

test("the module in its new order does the same", () => {
  const ordered = order(bytes);
  assert.deepEqual(run(ordered), run(bytes));
  assert.deepEqual(run(bytes).results.find(([key]) => key === "byTable"), ["byTable", [9 * 512, -(512 + 9)]]);
});

test("what is alike stands together", () => {
  const ordered = order(bytes);
  const [ones, twos] = [repeat(9, CONST, 1, ADD), repeat(9, CONST, 2, MUL)]
    .map((pattern) => [ordered.indexOf(Buffer.from(pattern)), ordered.lastIndexOf(Buffer.from(pattern))]);
  assert.ok(ones[0] < ones[1] && twos[0] < twos[1]);
  assert.ok(ones[1] < twos[0] || twos[1] < ones[0]);
});

test("an access claims its natural alignment", () => {
  assert.ok(bytes.includes(Buffer.from([STORE, 0, 0])));
  assert.ok(order(bytes).includes(Buffer.from([STORE, 2, 0])));
});

test("an instruction nobody here makes is refused, not guessed", () => {
  const foreign = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...section(2, [0]), ...section(10, list([code(0xfd, 0)]))]);
  assert.throws(() => order(foreign), /expected an instruction that rustc makes, got 0xfd/);
});

test("what would keep old numbers of functions, or another memory, is refused", () => {
  const made = (...sections) => Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...section(2, [0]), ...sections.flat(), ...section(10, list([code()]))]);
  assert.ok(order(made(section(6, list([[I32, 1, CONST, 0, 0x0b]])))));
  assert.throws(() => order(made(section(6, list([[0x70, 0, 0xd2, 0, 0x0b]])))), /expected constants without functions, got ref.func/);
  assert.throws(() => order(made(section(9, list([[0, 0xd2, 0, 0x0b, ...list([0])]])))), /expected constants without functions, got ref.func/);
  assert.throws(() => order(made(section(9, list([[4, CONST, 0, 0x0b, ...list([[0xd2, 0, 0x0b]])]])))), /segment of kind 4/);
  assert.throws(() => order(made(section(0, [...name("name"), 0]))), /expected a module without names/);
  const second = [...section(10, list([code(CONST, 0, LOAD, 0x42, 1, 0)]))];
  assert.throws(() => order(Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...section(2, [0]), ...second])), /expected one memory/);
});
