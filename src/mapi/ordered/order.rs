//! Numbers in the order their owner keeps them in.

use crate::mapi::visits::visit;

/// A change moves at most so many.
const BLOCK: usize = 512;
/// Below this a block looks for a neighbour to merge with.
const SPARSE: usize = 128;

/// Sorted blocks of numbers; what they are compared by is the owner's.
#[derive(Clone, Debug, Default)]
pub struct Order {
    blocks: Vec<Vec<u32>>,
}

/// Where a number is, until the next change.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    block: usize,
    offset: usize,
}

impl Order {
    /// Of nothing.
    pub const fn new() -> Self {
        Self { blocks: Vec::new() }
    }

    /// The place of the first number that is not `before`; the end if all are.
    pub fn seek(&self, before: &dyn Fn(u32) -> bool) -> Place {
        let Some(last) = self.blocks.last() else { return Place::default() };
        // Most come in at the end and leave from the front.
        if last.last().is_none_or(|number| before(*number)) {
            return Place { block: self.blocks.len().saturating_sub(1), offset: last.len() };
        }
        if self.at(Place::default()).is_some_and(|number| !before(number)) {
            return Place::default();
        }
        let block = self.blocks.partition_point(|block| block.last().is_some_and(|last| before(*last)));
        let offset = self.blocks.get(block).map_or(0, |numbers| numbers.partition_point(|number| before(*number)));
        Place { block, offset }
    }

    /// The number there.
    pub fn at(&self, place: Place) -> Option<u32> {
        self.blocks.get(place.block)?.get(place.offset).copied()
    }

    /// Puts a number in before whatever is there.
    pub fn insert(&mut self, place: Place, number: u32) {
        let next = place.block.saturating_add(1);
        let last = next >= self.blocks.len();
        let Some(block) = self.blocks.get_mut(place.block) else {
            return self.blocks.push(vec![number]);
        };
        if block.len() < BLOCK {
            return block.insert(place.offset.min(block.len()), number);
        }
        // What only grows at its end leaves full blocks behind.
        let keep = if last && place.offset >= BLOCK { BLOCK } else { BLOCK / 2 };
        let rest = block.split_off(keep);
        self.blocks.insert(next, rest);
        let place = match place.offset.checked_sub(keep) {
            Some(offset) => Place { block: next, offset },
            None => place,
        };
        self.insert(place, number);
    }

    /// Takes the number out that is there.
    pub fn remove(&mut self, place: Place) {
        let Some(block) = self.blocks.get_mut(place.block).filter(|block| place.offset < block.len()) else {
            return;
        };
        block.remove(place.offset);
        let left = block.len();
        // One block stays, empty or not: what comes and goes one at a time allocates nothing.
        if left >= SPARSE || self.blocks.len() == 1 {
            return;
        }
        let next = place.block.saturating_add(1);
        if left > 0 && self.blocks.get(next).is_none_or(|next| next.len() > BLOCK / 2) {
            return;
        }
        let sparse = self.blocks.remove(place.block);
        if let Some(next) = self.blocks.get_mut(place.block) {
            next.splice(..0, sparse);
        }
    }

    /// The numbers from there on.
    pub fn from(&self, place: Place) -> Numbers<'_> {
        Numbers { order: self, place }
    }

    /// All numbers.
    pub fn all(&self) -> Numbers<'_> {
        self.from(Place::default())
    }
}

/// Numbers in order.
#[derive(Clone, Debug)]
pub struct Numbers<'a> {
    order: &'a Order,
    place: Place,
}

impl Iterator for Numbers<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        loop {
            let block = self.order.blocks.get(self.place.block)?;
            if let Some(number) = block.get(self.place.offset) {
                visit();
                self.place.offset = self.place.offset.saturating_add(1);
                return Some(*number);
            }
            self.place = Place { block: self.place.block.saturating_add(1), offset: 0 };
        }
    }
}
