//! Addresses, lists and the header block, by statement.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::format_collect)]

mod addr;
mod headers;
mod list;
mod properties;
mod words;
