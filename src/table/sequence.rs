//! Entries in order: sorted blocks, each entry holding the start of its sort key. An entry takes one line of a view,
//! or what a list of [`Lines`] says.

use super::fenwick::Counts;

/// A full block; twelve bytes an entry, so that a move inside one stays in the nearest cache.
const BLOCK: usize = 1024;
/// What bulk building fills and merging does not exceed, so that neither splits again at once.
const FILL: usize = 768;
/// Below this a block looks for a neighbour to merge with.
const SPARSE: usize = 256;

/// So many entries that start alike are looked through rather than compared: their rows are far.
const NEAR: usize = 32;

/// How many lines an entry takes, by its number; `None`: one each.
pub(super) type Lines<'a> = Option<&'a [u32]>;

fn lines_of(lines: Lines<'_>, entry: &Entry) -> usize {
    match lines {
        None => 1,
        Some(all) => all.get(entry.slot as usize).map_or(1, |lines| *lines as usize),
    }
}

fn sum(lines: Lines<'_>, entries: &[Entry]) -> usize {
    match lines {
        None => entries.len(),
        Some(_) => entries.iter().map(|entry| lines_of(lines, entry)).fold(0, usize::saturating_add),
    }
}

/// A number and the first bytes of its sort key: bytes, so that it packs into twelve.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    prefix: [u8; 8],
    pub(super) slot: u32,
}

impl Entry {
    pub(super) fn new(prefix: u64, slot: u32) -> Self {
        Self { prefix: prefix.to_le_bytes(), slot }
    }

    pub(super) fn prefix(&self) -> u64 {
        u64::from_le_bytes(self.prefix)
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
    /// The start of the last entry's key in each block: beside each other, so that a search does not go to every block.
    heads: Vec<u64>,
    counts: Counts,
    /// Lines of all entries.
    len: usize,
}

impl Sequence {
    /// `entries` in order.
    pub(super) fn new(entries: &[Entry], lines: Lines<'_>) -> Self {
        let blocks = entries.chunks(FILL).map(<[Entry]>::to_vec).collect();
        let counts = Counts::new(std::iter::empty());
        let mut built = Self { blocks, heads: Vec::new(), counts, len: sum(lines, entries) };
        built.recount(lines);
        built
    }

    /// Entries in order, without room for all of them beside the blocks.
    #[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
    pub(super) fn gather(mut entries: &mut dyn Iterator<Item = Entry>) -> Self {
        let mut blocks: Vec<Vec<Entry>> = Vec::new();
        loop {
            let mut block = Vec::with_capacity(FILL);
            block.extend(Iterator::by_ref(&mut entries).take(FILL));
            if block.is_empty() {
                break;
            }
            blocks.push(block);
        }
        let len = blocks.iter().map(Vec::len).sum();
        let mut built = Self { blocks, heads: Vec::new(), counts: Counts::new(std::iter::empty()), len };
        built.recount(None);
        built
    }

    /// The lines of all.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The place of the first entry that is not `before`; the end if all are. Those whose key starts lower than `prefix`
    /// are before, those that start higher are not.
    pub(super) fn locate(&self, prefix: u64, before: impl Fn(&Entry) -> bool) -> Place {
        let first = self.heads.partition_point(|head| *head < prefix);
        let same = self.heads.get(first..).unwrap_or_default().partition_point(|head| *head == prefix);
        let alike = self.blocks.get(first..first.saturating_add(same)).unwrap_or_default();
        let block = first.saturating_add(alike.partition_point(|block| block.last().is_some_and(&before)));
        match self.blocks.get(block) {
            Some(entries) => Place { block, offset: entries.partition_point(before) },
            None => match self.blocks.last() {
                Some(last) => Place { block: block.saturating_sub(1), offset: last.len() },
                None => Place { block: 0, offset: 0 },
            },
        }
    }

    /// The place of an entry that is there, if it is among the first of those that start like it.
    pub(super) fn spot(&self, entry: &Entry) -> Option<Place> {
        let prefix = entry.prefix();
        let block = self.heads.partition_point(|head| *head < prefix);
        let entries = self.blocks.get(block)?;
        let first = entries.partition_point(|other| other.prefix() < prefix);
        let found = entries.get(first..)?.iter().take(NEAR).position(|other| other.slot == entry.slot)?;
        Some(Place { block, offset: first.saturating_add(found) })
    }

