//! What a view shows, line by line: rows, and the headings of categories above them. The whole view is the category
//! without heading, number 0.

use super::group::{Extreme, Group, Level};
use super::order::{Keys, SortOrderSet};
use super::rows::Rows;
use super::sequence::{Entry, Place, Sequence};
use super::store::Store;
use crate::mapi::{PropValue, SortOrder};
use std::cmp::Ordering;

/// One line of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Line {
    /// A row, by its slot, or by its instance where a view shows one for each value.
    Leaf(u32),
    /// A category, by its number.
    Heading(u32),
}

#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) levels: Vec<Level>,
    /// The order of rows in a category.
    pub(super) leaf: Keys,
    pub(super) groups: Vec<Group>,
    /// How many lines each category takes among its neighbours.
    pub(super) lines: Vec<u32>,
    pub(super) free: Vec<u32>,
    /// The category each row is in; unused without categories.
    group_of: Vec<u32>,
    /// Levels that start expanded.
    expanded: usize,
    /// Headings so far.
    issued: u64,
}

impl Tree {
    /// Empty, in this order.
    pub(super) fn new(order: &SortOrderSet) -> Self {
        let (groupings, rest) = order.groupings();
        let mut levels = Vec::new();
        for grouping in groupings {
            let keys = Keys::new(order.keys.get(grouping.keys).unwrap_or_default()).0;
            let extreme = grouping.extreme.and_then(|at| order.keys.get(at)).map(|key| {
                let way = if key.role == super::order::KeyRole::Max { SortOrder::Descend } else { SortOrder::Ascend };
                let rows = Keys::new(&[super::order::SortKey { order: way, ..*key }]);
                let key = super::order::Key::new(key.tag, key.order == SortOrder::Descend);
                Extreme { key, rows }
            });
            levels.push(Level { keys, extreme });
        }
        let mut tree = Self {
            levels,
            leaf: Keys::new(order.keys.get(rest..).unwrap_or_default()),
            groups: Vec::new(),
            lines: vec![0],
            free: Vec::new(),
            group_of: Vec::new(),
            expanded: order.expanded,
            issued: 0,
        };
        let whole = tree.make(0, 0, Vec::new(), true);
        tree.groups.push(whole);
        tree
    }

    pub(super) fn bind(&mut self, store: &Store) {
        self.leaf.bind(store);
        for level in &mut self.levels {
            for key in &mut level.keys {
                key.bind(store);
            }
            if let Some(extreme) = &mut level.extreme {
                extreme.key.bind(store);
                extreme.rows.bind(store);
            }
        }
    }

    fn make(&mut self, parent: u32, depth: usize, values: Vec<PropValue>, expanded: bool) -> Group {
        let mut group = Group::new(parent, depth, values, expanded);
        let own = depth.checked_sub(1).and_then(|level| self.levels.get(level));
        if own.is_some_and(|level| level.extreme.is_some()) {
            group.extremes = Some(Sequence::new(&[], None));
        }
        if self.levels.get(depth).is_some_and(|level| level.extreme.is_some()) {
            group.by_value = Some(Sequence::new(&[], None));
        }
        group.number = self.issued;
        self.issued = self.issued.saturating_add(1);
        group
    }

    pub(super) fn depth(&self) -> usize {
        self.levels.len()
    }

    pub(super) fn len(&self) -> usize {
        self.groups.first().map_or(0, |whole| whole.kids.len())
    }

    pub(super) fn group(&self, id: u32) -> Option<&Group> {
        self.groups.get(id as usize)
    }

    fn is_over_leaves(&self, group: &Group) -> bool {
        group.depth >= self.levels.len()
    }

