//! A range of a view kept ready for a virtual list. Its version moves only when what it shows has changed.

use super::sequence::Sequence;
use super::store::{InstanceKey, RowKey, Store};
use crate::mapi::ordered::Map;
use crate::mapi::{Gather, PropTag, PropValue};

/// A window of one view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowId(pub u32);

/// What a window shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Snapshot {
    /// Moves exactly when another field does.
    pub version: u64,
    /// Index of the first row asked for.
    pub offset: usize,
    /// Rows in the whole view.
    pub total: usize,
    /// The view's columns.
    pub columns: Vec<PropTag>,
    /// The rows there are in the range.
    pub rows: Vec<WindowRow>,
}

/// A row of a window.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WindowRow {
    /// `PR_INSTANCE_KEY`.
    pub instance: InstanceKey,
    /// The caller's key.
    pub key: RowKey,
    /// The snapshot's version when this row last differed: the same pair of instance and `since` is the same row.
    pub since: u64,
    /// One value a column.
    pub values: Vec<PropValue>,
}

#[derive(Clone, Debug)]
pub(super) struct Window {
    offset: usize,
    count: usize,
    stale: bool,
    /// The version last told by [`Window::tell`].
    told: u64,
    shown: Snapshot,
}

impl Window {
    pub(super) fn new(offset: usize, count: usize) -> Self {
        Self { offset, count, stale: true, told: 0, shown: Snapshot::default() }
    }

    pub(super) fn place(&mut self, offset: usize, count: usize) {
        self.stale |= (self.offset, self.count) != (offset, count);
        self.offset = offset;
        self.count = count;
    }

    pub(super) fn spoil(&mut self) {
        self.stale = true;
    }

    /// A row at `index` changed in place.
    pub(super) fn spoil_row(&mut self, index: usize) {
        self.spoil_move(index, index);
    }

    /// A row moved between two places: everything between them shifted by one.
    pub(super) fn spoil_move(&mut self, from: usize, to: usize) {
        let end = self.offset.saturating_add(self.count);
        self.stale |= from.min(to) < end && from.max(to) >= self.offset;
    }

    pub(super) fn shown(&self) -> &Snapshot {
        &self.shown
    }

    /// True once for every time the version has moved.
    pub(super) fn tell(&mut self) -> bool {
        let moved = self.told != self.shown.version;
        self.told = self.shown.version;
        moved
    }

    /// Reads the range again if it may have changed; the version moves if it has.
    pub(super) fn refresh(&mut self, columns: &[PropTag], sequence: &Sequence, store: &Store) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        let version = self.shown.version.saturating_add(1);
        let before: Map<u64, _> = self.shown.rows.iter().map(|row| (row.instance.number(), row)).collect();
        let sources = store.sources(columns);
        let same_columns = self.shown.columns == columns;
        let rows = sequence.from(self.offset).take(self.count).filter_map(|slot| {
            let (instance, key) = (store.instance_key(slot), store.row_key(slot)?);
            let values = store.values(slot, &sources);
            let old = before.get(&instance.number()).filter(|old| same_columns && old.values == values);
            Some(WindowRow { instance, key, since: old.map_or(version, |old| old.since), values })
        });
        let fresh = Snapshot {
            version: self.shown.version,
            offset: self.offset,
            total: sequence.len(),
            columns: columns.to_vec(),
            rows: rows.gather(),
        };
        if fresh != self.shown {
            self.shown = Snapshot { version, ..fresh };
        }
    }
}
