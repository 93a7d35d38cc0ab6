//! The session against a store, a clock and a host that the test plays.

mod a_acceptance;
mod a_content;
mod b_envelopes;
mod b_refusals;
mod c_states;
mod closing;
mod d_deadlines;
mod d_outcomes;
mod flush;
mod kinds;
mod store;
mod way_through;
mod world;
mod yielding;
