//! What a view reads: rows, or of rows with several values in one column a row for each of them.

use super::cell::Cell;
use super::column::Column;
use super::store::{InstanceKey, Source, Store};
use crate::mapi::{PropTag, PropValue, RowType};

const NONE: u32 = u32::MAX;
/// Rows of one life differ by this times the ordinal of their value.
const BIRTHS: u64 = 1 << 40;
/// Most rows one row is shown as.
const MOST: usize = 4096;

pub(super) fn key(born: u64, ordinal: usize) -> InstanceKey {
    InstanceKey::of(born.saturating_add(BIRTHS.saturating_mul(ordinal as u64)))
}

/// The rows of a multi-valued column, one a value (`MVI_FLAG`). A row without values is shown once.
#[derive(Clone, Debug)]
pub(super) struct Instances {
    /// The multi-valued property.
    pub(super) tag: PropTag,
    column: Option<usize>,
    each: Vec<Instance>,
    free: Vec<u32>,
    /// The first instance of each slot.
    first: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Instance {
    slot: u32,
    ordinal: u32,
    next: u32,
}

impl Instances {
    pub(super) fn new(tag: PropTag, store: &Store) -> Self {
        let mut made = Self { tag, column: None, each: Vec::new(), free: Vec::new(), first: Vec::new() };
        made.bind(store);
        made
    }

    pub(super) fn bind(&mut self, store: &Store) {
        self.column = store.column(super::store::wide(self.tag));
    }

    pub(super) fn column(&self) -> Option<usize> {
        self.column
    }

    /// How many rows a row is shown as.
    pub(super) fn wanted(&self, slot: u32, store: &Store) -> usize {
        self.column.map_or(0, |column| store.cell(slot, column).elements()).clamp(1, MOST)
    }

    /// The instances there are of a slot, in no order.
    pub(super) fn of(&self, slot: u32) -> Vec<u32> {
        let mut found = Vec::new();
        let mut at = self.first.get(slot as usize).copied().unwrap_or(NONE);
        while let Some(instance) = self.each.get(at as usize) {
            found.push(at);
            at = instance.next;
        }
        found
    }

    pub(super) fn add(&mut self, slot: u32, ordinal: usize) -> u32 {
        let at = slot as usize;
        if self.first.len() <= at {
            self.first.resize(at.saturating_add(1), NONE);
        }
        let next = self.first.get(at).copied().unwrap_or(NONE);
        let instance = Instance { slot, ordinal: u32::try_from(ordinal).unwrap_or(NONE), next };
        let id = match self.free.pop() {
            Some(id) => id,
            None => u32::try_from(self.each.len()).unwrap_or(NONE),
        };
        match self.each.get_mut(id as usize) {
            Some(place) => *place = instance,
            None => self.each.push(instance),
        }
        if let Some(first) = self.first.get_mut(at) {
            *first = id;
        }
        id
    }

    pub(super) fn remove(&mut self, id: u32) {
        let Some(gone) = self.each.get(id as usize).copied() else { return };
        let mut before = NONE;
        for other in self.of(gone.slot) {
            if self.each.get(other as usize).is_some_and(|other| other.next == id) {
                before = other;
            }
        }
        match self.each.get_mut(before as usize) {
            Some(other) => other.next = gone.next,
            None => {
                if let Some(first) = self.first.get_mut(gone.slot as usize) {
                    *first = gone.next;
                }
            }
        }
        self.free.push(id);
    }

    pub(super) fn ordinal(&self, id: u32) -> usize {
        self.each.get(id as usize).map_or(0, |instance| instance.ordinal as usize)
    }
}

/// A view's rows, by the numbers its order knows them by: slots, or instances.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows<'a> {
    pub(super) store: &'a Store,
    pub(super) instances: Option<&'a Instances>,
    /// How many headings are above a row.
    pub(super) depth: usize,
}

impl<'a> Rows<'a> {
    pub(super) fn instance(&self, leaf: u32) -> (u32, usize) {
        match self.instances {
            None => (leaf, 0),
            Some(all) => all.each.get(leaf as usize).map_or((NONE, 0), |one| (one.slot, one.ordinal as usize)),
        }
    }

    /// The column of a source, where rows are slots.
    pub(super) fn column(&self, source: Source) -> Option<&'a Column> {
        match source {
            Source::Column(at) if self.instances.is_none() => self.store.column_at(at),
            _ => None,
        }
    }

    pub(super) fn slot(&self, leaf: u32) -> u32 {
        self.instance(leaf).0
    }

    /// In the order of birth; instances of one row in the order of their values.
    pub(super) fn age(&self, leaf: u32) -> (u64, usize) {
        let (slot, ordinal) = self.instance(leaf);
        (self.store.born(slot), ordinal)
    }

    pub(super) fn key(&self, leaf: u32) -> InstanceKey {
        let (born, ordinal) = self.age(leaf);
        key(born, ordinal)
    }

    pub(super) fn cell(&self, leaf: u32, source: Source) -> Cell<'a> {
        match source {
            Source::Column(at) => self.store.cell(self.slot(leaf), at),
            Source::Absent => Cell::Absent,
            Source::InstanceKey => Cell::Key(self.key(leaf).0),
            Source::RowId => Cell::Long(i32::try_from(self.store.born(self.slot(leaf)) & 0x7FFF_FFFF).unwrap_or(0)),
            Source::RowType => Cell::Long(i32::try_from(RowType::LeafRow.code()).unwrap_or(0)),
            Source::Depth => Cell::Long(i32::try_from(self.depth).unwrap_or(0)),
            Source::Element(at) => {
                let (slot, ordinal) = self.instance(leaf);
                self.store.cell(slot, at).element(ordinal).unwrap_or(Cell::Absent)
            }
        }
    }

    /// The values of a row, one a source; `None` reads as null.
    pub(super) fn values(&self, leaf: u32, sources: &[Option<Source>]) -> Vec<PropValue> {
        let value = |source: &Option<Source>| source.map_or(PropValue::Null, |from| self.cell(leaf, from).to_value());
        sources.iter().map(value).collect()
    }
}
