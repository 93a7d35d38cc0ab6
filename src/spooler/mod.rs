//! Messages, envelopes, routing, schedule, doubt.

pub mod doubt;
pub mod message;
pub mod outcome;
