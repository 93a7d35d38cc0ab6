/** Push: `text/event-stream` read by fetch, because EventSource cannot send Authorization (RFC 8620, section 7.3). */

const PING_S = 60;
/** No ping in this time: the connection is dead, whatever TCP says. */
const SILENCE_MS = 3 * PING_S * 1_000;
const FIRST_MS = 1_000;
const LAST_MS = 5 * 60_000;

export interface Listening {
  /** Opens the stream; `undefined` when the server has none. */
  readonly open: (pingSeconds: number, signal: AbortSignal) => Promise<Response | undefined>;
  /** Mail of the account changed, or may have. */
  readonly changed: () => void;
  readonly accountId: () => string | undefined;
}

/** Answers that will not be another next time: no push here, poll instead. */
const lasting = (response: Response) => response.status === 204 || (response.status >= 400 && response.status < 500 && response.status !== 429 && response.status !== 408);

/** Splits a stream into events: `feed` returns the data of those completed by `part`. */
export function eventParser(): (part: string) => { readonly event: string; readonly data: string }[] {
  let rest = "";
  let event = "";
  let data: string[] = [];
  return (part) => {
    const done: { event: string; data: string }[] = [];
    const lines = (rest + part).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (line === "") {
        if (data.length > 0) done.push({ event, data: data.join("\n") });
        [event, data] = ["", []];
      } else if (name === "event") event = value ?? "";
      else if (name === "data") data.push(value ?? "");
    }
    return done;
  };
}

function touches(data: string, accountId: string | undefined): boolean {
  try {
    const changed: unknown = (JSON.parse(data) as { readonly changed?: unknown } | null)?.changed;
    if (typeof changed !== "object" || changed === null || accountId === undefined) return false;
    const types: unknown = (changed as Readonly<Record<string, unknown>>)[accountId];
    return typeof types === "object" && types !== null && ("Email" in types || "EmailDelivery" in types);
  } catch {
    return false;
  }
}

const sleep = (ms: number, signal: AbortSignal) => new Promise<void>((done) => {
  const timer = setTimeout(done, ms);
  signal.addEventListener("abort", () => { clearTimeout(timer); done(); }, { once: true });
});

/** Listens until `signal` aborts or the server says it has no push; reconnects with back-off. Never rejects. */
export async function listen({ open, changed, accountId }: Listening, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    const stop = new AbortController();
    const abort = () => stop.abort();
    signal.addEventListener("abort", abort, { once: true });
    let alarm: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(alarm);
      alarm = setTimeout(abort, SILENCE_MS);
    };
    try {
      alive();
      const response = await open(PING_S, stop.signal);
      if (response === undefined || lasting(response)) return;
      const reader = response.ok ? response.body?.getReader() : undefined;
      if (reader !== undefined) {
        // What changed while nobody listened is not told again.
        changed();
        const parse = eventParser();
        const decoder = new TextDecoder();
        for (let part = await reader.read(); !part.done; part = await reader.read()) {
          failures = 0;
          alive();
          const events = parse(decoder.decode(part.value, { stream: true }));
          if (events.some(({ event, data }) => event === "state" && touches(data, accountId()))) changed();
        }
      }
    } catch {
      // A broken stream and a refused one are the same: try again later.
    } finally {
      clearTimeout(alarm);
      stop.abort();
      signal.removeEventListener("abort", abort);
    }
    if (!signal.aborted) await sleep(Math.min(FIRST_MS * 2 ** failures, LAST_MS) * (0.8 + 0.4 * Math.random()), signal);
  }
}
