//! One pattern looked for in many texts, in any case: eight bytes at a time.

use super::text::{EACH, HIGH, contains, eight, lower_eight, zeros};

/// A folded pattern that starts with two ASCII characters.
#[derive(Clone, Debug)]
pub(super) struct Search {
    first: u64,
    second: u64,
    pattern: String,
    /// No character beyond ASCII folds to one of the pattern.
    is_plain: bool,
}

impl Search {
    /// `None` for a pattern that is not all ASCII, or too short.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        let (first, second) = pattern.bytes().zip(pattern.bytes().skip(1)).next()?;
        if !pattern.is_ascii() {
            return None;
        }
        let each = |byte: u8| EACH.wrapping_mul(u64::from(byte));
        // The long s and the Kelvin sign.
        let is_plain = !pattern.contains(['s', 'k']);
        Some(Self { first: each(first), second: each(second), pattern: pattern.to_owned(), is_plain })
    }

    /// As [`contains`].
    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        let mut others = 0;
        let mut at = 0_usize;
        while at < bytes.len() {
            let (one, next) = (eight(bytes, at), eight(bytes, at.saturating_add(1)));
            others |= one;
            let mut found = zeros(folded(one) ^ self.first) & zeros(folded(next) ^ self.second);
            while found != 0 {
                let place = at.saturating_add((found.trailing_zeros() >> 3) as usize);
                let here = bytes.get(place..place.saturating_add(self.pattern.len()));
                if here.is_some_and(|here| here.eq_ignore_ascii_case(self.pattern.as_bytes())) {
                    return true;
                }
                found &= found.wrapping_sub(1);
            }
            at = at.saturating_add(8);
        }
        others & HIGH != 0
            && !self.is_plain
            && std::str::from_utf8(bytes).is_ok_and(|text| contains(text, &self.pattern))
    }
}

/// Lower case of the ASCII among eight bytes.
fn folded(word: u64) -> u64 {
    lower_eight(word & !HIGH) | (word & HIGH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_letters_are_folded_to_from_beyond_ascii() {
        let found: Vec<char> = ('\u{80}'..=char::MAX).map(super::super::text::fold).filter(char::is_ascii).collect();
        assert_eq!(found, ['s', 'k']);
    }

    #[test]
    fn a_search_finds_what_contains_finds() {
        let texts = [
            "",
            "r",
            "re",
            "Re: x",
            "aRE",
            "seven..RE",
            "eight...re",
            "nin.....r",
            "Größe re",
            "Größe",
            "\u{17f}t",
            "1\u{212a}m",
            "rrre",
            "r\0e",
            "ſtart ST",
        ];
        for pattern in ["re", "st", "km", "größe", "r", "", "eight", "re: x"] {
            for text in texts {
                let wanted = contains(text, pattern);
                assert_eq!(
                    Search::new(pattern).map_or(wanted, |search| search.is_in(text.as_bytes())),
                    wanted,
                    "{pattern:?} in {text:?}"
                );
            }
        }
    }
}
