//! A stable merge sort.

use std::cmp::Ordering;

/// Sorts numbers by what they stand for.
pub fn sort_numbers(numbers: &mut Vec<u32>, compare: &mut dyn FnMut(u32, u32) -> Ordering) {
    let mut from = std::mem::take(numbers);
    let mut to = Vec::with_capacity(from.len());
    let mut run = 1_usize;
    while run < from.len() {
        for pair in from.chunks(run.saturating_mul(2)) {
            let (mut a, mut b) = pair.split_at(run.min(pair.len()));
            while let (Some((x, rest)), Some((y, others))) = (a.split_first(), b.split_first()) {
                if compare(*x, *y).is_le() {
                    to.push(*x);
                    a = rest;
                } else {
                    to.push(*y);
                    b = others;
                }
            }
            to.extend_from_slice(a);
            to.extend_from_slice(b);
        }
        std::mem::swap(&mut from, &mut to);
        to.clear();
        run = run.saturating_mul(2);
    }
    *numbers = from;
}

/// Sorts whatever it is.
pub fn sort<T>(items: Vec<T>, compare: &dyn Fn(&T, &T) -> Ordering) -> Vec<T> {
    let mut numbers: Vec<u32> = (0..).take(items.len()).collect();
    sort_numbers(&mut numbers, &mut |a, b| match (items.get(a as usize), items.get(b as usize)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    numbers.into_iter().filter_map(|number| items.get_mut(number as usize)?.take()).collect()
}