    /// Lines before a place.
    pub(super) fn index(&self, place: Place, lines: Lines<'_>) -> usize {
        let inside = match lines {
            None => place.offset,
            Some(_) => {
                self.blocks.get(place.block).and_then(|block| block.get(..place.offset)).map_or(0, |b| sum(lines, b))
            }
        };
        self.counts.before(place.block).saturating_add(inside)
    }

    pub(super) fn at(&self, place: Place) -> Option<u32> {
        Some(self.blocks.get(place.block)?.get(place.offset)?.slot)
    }

    pub(super) fn first(&self) -> Option<u32> {
        Some(self.blocks.first()?.first()?.slot)
    }

    /// The entry that has line `index`, and how many lines of it are before that.
    pub(super) fn find(&self, index: usize, lines: Lines<'_>) -> Option<(Place, usize)> {
        let (block, mut rest) = self.counts.find(index);
        let entries = self.blocks.get(block)?;
        if lines.is_none() {
            return (rest < entries.len()).then_some((Place { block, offset: rest }, 0));
        }
        for (offset, entry) in entries.iter().enumerate() {
            match rest.checked_sub(lines_of(lines, entry)) {
                Some(left) => rest = left,
                None => return Some((Place { block, offset }, rest)),
            }
        }
        None
    }

    pub(super) fn insert(&mut self, place: Place, entry: Entry, lines: Lines<'_>) {
        let own = lines_of(lines, &entry);
        self.len = self.len.saturating_add(own);
        let Some(block) = self.blocks.get_mut(place.block) else {
            self.blocks.push(vec![entry]);
            return self.recount(lines);
        };
        block.insert(place.offset.min(block.len()), entry);
        if block.len() <= BLOCK {
            self.head(place.block);
            return self.counts.raise(place.block, own);
        }
        let half = block.split_off(BLOCK / 2);
        self.blocks.insert(place.block.saturating_add(1), half);
        self.recount(lines);
    }

    pub(super) fn remove(&mut self, place: Place, lines: Lines<'_>) {
        let Some(block) = self.blocks.get_mut(place.block).filter(|block| place.offset < block.len()) else {
            return;
        };
        let own = lines_of(lines, &block.remove(place.offset));
        self.len = self.len.saturating_sub(own);
        self.counts.lower(place.block, own);
        if block.len() < SPARSE {
            self.merge(place.block, lines);
        }
        self.head(place.block);
    }

    /// The entry there takes so many lines, not those; the list says so already or will.
    pub(super) fn resize(&mut self, place: Place, from: usize, to: usize) {
        self.counts.raise(place.block, to);
        self.counts.lower(place.block, from);
        self.len = self.len.saturating_add(to).saturating_sub(from);
    }

    /// Empties a sparse block into the one after it, or drops it.
    fn merge(&mut self, at: usize, lines: Lines<'_>) {
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
        self.recount(lines);
    }

    fn head(&mut self, block: usize) {
        let last = self.blocks.get(block).and_then(|block| block.last());
        if let (Some(head), Some(last)) = (self.heads.get_mut(block), last) {
            *head = last.prefix();
        }
    }

    fn recount(&mut self, lines: Lines<'_>) {
        self.heads.clear();
        self.heads.extend(self.blocks.iter().map(|block| block.last().map_or(0, Entry::prefix)));
        self.counts = Counts::new(self.blocks.iter().map(|block| sum(lines, block)));
    }

    /// The numbers from a place on.
    pub(super) fn from(&self, place: Place) -> impl Iterator<Item = u32> + '_ {
        let blocks = self.blocks.get(place.block..).unwrap_or_default();
        blocks.iter().flatten().skip(place.offset).map(|entry| entry.slot)
    }

    /// Up to `count` numbers from a place on.
    pub(super) fn some(&self, place: Place, count: usize, mut to: impl FnMut(u32)) {
        let (mut offset, mut left) = (place.offset, count);
        for block in self.blocks.get(place.block..).unwrap_or_default() {
            let entries = block.get(offset..).unwrap_or_default();
            for entry in entries.get(..left).unwrap_or(entries) {
                to(entry.slot);
            }
            left = left.saturating_sub(entries.len());
            if left == 0 {
                return;
            }
            offset = 0;
        }
    }

    /// All numbers.
    pub(super) fn all(&self) -> impl Iterator<Item = u32> + '_ {
        self.from(Place { block: 0, offset: 0 })
    }
}
