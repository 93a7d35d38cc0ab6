//! Ordered maps and sets, and a sort, compiled once for all types: `BTreeMap` costs some 5 KB of wasm for each.

mod map;
mod order;
mod set;
mod sort;

pub use map::{Entry, Map};
pub use order::{Order, Place};
pub use set::Set;
pub use sort::{sort, sort_numbers};
