import arquero from "./arquero.mjs";
import crossfilter from "./crossfilter.mjs";
import mailspooler from "./mailspooler.mjs";
import plain from "./plain.mjs";
import tanstackDb from "./tanstack-db.mjs";
import tanstackTable from "./tanstack-table.mjs";
import typed from "./typed.mjs";

/**
 * What each can do of: load, loadFolded, view, window, ids, restrict, bySubject, close, live → { apply, ids, close }, live100: the
 * same by hundreds. `told` answers what listeners heard.
 * born: where the rows of B are: objects, or in Rust.
 * rowsAtMost, changesAtMost: so slow that it is spared more. once: it remembers its answer. placeless: it does not say where.
 */
export default [plain, typed, tanstackTable, tanstackDb, arquero, crossfilter, mailspooler];
