//! The fields of a header block, byte for byte.

use super::{at, is_header_safe, refuse};
use crate::mapi::MapiResult;

/// One field. `whole` is its bytes with every fold and the final CRLF.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    name: &'a str,
    value: &'a str,
    pub(super) whole: &'a str,
}

impl Field<'_> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value without folds and outer space.
    pub(super) fn unfolded(&self) -> String {
        let text: String = self.value.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        text.trim_matches([' ', '\t']).to_owned()
    }
}

/// Fields that tell a header block from a first line that happens to have a colon.
const KNOWN: [&str; 14] = [
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "References",
    "Received",
];

/// The fields of a block that ends with its empty line.
pub(super) fn fields(block: &str) -> MapiResult<Vec<Field<'_>>> {
    let mut found: Vec<Field<'_>> = Vec::new();
    let mut start = 0;
    let mut rest = block;
    loop {
        let (line, after) = line(rest, found.is_empty())?;
        if line.is_empty() {
            if after.is_empty() {
                return known(found);
            }
            return Err(refuse("only the header block", "bytes after its empty line"));
        }
        let end = block.len().saturating_sub(after.len());
        if line.starts_with([' ', '\t']) {
            // Some readers take such a line for the end of the headers.
            if line.trim_matches([' ', '\t']).is_empty() {
                return Err(refuse("header lines with text", "a line of spaces"));
            }
            let Some(last) = found.last_mut() else {
                return Err(not_a_block());
            };
            last.whole = block.get(start..end).unwrap_or_default();
            last.value = value_of(last.whole, last.name);
        } else {
            start = block.len().saturating_sub(rest.len());
            let whole = block.get(start..end).unwrap_or_default();
            let name = field_name(line).ok_or_else(|| {
                if found.is_empty() {
                    not_a_block()
                } else {
                    refuse("header lines of the form Name: value", "another line")
                }
            })?;
            found.push(Field { name, value: value_of(whole, name), whole });
        }
        rest = after;
    }
}

fn value_of<'a>(whole: &'a str, name: &str) -> &'a str {
    let after_colon = name.len().saturating_add(1);
    whole.get(after_colon..).and_then(|value| value.strip_suffix("\r\n")).unwrap_or_default()
}

fn field_name(line: &str) -> Option<&str> {
    let (name, _) = line.split_once(':')?;
    let ftext = |b: u8| b.is_ascii_graphic();
    if name.is_empty() || !name.bytes().all(ftext) { None } else { Some(name) }
}

/// The first line without its CRLF, and what follows it.
fn line(text: &str, first: bool) -> MapiResult<(&str, &str)> {
    let Some((line, after)) = text.split_once('\n') else {
        return Err(if first && field_name(text).is_none() {
            not_a_block()
        } else {
            refuse("an empty line after the headers", "none within the header block")
        });
    };
    let Some(line) = line.strip_suffix('\r') else {
        return Err(if first && field_name(line).is_none() {
            not_a_block()
        } else {
            refuse("lines that end with CRLF", "a line that ends with LF alone")
        });
    };
    for (index, c) in line.chars().enumerate() {
        if c != '\t' && !is_header_safe(c) {
            return Err(refuse("headers without control characters", at(c, index)));
        }
    }
    Ok((line, after))
}

fn known(found: Vec<Field<'_>>) -> MapiResult<Vec<Field<'_>>> {
    if found.iter().any(|field| KNOWN.iter().any(|name| field.is(name))) { Ok(found) } else { Err(not_a_block()) }
}

fn not_a_block() -> crate::mapi::MapiError {
    refuse(
        "MIME content that begins with its header fields (compose it with a MIME library, or submit `payload` to a transport that takes it)",
        "content without a header block",
    )
}
