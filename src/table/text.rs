//! Text order and caseless matching: simple case folding, one character to one character. ASCII goes eight bytes at a
//! time.

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

pub(super) const HIGH: u64 = 0x8080_8080_8080_8080;
pub(super) const EACH: u64 = 0x0101_0101_0101_0101;

/// Lower case of eight ASCII bytes at once.
pub(super) const fn lower_eight(word: u64) -> u64 {
    let above_z = word.wrapping_add(EACH * (0x7F - b'Z' as u64));
    let from_a = word.wrapping_add(EACH * (0x80 - b'A' as u64));
    word | (((from_a ^ above_z) & HIGH) >> 2)
}

/// The eight bytes at `at`, the first one least significant; zeros behind the end. WebAssembly turns no bytes around.
pub(super) fn eight(bytes: &[u8], at: usize) -> u64 {
    let Some(rest) = bytes.get(at..) else { return 0 };
    if let Some(whole) = rest.first_chunk::<8>() {
        return u64::from_le_bytes(*whole);
    }
    if let Some(last) = bytes.last_chunk::<8>() {
        let missing = u32::try_from(8_usize.saturating_sub(rest.len())).unwrap_or(8);
        return u64::from_le_bytes(*last).checked_shr(missing.saturating_mul(8)).unwrap_or(0);
    }
    rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// The high bits of the bytes that are zero.
#[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
pub(super) const fn zeros(word: u64) -> u64 {
    !(((word & !HIGH).wrapping_add(!HIGH)) | word) & HIGH
}

/// Where the first NUL is, from `start` on.
#[cfg(any(feature = "tables", not(target_arch = "wasm32")))]
pub(super) fn nul(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    while at < bytes.len() {
        let zeros = zeros(eight(bytes, at));
        if zeros != 0 {
            let found = at.saturating_add((zeros.trailing_zeros() >> 3) as usize);
            return (found < bytes.len()).then_some(found);
        }
        at = at.saturating_add(8);
    }
    None
}

/// The order of texts: folded first, then by code point, so that only identical texts are equal.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (bytes, others) = (a.as_bytes(), b.as_bytes());
    let shorter = bytes.len().min(others.len());
    let mut at = 0_usize;
    while at < shorter {
        let (x, y) = (eight(bytes, at), eight(others, at));
        if (x | y) & HIGH != 0 {
            // Up to here all is ASCII, so both can be cut.
            let (rest, other) = (a.get(at..).unwrap_or(""), b.get(at..).unwrap_or(""));
            return rest.chars().map(fold).cmp(other.chars().map(fold)).then_with(|| bytes.cmp(others));
        }
        let (x, y) = (lower_eight(x), lower_eight(y));
        if x != y {
            let first = (x ^ y).trailing_zeros() & !7;
            return (x >> first & 0xFF).cmp(&(y >> first & 0xFF));
        }
        at = at.saturating_add(8);
    }
    bytes.len().cmp(&others.len()).then_with(|| bytes.cmp(others))
}

/// The `index`-th eight bytes of the folded text, zeros behind its end: their order agrees with [`compare`] wherever
/// they are the first that differ.
pub(super) fn word(text: &[u8], index: usize) -> u64 {
    let mut at = 0_usize;
    for _ in 0..index {
        if eight(text, at) & HIGH != 0 {
            return folded_word(text, index);
        }
        at = at.saturating_add(8);
    }
    let word = eight(text, at);
    if word & HIGH == 0 { lower_eight(word).swap_bytes() } else { folded_word(text, index) }
}

fn folded_word(text: &[u8], index: usize) -> u64 {
    let mut word = 0;
    let mut skipped = index.saturating_mul(8);
    let mut room = 64_u32;
    for c in std::str::from_utf8(text).unwrap_or_default().chars().map(fold) {
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            if skipped > 0 {
                skipped = skipped.saturating_sub(1);
                continue;
            }
            room = room.saturating_sub(8);
            word |= u64::from(byte) << room;
            if room == 0 {
                return word;
            }
        }
    }
    word
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
    let (bytes, wanted) = (text.as_bytes(), pattern.as_bytes());
    let Some((first, rest)) = wanted.split_first() else {
        return true;
    };
    let mut others = 0_u8;
    for (at, byte) in bytes.iter().enumerate() {
        others |= *byte;
        if byte.to_ascii_lowercase() == *first {
            let next = at.saturating_add(1);
            let behind = bytes.get(next..next.saturating_add(rest.len()));
            if behind.is_some_and(|behind| behind.eq_ignore_ascii_case(rest)) {
                return true;
            }
        }
    }
    // Beyond ASCII other characters may fold to those wanted.
    others >= 0x80 && text.char_indices().any(|(at, _)| text.get(at..).is_some_and(|tail| starts_with(tail, pattern)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 14] = [
        "",
        "a",
        "A",
        "ab",
        "Re: Größe",
        "RE: GRÖSSE",
        "re: größe",
        "exactly8",
        "exactly8 and more",
        "EXACTLY8 And more",
        "[`{@Z",
        "会議",
        "naïve façade of",
        "NAÏVE FAÇADE OF",
    ];

    #[test]
    fn eight_at_once_are_as_one_by_one() {
        for a in TEXTS {
            for b in TEXTS {
                let plain = a.chars().map(fold).cmp(b.chars().map(fold)).then_with(|| a.cmp(b));
                assert_eq!(compare(a, b), plain, "{a:?} {b:?}");
                let found = folded(a).contains(&folded(b));
                assert_eq!(contains(a, &folded(b)), found, "{b:?} in {a:?}");
            }
            let bytes = folded(a).into_bytes();
            for index in 0..5 {
                let mut expected = [0; 8];
                expected.iter_mut().zip(bytes.iter().skip(index * 8)).for_each(|(to, from)| *to = *from);
                assert_eq!(word(a.as_bytes(), index), u64::from_be_bytes(expected), "{a:?} {index}");
            }
        }
    }
}
