//! Property names and values as JavaScript sees them: systime in ms, binary in lower-case hex, i8 a safe integer.

use super::super::length;
use crate::mapi::{Gather, MapiError, MapiResult, PropTag, PropType, PropValue, Scode, hex_word, told};
use crate::table::Cell;
use crate::wire::tape::{Reader, Tape, Writer};

/// A canonical name, or a raw tag such as `0x3E040003`.
pub fn tag(name: &str) -> MapiResult<PropTag> {
    let raw = name.strip_prefix("0x").filter(|hex| hex.len() <= 8);
    let found = PropTag::from_name(name).or_else(|| raw.and_then(|hex| u32::from_str_radix(hex, 16).ok()).map(PropTag));
    found.ok_or_else(|| {
        let expected = "a property's canonical name, or a tag such as 0x3E040003";
        MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, expected, name)
    })
}

/// All of them.
pub fn tags(r: &mut Reader<'_>) -> MapiResult<Vec<PropTag>> {
    let mut tags = Vec::new();
    for _ in 0..r.count() {
        tags.push(tag(r.text())?);
        if r.failed() {
            break;
        }
    }
    Ok(tags)
}

/// The name rows carry.
pub fn name(tag: PropTag) -> String {
    tag.name().map_or_else(|| hex_word(tag.0), str::to_owned)
}

/// Lower-case or upper-case hex.
pub fn bytes(hex: &str) -> Option<Vec<u8>> {
    if hex.len() % 2 != 0 {
        return None;
    }
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at.checked_add(2)?)?, 16).ok()).collect()
}

/// Appends bytes in hex; how many characters those are.
#[allow(clippy::cast_precision_loss)]
pub fn put_hex(bytes: &[u8], to: &mut String) -> f64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    for part in bytes.chunks(32) {
        let mut digits = [0; 64];
        // Four bytes at a time: nibbles apart, then letters behind the nine.
        for (four, eight) in part.chunks(4).zip(digits.chunks_exact_mut(8)) {
            let mut word = 0;
            for byte in four.iter().rev() {
                word = word << 8 | u64::from(*byte);
            }
            let pairs = (word | word << 16) & 0x0000_FFFF_0000_FFFF;
            let apart = (pairs | pairs << 8) & (0xFF * 0x0001_0001_0001_0001);
            let nibbles = (apart >> 4 | apart << 8) & (0x0F * ONES);
            let letters = (nibbles.wrapping_add(0x06 * ONES) >> 4) & ONES;
            let shown = nibbles.wrapping_add(0x30 * ONES).wrapping_add(letters.wrapping_mul(39));
            eight.copy_from_slice(&shown.to_le_bytes());
        }
        let digits = digits.get(..part.len().saturating_mul(2)).unwrap_or_default();
        to.push_str(std::str::from_utf8(digits).unwrap_or_default());
    }
    bytes.len().saturating_mul(2) as f64
}

pub const NULL: u32 = 0;
const ERROR: u32 = 1;
pub const NUMBER: u32 = 2;
pub const BOOLEAN: u32 = 3;
pub const TEXT: u32 = 4;
const NUMBERS: u32 = 5;
const TEXTS: u32 = 6;

/// Integers that a JavaScript number holds exactly.
pub const SAFE: i64 = 9_007_199_254_740_991;

/// A tag, then the value.
pub fn put_value(value: &PropValue, out: &mut Writer) {
    match value {
        PropValue::Null => NULL.put(out),
        value => put_cell(Cell::from(value), out),
    }
}

/// As [`put_value`].
pub fn put_cell(cell: Cell<'_>, out: &mut Writer) {
    match cell {
        Cell::Absent => (ERROR, Scode::MAPI_E_NOT_FOUND).put(out),
        Cell::Error(code) => (ERROR, code).put(out),
        Cell::Long(v) => (NUMBER, v).put(out),
        Cell::I8(v) | Cell::SysTime(v) if (-SAFE..=SAFE).contains(&v) => (NUMBER, v).put(out),
        Cell::I8(_) | Cell::SysTime(_) => (ERROR, Scode::MAPI_E_TOO_COMPLEX).put(out),
        Cell::Double(v) => {
            NUMBER.put(out);
            out.nums.push(v);
        }
        Cell::Boolean(v) => (BOOLEAN, v).put(out),
        Cell::Str(v) => {
            TEXT.put(out);
            out.text(v);
        }
        Cell::Binary(v) => {
            TEXT.put(out);
            put_bytes(v, out);
        }
        Cell::Key(v) => {
            TEXT.put(out);
            put_bytes(&v, out);
        }
        Cell::MvLong(v) => {
            NUMBERS.put(out);
            length(v.len(), out);
            for one in v {
                one.put(out);
            }
        }
        Cell::MvStr(v) => {
            TEXTS.put(out);
            length(v.len(), out);
            for one in v {
                out.text(one);
            }
        }
        Cell::MvBinary(v) => {
            TEXTS.put(out);
            length(v.len(), out);
            for one in v {
                put_bytes(one, out);
            }
        }
    }
}

