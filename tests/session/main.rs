//! The session against a store, a clock and a host that the test plays.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::type_complexity,
    clippy::wrong_self_convention,
    clippy::pedantic
)]

mod a_acceptance;
mod a_content;
mod b_envelopes;
mod b_pinned;
mod b_refusals;
mod b_said;
mod c_states;
mod closing;
mod d_deadlines;
mod d_order;
mod d_outcomes;
mod d_shown;
mod e_doubt;
mod e_late;
mod e_probes;
mod e_windows;
mod entry_ids;
mod explore;
mod f_cut;
mod f_gate;
mod f_set_back;
mod f_waiting;
mod flush;
mod g_abort;
mod g_offers;
mod g_verbs;
mod h_driver;
mod h_replica;
mod h_storage;
mod header_rows;
mod identity;
mod kinds;
mod mapi_cancels;
mod mapi_life;
mod mapi_outbound;
mod matrix;
mod ordering;
mod passwords;
mod preprocess;
mod projections;
mod queue_rows;
mod random;
mod reconfigured;
mod relogon;
mod remote;
mod settings;
mod store;
mod telling;
mod unread;
mod validate;
mod viewer;
mod walk;
mod way_through;
mod world;
mod yielding;
