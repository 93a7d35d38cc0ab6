/** React: `const rows = useSnapshot(view)` for a table, a window or any other watchable. */
import { useSyncExternalStore } from "react";
import type { Watchable } from "./types/table.js";

export function useSnapshot<T>(view: Watchable<T>): T {
  return useSyncExternalStore(view.onChange, view.getSnapshot, view.getSnapshot);
}
