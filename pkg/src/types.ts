/** The public types of mailspooler. Numbers are milliseconds and bytes unless a name says otherwise. */
export type * from "./types/message.js";
export type * from "./types/transport.js";
export type * from "./types/settings.js";
export type * from "./types/table.js";
export type * from "./types/session.js";
export type * from "./types/host.js";
