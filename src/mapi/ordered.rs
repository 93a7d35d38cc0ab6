//! A map and a set in order. Not `BTreeMap`: that costs some 8 KB of wasm for every pair of types, and there are dozens.

mod map;
mod set;

pub use map::{Entry, Iter, Map};
pub use set::Set;
