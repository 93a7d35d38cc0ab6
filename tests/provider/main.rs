//! One transport provider, by statement.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::pedantic, clippy::indexing_slicing)]

mod asks;
mod explore;
mod flush;
mod headers;
mod inbound;
mod kit;
mod life;
mod oracle;
mod outbound;
mod properties;
mod row;
mod states;
mod validate;
