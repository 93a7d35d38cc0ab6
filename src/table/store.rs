//! The rows: keyed by the caller, held in columns, numbered by slots that are used again.

use super::cell::Cell;
use super::column::Column;
use crate::mapi::ordered::{Order, Place};
use crate::mapi::{
    Gather, MapiError, MapiResult, PR_INSTANCE_KEY, PR_NULL, PR_ROWID, PropTag, PropType, PropValue, Scode,
};

/// The caller's name of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey(pub u64);

/// `PR_INSTANCE_KEY`: names one life of a row; never used again while the table lives (C-007).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceKey(pub [u8; 8]);

impl InstanceKey {
    /// Order of birth.
    pub(super) fn number(self) -> u64 {
        u64::from_be_bytes(self.0)
    }
}

impl From<InstanceKey> for PropValue {
    fn from(key: InstanceKey) -> Self {
        Self::Binary(key.0.to_vec())
    }
}

/// Where a tag's value comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    Absent,
    InstanceKey,
    RowId,
    Column(usize),
}

/// Changed cells of one row, by column; `None` is one that stays.
#[derive(Debug, Default)]
pub(super) struct Delta(Vec<Option<PropValue>>);

impl Delta {
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    fn changes(&self, column: usize) -> bool {
        self.0.get(column).is_some_and(Option::is_some)
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    columns: Vec<Column>,
    rows: Vec<Row>,
    /// Slots by row key.
    slots: Order,
    free: Vec<u32>,
    births: u64,
    version: u64,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    key: RowKey,
    /// Big-endian, so that order of birth is order of bytes.
    born: [u8; 8],
}

impl Store {
    /// Raised by every effective change.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len().saturating_sub(self.free.len())
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = RowKey> + '_ {
        self.slots.all().filter_map(|slot| self.row_key(slot))
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = u32> + '_ {
        self.slots.all()
    }

    fn seek(&self, key: RowKey) -> Place {
        self.slots.seek(&|slot| self.row_key(slot) < Some(key))
    }

    pub(super) fn slot(&self, key: RowKey) -> Option<u32> {
        self.slots.at(self.seek(key)).filter(|slot| self.row_key(*slot) == Some(key))
    }

    pub(super) fn row_key(&self, slot: u32) -> Option<RowKey> {
        self.rows.get(slot as usize).map(|row| row.key)
    }

    pub(super) fn instance_key(&self, slot: u32) -> InstanceKey {
        InstanceKey(self.rows.get(slot as usize).map_or([0; 8], |row| row.born))
    }

    /// Order of birth: the last tie-break of every order.
    pub(super) fn born(&self, slot: u32) -> u64 {
        self.instance_key(slot).number()
    }

    /// The available columns: computed ones, then those that ever held a value.
    pub(super) fn available(&self) -> impl Iterator<Item = PropTag> + '_ {
        [PR_INSTANCE_KEY, PR_ROWID].into_iter().chain(self.columns.iter().map(|column| column.tag))
    }

    /// Where the values of a tag are; the 8-bit form of a string reads its Unicode column (C-013).
    pub(super) fn source(&self, tag: PropTag) -> Source {
        match tag {
            PR_INSTANCE_KEY => Source::InstanceKey,
            PR_ROWID => Source::RowId,
            _ => self.column(wide(tag)).map_or(Source::Absent, Source::Column),
        }
    }

    fn column(&self, tag: PropTag) -> Option<usize> {
        self.columns.iter().position(|column| column.tag == tag)
    }

    pub(super) fn cell(&self, slot: u32, source: Source) -> Cell<'_> {
        match source {
            Source::Absent => Cell::Absent,
            Source::InstanceKey => self.rows.get(slot as usize).map_or(Cell::Absent, |row| Cell::Binary(&row.born)),
            Source::RowId => Cell::Long(i32::try_from(self.born(slot) & 0x7FFF_FFFF).unwrap_or(0)),
            Source::Column(at) => self.columns.get(at).map_or(Cell::Absent, |column| column.cell(slot)),
        }
    }

    /// Where the values of columns are; `None` is a place kept empty (C-182).
    pub(super) fn sources(&self, columns: &[PropTag]) -> Vec<Option<Source>> {
        columns.iter().map(|tag| (*tag != PR_NULL).then(|| self.source(*tag))).gather()
    }

    /// The values of a row, one a source; `None` reads as null.
    pub(super) fn values(&self, slot: u32, sources: &[Option<Source>]) -> Vec<PropValue> {
        let value = |source: &Option<Source>| source.map_or(PropValue::Null, |from| self.cell(slot, from).to_value());
        sources.iter().map(value).gather()
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
            if matches!(tag, PR_INSTANCE_KEY | PR_ROWID) {
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
        let mut cells = vec![whole.then_some(PropValue::Null); self.columns.len()];
        for ((_, value), at) in given.into_iter().zip(places) {
            if let Some(cell) = cells.get_mut(at) {
                *cell = Some(value);
            }
        }
        for (at, cell) in cells.iter_mut().enumerate() {
            let old = slot.map_or(Cell::Absent, |slot| self.cell(slot, Source::Column(at)));
            if cell.as_ref().is_some_and(|value| old.holds(value)) {
                *cell = None;
            }
        }
        Ok(Delta(cells))
    }

    /// True if one of the tags reads a column of the delta.
    pub(super) fn touches(&self, delta: &Delta, tags: &[PropTag]) -> bool {
        tags.iter().any(|tag| match self.source(*tag) {
            Source::Column(at) => delta.changes(at),
            Source::Absent | Source::InstanceKey | Source::RowId => false,
        })
    }

    /// A new row without values.
    pub(super) fn insert(&mut self, key: RowKey) -> MapiResult<u32> {
        let full = || MapiError::new(Scode::MAPI_E_TABLE_TOO_BIG, "fewer than 2^32 rows", "one more");
        let births = self.births.checked_add(1).ok_or_else(full)?;
        let place = self.seek(key);
        let row = Row { key, born: births.to_be_bytes() };
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => u32::try_from(self.rows.len()).map_err(|_| full())?,
        };
        match self.rows.get_mut(slot as usize) {
            Some(place) => *place = row,
            None => self.rows.push(row),
        }
        self.births = births;
        self.slots.insert(place, slot);
        Ok(slot)
    }

    pub(super) fn apply(&mut self, slot: u32, delta: Delta) {
        for (column, value) in self.columns.iter_mut().zip(delta.0) {
            if let Some(value) = value {
                column.set(slot, value);
            }
        }
        self.version = self.version.saturating_add(1);
    }

    pub(super) fn remove(&mut self, key: RowKey) {
        if let Some(slot) = self.slot(key) {
            self.slots.remove(self.seek(key));
            for column in &mut self.columns {
                column.set(slot, PropValue::Null);
            }
            self.free.push(slot);
            self.version = self.version.saturating_add(1);
        }
    }

    /// Drops every row; columns and the counters that must not repeat stay.
    pub(super) fn clear(&mut self) {
        let empty = self.columns.iter().filter_map(|column| Column::new(column.tag)).gather();
        self.columns = empty;
        self.slots = Order::new();
        self.rows.clear();
        self.free.clear();
        self.version = self.version.saturating_add(1);
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
    Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, format!("{expected} for {tag:?}"), value.prop_type().name()))
}

fn wide(tag: PropTag) -> PropTag {
    tag.prop_type().map_or(tag, |kind| tag.with_type(kind.as_unicode()))
}
