// Preprocessors: in order, by address type, before anything is prepared; what one fails at is held, never lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, gate, hostSide } from "./setup.mjs";

const host = await hostSide("preprocess");
const mail = (subject) => ({ to: "bob@example.test", content: `From: alice@example.test\r\nSubject: ${subject}\r\n\r\nhello\r\n` });
const bytes = (message) => message.content.text();
const stamped = (name) => async (message) => ({ content: new Blob([await bytes(message), name, "\r\n"]) });

test("c_135 outbound: in registration order, for their address types, before prepareMessage; the stored message stays", async () => {
  const calls = [];
  const session = await host.open({
    preprocessors: [{ direction: "outbound", run: stamped("first") }],
    transports: [host.transport(async (message, ctx) => {
      calls.push(["submit", ctx.token, (await bytes(message)).split("\r\n").slice(-4, -1), message.size]);
      return accepts;
    }, {
      prepareMessage: async (message) => {
        calls.push(["prepare", (await bytes(message)).split("\r\n").slice(-4, -1)]);
        return "token";
      },
    })],
    keepSent: true,
  });
  session.admin.registerPreprocessor({ direction: "outbound", addressTypes: ["SMTP"], run: stamped("second") });
  session.admin.registerPreprocessor({ direction: "outbound", addressTypes: ["FAX"], run: () => assert.fail("nobody has a fax") });
  session.admin.registerPreprocessor({ direction: "inbound", run: () => assert.fail("nothing comes") });
  const { id } = await session.submitMessage(mail("one"));
  assert.equal((await session.settled(id)).state, "sent");
  const lines = ["hello", "first", "second"];
  assert.deepEqual(calls[0], ["prepare", lines]);
  assert.deepEqual(calls[1].slice(0, 3), ["submit", "token", lines]);
  assert.match(await (await session.getMessage(id)).content.text(), /hello\r\n$/);
  await session.close();
});

test("c_135 a transport without prepareMessage gets the result too; one attempt after the other gets the same", async () => {
  let runs = 0;
  const seen = [];
  const clock = host.fakeClock();
  const session = await host.open({
    clock,
    preprocessors: [{ direction: "outbound", run: async (message) => ({ subject: `${message.subject} ${runs += 1}`, content: new Blob([`${await bytes(message)}${runs}`]) }) }],
    transports: [host.transport(async (message) => {
      seen.push([message.subject, (await bytes(message)).at(-1)]);

      return seen.length === 1 ? { type: "unknown" } : accepts;
    })],
  });
  const { id } = await session.submitMessage(mail("one"));
  const settled = session.settled(id);
  for (let i = 0; i < 100 && seen.length < 2; i += 1) await clock.advance(5_000);
  await settled;
  assert.deepEqual(seen, [["one 1", "1"], ["one 1", "1"]]);
  assert.equal(runs, 1);
  await session.close();
});

test("c_135 a payload is preprocessed once too; each attempt gets its own copy", async () => {
  let runs = 0;
  const [seen, clock] = [[], host.fakeClock()];
  const session = await host.open({
    clock,
    preprocessors: [{ direction: "outbound", run: ({ payload }) => ({ payload: { ...payload, run: runs += 1 } }) }],
    transports: [host.transport(({ payload }) => {
      seen.push({ ...payload });
      payload.run = "changed";
      return seen.length === 1 ? { type: "unknown" } : accepts;
    })],
  });
  const { id } = await session.submitMessage({ to: "bob@example.test", payload: { text: "hello" } });
  const settled = session.settled(id);
  for (let i = 0; i < 100 && seen.length < 2; i += 1) await clock.advance(5_000);
  await settled;
  assert.deepEqual([runs, seen], [1, [{ text: "hello", run: 1 }, { text: "hello", run: 1 }]]);
  await session.close();
});

test("o_05 two envelopes of a message, prepared side by side: each is preprocessed once, and submits what it prepared", async () => {
  let runs = 0;
  const [prepared, submitted] = [[], []];
  const both = gate();
  const taking = (uid, addressTypes) => host.transport(async (message) => {
    submitted.push([uid, message.subject]);
    return accepts;
  }, {
    uid,
    addressTypes,
    prepareMessage: async (message) => {
      prepared.push([uid, message.subject]);
      if (prepared.length === 2) both.open();
      await both.promise;
    },
  });
  const session = await host.open({
    preprocessors: [{ direction: "outbound", run: ({ subject }) => ({ subject: `${subject} ${runs += 1}` }) }],
    transports: [taking("a", ["SMTP"]), taking("b", ["FAX"])],
  });
  const { id } = await session.submitMessage({ to: ["bob@example.test", { addressType: "FAX", emailAddress: "1" }], subject: "one", payload: {} });
  assert.equal((await session.settled(id)).state, "sent");
  assert.equal(runs, 2);
  assert.deepEqual(new Map(submitted), new Map(prepared));
  await session.close();
});

