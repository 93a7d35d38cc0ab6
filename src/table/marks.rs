//! What is left of a character without its nonspacing marks, in Latin, Greek, Cyrillic, Hebrew and Arabic. The marks of
//! other scripts spell other letters: they stay.

use super::text::fold;
use crate::mapi::ContentMatch;

/// Characters from `first` on, `count` of them: the letter `base` with marks. Every other one is `by` further: the
/// small letter.
struct Run {
    first: u16,
    base: u16,
    count: u8,
    by: u8,
}

const fn run(first: u16, count: u8, base: u16, by: u8) -> Run {
    Run { first, base, count, by }
}

#[rustfmt::skip]
static RUNS: [Run; 246] = [
    run(0x00C0, 6, 0x0041, 0), run(0x00C7, 1, 0x0043, 0), run(0x00C8, 4, 0x0045, 0), run(0x00CC, 4, 0x0049, 0),
    run(0x00D1, 1, 0x004E, 0), run(0x00D2, 5, 0x004F, 0), run(0x00D9, 4, 0x0055, 0), run(0x00DD, 1, 0x0059, 0),
    run(0x00E0, 6, 0x0061, 0), run(0x00E7, 1, 0x0063, 0), run(0x00E8, 4, 0x0065, 0), run(0x00EC, 4, 0x0069, 0),
    run(0x00F1, 1, 0x006E, 0), run(0x00F2, 5, 0x006F, 0), run(0x00F9, 4, 0x0075, 0), run(0x00FD, 1, 0x0079, 0),
    run(0x00FF, 1, 0x0079, 0), run(0x0100, 6, 0x0041, 32), run(0x0106, 8, 0x0043, 32), run(0x010E, 2, 0x0044, 32),
    run(0x0112, 10, 0x0045, 32), run(0x011C, 8, 0x0047, 32), run(0x0124, 2, 0x0048, 32), run(0x0128, 9, 0x0049, 32),
    run(0x0134, 2, 0x004A, 32), run(0x0136, 2, 0x004B, 32), run(0x0139, 6, 0x004C, 32), run(0x0143, 6, 0x004E, 32),
    run(0x014C, 6, 0x004F, 32), run(0x0154, 6, 0x0052, 32), run(0x015A, 8, 0x0053, 32), run(0x0162, 4, 0x0054, 32),
    run(0x0168, 12, 0x0055, 32), run(0x0174, 2, 0x0057, 32), run(0x0176, 3, 0x0059, 32), run(0x0179, 6, 0x005A, 32),
    run(0x01A0, 2, 0x004F, 32), run(0x01AF, 2, 0x0055, 32), run(0x01CD, 2, 0x0041, 32), run(0x01CF, 2, 0x0049, 32),
    run(0x01D1, 2, 0x004F, 32), run(0x01D3, 10, 0x0055, 32), run(0x01DE, 4, 0x0041, 32), run(0x01E2, 2, 0x00C6, 32),
    run(0x01E6, 2, 0x0047, 32), run(0x01E8, 2, 0x004B, 32), run(0x01EA, 4, 0x004F, 32), run(0x01EE, 1, 0x01B7, 0),
    run(0x01EF, 1, 0x0292, 0), run(0x01F0, 1, 0x006A, 0), run(0x01F4, 2, 0x0047, 32), run(0x01F8, 2, 0x004E, 32),
    run(0x01FA, 2, 0x0041, 32), run(0x01FC, 2, 0x00C6, 32), run(0x01FE, 2, 0x00D8, 32), run(0x0200, 4, 0x0041, 32),
    run(0x0204, 4, 0x0045, 32), run(0x0208, 4, 0x0049, 32), run(0x020C, 4, 0x004F, 32), run(0x0210, 4, 0x0052, 32),
    run(0x0214, 4, 0x0055, 32), run(0x0218, 2, 0x0053, 32), run(0x021A, 2, 0x0054, 32), run(0x021E, 2, 0x0048, 32),
    run(0x0226, 2, 0x0041, 32), run(0x0228, 2, 0x0045, 32), run(0x022A, 8, 0x004F, 32), run(0x0232, 2, 0x0059, 32),
    run(0x0385, 1, 0x00A8, 0), run(0x0386, 1, 0x0391, 0), run(0x0388, 1, 0x0395, 0), run(0x0389, 1, 0x0397, 0),
    run(0x038A, 1, 0x0399, 0), run(0x038C, 1, 0x039F, 0), run(0x038E, 1, 0x03A5, 0), run(0x038F, 1, 0x03A9, 0),
    run(0x0390, 1, 0x03B9, 0), run(0x03AA, 1, 0x0399, 0), run(0x03AB, 1, 0x03A5, 0), run(0x03AC, 1, 0x03B1, 0),
    run(0x03AD, 1, 0x03B5, 0), run(0x03AE, 1, 0x03B7, 0), run(0x03AF, 1, 0x03B9, 0), run(0x03B0, 1, 0x03C5, 0),
    run(0x03CA, 1, 0x03B9, 0), run(0x03CB, 1, 0x03C5, 0), run(0x03CC, 1, 0x03BF, 0), run(0x03CD, 1, 0x03C5, 0),
    run(0x03CE, 1, 0x03C9, 0), run(0x03D3, 2, 0x03D2, 0), run(0x0400, 2, 0x0415, 0), run(0x0403, 1, 0x0413, 0),
    run(0x0407, 1, 0x0406, 0), run(0x040C, 1, 0x041A, 0), run(0x040D, 1, 0x0418, 0), run(0x040E, 1, 0x0423, 0),
    run(0x0419, 1, 0x0418, 0), run(0x0439, 1, 0x0438, 0), run(0x0450, 2, 0x0435, 0), run(0x0453, 1, 0x0433, 0),
    run(0x0457, 1, 0x0456, 0), run(0x045C, 1, 0x043A, 0), run(0x045D, 1, 0x0438, 0), run(0x045E, 1, 0x0443, 0),
    run(0x0476, 1, 0x0474, 0), run(0x0477, 1, 0x0475, 0), run(0x04C1, 2, 0x0416, 32), run(0x04D0, 4, 0x0410, 32),
    run(0x04D6, 2, 0x0415, 32), run(0x04DA, 1, 0x04D8, 0), run(0x04DB, 1, 0x04D9, 0), run(0x04DC, 2, 0x0416, 32),
    run(0x04DE, 2, 0x0417, 32), run(0x04E2, 4, 0x0418, 32), run(0x04E6, 2, 0x041E, 32), run(0x04EA, 1, 0x04E8, 0),
    run(0x04EB, 1, 0x04E9, 0), run(0x04EC, 2, 0x042D, 32), run(0x04EE, 6, 0x0423, 32), run(0x04F4, 2, 0x0427, 32),
    run(0x04F8, 2, 0x042B, 32), run(0x0622, 2, 0x0627, 0), run(0x0624, 1, 0x0648, 0), run(0x0625, 1, 0x0627, 0),
    run(0x0626, 1, 0x064A, 0), run(0x06C0, 1, 0x06D5, 0), run(0x06C2, 1, 0x06C1, 0), run(0x06D3, 1, 0x06D2, 0),
    run(0x1E00, 2, 0x0041, 32), run(0x1E02, 6, 0x0042, 32), run(0x1E08, 2, 0x0043, 32), run(0x1E0A, 10, 0x0044, 32),
    run(0x1E14, 10, 0x0045, 32), run(0x1E1E, 2, 0x0046, 32), run(0x1E20, 2, 0x0047, 32), run(0x1E22, 10, 0x0048, 32),
    run(0x1E2C, 4, 0x0049, 32), run(0x1E30, 6, 0x004B, 32), run(0x1E36, 8, 0x004C, 32), run(0x1E3E, 6, 0x004D, 32),
    run(0x1E44, 8, 0x004E, 32), run(0x1E4C, 8, 0x004F, 32), run(0x1E54, 4, 0x0050, 32), run(0x1E58, 8, 0x0052, 32),
    run(0x1E60, 10, 0x0053, 32), run(0x1E6A, 8, 0x0054, 32), run(0x1E72, 10, 0x0055, 32), run(0x1E7C, 4, 0x0056, 32),
    run(0x1E80, 10, 0x0057, 32), run(0x1E8A, 4, 0x0058, 32), run(0x1E8E, 2, 0x0059, 32), run(0x1E90, 6, 0x005A, 32),
    run(0x1E96, 1, 0x0068, 0), run(0x1E97, 1, 0x0074, 0), run(0x1E98, 1, 0x0077, 0), run(0x1E99, 1, 0x0079, 0),
    run(0x1E9B, 1, 0x017F, 0), run(0x1EA0, 24, 0x0041, 32), run(0x1EB8, 16, 0x0045, 32), run(0x1EC8, 4, 0x0049, 32),
    run(0x1ECC, 24, 0x004F, 32), run(0x1EE4, 14, 0x0055, 32), run(0x1EF2, 8, 0x0059, 32), run(0x1F00, 8, 0x03B1, 0),
    run(0x1F08, 8, 0x0391, 0), run(0x1F10, 6, 0x03B5, 0), run(0x1F18, 6, 0x0395, 0), run(0x1F20, 8, 0x03B7, 0),
    run(0x1F28, 8, 0x0397, 0), run(0x1F30, 8, 0x03B9, 0), run(0x1F38, 8, 0x0399, 0), run(0x1F40, 6, 0x03BF, 0),
    run(0x1F48, 6, 0x039F, 0), run(0x1F50, 8, 0x03C5, 0), run(0x1F59, 1, 0x03A5, 0), run(0x1F5B, 1, 0x03A5, 0),
    run(0x1F5D, 1, 0x03A5, 0), run(0x1F5F, 1, 0x03A5, 0), run(0x1F60, 8, 0x03C9, 0), run(0x1F68, 8, 0x03A9, 0),
    run(0x1F70, 2, 0x03B1, 0), run(0x1F72, 2, 0x03B5, 0), run(0x1F74, 2, 0x03B7, 0), run(0x1F76, 2, 0x03B9, 0),
    run(0x1F78, 2, 0x03BF, 0), run(0x1F7A, 2, 0x03C5, 0), run(0x1F7C, 2, 0x03C9, 0), run(0x1F80, 8, 0x03B1, 0),
    run(0x1F88, 8, 0x0391, 0), run(0x1F90, 8, 0x03B7, 0), run(0x1F98, 8, 0x0397, 0), run(0x1FA0, 8, 0x03C9, 0),
    run(0x1FA8, 8, 0x03A9, 0), run(0x1FB0, 5, 0x03B1, 0), run(0x1FB6, 2, 0x03B1, 0), run(0x1FB8, 5, 0x0391, 0),
    run(0x1FC1, 1, 0x00A8, 0), run(0x1FC2, 3, 0x03B7, 0), run(0x1FC6, 2, 0x03B7, 0), run(0x1FC8, 2, 0x0395, 0),
    run(0x1FCA, 3, 0x0397, 0), run(0x1FCD, 3, 0x1FBF, 0), run(0x1FD0, 4, 0x03B9, 0), run(0x1FD6, 2, 0x03B9, 0),
    run(0x1FD8, 4, 0x0399, 0), run(0x1FDD, 3, 0x1FFE, 0), run(0x1FE0, 4, 0x03C5, 0), run(0x1FE4, 2, 0x03C1, 0),
    run(0x1FE6, 2, 0x03C5, 0), run(0x1FE8, 4, 0x03A5, 0), run(0x1FEC, 1, 0x03A1, 0), run(0x1FED, 2, 0x00A8, 0),
    run(0x1FF2, 3, 0x03C9, 0), run(0x1FF6, 2, 0x03C9, 0), run(0x1FF8, 2, 0x039F, 0), run(0x1FFA, 3, 0x03A9, 0),
    run(0x212B, 1, 0x0041, 0), run(0xFB1D, 1, 0x05D9, 0), run(0xFB1F, 1, 0x05F2, 0), run(0xFB2A, 4, 0x05E9, 0),
    run(0xFB2E, 3, 0x05D0, 0), run(0xFB31, 1, 0x05D1, 0), run(0xFB32, 1, 0x05D2, 0), run(0xFB33, 1, 0x05D3, 0),
    run(0xFB34, 1, 0x05D4, 0), run(0xFB35, 1, 0x05D5, 0), run(0xFB36, 1, 0x05D6, 0), run(0xFB38, 1, 0x05D8, 0),
    run(0xFB39, 1, 0x05D9, 0), run(0xFB3A, 1, 0x05DA, 0), run(0xFB3B, 1, 0x05DB, 0), run(0xFB3C, 1, 0x05DC, 0),
    run(0xFB3E, 1, 0x05DE, 0), run(0xFB40, 1, 0x05E0, 0), run(0xFB41, 1, 0x05E1, 0), run(0xFB43, 1, 0x05E3, 0),
    run(0xFB44, 1, 0x05E4, 0), run(0xFB46, 1, 0x05E6, 0), run(0xFB47, 1, 0x05E7, 0), run(0xFB48, 1, 0x05E8, 0),
    run(0xFB49, 1, 0x05E9, 0), run(0xFB4A, 1, 0x05EA, 0), run(0xFB4B, 1, 0x05D5, 0), run(0xFB4C, 1, 0x05D1, 0),
    run(0xFB4D, 1, 0x05DB, 0), run(0xFB4E, 1, 0x05E4, 0),
];

