//! What categories mean, in the plainest words: everything is sorted and grouped anew every time.

use crate::naive::{Cells, admits, sort};
use mailspooler::mapi::*;
use mailspooler::table::*;
use std::cmp::Ordering;
use std::collections::BTreeMap;

pub type Path = Vec<Vec<Option<PropValue>>>;

/// A line, named so that it can be found again.
#[derive(Clone, Debug, PartialEq)]
pub enum Name {
    Leaf(u64, usize),
    Heading(Path),
}

/// A row, or one of its values.
#[derive(Clone, Debug)]
pub struct Leaf<'a> {
    pub key: u64,
    pub ordinal: usize,
    pub age: usize,
    pub cells: &'a Cells,
}

/// Which headings are open: those that differ from how they start.
pub type Open = Vec<(Path, bool)>;

pub struct Outline<'a> {
    pub order: &'a SortOrderSet,
    pub open: &'a Open,
}

impl Leaf<'_> {
    pub fn value(&self, tag: PropTag) -> Option<PropValue> {
        let Some(many) = tag.instance_of() else { return self.cells.get(&tag).cloned() };
        match self.cells.get(&many) {
            Some(PropValue::MvLong(all)) => all.get(self.ordinal).map(|v| PropValue::Long(*v)),
            _ => None,
        }
    }
}

/// The rows a filter shows, with several values as several rows.
pub fn leaves<'a>(rows: &'a [(u64, Cells)], filter: Option<&Restriction>, instances: Option<PropTag>) -> Vec<Leaf<'a>> {
    let mut all = Vec::new();
    for (age, (key, cells)) in rows.iter().enumerate() {
        if filter.is_some_and(|filter| !admits(filter, cells)) {
            continue;
        }
        let count = match instances.and_then(|tag| cells.get(&tag)) {
            Some(PropValue::MvLong(values)) => values.len().max(1),
            _ => 1,
        };
        all.extend((0..count).map(|ordinal| Leaf { key: *key, ordinal, age, cells }));
    }
    all
}

type Level = (Vec<SortKey>, Option<SortKey>);

/// The keys of each level, the key whose extreme orders it, and the keys of rows.
fn levels(order: &SortOrderSet) -> (Vec<Level>, Vec<SortKey>) {
    let (mut levels, mut rest): (Vec<Level>, Vec<SortKey>) = (vec![], vec![]);
    for (at, key) in order.keys.iter().enumerate() {
        match key.role {
            KeyRole::Own if at < order.categories => levels.push((vec![*key], None)),
            KeyRole::Own => rest.push(*key),
            KeyRole::Combine => levels.last_mut().unwrap().0.push(*key),
            KeyRole::Min | KeyRole::Max => levels.last_mut().unwrap().1 = Some(*key),
        }
    }
    (levels, rest)
}

pub fn depth(order: &SortOrderSet) -> usize {
    levels(order).0.len()
}

fn extreme(of: &[Leaf<'_>], key: &SortKey) -> Option<PropValue> {
    let way = if key.role == KeyRole::Max { SortOrder::Descend } else { SortOrder::Ascend };
    let mut values: Vec<_> = of.iter().map(|leaf| leaf.value(key.tag)).collect();
    values.sort_by(|a, b| sort(a.as_ref(), b.as_ref(), way));
    values.into_iter().next().flatten()
}

impl Outline<'_> {
    pub fn is_open(&self, path: &Path) -> bool {
        let known = self.open.iter().find(|(known, _)| known == path);
        known.map_or(path.len() <= self.order.expanded, |(_, open)| *open)
    }

    /// Every line in order, hidden ones too: its name, its values, whether it shows.
    pub fn lines(&self, leaves: Vec<Leaf<'_>>, columns: &[PropTag]) -> Vec<(Name, Vec<PropValue>, bool)> {
        let mut out = Vec::new();
        self.level(leaves, &vec![], &mut BTreeMap::new(), true, columns, &mut out);
        out
    }

    fn level(
        &self,
        mut leaves: Vec<Leaf<'_>>,
        path: &Path,
        above: &mut BTreeMap<PropTag, Option<PropValue>>,
        shown: bool,
        columns: &[PropTag],
        out: &mut Vec<(Name, Vec<PropValue>, bool)>,
    ) {
        let (levels, rest) = levels(self.order);
        let Some((keys, by)) = levels.get(path.len()) else {
            leaves.sort_by(|a, b| {
                let by = |key: &SortKey| sort(a.value(key.tag).as_ref(), b.value(key.tag).as_ref(), key.order);
                rest.iter()
                    .map(by)
                    .fold(Ordering::Equal, Ordering::then)
                    .then((a.age, a.ordinal).cmp(&(b.age, b.ordinal)))
            });
            for leaf in leaves {
                let values = columns.iter().map(|tag| match *tag {
                    PR_ROW_TYPE => PropValue::Long(1),
                    PR_DEPTH => PropValue::Long(i32::try_from(levels.len()).unwrap()),
                    tag => leaf.value(tag).unwrap_or(PropValue::NOT_FOUND),
                });
                out.push((Name::Leaf(leaf.key, leaf.ordinal), values.collect(), shown));
            }
            return;
        };
        let mut groups: Vec<(Vec<Option<PropValue>>, Vec<Leaf<'_>>)> = Vec::new();
        for leaf in leaves {
            let own: Vec<_> = keys.iter().map(|key| leaf.value(key.tag)).collect();
            match groups.iter_mut().find(|(values, _)| *values == own) {
                Some((_, all)) => all.push(leaf),
                None => groups.push((own, vec![leaf])),
            }
        }
        let order = |a: &(Vec<Option<PropValue>>, Vec<Leaf<'_>>), b: &(Vec<Option<PropValue>>, Vec<Leaf<'_>>)| {
            let first = by.map_or(Ordering::Equal, |key| {
                sort(extreme(&a.1, &key).as_ref(), extreme(&b.1, &key).as_ref(), key.order)
            });
            let each = keys.iter().enumerate();
            let values = each.map(|(at, key)| sort(a.0[at].as_ref(), b.0[at].as_ref(), key.order));
            values.fold(first, Ordering::then)
        };
        groups.sort_by(order);
        for (own, leaves) in groups {
            let mut path = path.clone();
            path.push(own.clone());
            let mut above = above.clone();
            above.extend(keys.iter().map(|key| key.tag).zip(own.clone()));
            // What orders a heading shows in it alone.
            let mut cells = above.clone();
            if let Some(key) = by.filter(|key| !keys.iter().any(|own| own.tag == key.tag)) {
                cells.insert(key.tag, extreme(&leaves, &key));
            }
            let open = self.is_open(&path);
            let unread = leaves.iter().filter(|leaf| leaf.value(PR_MESSAGE_FLAGS) == Some(PropValue::Long(0))).count();
            let long = |n: usize| PropValue::Long(i32::try_from(n).unwrap());
            let values = columns.iter().map(|tag| match *tag {
                PR_ROW_TYPE => long(if open { 3 } else { 4 }),
                PR_DEPTH => long(path.len() - 1),
                PR_CONTENT_COUNT => long(leaves.len()),
                PR_CONTENT_UNREAD => long(unread),
                tag => cells.get(&tag).cloned().flatten().unwrap_or(PropValue::NOT_FOUND),
            });
            out.push((Name::Heading(path.clone()), values.collect(), shown));
            self.level(leaves, &path, &mut above, shown && open, columns, out);
        }
    }
}
