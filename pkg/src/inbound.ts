/** Messages on their way in: kept here until they are delivered; the core gets what it needs to know of them. */
import { garbage } from "./answer.js";
import { signalOf, type Call } from "./context.js";
import { MapiError } from "./error.js";
import type { Preprocessors } from "./preprocess.js";
import type { Callback, Provider } from "./provider.js";
import { checkInteger, checkText, readFields, type FieldOptions } from "./snapshot.js";
import type { NewMailEvent } from "./types/session.js";
import type { InboundMessage } from "./types/transport.js";
import { callKey, type Answer, type CallId } from "./wire/shapes.js";

/** A call that hands a message in. */
type Source = Call & { readonly id: CallId };

/** Where `deliver` put a message, by transport and stable id. */
type Place = Omit<NewMailEvent, "transport" | "id">;

export interface Inbound {
  /** What `startMessage` returned. */
  handedIn(call: Source, value: unknown, options: FieldOptions): Answer;
  /** What `headers.download` returned: delivered in the same call. */
  downloaded(call: Source, value: unknown, options: FieldOptions): Promise<Answer>;
  /** Delivers what the call `of` handed in. */
  deliver(call: Source, of: CallId | null): Promise<Answer>;
  /** Where the message that is now announced went; `null`: a preprocessor kept it. */
  placed(transport: string, id: string): Place | null | undefined;
  clear(): void;
}

interface Read {
  readonly answer: Answer & { readonly type: "message" };
  readonly message: InboundMessage;
}

const fieldsOf = ["id", "content", "payload", "folder", "messageClass", "messageFlags"];

function read(value: unknown, options: FieldOptions): Read {
  const fields = readFields(value, "an InboundMessage", fieldsOf, options);
  const { id, folder, messageClass = "IPM.Note", messageFlags = 0 } = fields;
  return {
    answer: {
      type: "message",
      id: checkText(id, "id of an InboundMessage", 1024),
      folder: folder === undefined ? null : checkText(folder, "folder", 1024),
      class: checkText(messageClass, "messageClass", 255),
      flags: checkInteger(messageFlags, "messageFlags", 0, 0xffff_ffff),
    },
    message: fields as unknown as InboundMessage,
  };
}

function readPlace(value: unknown, options: FieldOptions): Partial<Place> {
  if (typeof value !== "object" || value === null) return {};
  const { entryId, parentId } = readFields(value, "what deliver returns", ["entryId", "parentId"], options);
  return {
    ...(entryId === undefined ? {} : { entryId: checkText(entryId, "entryId", 1024) }),
    ...(parentId === undefined ? {} : { parentId: checkText(parentId, "parentId", 1024) }),
  };
}

export function makeInbound(host: Callback | undefined, preprocessors: Preprocessors): Inbound {
  /** Of each transport the last message it handed in, by the call that did. */
  const kept = new Map<Provider, { readonly call: string } & Read>();
  const places = new Map<string, Place | null>();
  const place = (transport: string, id: string): string => `${transport}\0${id}`;

  async function hand(call: Source, { answer, message: given }: Read): Promise<void> {
    if (host === undefined) throw new MapiError("MAPI_E_NOT_FOUND", "a deliver in the options of openSession", "none");
    const transport = call.provider.config.uid;
    const processed = await preprocessors.inbound(given, call.provider, signalOf(call));
    if (processed === null) {
      places.set(place(transport, answer.id), null);
      return;
    }
    const { message } = read(processed, {});
    const said = readPlace(await host({ ...message, transport }), { unknown: () => {} });
    const { folder = null, messageClass = answer.class, messageFlags = answer.flags } = message;
    places.set(place(transport, answer.id), { folder, entryId: answer.id, parentId: folder, messageClass, messageFlags, ...said });
  }

  return {
    handedIn(call, value, options): Answer {
      if (value === undefined || value === null) return { type: "nothing" };
      try {
        const found = read(value, options);
        kept.set(call.provider, { call: callKey(call.id), ...found });
        return found.answer;
      } catch (thrown) {
        return garbage(thrown, value);
      }
    },
    async downloaded(call, value, options): Promise<Answer> {
      if (value === undefined || value === null) return { type: "nothing" };
      let found: Read;
      try {
        found = read(value, options);
      } catch (thrown) {
        return garbage(thrown, value);
      }
      // A person stopped it before anybody had it.
      if (call.aborted) throw new MapiError("MAPI_E_USER_CANCEL", "a download that is still wanted", "one that was stopped");
      await hand(call, found);
      return found.answer;
    },
    async deliver(call, of): Promise<Answer> {
      const found = kept.get(call.provider);
      if (found === undefined || of === null || found.call !== callKey(of)) {
        throw new MapiError("MAPI_E_NOT_FOUND", "a message that was handed in", "none");
      }
      await hand(call, found);
      if (kept.get(call.provider) === found) kept.delete(call.provider);
      return { type: "done" };
    },
    placed(transport, id): Place | null | undefined {
      const key = place(transport, id);
      const found = places.get(key);
      places.delete(key);
      return found;
    },
    clear: () => kept.clear(),
  };
}
