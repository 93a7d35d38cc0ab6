/** One name for the database, the lock and the channel of an outbox (O-70). */
import { storeError } from "./store.js";

const primes = (count: number): number[] => {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((p) => n % p !== 0)) found.push(n);
  return found;
};
const fraction = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0;
const rotate = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

/** FIPS 180-4. Here because `crypto.subtle` exists in secure contexts only, and is asynchronous. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const constants = primes(64).map((p) => fraction(Math.cbrt(p)));
  const hash = Int32Array.from(primes(8), (p) => fraction(Math.sqrt(p)));
  const padded = new Uint8Array((bytes.length + 72) & ~63);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length << 3);
  const w = new Int32Array(64);
  const at = (i: number): number => w[i] ?? 0;
  for (let block = 0; block < padded.length; block += 64) {
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash;
    for (let i = 0; i < 64; i++) {
      if (i < 16) w[i] = view.getInt32(block + 4 * i);
      else {
        const [x, y] = [at(i - 15), at(i - 2)];
        w[i] = at(i - 16) + at(i - 7) + (rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3)) + (rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10));
      }
      const t = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + (constants[i] ?? 0) + at(i)) | 0;
      const u = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t) | 0, c, b, a, (t + u) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => (hash[i] = (hash[i] ?? 0) + value));
  }
  const digest = new DataView(new ArrayBuffer(32));
  hash.forEach((word, i) => digest.setInt32(4 * i, word));
  return new Uint8Array(digest.buffer);
}

/** RFC 4648, lower case, without padding. */
function base32(bytes: Uint8Array): string {
  let [text, bits, held] = ["", 0, 0];
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += "abcdefghijklmnopqrstuvwxyz234567"[(held >>> (bits - 5)) & 31];
  }
  return bits === 0 ? text : text + "abcdefghijklmnopqrstuvwxyz234567"[(held << (5 - bits)) & 31];
}

/** `mailspooler/<profile>/<hash of owner>`: the owner's address is not readable from it. */
export function databaseName(profile: string, owner: string): string {
  try {
    encodeURIComponent(owner);
    return `mailspooler/${encodeURIComponent(profile)}/${base32(sha256(new TextEncoder().encode(owner)))}`;
  } catch (error) {
    throw storeError("invalid", "expected profile and owner to be well-formed text, got a lone surrogate", error);
  }
}
