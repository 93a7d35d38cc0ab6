//! The table whose rows are known by keys.

use super::grid::{Change, Grid, ViewId};
use super::order::SortKey;
use super::state::ViewState;
use super::store::InstanceKey;
use super::tree::Line;
use super::view::View;
use crate::mapi::ordered::{Order, Place, Set};
use crate::mapi::{MapiError, MapiResult, PR_INSTANCE_KEY, PropTag, PropValue, Scode, told};

/// The caller's name of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey(pub u64);

/// Keyed rows and the views over them.
///
/// In a row a `Null` value means that it has no such property, like one not given. `PR_INSTANCE_KEY`, `PR_ROWID`,
/// `PR_ROW_TYPE` and `PR_DEPTH` are computed here and ignored if given.
#[derive(Clone, Debug)]
pub struct Table {
    grid: Grid,
    /// The keys of slots; of free ones too.
    keys: Vec<RowKey>,
    /// Slots by row key.
    slots: Order,
    free: Vec<u32>,
}

impl Table {
    /// An empty table with the columns and the order that a new view has; without keys, rows keep their order of
    /// birth.
    ///
    /// # Errors
    /// As [`View::set_columns`] and [`View::sort_table`].
    pub fn new(columns: Vec<PropTag>, order: Vec<SortKey>) -> MapiResult<Self> {
        let grid = Grid::new(columns, order)?;
        Ok(Self { grid, keys: Vec::new(), slots: Order::new(), free: Vec::new() })
    }

    /// Rows in the table.
    pub fn len(&self) -> usize {
        self.grid.store.len()
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Moves with every effective change.
    pub fn version(&self) -> u64 {
        self.grid.store.version()
    }

    /// The keys of all rows, ascending.
    pub fn keys(&self) -> impl Iterator<Item = RowKey> + '_ {
        self.slots.all().filter_map(|slot| self.key(slot))
    }

    fn key(&self, slot: u32) -> Option<RowKey> {
        self.keys.get(slot as usize).copied()
    }

    fn seek(&self, key: RowKey) -> Place {
        self.slots.seek(&|slot| self.key(slot) < Some(key))
    }

    fn slot(&self, key: RowKey) -> Option<u32> {
        self.slots.at(self.seek(key)).filter(|slot| self.key(*slot) == Some(key))
    }

    /// One value of a row; not found if the row lacks it, `None` if there is no such row.
    pub fn value(&self, key: RowKey, tag: PropTag) -> Option<PropValue> {
        let (slot, store) = (self.slot(key)?, &self.grid.store);
        let rows = super::rows::Rows { store, instances: None, depth: 0 };
        Some(rows.cell(slot, store.source(tag)).to_value())
    }

    /// `PR_INSTANCE_KEY` of a row.
    pub fn instance_key(&self, key: RowKey) -> Option<InstanceKey> {
        match self.value(key, PR_INSTANCE_KEY)? {
            PropValue::Binary(bytes) => bytes.try_into().ok().map(InstanceKey),
            _ => None,
        }
    }

    /// Makes the row exactly this: added, or replaced as a whole (`ModifyStatusRow` with flags 0, C-014).
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` for a value of another type than its tag's; nothing has changed then.
    pub fn put(&mut self, key: RowKey, row: Vec<(PropTag, PropValue)>) -> MapiResult<Change> {
        if let Some(slot) = self.slot(key) {
            return self.grid.put(slot, row);
        }
        let slot = match self.free.last() {
            Some(slot) => *slot,
            None => u32::try_from(self.keys.len()).unwrap_or(u32::MAX),
        };
        let change = self.grid.put(slot, row)?;
        let place = self.seek(key);
        if let Some(slot) = self.free.pop() {
            if let Some(own) = self.keys.get_mut(slot as usize) {
                *own = key;
            }
        } else {
            self.keys.push(key);
        }
        self.slots.insert(place, slot);
        Ok(change)
    }

    /// Changes the given columns and keeps the others (`STATUSROW_UPDATE`, C-015).
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND` without such a row, else as [`Table::put`].
    pub fn merge(&mut self, key: RowKey, row: Vec<(PropTag, PropValue)>) -> MapiResult<Change> {
        let missing = || MapiError::new(Scode::MAPI_E_NOT_FOUND, "a row to update", told![key.0]);
        let slot = self.slot(key).ok_or_else(missing)?;
        self.grid.merge(slot, row)
    }

    /// Removes the row; false if there is none.
    pub fn remove(&mut self, key: RowKey) -> bool {
        let Some(slot) = self.slot(key) else {
            return false;
        };
        self.slots.remove(self.seek(key));
        self.grid.remove(slot);
        self.free.push(slot);
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
        self.keys.clear();
        self.slots = Order::new();
        self.free.clear();
        self.grid.reload();
    }

    /// As [`Grid::open_view`].
    ///
    /// # Errors
    /// As [`Grid::open_view`].
    pub fn open_view(&mut self) -> MapiResult<ViewId> {
        self.grid.open_view()
    }

    /// As [`Grid::close_view`].
    pub fn close_view(&mut self, id: ViewId) -> bool {
        self.grid.close_view(id)
    }

    /// As [`Grid::view`].
    ///
    /// # Errors
    /// As [`Grid::view`].
    pub fn view(&mut self, id: ViewId) -> MapiResult<View<'_>> {
        self.grid.view(id)
    }

    /// The row on a line.
    pub fn row_of(&self, line: Line) -> Option<RowKey> {
        match line {
            Line::Leaf(slot) => self.key(slot),
            Line::Heading(_) => None,
        }
    }

    /// Every view shows all rows in the table's own order, one a line, and nobody is told of them.
    pub fn is_plain(&self) -> bool {
        self.grid.views.values().all(ViewState::is_plain)
    }

    /// Somebody wants to be told of every row.
    pub fn has_sinks(&self) -> bool {
        self.grid.views.values().any(|view| view.log.is_heard())
    }
}
