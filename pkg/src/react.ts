/** React: `const rows = useSnapshot(view)` for a table, a window or any other watchable. */
import { useSyncExternalStore } from "react";
import type { Watchable } from "./types/table.js";

/** The value, and a render whenever it is another. The same view each time: make it once, outside or in `useMemo`. */
export function useSnapshot<T>(view: Watchable<T>): T {
  return useSyncExternalStore(view.onChange, view.getSnapshot, view.getSnapshot);
}
