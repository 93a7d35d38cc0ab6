//! Messages, envelopes, routing, schedule, doubt.

pub mod doubt;
pub mod message;
pub mod order;
pub mod outcome;
pub mod routing;
