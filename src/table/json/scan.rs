//! Strict JSON, read where it lies: RFC 8259, no more. What is cut off is no fault yet.

use crate::table::text::{EACH, HIGH, eight, zeros};

/// Deepest value of a field that is passed over.
const DEEPEST: usize = 64;

/// Why a text cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// It ends here.
    End,
    /// This was expected.
    Syntax(&'static str),
    /// A column holds no such value.
    Value(usize),
    /// A column has a value already.
    Twice(usize),
    /// A value of a column has too many items.
    Items(usize),
    /// Text of a column holds what no text can: NUL, half a surrogate pair.
    Character(usize, &'static str),
    Depth,
    Rows,
}

/// And where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: What,
}

/// A text without its escapes: part of what is read, or what was made of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    Plain(&'a str),
    /// From here to there in the room for such texts.
    Made(usize, usize),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Whole(i64),
    Real(f64),
}

/// Why a text is well-formed and none of ours.
pub(super) const NUL: &str = "a NUL";
pub(super) const HALF: &str = "half a surrogate pair";

/// The lowest high bit is that of the first byte that may not stand in a text as it is.
const fn special(word: u64) -> u64 {
    zeros(word ^ (EACH * b'"' as u64))
        | zeros(word ^ (EACH * b'\\' as u64))
        | (word.wrapping_sub(EACH * 0x20) & !word & HIGH)
}

