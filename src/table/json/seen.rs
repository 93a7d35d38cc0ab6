//! Texts that came before: of people and lists the same ones come again and again, and lie in memory once.

use crate::table::text::eight;

/// Places for texts; a later text takes the place of an earlier one.
const PLACES: usize = 1 << 14;
/// After so many texts it shows whether looking pays: where fewer than one of `WORTH` was there.
const TRIED: u32 = 1 << 13;
const WORTH: u32 = 4;
/// Longer texts are rarely the same.
const LONGEST: usize = 256;

/// Where texts of a column lie.
pub(super) struct Seen {
    places: Vec<u32>,
    tried: u32,
    found: u32,
}

impl Seen {
    pub(super) fn new() -> Self {
        Self { places: vec![u32::MAX; PLACES], tried: 0, found: 0 }
    }

    /// The place for a text; `None`: not looked for.
    pub(super) fn place(&self, text: &str) -> Option<usize> {
        let pays = self.tried < TRIED || self.found >= self.tried / WORTH;
        (pays && !text.is_empty() && text.len() <= LONGEST).then(|| hash(text.as_bytes()))
    }

    pub(super) fn known(&self, place: usize) -> Option<u32> {
        self.places.get(place).copied().filter(|at| *at != u32::MAX)
    }

    pub(super) fn learn(&mut self, place: usize, was: Option<u32>, at: Option<u32>) {
        self.tried = self.tried.saturating_add(1);
        if was.is_some() && was == at {
            self.found = self.found.saturating_add(1);
        } else if let (Some(place), Some(at)) = (self.places.get_mut(place), at) {
            *place = at;
        }
    }
}

fn hash(bytes: &[u8]) -> usize {
    let mut hash = bytes.len() as u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ eight(bytes, at)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
        at = at.wrapping_add(8);
    }
    (hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 50) as usize
}
