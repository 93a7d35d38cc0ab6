//! Ordered maps and sets, compiled once for all types: `BTreeMap` costs some 5 KB of wasm for each.

mod index;
mod map;
mod order;
mod set;

pub use map::{Entry, Map};
pub use order::{Order, Place};
pub use set::Set;
