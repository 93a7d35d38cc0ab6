//! Categories: what a heading shows and hides.

use super::state::Mark;
use super::store::InstanceKey;
use super::tree::Line;
use super::view::{RowSet, View};
use crate::mapi::{Digits, MapiError, MapiResult, Scode, told};

impl View<'_> {
    /// `ExpandRow`: shows what is below a heading; up to `max` of the rows it added, and how many those are in all. The
    /// cursor goes after the last row returned. Nobody is told (C-221).
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND` if no heading has that key.
    pub fn expand_row(&mut self, heading: InstanceKey, max: usize) -> MapiResult<(RowSet, usize)> {
        let (start, more) = self.expand(heading)?;
        let count = max.min(more);
        Ok((self.read(start, count, start.saturating_add(count)), more))
    }

    /// As [`View::expand_row`], lines instead of values.
    ///
    /// # Errors
    /// As [`View::expand_row`].
    pub fn expand_lines(&mut self, heading: InstanceKey, max: usize) -> MapiResult<(Vec<Line>, usize)> {
        let (start, more) = self.expand(heading)?;
        let lines = self.state.tree.lines(start, max.min(more));
        self.state.cursor = start.saturating_add(lines.len());
        Ok((lines, more))
    }

    /// Where what is below the heading starts, and how many lines came.
    fn expand(&mut self, heading: InstanceKey) -> MapiResult<(usize, usize)> {
        let (id, index) = self.shown_heading(heading)?;
        let start = index.saturating_add(1);
        let before = self.row_count();
        self.state.tree.expand(id, true);
        self.state.spoil(index);
        Ok((start, self.row_count().saturating_sub(before)))
    }

    /// `CollapseRow`: hides what is below a heading; how many rows those were. Bookmarks among them go to the next
    /// visible row. Nobody is told (C-221).
    ///
    /// # Errors
    /// `MAPI_E_NOT_FOUND` if no heading has that key.
    pub fn collapse_row(&mut self, heading: InstanceKey) -> MapiResult<usize> {
        let (id, index) = self.shown_heading(heading)?;
        let start = index.saturating_add(1);
        let before = self.row_count();
        let marked = self.marked_lines();
        self.state.tree.expand(id, false);
        let gone = before.saturating_sub(self.row_count());
        let end = start.saturating_add(gone);
        for (line, at) in marked {
            if at >= start && at < end {
                self.state.move_marks(|marked| marked == line, start);
            }
        }
        if self.state.cursor >= end {
            self.state.cursor = self.state.cursor.saturating_sub(gone);
        } else if self.state.cursor > start {
            self.state.cursor = start;
        }
        self.state.spoil(index);
        Ok(gone)
    }

    /// The lines that bookmarks are on, and where those are.
    fn marked_lines(&self) -> Vec<(Line, usize)> {
        let mut found = Vec::new();
        for mark in self.state.marks.values() {
            if let Mark::Line { line, .. } = mark
                && let Some(at) = self.state.index(*line, self.store)
            {
                found.push((*line, at));
            }
        }
        found
    }

    fn shown_heading(&self, key: InstanceKey) -> MapiResult<(u32, usize)> {
        let id = self.state.heading(key);
        let found = id.and_then(|id| Some((id, self.state.tree.heading_index(id)?)));
        found.ok_or_else(|| {
            MapiError::new(
                Scode::MAPI_E_NOT_FOUND,
                "the key of a heading in the view",
                told![Digits::hex(u64::from_be_bytes(key.0), 16)],
            )
        })
    }

    /// What a heading has, when nobody chose columns.
    pub fn heading(&self, id: u32) -> Vec<(crate::mapi::PropTag, crate::mapi::PropValue)> {
        let columns = self.state.heading_columns(id);
        columns.into_iter().map(|tag| (tag, self.state.heading_value(id, tag))).collect()
    }
}