    /// How the lines of what is in a category count.
    fn weights(&self, group: &Group) -> super::sequence::Lines<'_> {
        if self.is_over_leaves(group) { None } else { Some(&self.lines) }
    }

    pub(super) fn line(&self, index: usize) -> Option<Line> {
        let (mut group, mut at) = (self.group(0)?, index);
        loop {
            let (place, rest) = group.kids.find(at, self.weights(group))?;
            let number = group.kids.at(place)?;
            if self.is_over_leaves(group) {
                return Some(Line::Leaf(number));
            }
            if rest == 0 {
                return Some(Line::Heading(number));
            }
            at = rest.checked_sub(1)?;
            group = self.group(number)?;
        }
    }

    /// Up to `count` lines from `index` on.
    pub(super) fn lines(&self, index: usize, count: usize) -> Vec<Line> {
        let mut found = Vec::with_capacity(count.min(self.len().saturating_sub(index)));
        if let (0, Some(whole)) = (self.levels.len(), self.groups.first()) {
            if let Some((place, _)) = whole.kids.find(index, None) {
                whole.kids.some(place, count, |leaf| found.push(Line::Leaf(leaf)));
            }
            return found;
        }
        while found.len() < count {
            let at = index.saturating_add(found.len());
            let Some(line) = self.line(at) else { break };
            found.push(line);
            let Line::Leaf(leaf) = line else { continue };
            // The rows behind it in its category, at once.
            let Some((group, place)) = self.home(leaf).zip(self.place_at(at)) else { continue };
            let more = count.saturating_sub(found.len());
            found.extend(group.kids.from(place).skip(1).take(more).map(Line::Leaf));
        }
        found
    }

    /// As [`Tree::lines`] where there are rows only; false where there are categories.
    #[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
    pub(super) fn each_leaf(&self, index: usize, count: usize, each: impl FnMut(u32)) -> bool {
        let (0, Some(whole)) = (self.levels.len(), self.groups.first()) else { return false };
        if let Some((place, _)) = whole.kids.find(index, None) {
            whole.kids.from(place).take(count).for_each(each);
        }
        true
    }

    /// The place of the row at `index` in its category.
    fn place_at(&self, index: usize) -> Option<Place> {
        let (mut group, mut at) = (self.group(0)?, index);
        loop {
            let (place, rest) = group.kids.find(at, self.weights(group))?;
            if self.is_over_leaves(group) {
                return Some(place);
            }
            at = rest.checked_sub(1)?;
            group = self.group(group.kids.at(place)?)?;
        }
    }

    /// The category a row is in.
    fn home(&self, leaf: u32) -> Option<&Group> {
        self.group(self.home_of(leaf))
    }

    pub(super) fn home_of(&self, leaf: u32) -> u32 {
        if self.levels.is_empty() { 0 } else { self.group_of.get(leaf as usize).copied().unwrap_or(0) }
    }

    fn leaf_place(&self, group: &Group, leaf: u32, rows: &Rows<'_>) -> Option<Place> {
        let entry = self.leaf.entry(leaf, rows);
        self.entry_place(&group.kids, &entry, rows)
    }

    /// Where a row is that is there; neighbours that look like it from here are compared only where they are many.
    pub(super) fn entry_place(&self, list: &Sequence, entry: &Entry, rows: &Rows<'_>) -> Option<Place> {
        list.spot(entry).or_else(|| {
            let place = list.locate(entry.prefix(), |other| self.leaf.compare(other, entry, rows).is_lt());
            (list.at(place) == Some(entry.slot)).then_some(place)
        })
    }

    pub(super) fn group_place(&self, parent: &Group, id: u32) -> Option<Place> {
        let (level, own) = (self.levels.get(parent.depth)?, self.group(id)?);
        let entry = level.entry(id, own);
        let place = parent.kids.locate(entry.prefix(), |other| self.before(level, other, &entry, own).is_lt());
        (parent.kids.at(place) == Some(id)).then_some(place)
    }

    pub(super) fn before(&self, level: &Level, other: &Entry, entry: &Entry, own: &Group) -> Ordering {
        let by_value = || self.group(other.slot).map_or(Ordering::Equal, |other| level.compare(other, own));
        other.prefix().cmp(&entry.prefix()).then_with(by_value)
    }

    /// Where a row is in the view; `None` if it is not, or below a collapsed heading.
    pub(super) fn leaf_index(&self, leaf: u32, rows: &Rows<'_>) -> Option<usize> {
        let home = self.home_of(leaf);
        let group = self.group(home)?;
        let place = self.leaf_place(group, leaf, rows)?;
        self.above(home, group.kids.index(place, None))
    }

    /// Where a heading is.
    pub(super) fn heading_index(&self, id: u32) -> Option<usize> {
        let parent = self.group(id)?.parent;
        let group = self.group(parent)?;
        let place = self.group_place(group, id)?;
        self.above(parent, group.kids.index(place, Some(&self.lines)))
    }

    /// The index in the view of the line `inside` a category.
    pub(super) fn above(&self, id: u32, inside: usize) -> Option<usize> {
        let (mut id, mut index) = (id, inside);
        while id != 0 {
            let group = self.group(id)?;
            if !group.expanded {
                return None;
            }
            let parent = self.group(group.parent)?;
            let place = self.group_place(parent, id)?;
            let before = parent.kids.index(place, Some(&self.lines));
            index = index.saturating_add(before).saturating_add(1);
            id = group.parent;
        }
        Some(index)
    }

    /// A category's content has other lines: those of what is above follow.
    pub(super) fn grown(&mut self, id: u32) {
        let mut id = id;
        while let Some((parent, lines)) = self.wanted_lines(id) {
            let old = self.lines.get(id as usize).copied().unwrap_or(0);
            if lines == old {
                return;
            }
            let place = self.group(parent).and_then(|group| self.group_place(group, id));
            if let (Some(place), Some(group)) = (place, self.groups.get_mut(parent as usize)) {
                group.kids.resize(place, old as usize, lines as usize);
            }
            if let Some(own) = self.lines.get_mut(id as usize) {
                *own = lines;
            }
            id = parent;
        }
    }

    /// The category above, and how many lines this one takes there; `None` for the whole view.
    fn wanted_lines(&self, id: u32) -> Option<(u32, u32)> {
        let group = self.group(id).filter(|_| id != 0)?;
        Some((group.parent, self.wanted(id)))
    }

    pub(super) fn wanted(&self, id: u32) -> u32 {
        let inside = self.group(id).filter(|group| group.expanded).map_or(0, |group| group.kids.len());
        u32::try_from(inside).unwrap_or(u32::MAX).saturating_add(1)
    }

    pub(super) fn expand(&mut self, id: u32, expanded: bool) {
        if let Some(group) = self.groups.get_mut(id as usize) {
            group.expanded = expanded;
        }
        self.grown(id);
    }

    /// The category among those of `parent` that a row belongs to.
    fn child(&self, parent: &Group, leaf: u32, rows: &Rows<'_>) -> Option<u32> {
        let level = self.levels.get(parent.depth)?;
        let list = parent.by_value.as_ref().unwrap_or(&parent.kids);
        let word = level.keys.first().map_or(0, |key| rows.cell(leaf, key.source).sort_word(key.down, 0));
        let order = |other: &Entry| {
            let by_value =
                || self.group(other.slot).map_or(Ordering::Equal, |other| level.against_row(other, leaf, rows));
            other.prefix().cmp(&word).then_with(by_value)
        };
        let id = list.at(list.locate(word, |other| order(other).is_lt()))?;
        let found = self.group(id)?;
        level.against_row(found, leaf, rows).is_eq().then_some(id)
    }

    /// The category a row belongs in, made with those above it if need be: `made` hears of each.
    pub(super) fn open(&mut self, leaf: u32, rows: &Rows<'_>, mut made: impl FnMut(u32)) -> u32 {
        let mut parent = 0;
        for depth in 0..self.levels.len() {
            let found = self.group(parent).and_then(|group| self.child(group, leaf, rows));
            parent = found.unwrap_or_else(|| {
                let id = self.add_group(parent, depth, leaf, rows);
                made(id);
                id
            });
        }
        parent
    }

    fn add_group(&mut self, parent: u32, depth: usize, leaf: u32, rows: &Rows<'_>) -> u32 {
        let id = self.append(parent, depth, leaf, rows);
        self.list(id);
        self.list_value(id);
        id
    }

    /// A category for a row, not yet among its neighbours.
    pub(super) fn append(&mut self, parent: u32, depth: usize, leaf: u32, rows: &Rows<'_>) -> u32 {
        let Some(level) = self.levels.get(depth) else { return 0 };
        let values = level.keys.iter().map(|key| rows.cell(leaf, key.source).to_value()).collect();
        let extreme = level.extreme.as_ref().map(|extreme| rows.cell(leaf, extreme.key.source).to_value());
        let mut group = self.make(parent, depth.saturating_add(1), values, depth < self.expanded);
        group.extreme = extreme.unwrap_or(PropValue::Null);
        let id = match self.free.pop() {
            Some(id) => id,
            None => u32::try_from(self.groups.len()).unwrap_or(u32::MAX),
        };
        if let (Some(place), Some(lines)) = (self.groups.get_mut(id as usize), self.lines.get_mut(id as usize)) {
            *place = group;
            *lines = 1;
        } else {
            self.groups.push(group);
            self.lines.push(1);
        }
        id
    }

    /// Notes in which category a row is.
    pub(super) fn settle_in(&mut self, leaf: u32, group: u32) {
        if self.levels.is_empty() {
            return;
        }
        let at = leaf as usize;
        if self.group_of.len() <= at {
            self.group_of.resize(at.saturating_add(1), 0);
        }
        if let Some(place) = self.group_of.get_mut(at) {
            *place = group;
        }
    }

    /// All rows, hidden ones too, category by category.
    pub(super) fn leaves(&self) -> impl Iterator<Item = u32> + '_ {
        self.groups.iter().filter(|group| group.depth == self.levels.len()).flat_map(|group| group.kids.all())
    }

    /// Heading numbers, all that live.
    pub(super) fn headings(&self) -> impl Iterator<Item = u32> + '_ {
        let live = |group: &Group| group.depth > 0 && group.depth <= self.levels.len();
        (0_u32..).zip(&self.groups).filter(move |(_, group)| live(group)).map(|(id, _)| id)
    }
}
