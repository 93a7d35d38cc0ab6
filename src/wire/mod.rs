//! Plain-data twins of input and effect.

#[macro_use]
pub mod tape;
pub mod codec;
mod report;
pub mod rows;
