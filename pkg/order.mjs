// The same module in fewer compressed bytes, as gzip looks back no further than 32 KB: functions that share most bytes
// stand beside each other, and every access claims its natural alignment, which no engine heeds.
//
//   order(wasm) → the module with its functions in another order; it must not have names.

// Each measured on the core, where the order is worth 3.6 percent of gzip and 2.5 of brotli.
const SHINGLE = 6;
/** Of what was placed last, gzip still sees so much. */
const WINDOW = 30_000;
/** What more functions than these share tells nothing. */
const COMMON = 60;
/** Bytes added to every function's length, that the shortest ones do not always come first. */
const HANDICAP = 60;

export function order(wasm) {
  const sections = split(wasm);
  for (const { id, content: bytes } of sections) refuse(id, bytes);
  const content = (id) => sections.find((section) => section.id === id)?.content;
  const imported = importedFunctions(content(IMPORT));
  const bodies = vector(content(CODE), (at) => {
    const [length, from] = leb(content(CODE), at);
    return { to: from + length, value: content(CODE).subarray(from, from + length) };
  }).map(body);
  const sequence = similar(bodies.map((parts) => Buffer.concat(parts.map((part) => part.bytes ?? NOTHING))));
  const index = new Map(sequence.map((old, now) => [imported + old, imported + now]));
  const renamed = (old) => index.get(old) ?? old;
  const written = {
    [FUNCTION]: (bytes) => {
      const types = vector(bytes, (at) => number(bytes, at));
      return [unsigned(types.length), ...sequence.map((old) => unsigned(types[old]))];
    },
    [EXPORT]: (bytes) => exports(bytes, renamed),
    [START]: (bytes) => [unsigned(renamed(leb(bytes, 0)[0]))],
    [ELEMENT]: (bytes) => elements(bytes, renamed),
    [CODE]: () => [unsigned(bodies.length), ...sequence.flatMap((old) => {
      const code = Buffer.concat(bodies[old].map((part) => part.bytes ?? unsigned(renamed(part.called))));
      return [unsigned(code.length), code];
    })],
  };
  return Buffer.concat([wasm.subarray(0, 8), ...sections.flatMap(({ id, content: bytes }) => {
    const changed = written[id] === undefined ? bytes : Buffer.concat(written[id](bytes));
    return [Buffer.from([id]), unsigned(changed.length), changed];
  })]);
}

const [CUSTOM, IMPORT, FUNCTION, GLOBAL, EXPORT, START, ELEMENT, CODE] = [0, 2, 3, 6, 7, 8, 9, 10];
/** What names functions where nothing here gives them their new numbers. */
function refuse(id, bytes) {
  if (id === CUSTOM && text(bytes) === "name") throw new Error("expected a module without names, got a section of them");
  if (id === GLOBAL) {
    vector(bytes, (at) => {
      const [from, to] = [at + 2, afterConstant(bytes, at + 2)];
      return { to, value: bytes.subarray(from, to) };
    });
  }
}

/** Behind a constant expression and its end; those with functions are refused. */
function afterConstant(bytes, from) {
  let at = from;
  while (bytes[at] !== 0x0b) {
    if (bytes[at] === 0xd2) throw new Error("expected constants without functions, got ref.func");
    at = operands(bytes, bytes[at], at + 1);
  }
  return at + 1;
}

const NOTHING = Buffer.alloc(0);

/** An unsigned number in LEB128, and what is behind it. */
export function leb(bytes, at) {
  let [value, shift, byte] = [0, 1, 0];
  do {
    byte = bytes[at++];
    value += (byte & 127) * shift;
    shift *= 128;
  } while (byte > 127);
  return [value, at];
}

const number = (bytes, at) => {
  const [value, to] = leb(bytes, at);
  return { to, value };
};

/** The same number written. */
export function unsigned(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}

function split(wasm) {
  const sections = [];
  for (let at = 8; at < wasm.length;) {
    const [length, from] = leb(wasm, at + 1);
    sections.push({ id: wasm[at], content: wasm.subarray(from, from + length) });
    at = from + length;
  }
  return sections;
}

/** What `read` makes of each item; it answers the item and where the next one begins. */
function vector(bytes, read, from = 0) {
  let [count, at] = leb(bytes, from);
  const items = [];
  for (; count > 0; count--) {
    const { to, value } = read(at);
    items.push(value);
    at = to;
  }
  return items;
}

const after = (bytes, at) => leb(bytes, at)[1];
const text = (bytes) => {
  const [length, from] = leb(bytes, 0);
  return bytes.toString("utf8", from, from + length);
};
const afterText = (bytes, at) => {
  const [length, from] = leb(bytes, at);
  return from + length;
};
/** Behind the bounds of a table or memory. */
const afterLimits = (bytes, at) => (bytes[at] & 1 ? after(bytes, after(bytes, at + 1)) : after(bytes, at + 1));

function importedFunctions(bytes) {
  const kinds = vector(bytes, (start) => {
    const at = afterText(bytes, afterText(bytes, start));
    const value = bytes[at];
    const to = [() => after(bytes, at + 1), () => afterLimits(bytes, at + 2), () => afterLimits(bytes, at + 1), () => at + 3][value]();
    return { to, value };
  });
  return kinds.filter((kind) => kind === 0).length;
}

