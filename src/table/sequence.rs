//! The rows of a view in order: sorted blocks of entries, each holding the start of its sort key.

use super::fenwick::Counts;
use crate::mapi::Gather;

/// A full block; twelve bytes an entry, so that a move inside one stays in the nearest cache.
const BLOCK: usize = 1024;
/// What bulk building fills and merging does not exceed, so that neither splits again at once.
const FILL: usize = 768;
/// Below this a block looks for a neighbour to merge with.
const SPARSE: usize = 256;

/// A row and the first bytes of its sort key: bytes, so that it packs into twelve.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    prefix: [u8; 8],
    pub(super) slot: u32,
}

impl Entry {
    pub(super) fn new(prefix: u64, slot: u32) -> Self {
        Self { prefix: prefix.to_be_bytes(), slot }
    }

    pub(super) fn prefix(&self) -> u64 {
        u64::from_be_bytes(self.prefix)
    }
}

/// Where an entry is, until the next change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    block: usize,
    offset: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Sequence {
    blocks: Vec<Vec<Entry>>,
    counts: Counts,
    len: usize,
}

impl Sequence {
    /// `entries` in order.
    pub(super) fn new(entries: &[Entry]) -> Self {
        let blocks = entries.chunks(FILL).map(<[Entry]>::to_vec).gather();
        let mut built = Self { blocks, counts: Counts::new(std::iter::empty()), len: entries.len() };
        built.recount();
        built
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The place of the first entry that is not `before`; the end if all are.
    pub(super) fn locate(&self, before: impl Fn(&Entry) -> bool) -> Place {
        let block = self.blocks.partition_point(|block| block.last().is_some_and(&before));
        match self.blocks.get(block) {
            Some(entries) => Place { block, offset: entries.partition_point(before) },
            None => match self.blocks.last() {
                Some(last) => Place { block: block.saturating_sub(1), offset: last.len() },
                None => Place { block: 0, offset: 0 },
            },
        }
    }

    pub(super) fn index(&self, place: Place) -> usize {
        self.counts.before(place.block).saturating_add(place.offset)
    }

    pub(super) fn at(&self, place: Place) -> Option<u32> {
        Some(self.blocks.get(place.block)?.get(place.offset)?.slot)
    }

    pub(super) fn slot(&self, index: usize) -> Option<u32> {
        let (block, offset) = self.counts.find(index);
        self.at(Place { block, offset })
    }

    pub(super) fn insert(&mut self, place: Place, entry: Entry) {
        self.len = self.len.saturating_add(1);
        let Some(block) = self.blocks.get_mut(place.block) else {
            self.blocks.push(vec![entry]);
            return self.recount();
        };
        block.insert(place.offset.min(block.len()), entry);
        if block.len() <= BLOCK {
            return self.counts.raise(place.block);
        }
        let half = block.split_off(BLOCK / 2);
        self.blocks.insert(place.block.saturating_add(1), half);
        self.recount();
    }

    pub(super) fn remove(&mut self, place: Place) {
        let Some(block) = self.blocks.get_mut(place.block).filter(|block| place.offset < block.len()) else {
            return;
        };
        block.remove(place.offset);
        self.len = self.len.saturating_sub(1);
        self.counts.lower(place.block);
        if block.len() < SPARSE {
            self.merge(place.block);
        }
    }

    /// Empties a sparse block into the one after it, or drops it.
    fn merge(&mut self, at: usize) {
        let next = at.saturating_add(1);
        let own = self.blocks.get(at).map_or(0, Vec::len);
        let joined = self.blocks.get(next).map(|other| other.len().saturating_add(own));
        let fits = joined.is_some_and(|joined| joined <= FILL);
        if own > 0 && !fits {
            return;
        }
        let mut sparse = self.blocks.remove(at);
        if let Some(other) = self.blocks.get_mut(at) {
            sparse.append(other);
            *other = sparse;
        }
        self.recount();
    }

    fn recount(&mut self) {
        self.counts = Counts::new(self.blocks.iter().map(Vec::len));
    }

    /// The rows from `index` on.
    pub(super) fn from(&self, index: usize) -> impl Iterator<Item = u32> + '_ {
        let (block, offset) = self.counts.find(index);
        let blocks = self.blocks.get(block..).unwrap_or_default();
        blocks.iter().flatten().skip(offset).map(|entry| entry.slot)
    }

    /// The rows before `index`, last first.
    pub(super) fn back_from(&self, index: usize) -> impl Iterator<Item = u32> + '_ {
        let (block, offset) = self.counts.find(index.min(self.len));
        let whole = self.blocks.get(..block).unwrap_or(&self.blocks);
        let part = self.blocks.get(block).and_then(|entries| entries.get(..offset)).unwrap_or_default();
        part.iter().rev().chain(whole.iter().rev().flat_map(|block| block.iter().rev())).map(|entry| entry.slot)
    }
}
