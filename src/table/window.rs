//! A range of a view kept ready for a virtual list. Its version moves only when what it shows has changed.

use super::state::ViewState;
use super::store::{InstanceKey, Store};
use crate::mapi::ordered::Map;
use crate::mapi::{PropTag, PropValue};

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
    pub(super) fn refresh(&mut self, view: &ViewState, store: &Store) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        let version = self.shown.version.saturating_add(1);
        let before: Map<u64, _> = self.shown.rows.iter().map(|row| (row.instance.number(), row)).collect();
        let sources = view.sources(store);
        let same_columns = self.shown.columns == view.columns;
        let mut rows = Vec::new();
        for line in view.tree.lines(self.offset, self.count) {
            let Some(instance) = view.key(line, store) else { continue };
            let values = view.values(line, &sources, store);
            let old = before.get(&instance.number()).filter(|old| same_columns && old.values == values);
            rows.push(WindowRow { instance, since: old.map_or(version, |old| old.since), values });
        }
        let (offset, total) = (self.offset, view.tree.len());
        let fresh = Snapshot { version: self.shown.version, offset, total, columns: view.columns.clone(), rows };
        if fresh != self.shown {
            self.shown = Snapshot { version, ..fresh };
        }
    }
}
