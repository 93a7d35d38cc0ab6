// Settings of providers: what is in force, what is tested, and where a secret never goes.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { accepts, gate, hostSide } from "./setup.mjs";

const host = await hostSide("settings");
const settings = [
  { name: "url", type: "string", label: "Address", value: "/one", required: true, maxLength: 20, pattern: "/\\w+" },
  { name: "timeout", type: "number", label: "Time-out", value: 30, min: 5, max: 600, unit: "s" },
  { name: "push", type: "boolean", label: "Push", value: true },
  { name: "every", type: "number", label: "Look every", value: 60, min: 30, dependsOn: { name: "push", is: false } },
  { name: "mode", type: "choice", label: "Mode", value: "a", choices: [{ value: "a", label: "A" }, { value: "b", label: "B" }] },
  { name: "account", type: "string", label: "Account", value: "alice", editable: false },
  { name: "password", type: "password", label: "Password", minLength: 4 },
];
const inForce = { url: "/one", timeout: 30, push: true, every: 60, mode: "a", account: "alice" };
const configurable = (rest = {}, submit = () => accepts) => host.transport(submit, { settings, ...rest });
const plain = (values) => ({ ...values });
const entry = (session) => session.getStatusTable().getSnapshot().find((row) => row.resourceType === 36).entryId;

test("c_064 what is applied is tested first, then in force; the session says which configuration it is", async () => {
  const seen = [];
  const session = await host.open({
    transports: [configurable({ test: (values, ctx) => void seen.push([plain(values), plain(ctx.settings)]) }, (_message, ctx) => {
      seen.push(ctx.settings.url);
      return accepts;
    })],
  });
  const first = session.admin.getSettings("t");
  assert.deepEqual([first.configuration, plain(first.values), first.settings.map(({ name }) => name)], [0, inForce, settings.map(({ name }) => name)]);
  await session.admin.configure("t", { url: "/two", timeout: 10 });
  const changed = { ...inForce, url: "/two", timeout: 10 };
  assert.deepEqual([session.admin.getSettings("t").configuration, plain(session.admin.getSettings("t").values)], [1, changed]);
  const { id } = await session.submitMessage({ to: "bob@example.test", payload: {} });
  await session.settled(id);
  assert.deepEqual(seen, [[changed, changed], "/two"]);
});

test("work in flight ends with the settings it began with, its endMessage too", async () => {
  const [calling, go, seen] = [gate(), gate(), []];
  const session = await host.open({
    transports: [configurable({ endMessage: (_message, ctx) => (seen.push(ctx.settings.url), accepts) }, async (_message, ctx) => {
      calling.open();
      await go.promise;
      seen.push(ctx.settings.url);
    })],
  });
  const [one, two] = await Promise.all(["b", "c"].map((to) => session.submitMessage({ to: `${to}@example.test`, payload: {} })));
  await calling.promise;
  await session.admin.configure("t", { url: "/two" });
  go.open();
  await Promise.all([one, two].map(({ id }) => session.settled(id)));
  assert.deepEqual(seen, ["/one", "/one", "/two", "/two"]);
});

test("c_064 cancelling ends the test and changes nothing; a later edit does so too", async () => {
  const [began, signals] = [[gate(), gate(), gate()], []];
  const session = await host.open({
    transports: [configurable({ test: (values, { signal }) => new Promise((done, fail) => {
      signals.push(signal);
      signal.addEventListener("abort", () => fail(signal.reason));
      if (values.url === "/three") done();
      began[signals.length - 1].open();
    }) })],
  });
  const stop = new AbortController();
  const cancelled = session.admin.configure("t", { url: "/two" }, { signal: stop.signal });
  await began[0].promise;
  stop.abort();
  await assert.rejects(cancelled, { name: "AbortError" });
  const early = session.admin.configure("t", { url: "/two" });
  await began[1].promise;
  await Promise.all([assert.rejects(early, { code: "MAPI_E_USER_CANCEL" }), session.admin.configure("t", { url: "/three" })]);
  assert.deepEqual([session.admin.getSettings("t").configuration, session.admin.getSettings("t").values.url], [1, "/three"]);
  assert.deepEqual(signals.map(({ aborted }) => aborted), [true, true, false]);
});

