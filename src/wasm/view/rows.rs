//! Property names and values as JavaScript sees them: systime in ms, binary in lower-case hex, i8 a safe integer.

use crate::mapi::{Gather, MapiError, MapiResult, PropTag, PropType, PropValue, Scode, hex_word, told};
use crate::table::RowSet;
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

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    text
}

const NULL: u32 = 0;
const ERROR: u32 = 1;
const NUMBER: u32 = 2;
const BOOLEAN: u32 = 3;
const TEXT: u32 = 4;
const NUMBERS: u32 = 5;
const TEXTS: u32 = 6;

/// Integers that a JavaScript number holds exactly.
const SAFE: i64 = 9_007_199_254_740_991;

/// A tag, then the value.
pub fn put_value(value: PropValue, out: &mut Writer) {
    match value {
        PropValue::Null => NULL.put(out),
        PropValue::Error(code) => (ERROR, code).put(out),
        PropValue::Long(v) => (NUMBER, v).put(out),
        PropValue::I8(v) | PropValue::SysTime(v) if (-SAFE..=SAFE).contains(&v) => (NUMBER, v).put(out),
        PropValue::I8(_) | PropValue::SysTime(_) => (ERROR, Scode::MAPI_E_TOO_COMPLEX).put(out),
        PropValue::Double(v) => (NUMBER, v).put(out),
        PropValue::Boolean(v) => (BOOLEAN, v).put(out),
        PropValue::Str(v) => (TEXT, v).put(out),
        PropValue::Binary(v) => (TEXT, hex(&v)).put(out),
        PropValue::MvLong(v) => (NUMBERS, v).put(out),
        PropValue::MvStr(v) => (TEXTS, v).put(out),
        PropValue::MvBinary(v) => (TEXTS, v.iter().map(|b| hex(b)).gather()).put(out),
    }
}

/// Names with their values.
pub fn put_cells(cells: Vec<(PropTag, PropValue)>, out: &mut Writer) {
    super::super::length(cells.len(), out);
    for (tag, value) in cells {
        name(tag).put(out);
        put_value(value, out);
    }
}

/// The names of the columns.
pub fn put_columns(columns: &[PropTag], out: &mut Writer) {
    columns.iter().map(|tag| name(*tag)).gather().put(out);
}

/// Columns once, then rows.
pub fn put_rows(set: RowSet, out: &mut Writer) {
    put_columns(&set.columns, out);
    super::super::length(set.rows.len(), out);
    for value in set.rows.into_iter().flatten() {
        put_value(value, out);
    }
}

/// A constant, as the tag's type has it. Another type cannot be compared (catalogue 5.3).
pub fn constant(tag: PropTag, r: &mut Reader<'_>) -> MapiResult<PropValue> {
    let kind = tag.value_type().map(PropType::base).map(PropType::as_unicode);
    let made = match (r.count(), kind) {
        (NUMBER, Some(PropType::Long)) => long(r.num()).map(PropValue::Long),
        (NUMBER, Some(PropType::I8)) => safe(r.num()).map(PropValue::I8),
        (NUMBER, Some(PropType::SysTime)) => safe(r.num().floor()).map(PropValue::SysTime),
        (NUMBER, Some(PropType::Double)) => Some(PropValue::Double(r.num())),
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
        (NUMBER, Some(PropType::Double)) => Some(PropValue::Double(r.num())),
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
