// What is made once for each content of its sources, under target/; several processes may ask at once.
//
//   contentHash(paths, ...more)             of the files below these paths of the repository, and of texts.
//   await made(kind, hash, make)            → target/<kind>/<hash>, filled by make(home) when it is not there; the newest few stay.
//   await locked(kind, work)                one process at a time; a lock whose holder died is taken over.
import { createHash } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

function* walk(path) {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info) return;
  if (info.isFile()) yield path;
  else for (const name of readdirSync(path).sort()) yield* walk(join(path, name));
}

export function contentHash(paths, ...more) {
  const hash = createHash("sha256").update(JSON.stringify(more));
  for (const source of paths) {
    for (const path of walk(join(root, source))) hash.update(path.slice(root.length)).update(readFileSync(path));
  }
  return hash.digest("hex").slice(0, 16);
}

const alive = (pid) => existsSync(`/proc/${pid}`);

/** Of a holder that died; also when it died before it wrote who it was. */
function isStale(lock) {
  const info = statSync(lock, { throwIfNoEntry: false });
  if (info === undefined) return false;
  if (info.size === 0) return Date.now() - info.mtimeMs > 10_000;
  const holder = readIfThere(lock);
  return holder !== "" && !alive(holder);
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return "";
  }
}

/** Only one can rename it. If that was meanwhile somebody's new lock, it goes back. */
function takeAway(lock) {
  const own = `${lock}.${process.pid}`;
  try {
    renameSync(lock, own);
    if (!isStale(own)) linkSync(own, lock);
  } catch (error) {
    if (error.code !== "ENOENT" && error.code !== "EEXIST") throw error;
  }
  rmSync(own, { force: true });
}

export async function locked(kind, work) {
  const home = join(root, "target", kind);
  mkdirSync(home, { recursive: true });
  const lock = join(home, "lock");
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (isStale(lock)) takeAway(lock);
      else await new Promise((next) => setTimeout(next, 100));
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The newest few stay, so that switching branches is cheap. */
function prune(home) {
  const made = readdirSync(home).map((name) => ({ path: join(home, name), info: statSync(join(home, name), { throwIfNoEntry: false }) }));
  const dirs = made.filter(({ info }) => info?.isDirectory()).sort((a, b) => b.info.mtimeMs - a.info.mtimeMs);
  for (const { path } of dirs.slice(3)) rmSync(path, { recursive: true, force: true });
}

export async function made(kind, hash, make) {
  const home = join(root, "target", kind, hash);
  const done = join(home, ".made");
  if (!existsSync(done)) {
    await locked(kind, async () => {
      if (existsSync(done)) return;
      rmSync(home, { recursive: true, force: true });
      await make(home);
      writeFileSync(done, "");
      prune(join(root, "target", kind));
    });
  }
  utimesSync(home, new Date(), new Date());
  return home;
}
