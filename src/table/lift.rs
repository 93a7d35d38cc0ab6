//! How a change of one row moves a view: its lines are lifted before the row changes, and settle after it has. What is
//! reported fits a reader's copy of the view at every step.

use super::change::Removed;
use super::events::Notification;
use super::filter::Filter;
use super::rows::Rows;
use super::sort::by_number;
use super::state::{Mark, ViewState};
use super::store::{Delta, InstanceKey, Source, Store};
use super::tree::Line;

/// Most lines of a category that are told one by one when it moves; of more the reader reads again.
const MAX_MOVED: usize = 64;

/// A row's lines between leaving their old places and taking their new ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Lifted {
    /// Neither order nor filter reads what changes: the row stays where it is.
    stays: bool,
    rows: Vec<LiftedRow>,
    groups: Vec<LiftedGroup>,
}

/// A row that is out, and where a reader still sees it.
#[derive(Clone, Copy, Debug)]
struct LiftedRow {
    leaf: u32,
    key: InstanceKey,
    seen: Option<usize>,
}

/// A category that lost or got a row, and what it counted before.
#[derive(Clone, Copy, Debug)]
struct LiftedGroup {
    id: u32,
    leaves: u32,
    unread: u32,
}

impl ViewState {
    fn reads(&self, delta: &Delta) -> bool {
        let touches = |sources: &[Source]| Store::touches(delta, sources);
        let by_filter = |filter: &Option<Filter>| filter.as_ref().is_some_and(|filter| touches(filter.sources()));
        let by_keys = |keys: &[super::order::Key]| keys.iter().any(|key| touches(&[key.source]));
        by_filter(&self.filter)
            || by_keys(&self.tree.leaf.0)
            || self.tree.levels.iter().any(|level| {
                by_keys(&level.keys) || level.extreme.as_ref().is_some_and(|extreme| touches(&[extreme.key.source]))
            })
            || (self.tree.depth() > 0 && by_filter(&self.unread))
            || self
                .instances
                .as_ref()
                .and_then(super::rows::Instances::column)
                .is_some_and(|column| delta.changes(column))
    }

    /// Nothing to lift: the row is new.
    pub(super) fn lift_nothing(&mut self) {
        self.lifted.stays = false;
        self.lifted.rows.clear();
        self.lifted.groups.clear();
    }

    /// Takes the lines of a row that is about to change, or to go, out of their places.
    pub(super) fn lift(&mut self, slot: u32, change: Option<&Delta>, store: &Store) {
        self.bind(store);
        self.lift_nothing();
        self.lifted.stays = change.is_some_and(|delta| !self.reads(delta));
        if self.lifted.stays {
            return;
        }
        match &self.instances {
            None => self.lift_row(slot, store),
            Some(instances) => {
                let mut all = instances.of(slot);
                by_number(&mut all, |leaf| instances.ordinal(*leaf) as u64);
                // Where a reader sees them, before any is out.
                let seen: Vec<_> = all.iter().map(|leaf| self.tree.leaf_index(*leaf, &self.rows(store))).collect();
                for (leaf, seen) in all.into_iter().zip(seen) {
                    self.lift_row(leaf, store);
                    if let Some(row) = self.lifted.rows.last_mut().filter(|row| row.leaf == leaf) {
                        row.seen = seen;
                    }
                }
            }
        }
    }

    fn lift_row(&mut self, leaf: u32, store: &Store) {
        let rows = Rows { store, instances: self.instances.as_ref(), depth: self.tree.depth() };
        if self.filter.as_ref().is_some_and(|filter| !filter.accepts(leaf, &rows)) {
            return;
        }
        let unread = self.tree.depth() > 0 && self.is_unread(leaf, &rows);
        let key = rows.key(leaf);
        let home = self.tree.home_of(leaf);
        self.note_groups(home);
        let rows = Rows { store, instances: self.instances.as_ref(), depth: self.tree.depth() };
        if let Some(Removed { seen }) = self.tree.remove_leaf(leaf, unread, &rows) {
            self.lifted.rows.push(LiftedRow { leaf, key, seen });
        }
    }

    /// Remembers what a category and those above it count.
    fn note_groups(&mut self, home: u32) {
        let mut id = home;
        while let Some(group) = self.tree.group(id).filter(|_| id != 0) {
            if !self.lifted.groups.iter().any(|known| known.id == id) {
                let (leaves, unread) = (group.leaves, group.unread);
                self.lifted.groups.push(LiftedGroup { id, leaves, unread });
            }
            id = group.parent;
        }
    }

