//! `SSortOrderSet`, and the total order it gives: the keys, then order of birth.

use super::rows::Rows;
use super::sequence::Entry;
use super::store::{Source, Store};
use crate::mapi::{MapiError, MapiResult, PropTag, PropType, Scode, SortOrder, told};
use std::cmp::Ordering;
use std::ops::Range;

const MAX_KEYS: usize = 16;

/// One key of a sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SortKey {
    /// The property.
    pub tag: PropTag,
    /// Its direction. Missing values are last in both (C-194).
    pub order: SortOrder,
    /// What it does beside sorting.
    pub role: KeyRole,
}

impl SortKey {
    /// A key that sorts, or makes a category of its own.
    pub const fn new(tag: PropTag, order: SortOrder) -> Self {
        Self { tag, order, role: KeyRole::Own }
    }
}

/// What `ulOrder` says beside the direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyRole {
    /// Nothing.
    Own,
    /// `TABLE_SORT_COMBINE`: one category with the key before it.
    Combine,
    /// `TABLE_SORT_CATEG_MIN`: the least value in a category says where the category is.
    Min,
    /// `TABLE_SORT_CATEG_MAX`: the greatest.
    Max,
}

/// `SSortOrderSet`. No keys: the table's default order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SortOrderSet {
    /// The keys, most significant first.
    pub keys: Vec<SortKey>,
    /// How many of them are categories, combined ones counted.
    pub categories: usize,
    /// How many of the categories start expanded.
    pub expanded: usize,
}

/// A category: its keys, and the key whose extreme value orders it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grouping {
    pub(super) keys: Range<usize>,
    pub(super) extreme: Option<usize>,
}

fn invalid(expected: &str, got: String) -> MapiError {
    MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, expected, got)
}

impl SortOrderSet {
    /// Keys without categories.
    pub fn by(keys: &[(PropTag, SortOrder)]) -> Self {
        let keys = keys.iter().map(|(tag, order)| SortKey::new(*tag, *order)).collect();
        Self { keys, categories: 0, expanded: 0 }
    }

    /// Refuses what cannot be sorted, before anything has changed (C-192).
    pub(super) fn check(&self) -> MapiResult<()> {
        let (keys, categories) = (self.keys.len(), self.categories);
        if self.expanded > categories || categories > keys {
            let got = told![self.expanded, " expanded, ", categories, " categories, ", keys, " keys"];
            return Err(invalid("expanded <= categories <= keys", got));
        }
        let too_complex = |expected: &str, got| Err(MapiError::new(Scode::MAPI_E_TOO_COMPLEX, expected, got));
        if keys > MAX_KEYS {
            return too_complex("16 keys at most", told![keys]);
        }
        let mut before: Option<&SortKey> = None;
        for (at, key) in self.keys.iter().enumerate() {
            let follows = match (key.role, before.map(|key| key.role)) {
                (KeyRole::Own, _) => true,
                (KeyRole::Combine, Some(KeyRole::Own | KeyRole::Combine)) => at < categories,
                (KeyRole::Min | KeyRole::Max, Some(KeyRole::Own | KeyRole::Combine)) => at <= categories,
                (_, _) => false,
            };
            if !follows {
                return Err(invalid("a category before what combines or orders it", told![key.tag]));
            }
            if !sortable(key.tag) {
                return too_complex("a property type that has an order", told![key.tag]);
            }
            before = Some(key);
        }
        let mut instances = self.keys.iter().filter_map(|key| key.tag.instance_of());
        let first = instances.next();
        match instances.find(|tag| Some(*tag) != first) {
            Some(tag) => too_complex("rows of one multi-valued property", told![tag, " too"]),
            None => Ok(()),
        }
    }

    /// The categories, and where the keys of rows start.
    pub(super) fn groupings(&self) -> (Vec<Grouping>, usize) {
        let mut found: Vec<Grouping> = Vec::new();
        for (at, key) in self.keys.iter().enumerate() {
            let next = at.saturating_add(1);
            let last = found.last_mut();
            match (key.role, last) {
                (KeyRole::Min | KeyRole::Max, Some(last)) => last.extreme = Some(at),
                (KeyRole::Combine, Some(last)) => last.keys.end = next,
                (_, _) if at < self.categories => found.push(Grouping { keys: at..next, extreme: None }),
                (_, _) => return (found, at),
            }
        }
        (found, self.keys.len())
    }

