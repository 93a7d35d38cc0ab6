/** One BroadcastChannel of an outbox. What it says is "look": it carries no authority and no secret. */

export type ChannelFactory = (name: string) => BroadcastChannel;

export interface Channel {
  /** To the other contexts; lost while suspended. */
  post(message: unknown): void;
  listen(listener: (message: unknown) => void): () => void;
  /** An open channel keeps a page out of the back/forward cache. */
  suspend(): void;
  resume(): void;
  close(): void;
}

/** Without BroadcastChannel nothing is heard and nothing is said. */
export const defaultChannels = (): ChannelFactory | undefined =>
  typeof BroadcastChannel === "undefined" ? undefined : (name) => new BroadcastChannel(name);

export function openChannel(name: string, factory: ChannelFactory | undefined = defaultChannels()): Channel {
  const listeners = new Set<(message: unknown) => void>();
  let closed = false;
  let channel: BroadcastChannel | undefined;

  function open(): void {
    if (closed || channel !== undefined) return;
    channel = factory?.(name);
    channel?.addEventListener("message", ({ data }) => {
      for (const listener of listeners) listener(data);
    });
    // Node only: a channel is no reason for the process to live.
    (channel as { unref?: () => void } | undefined)?.unref?.();
  }

  function suspend(): void {
    channel?.close();
    channel = undefined;
  }

  open();
  return {
    post: (message) => channel?.postMessage(message),
    listen(listener): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    suspend,
    resume: open,
    close(): void {
      closed = true;
      suspend();
      listeners.clear();
    },
  };
}
