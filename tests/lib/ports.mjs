// Ports of 127.0.0.1 for servers that have to be told theirs: `await freePort()`. They lie below those the system gives out by
// itself. What this process was given it holds at another loopback address as long as it lives: no other process is given the
// same between the look and the use.
import { createServer } from "node:net";

const [first, last] = [10_000, 32_000];
let next = first + (process.pid * 40) % (last - first);

/** Resolves with the server that listens there, or with the error. */
const listen = (port, address) => new Promise((done) => {
  const server = createServer().once("error", done);
  server.listen(port, address, () => done(server));
});

async function claim(port) {
  const held = await listen(port, "127.0.0.2");
  if (held.code === "EADDRINUSE") return false;
  held.unref?.();
  const used = await listen(port, "127.0.0.1");
  if (used instanceof Error) {
    held.close?.();
    return false;
  }
  await new Promise((done) => used.close(done));
  return true;
}

export async function freePort() {
  for (;;) {
    const port = next;
    next = port + 1 < last ? port + 1 : first;
    if (await claim(port)) return port;
  }
}
