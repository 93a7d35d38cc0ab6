//! Which headings are expanded, as bytes to keep: a format number, marks of order and restriction, the row that was
//! asked for, then two bytes' worth of state for each heading, named by its values.

use super::group::Group;
use super::sort::by_number;
use super::state::Mark;
use super::store::InstanceKey;
use super::tree::Line;
use super::view::{Bookmark, View};
use crate::mapi::{Digits, MapiError, MapiResult, PR_ENTRYID, PropValue, Scode, told};
use std::hash::{Hash, Hasher};

const FORMAT: u64 = 1;
/// How the saved row is named: by its number, as a heading by its values, or by its entry id, which outlives the table.
const NUMBERED: u64 = 0;
const HEADING: u64 = 1;
const ENTRY: u64 = 2;

/// FNV-1a: the same on every machine and in every version.
struct Marker(u64);

impl Hasher for Marker {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }

    /// Lengths are of one width everywhere.
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
}

/// Names a value among others of its kind.
pub(super) fn mark_of<T: Hash>(value: &T) -> u64 {
    let mut marker = Marker(0xCBF2_9CE4_8422_2325);
    value.hash(&mut marker);
    // Above the lowest bit, which says whether a heading is expanded; never 0.
    marker.finish() | 2
}

fn put(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&number.to_be_bytes());
}

