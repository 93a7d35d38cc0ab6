//! Property values.

use super::{PropType, Scode};
use std::hash::{Hash, Hasher};

/// A property's value. Doubles compare by bits, so that values are `Eq` and `Hash`.
#[derive(Clone, Debug)]
pub enum PropValue {
    /// No value; sorts last.
    Null,
    /// `PT_LONG`.
    Long(i32),
    /// `PT_I8`.
    I8(i64),
    /// `PT_BOOLEAN`.
    Boolean(bool),
    /// `PT_DOUBLE`.
    Double(f64),
    /// `PT_UNICODE`.
    Str(String),
    /// `PT_SYSTIME`, in milliseconds since 1970.
    SysTime(i64),
    /// `PT_BINARY`.
    Binary(Vec<u8>),
    /// `PT_ERROR`; not found = the row has no such property.
    Error(Scode),
    /// `PT_MV_LONG`.
    MvLong(Vec<i32>),
    /// `PT_MV_UNICODE`.
    MvStr(Vec<String>),
    /// `PT_MV_BINARY`.
    MvBinary(Vec<Vec<u8>>),
}

impl PropValue {
    /// Reads as `PT_ERROR` with `MAPI_E_NOT_FOUND` (C-010, X-28).
    pub const NOT_FOUND: Self = Self::Error(Scode::MAPI_E_NOT_FOUND);

    /// The type of the value.
    pub const fn prop_type(&self) -> PropType {
        match self {
            Self::Null => PropType::Null,
            Self::Long(_) => PropType::Long,
            Self::I8(_) => PropType::I8,
            Self::Boolean(_) => PropType::Boolean,
            Self::Double(_) => PropType::Double,
            Self::Str(_) => PropType::Unicode,
            Self::SysTime(_) => PropType::SysTime,
            Self::Binary(_) => PropType::Binary,
            Self::Error(_) => PropType::Error,
            Self::MvLong(_) => PropType::MvLong,
            Self::MvStr(_) => PropType::MvUnicode,
            Self::MvBinary(_) => PropType::MvBinary,
        }
    }
    /// A flag word as `PT_LONG`, bit for bit.
    pub const fn flags(bits: u32) -> Self {
        Self::Long(i32::from_ne_bytes(bits.to_ne_bytes()))
    }
}

impl PartialEq for PropValue {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Long(a), Self::Long(b)) => a == b,
            (Self::I8(a), Self::I8(b)) | (Self::SysTime(a), Self::SysTime(b)) => a == b,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Double(a), Self::Double(b)) => a.to_bits() == b.to_bits(),
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Binary(a), Self::Binary(b)) => a == b,
            (Self::Error(a), Self::Error(b)) => a == b,
            (Self::MvLong(a), Self::MvLong(b)) => a == b,
            (Self::MvStr(a), Self::MvStr(b)) => a == b,
            (Self::MvBinary(a), Self::MvBinary(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for PropValue {}

impl Hash for PropValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.prop_type().hash(state);
        match self {
            Self::Null => {}
            Self::Long(v) => v.hash(state),
            Self::I8(v) | Self::SysTime(v) => v.hash(state),
            Self::Boolean(v) => v.hash(state),
            Self::Double(v) => v.to_bits().hash(state),
            Self::Str(v) => v.hash(state),
            Self::Binary(v) => v.hash(state),
            Self::Error(v) => v.hash(state),
            Self::MvLong(v) => v.hash(state),
            Self::MvStr(v) => v.hash(state),
            Self::MvBinary(v) => v.hash(state),
        }
    }
}

impl From<&str> for PropValue {
    fn from(v: &str) -> Self {
        Self::Str(v.to_owned())
    }
}

impl From<String> for PropValue {
    fn from(v: String) -> Self {
        Self::Str(v)
    }
}

impl From<i32> for PropValue {
    fn from(v: i32) -> Self {
        Self::Long(v)
    }
}

impl From<bool> for PropValue {
    fn from(v: bool) -> Self {
        Self::Boolean(v)
    }
}

impl From<Vec<u8>> for PropValue {
    fn from(v: Vec<u8>) -> Self {
        Self::Binary(v)
    }
}