    /// Gives a changed row its places and reports what happened.
    pub(super) fn settle(&mut self, slot: u32, store: &Store) {
        self.bind(store);
        self.renew(slot);
        if self.lifted.stays {
            return self.stay(slot, store);
        }
        let alive = store.is_live(slot);
        let Some(instances) = &mut self.instances else {
            self.settle_row(slot, alive, store);
            return self.settle_groups(store);
        };
        let mut known = instances.of(slot);
        let wanted = if alive { instances.wanted(slot, store) } else { 0 };
        for ordinal in 0..wanted {
            if !known.iter().any(|leaf| instances.ordinal(*leaf) == ordinal) {
                known.push(instances.add(slot, ordinal));
            }
        }
        by_number(&mut known, |leaf| instances.ordinal(*leaf) as u64);
        for leaf in known {
            let stays = self.instances.as_ref().is_some_and(|instances| instances.ordinal(leaf) < wanted);
            self.settle_row(leaf, stays, store);
            if let (false, Some(instances)) = (stays, &mut self.instances) {
                instances.remove(leaf);
            }
        }
        self.settle_groups(store);
    }

    /// A row that changed where it is.
    fn stay(&mut self, slot: u32, store: &Store) {
        if !self.watched() {
            return;
        }
        match &self.instances {
            None => self.stay_leaf(slot, store),
            Some(all) => {
                for leaf in all.of(slot) {
                    self.stay_leaf(leaf, store);
                }
            }
        }
    }

    fn stay_leaf(&mut self, leaf: u32, store: &Store) {
        if self.filter.as_ref().is_some_and(|filter| !filter.accepts(leaf, &self.rows(store))) {
            return;
        }
        if let Some(index) = self.tree.leaf_index(leaf, &self.rows(store)) {
            self.told_modified(Line::Leaf(leaf), index, index, index, store);
        }
    }

    fn settle_row(&mut self, leaf: u32, alive: bool, store: &Store) {
        let place = self.lifted.rows.iter().position(|row| row.leaf == leaf);
        let rows = Rows { store, instances: self.instances.as_ref(), depth: self.tree.depth() };
        let shown = alive && self.filter.as_ref().is_none_or(|filter| filter.accepts(leaf, &rows));
        let mut index = None;
        if shown {
            let made = if self.tree.depth() > 0 { self.open_home(leaf, store) } else { Vec::new() };
            let rows = Rows { store, instances: self.instances.as_ref(), depth: self.tree.depth() };
            let unread = self.tree.depth() > 0 && self.is_unread(leaf, &rows);
            let home = self.tree.home_of(leaf);
            index = self.tree.insert_leaf(leaf, home, unread, &rows);
            for (id, index) in made {
                let at = self.push(index);
                self.told_added(Line::Heading(id), at, index, store);
            }
        }
        let old = place.map(|place| self.lifted.rows.swap_remove(place));
        let seen = old.and_then(|old| old.seen);
        if let Some(seen) = seen {
            self.pull(seen);
        }
        match (seen, index) {
            (None, None) => {}
            (None, Some(index)) => {
                let at = self.push(index);
                self.told_added(Line::Leaf(leaf), at, index, store);
            }
            (Some(seen), Some(index)) => {
                let at = self.push(index);
                self.told_modified(Line::Leaf(leaf), seen, at, index, store);
            }
            (Some(seen), None) => {
                if let Some(old) = old {
                    self.told_deleted(Line::Leaf(leaf), old.key, seen);
                }
            }
        }
    }

    /// Finds the category of a row; the headings it needed that show, and where.
    fn open_home(&mut self, leaf: u32, store: &Store) -> Vec<(u32, usize)> {
        let rows = Rows { store, instances: self.instances.as_ref(), depth: self.tree.depth() };
        let mut made = Vec::new();
        let home = self.tree.open(leaf, &rows, |id| made.push(id));
        self.tree.settle_in(leaf, home);
        // What is new is told with this row counted.
        let unread = u32::from(self.is_unread(leaf, &self.rows(store)));
        self.lifted.groups.extend(made.iter().map(|id| LiftedGroup { id: *id, leaves: 1, unread }));
        self.note_groups(home);
        made.into_iter().filter_map(|id| Some((id, self.tree.heading_index(id)?))).collect()
    }

    /// Headings follow what is below them: gone, moved, or with other counts. The deepest first.
    fn settle_groups(&mut self, store: &Store) {
        let mut groups = std::mem::take(&mut self.lifted.groups);
        by_number(&mut groups, |one| u64::MAX ^ self.tree.group(one.id).map_or(0, |group| group.depth as u64));
        for one in &groups {
            let Some(group) = self.tree.group(one.id) else { continue };
            let same = (group.leaves, group.unread) == (one.leaves, one.unread);
            let index = self.tree.heading_index(one.id);
            if group.leaves == 0 {
                let key = group.key();
                self.tree.drop_group(one.id);
                if let Some(index) = index {
                    self.told_deleted(Line::Heading(one.id), key, index);
                }
                continue;
            }
            let rows = Rows { store, instances: self.instances.as_ref(), depth: self.tree.depth() };
            let extreme = self.tree.new_extreme(one.id, &rows);
            let moved = extreme.is_some();
            let lines = self.tree.lines.get(one.id as usize).map_or(1, |lines| *lines as usize);
            if let Some(value) = extreme {
                self.tree.set_extreme(one.id, value);
            }
            let (Some(old), Some(new)) = (index, self.tree.heading_index(one.id)) else { continue };
            if old != new && lines > 1 {
                self.told_block_moved(old, new, lines, store);
            } else if moved || !same {
                self.told_modified(Line::Heading(one.id), old, new, new, store);
            }
        }
        groups.clear();
        self.lifted.groups = groups;
    }

