//! The one sort: by digits of words of the keys, by comparison where few rows are left or words say no more.

use super::order::Keys;
use super::rows::Rows;
use super::sequence::Entry;
use std::cmp::Ordering;

/// Up to so many rows with two equal words of a text are compared at once.
pub(super) const FEW: usize = 2;
/// Up to so many words are sorted by insertion.
const SOME: usize = 24;
/// From so many on, digits cost less than comparing words.
pub(super) const MANY: usize = 2048;
/// What differs in later words only is compared.
const MOST_WORDS: usize = 16;

/// Rows that agree in the keys before `key` and in the words of it before `word`.
#[derive(Clone, Copy)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) key: usize,
    pub(super) word: usize,
}

/// What is left to decide: by words, and by comparison.
#[derive(Default)]
pub(super) struct Open {
    pub(super) groups: Vec<Group>,
    pub(super) ties: Vec<Group>,
}

/// Sorts entries, made by these keys, by them. Groups of equals go by generations, so that the words of many are read
/// one after the other: most of the time is waiting for memory.
pub(super) fn sort(mut entries: Vec<Entry>, keys: &Keys, rows: &Rows<'_>) -> Vec<Entry> {
    let mut spare: Vec<Entry> = Vec::new();
    let mut open = Open::default();
    let is_sorted = entries.is_sorted_by_key(Entry::prefix);
    #[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
    let is_paired = !is_sorted && super::pairs::sort(&mut entries, &mut spare, keys, rows, &mut open);
    #[cfg(not(any(feature = "tables", not(target_arch = "wasm32"))))]
    let is_paired = false;
    if !is_paired {
        if !is_sorted {
            by_words(&mut entries, &mut spare, 0);
        }
        open.equals(&entries, Group { start: 0, end: entries.len(), key: 0, word: 0 }, keys, rows);
    }
    open.compare(&mut entries, &mut spare, keys, rows);
    let mut words: Vec<Entry> = Vec::new();
    while !open.groups.is_empty() {
        let groups = std::mem::take(&mut open.groups);
        let mut first = 0_usize;
        while first < groups.len() {
            words.clear();
            let mut next = first;
            while let Some(group) = groups.get(next).filter(|_| words.len() < MANY) {
                let part = entries.get(group.start..group.end).unwrap_or_default();
                keys.words(group.key, group.word, part.iter().map(|entry| entry.slot), rows, &mut words);
                next = next.saturating_add(1);
            }
            let mut rest = words.as_mut_slice();
            for group in groups.get(first..next).unwrap_or_default() {
                let Some(own) = entries.get_mut(group.start..group.end) else { continue };
                let Some((part, others)) = std::mem::take(&mut rest).split_at_mut_checked(own.len()) else { break };
                in_order(part, &mut spare);
                for (to, from) in own.iter_mut().zip(part.iter()) {
                    to.slot = from.slot;
                }
                open.equals(part, *group, keys, rows);
                rest = others;
            }
            open.compare(&mut entries, &mut spare, keys, rows);
            first = next;
        }
    }
    entries
}

impl Open {
    /// Decides by comparison, while the texts are near.
    fn compare(&mut self, entries: &mut [Entry], spare: &mut Vec<Entry>, keys: &Keys, rows: &Rows<'_>) {
        for tie in self.ties.drain(..) {
            let Some(part) = entries.get_mut(tie.start..tie.end) else { continue };
            merge_sort(part, room(spare, part), &|a, b| keys.compare_from(tie.key, a.slot, b.slot, rows));
        }
    }

    /// The runs of equal words of a group; what is left to decide of them.
    fn equals(&mut self, words: &[Entry], group: Group, keys: &Keys, rows: &Rows<'_>) {
        let key = keys.0.get(group.key);
        let (is_number, is_text) = key.map_or((false, false), |key| (key.is_number(), key.is_text()));
        let mut end = group.start;
        for run in words.chunk_by(|a, b| a.prefix() == b.prefix()) {
            let start = end;
            end = start.saturating_add(run.len());
            let (Some(key), [one, _, ..]) = (key, run) else {
                if run.len() > 1 {
                    self.ties.push(Group { start, end, ..group });
                }
                continue;
            };
            // The greatest word is also that of a missing value.
            let is_sure = one.prefix() != u64::MAX;
            let is_last = (if key.down { !one.prefix() } else { one.prefix() }).trailing_zeros() >= 8;
            let cell = |entry: &Entry| rows.cell(entry.slot, key.source);
            if is_number && is_sure {
                self.groups.push(Group { start, end, key: group.key.saturating_add(1), word: 0 });
            } else if run.len() <= FEW && group.word > 0 {
                self.ties.push(Group { start, end, ..group });
            } else if is_text && is_sure && !is_last && group.word < MOST_WORDS {
                self.groups.push(Group { start, end, key: group.key, word: group.word.saturating_add(1) });
            } else if run.iter().all(|entry| cell(entry).sort(cell(one), key.down).is_eq()) {
                self.groups.push(Group { start, end, key: group.key.saturating_add(1), word: 0 });
            } else {
                self.ties.push(Group { start, end, ..group });
            }
        }
    }
}

