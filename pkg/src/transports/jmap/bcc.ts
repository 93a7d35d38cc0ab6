/** Takes Bcc out of a header block, byte for byte. */

const CR = 13;
const LF = 10;

/** Index of the first byte after the header block's last line. */
function headerEnd(bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length;) {
    const line = bytes.indexOf(LF, at);
    if (line < 0) return bytes.length;
    if (line === at || (line === at + 1 && bytes[at] === CR)) return at;
    at = line + 1;
  }
  return bytes.length;
}

export async function withoutBcc(content: Blob): Promise<Blob> {
  const bytes = new Uint8Array(await content.arrayBuffer());
  const end = headerEnd(bytes);
  // latin1 keeps every byte one character.
  let header = "";
  for (let at = 0; at < end; at += 4096) header += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 4096)));
  const kept = header.replace(/^(resent-)?bcc[ \t]*:.*\r?\n?([ \t].*\r?\n?)*/gim, "");
  return new Blob([Uint8Array.from(kept, (character) => character.charCodeAt(0)), bytes.subarray(end)], { type: "message/rfc822" });
}
