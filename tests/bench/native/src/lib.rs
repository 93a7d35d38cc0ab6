//! The rows and changes of `tests/bench/tables/rows.mjs`, bit for bit, and a table of them.

pub mod changes;
pub mod rows;
pub mod table;
