// A whole mail system on loopback: Cyrus, the SMTP side that delivers into it, and the proxy a client talks to.
import { mkdtemp, rm } from "node:fs/promises";
import { startCyrus } from "./cyrus.mjs";
import { startProxy } from "./proxy.mjs";
import { startSmtp } from "./smtp.mjs";

/**
 * users: `{ "alice@example.test": "secret" }`. dir: Cyrus's own, default a fresh one under /tmp, removed by `stop`.
 * sessionUrl is where a JMAP client starts, behind the proxy.
 */
export async function startMailSystem({ users, dir, options, port, enhanced }) {
  const scratch = dir ?? (await mkdtemp("/tmp/mailspooler-"));
  const started = [];
  const stop = async () => {
    for (const part of started.splice(0).reverse()) await part.stop();
    if (dir === undefined) await rm(scratch, { recursive: true, force: true });
  };
  const keep = (part) => (started.push(part), part);
  try {
    const smtp = keep(await startSmtp({ enhanced }));
    const cyrus = keep(await startCyrus({ dir: scratch, users, smtpPort: smtp.port, options }));
    const addresses = Object.keys(users);
    smtp.deliverTo = { port: cyrus.lmtpPort, domains: [...new Set(addresses.map((user) => user.split("@")[1]))], users: addresses };
    const proxy = keep(await startProxy({ target: new URL(cyrus.jmapUrl).origin, port }));
    return { cyrus, smtp, proxy, users, sessionUrl: `${proxy.url}/.well-known/jmap`, dir: scratch, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