test("what was made of messages is kept up to 16 MiB; the oldest is made again", async () => {
  const [runs, seen, clock] = [[], [], host.fakeClock()];
  const session = await host.open({
    clock,
    preprocessors: [{ direction: "outbound", run: ({ subject, content }) => (runs.push(subject), { content: new Blob([content, new Uint8Array(9 * 1_048_576)]) }) }],
    transports: [host.transport(({ subject, size }) => {
      seen.push([subject, size > 9 * 1_048_576]);
      return seen.length === 1 ? { type: "unknown" } : accepts;
    })],
  });
  const [one, two] = [await session.submitMessage(mail("one")), await session.submitMessage(mail("two"))];
  const settled = Promise.all([one, two].map(({ id }) => session.settled(id)));
  for (let i = 0; i < 100 && seen.length < 3; i += 1) await clock.advance(5_000);
  await settled;
  assert.deepEqual([runs, seen], [["one", "two", "one"], [["one", true], ["two", true], ["one", true]]]);
  await session.close();
});

test("a preprocessor that throws holds its message with the reason, others pass, and it goes when it can", async () => {
  const log = [];
  let broken = true;
  const clock = host.fakeClock();
  const session = await host.open({
    clock, log: ({ code }) => log.push(code),
    preprocessors: [{ direction: "outbound", run(message) {
      if (broken && message.subject === "secret") throw new RangeError("no key for bob: hush");
    } }],
    transports: [host.transport(() => accepts)],
  });
  const { id } = await session.submitMessage(mail("secret"));
  const other = await session.submitMessage(mail("plain"));
  assert.equal((await session.settled(other.id)).state, "sent");
  const why = session.why(id);
  assert.deepEqual([(await session.getMessage(id)).state, why.code, why.scope], ["waiting", "waiting.preprocessor", "message"]);
  assert.ok(why.nextAt > clock.wall());
  assert.ok(log.includes("preprocessor.RangeError") && !log.join().includes("hush"));
  broken = false;
  await session.retry(id);
  assert.equal((await session.settled(id)).state, "sent");
  await session.close();
});

test("a preprocessor that never answers holds its own message: it is told to stop, and others pass", async () => {
  const [log, signals, clock] = [[], [], host.fakeClock()];
  const session = await host.open({
    clock, log: ({ code }) => log.push(code),
    preprocessors: [{ direction: "outbound", run({ subject }, { signal }) {
      if (subject !== "slow") return undefined;
      signals.push(signal);
      return new Promise(() => {});
    } }],
    transports: [host.transport(() => accepts, { prepareMessage: () => "token" })],
    keepSent: true,
  });
  const slow = await session.submitMessage(mail("slow"));
  const other = await session.submitMessage(mail("plain"));
  await clock.advance(62_000);
  assert.equal((await session.getMessage(other.id)).state, "sent");
  assert.deepEqual([(await session.getMessage(slow.id)).state, session.why(slow.id).code], ["waiting", "waiting.preprocessor"]);
  assert.deepEqual([signals[0].aborted, log[0]], [true, "preprocessor.TimeoutError"]);
  await session.close();
});

test("o_32 nothing is sent after a preprocessor that outlasted the attempt's deadline", async () => {
  const [seen, clock, over] = [[], host.fakeClock(), gate()];
  const saw = (what) => {
    seen.push(what);
    over.open();
  };
  let runs = 0;
  const session = await host.open({
    clock, log: ({ code }) => saw(code),
    preprocessors: [{ direction: "outbound", run() {
      runs += 1;
      // The machine slept: no timer has fired yet.
      if (runs === 2) clock.shift(600_000);
    } }],
    transports: [host.transport(() => saw("sent"), {
      // Another one: what was made of the message is forgotten.
      prepareMessage: () => void session.admin.registerPreprocessor({ direction: "inbound", run() {} }),
    })],
  });
  await session.submitMessage(mail("one"));
  await over.promise;
  assert.deepEqual([runs, seen], [2, ["preprocessor.AbortError"]]);
  await session.close();
});

test("answers that are none hold the message too; who gets it cannot be changed", async () => {
  for (const wrong of [1, "text", { content: "text" }, { recipients: [] }, Promise.reject(new Error("no"))]) {
    if (wrong instanceof Promise) wrong.catch(() => {});
    const session = await host.open({
      clock: host.fakeClock(), preprocessors: [{ direction: "outbound", run: () => wrong }], transports: [host.transport(() => assert.fail("it was held"))],
    });
    const { id } = await session.submitMessage(mail("one"));
    const queue = session.getOutgoingQueue();
    if (queue.getSnapshot()[0].outboxState !== "waiting") for await (const [row] of queue.changes()) if (row.outboxState === "waiting") break;
    assert.equal(session.why(id).code, "waiting.preprocessor");
    await session.close();
  }
  for (const wrong of [null, {}, { direction: "outbound" }, { direction: "sideways", run() {} }, { direction: "inbound", run() {}, addressTypes: "SMTP" }]) {
    await assert.rejects(host.open({ preprocessors: [wrong] }), { code: "MAPI_E_INVALID_PARAMETER" });
  }
});

