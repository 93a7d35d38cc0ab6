//! RFC 2047 encoded words, for display only: UTF-8, US-ASCII and ISO-8859-1; others stay as they are.

use super::text::{is_header_safe, split_on};

/// Decodes what it knows. The result is header-safe.
pub fn decode_words(text: &str) -> String {
    let mut out = String::new();
    let mut pending = Pending::default();
    let mut rest = text;
    while let Some((before, after)) = split_on(rest, "=?") {
        let word = Word::read(after);
        // Space between two encoded words is not shown (RFC 2047, 6.2).
        let blank = before.trim_matches([' ', '\t']).is_empty();
        if word.is_none() || pending.is_empty() || !blank {
            pending.flush(&mut out);
            out.push_str(before);
        }
        if let Some((word, next)) = word {
            if pending.charset != Some(word.charset) {
                pending.flush(&mut out);
            }
            pending.charset = Some(word.charset);
            pending.bytes.extend(word.bytes);
            rest = next;
        } else {
            out.push_str("=?");
            rest = after;
        }
    }
    pending.flush(&mut out);
    out.push_str(rest);
    out.chars().map(|c| if is_header_safe(c) { c } else { ' ' }).collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Charset {
    Utf8,
    Latin1,
}

/// Adjacent words of one charset are decoded together: some senders split a character between them.
#[derive(Default)]
struct Pending {
    charset: Option<Charset>,
    bytes: Vec<u8>,
}

impl Pending {
    fn is_empty(&self) -> bool {
        self.charset.is_none()
    }

    fn flush(&mut self, out: &mut String) {
        match self.charset.take() {
            Some(Charset::Utf8) => push_lossy(&self.bytes, out),
            Some(Charset::Latin1) => out.extend(self.bytes.iter().map(|&b| char::from(b))),
            None => {}
        }
        self.bytes.clear();
    }
}

/// What is no UTF-8 becomes U+FFFD.
fn push_lossy(mut bytes: &[u8], out: &mut String) {
    while let Err(error) = std::str::from_utf8(bytes) {
        let (valid, rest) = bytes.split_at_checked(error.valid_up_to()).unwrap_or_default();
        out.push_str(std::str::from_utf8(valid).unwrap_or_default());
        out.push('\u{FFFD}');
        bytes = error.error_len().and_then(|length| rest.get(length..)).unwrap_or_default();
    }
    out.push_str(std::str::from_utf8(bytes).unwrap_or_default());
}

struct Word {
    charset: Charset,
    bytes: Vec<u8>,
}

impl Word {
    /// `charset?B|Q?text?=` at the start of `text`, and what follows it.
    fn read(text: &str) -> Option<(Self, &str)> {
        // RFC 2047 caps a word at 75; the window keeps a hostile subject linear.
        let mut window = text.len().min(1024);
        while !text.is_char_boundary(window) {
            window = window.saturating_sub(1);
        }
        let (charset, rest) = text.get(..window)?.split_once('?')?;
        let (encoding, rest) = rest.split_once('?')?;
        let (encoded, _) = split_on(rest, "?=")?;
        let length = charset.len() + encoding.len() + encoded.len() + 4;
        let charset = match charset.split('*').next()?.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" => Charset::Utf8,
            "iso-8859-1" | "latin1" => Charset::Latin1,
            _ => return None,
        };
        let bytes = match encoding {
            "b" | "B" => base64(encoded)?,
            "q" | "Q" => quoted(encoded)?,
            _ => return None,
        };
        let next = text.get(length..)?;
        Some((Self { charset, bytes }, next))
    }
}

fn quoted(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut input = text.bytes();
    while let Some(b) = input.next() {
        bytes.push(match b {
            b'_' => b' ',
            b'=' => {
                let (high, low) = (hex(input.next()?)?, hex(input.next()?)?);
                high << 4 | low
            }
            b' ' | b'\t' => return None,
            _ => b,
        });
    }
    Some(bytes)
}

fn hex(b: u8) -> Option<u8> {
    char::from(b).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut bits, mut count) = (0_u32, 0_u32);
    for b in text.trim_end_matches('=').bytes() {
        let value = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xFFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xFF).ok()?);
        }
    }
    Some(bytes)
}
