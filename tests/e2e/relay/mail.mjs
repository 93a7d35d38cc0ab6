// Two hundred different messages, made alike in the page and in Node: `mail(n)` is always the same bytes.
const utf8 = (text) => new TextEncoder().encode(text);

/** Bytes that look random and are not. */
function noise(length, seed) {
  const bytes = new Uint8Array(length);
  let state = seed * 2654435761 + 1 >>> 0;
  for (let at = 0; at < length; at += 1) {
    state = Math.imul(state ^ (state >>> 15), 2246822519) + 374761393 >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

function base64Lines(bytes) {
  const out = [];
  for (let at = 0; at < bytes.length; at += 57) out.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 57))));
  return out.join("\r\n");
}

const bodies = {
  plain: (n) => `Message number ${n}.\r\n.\r\n..\r\nFrom the start of a line\r\n`,
  eightBit: (n) => `Gr\u00fc\u00dfe Nr. ${n} \u2014 \u65e5\u672c\u8a9e \ud83d\udc1f\r\n`,
  longLines: (n) => `${`${n} `.padEnd(990, "x")}\r\n${"y".repeat(998)}\r\n`,
  empty: () => "",
  noLastLine: (n) => `ends without CRLF ${n}`,
};
const kinds = Object.keys(bodies);
const LARGE = 37;
const MANY = 61;
const IDN = 83;

/** `{ id, bytes, to, cc, bcc, messageId, subject }`; `tag` keeps runs apart. */
export function mail(n, tag) {
  const kind = kinds[n % kinds.length];
  const to = n === MANY ? Array.from({ length: 50 }, (_, at) => `reader${at}@example.test`) : n === IDN ? ["b\u00fcro@b\u00fccher.test", "office@xn--bcher-kva.test"] : [`reader${n % 7}@example.test`];
  const cc = n % 5 === 0 ? ["copy@example.test"] : [];
  const bcc = n % 4 === 0 ? [`hidden${n}@example.test`] : [];
  const messageId = `<${tag}.${n}@example.test>`;
  const subject = `${tag} ${n}`;
  const head = [
    `Message-ID: ${messageId}`, `Date: Sun, 22 Nov 2026 12:00:00 +0000`, "From: Alice <alice@example.test>", `Subject: ${subject}`, "MIME-Version: 1.0",
    ...(n === IDN ? [] : [`To: ${to.slice(0, 3).join(", ")}`]), ...(cc.length > 0 ? [`Cc: ${cc.join(", ")}`] : []),
  ];
  if (n === LARGE) {
    const file = base64Lines(noise(5 << 20, n));
    const parts = `--b\r\nContent-Type: text/plain\r\n\r\nwith a file\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n${file}\r\n--b--\r\n`;
    return { id: subject, messageId, subject, to, cc, bcc, bytes: utf8([...head, 'Content-Type: multipart/mixed; boundary="b"', "", parts].join("\r\n")) };
  }
  return { id: subject, messageId, subject, to, cc, bcc, bytes: utf8([...head, "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", bodies[kind](n)].join("\r\n")) };
}

export const recipientsOf = ({ to, cc, bcc }) => [...to, ...cc, ...bcc];
