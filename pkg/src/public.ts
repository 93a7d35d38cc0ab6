/** What every entry exports that needs no core. */
export type * from "./types.js";