pub(super) struct Scan<'a> {
    text: &'a str,
    pub(super) at: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn fault(&self, what: What) -> Fault {
        Fault { at: self.at, what }
    }

    /// Passes over a byte order mark, where one may be.
    pub(super) fn mark(&mut self, first: bool) {
        if first && self.at == 0 && self.text.starts_with('\u{FEFF}') {
            self.at = 3;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn step(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    /// The first byte that is no white space; where it is.
    pub(super) fn token(&mut self) -> Result<u8, Fault> {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.step(),
                Some(byte) => return Ok(byte),
                None => return Err(self.fault(What::End)),
            }
        }
    }

    /// That byte and no other.
    pub(super) fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), Fault> {
        if self.token()? != byte {
            return Err(self.fault(What::Syntax(expected)));
        }
        self.step();
        Ok(())
    }

    /// True: an item follows; false: this was the end of a list.
    pub(super) fn more(&mut self, close: u8, expected: &'static str) -> Result<bool, Fault> {
        let byte = self.token()?;
        if byte != b',' && byte != close {
            return Err(self.fault(What::Syntax(expected)));
        }
        self.step();
        Ok(byte == b',')
    }

    /// Up to the next byte that is special, which that is.
    fn plain(&mut self) -> Result<u8, Fault> {
        let bytes = self.text.as_bytes();
        loop {
            let found = special(eight(bytes, self.at));
            if found != 0 {
                self.at = self.at.wrapping_add((found.trailing_zeros() >> 3) as usize);
                return self.peek().ok_or_else(|| self.fault(What::End));
            }
            self.at = self.at.wrapping_add(8);
        }
    }

    /// A text, which stands here. What has escapes is made in `room`; the reason why it is none of ours, if so.
    pub(super) fn string(&mut self, room: &mut String) -> Result<(Piece<'a>, Option<&'static str>), Fault> {
        self.expect(b'"', "a text")?;
        let mut from = self.at;
        let base = room.len();
        let mut odd = None;
        loop {
            let byte = self.plain()?;
            let part = self.text.get(from..self.at).unwrap_or_default();
            if byte == b'"' {
                self.step();
                if room.len() == base && odd.is_none() {
                    return Ok((Piece::Plain(part), None));
                }
                room.push_str(part);
                return Ok((Piece::Made(base, room.len()), odd));
            }
            if byte != b'\\' {
                return Err(self.fault(What::Syntax("no control character in a text")));
            }
            room.push_str(part);
            match self.escape()? {
                Some('\0') => odd = Some(NUL),
                Some(made) => room.push(made),
                None => odd = Some(HALF),
            }
            from = self.at;
        }
    }

    /// What stands behind a backslash; `None`: half a surrogate pair.
    fn escape(&mut self) -> Result<Option<char>, Fault> {
        let start = self.at;
        self.step();
        let byte = self.peek().ok_or_else(|| self.fault(What::End))?;
        let made = match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.step();
                let unit = self.unit()?;
                if !(0xD800..0xDC00).contains(&unit) {
                    return Ok(char::from_u32(unit));
                }
                let behind = self.at;
                if self.peek().is_none() {
                    return Err(self.fault(What::End));
                }
                if self.peek() == Some(b'\\') {
                    self.step();
                    if self.peek().is_none() {
                        return Err(self.fault(What::End));
                    }
                    if self.peek() == Some(b'u') {
                        self.step();
                        let low = self.unit()?;
                        if (0xDC00..0xE000).contains(&low) {
                            return Ok(char::from_u32(0x1_0000 + ((unit & 0x3FF) << 10) + (low & 0x3FF)));
                        }
                    }
                }
                self.at = behind;
                return Ok(None);
            }
            _ => return Err(Fault { at: start, what: What::Syntax("an escape of JSON") }),
        };
        self.step();
        Ok(Some(made))
    }

    /// Four digits in hex.
    fn unit(&mut self) -> Result<u32, Fault> {
        let mut unit = 0;
        for _ in 0..4 {
            let byte = self.peek().ok_or_else(|| self.fault(What::End))?;
            let digit = char::from(byte).to_digit(16).ok_or_else(|| self.fault(What::Syntax("four digits in hex")))?;
            unit = unit << 4 | digit;
            self.step();
        }
        Ok(unit)
    }

    /// At least one digit.
    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.step();
        }
        match self.peek() {
            None => Err(self.fault(What::End)),
            Some(_) if self.at == start => Err(self.fault(What::Syntax("a digit"))),
            Some(_) => Ok(()),
        }
    }

    /// A number, which stands here. None is cut off: something follows it.
    pub(super) fn number(&mut self) -> Result<Number, Fault> {
        let start = self.at;
        let below = self.peek() == Some(b'-');
        if below {
            self.step();
        }
        let first = self.at;
        let mut whole = 0_i64;
        while let Some(digit) = self.peek().map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            whole = whole.wrapping_mul(10).wrapping_add(i64::from(digit));
            self.step();
        }
        let count = self.at.wrapping_sub(first);
        let next = self.peek().ok_or_else(|| self.fault(What::End))?;
        if count == 0 || (count > 1 && self.text.as_bytes().get(first) == Some(&b'0')) {
            return Err(Fault { at: first, what: What::Syntax("a number without leading zeros") });
        }
        if !matches!(next, b'.' | b'e' | b'E') && count < 19 && !(below && whole == 0) {
            return Ok(Number::Whole(if below { whole.wrapping_neg() } else { whole }));
        }
        if next == b'.' {
            self.step();
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.step();
            if let Some(b'+' | b'-') = self.peek() {
                self.step();
            }
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        Ok(Number::Real(text.parse().unwrap_or(f64::INFINITY)))
    }

    /// One of the three words, which begins here.
    pub(super) fn word(&mut self, word: &'static str) -> Result<(), Fault> {
        for byte in word.bytes() {
            match self.peek() {
                None => return Err(self.fault(What::End)),
                Some(other) if other != byte => return Err(self.fault(What::Syntax("a value of JSON"))),
                Some(_) => self.step(),
            }
        }
        Ok(())
    }

    /// Any value: passed over, and well-formed.
    pub(super) fn skip(&mut self, room: &mut String, depth: usize) -> Result<(), Fault> {
        let byte = self.token()?;
        match byte {
            b'"' => self.string(room).map(|_| ()),
            b'-' | b'0'..=b'9' => self.number().map(|_| ()),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            b'{' | b'[' => {
                if depth == DEEPEST {
                    return Err(self.fault(What::Depth));
                }
                let close = byte.wrapping_add(2);
                self.step();
                if self.token()? == close {
                    self.step();
                    return Ok(());
                }
                loop {
                    if byte == b'{' {
                        self.token()?;
                        self.string(room)?;
                        self.expect(b':', "a colon")?;
                    }
                    self.skip(room, depth.wrapping_add(1))?;
                    if !self.more(close, "a comma, or an end")? {
                        return Ok(());
                    }
                }
            }
            _ => Err(self.fault(What::Syntax("a value of JSON"))),
        }
    }

    /// What kind of value begins at a byte.
    pub(super) fn kind(&self, at: usize) -> &'static str {
        match self.text.as_bytes().get(at) {
            None => "the end",
            Some(b'"') => "a text",
            Some(b'-' | b'0'..=b'9') => "a number",
            Some(b'{') => "an object",
            Some(b'[') => "an array",
            Some(b't' | b'f') => "true or false",
            Some(b'n') => "null",
            Some(_) => "another character",
        }
    }
}
