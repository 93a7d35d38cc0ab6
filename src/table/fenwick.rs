//! Counts of blocks with prefix sums in O(log n).

use crate::mapi::Gather;

/// A Fenwick tree; its first place is unused, so that every index has a lowest set bit.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    tree: Vec<usize>,
}

impl Counts {
    pub(super) fn new(counts: impl Iterator<Item = usize>) -> Self {
        let mut tree: Vec<usize> = std::iter::once(0).chain(counts).gather();
        for at in 1..tree.len() {
            let sum = tree.get(at).copied().unwrap_or(0);
            if let Some(parent) = tree.get_mut(at.saturating_add(low(at))) {
                *parent = parent.saturating_add(sum);
            }
        }
        Self { tree }
    }

    /// So many more in block `index`.
    pub(super) fn raise(&mut self, index: usize, by: usize) {
        self.walk(index, |count| count.saturating_add(by));
    }

    /// So many less in block `index`.
    pub(super) fn lower(&mut self, index: usize, by: usize) {
        self.walk(index, |count| count.saturating_sub(by));
    }

    fn walk(&mut self, index: usize, change: impl Fn(usize) -> usize) {
        let mut at = index.saturating_add(1);
        while let Some(count) = self.tree.get_mut(at) {
            *count = change(*count);
            at = at.saturating_add(low(at));
        }
    }

    /// The sum of the blocks before `index`.
    pub(super) fn before(&self, index: usize) -> usize {
        let mut at = index.min(self.tree.len().saturating_sub(1));
        let mut sum: usize = 0;
        while at > 0 {
            sum = sum.saturating_add(self.tree.get(at).copied().unwrap_or(0));
            at = at.saturating_sub(low(at));
        }
        sum
    }

    /// The block that holds the `rank`-th element, and the element's place in it; past the last block if there is
    /// no such element.
    pub(super) fn find(&self, rank: usize) -> (usize, usize) {
        let (mut at, mut rest) = (0_usize, rank);
        let mut stride = self.tree.len().checked_ilog2().map_or(0, |power| 1_usize << power);
        while stride > 0 {
            let next = at.saturating_add(stride);
            if let Some(count) = self.tree.get(next).filter(|count| **count <= rest) {
                rest = rest.saturating_sub(*count);
                at = next;
            }
            stride >>= 1;
        }
        (at, rest)
    }
}

fn low(at: usize) -> usize {
    at & at.wrapping_neg()
}
