// The module as ASCII text inside a script. Base64 spreads three bytes over four characters, so that gzip and brotli no
// longer see bytes: it costs 28 and 36 percent. Here a byte is one character, the few seldom ones are two, and the text
// packs as small as the file.

/** Printable characters that no quoting, template, minifier or inline script has to escape. */
const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter((c) => !"\"'`\\<$".includes(c));
const marks = printable.slice(0, 2);
const plain = printable.slice(2);

/** Answers the source of the ES module "core:inline"; `unpack` in src/entry/inline.ts reads it. */
export function inline(bytes) {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte] += 1;
  const values = Array.from(counts.keys());
  const often = [...values].sort((a, b) => counts[b] - counts[a]).slice(0, plain.length).sort((a, b) => a - b);
  const seldom = values.filter((byte) => !often.includes(byte));
  if (seldom.length > marks.length * plain.length) throw new Error("expected a mark for every seldom byte");
  const code = [];
  often.forEach((byte, i) => (code[byte] = plain[i]));
  seldom.forEach((byte, i) => (code[byte] = marks[Math.floor(i / plain.length)] + plain[i % plain.length]));
  const text = Array.from(bytes, (byte) => code[byte]).join("");
  return `export const order = ${JSON.stringify([...often, ...seldom])};
export const size = ${bytes.length};
export const marks = ${JSON.stringify(marks.join(""))};
export const plain = ${JSON.stringify(plain.join(""))};
export const text = ${JSON.stringify(text)};
`;
}
