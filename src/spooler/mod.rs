//! Messages, envelopes, routing, schedule, doubt.

pub mod doubt;
pub mod intent;
pub mod meaning;
pub mod message;
pub mod order;
pub mod outcome;
pub mod probe;
pub mod remnant;
pub mod routing;
pub mod said;
pub mod settle;
pub mod shown;
pub mod verbs;