/// As much of `spare` as there are entries.
fn room<'a>(spare: &'a mut Vec<Entry>, entries: &[Entry]) -> &'a mut [Entry] {
    if spare.len() < entries.len() {
        spare.resize(entries.len(), Entry::new(0, 0));
    }
    spare.get_mut(..entries.len()).unwrap_or_default()
}

/// Sorts by prefix; equal ones stay as they stood.
pub(super) fn in_order(entries: &mut [Entry], spare: &mut Vec<Entry>) {
    if entries.len() >= MANY {
        let mut all = entries.to_vec();
        by_words(&mut all, spare, 0);
        entries.copy_from_slice(&all);
    } else if entries.len() > SOME {
        merge_sort(entries, room(spare, entries), &|a, b| a.prefix().cmp(&b.prefix()));
    } else {
        for last in 1..entries.len() {
            for at in (0..last).rev() {
                let Some([a, b]) = entries.get_mut(at..at.saturating_add(2)) else { break };
                if a.prefix() <= b.prefix() {
                    break;
                }
                std::mem::swap(a, b);
            }
        }
    }
}

/// Bits of a digit.
const DIGIT: u32 = 11;

/// Sorts by prefix without its last `from` bits, from the last digit that differs to the first.
pub(super) fn by_words(entries: &mut Vec<Entry>, spare: &mut Vec<Entry>, from: u32) {
    let first = entries.first().map_or(0, Entry::prefix);
    let differing = entries.iter().fold(0, |bits, entry| bits | (entry.prefix() ^ first));
    spare.clear();
    spare.extend_from_slice(entries);
    let mut counts = [0_usize; 1 << DIGIT];
    let mut shift = differing.trailing_zeros().max(from);
    while differing.checked_shr(shift).is_some_and(|rest| rest != 0) {
        let digit = |entry: &Entry| ((entry.prefix() >> shift) & ((1 << DIGIT) - 1)) as usize;
        counts.fill(0);
        for entry in entries.iter() {
            if let Some(count) = counts.get_mut(digit(entry)) {
                *count = count.wrapping_add(1);
            }
        }
        let mut before = 0_usize;
        for place in &mut counts {
            before = before.wrapping_add(std::mem::replace(place, before));
        }
        for entry in entries.iter() {
            if let Some(place) = counts.get_mut(digit(entry)) {
                if let Some(to) = spare.get_mut(*place) {
                    *to = *entry;
                }
                *place = place.wrapping_add(1);
            }
        }
        std::mem::swap(entries, spare);
        shift = shift.saturating_add(DIGIT);
    }
}

/// Puts items in the order of a number of theirs, equal ones as they stood. std's sorts compile to 4 KB for each type.
pub(super) fn by_number<T: Copy>(items: &mut Vec<T>, number: impl Fn(&T) -> u64) {
    if items.len() < 2 {
        return;
    }
    let mut entries = Vec::new();
    for (item, place) in items.iter().zip(0..) {
        entries.push(Entry::new(number(item), place));
    }
    let mut scratch = entries.clone();
    merge_sort(&mut entries, &mut scratch, &|a, b| a.prefix().cmp(&b.prefix()));
    let before = std::mem::take(items);
    for entry in entries {
        items.extend(before.get(entry.slot as usize));
    }
}

/// Merges runs of doubling length.
pub(super) fn merge_sort(entries: &mut [Entry], scratch: &mut [Entry], order: &dyn Fn(&Entry, &Entry) -> Ordering) {
    let mut run = 1_usize;
    while run < entries.len() {
        let mut places = scratch.iter_mut();
        for pair in entries.chunks(run.saturating_mul(2)) {
            let (mut a, mut b) = pair.split_at(run.min(pair.len()));
            for place in places.by_ref().take(pair.len()) {
                let next = match (a.first(), b.first()) {
                    (Some(x), Some(y)) if order(y, x).is_ge() => &mut a,
                    (Some(_), None) => &mut a,
                    _ => &mut b,
                };
                if let Some((first, others)) = next.split_first() {
                    *place = *first;
                    *next = others;
                }
            }
        }
        for (to, from) in entries.iter_mut().zip(scratch.iter()) {
            *to = *from;
        }
        run = run.saturating_mul(2);
    }
}
