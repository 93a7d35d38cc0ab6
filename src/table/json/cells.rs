//! A value of a column, as JSON has it.

use super::scan::{Fault, Number, Piece, Scan, What};
use crate::mapi::{PropType, PropValue};

/// In one cell.
const MOST_ITEMS: usize = 0x1_0000;
/// What a number of JavaScript holds exactly.
const SAFE: i64 = 9_007_199_254_740_991;
/// Ms: what a date of JavaScript may be.
const LATEST: i64 = 8_640_000_000_000_000;

/// What a column gets of a row, once the row is complete.
#[derive(Debug)]
pub(super) enum Fresh<'a> {
    /// The field has not come.
    Missing,
    Null,
    Whole(i64),
    Real(f64),
    Boolean(bool),
    Text(Piece<'a>),
    Other(PropValue),
}

/// The value that stands here, for the `at`-th column, of that type. Texts with escapes are made in `room`.
pub(super) fn value<'a>(scan: &mut Scan<'a>, at: usize, kind: PropType, room: &mut String) -> Result<Fresh<'a>, Fault> {
    let byte = scan.token()?;
    let wrong = Fault { at: scan.at, what: What::Value(at) };
    if byte == b'n' {
        return scan.word("null").map(|()| Fresh::Null);
    }
    match (kind, byte) {
        (PropType::Long | PropType::I8 | PropType::SysTime | PropType::Double, b'-' | b'0'..=b'9') => {
            number(scan.number()?, kind).ok_or(wrong)
        }
        (PropType::Boolean, b't') => scan.word("true").map(|()| Fresh::Boolean(true)),
        (PropType::Boolean, b'f') => scan.word("false").map(|()| Fresh::Boolean(false)),
        (PropType::Unicode, b'"') => text(scan, at, room).map(Fresh::Text),
        (PropType::Binary, b'"') => bytes(scan, at, room).map(|bytes| Fresh::Other(PropValue::Binary(bytes))),
        (PropType::MvLong, b'[') => {
            let mut all = Vec::new();
            items(scan, at, |scan| {
                let wrong = Fault { at: scan.at, what: What::Value(at) };
                if !matches!(scan.token()?, b'-' | b'0'..=b'9') {
                    return Err(wrong);
                }
                let Some(Fresh::Whole(n)) = number(scan.number()?, PropType::Long) else { return Err(wrong) };
                all.push(i32::try_from(n).map_err(|_| wrong)?);
                Ok(())
            })?;
            Ok(Fresh::Other(PropValue::MvLong(all)))
        }
        (PropType::MvUnicode, b'[') => {
            let mut all = Vec::new();
            items(scan, at, |scan| {
                let piece = text(scan, at, room)?;
                all.push(told(piece, room).to_owned());
                Ok(())
            })?;
            Ok(Fresh::Other(PropValue::MvStr(all)))
        }
        (PropType::MvBinary, b'[') => {
            let mut all = Vec::new();
            items(scan, at, |scan| {
                all.push(bytes(scan, at, room)?);
                Ok(())
            })?;
            Ok(Fresh::Other(PropValue::MvBinary(all)))
        }
        (_, _) => {
            // Malformed is malformed, whatever the column.
            scan.skip(room, 0)?;
            Err(wrong)
        }
    }
}

/// The characters of a piece.
pub(super) fn told<'a>(piece: Piece<'a>, room: &'a str) -> &'a str {
    match piece {
        Piece::Plain(text) => text,
        Piece::Made(from, to) => room.get(from..to).unwrap_or_default(),
    }
}

fn items<'a>(
    scan: &mut Scan<'a>,
    at: usize,
    mut each: impl FnMut(&mut Scan<'a>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    scan.step();
    if scan.token()? == b']' {
        scan.step();
        return Ok(());
    }
    let mut count = 0_usize;
    loop {
        scan.token()?;
        count = count.saturating_add(1);
        if count > MOST_ITEMS {
            return Err(scan.fault(What::Items(at)));
        }
        each(scan)?;
        if !scan.more(b']', "a comma, or the end of an array")? {
            return Ok(());
        }
    }
}

fn text<'a>(scan: &mut Scan<'a>, at: usize, room: &mut String) -> Result<Piece<'a>, Fault> {
    let start = scan.at;
    if scan.token()? != b'"' {
        return Err(Fault { at: start, what: What::Value(at) });
    }
    let (piece, odd) = scan.string(room)?;
    match odd {
        None => Ok(piece),
        Some(odd) => Err(Fault { at: start, what: What::Character(at, odd) }),
    }
}

fn bytes(scan: &mut Scan<'_>, at: usize, room: &mut String) -> Result<Vec<u8>, Fault> {
    let start = scan.at;
    let piece = text(scan, at, room)?;
    let wrong = Fault { at: start, what: What::Value(at) };
    let digits = told(piece, room).as_bytes();
    let mut made = Vec::with_capacity(digits.len() / 2);
    for pair in digits.chunks(2) {
        let [high, low] = pair else { return Err(wrong) };
        let nibble = |digit: u8| char::from(digit).to_digit(16);
        let (Some(high), Some(low)) = (nibble(*high), nibble(*low)) else { return Err(wrong) };
        made.extend(u8::try_from(high << 4 | low));
    }
    Ok(made)
}

/// As a column of that type has it. Systime is whole ms; whatever holds no fraction is whole.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn number<'a>(number: Number, kind: PropType) -> Option<Fresh<'a>> {
    let most = match kind {
        PropType::Double => {
            let n = match number {
                Number::Whole(n) => n as f64,
                Number::Real(n) => n,
            };
            // -0 is 0.
            return n.is_finite().then_some(Fresh::Real(n + 0.0));
        }
        PropType::Long => i64::from(i32::MAX),
        PropType::SysTime => LATEST,
        _ => SAFE,
    };
    let whole = match number {
        Number::Whole(n) => n,
        Number::Real(n) if kind == PropType::SysTime && n.is_finite() => n.floor() as i64,
        Number::Real(n) if n.fract() == 0.0 && n.abs() <= SAFE as f64 => n as i64,
        Number::Real(_) => return None,
    };
    let least = if kind == PropType::Long { i64::from(i32::MIN) } else { -most };
    (least..=most).contains(&whole).then_some(Fresh::Whole(whole))
}
