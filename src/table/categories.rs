//! Categories. No order has any yet, so no row is a heading.

use super::store::InstanceKey;
use super::view::{Bookmark, RowSet, View};
use crate::mapi::{MapiError, MapiResult, Scode};

impl View<'_> {
    /// `ExpandRow`: shows what is below a heading; up to `max` of the rows it added, and how many those are in all.
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND` if no heading has that key.
    pub fn expand_row(&mut self, heading: InstanceKey, _max: usize) -> MapiResult<(RowSet, usize)> {
        Err(no_heading(heading))
    }

    /// `CollapseRow`: hides what is below a heading; how many rows those were.
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND` if no heading has that key.
    pub fn collapse_row(&mut self, heading: InstanceKey) -> MapiResult<usize> {
        Err(no_heading(heading))
    }

    /// `GetCollapseState`.
    ///
    /// # Errors
    /// `MAPI_E_NO_SUPPORT` without categories.
    pub fn collapse_state(&self, _row: InstanceKey) -> MapiResult<Vec<u8>> {
        Err(no_categories())
    }

    /// `SetCollapseState`.
    ///
    /// # Errors
    /// `MAPI_E_NO_SUPPORT` without categories.
    pub fn set_collapse_state(&mut self, _state: &[u8]) -> MapiResult<Bookmark> {
        Err(no_categories())
    }
}

fn no_heading(key: InstanceKey) -> MapiError {
    MapiError::new(Scode::MAPI_E_NOT_FOUND, "the key of a heading", format!("{key:?}"))
}

fn no_categories() -> MapiError {
    MapiError::new(Scode::MAPI_E_NO_SUPPORT, "an order with categories", "none")
}
