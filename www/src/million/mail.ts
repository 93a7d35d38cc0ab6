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

export interface Mailbox {
  /** Up to `count` more of the first `total`. */
  fill(count: number): void;
  readonly mails: readonly Mail[];
  /** What happens next to so many mails, no mail twice. */
  happen(count: number): MailChange[];
  toggle(id: number): MailChange | undefined;
}

export function makeMailbox(total: number): Mailbox {
  const below = dice(0xc0ffee);
  const pick = (list: readonly string[]): string => list[below(list.length)] ?? "";
  const word = (): string => pick(syllables) + pick(syllables) + (below(2) === 0 ? pick(syllables) : "");
  const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
  const words = Array.from({ length: 2000 }, word);
  const senders = Array.from({ length: SENDERS }, () => `${capital(word())} ${capital(word())}`);
  const mails: Mail[] = [];
  const byId = new Map<number, Mail>();
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
  function some(): Mail | undefined {
    for (let tries = 0; tries < 50; tries++) {
      const mail = byId.get(below(ids));
      if (mail !== undefined) return mail;
    }
    return undefined;
  }

  function change(mail: Mail): MailChange {
    byId.set(mail.id, mail);
    return { put: mail };
  }

  return {
    mails,
    fill(count) {
      for (let left = Math.min(count, total - mails.length); left > 0; left--) {
        const mail = make(now - below(MINUTES) * MINUTE_MS);
        mails.push(mail);
        byId.set(mail.id, mail);
      }
    },
    happen(count) {
      const touched = new Set<number>();
      const changes: MailChange[] = [];
      for (let left = count; left > 0; left--) {
        const kind = below(10);
        const mail = kind < 2 ? undefined : some();
        if (mail === undefined) changes.push(change(make(Date.now())));
        else if (!touched.has(mail.id)) {
          touched.add(mail.id);
          if (kind < 4) {
            byId.delete(mail.id);
            changes.push({ remove: mail.id });
          } else changes.push(change(kind < 9 ? { ...mail, read: !mail.read } : { ...mail, subject: subject() }));
        }
      }
      return changes;
    },
    toggle(id) {
      const mail = byId.get(id);
      return mail && change({ ...mail, read: !mail.read });
    },
  };
}
