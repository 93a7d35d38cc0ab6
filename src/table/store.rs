//! The rows: numbered by slots, held in columns.

use super::cell::Cell;
use super::column::Column;
use crate::mapi::{
    MapiError, MapiResult, PR_DEPTH, PR_INSTANCE_KEY, PR_ROW_TYPE, PR_ROWID, PropTag, PropType, PropValue, Scode, told,
};

/// `PR_INSTANCE_KEY`: names one life of a row; never used again while the table lives (C-007).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceKey(pub [u8; 8]);

impl InstanceKey {
    /// In the order of birth.
    pub const fn number(self) -> u64 {
        u64::from_be_bytes(self.0)
    }

    pub(super) const fn of(number: u64) -> Self {
        Self(number.to_be_bytes())
    }
}

impl From<InstanceKey> for PropValue {
    fn from(key: InstanceKey) -> Self {
        Self::Binary(key.0.to_vec())
    }
}

/// Where a tag's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Absent,
    InstanceKey,
    RowId,
    RowType,
    Depth,
    Column(usize),
    /// One element of a multi-valued column.
    Element(usize),
}

/// The cells of one row that differ, by column.
#[derive(Debug, Default)]
pub(super) struct Delta(pub(super) Vec<(usize, PropValue)>);

impl Delta {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn changes(&self, column: usize) -> bool {
        self.0.iter().any(|(at, _)| *at == column)
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    columns: Vec<Column>,
    /// When the row in a slot was born; 0 in an empty slot.
    born: Vec<u64>,
    len: usize,
    births: u64,
    version: u64,
}

impl Store {
    /// Raised by every effective change.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The slots that hold a row, ascending.
    pub(super) fn slots(&self) -> impl Iterator<Item = u32> + '_ {
        (0_u32..).zip(&self.born).filter(|(_, born)| **born != 0).map(|(slot, _)| slot)
    }

    pub(super) fn is_live(&self, slot: u32) -> bool {
        self.born(slot) != 0
    }

    /// Order of birth: the last tie-break of every order.
    pub(super) fn born(&self, slot: u32) -> u64 {
        self.born.get(slot as usize).copied().unwrap_or(0)
    }

    /// The available columns: computed ones, then those that ever held a value.
    pub(super) fn available(&self) -> impl Iterator<Item = PropTag> + '_ {
        [PR_INSTANCE_KEY, PR_ROWID].into_iter().chain(self.columns.iter().map(|column| column.tag))
    }

    /// Grows when a tag that had no column gets one.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Where the values of a tag are; the 8-bit form of a string reads its Unicode column (C-013).
    pub(super) fn source(&self, tag: PropTag) -> Source {
        match tag {
            PR_INSTANCE_KEY => Source::InstanceKey,
            PR_ROWID => Source::RowId,
            PR_ROW_TYPE => Source::RowType,
            PR_DEPTH => Source::Depth,
            _ => match tag.instance_of() {
                Some(many) => self.column(wide(many)).map_or(Source::Absent, Source::Element),
                None => self.column(wide(tag)).map_or(Source::Absent, Source::Column),
            },
        }
    }

    pub(super) fn column(&self, tag: PropTag) -> Option<usize> {
        self.columns.iter().position(|column| column.tag == tag)
    }

    pub(super) fn column_at(&self, at: usize) -> Option<&Column> {
        self.columns.get(at)
    }

    pub(super) fn cell(&self, slot: u32, column: usize) -> Cell<'_> {
        self.columns.get(column).map_or(Cell::Absent, |column| column.cell(slot))
    }

    /// The cells that `given` would change in the row, creating columns as needed. Computed columns are ignored;
    /// with `whole`, columns not given become absent. A value of another type than its tag's is refused, and then
    /// nothing has changed.
    pub(super) fn delta(
        &mut self,
        slot: Option<u32>,
        given: Vec<(PropTag, PropValue)>,
        whole: bool,
    ) -> MapiResult<Delta> {
        let mut fresh: Vec<Column> = Vec::new();
        let mut places = Vec::with_capacity(given.len());
        let mut next = 0;
        for (tag, value) in &given {
            let tag = wide(*tag);
            if matches!(tag, PR_INSTANCE_KEY | PR_ROWID | PR_ROW_TYPE | PR_DEPTH) {
                places.push(usize::MAX);
                continue;
            }
            fits(tag, value)?;
            // Rows mostly come in the order of the columns.
            let there = self.columns.get(next).filter(|column| column.tag == tag).map(|_| next);
            let place = there.or_else(|| self.column(tag)).unwrap_or_else(|| {
                let new = fresh.iter().position(|column| column.tag == tag).unwrap_or(fresh.len());
                if new == fresh.len() {
                    fresh.extend(Column::new(tag));
                }
                new.saturating_add(self.columns.len())
            });
            places.push(place);
            next = place.saturating_add(1);
        }
        self.columns.append(&mut fresh);
        let mut all = vec![whole.then_some(PropValue::Null); self.columns.len()];
        for ((_, value), at) in given.into_iter().zip(places) {
            if let Some(cell) = all.get_mut(at) {
                *cell = Some(value);
            }
        }
        let mut cells = Vec::new();
        for (at, cell) in all.into_iter().enumerate() {
            cells.extend(cell.map(|value| (at, value)));
        }
        self.differing(slot, &mut cells);
        Ok(Delta(cells))
    }

    /// Keeps the cells that differ from the row's.
    pub(super) fn differing(&self, slot: Option<u32>, cells: &mut Vec<(usize, PropValue)>) {
        cells.retain(|(at, value)| !slot.map_or(Cell::Absent, |slot| self.cell(slot, *at)).holds(value));
    }

    /// True if one of the sources reads a column of the delta.
    pub(super) fn touches(delta: &Delta, sources: &[Source]) -> bool {
        sources.iter().any(|source| match source {
            Source::Column(at) | Source::Element(at) => delta.changes(*at),
            _ => false,
        })
    }

    /// A new row without values.
    pub(super) fn insert(&mut self, slot: u32) -> MapiResult<()> {
        let births = self
            .births
            .checked_add(1)
            .filter(|_| slot < MOST_SLOTS)
            .ok_or_else(|| MapiError::new(Scode::MAPI_E_TABLE_TOO_BIG, "fewer than 2^31 rows", "one more"))?;
        let at = slot as usize;
        if self.born.len() <= at {
            self.born.resize(at.saturating_add(1), 0);
        }
        if let Some(place) = self.born.get_mut(at) {
            if *place == 0 {
                self.len = self.len.saturating_add(1);
            }
            *place = births;
        }
        self.births = births;
        Ok(())
    }

    pub(super) fn apply(&mut self, slot: u32, delta: Delta) {
        for (at, value) in delta.0 {
            if let Some(column) = self.columns.get_mut(at) {
                column.set(slot, value);
            }
        }
        self.version = self.version.saturating_add(1);
    }

    pub(super) fn remove(&mut self, slot: u32) {
        let Some(born) = self.born.get_mut(slot as usize).filter(|born| **born != 0) else {
            return;
        };
        *born = 0;
        self.len = self.len.saturating_sub(1);
        for column in &mut self.columns {
            column.set(slot, PropValue::Null);
        }
        self.version = self.version.saturating_add(1);
    }

    /// Drops every row; columns and the counters that must not repeat stay.
    pub(super) fn clear(&mut self) {
        let empty = self.columns.iter().filter_map(|column| Column::new(column.tag)).collect();
        self.columns = empty;
        self.born.clear();
        self.len = 0;
        self.version = self.version.saturating_add(1);
    }
}

