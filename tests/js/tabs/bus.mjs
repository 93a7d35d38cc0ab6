// Channels of one page's contexts: synchronous, none hears itself.
//
//   const channels = bus()
//   channels.open()        one context's end; `channels.said` is everything posted, `channels.listening()` how many listen
export function bus() {
  const channels = new Set();
  const said = [];
  return {
    said,
    listening: () => [...channels].reduce((sum, { listeners }) => sum + listeners.size, 0),
    open() {
      const listeners = new Set();
      const channel = {
        post(message) {
          said.push(message);
          for (const other of channels) if (other !== channel) for (const listener of other.listeners) listener(message);
        },
        listen: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
        listeners,
      };
      channels.add(channel);
      return channel;
    },
  };
}
