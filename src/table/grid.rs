//! Rows numbered by their owner, the views over them, and the way of a change from one to the other.

use super::events::Delivery;
use super::filter::Filter;
use super::order::{SortKey, SortOrderSet};
use super::restriction::Restriction;
use super::state::ViewState;
use super::store::{Delta, Store};
use super::view::View;
use crate::mapi::ordered::Map;
use crate::mapi::{BitmaskOp, MapiError, MapiResult, PR_MESSAGE_FLAGS, PropTag, PropValue, Scode, told};

/// A view of one table; never reused while it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewId(pub u32);

/// What a call did to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// The row is new.
    Added,
    /// Some cell differs.
    Modified,
    /// Nothing differs; nobody was told (catalogue 3.4).
    Unchanged,
}

/// Rows by slot, and the views over them. Its owner gives out the slots; one is free again when its row is removed.
#[derive(Clone, Debug)]
pub struct Grid {
    pub(super) store: Store,
    pub(super) columns: Vec<PropTag>,
    order: SortOrderSet,
    unread: Option<Filter>,
    pub(super) views: Map<u32, ViewState>,
    views_issued: u32,
}

/// `MSGFLAG_READ`.
const READ: u32 = 1;

impl Grid {
    /// Empty, with the columns and the order that a new view has; without keys, rows keep their order of birth.
    /// Headings count rows as unread whose `PR_MESSAGE_FLAGS` lack `MSGFLAG_READ`.
    ///
    /// # Errors
    /// As [`View::set_columns`] and [`View::sort_table`].
    pub fn new(columns: Vec<PropTag>, order: Vec<SortKey>) -> MapiResult<Self> {
        let order = SortOrderSet { keys: order, categories: 0, expanded: 0 };
        order.check()?;
        super::view::check_columns(&columns)?;
        let unread = Restriction::Bitmask { tag: PR_MESSAGE_FLAGS, op: BitmaskOp::Eqz, mask: READ };
        let unread = Some(Filter::new(&unread)?);
        Ok(Self { store: Store::default(), columns, order, unread, views: Map::new(), views_issued: 0 })
    }

    /// Which rows headings count as unread, in views opened from now on.
    ///
    /// # Errors
    /// `MAPI_E_TOO_COMPLEX`.
    pub fn set_unread(&mut self, restriction: Option<&Restriction>) -> MapiResult<()> {
        self.unread = restriction.map(Filter::new).transpose()?;
        Ok(())
    }

    /// A new row, or a whole other one in its place.
    pub(super) fn put(&mut self, slot: u32, row: Vec<(PropTag, PropValue)>) -> MapiResult<Change> {
        let live = self.store.is_live(slot);
        let delta = self.store.delta(live.then_some(slot), row, true)?;
        if live {
            return Ok(self.modify(slot, delta, false));
        }
        self.add(slot, delta)?;
        Ok(Change::Added)
    }

    /// Other values in some columns.
    pub(super) fn merge(&mut self, slot: u32, row: Vec<(PropTag, PropValue)>) -> MapiResult<Change> {
        let delta = self.store.delta(Some(slot), row, false)?;
        Ok(self.modify(slot, delta, false))
    }

    /// Removes a row; false if there is none.
    pub fn remove(&mut self, slot: u32) -> bool {
        if !self.store.is_live(slot) {
            return false;
        }
        for view in self.views.values_mut() {
            view.lift(slot, None, &self.store);
        }
        self.store.remove(slot);
        for view in self.views.values_mut() {
            view.settle(slot, &self.store);
        }
        true
    }

    /// A row that is new.
    pub(super) fn add(&mut self, slot: u32, delta: Delta) -> MapiResult<()> {
        self.store.insert(slot)?;
        self.store.apply(slot, delta);
        for view in self.views.values_mut() {
            view.lift_nothing();
            view.settle(slot, &self.store);
        }
        Ok(())
    }

    /// Other cells in a row; `told` even if none differs.
    pub(super) fn modify(&mut self, slot: u32, delta: Delta, told: bool) -> Change {
        if delta.is_empty() && !told {
            return Change::Unchanged;
        }
        for view in self.views.values_mut() {
            view.lift(slot, Some(&delta), &self.store);
        }
        self.store.apply(slot, delta);
        for view in self.views.values_mut() {
            view.settle(slot, &self.store);
        }
        Change::Modified
    }

    /// Drops all rows at once: bookmarks and instance keys are void, sinks hear `Reload` (C-220).
    pub fn reload(&mut self) {
        self.store.clear();
        for view in self.views.values_mut() {
            view.reload(&self.store);
        }
    }

    /// Opens a view: all rows, default columns, default order, cursor at the beginning.
    ///
    /// # Errors
    /// `MAPI_E_UNABLE_TO_COMPLETE` after 2^32 views.
    pub fn open_view(&mut self) -> MapiResult<ViewId> {
        let full = || MapiError::new(Scode::MAPI_E_UNABLE_TO_COMPLETE, "fewer than 2^32 views", "one more");
        self.views_issued = self.views_issued.checked_add(1).ok_or_else(full)?;
        let id = ViewId(self.views_issued);
        let state = ViewState::new(self.columns.clone(), self.order.clone(), self.unread.clone(), &self.store);
        self.views.insert(id.0, state);
        Ok(id)
    }

    /// Closes a view with its bookmarks and sinks; false if there is none.
    pub fn close_view(&mut self, id: ViewId) -> bool {
        self.views.remove(&id.0).is_some()
    }

    /// A view to work with.
    ///
    /// # Errors
    /// `MAPI_E_INVALID_OBJECT` if it is closed or was never opened.
    pub fn view(&mut self, id: ViewId) -> MapiResult<View<'_>> {
        let closed = || MapiError::new(Scode::MAPI_E_INVALID_OBJECT, "an open view", told![id.0]);
        let state = self.views.get_mut(&id.0).ok_or_else(closed)?;
        Ok(View { store: &self.store, defaults: &self.columns, state })
    }

    /// What sinks have to be told, per view in order of happening. Call it after the change has been answered.
    pub fn take_events(&mut self) -> Vec<(ViewId, Vec<Delivery>)> {
        let mut taken = Vec::new();
        self.views.each(|id, view| {
            let events = view.log.take();
            if !events.is_empty() {
                taken.push((ViewId(*id), events));
            }
        });
        taken
    }
}