#[rustfmt::skip]
static MARKS: [(u16, u16); 30] = [
    (0x0300, 0x036F), (0x0483, 0x0487), (0x0591, 0x05BD), (0x05BF, 0x05BF), (0x05C1, 0x05C2), (0x05C4, 0x05C5), (0x05C7, 0x05C7),
    (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06DC), (0x06DF, 0x06E4), (0x06E7, 0x06E8), (0x06EA, 0x06ED),
    (0x0898, 0x089F), (0x08CA, 0x08E1), (0x08E3, 0x08FF), (0x1AB0, 0x1ABD), (0x1ABF, 0x1ACE), (0x1DC0, 0x1DFF), (0x20D0, 0x20DC),
    (0x20E1, 0x20E1), (0x20E5, 0x20F0), (0x2DE0, 0x2DFF), (0xA66F, 0xA66F), (0xA674, 0xA67D), (0xA69E, 0xA69F), (0xA8E0, 0xA8F1),
    (0xFB1E, 0xFB1E), (0xFE20, 0xFE2F),
];

/// The letter without its marks; `None` for a mark.
fn bare(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c);
    }
    let Ok(code) = u16::try_from(u32::from(c)) else { return Some(c) };
    let marks = MARKS.partition_point(|(first, _)| *first <= code);
    if marks.checked_sub(1).and_then(|at| MARKS.get(at)).is_some_and(|(_, last)| code <= *last) {
        return None;
    }
    let runs = RUNS.partition_point(|run| run.first <= code);
    let Some(run) = runs.checked_sub(1).and_then(|at| RUNS.get(at)) else { return Some(c) };
    let place = code.saturating_sub(run.first);
    if place >= u16::from(run.count) {
        return Some(c);
    }
    let by = if place % 2 == 1 { run.by } else { 0 };
    char::from_u32(u32::from(run.base).saturating_add(by.into()))
}

