// A real JMAP server for tests and the demo: Debian's cyrus-imapd in a scratch directory, on free loopback ports.
import { spawn, execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../../tests/lib/ports.mjs";

const run = promisify(execFile);
const MASTER = "/usr/lib/cyrus/bin/master";
const NEEDED = [
  ["cyrus-imapd", MASTER],
  ["cyrus-imapd", "/usr/lib/cyrus/bin/imapd"],
  ["cyrus-caldav", "/usr/lib/cyrus/bin/httpd"],
  ["sasl2-bin", "/usr/sbin/saslpasswd2"],
  ["libsasl2-modules", "/usr/share/doc/libsasl2-modules"],
  ["libsasl2-modules-db", "/usr/share/doc/libsasl2-modules-db"],
];

const isRoot = () => process.getuid?.() === 0;
const missing = () => [...new Set(NEEDED.filter(([, path]) => !existsSync(path)).map(([name]) => name))];

/** What must still be installed before Cyrus can run here; `[]` when nothing. */
export async function ensureCyrus() {
  if (missing().length > 0 && isRoot()) await install(missing());
  return missing();
}

// Debian starts services as it installs them; a test must not leave a mail server on port 143.
async function install(packages) {
  const policy = "/usr/sbin/policy-rc.d";
  const ours = !existsSync(policy);
  if (ours) await writeFile(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  const apt = (...args) =>
    run("apt-get", ["-qq", "-o", "DPkg::Lock::Timeout=300", ...args], { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  try {
    await apt("update").catch(() => undefined);
    await apt("install", "-y", "--no-install-recommends", ...packages);
  } finally {
    if (ours) await rm(policy);
  }
}

function imapdConf({ dir, owner, smtpPort, options }) {
  const keys = {
    configdirectory: join(dir, "conf"), proc_path: join(dir, "proc"), mboxname_lockpath: join(dir, "lock"),
    "partition-default": join(dir, "mail"), defaultpartition: "default", sievedir: join(dir, "sieve"),
    lmtpsocket: join(dir, "s", "lmtp"), idlesocket: join(dir, "s", "idle"), notifysocket: join(dir, "s", "notify"),
    cyrus_user: owner, servername: "example.test", virtdomains: "userid", defaultdomain: "example.test", unixhierarchysep: "yes",
    allowplaintext: "yes", sasl_mech_list: "PLAIN LOGIN",
    sasl_pwcheck_method: "auxprop", sasl_auxprop_plugin: "sasldb", sasl_sasldb_path: join(dir, "sasldb2"),
    httpmodules: "jmap", httpallowcors: "*", jmap_nonstandard_extensions: "yes",
    conversations: "yes", conversations_db: "twoskip",
    // A second delivery must stay visible, and every byte.
    duplicatesuppression: "no", munge8bit: "no",
    autocreate_quota: "0", autocreate_post: "yes", autocreate_inbox_folders: "Drafts | Sent | Trash | Archive",
    "xlist-drafts": "Drafts", "xlist-sent": "Sent", "xlist-trash": "Trash", "xlist-archive": "Archive",
    smtp_backend: "host", smtp_host: `127.0.0.1:${smtpPort}/noauth`, search_engine: "none", admins: "cyrus",
    ...options,
  };
  return Object.entries(keys).map(([key, value]) => `${key}: ${value}\n`).join("");
}

// The master does not hand its -C on: without it in each line a service reads /etc/imapd.conf.
const cyrusConf = ({ conf, imapPort, httpPort, lmtpPort }) => `START {
  recover cmd="ctl_cyrusdb -C ${conf} -r"
}
SERVICES {
  imap cmd="imapd -C ${conf}" listen="127.0.0.1:${imapPort}" prefork=0
  http cmd="httpd -C ${conf}" listen="127.0.0.1:${httpPort}" prefork=1
  lmtp cmd="lmtpd -C ${conf} -a" listen="127.0.0.1:${lmtpPort}" prefork=0
}
EVENTS {
}
`;

async function setPassword(dir, user, password) {
  const [local, realm] = user.split("@");
  const child = spawn("/usr/sbin/saslpasswd2", ["-p", "-c", "-f", join(dir, "sasldb2"), ...(realm ? ["-u", realm] : []), local], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (text) => (complaint += text));
  child.stdin.end(password);
  const code = await new Promise((done) => child.once("close", done));
  if (code !== 0) throw new Error(`saslpasswd2 for ${user} ended with ${code}: ${complaint.trim()}`);
}

/** Logs in by IMAP, which makes the mailboxes; rejects with the server's answer. */
function imapLogin(port, user, password) {
  const quote = (text) => `"${text.replace(/[\\"]/g, "\\$&")}"`;
  return new Promise((done, fail) => {
    const socket = connect(port, "127.0.0.1").setEncoding("latin1");
    let text = "";
    socket.setTimeout(300_000, () => socket.destroy(new Error("IMAP gave no answer in five minutes")));
    socket.on("error", fail).on("close", () => fail(new Error(`IMAP closed after: ${text.slice(-200)}`)));
    socket.on("data", (part) => {
      const greeted = text.includes("\r\n");
      text += part;
      if (!greeted && text.includes("\r\n")) socket.write(`1 LOGIN ${quote(user)} ${quote(password)}\r\n`);
      const answer = /^1 (.*)\r\n/m.exec(text)?.[1];
      if (answer === undefined) return;
      if (answer.startsWith("OK")) done();
      else fail(new Error(`IMAP login of ${user}: ${answer}`));
      socket.end("2 LOGOUT\r\n");
    });
  });
}

async function untilListening(port, alive) {
  for (;;) {
    const open = await new Promise((done) => {
      const socket = connect(port, "127.0.0.1", () => { socket.destroy(); done(true); }).on("error", () => done(false));
    });
    if (open) return;
    alive();
    await new Promise((done) => setTimeout(done, 20));
  }
}

/**
 * Starts Cyrus in `dir` (absolute, short, reachable by user cyrus; made when missing).
 * users: `{ "alice@example.test": "secret" }`. smtpPort: where submitted mail goes on 127.0.0.1.
 * options: further imapd.conf keys. The JMAP account id of alice@example.test is `alice`.
 */
export async function startCyrus({ dir, users, smtpPort, options = {} }) {
  const lacking = await ensureCyrus();
  if (lacking.length > 0) throw new Error(`Cyrus is not installed; as root: apt-get install ${lacking.join(" ")}`);
  const scratch = resolve(dir);
  if (scratch.length > 80) throw new Error(`a scratch directory of at most 80 characters (socket paths are short), got ${scratch.length}: ${scratch}`);
  const owner = isRoot() ? "cyrus" : userInfo().username;
  const [imapPort, httpPort, lmtpPort] = [await freePort(), await freePort(), await freePort()];

  for (const part of ["", "conf/db", "conf/socket", "proc", "lock", "mail", "sieve", "s"]) await mkdir(join(scratch, part), { recursive: true });
  const conf = join(scratch, "imapd.conf");
  await writeFile(conf, imapdConf({ dir: scratch, owner, smtpPort, options }));
  await writeFile(join(scratch, "cyrus.conf"), cyrusConf({ conf, imapPort, httpPort, lmtpPort }));
  for (const [user, password] of Object.entries(users)) await setPassword(scratch, user, password);
  // --pdeathsig: a killed test leaves no server behind.
  const as = ["setpriv", ...(isRoot() ? ["--reuid", "cyrus", "--regid", "mail", "--clear-groups"] : []), "--pdeathsig", "TERM"];
  if (isRoot()) {
    await run("chown", ["-R", "cyrus:mail", scratch]);
    await run(as[0], [...as.slice(1), "test", "-r", conf]).catch(() => {
      throw new Error(`a scratch directory that user cyrus can reach, got ${scratch}`);
    });
  }

  const master = [MASTER, "-C", conf, "-M", join(scratch, "cyrus.conf"), "-p", join(scratch, "pid")];
  const child = spawn(as[0], [...as.slice(1), ...master], { cwd: scratch, stdio: ["ignore", "ignore", "pipe"], detached: true });
  let complaint = "";
  child.stderr.on("data", (text) => (complaint = (complaint + text).slice(-2000)));
  let exit;
  const ended = new Promise((done) => child.once("close", (code, signal) => done((exit = { code, signal }))));
  const alive = () => {
    if (exit) throw new Error(`Cyrus ended with ${exit.code ?? exit.signal}: ${complaint.trim()}`);
  };

  const stop = async () => {
    if (!exit) process.kill(child.pid, "SIGTERM");
    const late = setTimeout(() => {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch (error) {
        // The last of them went at this very moment.
        if (error.code !== "ESRCH") throw error;
      }
    }, 10_000);
    await ended;
    clearTimeout(late);
  };
  try {
    for (const port of [imapPort, httpPort, lmtpPort]) await untilListening(port, alive);
    for (const [user, password] of Object.entries(users)) await imapLogin(imapPort, user, password);
  } catch (error) {
    await stop();
    throw error;
  }
  /** False where the old password is not the one SASL knows. */
  const changePassword = async (user, old, now) => {
    const right = await imapLogin(imapPort, user, old).then(() => true, () => false);
    if (right) await setPassword(scratch, user, now);
    return right;
  };
  return { jmapUrl: `http://127.0.0.1:${httpPort}/.well-known/jmap`, httpPort, imapPort, lmtpPort, pid: child.pid, changePassword, stop };
}
