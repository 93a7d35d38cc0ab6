//! How rows come into a tree and go out of it, one by one and all at once.

use super::group::{Group, Level};
use super::order::Keys;
use super::rows::Rows;
use super::sequence::{Entry, Sequence};
use super::sort::{merge_sort, sort};
use super::tree::Tree;
use crate::mapi::PropValue;

/// A row that was taken out.
pub(super) struct Removed {
    /// Where it was in the view, unless below a collapsed heading.
    pub(super) seen: Option<usize>,
}

impl Tree {
    /// Puts a row into its category; counts and extremes above follow, the order of the headings does not yet.
    /// Answers where it is in the view, unless below a collapsed heading.
    pub(super) fn insert_leaf(&mut self, leaf: u32, home: u32, unread: bool, rows: &Rows<'_>) -> Option<usize> {
        let entry = self.leaf.entry(leaf, rows);
        let leaf_keys = &self.leaf;
        let group = self.groups.get_mut(home as usize)?;
        let place = group.kids.locate(entry.prefix(), |other| leaf_keys.compare(other, &entry, rows).is_lt());
        let inside = group.kids.index(place, None);
        group.kids.insert(place, entry, None);
        self.grown(home);
        self.count(home, |group, keys| {
            group.leaves = group.leaves.saturating_add(1);
            group.unread = group.unread.saturating_add(u32::from(unread));
            if let (Some(keys), Some(list)) = (keys, &mut group.extremes) {
                let entry = keys.entry(leaf, rows);
                let place = list.locate(entry.prefix(), |other| keys.compare(other, &entry, rows).is_lt());
                list.insert(place, entry, None);
            }
        });
        self.above(home, inside)
    }

    /// Takes a row out of its category; `None` if it was not there.
    pub(super) fn remove_leaf(&mut self, leaf: u32, unread: bool, rows: &Rows<'_>) -> Option<Removed> {
        let home = self.home_of(leaf);
        let entry = self.leaf.entry(leaf, rows);
        let group = self.groups.get(home as usize)?;
        let place = self.entry_place(&group.kids, &entry, rows)?;
        let seen = self.above(home, group.kids.index(place, None));
        self.groups.get_mut(home as usize)?.kids.remove(place, None);
        self.grown(home);
        self.count(home, |group, keys| {
            group.leaves = group.leaves.saturating_sub(1);
            group.unread = group.unread.saturating_sub(u32::from(unread));
            if let (Some(keys), Some(list)) = (keys, &mut group.extremes) {
                let entry = keys.entry(leaf, rows);
                let place = list.locate(entry.prefix(), |other| keys.compare(other, &entry, rows).is_lt());
                if list.at(place) == Some(leaf) {
                    list.remove(place, None);
                }
            }
        });
        Some(Removed { seen })
    }

    /// Tells every category above a row, with the keys of its extreme.
    fn count(&mut self, home: u32, mut tell: impl FnMut(&mut Group, Option<&Keys>)) {
        if self.levels.is_empty() {
            return;
        }
        let mut id = home;
        while id != 0 {
            let Some(group) = self.groups.get_mut(id as usize) else { return };
            let level = group.depth.checked_sub(1).and_then(|level| self.levels.get(level));
            tell(group, level.and_then(|level| level.extreme.as_ref()).map(|extreme| &extreme.rows));
            id = group.parent;
        }
    }

    /// The extreme value of a category, if it is another now.
    pub(super) fn new_extreme(&self, id: u32, rows: &Rows<'_>) -> Option<PropValue> {
        let group = self.group(id)?;
        let level = self.levels.get(group.depth.checked_sub(1)?)?;
        let extreme = level.extreme.as_ref()?;
        let cell = rows.cell(group.extremes.as_ref()?.first()?, extreme.key.source);
        (!cell.holds(&group.extreme)).then(|| cell.to_value())
    }

    /// Moves a category to where its extreme value says.
    pub(super) fn set_extreme(&mut self, id: u32, value: PropValue) {
        self.unlist(id);
        if let Some(group) = self.groups.get_mut(id as usize) {
            group.extreme = value;
        }
        self.list(id);
    }

