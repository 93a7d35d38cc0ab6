/** `createTable` before its engine is there: the engine comes with the first call, and is no part of sessions. */
import type { CreateTable } from "../types/host.js";

/** `load` is asked once, and again after a failure. */
export function makeCreateTable(load: () => Promise<CreateTable>): CreateTable {
  let loading: Promise<CreateTable> | undefined;
  return async (...given: Parameters<CreateTable>) => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return (await loading)(...given);
  };
}
