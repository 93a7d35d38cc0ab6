//! `SSortOrderSet`, and the total order it gives: the keys, then order of birth.

use super::sequence::Entry;
use super::store::{Source, Store};
use crate::mapi::{Gather, MapiError, MapiResult, PropTag, PropType, Scode, SortOrder};
use std::cmp::Ordering;

const MAX_KEYS: usize = 16;

/// One key of a sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SortKey {
    /// The property.
    pub tag: PropTag,
    /// Its direction. Missing values are last in both (C-194).
    pub order: SortOrder,
}

/// `SSortOrderSet`. No keys: the table's default order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SortOrderSet {
    /// The keys, most significant first.
    pub keys: Vec<SortKey>,
    /// How many of them are categories; more than none is `MAPI_E_TOO_COMPLEX` for now.
    pub categories: usize,
    /// How many of the categories start expanded.
    pub expanded: usize,
}

impl SortOrderSet {
    /// Keys without categories.
    pub fn by(keys: &[(PropTag, SortOrder)]) -> Self {
        let keys = keys.iter().map(|(tag, order)| SortKey { tag: *tag, order: *order }).gather();
        Self { keys, categories: 0, expanded: 0 }
    }

    /// Refuses what cannot be sorted, before anything has changed (C-192).
    pub(super) fn check(&self) -> MapiResult<()> {
        let (keys, categories) = (self.keys.len(), self.categories);
        if self.expanded > categories || categories > keys {
            let got = format!("{} expanded, {categories} categories, {keys} keys", self.expanded);
            return Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "expanded <= categories <= keys", got));
        }
        let too_complex = |expected: &str, got| Err(MapiError::new(Scode::MAPI_E_TOO_COMPLEX, expected, got));
        if categories > 0 {
            return too_complex("no categories", categories.to_string());
        }
        if keys > MAX_KEYS {
            return too_complex("16 keys at most", keys.to_string());
        }
        match self.keys.iter().find(|key| !sortable(key.tag)) {
            Some(key) => too_complex("a property type that has an order", format!("{:?}", key.tag)),
            None => Ok(()),
        }
    }
}

fn sortable(tag: PropTag) -> bool {
    match tag.prop_type() {
        None | Some(PropType::Unspecified | PropType::Null | PropType::Error | PropType::Object | PropType::Clsid) => {
            false
        }
        Some(
            PropType::Long
            | PropType::Double
            | PropType::Boolean
            | PropType::I8
            | PropType::String8
            | PropType::Unicode
            | PropType::SysTime
            | PropType::Binary
            | PropType::MvLong
            | PropType::MvString8
            | PropType::MvUnicode
            | PropType::MvBinary,
        ) => true,
    }
}

/// An order with its columns found.
#[derive(Debug)]
pub(super) struct BoundOrder<'a> {
    store: &'a Store,
    keys: Vec<(Source, bool)>,
}

impl<'a> BoundOrder<'a> {
    pub(super) fn new(keys: &[SortKey], store: &'a Store) -> Self {
        let keys = keys.iter().map(|key| (store.source(key.tag), matches!(key.order, SortOrder::Descend)));
        Self { store, keys: keys.gather() }
    }

    /// The row with the part of its first key that fits a number.
    pub(super) fn entry(&self, slot: u32) -> Entry {
        let prefix = match self.keys.first() {
            Some((source, down)) => self.store.cell(slot, *source).sort_prefix(*down),
            None => self.store.born(slot),
        };
        Entry::new(prefix, slot)
    }

    pub(super) fn compare(&self, a: &Entry, b: &Entry) -> Ordering {
        a.prefix().cmp(&b.prefix()).then_with(|| self.compare_rows(a.slot, b.slot))
    }

    pub(super) fn compare_rows(&self, a: u32, b: u32) -> Ordering {
        let by_keys =
            self.keys.iter().map(|(source, down)| self.store.cell(a, *source).sort(self.store.cell(b, *source), *down));
        let differing = by_keys.into_iter().find(|order| order.is_ne());
        differing.unwrap_or_else(|| self.store.born(a).cmp(&self.store.born(b)))
    }
}
