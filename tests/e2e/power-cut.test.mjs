// A power cut: what the disk was not made to keep is gone (O-07, G1). The profile lies on an ext4 of its own, which is shut
// down without its journal being written out at the moment a commit is answered; then it is mounted anew, as after a restart.
// Needs root and loop devices. MAILSPOOLER_CUTS: how many cuts; MAILSPOOLER_BODY=relaxed: measure what relaxed bodies lose.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inEach, lasting } from "../lib/engines.mjs";
import { serve } from "../lib/serve.mjs";
import { open } from "../lib/webdriver.mjs";
import { bundle } from "../js/store/sources.mjs";

const cuts = Number(process.env.MAILSPOOLER_CUTS ?? 2);
const body = process.env.MAILSPOOLER_BODY ?? "strict";
/** `EXT4_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH`. */
const shutdown = 'open(my $dir, "<", $ARGV[0]) or die; my $flags = pack("L", 2); ioctl($dir, 0x8004587d, $flags) or die $!';

/** A disk that can lose its power. */
function disk() {
  const home = mkdtempSync(join(tmpdir(), "mailspooler-cut-"));
  const [image, mounted] = [join(home, "disk"), join(home, "mnt")];
  mkdirSync(mounted);
  const run = (name, ...args) => execFileSync(name, args, { stdio: "pipe" });
  const mount = () => run("mount", "-o", "loop", image, mounted);
  const unmount = async () => {
    // The browser's last processes may still be going.
    while (spawnSync("umount", [mounted]).status !== 0) await new Promise((next) => setTimeout(next, 50));
  };
  try {
    run("truncate", "-s", "1G", image);
    run("mkfs.ext4", "-q", image);
    mount();
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
  return {
    profile: join(mounted, "profile"),
    cut: () => run("perl", "-e", shutdown, mounted),
    restart: () => unmount().then(mount),
    remove: () => unmount().then(() => rmSync(home, { recursive: true, force: true })),
  };
}

async function lacking() {
  let probe;
  try {
    probe = disk();
    probe.cut();
    return false;
  } catch (error) {
    return `a power cut, which needs root, loop devices, mkfs.ext4 and perl: ${error.message.split("\n")[0]}`;
  } finally {
    await probe?.remove();
  }
}

/** In the page, not in the driver's scripts: in Firefox those meet buffers of another realm. */
const page = `<!doctype html><meta charset="utf-8"><title>cut</title>
<script type="module">
import { idbStore } from "/host/host.mjs";
const store = idbStore({ name: "cut" });
const textOf = (key) => key.repeat(20_000);
const row = (key) => ({ key, version: 1, midKey: "<" + key + "@test>", nums: [1, 2], text: "text" });
const must = ([result]) => { if (!result.ok) throw new Error(JSON.stringify(result)); };
/** Accepts messages one after the other and says so; bodies as Blob and as bytes in turn. */
globalThis.work = async (life, durability) => {
  for (let n = 0; ; n++) {
    const key = life + "." + n;
    const content = n % 2 === 0 ? new Blob([textOf(key)]) : new TextEncoder().encode(textOf(key)).buffer;
    must(await store.commit([[{ op: "putBody", key, body: content, at: Date.now() }]], { durability }));
    must(await store.commit([[{ op: "exists", store: "bodies", key }, { op: "add", store: "messages", record: row(key) }]], { durability: "strict" }));
    const request = new XMLHttpRequest();
    request.open("POST", "/said?" + key, false);
    request.send();
  }
};
/** Message -> "whole", or what became of its body. */
globalThis.found = async () => {
  const { messages } = await store.read({ all: true });
  const texts = {};
  for (const { key } of messages) {
    try {
      const content = await store.body(key);
      const text = content instanceof Blob ? await content.text() : new TextDecoder().decode(content);
      texts[key] = text === textOf(key) ? "whole" : text.length + " characters";
    } catch (error) {
      texts[key] = String(error);
    }
  }
  return texts;
};
</script>`;

/** What a browser writes beside its databases and does not make durable; drivers cannot start on its remains. */
const remains = ["Local State", "Default/Preferences", "Default/Secure Preferences"];

const reason = await lacking();
inEach("power cuts", lasting, (engine) => {
  test(`g1 o_07 ${cuts} power cuts lose nothing that was answered, ${engine}`, { skip: reason }, async (t) => {
    const power = disk();
    const said = [];
    let onSaid = () => {};
    const site = await serve({
      "/": page,
      "/host/": await bundle(`cut-${engine}`),
      "/said": (_request, response, url) => {
        said.push(url.search.slice(1));
        onSaid();
        response.end();
      },
    });
    t.after(async () => {
      await site.close();
      await power.remove();
    });
    const lost = [];
    for (let life = 0; life <= cuts; life++) {
      mkdirSync(power.profile, { recursive: true });
      const browser = await open(engine, { profile: power.profile });
      try {
        await browser.navigate(`${site.origin}/`);
        const texts = await browser.until(() => globalThis.found?.());
        for (const key of said) if (texts[key] !== "whole") lost.push(`${key}: ${texts[key] ?? "no row"}`);
        if (life === cuts) break;
        const enough = said.length + 5 + 3 * life;
        // Inside the answer: the next commit has not begun.
        const gone = new Promise((done) => { onSaid = () => { if (said.length >= enough) { power.cut(); onSaid = () => {}; done(); } }; });
        await browser.execute((of, durability) => void globalThis.work(of, durability), life, body);
        await gone;
      } finally {
        await browser.kill();
      }
      await power.restart();
      for (const name of remains) rmSync(join(power.profile, name), { force: true });
    }
    t.diagnostic(`${said.length} accepted, bodies ${body}, ${cuts} cuts, ${lost.length} lost${lost.length === 0 ? "" : `: ${lost.slice(0, 6).join("; ")}`}`);
    assert.deepEqual(lost, []);
  });
});