/// A pattern looked for in texts without regard to marks.
#[derive(Clone, Debug)]
pub(super) struct Bare {
    wanted: String,
    any_case: bool,
}

impl Bare {
    pub(super) fn new(pattern: &str, any_case: bool) -> Self {
        Self { wanted: letters(pattern, any_case).collect(), any_case }
    }

    /// Whether the text is the pattern, contains it or begins with it.
    pub(super) fn fits(&self, text: &str, how: ContentMatch) -> bool {
        match how {
            ContentMatch::Full => letters(text, self.any_case).eq(self.wanted.chars()),
            ContentMatch::Prefix => self.begins(text),
            ContentMatch::Substring => {
                self.wanted.is_empty()
                    || text.char_indices().any(|(at, _)| text.get(at..).is_some_and(|t| self.begins(t)))
            }
        }
    }

    fn begins(&self, text: &str) -> bool {
        let mut letters = letters(text, self.any_case);
        self.wanted.chars().all(|wanted| letters.next() == Some(wanted))
    }
}

fn letters(text: &str, any_case: bool) -> impl Iterator<Item = char> {
    text.chars().filter_map(bare).map(move |c| if any_case { fold(c) } else { c })
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::is_combining_mark;

    fn decomposed(c: char) -> Vec<char> {
        std::iter::once(c).nfd().collect()
    }

    #[test]
    fn letters_lose_the_marks_that_unicode_decomposes_them_into() {
        let mut found = 0;
        for c in ('\u{80}'..='\u{1FFF}').filter(|c| bare(*c).is_some_and(|left| left != *c)) {
            let parts = decomposed(c);
            assert_eq!(bare(c), parts.first().copied(), "{c:?}");
            assert!(parts.len() > 1 && parts.iter().skip(1).all(|mark| bare(*mark).is_none()), "{c:?}");
            found += 1;
        }
        assert!(found > 700, "{found}");
    }

    #[test]
    fn no_letter_of_these_scripts_keeps_its_marks() {
        let scripts = ['\u{C0}'..='\u{24F}', '\u{370}'..='\u{52F}', '\u{1E00}'..='\u{1FFF}', '\u{620}'..='\u{6FF}'];
        for c in scripts.into_iter().flatten() {
            let parts = decomposed(c);
            let marked = parts.len() > 1 && parts.iter().skip(1).all(|c| is_combining_mark(*c));
            // A spacing accent with another accent is no letter.
            let is_letter = parts.first().is_some_and(|c| c.is_alphabetic());
            assert!(!(marked && is_letter) || bare(c) == parts.first().copied(), "{c:?} of {parts:?}");
        }
    }

    #[test]
    fn only_marks_vanish_and_case_is_independent_of_them() {
        for c in '\0'..=char::MAX {
            match bare(c) {
                None => assert!(is_combining_mark(c), "{c:?}"),
                Some(left) => assert_eq!(bare(fold(c)).map(fold), Some(fold(left)), "{c:?}"),
            }
        }
    }
}