/// Higher numbers name headings.
pub(super) const MOST_SLOTS: u32 = 1 << 31;

#[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
impl Store {
    /// So many rows without values in the first slots of an empty store.
    pub(super) fn fill(&mut self, count: u32) -> bool {
        if !self.born.is_empty() || count > MOST_SLOTS {
            return false;
        }
        self.born.reserve_exact(super::bulk::room(count as usize));
        self.born.extend((1..).zip(0..count).map(|(births, _)| births));
        self.births = self.births.max(u64::from(count));
        self.len = count as usize;
        self.version = self.version.saturating_add(1);
        true
    }

    /// Rows were born in the order of their slots.
    pub(super) fn is_by_birth(&self) -> bool {
        let mut before = 0;
        self.born.iter().all(|born| *born == 0 || std::mem::replace(&mut before, *born) < *born)
    }

    /// The column of a tag, empty if it is new.
    pub(super) fn open_column(&mut self, tag: PropTag) -> Option<usize> {
        if let Some(known) = self.column(wide(tag)) {
            return Some(known);
        }
        self.columns.push(Column::new(wide(tag))?);
        self.columns.len().checked_sub(1)
    }

    /// Which slots hold a row, sixty-four a number.
    pub(super) fn lots(&self) -> impl Iterator<Item = u64> + '_ {
        let bit = |bits: u64, born: &u64| bits << 1 | u64::from(*born != 0);
        self.born.chunks(64).map(move |lot| lot.iter().rev().fold(0, bit))
    }

    pub(super) fn column_mut(&mut self, at: usize) -> Option<&mut Column> {
        self.columns.get_mut(at)
    }
}

/// The value may stand in a column of this tag.
fn fits(tag: PropTag, value: &PropValue) -> MapiResult<()> {
    let wanted = tag.prop_type();
    let fits = match value {
        PropValue::Null | PropValue::Error(_) => true,
        _ => wanted == Some(value.prop_type()),
    };
    if fits && Column::can_hold(tag) {
        return Ok(());
    }
    let expected = wanted.map_or("a tag with a known type", PropType::name);
    Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, told![expected, " for ", tag], value.prop_type().name()))
}

pub(super) fn wide(tag: PropTag) -> PropTag {
    tag.prop_type().map_or(tag, |kind| tag.with_type(kind.as_unicode()))
}