function exports(bytes, renamed) {
  const all = vector(bytes, (start) => {
    const at = afterText(bytes, start);
    const [index, to] = leb(bytes, at + 1);
    return { to, value: [bytes.subarray(start, at + 1), unsigned(bytes[at] === 0 ? renamed(index) : index)] };
  });
  return [unsigned(all.length), ...all.flat()];
}

function elements(bytes, renamed) {
  const all = vector(bytes, (start) => {
    const kind = bytes[start];
    if (kind > 3) throw new Error(`expected elements that are functions, got a segment of kind ${kind}`);
    let at = kind === 2 ? after(bytes, start + 1) : start + 1;
    // Active ones have an offset, a constant; all but the first kind name what they hold.
    if (kind % 2 === 0) at = afterConstant(bytes, at);
    if (kind > 0) at += 1;
    const functions = vector(bytes, (from) => number(bytes, from), at);
    let to = after(bytes, at);
    for (const _ of functions) to = after(bytes, to);
    return { to, value: [bytes.subarray(start, at), unsigned(functions.length), ...functions.map((old) => unsigned(renamed(old)))] };
  });
  return [unsigned(all.length), ...all.flat()];
}

const NATURAL = [2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2, 3, 2, 3, 0, 1, 0, 1, 2];

/** A function's code, cut where it names another: `{ bytes }` or `{ called }`. */
function body(code) {
  const parts = [];
  let [groups, at] = leb(code, 0);
  for (; groups > 0; groups--) at = after(code, at) + 1;
  let copied = 0;
  const change = (from, to, part) => {
    parts.push({ bytes: code.subarray(copied, from) }, part);
    copied = to;
  };
  while (at < code.length) {
    const op = code[at++];
    if (op === 0x10 || op === 0xd2) {
      const [called, to] = leb(code, at);
      change(at, to, { called });
      at = to;
    } else if (op >= 0x28 && op <= 0x3e) {
      if (code[at] & 0x40) throw new Error("expected one memory, got an access that names its own");
      change(at, at + 1, { bytes: Buffer.from([NATURAL[op - 0x28]]) });
      at = after(code, at + 1);
    } else at = operands(code, op, at);
  }
  return [...parts, { bytes: code.subarray(copied) }];
}

/** Where the next instruction begins. */
function operands(code, op, at) {
  if (op === 0xfc) {
    const [sub, to] = leb(code, at);
    const count = sub < 8 ? 0 : [8, 10, 12, 14].includes(sub) ? 2 : 1;
    return count === 0 ? to : count === 1 ? after(code, to) : after(code, after(code, to));
  }
  if (op === 0x0e) {
    let [count, to] = leb(code, at);
    for (; count >= 0; count--) to = after(code, to);
    return to;
  }
  if (op === 0x1c) {
    const [count, to] = leb(code, at);
    return to + count;
  }
  if (op === 0x11) return after(code, after(code, at));
  if (op === 0x43) return at + 4;
  if (op === 0x44) return at + 8;
  // Blocks, branches, locals, globals, tables, constants, memory.size and .grow, ref.null.
  if ([2, 3, 4, 0x0c, 0x0d, 0x41, 0x42, 0x3f, 0x40, 0xd0].includes(op) || (op >= 0x20 && op <= 0x26)) return after(code, at);
  if (op <= 0x01 || op === 0x05 || op === 0x0b || op === 0x0f || op === 0x1a || op === 0x1b || (op >= 0x45 && op <= 0xc4) || op === 0xd1) return at;
  throw new Error(`expected an instruction that rustc makes, got 0x${op.toString(16)}`);
}

/** Numbers of the texts, each behind those most like it; what few share counts most. */
function similar(texts) {
  const shingles = texts.map(shinglesOf);
  const holders = new Map();
  for (const [i, set] of shingles.entries()) for (const s of set) holders.set(s, [...(holders.get(s) ?? []), i].slice(0, COMMON + 1));
  const shared = shingles.map((set) => [...set].map((s) => holders.get(s)).filter((of) => of.length > 1 && of.length <= COMMON));
  const score = new Int32Array(texts.length);
  const count = (i, sign) => {
    for (const of of shared[i]) {
      const worth = sign * Math.round(1_000 / of.length);
      for (const j of of) score[j] += worth;
    }
  };
  const left = new Set(texts.keys());
  const placed = [];
  let [next, seen, oldest] = [0, 0, 0];
  while (left.size > 0) {
    let best = -1;
    for (const i of left) {
      const worth = score[i] / (shingles[i].size + HANDICAP);
      if (worth > best) [best, next] = [worth, i];
    }
    left.delete(next);
    placed.push(next);
    count(next, 1);
    for (seen += texts[next].length; seen > WINDOW && oldest < placed.length - 1; oldest++) {
      seen -= texts[placed[oldest]].length;
      count(placed[oldest], -1);
    }
  }
  return placed;
}

function shinglesOf(text) {
  const set = new Set();
  for (let at = 0; at + SHINGLE <= text.length; at++) set.add(text.readUIntBE(at, SHINGLE));
  return set;
}
