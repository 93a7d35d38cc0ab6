// Seeded headers of a mailbox, what happens to them, and what a mail UI asks of them. Integer arithmetic only.
import { random } from "../work.mjs";

const seen = 1;
const attached = 16;
const slot = 600_000;
const slots = 157_680; // ten minutes each, of three years: equal dates are common, as in real mail
const firstDate = 1_700_000_000_000 - (1_700_000_000_000 % slot);
const seed = 0xc0ffee;

const dice = (from) => {
  const next = random(from);
  return { next, below: (n) => next() % n, percent: (p) => next() % 100 < p };
};

const syllables = ("ka lo mi ten dor ver sal pin qua re sto bel ful gan hem jul nov ost per rit sun tam ul wex yor zed con form port ing").split(" ");
const accented = ["Gr\u00f6\u00dfe", "r\u00e9sum\u00e9", "na\u00efve", "\u00dcbersicht", "fa\u00e7ade", "se\u00f1or", "\u4f1a\u8b70", "\u8cc7\u6599", "\u4e88\u5b9a"];
const capital = (word) => word[0].toUpperCase() + word.slice(1);
const hex = (n) => n.toString(16).padStart(8, "0");

function vocabulary() {
  const { below } = dice(7);
  return Array.from({ length: 2000 }, () => {
    const length = 2 + below(3);
    return Array.from({ length }, () => syllables[below(syllables.length)]).join("");
  });
}

function people(words) {
  const { below, percent } = dice(11);
  return Array.from({ length: 5000 }, (_, at) => {
    const [first, last] = [capital(words[below(2000)]), capital(words[below(2000)])];
    return { name: percent(3) ? `${first} M\u00fcller-${last}` : `${first} ${last}`, email: `${first}.${last}${at}@${words[below(200)]}.example`.toLowerCase() };
  });
}

/** next(id) → a row. 30 % of the subjects answer one of the last 500; about 3 % are not ASCII. */
function source(from) {
  const { next, below, percent } = dice(from);
  const words = vocabulary();
  const folk = people(words);
  const recent = [];

  function subject() {
    if (recent.length > 8 && percent(30)) {
      const other = recent[below(recent.length)];
      return other.startsWith("Re: ") ? other : `Re: ${other}`;
    }
    const kind = below(100);
    const prefix = kind < 12 ? "Re: " : kind < 17 ? "RE: " : kind < 25 ? "Fwd: " : "";
    const more = 2 + below(5);
    const first = capital(words[below(2000)]);
    const rest = Array.from({ length: more }, () => (below(150) === 0 ? accented[below(accented.length)] : words[below(2000)]));
    return prefix + [first, ...rest].join(" ");
  }

  return (id) => {
    const title = subject();
    if (recent.length < 500) recent.push(title);
    else recent[below(500)] = title;
    const sender = folk[below(5000)];
    const others = Number(percent(25)) + Number(percent(8));
    const to = [folk[below(200)].email];
    for (let i = 0; i < others; i++) to.push(folk[below(5000)].email);
    const date = firstDate + slot * below(slots);
    const scale = 10 + below(10);
    const size = 2 ** scale + below(2 ** scale);
    let flags = 0;
    for (const [bit, share] of [[seen, 70], [2, 20], [4, 8], [8, 3], [attached, 30], [32, 5]]) if (percent(share)) flags |= bit;
    return {
      id, subject: title, sender: sender.name, email: sender.email, to: to.join(", "), date, size, flags, status: below(8), importance: below(3),
      hasAttach: (flags & attached) !== 0, messageId: `<${hex(next())}${hex(next())}.${hex(id)}@mail.example>`,
    };
  };
}

/** UTF-8 JSON arrays of a thousand rows: what a server hands over, about 360 bytes a row. */
export function makeChunks(n) {
  const next = source(seed);
  const encoder = new TextEncoder();
  return Array.from({ length: Math.ceil(n / 1000) }, (_, k) =>
    encoder.encode(JSON.stringify(Array.from({ length: Math.min(1000, n - k * 1000) }, (_, j) => next(k * 1000 + j)))));
}

export function parse(chunks) {
  const decoder = new TextDecoder();
  const rows = [];
  for (const chunk of chunks) for (const row of JSON.parse(decoder.decode(chunk))) rows.push(row);
  return rows;
}

/** As they come out of JSON.parse: flat strings, one shape. */
export const makeRows = (n) => parse(makeChunks(n));

/**
 * Half updates (60 % the flag that enters or leaves the filter, 20 % a column nobody sorts by, 10 % the date, 10 % the subject), a
 * quarter each inserts and deletes: { id, patch } | { id, row } | { id }.
 */
export function makeChanges(rows, count) {
  const { below } = dice(seed ^ 0x5eed);
  const next = source(seed ^ 0x5eed ^ 0xabcdef);
  const live = rows.map(({ id }) => id);
  const flags = rows.map((row) => row.flags);
  const patch = (id) => {
    const kind = below(10);
    if (kind < 6) return { flags: (flags[id] ^= seen) };
    if (kind < 8) return { status: below(8) };
    return kind < 9 ? { date: firstDate + slot * below(slots) } : { subject: next(0).subject };
  };
  const made = Array.from({ length: count }, () => {
    const kind = below(4);
    if (kind < 2) {
      const id = live[below(live.length)];
      return { id, patch: patch(id) };
    }
    if (kind === 2) {
      const row = next(flags.length);
      live.push(row.id);
      flags.push(row.flags);
      return { id: row.id, row };
    }
    const at = below(live.length);
    const id = live[at];
    live[at] = live[live.length - 1];
    live.pop();
    return { id };
  });
  return JSON.parse(JSON.stringify(made));
}

export function makePositions(length, count, size) {
  const { below } = dice(seed ^ 0x77);
  return Array.from({ length: count }, () => below(Math.max(1, length - size)));
}

/** Large, read, "re" in the subject in any case: about 19 %. */
export const matches = (row) => row.size > 50_000 && (row.flags & seen) !== 0 && row.subject.toLowerCase().includes("re");
export const always = () => true;

const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
/** Newest first, then by subject and id. */
export const newestFirst = (a, b) => b.date - a.date || order(a.subject, b.subject) || a.id - b.id;
export const bySubject = (a, b) => order(a.subject.toLowerCase(), b.subject.toLowerCase()) || b.date - a.date || a.id - b.id;

/** What a page does with a window: reads its columns. One copy a contender, so that none pays for the shapes of another. */
export async function reader(what, unique) {
  const body = `/*${unique}*/ export default (rows) => { let sum = 0; for (const row of rows) sum = (Math.imul(sum, 31) + ${what}) | 0; return sum; };`;
  return (await import(`data:text/javascript,${encodeURIComponent(body)}`)).default;
}

const six = "row.subject.length + row.sender.length + ((row.date / 600000) | 0) + row.size + row.flags + row.status";
const rest = "row.id + row.email.length + row.to.length + row.importance + (row.hasAttach ? 1 : 0) + row.messageId.length";
let readers = 0;
export const makeReader = (columns) => reader(columns === 6 ? six : `${six} + ${rest}`, readers++);
