//! Sorting by two keys at once: where the first is a number of few bits, as dates are, the start of the second stands
//! beside it in one word. Rows are still near each other when it is read, and few are equal in both.

use super::order::Keys;
use super::rows::Rows;
use super::sequence::Entry;
use super::sort::{FEW, Group, MANY, Open, by_words, in_order};

/// So many bits leave room for three characters of a second key.
const WIDEST: u32 = 40;

/// Of fewer rows, texts are near enough to be read for ties alone. Tests have fewer.
const LEAST: usize = if cfg!(debug_assertions) { MANY } else { 1 << 18 };

/// Sorts unsorted entries by their prefix and the start of the second key; what is left to decide goes to `open`. False: these
/// keys are none for it, nothing has happened.
pub(super) fn sort(
    entries: &mut Vec<Entry>,
    spare: &mut Vec<Entry>,
    keys: &Keys,
    rows: &Rows<'_>,
    open: &mut Open,
) -> bool {
    let [first, second, ..] = keys.0.as_slice() else { return false };
    let Some(one) = entries.first().map(Entry::prefix).filter(|_| entries.len() >= LEAST) else { return false };
    let Some(column) = rows.column(second.source).filter(|_| first.is_number()) else { return false };
    let mut differing = 0;
    // The greatest word is also that of a missing value.
    let mut is_sure = true;
    for entry in entries.iter() {
        differing |= entry.prefix() ^ one;
        is_sure &= entry.prefix() != u64::MAX;
    }
    let low = differing.trailing_zeros();
    let width = 64_u32.saturating_sub(differing.leading_zeros()).saturating_sub(low);
    if !is_sure || width == 0 || width > WIDEST {
        return false;
    }
    let high = 64_u32.saturating_sub(width);
    for entry in entries.iter_mut() {
        let start = column.sort_word(entry.slot, second.down, 0) >> width;
        *entry = Entry::new(entry.prefix() >> low << high | start, entry.slot);
    }
    by_words(entries, spare, high);
    let mut end = 0_usize;
    for run in entries.chunk_by_mut(|a, b| a.prefix() >> high == b.prefix() >> high) {
        if run.len() > 1 {
            in_order(run, spare);
        }
        for equal in run.chunk_by(|a, b| a.prefix() == b.prefix()) {
            let start = end;
            end = start.saturating_add(equal.len());
            let group = Group { start, end, key: 1, word: 0 };
            match equal.len() {
                0 | 1 => {}
                2..=FEW => open.ties.push(group),
                _ => open.groups.push(group),
            }
        }
    }
    let same = one & !(u64::MAX >> high << low);
    for entry in entries.iter_mut() {
        *entry = Entry::new(entry.prefix() >> high << low | same, entry.slot);
    }
    true
}
