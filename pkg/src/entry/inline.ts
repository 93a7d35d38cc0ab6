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
  const place = new Int16Array(128).fill(-1);
  for (let i = 0; i < plain.length; i += 1) place[plain.charCodeAt(i)] = i;
  const from = Uint8Array.from(order);
  const bytes = new Uint8Array(size);
  const first = marks.charCodeAt(0);
  for (let i = 0, at = 0; at < size; i += 1, at += 1) {
    let index = place[text.charCodeAt(i)] as number;
    if (index < 0) {
      index = place[text.charCodeAt(i + 1)] as number + plain.length * (text.charCodeAt(i) === first ? 1 : 2);
      i += 1;
    }
    bytes[at] = from[index] as number;
  }
  return bytes;
}
