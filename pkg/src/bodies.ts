/** Contents between the call that brought them and the store, and on their way to transports. */
import { asMapiError, MapiError } from "./error.js";
import { copyPayload, copyProps, sizeOf, withHead, type Bytes } from "./content.js";
import type { Store } from "./store/store.js";
import type { TransportMessage } from "./types/transport.js";
import type { Job } from "./wire/shapes.js";

type Props = Readonly<Record<string, unknown>>;

/** A body as it is stored. */
export interface Body {
  /** `null`: it is a payload. */
  readonly content: Blob | ArrayBuffer | null;
  readonly payload: unknown;
  readonly props: Props;
}

/** What `submitMessage` read, until its request is settled. */
export interface Given {
  readonly content: Bytes | null;
  /** Known once it has been read. */
  headLength: number;
  readonly payload: unknown;
  readonly props: Props;
  readonly size: number;
  /** Once it is on its way into the store: after a crash the store says what became of it. */
  uid: string | null;
}

const noProps: Props = Object.freeze({});
export const noBody: Body = { content: null, payload: undefined, props: noProps };

export function bodyOf({ content, headLength, payload, props }: Given, head: string | null): Body {
  return { content: content === null ? null : withHead(content, headLength, head ?? ""), payload, props };
}

/** `store.body()` may be anything: a host's own store, an older version, a damaged disk. */
function readBody(stored: unknown): Body {
  if (typeof stored !== "object" || stored === null) throw new MapiError("MAPI_E_CORRUPT_DATA", "the content of the message", "none");
  const own = (name: keyof Body): unknown => (Object.hasOwn(stored, name) ? (stored as Partial<Body>)[name] : undefined);
  const content = own("content");
  const bytes = content instanceof Blob || content instanceof ArrayBuffer ? content : null;
  return { content: bytes, payload: own("payload"), props: (own("props") as Props | undefined) ?? noProps };
}

export const blobOf = (content: Blob | ArrayBuffer): Blob => (content instanceof Blob ? content : new Blob([content], { type: "message/rfc822" }));

export interface Bodies {
  /** Keeps what goes to the store: the first attempt mostly follows at once. */
  keep(uid: string, given: Given, head: string | null): Body;
  /** Hands out a copy, once: a payload belongs to whoever got it. */
  take(uid: string): Body | undefined;
  load(uid: string): Promise<Body>;
}

/** Of one generation; there are two. */
const keptBytes = 8 * 1_048_576;
/** What a small body costs beside its bytes. */
const overhead = 512;

/** Bytes cannot be changed; the rest is what a transport may change. */
function apart({ content, payload, props }: Body): Body {
  const own = Object.isFrozen(props) ? props : copyProps(props);
  return { content, payload: content === null ? copyPayload(payload, Infinity).value : undefined, props: own };
}

export function makeBodies(store: Store): Bodies {
  // When the young are many the old go, all at once: most are taken soon, and the rest are read from the store.
  let [young, old] = [new Map<string, Body>(), new Map<string, Body>()];
  let bytes = 0;

  return {
    keep(uid, given, head): Body {
      const body = bodyOf(given, head);
      const size = overhead + (given.content === null ? given.size : sizeOf(given.content));
      if (size > keptBytes) return body;
      if (bytes + size > keptBytes) {
        old = young;
        young = new Map();
        bytes = 0;
      }
      young.set(uid, body);
      bytes += size;
      return body;
    },
    take(uid): Body | undefined {
      const body = young.get(uid) ?? old.get(uid);
      if (body === undefined) return undefined;
      if (!young.delete(uid)) old.delete(uid);
      return apart(body);
    },
    async load(uid): Promise<Body> {
      try {
        return readBody(await store.body(uid));
      } catch (thrown) {
        throw asMapiError(thrown, "the content of the message to be read from the store");
      }
    },
  };
}

/** One envelope, as a transport gets it. */
export function messageOf(job: Job, body: Body): TransportMessage {
  const { messageId, from, recipients, subject, size } = job;
  const { content, payload, props } = body;
  const bcc = recipients.filter(({ type }) => type === "bcc");
  // Two literals: a spread into one costs more than all of the rest.
  return content === null
    ? { messageId, from, recipients, bcc, subject, size, payload, props }
    : { messageId, from, recipients, bcc, subject, size, content: blobOf(content), props };
}
