//! The header block of a submitted message (O-05): Bcc taken out, what is missing added, nothing else changed.

use super::addr::{Address, Mailbox};
use super::date::format_date;
use super::fields::{Field, fields};
use super::list::parse_list;
use super::refuse;
use super::text::SUBJECT_MAX;
use super::words::decode_words;
use crate::mapi::{MapiResult, told};

/// The longest header block, its empty line included, in bytes.
pub const HEADER_MAX: usize = 256 * 1024;
/// RFC 5322's longest line, less the field's name.
const MESSAGE_ID_MAX: usize = 980;

/// What a header block gave.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TakenHeaders {
    /// The block to send, up to and including its empty line; the body follows unchanged.
    pub bytes: Vec<u8>,
    /// The mailboxes of every `Bcc` and `Resent-Bcc`, in order.
    pub bcc: Vec<Mailbox>,
    /// With its angle brackets.
    pub message_id: String,
    /// True if the block had no Message-ID and got the offered one.
    pub message_id_added: bool,
    /// For display only: unfolded, encoded words decoded.
    pub subject: Option<String>,
    /// The first author, if the field parses.
    pub from: Option<Mailbox>,
}

/// `<uid@domain of from>` (O-04). Labels that are not ASCII are left out: a Message-ID must also pass a server
/// without SMTPUTF8, and the uid alone makes it unique.
pub fn make_message_id(uid: &str, from: &Address) -> String {
    let mut id = String::with_capacity(96);
    id.push('<');
    id.push_str(uid);
    let mut mark = '@';
    for label in from.parts().map_or("", |(_, domain)| domain).split('.') {
        if label.is_ascii() && !label.is_empty() {
            id.push(mark);
            id.push_str(label);
            mark = '.';
        }
    }
    id.push_str(if mark == '@' { "@invalid>" } else { ">" });
    id
}

/// Reads a block that ends with its empty line. `message_id` (with brackets) and `wall_ms` fill what is missing.
///
/// Refuses, with `MAPI_E_INVALID_PARAMETER`: content without a header block, lines that do not end with CRLF,
/// control characters, text that is not UTF-8, more than [`HEADER_MAX`] bytes, a Bcc that does not parse, and a
/// Message-ID that is malformed or there twice.
pub fn take_headers(block: &[u8], message_id: &str, wall_ms: i64) -> MapiResult<TakenHeaders> {
    if block.len() > HEADER_MAX {
        return Err(refuse(told!["a header block of at most ", HEADER_MAX, " bytes"], told![block.len(), " bytes"]));
    }
    let text = std::str::from_utf8(block)
        .map_err(|e| refuse("headers in ASCII or UTF-8", told!["another byte at ", e.valid_up_to()]))?;
    let mut taken = TakenHeaders {
        bytes: Vec::with_capacity(block.len().saturating_add(256)),
        bcc: Vec::new(),
        message_id: message_id.to_owned(),
        message_id_added: true,
        subject: None,
        from: None,
    };
    let (mut has_date, mut has_version) = (false, false);
    for field in fields(text)? {
        if field.is("Bcc") || field.is("Resent-Bcc") {
            taken.bcc.extend(parse_list(&field.unfolded())?);
            continue;
        }
        taken.bytes.extend_from_slice(field.whole.as_bytes());
        has_date |= field.is("Date");
        has_version |= field.is("MIME-Version");
        taken.note(&field)?;
    }
    if taken.message_id_added {
        taken.add("Message-ID", &taken.message_id.clone());
    }
    if !has_date {
        taken.add("Date", &format_date(wall_ms));
    }
    if !has_version {
        taken.add("MIME-Version", "1.0");
    }
    taken.bytes.extend_from_slice(b"\r\n");
    Ok(taken)
}

impl TakenHeaders {
    fn add(&mut self, name: &str, value: &str) {
        self.bytes.extend_from_slice(told![name, ": ", value, "\r\n"].as_bytes());
    }

    fn note(&mut self, field: &Field<'_>) -> MapiResult<()> {
        if field.is("Message-ID") {
            if !self.message_id_added {
                return Err(refuse("one Message-ID", "a second one"));
            }
            self.message_id = checked_id(field.unfolded())?;
            self.message_id_added = false;
        } else if field.is("Subject") && self.subject.is_none() {
            self.subject = Some(decode_words(&field.unfolded().chars().take(SUBJECT_MAX).collect::<String>()));
        } else if field.is("From") && self.from.is_none() {
            self.from = parse_list(&field.unfolded()).ok().and_then(|all| all.into_iter().next());
        }
        Ok(())
    }
}

/// It is what a lost answer is looked up by, so it must survive every reader as it is.
fn checked_id(id: String) -> MapiResult<String> {
    let inside = id.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or_default();
    if inside.is_empty() || id.len() > MESSAGE_ID_MAX || inside.contains(['<', '>', ' ', '\t']) {
        return Err(refuse("a Message-ID of the form <left@right>", "another form"));
    }
    Ok(id)
}