    /// Fills an empty tree: `count` leaves by all keys of its order, in order.
    pub(super) fn fill(
        &mut self,
        leaves: &mut dyn Iterator<Item = u32>,
        count: usize,
        all: &Keys,
        unread: &dyn Fn(u32) -> bool,
        rows: &Rows<'_>,
    ) {
        #[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
        if all.0.is_empty() && self.levels.is_empty() && rows.instances.is_none() && rows.store.is_by_birth() {
            let keys = &self.leaf;
            if let Some(whole) = self.groups.first_mut() {
                whole.kids = Sequence::gather(&mut leaves.map(|leaf| keys.entry(leaf, rows)));
            }
            return;
        }
        let mut entries = Vec::with_capacity(count);
        all.words(0, 0, leaves, rows, &mut entries);
        let entries = sort(entries, all, rows);
        if self.levels.is_empty() {
            if let Some(whole) = self.groups.first_mut() {
                whole.kids = Sequence::new(&entries, None);
            }
            return;
        }
        // Categories first, each with its rows; then the lists of categories, deepest first.
        let mut path: Vec<u32> = Vec::new();
        let mut rest: Vec<Entry> = Vec::new();
        let mut kids: Vec<Vec<u32>> = vec![Vec::new()];
        for entry in &entries {
            let leaf = entry.slot;
            let same = self.agreeing(&path, leaf, rows);
            if same < self.levels.len() {
                self.close(path.last().copied(), &mut rest);
                path.truncate(same);
                for depth in same..self.levels.len() {
                    let parent = path.last().copied().unwrap_or(0);
                    let id = self.append(parent, depth, leaf, rows);
                    kids.resize(self.groups.len(), Vec::new());
                    if let Some(list) = kids.get_mut(parent as usize) {
                        list.push(id);
                    }
                    path.push(id);
                }
            }
            let home = path.last().copied().unwrap_or(0);
            self.settle_in(leaf, home);
            rest.push(self.leaf.entry(leaf, rows));
            let is_unread = unread(leaf);
            for id in &path {
                if let Some(group) = self.groups.get_mut(*id as usize) {
                    group.leaves = group.leaves.saturating_add(1);
                    group.unread = group.unread.saturating_add(u32::from(is_unread));
                }
            }
        }
        self.close(path.last().copied(), &mut rest);
        self.collect_extremes(&entries, rows);
        for id in (0..kids.len()).rev() {
            let Some(list) = kids.get_mut(id).map(std::mem::take).filter(|list| !list.is_empty()) else { continue };
            self.list_all(u32::try_from(id).unwrap_or(0), &list);
        }
    }

    /// How many categories of the path a row belongs to.
    fn agreeing(&self, path: &[u32], leaf: u32, rows: &Rows<'_>) -> usize {
        let differs = |(id, level): (&u32, &Level)| {
            self.group(*id).is_none_or(|group| level.against_row(group, leaf, rows).is_ne())
        };
        path.iter().zip(&self.levels).position(differs).unwrap_or(path.len())
    }

    /// The rows of a category are complete.
    fn close(&mut self, id: Option<u32>, rest: &mut Vec<Entry>) {
        if let Some(group) = id.and_then(|id| self.groups.get_mut(id as usize)) {
            group.kids = Sequence::new(rest, None);
        }
        rest.clear();
    }

    /// Every category's rows by its extreme.
    fn collect_extremes(&mut self, entries: &[Entry], rows: &Rows<'_>) {
        for depth in 0..self.levels.len() {
            let Some(extreme) = self.levels.get(depth).and_then(|level| level.extreme.clone()) else { continue };
            let mut lists: Vec<Vec<Entry>> = vec![Vec::new(); self.groups.len()];
            for entry in entries {
                let mut id = self.home_of(entry.slot);
                while let Some(group) = self.group(id).filter(|group| group.depth > depth.saturating_add(1)) {
                    id = group.parent;
                }
                if let Some(list) = lists.get_mut(id as usize) {
                    list.push(extreme.rows.entry(entry.slot, rows));
                }
            }
            for (group, list) in self.groups.iter_mut().zip(lists) {
                if list.is_empty() {
                    continue;
                }
                let sorted = sort(list, &extreme.rows, rows);
                if let Some(first) = sorted.first() {
                    group.extreme = rows.cell(first.slot, extreme.key.source).to_value();
                }
                group.extremes = Some(Sequence::new(&sorted, None));
            }
        }
    }

    /// All categories of a level below one of them, which have their content.
    fn list_all(&mut self, parent: u32, ids: &[u32]) {
        for id in ids {
            let lines = self.wanted(*id);
            if let Some(own) = self.lines.get_mut(*id as usize) {
                *own = lines;
            }
        }
        let Some(level) = self.group(parent).and_then(|group| self.levels.get(group.depth)) else { return };
        let entries: Vec<Entry> = ids.iter().filter_map(|id| Some(level.entry(*id, self.group(*id)?))).collect();
        let by_value: Vec<Entry> = ids.iter().filter_map(|id| Some(level.value_entry(*id, self.group(*id)?))).collect();
        let sorted = if level.extreme.is_some() { self.in_order(level, entries) } else { entries };
        let kids = Sequence::new(&sorted, Some(&self.lines));
        if let Some(group) = self.groups.get_mut(parent as usize) {
            group.kids = kids;
            if group.by_value.is_some() {
                group.by_value = Some(Sequence::new(&by_value, None));
            }
        }
    }

    fn in_order(&self, level: &Level, mut entries: Vec<Entry>) -> Vec<Entry> {
        let mut spare = entries.clone();
        merge_sort(&mut entries, &mut spare, &|a, b| match (self.group(a.slot), self.group(b.slot)) {
            (Some(x), Some(y)) => a.prefix().cmp(&b.prefix()).then_with(|| level.compare(x, y)),
            (_, _) => std::cmp::Ordering::Equal,
        });
        entries
    }
}
