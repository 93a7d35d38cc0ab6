// How far JavaScript goes by hand: columns in typed arrays, folded subjects in one block, radix sort; rows stay objects.
import { liveBlocks } from "./blocks.mjs";

const encoder = new TextEncoder();

function load(rows) {
  const n = rows.length;
  const [date, size, flags, ends] = [new Float64Array(n), new Uint32Array(n), new Uint32Array(n), new Uint32Array(n + 1)];
  const subject = Array.from({ length: n });
  let block = new Uint8Array(n * 64);
  let end = 0;
  for (let i = 0; i < n; i++) {
    const row = rows[i];
    const text = row.subject;
    const length = text.length;
    subject[i] = text;
    date[i] = row.date;
    size[i] = row.size;
    flags[i] = row.flags;
    if (end + 3 * length > block.length) {
      const more = new Uint8Array(block.length * 2);
      more.set(block);
      block = more;
    }
    let at = 0;
    let code;
    for (; at < length && (code = text.charCodeAt(at)) < 128; at++) block[end + at] = code | 0x20;
    end += at === length ? length : encoder.encodeInto(text.toLowerCase(), block.subarray(end)).written;
    ends[i + 1] = end;
  }
  return { rows, n, date, size, flags, subject, ends, block };
}

function filter({ n, size, flags, ends, block }) {
  const found = new Uint32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (size[i] <= 50_000 || (flags[i] & 1) === 0) continue;
    for (let at = ends[i], end = ends[i + 1] - 1; at < end; at++) {
      if (block[at] === 114 && block[at + 1] === 101) {
        found[count++] = i;
        break;
      }
    }
  }
  return found.subarray(0, count);
}

function pass(from, to, key, shift, counts) {
  const n = from.length;
  counts.fill(0);
  for (let i = 0; i < n; i++) counts[1 + ((key[from[i]] >>> shift) & 2047)]++;
  for (let i = 0; i < 2048; i++) counts[i + 1] += counts[i];
  for (let i = 0; i < n; i++) {
    const x = from[i];
    to[counts[(key[x] >>> shift) & 2047]++] = x;
  }
}

/** By the age of the date in two halves of 22 bits, then by insertion among equals. */
function sort({ date, subject }, index) {
  const n = index.length;
  const [low, high, counts] = [new Uint32Array(date.length), new Uint32Array(date.length), new Uint32Array(2049)];
  let newest = -Infinity;
  for (let i = 0; i < n; i++) newest = Math.max(newest, date[index[i]]);
  for (let i = 0; i < n; i++) {
    const x = index[i];
    const age = newest - date[x];
    high[x] = Math.floor(age / 4194304);
    low[x] = age - high[x] * 4194304;
  }
  let [a, b] = [index.slice(), new Uint32Array(n)];
  for (const [key, shift] of [[low, 0], [low, 11], [high, 0], [high, 11]]) {
    pass(a, b, key, shift, counts);
    [a, b] = [b, a];
  }
  for (let i = 0; i < n;) {
    let j = i + 1;
    while (j < n && date[a[j]] === date[a[i]]) j++;
    for (let k = i + 1; k < j; k++) {
      const x = a[k];
      const text = subject[x];
      let m = k - 1;
      while (m >= i && (subject[a[m]] > text || (subject[a[m]] === text && a[m] > x))) {
        a[m + 1] = a[m];
        m--;
      }
      a[m + 1] = x;
    }
    i = j;
  }
  return a;
}

function everything(n) {
  const all = new Uint32Array(n);
  for (let i = 0; i < n; i++) all[i] = i;
  return all;
}

export default {
  name: "typed",
  load,
  view: (store, restricted) => sort(store, restricted ? filter(store) : everything(store.n)),
  window({ rows }, view, offset, count) {
    const shown = [];
    for (let i = offset; i < offset + count; i++) shown.push(rows[view[i]]);
    return shown;
  },
  ids: (view) => [...view],
  restrict: (store) => filter(store).length,
  live: liveBlocks,
};