test("c_064 one that is cancelled in the same turn is never tried", async () => {
  const session = await host.open({ transports: [configurable({ test: (values) => void tried.push(plain(values)) })] });
  const tried = [];
  const stop = new AbortController();
  const cancelled = session.admin.configure("t", { url: "/two" }, { signal: stop.signal });
  stop.abort();
  await assert.rejects(cancelled, { name: "AbortError" });
  await session.admin.configure("t", { url: "/three" });
  assert.deepEqual(tried, [{ ...inForce, url: "/three" }]);
});

test("c_065 c_066 what is wrong is named, field by field, and never tried", async () => {
  const session = await host.open({ transports: [configurable({ test: () => assert.fail("never tried") })] });
  for (const [values, ...problems] of [
    [{ url: "" }, ["url", "missing"]],
    [{ url: "two" }, ["url", "pattern"]],
    [{ url: `/${"x".repeat(20)}` }, ["url", "high"]],
    [{ url: "/x".padEnd(5000, "x") }, ["url", "high"]],
    [{ timeout: 4, mode: "c" }, ["timeout", "low"], ["mode", "choice"]],
    [{ timeout: 4.5 }, ["timeout", "type"]],
    [{ timeout: "30" }, ["timeout", "type"]],
    [{ account: "bob" }, ["account", "readOnly"]],
    [{ push: false, every: 5 }, ["every", "low"]],
    [{ password: "abc" }, ["password", "low"]],
    [{ password: 4 }, ["password", "type"]],
    [{ uri: "/two" }, ["uri", "unknown"]],
  ]) {
    const expected = problems.map(([name, problem]) => ({ name, problem }));
    assert.deepEqual(session.admin.checkSettings("t", values), expected);
    await assert.rejects(session.admin.configure("t", values), { code: "MAPI_E_INVALID_PARAMETER", problems: expected });
  }
  assert.deepEqual(session.admin.checkSettings("t", { push: true, every: 5 }), []);
  assert.equal(session.admin.getSettings("t").configuration, 0);
});

test("c_070 no such provider, none with settings, a test that refuses", async () => {
  const session = await host.open({
    transports: [configurable({ test: () => { throw Object.assign(new Error("hunter2"), { code: "MAPI_E_LOGON_FAILED" }); } }), host.transport(() => accepts, { uid: "plain" })],
  });
  await assert.rejects(session.admin.configure("nobody", {}), { code: "MAPI_E_NOT_FOUND" });
  assert.throws(() => session.admin.getSettings("nobody"), { code: "MAPI_E_NOT_FOUND" });
  await assert.rejects(session.admin.configure("plain", {}), { code: "MAPI_E_NOT_INITIALIZED" });
  await assert.rejects(session.admin.configure("t", {}), { code: "MAPI_E_LOGON_FAILED" });
});

test("settings that are none are refused when the session opens", async () => {
  for (const wrong of [
    "x", [{}], [{ name: "1", type: "string", label: "" }], [{ name: "a", type: "date", label: "" }], [settings[0], settings[0]],
    [{ ...settings[3] }], [{ name: "a", type: "password", label: "", value: "x" }], [{ name: "a", type: "string", label: "", pattern: "(" }],
    [{ name: "a", type: "number", label: "", min: 0.5 }], Array.from({ length: 65 }, (_, i) => ({ name: `a${i}`, type: "boolean", label: "" })),
  ]) await assert.rejects(host.open({ transports: [configurable({ settings: wrong })] }), (error) => error.name === "MapiError", JSON.stringify(wrong));
});

test("what was configured stands in the next life", async () => {
  const store = host.memoryStore("settings of two lives");
  const open = () => host.open({ profile: "lives", store, soleOwner: true, transports: [configurable()] });
  const first = await open();
  await first.admin.configure("t", { url: "/two" });
  await first.close();
  const second = await open();
  assert.deepEqual([second.admin.getSettings("t").configuration, second.admin.getSettings("t").values.url], [1, "/two"]);
});

test("the dialog of a transport that only declares its settings is the host's sheet", async () => {
  let shown;
  const open = (propertySheet) => host.open({ transports: [configurable()], ...(propertySheet && { propertySheet }) });
  const without = await open();
  const bits = (session) => session.openEntry(entry(session)).getProps(["resourceMethods"]).resourceMethods & 2;
  assert.equal(bits(without), 0);
  await assert.rejects(without.openEntry(entry(without)).settingsDialog(), { code: "MAPI_E_NO_SUPPORT" });
  const session = await open(async (sheet) => {
    shown = sheet;
    if (!sheet.readOnly) assert.deepEqual(sheet.check({ timeout: 1 }), [{ name: "timeout", problem: "low" }]);
    await sheet.apply({ url: "/two" });
  });
  assert.equal(bits(session), 2);
  const status = session.openEntry(entry(session));
  await status.settingsDialog();
  assert.deepEqual([shown.uid, shown.readOnly, shown.configuration, plain(shown.values)], ["t", false, 0, inForce]);
  assert.equal(session.admin.getSettings("t").values.url, "/two");
  await assert.rejects(status.settingsDialog({ readOnly: true }), { code: "MAPI_E_NO_ACCESS" });
  assert.equal(shown.readOnly, true);
});