impl View<'_> {
    /// `GetCollapseState`: which headings are expanded, and the row with that key, for [`View::set_collapse_state`].
    ///
    /// # Errors
    /// `MAPI_E_NO_SUPPORT` without categories, `MAPI_E_NOT_FOUND` without such a row.
    pub fn collapse_state(&self, row: InstanceKey) -> MapiResult<Vec<u8>> {
        self.has_categories()?;
        let line = self.line_of(row).ok_or_else(|| {
            MapiError::new(
                Scode::MAPI_E_NOT_FOUND,
                "the key of a row in the view",
                told![Digits::hex(u64::from_be_bytes(row.0), 16)],
            )
        })?;
        let (kind, place) = match line {
            Line::Leaf(leaf) => self.entry_mark(leaf).map_or((NUMBERED, row.number()), |mark| (ENTRY, mark)),
            Line::Heading(id) => (HEADING, self.name(id) & !1),
        };
        let mut out = Vec::new();
        for number in [FORMAT, self.order_mark(), self.state.filter_mark, kind, place] {
            put(&mut out, number);
        }
        for id in self.state.tree.headings() {
            let expanded = self.state.tree.group(id).is_some_and(|group| group.expanded);
            put(&mut out, (self.name(id) & !1) | u64::from(expanded));
        }
        Ok(out)
    }

    /// `SetCollapseState`: expands and collapses as then; headings that came since are as they are. The bookmark is on
    /// the row saved with it, or on the heading that hides it.
    ///
    /// # Errors
    /// `MAPI_E_INVALID_PARAMETER` for other bytes, `MAPI_E_UNABLE_TO_COMPLETE` when order or restriction differ from
    /// then, or bookmarks are at their limit; nothing has changed then.
    pub fn set_collapse_state(&mut self, state: &[u8]) -> MapiResult<Bookmark> {
        self.has_categories()?;
        let whole = state.chunks_exact(8);
        let rest = whole.remainder();
        let mut numbers = whole.map(|bytes| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)));
        let head = [numbers.next(), numbers.next(), numbers.next(), numbers.next(), numbers.next()];
        let [Some(FORMAT), Some(order), Some(filter), Some(kind), Some(place)] = head else {
            return Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "a collapse state", "other bytes"));
        };
        if !rest.is_empty() {
            return Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "a collapse state", "a cut one"));
        }
        if (order, filter) != (self.order_mark(), self.state.filter_mark) {
            let expected = "the order and restriction it was saved with";
            return Err(MapiError::new(Scode::MAPI_E_UNABLE_TO_COMPLETE, expected, "others"));
        }
        let bookmark = self.create_bookmark()?;
        let mut saved: Vec<u64> = numbers.collect();
        by_number(&mut saved, |name| *name);
        let marked = self.marked();
        for id in self.state.tree.headings().collect::<Vec<_>>() {
            let name = self.name(id) & !1;
            let at = saved.partition_point(|other| *other < name);
            if let Some(found) = saved.get(at).filter(|found| **found & !1 == name) {
                self.state.tree.expand(id, *found & 1 == 1);
            }
        }
        self.state.spoil(0);
        self.state.cursor = 0;
        let row = match kind {
            NUMBERED => self.line_of(InstanceKey(place.to_be_bytes())),
            ENTRY => self.leaf_that(&|leaf| self.entry_mark(leaf) == Some(place)),
            _ => self.state.tree.headings().find(|id| self.name(*id) & !1 == place).map(Line::Heading),
        };
        let shown = row.and_then(|line| self.visible(line));
        let mark = shown.map_or(Mark::End, |line| Mark::Line { line, moved: false });
        self.state.marks.insert(bookmark.0, mark);
        for line in marked {
            if self.state.index(line, self.store).is_none() {
                let next = self.visible(line).and_then(|line| self.state.index(line, self.store));
                let next = next.map_or(usize::MAX, |index| index.saturating_add(1));
                self.state.move_marks(|other| other == line, next);
            }
        }
        Ok(bookmark)
    }

    fn marked(&self) -> Vec<Line> {
        let mut found = Vec::new();
        for mark in self.state.marks.values() {
            if let Mark::Line { line, .. } = mark {
                found.push(*line);
            }
        }
        found
    }

    fn has_categories(&self) -> MapiResult<()> {
        if self.state.tree.depth() > 0 {
            return Ok(());
        }
        Err(MapiError::new(Scode::MAPI_E_NO_SUPPORT, "an order with categories", "none"))
    }

    fn entry_mark(&self, leaf: u32) -> Option<u64> {
        match self.state.rows(self.store).cell(leaf, self.store.source(PR_ENTRYID)).to_value() {
            PropValue::Binary(id) => Some(mark_of(&id)),
            _ => None,
        }
    }

    fn order_mark(&self) -> u64 {
        let order = self.state.keys();
        mark_of(&(&order.keys, order.categories))
    }

    /// A heading's name: its values and those above it, whatever numbers this life gave out.
    fn name(&self, id: u32) -> u64 {
        let mut path: Vec<&Group> = Vec::new();
        let mut id = id;
        while let Some(group) = self.state.tree.group(id).filter(|_| id != 0) {
            path.push(group);
            id = group.parent;
        }
        let values: Vec<_> = path.iter().map(|group| &group.values).collect();
        mark_of(&values)
    }

    /// The line that has this key, visible or not.
    pub(super) fn line_of(&self, key: InstanceKey) -> Option<Line> {
        if let Some(id) = self.state.heading(key) {
            return Some(Line::Heading(id));
        }
        self.leaf_that(&|leaf| self.state.rows(self.store).key(leaf) == key)
    }

    fn leaf_that(&self, is: &dyn Fn(u32) -> bool) -> Option<Line> {
        self.state.tree.leaves().find(|leaf| is(*leaf)).map(Line::Leaf)
    }

    /// The line, or the heading above it that hides it.
    fn visible(&self, line: Line) -> Option<Line> {
        if self.state.index(line, self.store).is_some() {
            return Some(line);
        }
        let mut id = match line {
            Line::Leaf(leaf) => self.state.tree.home_of(leaf),
            Line::Heading(id) => self.state.tree.group(id)?.parent,
        };
        while id != 0 {
            if self.state.tree.heading_index(id).is_some() {
                return Some(Line::Heading(id));
            }
            id = self.state.tree.group(id)?.parent;
        }
        None
    }
}
