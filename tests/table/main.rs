//! MAPI's words and the table engine, by statement.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod bookmarks;
mod categories;
mod columns;
mod contradictions;
mod dice;
mod events;
mod finding;
mod keeper;
mod kept;
mod large;
mod model;
mod naive;
mod ops;
mod outline;
mod reader;
mod reading;
mod restrict;
mod restrictions;
mod rows;
mod sieve;
mod sorting;
mod support;
mod walk;
mod words;
