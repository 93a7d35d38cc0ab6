//! One transport provider, by statement.
#![allow(clippy::unwrap_used, clippy::panic)]

mod asks;
mod flush;
mod inbound;
mod kit;
mod life;
mod oracle;
mod outbound;
mod properties;
mod row;
mod states;
