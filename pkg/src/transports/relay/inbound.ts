/** Incoming mail of the relay protocol: listed, fetched one by one, taken when the host has it. */
import type { CallContext, InboundMessage } from "../../types.js";

export type Init = Omit<RequestInit, "headers"> & { readonly headers: Readonly<Record<string, string>> };

export interface Wire {
  readonly page: (path: string, ctx: Pick<CallContext, "settings">) => string;
  readonly options: (ctx: Pick<CallContext, "signal" | "settings">) => Promise<Init>;
  readonly failure: (response: Response) => Error;
}

export interface Inbound {
  readonly poll: (ctx: CallContext) => Promise<boolean>;
  readonly startMessage: (ctx: CallContext) => Promise<InboundMessage | undefined>;
  readonly acknowledge: (id: string, ctx: CallContext) => Promise<void>;
  readonly listen: (ctx: CallContext) => void;
  readonly hush: () => void;
}

const LISTEN_AGAIN_MS = 15_000;

export function inbound(wire: Wire): Inbound {
  let waiting: string[] = [];
  // What was handed in since the last poll: listed until taken, and not to be offered twice in one go.
  let offered = new Set<string>();
  // The list these two are of: the same id is other mail at another relay.
  let source: string | undefined;
  const fetched = new Map<string, { readonly page: string; readonly headers: Init["headers"] }>();
  let stream: { readonly page: string; readonly stop: AbortController } | undefined;

  function hush(): void {
    stream?.stop.abort();
    stream = undefined;
  }

  function turnTo(ctx: CallContext): string {
    const page = wire.page("mail", ctx);
    if (page !== source) {
      source = page;
      waiting = [];
      offered = new Set();
    }
    if (stream !== undefined && stream.page !== wire.page("events", ctx)) listen(ctx);
    return page;
  }

  async function list(ctx: CallContext): Promise<void> {
    const page = turnTo(ctx);
    const response = await ctx.fetch(page, await wire.options(ctx));
    if (!response.ok) throw wire.failure(response);
    const body = (await response.json()) as { readonly mail?: readonly { readonly id?: unknown }[] } | null;
    if (page !== source) return;
    const ids = (Array.isArray(body?.mail) ? body.mail : []).map((each) => each?.id);
    waiting = ids.filter((id): id is string => typeof id === "string" && !offered.has(id));
  }

  async function arrivals(page: string, ctx: CallContext, signal: AbortSignal): Promise<void> {
    const options = await wire.options({ settings: ctx.settings, signal });
    const response = await fetch(page, options);
    if (!response.ok || response.body === null) throw wire.failure(response);
    // What came while nobody listened.
    ctx.spoolerNotify({ newMail: true });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop() ?? "";
      if (events.some((event) => event.startsWith("event: mail"))) ctx.spoolerNotify({ newMail: true });
    }
  }

  function listen(ctx: CallContext): void {
    hush();
    const stop = new AbortController();
    const { signal } = stop;
    const page = wire.page("events", ctx);
    stream = { page, stop };
    const again = async (): Promise<void> => {
      if (signal.aborted) return;
      await arrivals(page, ctx, signal).catch(() => undefined);
      if (!signal.aborted) setTimeout(() => void again(), LISTEN_AGAIN_MS);
    };
    void again();
  }

  return {
    async poll(ctx) {
      offered = new Set();
      await list(ctx);
      return waiting.length > 0;
    },
    async startMessage(ctx) {
      const from = turnTo(ctx);
      if (waiting.length === 0) await list(ctx);
      const id = from === source ? waiting.shift() : undefined;
      if (id === undefined) return undefined;
      offered.add(id);
      const page = wire.page(`mail/${encodeURIComponent(id)}`, ctx);
      const options = await wire.options(ctx);
      const response = await ctx.fetch(page, options);
      if (!response.ok) throw wire.failure(response);
      fetched.set(id, { page, headers: options.headers });
      return { id, content: await response.blob() };
    },
    async acknowledge(id, ctx) {
      turnTo(ctx);
      const own = fetched.get(id);
      if (own === undefined) return;
      const options = await wire.options(ctx);
      // The credentials of today belong to the relay of today.
      const headers = own.page === wire.page(`mail/${encodeURIComponent(id)}`, ctx) ? options.headers : own.headers;
      const response = await ctx.fetch(own.page, { ...options, headers, method: "DELETE" });
      if (!response.ok) throw wire.failure(response);
      if (fetched.get(id) === own) fetched.delete(id);
    },
    listen,
    hush,
  };
}
