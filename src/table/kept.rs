//! What a reader keeps of a view's rows: each at a numbered place, so that only cells of rows it lacks are read. Places
//! are given anew in turn, the oldest first.

use super::cell::Cell;
use super::column::{Column, Data};
use super::store::InstanceKey;
use super::tree::Line;
use super::view::View;
use crate::mapi::{PR_NULL, PropTag, PropValue};

/// A line on its way to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// Which.
    pub line: Line,
    /// Where the reader keeps it; [`NOWHERE`] if it shall not.
    pub place: u32,
    /// The reader does not have it as it is.
    pub fresh: bool,
}

/// A row that is not kept.
pub const NOWHERE: u32 = u32::MAX;

/// Places there are in any case: what was shown a moment ago. More would be garbage that outlives its youth.
const ROOM: usize = 256;
const STALE: u32 = 1 << 31;

#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    /// By leaf one more than its place, marked if the row has changed since; 0 without one.
    places: Vec<u32>,
    /// By place.
    leaves: Vec<u32>,
    next: usize,
    room: usize,
    /// The reader knows the columns.
    named: bool,
}

impl Kept {
    /// Nothing is as it was.
    pub(super) fn clear(&mut self) {
        self.places.clear();
        self.leaves.clear();
        self.next = 0;
    }

    /// Columns are others.
    pub(super) fn rename(&mut self) {
        self.named = false;
        self.clear();
    }

    /// The row is another.
    pub(super) fn spoil(&mut self, leaf: u32) {
        if let Some(place) = self.places.get_mut(leaf as usize).filter(|place| **place != 0) {
            *place |= STALE;
        }
    }

    /// Room for two of the longest range that shall be kept; whether there is room for this one.
    fn grow(&mut self, lines: usize, keep: bool) -> bool {
        let wanted = if keep { lines.saturating_mul(2).min(STALE as usize >> 1) } else { ROOM };
        self.room = self.room.max(wanted).max(ROOM);
        lines <= self.room
    }

    /// The place of a row, and whether the reader must be sent it.
    fn give(&mut self, leaf: u32, keep: bool) -> (u32, bool) {
        let known = self.places.get(leaf as usize).copied().unwrap_or(0);
        if let Some(place) = (known & !STALE).checked_sub(1) {
            if known & STALE != 0 {
                self.set(leaf, place.saturating_add(1));
            }
            return (place, known & STALE != 0);
        }
        if !keep {
            return (NOWHERE, true);
        }
        let at = self.next;
        self.next = at.saturating_add(1);
        if self.next >= self.room {
            self.next = 0;
        }
        if let Some(leaf_there) = self.leaves.get_mut(at) {
            let old = std::mem::replace(leaf_there, leaf);
            self.set(old, 0);
        } else {
            self.leaves.push(leaf);
        }
        let place = u32::try_from(at).unwrap_or(NOWHERE);
        self.set(leaf, place.saturating_add(1));
        (place, true)
    }

    fn set(&mut self, leaf: u32, to: u32) {
        let at = leaf as usize;
        if self.places.len() <= at {
            self.places.resize(at.saturating_add(1), 0);
        }
        if let Some(place) = self.places.get_mut(at) {
            *place = to;
        }
    }
}

impl View<'_> {
    /// Moves with whatever may show in the view. Never 0.
    pub fn version(&self) -> u64 {
        self.state.version
    }

    /// The columns, once after they became others.
    pub fn new_columns(&mut self) -> Option<&[PropTag]> {
        let named = std::mem::replace(&mut self.state.kept.named, true);
        (!named).then_some(&self.state.columns)
    }

    /// What a reader gets of each line: whoever reads all that is fresh with [`View::send`] has them all. A range that
    /// `keep` says is read again and again makes room for itself. Headings are always fresh.
    pub fn give(&mut self, lines: &[Line], keep: bool) -> Vec<Given> {
        let kept = &mut self.state.kept;
        let keep = kept.grow(lines.len(), keep);
        let mut all = Vec::with_capacity(lines.len());
        for line in lines {
            let (place, fresh) = match line {
                Line::Leaf(leaf) => kept.give(*leaf, keep),
                Line::Heading(_) => (NOWHERE, true),
            };
            all.push(Given { line: *line, place, fresh });
        }
        all
    }

    /// `PR_INSTANCE_KEY` of a line.
    pub fn key(&self, line: Line) -> Option<InstanceKey> {
        self.state.key(line, self.store)
    }

    /// Sends the cells of lines in the column with this number; null is `None` (C-182).
    pub fn send(&self, column: usize, lines: &[Line], to: &mut impl Sink) {
        let Some(tag) = self.state.columns.get(column).copied() else { return };
        let rows = self.state.rows(self.store);
        let source = (tag != PR_NULL).then(|| self.store.source(tag));
        if let (Some(column), 0) = (source.and_then(|source| rows.column(source)), rows.depth) {
            return column.send(lines, to);
        }
        for line in lines {
            match line {
                Line::Leaf(leaf) => to.cell(source.map(|source| rows.cell(*leaf, source))),
                Line::Heading(id) => match self.state.heading_value(*id, tag) {
                    PropValue::Null => to.cell(None),
                    value => to.cell(Some(Cell::from(&value))),
                },
            }
        }
    }
}

/// Where cells go. What most cells are goes without a [`Cell`] in between.
pub trait Sink {
    /// `PT_UNICODE`.
    fn text(&mut self, text: &str);
    /// `PT_LONG`.
    fn long(&mut self, number: i32);
    /// Anything.
    fn cell(&mut self, cell: Option<Cell<'_>>);
}

impl Column {
    fn send(&self, lines: &[Line], to: &mut impl Sink) {
        match &self.data {
            Data::Str(texts) => {
                // Texts lie apart: their first bytes come into the cache side by side, not one after the other.
                let mut bits = 0;
                for line in lines {
                    if let Line::Leaf(slot) = *line {
                        bits |= texts.get(slot as usize).as_bytes().first().copied().unwrap_or(0);
                    }
                }
                std::hint::black_box(bits);
                for line in lines {
                    if let Line::Leaf(slot) = *line {
                        if self.has(slot) { to.text(texts.get(slot as usize)) } else { to.cell(Some(self.cell(slot))) }
                    }
                }
            }
            Data::Long(numbers) => {
                for line in lines {
                    if let Line::Leaf(slot) = *line {
                        match numbers.get(slot as usize).filter(|_| self.has(slot)) {
                            Some(number) => to.long(*number),
                            None => to.cell(Some(self.cell(slot))),
                        }
                    }
                }
            }
            _ => {
                for line in lines {
                    if let Line::Leaf(slot) = *line {
                        to.cell(Some(self.cell(slot)));
                    }
                }
            }
        }
    }
}
