//! Text order and caseless matching: simple case folding, one character to one character.

use super::case::lower;
use std::cmp::Ordering;

/// Folds case. Characters whose lower case is several characters stay as they are.
pub(super) fn fold(c: char) -> char {
    match c {
        // Lower-case variants that share an upper case.
        'ς' => 'σ',
        'ſ' => 's',
        'µ' => 'μ',
        'ϐ' => 'β',
        'ϑ' => 'θ',
        'ϕ' => 'φ',
        'ϖ' => 'π',
        'ϰ' => 'κ',
        'ϱ' => 'ρ',
        'ϵ' => 'ε',
        'ẛ' => 'ṡ',
        _ => lower(c),
    }
}

/// The order of texts: folded first, then by code point, so that only identical texts are equal.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    a.chars().map(fold).cmp(b.chars().map(fold)).then_with(|| a.cmp(b))
}

/// Eight bytes whose order agrees with [`compare`] wherever they differ.
pub(super) fn prefix(text: &str) -> u64 {
    let mut bytes = [0; 8];
    let mut room = bytes.iter_mut();
    for c in text.chars().map(fold) {
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            match room.next() {
                Some(place) => *place = byte,
                None => return u64::from_be_bytes(bytes),
            }
        }
    }
    u64::from_be_bytes(bytes)
}

/// The whole text folded, for patterns.
pub(super) fn folded(text: &str) -> String {
    text.chars().map(fold).collect()
}

/// `part` stands somewhere in `bytes`. Not `str::contains`, whose two-way search costs 3 KB.
pub(super) fn holds(bytes: &[u8], part: &[u8]) -> bool {
    let Some((first, rest)) = part.split_first() else { return true };
    let mut bytes = bytes.iter();
    while let Some(byte) = bytes.next() {
        if byte == first && bytes.as_slice().starts_with(rest) {
            return true;
        }
    }
    false
}

/// `text` equals the folded `pattern`.
pub(super) fn equals(text: &str, pattern: &str) -> bool {
    text.chars().map(fold).eq(pattern.chars())
}

/// `text` starts with the folded `pattern`.
pub(super) fn starts_with(text: &str, pattern: &str) -> bool {
    let mut rest = text.chars().map(fold);
    pattern.chars().all(|wanted| rest.next() == Some(wanted))
}

/// `text` contains the folded `pattern`.
pub(super) fn contains(text: &str, pattern: &str) -> bool {
    if pattern.is_empty() {
        return true;
    }
    if text.is_ascii() {
        let mut windows = text.as_bytes().windows(pattern.len());
        return windows.any(|window| window.eq_ignore_ascii_case(pattern.as_bytes()));
    }
    text.char_indices().any(|(at, _)| text.get(at..).is_some_and(|tail| starts_with(tail, pattern)))
}
