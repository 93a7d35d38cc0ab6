// The module as text, back to bytes; pkg/inline.mjs says why not base64.

export interface Inlined {
  /** The bytes `plain` stands for, then those it stands for behind each mark. */
  readonly order: readonly number[];
  readonly size: number;
  readonly marks: string;
  readonly plain: string;
  readonly text: string;
}

// Not fetch("data:"), which would need `connect-src data:`.
export function unpack({ order, size, marks, plain, text }: Inlined): Uint8Array<ArrayBuffer> {
  // What a character stands for, plain and behind each mark; a mark leads to the place of its own.
  const byte = new Int16Array(3 * 128);
  order.forEach((value, i) => (byte[128 * Math.floor(i / plain.length) + plain.charCodeAt(i % plain.length)] = value));
  for (const mark of [0, 1]) byte[marks.charCodeAt(mark)] = -128 * (mark + 1);
  // In place: what is read is never behind what is written. By typed array, since a cold loop over a string costs a fifth more.
  const bytes = new Uint8Array(text.length);
  new TextEncoder().encodeInto(text, bytes);
  for (let i = 0, at = 0; at < size; i += 1, at += 1) {
    let value = byte[bytes[i] as number] as number;
    if (value < 0) {
      i += 1;
      value = byte[bytes[i] as number - value] as number;
    }
    bytes[at] = value;
  }
  return bytes.subarray(0, size);
}