    /// A line came at `index`: where a reader has it, who still sees the rows that are out.
    fn push(&mut self, index: usize) -> usize {
        let mut seen: Vec<usize> = self.lifted.rows.iter().filter_map(|row| row.seen).collect();
        by_number(&mut seen, |index| *index as u64);
        let mut at = index;
        for other in seen {
            if other < at {
                at = at.saturating_add(1);
            }
        }
        for row in &mut self.lifted.rows {
            if let Some(seen) = row.seen.as_mut().filter(|seen| **seen >= at) {
                *seen = seen.saturating_add(1);
            }
        }
        at
    }

    /// A reader sees the line at `seen` no more.
    fn pull(&mut self, seen: usize) {
        for row in &mut self.lifted.rows {
            if let Some(other) = row.seen.as_mut().filter(|other| **other > seen) {
                *other = other.saturating_sub(1);
            }
        }
    }

    fn prior(&self, index: usize, store: &Store) -> Option<InstanceKey> {
        self.key(self.tree.line(index.checked_sub(1)?)?, store)
    }

    /// A line came: `at` for a reader, at `index` in truth.
    fn told_added(&mut self, line: Line, at: usize, index: usize, store: &Store) {
        if at < self.cursor {
            self.cursor = self.cursor.saturating_add(1);
        }
        self.touch(at, usize::MAX);
        if self.log.is_heard()
            && let Some(key) = self.key(line, store)
        {
            let (prior, row) = (self.prior(index, store), self.row(line, store));
            self.log.push(Notification::Added { key, prior, row, new_index: at, line });
        }
    }

    fn told_modified(&mut self, line: Line, from: usize, to: usize, index: usize, store: &Store) {
        self.shift_cursor(from, to, 1);
        self.touch(from.min(to), from.max(to));
        if self.log.is_heard()
            && let Some(key) = self.key(line, store)
        {
            let (prior, row) = (self.prior(index, store), self.row(line, store));
            self.log.push(Notification::Modified { key, prior, row, old_index: from, new_index: to, line });
        }
    }

    /// A line went.
    fn told_deleted(&mut self, line: Line, key: InstanceKey, old_index: usize) {
        if old_index < self.cursor {
            self.cursor = self.cursor.saturating_sub(1);
        }
        if !self.marks.is_empty() {
            let out = self.lifted.rows.iter().filter(|row| row.seen.is_some_and(|seen| seen < old_index)).count();
            self.move_marks(|marked| marked == line, old_index.saturating_sub(out));
        }
        self.touch(old_index, usize::MAX);
        self.log.push(Notification::Deleted { key, old_index });
    }

    /// A heading moved with what is below it: told line by line, the heading first, unless those are many.
    fn told_block_moved(&mut self, from: usize, to: usize, lines: usize, store: &Store) {
        self.shift_cursor(from, to, lines);
        self.touch(from.min(to), from.max(to).saturating_add(lines));
        if lines > MAX_MOVED {
            return self.log.push(Notification::Changed);
        }
        if !self.log.is_heard() {
            return;
        }
        // Downwards each line goes from the same place to the same place, behind those that went before it.
        let last = lines.saturating_sub(1);
        for (at, line) in self.tree.lines(to, lines).into_iter().enumerate() {
            let (old_index, new_index) = if to < from {
                (from.saturating_add(at), to.saturating_add(at))
            } else {
                (from, to.saturating_add(last))
            };
            if let Some(key) = self.key(line, store) {
                let (prior, row) = (self.prior(to.saturating_add(at), store), self.row(line, store));
                self.log.push(Notification::Modified { key, prior, row, old_index, new_index, line });
            }
        }
    }

    /// Bookmarks on lines that went are on the one now at `index` (C-197).
    pub(super) fn move_marks(&mut self, gone: impl Fn(Line) -> bool, index: usize) {
        let next = self.tree.line(index);
        for mark in self.marks.values_mut() {
            if matches!(mark, Mark::Line { line, .. } if gone(*line)) {
                *mark = next.map_or(Mark::Lost, |line| Mark::Line { line, moved: true });
            }
        }
    }

    /// Lines that were read stay read, those that were not are still to come.
    fn shift_cursor(&mut self, from: usize, to: usize, lines: usize) {
        let end = from.saturating_add(lines);
        if self.cursor > from && self.cursor < end {
            self.cursor = to.saturating_add(self.cursor.saturating_sub(from));
            return;
        }
        let was_read = from < self.cursor;
        let rest = if was_read { self.cursor.saturating_sub(lines) } else { self.cursor };
        let is_read = to < rest || (to == rest && was_read);
        self.cursor = if is_read { rest.saturating_add(lines) } else { rest };
    }

    /// Every row went at once.
    pub(super) fn reload(&mut self, store: &Store) {
        self.rebuild(store);
        self.log.push(Notification::Reload);
    }
}
