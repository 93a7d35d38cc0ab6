/** RegisterPreprocessor: functions of the host's that every message of their address types passes, in order of registration. */
import { checkMade, copyPayload } from "./content.js";
import { invalid, kind } from "./error.js";
import { readAddressTypes, type Callback, type Provider } from "./provider.js";
import { checkOneOf, checkText, lookUp, readFields } from "./snapshot.js";
import type { InboundMessage, TransportMessage } from "./types/transport.js";

interface Registered {
  readonly direction: "inbound" | "outbound";
  /** `null`: every type. */
  readonly addressTypes: readonly string[] | null;
  readonly run: Callback;
}

export interface Preprocessors {
  /** Answers what takes it away again. */
  register(preprocessor: unknown): () => void;
  /** `key`: of the envelope. What became of bytes is kept for later attempts with these recipients in this life. */
  outbound(message: TransportMessage, key: string, signal: AbortSignal): Promise<TransportMessage>;
  /** `null`: one of them took it for itself. */
  inbound(message: InboundMessage, provider: Provider, signal: AbortSignal): Promise<InboundMessage | null>;
}

/** Envelopes whose attempts may come soon. */
const keptMax = 32;
/** Of all of them; the last one stays, whatever its size. */
const keptBytes = 16 * 1_048_576;
const changes = ["content", "payload", "subject", "props"];

function read(preprocessor: unknown): Registered {
  if (typeof preprocessor !== "object" || preprocessor === null) throw invalid("a preprocessor: an object with direction and run", kind(preprocessor));
  const run = lookUp(preprocessor, "run", "run of a preprocessor");
  if (typeof run !== "function") throw invalid("run of a preprocessor to be a function", kind(run));
  return {
    direction: checkOneOf(lookUp(preprocessor, "direction", "direction of a preprocessor"), "direction of a preprocessor", ["inbound", "outbound"]),
    addressTypes: readAddressTypes(lookUp(preprocessor, "addressTypes", "addressTypes of a preprocessor")),
    run: (...args) => Reflect.apply(run, preprocessor, args) as unknown,
  };
}

const matches = (types: readonly string[] | null, of: readonly string[] | null): boolean => types === null || of === null || of.some((type) => types.includes(type));

/** What a preprocessor may change; who gets it was decided before. */
function changed<T extends object>(message: T, value: unknown, known: readonly string[]): T {
  if (value === undefined) return message;
  const { content, subject, ...rest } = readFields(value, "what a preprocessor returns", known);
  if (content !== undefined && !(content instanceof Blob)) throw invalid("content of a preprocessed message to be a Blob", kind(content));
  const text = subject === undefined ? {} : { subject: checkText(subject, "subject") };
  return { ...message, ...rest, ...text, ...(content === undefined ? {} : { content, ...("size" in message ? { size: content.size } : {}) }) };
}

interface Kept {
  readonly made: Partial<TransportMessage>;
  readonly bytes: number;
}

/** What was made of a message. Bytes that are as submitted are not pinned; a payload belongs to whoever gets it. */
function keptOf(message: TransportMessage, { content, payload, subject, size, props }: TransportMessage): Kept {
  const copy = payload === undefined ? undefined : copyPayload(payload, Infinity);
  const own = content === message.content ? undefined : content;
  return {
    made: { subject, size, props, ...(own && { content: own }), ...(copy && { payload: copy.value }) },
    bytes: (own?.size ?? 0) + (copy?.size ?? 0),
  };
}

const copied = (made: Partial<TransportMessage>): Partial<TransportMessage> =>
  made.payload === undefined ? made : { ...made, payload: copyPayload(made.payload, Infinity).value };

export function makePreprocessors(first: readonly unknown[], changedOutbound: (isOutbound: boolean) => void): Preprocessors {
  const all = new Map<object, Registered>();
  const kept = new Map<string, Kept>();
  const isOutbound = (): boolean => [...all.values()].some(({ direction }) => direction === "outbound");
  const of = (direction: Registered["direction"], types: readonly string[] | null): Registered[] =>
    [...all.values()].filter((each) => each.direction === direction && matches(each.addressTypes, types));

  function register(preprocessor: unknown): () => void {
    const me = {};
    const before = isOutbound();
    all.set(me, read(preprocessor));
    kept.clear();
    if (isOutbound() !== before) changedOutbound(true);
    return () => {
      if (!all.delete(me)) return;
      kept.clear();
      if (!isOutbound()) changedOutbound(false);
    };
  }
  for (const preprocessor of first) register(preprocessor);

  return {
    register,
    async outbound(message, key, signal): Promise<TransportMessage> {
      // Whom it goes to is fixed at the first intent only, and may be what it was made for; so is the envelope's number, which
      // is another one afterwards where two envelopes of a message were prepared side by side.
      const whom = message.recipients.map(({ type, addressType, emailAddress, entryId }) => [type, addressType, emailAddress, entryId]);
      const name = JSON.stringify([key.slice(0, key.indexOf(".")), whom]);
      const known = kept.get(name);
      if (known !== undefined) return { ...message, ...copied(known.made) };
      let now = message;
      for (const { run } of of("outbound", message.recipients.map(({ addressType }) => addressType))) {
        now = changed(now, await run({ ...now }, { signal }), changes);
        signal.throwIfAborted();
      }
      if (now.content !== undefined && now.content !== message.content) await checkMade(now.content, message.messageId);
      try {
        kept.set(name, keptOf(message, now));
      } catch {
        // A payload that cannot be copied is made again.
        return now;
      }
      let bytes = 0;
      for (const each of kept.values()) bytes += each.bytes;
      for (const [old, each] of kept) {
        if (old === name || (kept.size <= keptMax && bytes <= keptBytes)) break;
        kept.delete(old);
        bytes -= each.bytes;
      }
      return now;
    },
    async inbound(message, { config }, signal): Promise<InboundMessage | null> {
      let now = message;
      for (const { run } of of("inbound", config.addressTypes)) {
        const value = await run({ ...now, transport: config.uid }, { signal });
        if (value === null) return null;
        now = changed(now, value, [...changes.slice(0, 2), "folder", "messageClass", "messageFlags"]);
        signal.throwIfAborted();
      }
      return now;
    },
  };
}
