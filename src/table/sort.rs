//! The one sort: by digits of the prefix, then by comparison where prefixes are equal.

use super::sequence::Entry;
use std::cmp::Ordering;

/// Sorts by prefix, then by `rest`.
pub(super) fn sort(mut entries: Vec<Entry>, rest: &dyn Fn(u32, u32) -> Ordering) -> Vec<Entry> {
    let mut spare = entries.clone();
    for digit in 0..8 {
        by_digit(&mut entries, &mut spare, digit);
    }
    for group in entries.chunk_by_mut(|a, b| a.prefix() == b.prefix()) {
        if let Some(scratch) = spare.get_mut(..group.len()) {
            merge_sort(group, scratch, rest);
        }
    }
    entries
}

/// One stable pass, from the last digit to the first; nothing to do where all digits are the same.
fn by_digit(entries: &mut Vec<Entry>, spare: &mut Vec<Entry>, digit: u32) {
    let of = |entry: &Entry| (entry.prefix() >> (8 * digit) & 0xFF) as usize;
    let mut places = [0_usize; 256];
    for entry in entries.iter() {
        if let Some(count) = places.get_mut(of(entry)) {
            *count = count.saturating_add(1);
        }
    }
    if places.contains(&entries.len()) {
        return;
    }
    let mut before = 0_usize;
    for place in &mut places {
        before = before.saturating_add(std::mem::replace(place, before));
    }
    for entry in entries.iter() {
        if let Some(place) = places.get_mut(of(entry)) {
            if let Some(to) = spare.get_mut(*place) {
                *to = *entry;
            }
            *place = place.saturating_add(1);
        }
    }
    std::mem::swap(entries, spare);
}

/// Merges runs of doubling length.
fn merge_sort(entries: &mut [Entry], scratch: &mut [Entry], rest: &dyn Fn(u32, u32) -> Ordering) {
    let mut run = 1_usize;
    while run < entries.len() {
        let mut places = scratch.iter_mut();
        for pair in entries.chunks(run.saturating_mul(2)) {
            let (mut a, mut b) = pair.split_at(run.min(pair.len()));
            for place in places.by_ref().take(pair.len()) {
                let next = match (a.first(), b.first()) {
                    (Some(x), Some(y)) if rest(y.slot, x.slot).is_ge() => &mut a,
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
