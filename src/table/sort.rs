//! The one sort: by digits of words of the keys, by comparison where few rows are left or words say no more.

use super::order::Keys;
use super::rows::Rows;
use super::sequence::Entry;
use std::cmp::Ordering;

/// Up to so many rows are compared at once: a word is read once a row, a row often a comparison.
const FEW: usize = 2;
/// From so many on, digits cost less than comparing words.
const MANY: usize = 2048;

/// Rows that agree in the keys before `key` and in the words of it before `word`.
struct Group {
    start: usize,
    end: usize,
    key: usize,
    word: usize,
}

/// Sorts entries, made by these keys, by them.
pub(super) fn sort(mut entries: Vec<Entry>, keys: &Keys, rows: &Rows<'_>) -> Vec<Entry> {
    let mut spare = entries.clone();
    by_words(&mut entries, &mut spare);
    let mut open = Vec::new();
    equals(&entries, 0, 0, 0, keys, &mut open);
    let mut words: Vec<Entry> = Vec::new();
    while let Some(group) = open.pop() {
        let Some(part) = entries.get_mut(group.start..group.end) else { continue };
        let Some(scratch) = spare.get_mut(..part.len()) else { continue };
        let key = keys.0.get(group.key).filter(|_| part.len() > FEW);
        if let Some(key) = key {
            let has_more = group.word == 0 || (key.is_text() && group.word < MOST_WORDS);
            if has_more {
                words.clear();
                let word = |entry: &Entry| rows.cell(entry.slot, key.source).sort_word(key.down, group.word);
                words.extend(part.iter().map(|entry| Entry::new(word(entry), entry.slot)));
                if words.len() < MANY {
                    merge_sort(&mut words, scratch, &|a, b| a.prefix().cmp(&b.prefix()));
                } else {
                    by_words(&mut words, &mut scratch.to_vec());
                }
                for (to, from) in part.iter_mut().zip(&words) {
                    to.slot = from.slot;
                }
                if words.first().map(Entry::prefix) != words.last().map(Entry::prefix) {
                    equals(&words, group.start, group.key, group.word, keys, &mut open);
                    continue;
                }
            }
            let of = |entry: &Entry| rows.cell(entry.slot, key.source);
            let first = part.first().map(of);
            if first.is_some_and(|first| part.iter().all(|entry| of(entry).sort(first, key.down).is_eq())) {
                open.push(Group { key: group.key.saturating_add(1), word: 0, ..group });
                continue;
            }
            if has_more && key.is_text() {
                open.push(Group { word: group.word.saturating_add(1), ..group });
                continue;
            }
        }
        merge_sort(part, scratch, &|a, b| keys.compare_from(group.key, a.slot, b.slot, rows));
    }
    entries
}

/// What differs in later words only is compared.
const MOST_WORDS: usize = 16;

/// The runs of equal words among `entries`, which start at `base`; what is left to decide of them.
fn equals(entries: &[Entry], base: usize, key: usize, word: usize, keys: &Keys, open: &mut Vec<Group>) {
    let mut start = base;
    let is_number = keys.0.get(key).is_some_and(super::order::Key::is_number);
    for run in entries.chunk_by(|a, b| a.prefix() == b.prefix()) {
        let end = start.saturating_add(run.len());
        // The greatest word is also that of a missing value.
        let is_decided = is_number && run.first().is_some_and(|entry| entry.prefix() != u64::MAX);
        if run.len() > 1 && is_decided {
            open.push(Group { start, end, key: key.saturating_add(1), word: 0 });
        } else if run.len() > 1 {
            open.push(Group { start, end, key, word: word.saturating_add(1) });
        }
        start = end;
    }
}

/// Sorts by prefix, from the last digit to the first; nothing to do where all digits are the same.
fn by_words(entries: &mut Vec<Entry>, spare: &mut Vec<Entry>) {
    let mut counts = [[0_usize; 256]; 8];
    for entry in entries.iter() {
        for (digit, places) in counts.iter_mut().enumerate() {
            if let Some(count) = places.get_mut(digit_of(entry, digit)) {
                *count = count.wrapping_add(1);
            }
        }
    }
    for (digit, places) in counts.iter_mut().enumerate() {
        if places.contains(&entries.len()) {
            continue;
        }
        let mut before = 0_usize;
        for place in places.iter_mut() {
            before = before.wrapping_add(std::mem::replace(place, before));
        }
        for entry in entries.iter() {
            if let Some(place) = places.get_mut(digit_of(entry, digit)) {
                if let Some(to) = spare.get_mut(*place) {
                    *to = *entry;
                }
                *place = place.wrapping_add(1);
            }
        }
        std::mem::swap(entries, spare);
    }
}

fn digit_of(entry: &Entry, digit: usize) -> usize {
    (entry.prefix() >> (8 * digit as u64) & 0xFF) as usize
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
