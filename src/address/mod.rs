//! Recipients and the header block. What is taken here can neither add nor end a header, name another
//! recipient nor hide one (G14, G15). Refusals name a position, never the text (G17).

mod addr;
mod date;
mod domain;
mod fields;
mod headers;
mod list;
mod text;
mod words;

pub use addr::{Address, Mailbox, SMTP, domain_of};
pub use date::format_date;
pub use headers::{HEADER_MAX, TakenHeaders, make_message_id, take_headers};
pub use list::{parse_list, parse_mailbox, parse_mailbox_of};
pub use text::{ADDRESS_MAX, DISPLAY_NAME_MAX, SUBJECT_MAX, check_text, is_header_safe, split_at_last};
pub use words::decode_words;

use crate::mapi::{Digits, MapiError, Scode, told};

fn refuse(expected: impl Into<String>, got: impl Into<String>) -> MapiError {
    MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, expected, got)
}

/// A character by number and place: enough to find it, nothing to leak.
fn at(c: char, index: usize) -> String {
    told!["U+", Digits::hex(u32::from(c).into(), 4), " at character ", index]
}
