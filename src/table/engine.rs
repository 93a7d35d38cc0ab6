//! The table: rows, views and the way of a change from one to the other.

use super::events::Delivery;
use super::order::{SortKey, SortOrderSet};
use super::state::{Lifted, ViewState};
use super::store::{Delta, RowKey, Store};
use super::view::View;
use super::window::WindowId;
use crate::mapi::ordered::{Map, Set};
use crate::mapi::{Gather, MapiError, MapiResult, PropTag, PropValue, Scode};

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

/// Keyed rows and the views over them.
///
/// In a row a `Null` value means that it has no such property, like one not given. `PR_INSTANCE_KEY` and `PR_ROWID`
/// are computed here and ignored if given.
#[derive(Clone, Debug)]
pub struct Table {
    store: Store,
    columns: Vec<PropTag>,
    order: SortOrderSet,
    views: Map<u32, ViewState>,
    views_issued: u32,
}

impl Table {
    /// An empty table with the columns and the order that a new view has; without keys, rows keep their order of
    /// birth. Fails as [`View::set_columns`] and [`View::sort_table`] do.
    pub fn new(columns: Vec<PropTag>, order: Vec<SortKey>) -> MapiResult<Self> {
        let order = SortOrderSet { keys: order, categories: 0, expanded: 0 };
        order.check()?;
        super::view::check_columns(&columns)?;
        Ok(Self { store: Store::default(), columns, order, views: Map::new(), views_issued: 0 })
    }

    /// Rows in the table.
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Moves with every effective change.
    pub fn version(&self) -> u64 {
        self.store.version()
    }

    /// The keys of all rows, ascending.
    pub fn keys(&self) -> impl Iterator<Item = RowKey> + '_ {
        self.store.keys()
    }

    /// One value of a row; not found if the row lacks it, `None` if there is no such row.
    pub fn value(&self, key: RowKey, tag: PropTag) -> Option<PropValue> {
        let slot = self.store.slot(key)?;
        Some(self.store.cell(slot, self.store.source(tag)).to_value())
    }

    /// Makes the row exactly this: added, or replaced as a whole (`ModifyStatusRow` with flags 0, C-014).
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` for a value of another type than its tag's; nothing has changed then.
    pub fn put(&mut self, key: RowKey, row: Vec<(PropTag, PropValue)>) -> MapiResult<Change> {
        let slot = self.store.slot(key);
        let delta = self.store.delta(slot, row, true)?;
        match slot {
            Some(slot) => Ok(self.modify(slot, delta)),
            None => self.add(key, delta),
        }
    }

    /// Changes the given columns and keeps the others (`STATUSROW_UPDATE`, C-015).
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND` without such a row, else as [`Table::put`].
    pub fn merge(&mut self, key: RowKey, row: Vec<(PropTag, PropValue)>) -> MapiResult<Change> {
        let missing = || MapiError::new(Scode::MAPI_E_NOT_FOUND, "a row to update", format!("{key:?}"));
        let slot = self.store.slot(key).ok_or_else(missing)?;
        let delta = self.store.delta(Some(slot), row, false)?;
        Ok(self.modify(slot, delta))
    }

    /// Removes the row; false if there is none.
    pub fn remove(&mut self, key: RowKey) -> bool {
        let Some(slot) = self.store.slot(key) else {
            return false;
        };
        let instance = self.store.instance_key(slot);
        for view in self.views.values_mut() {
            if let Lifted::From(index) = view.lift(slot, None, &self.store) {
                view.drop_row(slot, index, instance);
            }
        }
        self.store.remove(key);
        true
    }

    /// Makes the table exactly these rows, telling views only what differs. Of two rows with one key the last counts.
    ///
    /// # Errors
    /// As [`Table::put`], at the first row refused; rows before it are in.
    pub fn sync(&mut self, rows: impl IntoIterator<Item = (RowKey, Vec<(PropTag, PropValue)>)>) -> MapiResult<()> {
        let mut gone: Set<u64> = self.keys().map(|key| key.0).collect();
        for (key, row) in rows {
            self.put(key, row)?;
            gone.remove(&key.0);
        }
        while let Some(key) = gone.pop_first() {
            self.remove(RowKey(key));
        }
        Ok(())
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
        self.views.insert(id.0, ViewState::new(self.columns.clone(), self.order.clone(), &self.store));
        Ok(id)
    }

    /// Closes a view with its bookmarks, sinks and windows; false if there is none.
    pub fn close_view(&mut self, id: ViewId) -> bool {
        self.views.remove(&id.0).is_some()
    }

    /// A view to work with.
    ///
    /// # Errors
    /// `MAPI_E_INVALID_OBJECT` if it is closed or was never opened.
    pub fn view(&mut self, id: ViewId) -> MapiResult<View<'_>> {
        let closed = || MapiError::new(Scode::MAPI_E_INVALID_OBJECT, "an open view", format!("{id:?}"));
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

    /// Somebody wants to be told of every row.
    pub fn has_sinks(&self) -> bool {
        self.views.values().any(|view| view.log.is_heard())
    }

    /// The windows whose version has moved since this was last asked.
    pub fn changed_windows(&mut self) -> Vec<(ViewId, WindowId)> {
        let mut changed = Vec::new();
        self.views.each(|id, view| {
            view.refresh(&self.store);
            view.windows.each(|window, state| {
                if state.tell() {
                    changed.push((ViewId(*id), WindowId(*window)));
                }
            });
        });
        changed
    }

    fn add(&mut self, key: RowKey, delta: Delta) -> MapiResult<Change> {
        let slot = self.store.insert(key)?;
        self.store.apply(slot, delta);
        for view in self.views.values_mut() {
            view.settle(slot, Lifted::Hidden, &self.store);
        }
        Ok(Change::Added)
    }

    fn modify(&mut self, slot: u32, delta: Delta) -> Change {
        if delta.is_empty() {
            return Change::Unchanged;
        }
        let lifted: Vec<_> = self.views.values_mut().map(|view| view.lift(slot, Some(&delta), &self.store)).gather();
        self.store.apply(slot, delta);
        for (view, lifted) in self.views.values_mut().zip(lifted) {
            view.settle(slot, lifted, &self.store);
        }
        Change::Modified
    }
}
