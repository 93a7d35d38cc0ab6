//! A borrowed value: what filters and orders read, whatever the layout of the column.

use super::text;
use crate::mapi::{PropValue, Scode};
use std::cmp::Ordering;

/// One cell of the store.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// The row has no such property.
    Absent,
    /// `PT_ERROR`.
    Error(Scode),
    /// `PT_LONG`.
    Long(i32),
    /// `PT_I8`.
    I8(i64),
    /// `PT_BOOLEAN`.
    Boolean(bool),
    /// `PT_DOUBLE`.
    Double(f64),
    /// `PT_UNICODE`.
    Str(&'a str),
    /// `PT_SYSTIME`, in milliseconds since 1970.
    SysTime(i64),
    /// `PT_BINARY`.
    Binary(&'a [u8]),
    /// `PR_INSTANCE_KEY`.
    Key([u8; 8]),
    /// `PT_MV_LONG`.
    MvLong(&'a [i32]),
    /// `PT_MV_UNICODE`.
    MvStr(&'a [String]),
    /// `PT_MV_BINARY`.
    MvBinary(&'a [Vec<u8>]),
}

impl<'a> From<&'a PropValue> for Cell<'a> {
    fn from(value: &'a PropValue) -> Self {
        match value {
            PropValue::Null | PropValue::Error(Scode::MAPI_E_NOT_FOUND) => Self::Absent,
            PropValue::Error(code) => Self::Error(*code),
            PropValue::Long(v) => Self::Long(*v),
            PropValue::I8(v) => Self::I8(*v),
            PropValue::Boolean(v) => Self::Boolean(*v),
            PropValue::Double(v) => Self::Double(*v),
            PropValue::Str(v) => Self::Str(v),
            PropValue::SysTime(v) => Self::SysTime(*v),
            PropValue::Binary(v) => Self::Binary(v),
            PropValue::MvLong(v) => Self::MvLong(v),
            PropValue::MvStr(v) => Self::MvStr(v),
            PropValue::MvBinary(v) => Self::MvBinary(v),
        }
    }
}

impl Cell<'_> {
    /// The value as it is handed out; an absent one reads as not found (C-010).
    pub fn to_value(self) -> PropValue {
        match self {
            Self::Absent => PropValue::NOT_FOUND,
            Self::Error(code) => PropValue::Error(code),
            Self::Long(v) => PropValue::Long(v),
            Self::I8(v) => PropValue::I8(v),
            Self::Boolean(v) => PropValue::Boolean(v),
            Self::Double(v) => PropValue::Double(v),
            Self::Str(v) => PropValue::Str(v.to_owned()),
            Self::SysTime(v) => PropValue::SysTime(v),
            Self::Binary(v) => PropValue::Binary(v.to_owned()),
            Self::Key(v) => PropValue::Binary(v.to_vec()),
            Self::MvLong(v) => PropValue::MvLong(v.to_owned()),
            Self::MvStr(v) => PropValue::MvStr(v.to_owned()),
            Self::MvBinary(v) => PropValue::MvBinary(v.to_owned()),
        }
    }

    /// True if the value equals this cell, bit for bit.
    pub(super) fn holds(self, value: &PropValue) -> bool {
        match (self, Cell::from(value)) {
            (Self::Absent, Cell::Absent) => true,
            (Self::Error(a), Cell::Error(b)) => a == b,
            (Self::Str(a), Cell::Str(b)) => a == b,
            (a, b) => a.compare(b) == Some(Ordering::Equal),
        }
    }

    /// True if the row has a readable value.
    pub(super) fn is_present(self) -> bool {
        !matches!(self, Self::Absent | Self::Error(_))
    }

    /// The order of two values of one type; `None` if one is missing or the types differ.
    pub(super) fn compare(self, other: Cell<'_>) -> Option<Ordering> {
        self.is_present().then(|| self.rank(other, false)).flatten()
    }

    /// As [`Cell::compare`], descending if `down`. Where tuples differ in length only, the shorter is last both ways:
    /// it compares as null there.
    fn rank(self, other: Cell<'_>, down: bool) -> Option<Ordering> {
        let turn = |order: Ordering| if down { order.reverse() } else { order };
        match (self, other) {
            (Self::Long(a), Cell::Long(b)) => Some(turn(a.cmp(&b))),
            (Self::I8(a), Cell::I8(b)) | (Self::SysTime(a), Cell::SysTime(b)) => Some(turn(a.cmp(&b))),
            (Self::Boolean(a), Cell::Boolean(b)) => Some(turn(a.cmp(&b))),
            (Self::Double(a), Cell::Double(b)) => Some(turn(a.total_cmp(&b))),
            (Self::Str(a), Cell::Str(b)) => Some(turn(text::compare(a, b))),
            (Self::Binary(a), Cell::Binary(b)) => Some(turn(a.cmp(b))),
            (Self::Key(a), Cell::Binary(b)) => Some(turn(a.as_slice().cmp(b))),
            (Self::Key(a), Cell::Key(b)) => Some(turn(a.cmp(&b))),
            (Self::MvLong(a), Cell::MvLong(b)) => Some(tuples(a, b, |x, y| turn(x.cmp(y)))),
            (Self::MvStr(a), Cell::MvStr(b)) => Some(tuples(a, b, |x, y| turn(text::compare(x, y)))),
            (Self::MvBinary(a), Cell::MvBinary(b)) => Some(tuples(a, b, |x, y| turn(x.cmp(y)))),
            _ => None,
        }
    }

    /// The order of two cells of one column in a sorted table: missing values last in both directions (C-194).
    pub(super) fn sort(self, other: Cell<'_>, down: bool) -> Ordering {
        match (self.is_present(), other.is_present()) {
            (true, true) => self.rank(other, down).unwrap_or(Ordering::Equal),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => Ordering::Equal,
        }
    }

    /// The `index`-th of the numbers that order agrees with: the first that differs decides as [`Cell::sort`] does. The
    /// first is of what is there, those of a text go on to its end.
    pub(super) fn sort_word(self, down: bool, index: usize) -> u64 {
        let up = match self {
            Self::Absent | Self::Error(_) => return u64::MAX,
            Self::MvLong(_) | Self::MvStr(_) | Self::MvBinary(_) => return 0,
            Self::Long(v) => ascending(i64::from(v)),
            Self::I8(v) | Self::SysTime(v) => ascending(v),
            Self::Boolean(v) => u64::from(v),
            Self::Double(v) => {
                let bits = v.to_bits();
                if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
            }
            Self::Str(v) => text::word(v.as_bytes(), index),
            Self::Binary(v) => start(v),
            Self::Key(v) => start(&v),
        };
        if down { !up } else { up }
    }

    /// One element of a tuple; `None` if this is none.
    pub(super) fn element(self, at: usize) -> Option<Self> {
        match self {
            Self::MvLong(v) => v.get(at).map(|v| Self::Long(*v)),
            Self::MvStr(v) => v.get(at).map(|v| Self::Str(v)),
            Self::MvBinary(v) => v.get(at).map(|v| Self::Binary(v)),
            _ => None,
        }
    }

    /// How many elements a tuple has.
    pub(super) fn elements(self) -> usize {
        match self {
            Self::MvLong(v) => v.len(),
            Self::MvStr(v) => v.len(),
            Self::MvBinary(v) => v.len(),
            _ => 0,
        }
    }

    /// The size of the value in bytes: UTF-16 for Unicode text, UTF-8 for `narrow` text, two for a boolean.
    pub(super) fn size(self, narrow: bool) -> Option<u64> {
        let text = |v: &str| {
            if narrow { v.len() } else { v.encode_utf16().count().saturating_mul(2) }
        };
        let size = match self {
            Self::Absent | Self::Error(_) => return None,
            Self::Long(_) => 4,
            Self::Boolean(_) => 2,
            Self::I8(_) | Self::Double(_) | Self::SysTime(_) => 8,
            Self::Str(v) => text(v),
            Self::Binary(v) => v.len(),
            Self::Key(v) => v.len(),
            Self::MvLong(v) => v.len().saturating_mul(4),
            Self::MvStr(v) => v.iter().map(|one| text(one)).sum(),
            Self::MvBinary(v) => v.iter().map(Vec::len).sum(),
        };
        u64::try_from(size).ok()
    }
}

fn start(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    u64::from_be_bytes(word)
}

pub(super) fn ascending(v: i64) -> u64 {
    u64::from_ne_bytes(v.to_ne_bytes()) ^ (1 << 63)
}

fn tuples<T>(a: &[T], b: &[T], each: impl Fn(&T, &T) -> Ordering) -> Ordering {
    let differing = a.iter().zip(b).map(|(x, y)| each(x, y)).find(|order| order.is_ne());
    differing.unwrap_or_else(|| b.len().cmp(&a.len()))
}
