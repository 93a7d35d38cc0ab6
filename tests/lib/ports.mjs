// Ports of 127.0.0.1 for servers that have to be told theirs: `await freePort()`. They lie below those the system gives out by
// itself, and each process begins at a place of its own: that somebody else takes one between the look and
// the use is unlikely, not impossible.
import { createServer } from "node:net";

const [first, last] = [10_000, 32_000];
let next = first + (process.pid * 40) % (last - first);

const isFree = (port) => new Promise((done) => {
  const server = createServer().once("error", () => done(false));
  server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
});

export async function freePort() {
  for (;;) {
    const port = next;
    next = port + 1 < last ? port + 1 : first;
    if (await isFree(port)) return port;
  }
}
