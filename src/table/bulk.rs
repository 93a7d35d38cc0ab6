//! What tables of the host's own rows need beyond sessions': columns that come packed and late, changes by column.

use super::column::Column;
use super::grid::Grid;
use super::store::{Delta, InstanceKey};
use super::view::View;
use super::{Line, ViewId};
use crate::mapi::{MapiResult, PropTag, PropValue};

/// Room for so many rows and some that come: were there none, the first would move every column.
pub(super) const fn room(rows: usize) -> usize {
    rows.saturating_add(rows / 16)
}

impl Grid {
    /// So many rows in the first slots of an empty table, without values yet.
    pub fn fill(&mut self, count: u32) -> bool {
        let filled = self.store.fill(count);
        for view in self.views.values_mut() {
            view.rebuild(&self.store);
        }
        filled
    }

    /// The column of a tag, empty: no view reads it yet. `None` if no column can be of that type.
    pub fn open_column(&mut self, tag: PropTag, rows: usize, bytes: usize) -> Option<usize> {
        let at = self.store.open_column(tag)?;
        let column = self.store.column_mut(at)?;
        *column = Column::new(column.tag)?;
        column.reserve(room(rows), bytes);
        Some(at)
    }

    /// The next rows of a column of numbers or booleans; NaN is a row without value. No view may read it yet. False
    /// for another column.
    pub fn extend_numbers(&mut self, column: usize, start: u32, numbers: &[f64]) -> bool {
        self.store.column_mut(column).is_some_and(|column| column.extend_numbers(start, numbers))
    }

    /// The next rows of a column of texts, each with a NUL behind it; those at `absent` have none. False if there are
    /// not `count`, or for another column.
    pub fn extend_texts(&mut self, column: usize, start: u32, count: usize, texts: &str, absent: &[f64]) -> bool {
        self.store.column_mut(column).is_some_and(|column| column.extend_texts(start, count, texts, absent))
    }

    /// One value of a column that no view reads yet.
    pub fn set(&mut self, column: usize, slot: u32, value: PropValue) {
        if let Some(column) = self.store.column_mut(column) {
            column.set(slot, value);
        }
    }

    /// A cell, as it is handed out.
    pub fn value(&self, slot: u32, column: usize) -> PropValue {
        self.store.cell(slot, column).to_value()
    }

    /// A row with these cells, by column.
    ///
    /// # Errors
    /// `MAPI_E_TABLE_TOO_BIG`.
    pub fn insert(&mut self, slot: u32, cells: Vec<(usize, PropValue)>) -> MapiResult<()> {
        self.remove(slot);
        self.add(slot, Delta(cells))
    }

    /// Other cells in a row, by column. Views that show it are told if one differs, or if `told`: its owner knows more
    /// of it. False without such a row.
    pub fn update(&mut self, slot: u32, mut cells: Vec<(usize, PropValue)>, told: bool) -> bool {
        if !self.store.is_live(slot) {
            return false;
        }
        self.store.differing(Some(slot), &mut cells);
        self.modify(slot, Delta(cells), told);
        true
    }

    /// Opens a view whose rows go out as lines.
    ///
    /// # Errors
    /// As [`Grid::open_view`].
    pub fn open_lines(&mut self) -> MapiResult<ViewId> {
        let id = self.open_view()?;
        if let Some(view) = self.views.get_mut(&id.0) {
            view.by_line = true;
        }
        Ok(id)
    }

    /// The views whose lines may differ, and between which.
    pub fn take_dirty(&mut self) -> Vec<(ViewId, usize, usize)> {
        let mut all = Vec::new();
        self.views.each(|id, view| {
            if let Some((from, to)) = view.dirty.take() {
                all.push((ViewId(*id), from, to));
            }
        });
        all
    }
}

impl View<'_> {
    /// The slots of up to `count` lines, where every line is a row of its own; false otherwise.
    pub fn slots(&self, index: usize, count: usize, each: impl FnMut(u32)) -> bool {
        self.state.instances.is_none() && self.state.tree.each_leaf(index, count, each)
    }

    /// The slot of a row's line, and which of its values it is.
    pub fn slot(&self, line: Line) -> Option<(u32, usize)> {
        match line {
            Line::Leaf(leaf) => Some(self.state.rows(self.store).instance(leaf)),
            Line::Heading(_) => None,
        }
    }

    /// As [`View::slot`], of the row with that key, visible or not.
    pub fn place(&self, key: InstanceKey) -> Option<(u32, usize)> {
        self.line_of(key).and_then(|line| self.slot(line))
    }

    /// The key of the row in a slot, or of one of its values.
    pub fn key_at(&self, slot: u32, ordinal: u32) -> InstanceKey {
        super::rows::key(self.store.born(slot), ordinal as usize)
    }

    /// How many headings are above a row.
    pub fn depth(&self) -> usize {
        self.state.tree.depth()
    }
}
