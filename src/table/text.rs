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

const HIGH: u64 = 0x8080_8080_8080_8080;
const EACH: u64 = 0x0101_0101_0101_0101;

/// Lower case of eight ASCII bytes at once.
const fn lower_eight(word: u64) -> u64 {
    let above_z = word.wrapping_add(EACH * (0x7F - b'Z' as u64));
    let from_a = word.wrapping_add(EACH * (0x80 - b'A' as u64));
    word | (((from_a ^ above_z) & HIGH) >> 2)
}

/// The eight bytes at `at`, the first one most significant; zeros behind the end.
fn eight(bytes: &[u8], at: usize) -> u64 {
    let Some(rest) = bytes.get(at..) else { return 0 };
    if let Some(whole) = rest.first_chunk::<8>() {
        return u64::from_be_bytes(*whole);
    }
    let mut word = [0; 8];
    for (to, from) in word.iter_mut().zip(rest) {
        *to = *from;
    }
    u64::from_be_bytes(word)
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
            return x.cmp(&y);
        }
        at = at.saturating_add(8);
    }
    bytes.len().cmp(&others.len()).then_with(|| bytes.cmp(others))
}

/// The `index`-th eight bytes of the folded text, zeros behind its end: their order agrees with [`compare`] wherever
/// they are the first that differ.
pub(super) fn word(text: &str, index: usize) -> u64 {
    let bytes = text.as_bytes();
    let mut at = 0_usize;
    for _ in 0..index {
        if eight(bytes, at) & HIGH != 0 {
            return folded_word(text, index);
        }
        at = at.saturating_add(8);
    }
    let word = eight(bytes, at);
    if word & HIGH == 0 { lower_eight(word) } else { folded_word(text, index) }
}

fn folded_word(text: &str, index: usize) -> u64 {
    let mut bytes = [0; 8];
    let mut room = bytes.iter_mut();
    let mut skipped = index.saturating_mul(8);
    for c in text.chars().map(fold) {
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            if skipped > 0 {
                skipped = skipped.saturating_sub(1);
                continue;
            }
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
                assert_eq!(word(a, index), u64::from_be_bytes(expected), "{a:?} {index}");
            }
        }
    }
}
