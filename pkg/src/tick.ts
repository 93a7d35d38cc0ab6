/** The worker behind `tick`: pages that are hidden get one timer a minute, their workers keep time. */
const timers = new Map<number, ReturnType<typeof setTimeout>>();

addEventListener("message", ({ data }: MessageEvent<{ id: number; wait: number | null }>) => {
  const { id, wait } = data;
  clearTimeout(timers.get(id));
  timers.delete(id);
  if (wait === null) return;
  timers.set(id, setTimeout(() => {
    timers.delete(id);
    (postMessage as (message: unknown) => void)(id);
  }, wait));
});
