//! A category: the rows that agree in its keys, behind a heading.

use super::cell::Cell;
use super::order::{Key, Keys};
use super::rows::Rows;
use super::sequence::{Entry, Sequence};
use super::store::InstanceKey;
use crate::mapi::PropValue;
use std::cmp::Ordering;

/// Headings are numbered from here, so that no row has their key.
const HEADINGS: u64 = 1 << 52;

/// Which columns make the categories of one level.
#[derive(Clone, Debug)]
pub(super) struct Level {
    pub(super) keys: Vec<Key>,
    /// Its least or greatest value in a category comes before the keys; the rows of a category are kept in its order,
    /// the extreme first.
    pub(super) extreme: Option<Extreme>,
}

#[derive(Clone, Debug)]
pub(super) struct Extreme {
    /// How the categories are ordered by it.
    pub(super) key: Key,
    /// How rows are, one key.
    pub(super) rows: Keys,
}

#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) parent: u32,
    /// Headings above what is in it: 0 for the whole view.
    pub(super) depth: usize,
    /// The values of its level's keys.
    pub(super) values: Vec<PropValue>,
    pub(super) number: u64,
    pub(super) expanded: bool,
    pub(super) leaves: u32,
    pub(super) unread: u32,
    /// Rows, or categories of the next level.
    pub(super) kids: Sequence,
    /// Categories by value, where an extreme orders them.
    pub(super) by_value: Option<Sequence>,
    /// Its rows in the order of the extreme.
    pub(super) extremes: Option<Sequence>,
    pub(super) extreme: PropValue,
}

impl Group {
    pub(super) fn new(parent: u32, depth: usize, values: Vec<PropValue>, expanded: bool) -> Self {
        Self {
            parent,
            depth,
            values,
            number: 0,
            expanded,
            leaves: 0,
            unread: 0,
            kids: Sequence::new(&[], None),
            by_value: None,
            extremes: None,
            extreme: PropValue::Null,
        }
    }

    pub(super) fn key(&self) -> InstanceKey {
        InstanceKey::of(HEADINGS.saturating_add(self.number))
    }

    fn value(&self, at: usize) -> Cell<'_> {
        self.values.get(at).map_or(Cell::Absent, Cell::from)
    }
}

impl Level {
    /// A category beside the start of what orders it.
    pub(super) fn entry(&self, id: u32, group: &Group) -> Entry {
        match &self.extreme {
            Some(extreme) => Entry::new(Cell::from(&group.extreme).sort_word(extreme.key.down, 0), id),
            None => self.value_entry(id, group),
        }
    }

    /// A category beside the start of its value.
    pub(super) fn value_entry(&self, id: u32, group: &Group) -> Entry {
        let word = self.keys.first().map_or(0, |key| group.value(0).sort_word(key.down, 0));
        Entry::new(word, id)
    }

    /// A category against the one that a row belongs to, by value.
    pub(super) fn against_row(&self, group: &Group, leaf: u32, rows: &Rows<'_>) -> Ordering {
        for (at, key) in self.keys.iter().enumerate() {
            let order = group.value(at).sort(rows.cell(leaf, key.source), key.down);
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }

    /// Two categories by value.
    pub(super) fn by_value(&self, a: &Group, b: &Group) -> Ordering {
        for (at, key) in self.keys.iter().enumerate() {
            let order = group_order(a, b, at, key);
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }

    /// Two categories as they stand in the view.
    pub(super) fn compare(&self, a: &Group, b: &Group) -> Ordering {
        let by_extreme = self
            .extreme
            .as_ref()
            .map_or(Ordering::Equal, |extreme| Cell::from(&a.extreme).sort(Cell::from(&b.extreme), extreme.key.down));
        by_extreme.then_with(|| self.by_value(a, b))
    }
}

fn group_order(a: &Group, b: &Group, at: usize, key: &Key) -> Ordering {
    a.value(at).sort(b.value(at), key.down)
}
