//! Plain-data twins of input and effect.

#[macro_use]
pub mod tape;
pub mod codec;
mod message;
mod report;
pub mod rows;