    /// The multi-valued property whose values are rows of their own.
    pub(super) fn instances(&self) -> Option<PropTag> {
        self.keys.iter().find_map(|key| key.tag.instance_of())
    }
}

fn sortable(tag: PropTag) -> bool {
    match tag.value_type() {
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

/// A key with its column found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) tag: PropTag,
    pub(super) source: Source,
    pub(super) down: bool,
    /// As [`Key::is_number`], asked once.
    pub(super) exact: bool,
}

impl Key {
    pub(super) const fn new(tag: PropTag, down: bool) -> Self {
        Self { tag, source: Source::Absent, down, exact: false }
    }

    pub(super) fn bind(&mut self, store: &Store) {
        self.source = store.source(self.tag);
        self.exact = self.is_number();
    }

    /// Its values differ as their word does.
    pub(super) fn is_number(&self) -> bool {
        let kind = self.tag.value_type();
        let is_one = matches!(
            kind,
            Some(PropType::Long | PropType::I8 | PropType::SysTime | PropType::Boolean | PropType::Double)
        );
        is_one && matches!(self.source, Source::Column(_) | Source::Element(_))
    }

    /// Its values have more words than one.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.tag.value_type(), Some(PropType::Unicode | PropType::String8)) && self.source != Source::Absent
    }
}

/// Keys of an order with their columns found.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys(pub(super) Vec<Key>);

impl Keys {
    pub(super) fn new(keys: &[SortKey]) -> Self {
        let key = |key: &SortKey| Key::new(key.tag, matches!(key.order, SortOrder::Descend));
        Self(keys.iter().map(key).collect())
    }

    pub(super) fn bind(&mut self, store: &Store) {
        for key in &mut self.0 {
            key.bind(store);
        }
    }

    /// The row with the part of its first key that fits a number.
    pub(super) fn entry(&self, leaf: u32, rows: &Rows<'_>) -> Entry {
        let prefix = match self.0.first() {
            Some(key) => rows.cell(leaf, key.source).sort_word(key.down, 0),
            None => rows.age(leaf).0,
        };
        Entry::new(prefix, leaf)
    }

    /// A word of a key, of rows; of age behind the last one.
    pub(super) fn words(
        &self,
        key: usize,
        word: usize,
        of: impl Iterator<Item = u32>,
        rows: &Rows<'_>,
        to: &mut Vec<Entry>,
    ) {
        let Some(key) = self.0.get(key) else {
            return to.extend(of.map(|leaf| Entry::new(rows.age(leaf).0, leaf)));
        };
        let column = rows.column(key.source);
        to.extend(of.map(|leaf| {
            let word = match column {
                Some(column) => column.sort_word(leaf, key.down, word),
                None => rows.cell(leaf, key.source).sort_word(key.down, word),
            };
            Entry::new(word, leaf)
        }));
    }

    pub(super) fn compare(&self, a: &Entry, b: &Entry, rows: &Rows<'_>) -> Ordering {
        let order = a.prefix().cmp(&b.prefix());
        if order.is_ne() || a.slot == b.slot {
            return order;
        }
        // What is missing has the last word, and perhaps shares it.
        let decided = a.prefix() != u64::MAX && self.0.first().is_some_and(|key| key.exact);
        self.compare_from(usize::from(decided), a.slot, b.slot, rows)
    }

    /// By the keys, then by age; of rows that agree in the keys before `first`.
    pub(super) fn compare_from(&self, first: usize, a: u32, b: u32, rows: &Rows<'_>) -> Ordering {
        for key in self.0.get(first..).unwrap_or_default() {
            let order = rows.cell(a, key.source).sort(rows.cell(b, key.source), key.down);
            if order.is_ne() {
                return order;
            }
        }
        rows.age(a).cmp(&rows.age(b))
    }
}
