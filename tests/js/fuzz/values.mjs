// Seeded values that a program may hand over by mistake or malice, and questions to tables with such values in them.
import { chance } from "../../bench/work.mjs";

const canary = "secret-of-the-host";
const thrower = () => {
  throw new Error(canary);
};

function cycle(isArray) {
  const loop = isArray ? [] : {};
  if (isArray) loop.push(loop);
  else loop.not = loop;
  return loop;
}

const nested = (levels, wrap) => {
  let value = { exist: "subject" };
  for (let i = 0; i < levels; i++) value = wrap(value);
  return value;
};

const trapped = (target) => new Proxy(target, { get: thrower, has: thrower, ownKeys: thrower, getOwnPropertyDescriptor: thrower, getPrototypeOf: thrower });

function revoked() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Says another length, and other values, each time. */
function shifty(below) {
  return new Proxy([], {
    get: (target, key) => (key === "length" ? below(5) : typeof key === "string" ? { exist: "subject", not: below(2) === 0 ? undefined : 1 } : Reflect.get(target, key)),
  });
}

const primitives = [
  undefined, null, true, false, 0, -0, 1, -1, 0.5, NaN, Infinity, -Infinity, 2 ** 31, 2 ** 32, 2 ** 53, Number.MAX_VALUE, Number.MIN_VALUE, 10n, Symbol("s"),
  "", "subject", "\0", "a\0b", "\ud800", "\udfff a", "\ufeff", "I\u0307", "\u00df", "\uffff", "\u{10ffff}", "__proto__", "constructor", "toString", "0x00000001", "0xFFFFFFFF",
  "0x", "0x3E04101F", "0x3e041003", "0x0037001E",
];

const objects = (below) => [
  () => ({}), () => [], () => cycle(true), () => cycle(false), () => trapped({}), () => trapped([]), revoked, () => shifty(below), () => Object.create({ exist: "subject" }),
  () => ({ get exist() { return thrower(); } }), () => ({ __proto__: null, exist: "subject" }), () => new Date(NaN), () => new Map([["exist", "subject"]]),
  () => Array.from({ length: 2000 }, () => ({ exist: "subject" })), () => { const holes = []; holes.length = 4_000_000_000; return holes; }, () => thrower,
  () => new Uint8Array(8), () => "x".repeat(70_000), () => "y".repeat(below(65_537)), () => Object.assign(() => {}, { exist: "subject" }), () => ({ toString: thrower, valueOf: thrower }),
  () => nested(below(80), (not) => ({ not })), () => nested(20_000, (not) => ({ not })), () => nested(below(70), (inner) => ({ and: [inner] })),
  () => nested(below(70), (comment) => ({ comment, props: {} })), () => ({ or: Array.from({ length: below(1100) }, () => ({ exist: "subject" })) }),
  () => JSON.parse('{"__proto__": {"exist": "subject"}, "exist": "subject"}'), () => document, () => globalThis,
];
const document = { nodeType: 9, exist: "subject", childNodes: [] };

/** Everything derives from the seed: a failing round is found again by it. */
export function makeValues(seed, properties) {
  const below = chance(seed);
  const pick = (list) => list[below(list.length)];
  const hostile = () => (below(2) === 0 ? pick(primitives) : pick(objects(below))());
  /** Now and then something else. */
  const mostly = (value) => (below(12) === 0 ? hostile() : value());

  const property = () => mostly(() => (below(8) === 0 ? pick([1, 0x0e07_0003, 0x3e04_0003, 0xffff_ffff, 0x0037_001f]) : pick(properties)));
  const op = () => mostly(() => pick(["lt", "le", "gt", "ge", "eq", "ne", "re"]));
  const scalar = () => mostly(() => pick(["", "a", "re", "RE: \u00e4", true, false, 0, 1, -1, 50_000, 2 ** 31, -(2 ** 31), 1.5, 1e300, below(1000)]));
  const flag = () => mostly(() => below(2) === 0);
  const count = () => mostly(() => pick([0, 1, 2, 3, 10, 100, -1, -10, 0xffff_ffff, 0x7fff_ffff, -0x7fff_ffff, below(1000)]));

  function restriction(depth = 0) {
    const deeper = () => restriction(depth + 1);
    const list = () => Array.from({ length: below(4) }, deeper);
    return mostly(() => {
      switch (below(depth > 4 ? 6 : 10)) {
        case 0: return { property: property(), op: op(), value: scalar() };
        case 1: return { content: property(), match: mostly(() => pick(["full", "substring", "prefix"])), value: scalar(), ignoreCase: flag(), ignoreNonSpace: flag(), loose: flag() };
        case 2: return { bitmask: property(), mask: count(), op: mostly(() => pick(["eqz", "nez"])) };
        case 3: return { exist: property() };
        case 4: return { size: property(), op: op(), value: count() };
        case 5: return { compare: mostly(() => [property(), property()]), op: op() };
        case 6: return { comment: deeper(), props: hostile() };
        case 7: return { and: mostly(list) };
        case 8: return { or: mostly(list) };
        default: return { not: deeper() };
      }
    });
  }

  const key = () => mostly(() => {
    const role = below(12);
    return { property: property(), order: mostly(() => pick(["ascending", "descending"])), ...(role < 3 && { [["combine", "categMin", "categMax"][role]]: flag() }) };
  });
  const order = () => mostly(() => Array.from({ length: below(6) }, key));
  const columns = () => mostly(() => Array.from({ length: below(6) }, property));
  return { below, pick, hostile, mostly, property, scalar, flag, count, restriction, order, columns };
}

export { canary };
