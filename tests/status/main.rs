//! Status rows and the verbs of status objects, by statement.
#![allow(clippy::unwrap_used)]

mod flush;
mod kit;
mod rows;
mod validate;
mod verbs;
