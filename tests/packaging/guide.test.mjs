// The examples of README.md and www/guide.md: all are type-checked, those of the guide run, with Svelte and Vue themselves.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { after, describe, test } from "node:test";
import ts from "typescript";
import { packages } from "../lib/install.mjs";
import { provide } from "../lib/pack.mjs";

const frameworks = fileURLToPath(new URL("frameworks", import.meta.url));
await packages(frameworks);
await provide(frameworks);
const dir = realpathSync(mkdtempSync(join(tmpdir(), "mailspooler-guide-")));
symlinkSync(join(frameworks, "node_modules"), join(dir, "node_modules"));
after(() => rmSync(dir, { recursive: true, force: true }));

const blocks = (file) => [...readFileSync(new URL(`../../${file}`, import.meta.url), "utf8").matchAll(/```(jsx?|svelte)\n([\s\S]*?)```/g)]
  .map(([, language, code], at) => ({ name: `${file.replaceAll(/\W/g, "-")}-${at}.${language === "js" ? "mjs" : language}`, code }));
const [readme, guide] = [blocks("README.md"), blocks("www/guide.md")];

/** A module of the guide, by a word of it. */
async function example(word) {
  const found = guide.filter(({ name, code }) => name.endsWith(".mjs") && code.includes(word));
  assert.equal(found.length, 1, word);
  const path = join(dir, found[0].name);
  writeFileSync(path, found[0].code);
  return import(pathToFileURL(path).href);
}
const own = (specifier) => {
  const path = join(dir, `${specifier.replaceAll(/\W/g, "-")}.mjs`);
  writeFileSync(path, `export * from ${JSON.stringify(specifier)};\n`);
  return import(pathToFileURL(path).href);
};
const { memoryStore, openSession } = await own("mailspooler");
const { fakeClock } = await own("mailspooler/testing");
const transport = { uid: "t", submitMessage: () => ({ type: "accepted" }) };
const options = (more) => ({ profile: "test", owner: "me@example.org", store: memoryStore(), soleOwner: true, transports: [transport], ...more });
const held = (subject) => ({ to: "you@example.org", subject, payload: {}, holdUntil: Date.now() + 86_400_000 });

test("every example is right by the declarations", () => {
  // What the examples leave to their reader.
  writeFileSync(join(dir, "yours.d.ts"), `
    declare module "react" { export const useEffect: any, useState: any; }
    declare const render: any, mime: any, token: any, sessionUrl: string, inbox: any, draft: any, vault: any, row: any, rows: any, id: any, other: any, sign: any, options: any;
    declare const session: import("mailspooler").Session;`);
  const files = [...readme, ...guide].filter(({ name }) => !name.endsWith(".svelte")).map(({ name, code }) => {
    writeFileSync(join(dir, name), `${code}\nexport {};\n`);
    return join(dir, name);
  });
  assert.ok(files.length > 10);
  const program = ts.createProgram([join(dir, "yours.d.ts"), ...files], {
    module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"], jsx: ts.JsxEmit.Preserve,
    allowJs: true, checkJs: true, strict: false, noEmit: true, types: [], skipLibCheck: true,
  });
  const said = ts.getPreEmitDiagnostics(program).map(({ file, messageText, start }) =>
    `${file?.fileName.slice(dir.length + 1)}:${file?.getLineAndCharacterOfPosition(start).line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
  assert.deepEqual(said, []);
});

test("what the documents point to is there", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const slug = (heading) => heading.toLowerCase().replaceAll(/[`*]/g, "").replaceAll(/[^\w\s-]/g, "").trim().replaceAll(/\s/g, "-");
  const dead = [];
  for (const file of ["README.md", "src/ARCHITECTURE.md", "www/guide.md", "www/relay-protocol.md", "CHANGELOG.md", "SECURITY.md"]) {
    const text = readFileSync(join(root, file), "utf8");
    const anchors = new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => `#${slug(heading)}`));
    for (const [, target] of text.matchAll(/\]\((#[^)]*)\)/g)) if (!anchors.has(target)) dead.push(`${file} ${target}`);
    for (const [, path] of text.matchAll(/`((?:src|pkg|tests|www)\/[\w./-]*)`/g)) if (!existsSync(join(root, path))) dead.push(`${file} ${path}`);
    for (const [, path] of text.matchAll(/^node ([\w./-]+\.mjs)/gm)) if (!existsSync(join(root, path))) dead.push(`${file} ${path}`);
  }
  assert.deepEqual(dead, []);
});