test("o_05 what a preprocessor makes has a header block, no Bcc, and the Message-ID of the message; else it is held", async () => {
  const made = {
    "no Message-ID": () => "Subject: s\r\n\r\nsigned",
    "another Message-ID": () => "Message-ID: <other@example.test>\r\n\r\nsigned",
    "two of them": (id) => `Message-ID: ${id}\r\nMessage-ID: ${id}\r\n\r\nsigned`,
    "Bcc": (id) => `Message-ID: ${id}\r\nBcc: eve@example.test\r\n\r\nsigned`,
    "Resent-Bcc": (id) => `resent-BCC:\r\n eve@example.test\r\nMessage-ID: ${id}\r\n\r\nsigned`,
    "no header block": () => "signed",
    "a field whose name has a space": (id) => `Message-ID: ${id}\r\nBcc : eve@example.test\r\n\r\nsigned`,
    "lines that end with LF": (id) => `Message-ID: ${id}\nSubject: s\n\nsigned`,
    "no blank line": (id) => `Message-ID: ${id}\r\n`,
  };
  for (const [name, text] of Object.entries(made)) {
    const session = await host.open({
      preprocessors: [{ direction: "outbound", run: ({ messageId }) => ({ content: new Blob([text(messageId)]) }) }],
      transports: [host.transport(() => assert.fail(`${name} went out`))],
    });
    const queue = session.getOutgoingQueue();
    const { id } = await session.submitMessage(mail("one"));
    if (queue.getSnapshot()[0].outboxState !== "waiting") for await (const [row] of queue.changes()) if (row.outboxState === "waiting") break;
    assert.equal(session.why(id).code, "waiting.preprocessor", name);
    await session.close();
  }
  let got;
  const session = await host.open({
    preprocessors: [{ direction: "outbound", run: ({ messageId }) => ({ content: new Blob([`Subject: =?utf-8?q?s?=\r\nmessage-id:\r\n\t${messageId} \r\nX-Bcc: no\r\n\r\nBcc: of the body`]) }) }],
    transports: [host.transport(async ({ content }) => {
      got = await content.text();
      return accepts;
    })],
  });
  const { id } = await session.submitMessage(mail("one"));
  assert.equal((await session.settled(id)).state, "sent");
  assert.match(got, /X-Bcc: no\r\n\r\nBcc: of the body$/);
  await session.close();
});

test("one that was taken away runs no more", async () => {
  const session = await host.open({ transports: [host.transport(() => accepts)] });
  const end = session.admin.registerPreprocessor({ direction: "outbound", run: () => assert.fail("it is gone") });
  end();
  end();
  const { id } = await session.submitMessage(mail("one"));
  assert.equal((await session.settled(id)).state, "sent");
  await session.close();
});

test("c_143 inbound: changed, kept back, or refused and offered again; only what was delivered is announced", async () => {
  const waiting = [{ id: "spam", content: new Blob(["buy"]) }, { id: "late", content: new Blob(["a"]) }, { id: "plain", content: new Blob(["b"]), folder: "inbox" }];
  const [delivered, news, acknowledged] = [[], [], []];
  const done = gate();
  let refuse = true;
  const clock = host.fakeClock();
  const session = await host.open({
    clock,
    deliver: async ({ id, content, folder }) => void delivered.push([id, await content.text(), folder]),
    preprocessors: [
      { direction: "inbound", run({ id, transport }) {
        assert.equal(transport, "t");
        if (id === "spam") return null;
        if (id === "late" && refuse) {
          refuse = false;
          throw new Error("the key is not here yet");
        }
        return undefined;
      } },
      { direction: "inbound", addressTypes: ["SMTP"], run: async ({ content, id }) => ({ content: new Blob([await content.text(), "!"]), ...(id === "late" ? { folder: "seen" } : {}) }) },
      { direction: "inbound", addressTypes: ["FAX"], run: () => assert.fail("it is no fax") },
    ],
    transports: [host.transport(() => accepts, {
      poll: () => waiting.length > 0,
      startMessage: () => waiting[0],
      acknowledge(id) {
        acknowledged.push(id);
        waiting.shift();
        if (waiting.length === 0) done.open();
      },
    })],
  });
  session.on("newMail", ({ id, parentId }) => news.push([id, parentId]));
  for (let i = 0; i < 60 && waiting.length > 0; i += 1) await clock.advance(10_000);
  await done.promise;
  assert.deepEqual(delivered, [["late", "a!", "seen"], ["plain", "b!", "inbox"]]);
  assert.deepEqual(acknowledged, ["spam", "late", "plain"]);
  await clock.advance(1_000);
  assert.deepEqual(news, [["late", "seen"], ["plain", "inbox"]]);
  await session.close();
});
