//! The session against a store, a clock and a host that the test plays.

mod closing;
mod store;
mod way_through;
mod world;