describe("the guide's examples do what it says", () => {
  test("Svelte: a window is a store", async () => {
    const session = await openSession(options());
    const { compile } = await own("svelte/compiler");
    const { render } = await own("svelte/server");
    const { derived, get } = await own("svelte/store");
    const { code } = guide.find(({ name }) => name.endsWith(".svelte"));
    writeFileSync(join(dir, "Outbox.mjs"), compile(code, { generate: "server" }).js.code);
    const { default: Outbox } = await import(pathToFileURL(join(dir, "Outbox.mjs")).href);
    await session.submitMessage(held("one"));
    assert.match(render(Outbox, { props: { session } }).body, /<p>one: held<\/p>/);

    const view = session.getOutgoingQueue().window({ offset: 0, count: 5 });
    const subjects = derived(view, (rows) => rows.map((row) => row.subject).join());
    const seen = [];
    const stop = subjects.subscribe((now) => seen.push(now));
    await session.submitMessage(held("two"));
    stop();
    await session.submitMessage(held("three"));
    assert.deepEqual([seen, get(subjects)], [["one", "one,two"], "one,two,three"]);
    await session.close();
  });

  test("Vue: a shallow reference follows a window until its scope ends", async () => {
    const { useRows } = await example("shallowRef");
    const { effectScope, watch } = await own("vue");
    const session = await openSession(options());
    const scope = effectScope();
    const seen = [];
    const rows = scope.run(() => {
      const made = useRows(session);
      watch(made, (now) => seen.push(now.length), { immediate: true, flush: "sync" });
      return made;
    });
    await session.submitMessage(held("one"));
    assert.deepEqual([seen, rows.value[0].subject], [[0, 1], "one"]);
    scope.stop();
    await session.submitMessage(held("two"));
    assert.equal(rows.value.length, 1);
    await session.close();
  });

  test("no framework: an async iterator that ends with its signal", async () => {
    const { follow } = await example("export async function follow");
    const session = await openSession(options());
    const stop = new AbortController();
    const seen = [];
    const end = follow(session, (rows) => {
      seen.push(rows.length);
      if (rows.length === 1) stop.abort();
    }, stop.signal);
    await session.submitMessage(held("one"));
    await end;
    assert.deepEqual(seen, [0, 1]);
    await session.close();
  });

  test("why in words, and a message taken back", async () => {
    const { describe: words, takeBack } = await example("export function describe");
    const session = await openSession(options());
    const { id } = await session.submitMessage(held("one"));
    const [row] = session.getOutgoingQueue().getSnapshot();
    const { chip, text, next, buttons } = words(session, row);
    assert.deepEqual([chip, text, typeof next, buttons.includes("Take back")], ["Held back", "It is held back and leaves by itself.", "number", true]);
    const said = [];
    await takeBack(session, id, (what) => said.push(what));
    await takeBack(session, "no such message", (what) => said.push(what));
    assert.deepEqual(said, ["It was not sent.", "It is not there any more."]);
    await session.close();
  });

  test("a transport that can be asked is asked when its answer is lost", async () => {
    const { api } = await example("export const api");
    const real = globalThis.fetch;
    const asked = [];
    globalThis.fetch = (address, init) => {
      const { pathname } = new URL(address, "http://page.test");
      asked.push([pathname, init?.headers?.authorization]);
      return pathname === "/api/send" ? Promise.reject(new TypeError("the answer is lost")) : Promise.resolve(Response.json({ found: true }));
    };
    try {
      const clock = fakeClock();
      const session = await openSession(options({ clock, transports: [api], credentials: () => "Bearer x" }));
      const { id } = await session.submitMessage({ to: "you@example.org", content: "Subject: x\r\n\r\nhello\r\n" });
      await clock.advance(600_000);
      assert.equal((await session.settled(id)).state, "sent");
      assert.deepEqual([asked[0], asked.at(-1)[0], asked.filter(([address]) => address === "/api/send").length], [["/api/send", "Bearer x"], "/api/sent", 1]);
      await session.close();
    } finally {
      globalThis.fetch = real;
    }
  });

  test("received mail is stored before its source is told", async () => {
    const { open } = await example("export const open");
    const mail = [{ id: "m1", content: new Blob(["Subject: x\r\n\r\n"]) }];
    const told = [];
    const source = { ...transport, poll: () => mail.length > 0, startMessage: () => mail.shift(), acknowledge: (id) => void told.push(id) };
    const stored = [];
    const session = await open([source], { put: async (name, { key }) => void stored.push(`${name} ${key}`) });
    const came = new Promise((resolve) => session.on("newMail", resolve));
    const spooler = session.openEntry(session.getStatusTable().getSnapshot().find((row) => row.resourceType === 37).entryId);
    await spooler.flushQueues({ download: true });
    await came;
    assert.deepEqual([stored, told], [["inbox t/m1"], ["m1"]]);
    await session.close();
  });

  test("rows come as a server sends them", async () => {
    const { headers } = await example("export async function headers");
    const table = await headers(Response.json([{ id: "a", sender: "Ada", date: 1, size: 9 }]));
    assert.deepEqual(table.getSnapshot(), [{ id: "a", sender: "Ada", date: 1 }]);
    table.close();
  });

  test("a day of waiting in no time", async () => {
    const { scenario } = await example("export async function scenario");
    assert.deepEqual(await scenario(), { first: "waiting.busy", last: "sent" });
  });
});
