//! Numbers in order, and which of them are free again.

use super::order::{Order, Place};
use std::cmp::Ordering;

/// The part of a set that does not know its keys: compiled once.
#[derive(Clone, Default)]
pub(super) struct Index {
    pub(super) order: Order,
    free: Vec<u32>,
    /// One more than the largest number ever used.
    used: u32,
}

/// How the key of a number stands to the one looked for.
pub(super) type Compare<'a> = dyn Fn(u32) -> Ordering + 'a;

impl Index {
    pub(super) const fn new() -> Self {
        Self { order: Order::new(), free: Vec::new(), used: 0 }
    }

    pub(super) fn len(&self) -> usize {
        (self.used as usize).saturating_sub(self.free.len())
    }

    pub(super) fn seek(&self, compare: &Compare<'_>) -> Place {
        self.order.seek(&|number| compare(number).is_lt())
    }

    fn look(&self, compare: &Compare<'_>) -> (Place, Option<u32>) {
        let place = self.seek(compare);
        (place, self.order.at(place).filter(|number| compare(*number).is_eq()))
    }

    pub(super) fn find(&self, compare: &Compare<'_>) -> Option<u32> {
        self.look(compare).1
    }

    /// A number, and whether it is a new one.
    pub(super) fn enter(&mut self, compare: &Compare<'_>) -> (u32, bool) {
        let (place, found) = self.look(compare);
        if let Some(number) = found {
            return (number, false);
        }
        let number = self.free.pop().unwrap_or_else(|| {
            self.used = self.used.saturating_add(1);
            self.used.saturating_sub(1)
        });
        self.order.insert(place, number);
        (number, true)
    }

    fn remove(&mut self, place: Place, number: u32) -> u32 {
        self.order.remove(place);
        self.free.push(number);
        number
    }

    pub(super) fn leave(&mut self, compare: &Compare<'_>) -> Option<u32> {
        let (place, found) = self.look(compare);
        found.map(|number| self.remove(place, number))
    }

    pub(super) fn pop_first(&mut self) -> Option<u32> {
        let place = Place::default();
        self.order.at(place).map(|number| self.remove(place, number))
    }
}
