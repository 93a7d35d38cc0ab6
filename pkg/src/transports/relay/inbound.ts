/** Incoming mail of the relay protocol: listed, fetched one by one, taken when the host has it. */
import type { CallContext, InboundMessage } from "../../types.js";

export type Init = Omit<RequestInit, "headers"> & { readonly headers: Readonly<Record<string, string>> };

export interface Wire {
  readonly page: (path: string, ctx: Pick<CallContext, "settings">) => string;
  readonly options: (ctx: Pick<CallContext, "signal">) => Promise<Init>;
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
  let stream: AbortController | undefined;

  async function list(ctx: CallContext): Promise<void> {
    const response = await ctx.fetch(wire.page("mail", ctx), await wire.options(ctx));
    if (!response.ok) throw wire.failure(response);
    const body = (await response.json()) as { readonly mail?: readonly { readonly id?: unknown }[] } | null;
    const ids = (Array.isArray(body?.mail) ? body.mail : []).map((each) => each?.id);
    waiting = ids.filter((id): id is string => typeof id === "string" && !offered.has(id));
  }

  async function arrivals(ctx: CallContext, signal: AbortSignal): Promise<void> {
    const options = await wire.options({ signal });
    const response = await fetch(wire.page("events", ctx), options);
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

  return {
    async poll(ctx) {
      offered = new Set();
      await list(ctx);
      return waiting.length > 0;
    },
    async startMessage(ctx) {
      if (waiting.length === 0) await list(ctx);
      const id = waiting.shift();
      if (id === undefined) return undefined;
      offered.add(id);
      const response = await ctx.fetch(wire.page(`mail/${encodeURIComponent(id)}`, ctx), await wire.options(ctx));
      if (!response.ok) throw wire.failure(response);
      return { id, content: await response.blob() };
    },
    async acknowledge(id, ctx) {
      const response = await ctx.fetch(wire.page(`mail/${encodeURIComponent(id)}`, ctx), { ...(await wire.options(ctx)), method: "DELETE" });
      if (!response.ok) throw wire.failure(response);
    },
    listen(ctx) {
      stream?.abort();
      const { signal } = (stream = new AbortController());
      const again = async (): Promise<void> => {
        await arrivals(ctx, signal).catch(() => undefined);
        if (!signal.aborted) setTimeout(() => void again(), LISTEN_AGAIN_MS);
      };
      void again();
    },
    hush() {
      stream?.abort();
      stream = undefined;
    },
  };
}
