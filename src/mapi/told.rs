//! Text made of parts. Not by `format!`: core's formatting costs code at every call, and more for every type of number.

use super::{PropTag, Text};

/// What can stand in a text.
pub trait Tell {
    /// Puts itself at the end.
    fn tell(&self, to: &mut String);
}

/// A `String` of these parts, one after the other.
macro_rules! told {
    ($($part:expr),+ $(,)?) => {{
        let mut text = String::new();
        $($crate::mapi::Tell::tell(&$part, &mut text);)+
        text
    }};
}
pub(crate) use told;

/// A number with zeros before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digits {
    number: u64,
    least: u32,
    radix: u32,
}

impl Digits {
    /// Decimal, of so many digits or more.
    pub const fn decimal(number: u64, least: u32) -> Self {
        Self { number, least, radix: 10 }
    }
    /// Hexadecimal, of so many digits or more.
    pub const fn hex(number: u64, least: u32) -> Self {
        Self { number, least, radix: 16 }
    }
}

/// A word of flags or a code: `0x0000000A`.
pub fn hex_word(word: u32) -> String {
    told!["0x", Digits::hex(word.into(), 8)]
}

impl Tell for Digits {
    fn tell(&self, to: &mut String) {
        let Self { number, least, radix } = *self;
        let (rest, last) = (number / u64::from(radix), number % u64::from(radix));
        if rest > 0 || least > 1 {
            Self { number: rest, least: least.saturating_sub(1), radix }.tell(to);
        }
        let digit = u32::try_from(last).ok().and_then(|last| char::from_digit(last, radix)).unwrap_or_default();
        to.push(digit.to_ascii_uppercase());
    }
}

impl Tell for str {
    fn tell(&self, to: &mut String) {
        to.push_str(self);
    }
}

impl Tell for String {
    fn tell(&self, to: &mut String) {
        to.push_str(self);
    }
}

impl Tell for Text {
    fn tell(&self, to: &mut String) {
        to.push_str(self);
    }
}

impl Tell for char {
    fn tell(&self, to: &mut String) {
        to.push(*self);
    }
}

impl Tell for u64 {
    fn tell(&self, to: &mut String) {
        Digits::decimal(*self, 1).tell(to);
    }
}

impl Tell for u32 {
    fn tell(&self, to: &mut String) {
        u64::from(*self).tell(to);
    }
}

impl Tell for usize {
    fn tell(&self, to: &mut String) {
        u64::try_from(*self).unwrap_or(u64::MAX).tell(to);
    }
}

impl Tell for i64 {
    fn tell(&self, to: &mut String) {
        if *self < 0 {
            to.push('-');
        }
        self.unsigned_abs().tell(to);
    }
}

/// As `Debug` shows it: the name, if it has one, and the number.
impl Tell for PropTag {
    fn tell(&self, to: &mut String) {
        match self.name() {
            Some(name) => to.push_str(&told![name, "(", hex_word(self.0), ")"]),
            None => to.push_str(&hex_word(self.0)),
        }
    }
}

impl<T: Tell + ?Sized> Tell for &T {
    fn tell(&self, to: &mut String) {
        (**self).tell(to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapi::{PR_STATUS_CODE, PropType};

    #[test]
    fn numbers_are_told_as_core_formats_them() {
        for n in [0, 9, 10, 99, 100, 12_345, u64::MAX] {
            assert_eq!(told![n], format!("{n}"));
            assert_eq!(told![Digits::decimal(n, 4)], format!("{n:04}"));
            assert_eq!(told![Digits::hex(n, 4)], format!("{n:04X}"));
        }
        for n in [i64::MIN, -10, -1, 0, 7, i64::MAX] {
            assert_eq!(told![n], format!("{n}"));
        }
    }

    #[test]
    fn tags_are_told_as_they_are_debugged() {
        for tag in [PR_STATUS_CODE, PropTag::new(0x9999, PropType::Long)] {
            assert_eq!(told!["a ", tag], format!("a {tag:?}"));
        }
    }
}
