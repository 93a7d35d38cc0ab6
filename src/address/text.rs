//! Text that may stand in a header.

use super::{at, refuse};
use crate::mapi::{MapiResult, told};

/// Longest display name, in characters.
pub const DISPLAY_NAME_MAX: usize = 1024;
/// Longest subject, in characters.
pub const SUBJECT_MAX: usize = 8192;
/// Longest address that is not SMTP, in characters.
pub const ADDRESS_MAX: usize = 1024;

/// False for what some reader takes for the end of a line or of a text: C0, DEL, C1, U+2028, U+2029 (B15).
pub const fn is_header_safe(c: char) -> bool {
    !matches!(c, '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{2028}' | '\u{2029}')
}

/// What stands before and after the first `mark`.
pub(super) fn split_on<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let at = text.as_bytes().windows(mark.len()).position(|window| window == mark.as_bytes())?;
    Some((text.get(..at)?, text.get(at.saturating_add(mark.len())..)?))
}

/// What stands before and after the last `mark`, which is ASCII; std's search from behind is a kilobyte.
pub fn split_at_last(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().rposition(|b| b == mark)?;
    Some((text.get(..at)?, text.get(at.saturating_add(1)..)?))
}

/// Refuses text that is not header-safe or longer than `max` characters. `field` names it in the refusal.
pub fn check_text(field: &str, text: &str, max: usize) -> MapiResult<()> {
    let mut length = text.len();
    if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        length = 0;
        for (index, c) in text.chars().enumerate() {
            if !is_header_safe(c) {
                return Err(refuse(told![field, " without control characters or line separators"], at(c, index)));
            }
            length = index.saturating_add(1);
        }
    }
    if length > max {
        return Err(refuse(told![field, " of at most ", max, " characters"], told![length, " characters"]));
    }
    Ok(())
}
