//! Addresses: strict where mail systems disagree (B16).

use super::domain::check_domain;
use super::text::{ADDRESS_MAX, check_text, split_at_last, split_on};
use super::{at, refuse};
use crate::mapi::{MapiResult, Text, told};
use std::borrow::Cow;

/// The address type of internet mail.
pub const SMTP: &str = "SMTP";

/// RFC 5321's path without its brackets, in octets. The local part has no limit of its own: services
/// that hand out reply addresses exceed the 64 octets, and nothing here depends on it.
const SMTP_MAX: usize = 254;
const TYPE_MAX: usize = 32;

/// A checked address: its type (`PR_ADDRTYPE`) and its text (`PR_EMAIL_ADDRESS`), as given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    address_type: Cow<'static, str>,
    email: Text,
}

/// An address and the name shown beside it (may be empty).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mailbox {
    /// Header-safe; encoded words stay as they came.
    pub display_name: String,
    /// Where the mail goes.
    pub address: Address,
}

impl Address {
    /// An address of any type. `SMTP` takes a dot-atom addr-spec; other types any header-safe text.
    pub fn new(address_type: &str, email: &str) -> MapiResult<Self> {
        if address_type == SMTP {
            return Self::smtp(email);
        }
        let upper = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        if address_type.is_empty() || address_type.len() > TYPE_MAX || !address_type.bytes().all(upper) {
            let got = told![address_type.chars().count(), " characters, some not of A-Z and 0-9, or too many"];
            return Err(refuse(told!["addressType of 1 to ", TYPE_MAX, " characters of A-Z and 0-9"], got));
        }
        if email.trim().is_empty() {
            return Err(refuse("emailAddress", "nothing"));
        }
        check_text("emailAddress", email, ADDRESS_MAX)?;
        Ok(Self { address_type: Cow::Owned(address_type.to_owned()), email: email.into() })
    }

    /// An SMTP address: dot-atom local part (SMTPUTF8 allowed), domain of LDH or U-labels. Quoted local
    /// parts, comments, groups, source routes, encoded words and address literals are refused.
    pub fn smtp(email: &str) -> MapiResult<Self> {
        check_smtp(email)?;
        Ok(Self::checked(email.into()))
    }

    /// The same, holding this very text.
    pub fn smtp_of(email: &Text) -> MapiResult<Self> {
        check_smtp(email)?;
        Ok(Self::checked(email.clone()))
    }

    const fn checked(email: Text) -> Self {
        Self { address_type: Cow::Borrowed(SMTP), email }
    }

    /// `PR_ADDRTYPE`.
    pub fn address_type(&self) -> &str {
        &self.address_type
    }

    /// `PR_EMAIL_ADDRESS`.
    pub fn email_address(&self) -> &str {
        &self.email
    }

    /// The same, to be held.
    pub const fn email_text(&self) -> &Text {
        &self.email
    }

    /// Local part and domain of an SMTP address.
    pub fn parts(&self) -> Option<(&str, &str)> {
        if self.address_type == SMTP { split_at_last(&self.email, b'@') } else { None }
    }
}

/// The domain of a valid SMTP address.
pub fn domain_of(email: &str) -> Option<&str> {
    Address::smtp(email).ok()?;
    split_at_last(email, b'@').map(|(_, domain)| domain)
}

fn check_smtp(email: &str) -> MapiResult<()> {
    if email.len() > SMTP_MAX {
        return Err(refuse(told!["an address of at most ", SMTP_MAX, " octets"], told![email.len(), " octets"]));
    }
    let Some((local, domain)) = split_at_last(email, b'@') else {
        return Err(refuse("an address of the form local@domain", "no @"));
    };
    check_local(local)?;
    check_domain(domain)?;
    Ok(())
}

fn check_local(local: &str) -> MapiResult<()> {
    if !local.is_empty() && local.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(());
    }
    let expected = "a local part of dot-separated atoms, neither quoted nor with comments";
    let mut before = '.';
    for (index, c) in local.chars().enumerate() {
        let atom = c.is_ascii_alphanumeric()
            || b"!#$%&'*+-/=?^_`{|}~".iter().any(|b| char::from(*b) == c)
            || (!c.is_ascii() && is_utf8_atom(c));
        let dot = c == '.' && before != '.';
        if !atom && !dot {
            return Err(refuse(expected, at(c, index)));
        }
        before = c;
    }
    if before == '.' {
        return Err(refuse(expected, if local.is_empty() { "nothing" } else { "a dot at its end" }));
    }
    // Some mail systems decode it after the domain was found, and then find another one.
    if split_on(local, "=?").is_some_and(|(_, rest)| split_on(rest, "?=").is_some()) {
        return Err(refuse(expected, "an encoded word"));
    }
    Ok(())
}

/// Not what reads as a space, as nothing, or as an @.
fn is_utf8_atom(c: char) -> bool {
    let invisible = matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}');
    super::is_header_safe(c) && !c.is_whitespace() && !invisible && !matches!(c, '\u{FE6B}' | '\u{FF20}')
}
