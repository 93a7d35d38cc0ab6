//! The one table engine: keyed rows, and live views over them (`IMAPITable`).
//!
//! A [`Table`] owns its rows and its views. Every effective change of a row reaches every view that shows the row,
//! once; a view answers through the short-lived handle [`View`]. Nothing is delivered inside a call: events wait in
//! [`View::take_events`] (C-179).
//!
//! Costs, n rows in a view: a change O(log n) comparisons and a move inside one block; a range O(log n + its rows);
//! Restrict O(n), `SortTable` O(n log n), `FindRow` O(n).

#[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
mod bulk;
mod case;
mod categories;
mod cell;
mod change;
mod collapse;
mod column;
mod cursor;
mod engine;
mod events;
mod fenwick;
mod filter;
mod grid;
mod group;
#[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
mod json;
mod kept;
mod lift;
mod listing;
mod marks;
mod order;
#[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
mod packed;
#[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
mod pairs;
mod restriction;
mod rows;
#[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
mod search;
mod sequence;
#[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
mod sieve;
mod sort;
mod state;
mod store;
mod text;
mod texts;
mod tree;
mod view;

pub use cell::Cell;
pub use engine::{RowKey, Table};
pub use events::{Connection, Delivery, Notification};
pub use grid::{Change, Grid, ViewId};
#[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
pub use json::{Field, Import};
pub use kept::{Given, NOWHERE, Sink};
pub use order::{KeyRole, SortKey, SortOrderSet};
pub use restriction::{MAX_DEPTH, MAX_NODES, Restriction};
pub use store::InstanceKey;
pub use tree::Line;
pub use view::{Bookmark, MAX_BOOKMARKS, Position, RowSet, Sought, View};
