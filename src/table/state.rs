//! A view's state, and how one row's change moves it.

use super::events::{Log, Notification};
use super::filter::Filter;
use super::order::{BoundOrder, SortOrderSet};
use super::sequence::{Place, Sequence};
use super::sort::sort;
use super::store::{Delta, InstanceKey, Store};
use super::window::Window;
use crate::mapi::ordered::Map;
use crate::mapi::{Gather, MapiResult, PropTag, PropValue};

#[derive(Clone, Debug)]
pub(super) struct ViewState {
    pub(super) columns: Vec<PropTag>,
    pub(super) filter: Option<Filter>,
    pub(super) order: SortOrderSet,
    /// The keys in force: those of `order`, or the table's default.
    keys: SortOrderSet,
    default: SortOrderSet,
    pub(super) sequence: Sequence,
    /// Rows before the next one to be read.
    pub(super) cursor: usize,
    pub(super) marks: Map<u32, Mark>,
    pub(super) marks_issued: u32,
    pub(super) log: Log,
    pub(super) windows: Map<u32, Window>,
    pub(super) windows_issued: u32,
}

/// What a bookmark points at. `moved` since its last use: its row went and the next one took its place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mark {
    Row {
        slot: u32,
        moved: bool,
    },
    End,
    /// Its row went and no row came after.
    Lost,
}

/// A row between leaving its old place and taking its new one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lifted {
    /// The view did not show it.
    Hidden,
    /// It was taken out from there.
    From(usize),
    /// Neither order nor filter reads what changes: it stays where it is.
    Stays,
}

impl ViewState {
    pub(super) fn new(columns: Vec<PropTag>, default: SortOrderSet, store: &Store) -> Self {
        let mut state = Self {
            columns,
            filter: None,
            order: SortOrderSet::default(),
            keys: default.clone(),
            default,
            sequence: Sequence::new(&[]),
            cursor: 0,
            marks: Map::new(),
            marks_issued: 2,
            log: Log::default(),
            windows: Map::new(),
            windows_issued: 0,
        };
        state.rebuild(store);
        state
    }

    /// Fills the view anew: cursor at the beginning, no bookmarks (C-188, C-191).
    pub(super) fn rebuild(&mut self, store: &Store) {
        let filter = self.filter.as_ref().map(|filter| filter.bind(store));
        let order = BoundOrder::new(&self.keys.keys, store);
        let shown = store.slots().filter(|slot| filter.as_ref().is_none_or(|filter| filter.accepts(*slot)));
        let entries = sort(shown.map(|slot| order.entry(slot)).gather(), &|a, b| order.compare_rows(a, b));
        self.sequence = Sequence::new(&entries);
        self.cursor = 0;
        self.marks.clear();
        self.windows.values_mut().for_each(Window::spoil);
    }

    /// The order asked for; none asked for is the table's own (C-193).
    pub(super) fn sort(&mut self, order: SortOrderSet, store: &Store) -> MapiResult<()> {
        order.check()?;
        self.keys = if order.keys.is_empty() { self.default.clone() } else { order.clone() };
        self.order = order;
        self.rebuild(store);
        Ok(())
    }

    /// Takes a row that is about to change or to go out of its place.
    pub(super) fn lift(&mut self, slot: u32, change: Option<&Delta>, store: &Store) -> Lifted {
        let read = |tags: &[PropTag]| change.is_none_or(|delta| store.touches(delta, tags));
        let by_filter = self.filter.as_ref().is_some_and(|filter| read(filter.tags()));
        let by_order = change.is_none() || self.keys.keys.iter().any(|key| read(&[key.tag]));
        if !self.shows(slot, store) {
            return Lifted::Hidden;
        }
        if !by_filter && !by_order {
            return Lifted::Stays;
        }
        let Some(place) = self.place(slot, store) else {
            return Lifted::Hidden;
        };
        let index = self.sequence.index(place);
        self.sequence.remove(place);
        Lifted::From(index)
    }

