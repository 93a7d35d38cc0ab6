// The workload: seeded messages, and what counts as having sent them.

export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** From 0 to below n. */
export const chance = (seed) => {
  const next = random(seed);
  return (n) => next() % n;
};

const words = "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore".split(" ");

/** n messages of two recipients, with bodies of at least `bodyChars` characters. */
export function makeMessages(n, bodyChars = 0) {
  const below = chance(0xbeef);
  const word = () => words[below(words.length)];
  const made = Array.from({ length: n }, (_, id) => {
    let body = "";
    while (body.length < bodyChars) body += `${word()} `;
    return {
      id, from: `user${below(100)}@mail.example`, to: [`a${below(1000)}@mail.example`, `b${below(1000)}@mail.example`],
      subject: `Re: ${word()} ${word()} ${id}`, body,
    };
  });
  // As they come out of JSON.parse: flat strings, one shape.
  return JSON.parse(JSON.stringify(made));
}

/** Runs one contender over the messages; throws unless every one was handed over once, first in, first out. */
export async function send({ queue, name }, messages, lanes) {
  let [seen, inOrder] = [0, true];
  await queue(messages, lanes, async (message) => {
    if (message.id !== seen++) inOrder = false;
    return message.body.length + message.to.length;
  });
  if (seen !== messages.length) throw new Error(`${name}: ${seen} of ${messages.length} handed over`);
  if (lanes === 1 && !inOrder) throw new Error(`${name}: not first in, first out`);
}
