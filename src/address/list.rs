//! Lists of mailboxes: tolerant about names, strict about addresses. One pass, no recursion.

use super::addr::{Address, Mailbox};
use super::refuse;
use super::text::{DISPLAY_NAME_MAX, check_text};
use crate::mapi::{MapiResult, Text, told};
use std::str::Chars;

/// Longest text for one mailbox, in characters.
const MAILBOX_MAX: usize = 4096;

/// `Name <a@b>` or `a@b`. A name with a comma needs quotes: `"Doe, Jane" <jane@example.org>`.
pub fn parse_mailbox(text: &str) -> MapiResult<Mailbox> {
    if is_plain(text) {
        return Ok(Mailbox { display_name: String::new(), address: Address::smtp(text)? });
    }
    check_text("an address", text, MAILBOX_MAX)?;
    let mut all = parse(text, false)?;
    match (all.pop(), all.len()) {
        (Some(one), 0) => Ok(one),
        (None, _) => Err(refuse("one address", "none")),
        (Some(_), more) => Err(refuse("one address (quote a name that has a comma)", told![more.saturating_add(1)])),
    }
}

/// The same of a text that others hold too: a plain address is not copied.
pub fn parse_mailbox_of(text: &Text) -> MapiResult<Mailbox> {
    if is_plain(text) {
        return Ok(Mailbox { display_name: String::new(), address: Address::smtp_of(text)? });
    }
    parse_mailbox(text)
}

/// One word of ASCII without quotes, comments and brackets: what most addresses are.
fn is_plain(text: &str) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'.' | b'-' | b'_' | b'+');
    !text.is_empty() && text.len() < MAILBOX_MAX && text.as_bytes().iter().all(plain)
}

/// RFC 5322's address-list, unfolded: mailboxes and groups.
pub fn parse_list(text: &str) -> MapiResult<Vec<Mailbox>> {
    parse(text, true)
}

fn parse(text: &str, groups: bool) -> MapiResult<Vec<Mailbox>> {
    let mut mailboxes = Vec::new();
    let mut entry = Entry::default();
    let mut in_group = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' => entry.end_atom(),
            ',' => mailboxes.extend(std::mem::take(&mut entry).finish()?),
            ';' if in_group => {
                mailboxes.extend(std::mem::take(&mut entry).finish()?);
                in_group = false;
            }
            ':' if groups && !in_group && entry.is_group_name() => {
                entry = Entry::default();
                in_group = true;
            }
            ';' | ':' | '>' => {
                return Err(refuse("a list of addresses", told![c, " outside a name or an address"]));
            }
            '(' => entry.push(Piece::Comment(comment(&mut chars)?)),
            '"' if entry.angle.is_none() => entry.push(Piece::Quoted(quoted(&mut chars)?)),
            '<' if entry.angle.is_none() => entry.open(&mut chars)?,
            _ if entry.angle.is_some() => {
                return Err(refuse("a comma after an address in brackets", "more text"));
            }
            _ => entry.add(c),
        }
    }
    if in_group {
        return Err(refuse("a group that ends with ;", "the end of the list"));
    }
    mailboxes.extend(entry.finish()?);
    Ok(mailboxes)
}

enum Piece {
    Atom(String),
    Quoted(String),
    Comment(String),
}

#[derive(Default)]
struct Entry {
    pieces: Vec<Piece>,
    in_atom: bool,
    angle: Option<Address>,
}

impl Entry {
    /// A name with an @ could hide a recipient.
    fn is_group_name(&self) -> bool {
        let name = |piece: &Piece| !matches!(piece, Piece::Atom(text) if text.contains(['@']));
        self.angle.is_none() && !self.pieces.is_empty() && self.pieces.iter().all(name)
    }

    fn end_atom(&mut self) {
        self.in_atom = false;
    }

    fn push(&mut self, piece: Piece) {
        self.in_atom = false;
        self.pieces.push(piece);
    }

    fn add(&mut self, c: char) {
        match self.pieces.last_mut() {
            Some(Piece::Atom(atom)) if self.in_atom => atom.push(c),
            _ => self.pieces.push(Piece::Atom(c.into())),
        }
        self.in_atom = true;
    }

    fn open(&mut self, chars: &mut Chars<'_>) -> MapiResult<()> {
        let Some((inside, rest)) = chars.as_str().split_once('>') else {
            return Err(refuse("> after an address in brackets", "the end of the text"));
        };
        *chars = rest.chars();
        self.in_atom = false;
        self.angle = Some(Address::smtp(inside.trim_matches([' ', '\t']))?);
        Ok(())
    }

    fn finish(self) -> MapiResult<Option<Mailbox>> {
        let bracketed = self.angle.is_some();
        let only_comments = self.pieces.iter().all(|p| matches!(p, Piece::Comment(_)));
        let mut address = self.angle;
        let mut display_name = String::new();
        for piece in self.pieces {
            match piece {
                Piece::Atom(text) if !bracketed && address.is_none() => {
                    address = Some(Address::smtp(&text)?);
                }
                Piece::Atom(text) | Piece::Quoted(text) if bracketed => add_word(&mut display_name, &text),
                Piece::Atom(_) | Piece::Quoted(_) => {
                    return Err(refuse("local@domain, or a name and <local@domain>", "several words"));
                }
                Piece::Comment(text) if bracketed && !only_comments => {
                    add_word(&mut display_name, &told!["(", text, ")"]);
                }
                Piece::Comment(text) => add_word(&mut display_name, &text),
            }
        }
        let display_name = display_name.trim().to_owned();
        check_text("displayName", &display_name, DISPLAY_NAME_MAX)?;
        Ok(address.map(|address| Mailbox { display_name, address }))
    }
}

fn add_word(phrase: &mut String, word: &str) {
    if !phrase.is_empty() {
        phrase.push(' ');
    }
    phrase.push_str(word);
}

/// The rest of a quoted string, without its quotes.
fn quoted(chars: &mut Chars<'_>) -> MapiResult<String> {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Ok(text),
            '\\' => text.extend(chars.next()),
            '\t' => text.push(' '),
            _ => text.push(c),
        }
    }
    Err(refuse("a closing \"", "the end of the text"))
}

/// The rest of a comment, comments in it included.
fn comment(chars: &mut Chars<'_>) -> MapiResult<String> {
    let mut text = String::new();
    let mut depth = 0_usize;
    while let Some(c) = chars.next() {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' if depth == 0 => return Ok(text),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match c {
            '\\' => text.extend(chars.next()),
            '\t' => text.push(' '),
            _ => text.push(c),
        }
    }
    Err(refuse("a closing )", "the end of the text"))
}
