/** Made-up headers, the same for everyone, and what happens to them. */

export interface Mail {
  readonly id: number;
  readonly subject: string;
  readonly sender: string;
  readonly date: number;
  readonly size: number;
  readonly read: boolean;
}

export type MailChange = { readonly put: Mail } | { readonly remove: number };

const syllables = "ka lo mi ten dor ver sal pin qua re sto bel ful gan hem jul nov ost per rit sun tam ul wex yor zed con form port ing".split(" ");
const SENDERS = 400;
const MINUTE_MS = 60_000;
const MINUTES = 3 * 365 * 1440;
const now = Date.UTC(2026, 0, 1);

/** mulberry32 */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** The mail of an id, where it is. */
type Get = (id: number) => Mail | undefined;

export interface Mailbox {
  /** Up to `count` more of the first `total`. */
  fill(count: number): void;
  readonly mails: readonly Mail[];
  /** What happens next to so many mails, no mail twice. */
  happen(count: number, get: Get): MailChange[];
}

export function makeMailbox(total: number): Mailbox {
  const below = dice(0xc0ffee);
  const pick = (list: readonly string[]): string => list[below(list.length)] ?? "";
  const word = (): string => pick(syllables) + pick(syllables) + (below(2) === 0 ? pick(syllables) : "");
  const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
  const words = Array.from({ length: 2000 }, word);
  const senders = Array.from({ length: SENDERS }, () => `${capital(word())} ${capital(word())}`);
  const mails: Mail[] = [];
  let ids = 0;

  function subject(): string {
    const prefix = ["Re: ", "RE: ", "Fwd: "][below(9)] ?? "";
    return prefix + capital([pick(words), ...Array.from({ length: 2 + below(4) }, () => pick(words))].join(" "));
  }

  function make(date: number): Mail {
    const scale = 2 ** (10 + below(10));
    return { id: ids++, subject: subject(), sender: pick(senders), date, size: scale + below(scale), read: below(10) < 7 };
  }

  /** Any that is there; ids are dense enough for a few tries. */
  function some(get: Get): Mail | undefined {
    for (let tries = 0; tries < 50; tries++) {
      const mail = get(below(ids));
      if (mail !== undefined) return mail;
    }
    return undefined;
  }

  return {
    mails,
    fill(count) {
      for (let left = Math.min(count, total - mails.length); left > 0; left--) mails.push(make(now - below(MINUTES) * MINUTE_MS));
    },
    happen(count, get) {
      const touched = new Set<number>();
      const changes: MailChange[] = [];
      for (let left = count; left > 0; left--) {
        const kind = below(10);
        const mail = kind < 2 ? undefined : some(get);
        if (mail === undefined) changes.push({ put: make(Date.now()) });
        else if (!touched.has(mail.id)) {
          touched.add(mail.id);
          if (kind < 4) changes.push({ remove: mail.id });
          else changes.push({ put: kind < 9 ? { ...mail, read: !mail.read } : { ...mail, subject: subject() } });
        }
      }
      return changes;
    },
  };
}