fn put_bytes(bytes: &[u8], out: &mut Writer) {
    put_hex(bytes, &mut out.text);
    out.text("");
}

/// Names with their values.
pub fn put_cells(cells: Vec<(PropTag, PropValue)>, out: &mut Writer) {
    length(cells.len(), out);
    for (tag, value) in cells {
        name(tag).put(out);
        put_value(&value, out);
    }
}

/// The names of the columns.
pub fn put_columns(columns: &[PropTag], out: &mut Writer) {
    columns.iter().map(|tag| name(*tag)).gather().put(out);
}

/// A constant, as the tag's type has it. Another type cannot be compared (catalogue 5.3).
pub fn constant(tag: PropTag, r: &mut Reader<'_>) -> MapiResult<PropValue> {
    let kind = tag.value_type().map(PropType::base).map(PropType::as_unicode);
    let made = match (r.count(), kind) {
        (NUMBER, Some(PropType::Long)) => long(r.num()).map(PropValue::Long),
        (NUMBER, Some(PropType::I8)) => safe(r.num()).map(PropValue::I8),
        (NUMBER, Some(PropType::SysTime)) => safe(r.num().floor()).map(PropValue::SysTime),
        // -0 is 0.
        (NUMBER, Some(PropType::Double)) => Some(PropValue::Double(r.num() + 0.0)),
        (BOOLEAN, Some(PropType::Boolean)) => Some(PropValue::Boolean(Tape::take(r))),
        (TEXT, Some(PropType::Unicode)) => Some(PropValue::Str(Tape::take(r))),
        (TEXT, Some(PropType::Binary)) => bytes(r.text()).map(PropValue::Binary),
        _ => None,
    };
    made.ok_or_else(|| {
        let expected = told!["a constant of the type of ", name(tag)];
        MapiError::new(Scode::MAPI_E_TOO_COMPLEX, expected, "one of another type")
    })
}

/// Flag words are written unsigned in JavaScript.
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)]
fn long(n: f64) -> Option<i32> {
    let whole = n.fract() == 0.0 && (-2_147_483_648.0..=4_294_967_295.0).contains(&n);
    whole.then_some(n as i64 as u32 as i32)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn safe(n: f64) -> Option<i64> {
    (n.fract() == 0.0 && n.abs() <= SAFE as f64).then_some(n as i64)
}

/// A value for a cell, as the tag's type has it.
#[cfg(feature = "tables")]
pub fn value(tag: PropTag, r: &mut Reader<'_>) -> MapiResult<PropValue> {
    let made = match (r.count(), tag.prop_type()) {
        (NULL, _) => Some(PropValue::Null),
        (NUMBER, Some(PropType::Long)) => long(r.num()).map(PropValue::Long),
        (NUMBER, Some(PropType::I8)) => safe(r.num()).map(PropValue::I8),
        (NUMBER, Some(PropType::SysTime)) => safe(r.num().floor()).map(PropValue::SysTime),
        // -0 is 0.
        (NUMBER, Some(PropType::Double)) => Some(PropValue::Double(r.num() + 0.0)),
        (NUMBER | BOOLEAN, Some(PropType::Boolean)) => Some(PropValue::Boolean(Tape::take(r))),
        (TEXT, Some(PropType::Unicode)) => Some(PropValue::Str(Tape::take(r))),
        (TEXT, Some(PropType::Binary)) => bytes(r.text()).map(PropValue::Binary),
        (NUMBERS, Some(PropType::MvLong)) => {
            let all: Vec<f64> = Tape::take(r);
            all.into_iter().map(long).collect::<Option<_>>().map(PropValue::MvLong)
        }
        (TEXTS, Some(PropType::MvUnicode)) => Some(PropValue::MvStr(Tape::take(r))),
        (TEXTS, Some(PropType::MvBinary)) => {
            let all: Vec<String> = Tape::take(r);
            all.iter().map(|hex| bytes(hex)).collect::<Option<_>>().map(PropValue::MvBinary)
        }
        _ => None,
    };
    made.ok_or_else(|| {
        let expected = ["a value of the type of ", &name(tag)].concat();
        MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, expected, "one of another type")
    })
}
