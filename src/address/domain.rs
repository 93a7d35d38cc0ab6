//! Domains: LDH labels and U-labels. Characters that some mapping turns into other letters, into a dot or into
//! nothing are refused, so that every reader finds the same domain; the A-label (`xn--…`) is the way out (B17).

use super::text::split_at_last;
use super::{at, refuse};
use crate::mapi::{MapiResult, told};

const DOMAIN_MAX: usize = 253;
const LABEL_MAX: usize = 63;
/// `xn--` and 59 more: no U-label of an A-label that fits can be longer.
const U_LABEL_MAX: usize = 59;

pub(super) fn check_domain(domain: &str) -> MapiResult<()> {
    if domain.len() > DOMAIN_MAX {
        return Err(refuse(told!["a domain of at most ", DOMAIN_MAX, " octets"], told![domain.len(), " octets"]));
    }
    if is_plain(domain) {
        return Ok(());
    }
    for label in domain.split('.') {
        check_label(label)?;
    }
    let last = split_at_last(domain, b'.').map_or(domain, |(_, last)| last);
    if last.bytes().all(|b| b.is_ascii_digit()) {
        return Err(refuse("a domain name", "a number as its last label, as in an IP address"));
    }
    Ok(())
}

/// What most domains are: short, of ASCII letters, digits and inner hyphens, a letter at the end.
fn is_plain(domain: &str) -> bool {
    let mut before = b'.';
    for b in domain.bytes() {
        let fits = match b {
            b'.' => before.is_ascii_alphanumeric(),
            b'-' => before != b'.',
            _ => b.is_ascii_alphanumeric(),
        };
        if !fits {
            return false;
        }
        before = b;
    }
    before.is_ascii_alphabetic() && domain.len() <= LABEL_MAX
}

fn check_label(label: &str) -> MapiResult<()> {
    let expected = "domain labels of letters, digits and inner hyphens (else write the A-label, xn--…)";
    let max = if label.is_ascii() { LABEL_MAX } else { U_LABEL_MAX };
    let length = label.chars().count();
    if length == 0 || length > max {
        return Err(refuse(told!["domain labels of 1 to ", max, " characters"], told![length, " characters"]));
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err(refuse(expected, "a hyphen at the end of a label"));
    }
    for (index, c) in label.chars().enumerate() {
        let letter = if c.is_ascii() {
            c.is_ascii_alphanumeric() || c == '-'
        } else {
            (c.is_alphanumeric() && !is_compatibility(c)) || (index > 0 && is_mark(c))
        };
        if !letter {
            return Err(refuse(expected, at(c, index)));
        }
    }
    Ok(())
}

/// Blocks whose letters and numbers are other characters in disguise (NFKC).
const fn is_compatibility(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{BF}' | '\u{132}'..='\u{133}' | '\u{13F}'..='\u{140}' | '\u{149}' | '\u{17F}'
        | '\u{1C4}'..='\u{1CC}' | '\u{1F1}'..='\u{1F3}' | '\u{2B0}'..='\u{2B8}' | '\u{2E0}'..='\u{2E4}'
        | '\u{3D0}'..='\u{3D6}' | '\u{3F0}'..='\u{3F5}' | '\u{1100}'..='\u{11FF}' | '\u{1D2C}'..='\u{1D6A}' | '\u{1D78}' | '\u{1D9B}'..='\u{1DBF}'
        | '\u{1E9A}'..='\u{1E9B}' | '\u{2000}'..='\u{2BFF}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3040}'
        | '\u{3131}'..='\u{319F}' | '\u{3200}'..='\u{33FF}' | '\u{F900}'..='\u{FFFF}' | '\u{1D400}'..='\u{1D7FF}'
        | '\u{1EE00}'..='\u{1EEFF}' | '\u{1F000}'..='\u{1FBFF}' | '\u{2F800}'..='\u{2FA1F}' | '\u{E0000}'..='\u{10FFFF}')
}

/// Marks that words of living scripts need; `char::is_alphanumeric` leaves them out.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{33F}' | '\u{93C}' | '\u{94D}' | '\u{9BC}' | '\u{9CD}' | '\u{A3C}' | '\u{A4D}'
        | '\u{ABC}' | '\u{ACD}' | '\u{B3C}' | '\u{B4D}' | '\u{BCD}' | '\u{C4D}' | '\u{CBC}' | '\u{CCD}' | '\u{D4D}'
        | '\u{DCA}' | '\u{E3A}' | '\u{E47}'..='\u{E4E}' | '\u{EBA}' | '\u{EC8}'..='\u{ECD}' | '\u{F84}'
        | '\u{1039}'..='\u{103A}' | '\u{17D2}' | '\u{3099}'..='\u{309A}')
}