const secret = "tr0ub4dor-and-3";

/** A store that shows what it is given. */
function watched(store, seen) {
  return {
    commit: (batch, options) => (seen.push(batch), store.commit(batch, options)),
    read: (what) => store.read(what), body: (key) => store.body(key), watch: (listener) => store.watch(listener),
    close: () => store.close(), erase: () => store.erase(),
  };
}

test("c_067 a secret goes to the test and to its keeper, and nowhere else", async (t) => {
  const [seen, kept, tested] = [[], [], []];
  for (const level of ["error", "warn", "log", "info", "debug"]) t.mock.method(console, level, (...words) => seen.push(words));
  const channels = t.mock.method(BroadcastChannel.prototype, "postMessage");
  const store = host.memoryStore("settings and a secret");
  let fails = true;
  const session = await host.open({
    store: watched(store, seen), soleOwner: true,
    log: (line) => seen.push(line),
    credentials: (uid, purpose) => kept.at(-1)[1][purpose],
    keepCredentials: (uid, secrets) => void kept.push([uid, { ...secrets }]),
    transports: [configurable({
      async test(values, ctx) {
        tested.push([values.password, await ctx.credentials("password"), Object.hasOwn(ctx.settings, "password")]);
        ctx.log("warn", "tested");
        if (fails) throw new TypeError(`no ${values.password}`);
      },
    }, async (message, ctx) => {
      tested.push(await ctx.credentials("password"));
      throw new Error(`no ${await ctx.credentials("password")}`);
    })],
  });
  const table = session.getStatusTable();
  table.advise((notification) => seen.push(notification));
  const values = { url: "/two", password: secret };
  seen.push(session.admin.checkSettings("t", values));
  await assert.rejects(session.admin.configure("t", { url: "x", password: secret }), (error) => seen.push(error, error.stack, { ...error }) > 0);
  await assert.rejects(session.admin.configure("t", values), (error) => seen.push(error, error.stack, { ...error }) > 0);
  assert.deepEqual(kept, []);
  fails = false;
  const applying = session.admin.configure("t", values);
  seen.push(session.outstanding());
  await applying;
  assert.deepEqual([kept, tested], [[["t", { password: secret }]], [[secret, secret, false], [secret, secret, false]]]);
  const { id } = await session.submitMessage({ to: "bob@example.test", payload: {} });
  const queue = session.getOutgoingQueue();
  if (tested.length < 3) for await (const _ of queue.changes()) if (tested.length >= 3) break;
  assert.equal(tested.at(-1), secret);
  seen.push(session.admin.getSettings("t"), session.admin.getProviderTable(), table.getSnapshot(), queue.getSnapshot(), session.why(id),
    session.why(entry(session)), session.journal(), session.outstanding(), session.openEntry(entry(session)).getProps(["displayName"]),
    await store.read({ all: true }), channels.mock.calls.map(({ arguments: words }) => words));
  await session.close();
  const text = inspect(seen, { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity, showHidden: true });
  assert.match(text, /tested/);
  assert.match(text, /\/two/);
  assert.doesNotMatch(text, new RegExp(secret));
});

test("without a keeper a password is refused before anything is tried", async () => {
  const session = await host.open({ transports: [configurable({ test: () => assert.fail("never tried") })] });
  await assert.rejects(session.admin.configure("t", { password: secret }), (error) => error.code === "MAPI_E_NO_SUPPORT" && !inspect(error).includes(secret));
});

test("a keeper that fails leaves everything as it was", async () => {
  const session = await host.open({
    keepCredentials: () => { throw new Error(secret); },
    transports: [configurable()],
  });
  await assert.rejects(session.admin.configure("t", { url: "/two", password: secret }), (error) => error.code === "MAPI_E_CALL_FAILED" && !inspect(error).includes(secret));
  assert.equal(session.admin.getSettings("t").configuration, 0);
});