    /// Gives a changed row its place and reports what happened.
    pub(super) fn settle(&mut self, slot: u32, lifted: Lifted, store: &Store) {
        let key = store.instance_key(slot);
        match lifted {
            Lifted::Stays => {
                if let Some(index) = self.watched().then(|| self.index(slot, store)).flatten() {
                    self.windows.values_mut().for_each(|window| window.spoil_row(index));
                    self.report_modified(slot, index, index, store);
                }
            }
            Lifted::Hidden => {
                if self.shows(slot, store) {
                    let new_index = self.place_in(slot, store);
                    if new_index < self.cursor {
                        self.cursor = self.cursor.saturating_add(1);
                    }
                    self.windows.values_mut().for_each(Window::spoil);
                    if self.log.is_heard() {
                        let (prior, row) = (self.prior(new_index, store), self.row(slot, store));
                        self.log.push(Notification::Added { key, prior, row, new_index });
                    }
                }
            }
            Lifted::From(old_index) => {
                if self.shows(slot, store) {
                    let new_index = self.place_in(slot, store);
                    self.shift_cursor(old_index, new_index);
                    self.windows.values_mut().for_each(|window| window.spoil_move(old_index, new_index));
                    self.report_modified(slot, old_index, new_index, store);
                } else {
                    self.drop_row(slot, old_index, key);
                }
            }
        }
    }

    /// A lifted row that does not come back.
    pub(super) fn drop_row(&mut self, slot: u32, old_index: usize, key: InstanceKey) {
        if old_index < self.cursor {
            self.cursor = self.cursor.saturating_sub(1);
        }
        let next = self.sequence.slot(old_index);
        for mark in self.marks.values_mut() {
            if matches!(mark, Mark::Row { slot: at, .. } if *at == slot) {
                *mark = next.map_or(Mark::Lost, |slot| Mark::Row { slot, moved: true });
            }
        }
        self.windows.values_mut().for_each(Window::spoil);
        self.log.push(Notification::Deleted { key, old_index });
    }

    /// Every row went at once.
    pub(super) fn reload(&mut self, store: &Store) {
        self.rebuild(store);
        self.log.push(Notification::Reload);
    }

    fn report_modified(&mut self, slot: u32, old_index: usize, new_index: usize, store: &Store) {
        if self.log.is_heard() {
            let (key, prior, row) = (store.instance_key(slot), self.prior(new_index, store), self.row(slot, store));
            self.log.push(Notification::Modified { key, prior, row, old_index, new_index });
        }
    }

    /// A row that was read stays read, one that was not is still to come.
    fn shift_cursor(&mut self, from: usize, to: usize) {
        let rest = if from < self.cursor { self.cursor.saturating_sub(1) } else { self.cursor };
        let read = to < rest || (to == rest && from < self.cursor);
        self.cursor = if read { rest.saturating_add(1) } else { rest };
    }

    fn watched(&self) -> bool {
        self.log.is_heard() || !self.windows.is_empty()
    }

    fn shows(&self, slot: u32, store: &Store) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter.bind(store).accepts(slot))
    }

    fn place_in(&mut self, slot: u32, store: &Store) -> usize {
        let order = BoundOrder::new(&self.keys.keys, store);
        let entry = order.entry(slot);
        let place = self.sequence.locate(|other| order.compare(other, &entry).is_lt());
        let index = self.sequence.index(place);
        self.sequence.insert(place, entry);
        index
    }

    fn place(&self, slot: u32, store: &Store) -> Option<Place> {
        let order = BoundOrder::new(&self.keys.keys, store);
        let entry = order.entry(slot);
        let place = self.sequence.locate(|other| order.compare(other, &entry).is_lt());
        (self.sequence.at(place) == Some(slot)).then_some(place)
    }

    /// The position of a row in the view.
    pub(super) fn index(&self, slot: u32, store: &Store) -> Option<usize> {
        self.place(slot, store).map(|place| self.sequence.index(place))
    }

    fn prior(&self, index: usize, store: &Store) -> Option<InstanceKey> {
        let slot = self.sequence.slot(index.checked_sub(1)?)?;
        Some(store.instance_key(slot))
    }

    /// Brings the windows up to date.
    pub(super) fn refresh(&mut self, store: &Store) {
        for window in self.windows.values_mut() {
            window.refresh(&self.columns, &self.sequence, store);
        }
    }

    fn row(&self, slot: u32, store: &Store) -> Vec<(PropTag, PropValue)> {
        self.columns.iter().copied().zip(store.values(slot, &store.sources(&self.columns))).gather()
    }
}
