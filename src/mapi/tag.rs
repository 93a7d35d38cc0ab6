//! Property tags: a 16-bit id and a 16-bit type in one number.

use super::bits::words;

words! {
    /// `PT_*`: the types a value or a tag may have here.
    PropType {
        Unspecified "PT_UNSPECIFIED" = 0x0000,
        Null "PT_NULL" = 0x0001,
        Long "PT_LONG" = 0x0003,
        Double "PT_DOUBLE" = 0x0005,
        Error "PT_ERROR" = 0x000A,
        Boolean "PT_BOOLEAN" = 0x000B,
        Object "PT_OBJECT" = 0x000D,
        I8 "PT_I8" = 0x0014,
        String8 "PT_STRING8" = 0x001E,
        Unicode "PT_UNICODE" = 0x001F,
        SysTime "PT_SYSTIME" = 0x0040,
        Clsid "PT_CLSID" = 0x0048,
        Binary "PT_BINARY" = 0x0102,
        MvLong "PT_MV_LONG" = 0x1003,
        MvString8 "PT_MV_STRING8" = 0x101E,
        MvUnicode "PT_MV_UNICODE" = 0x101F,
        MvBinary "PT_MV_BINARY" = 0x1102,
    }
}

impl PropType {
    /// The single-valued type below `MV_FLAG`; the type itself if it is single-valued.
    #[must_use]
    pub const fn base(self) -> Self {
        match self {
            Self::MvLong => Self::Long,
            Self::MvString8 => Self::String8,
            Self::MvUnicode => Self::Unicode,
            Self::MvBinary => Self::Binary,
            single => single,
        }
    }
    /// True if `MV_FLAG` is set.
    pub const fn is_multi(self) -> bool {
        self.code() & 0x1000 != 0
    }
    /// 8-bit strings are held as Unicode: only the tag tells them apart.
    #[must_use]
    pub const fn as_unicode(self) -> Self {
        match self {
            Self::String8 => Self::Unicode,
            Self::MvString8 => Self::MvUnicode,
            other => other,
        }
    }
}

/// A property tag. Any number is a tag; most have no name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PropTag(pub u32);

impl PropTag {
    /// `PROP_TAG(type, id)`.
    pub const fn new(id: u16, kind: PropType) -> Self {
        Self(((id as u32) << 16) | kind.code())
    }
    /// `PROP_ID`.
    pub const fn id(self) -> u16 {
        (self.0 >> 16) as u16
    }
    /// `PROP_TYPE`; `None` for a type that has no word here.
    pub const fn prop_type(self) -> Option<PropType> {
        PropType::from_code(self.0 & 0xFFFF)
    }
    /// The multi-valued property whose values this tag makes rows of their own (`MVI_FLAG`).
    pub const fn instance_of(self) -> Option<Self> {
        if self.0 & 0x3000 == 0x3000 { Some(Self(self.0 & !0x2000)) } else { None }
    }
    /// The type of one value: for `MVI_FLAG` that of an element.
    pub const fn value_type(self) -> Option<PropType> {
        match self.instance_of() {
            Some(many) => match many.prop_type() {
                Some(kind) => Some(kind.base()),
                None => None,
            },
            None => self.prop_type(),
        }
    }
    /// The same id with another type (`CHANGE_PROP_TYPE`).
    #[must_use]
    pub const fn with_type(self, kind: PropType) -> Self {
        Self::new(self.id(), kind)
    }
}

impl std::fmt::Debug for PropTag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name}(0x{:08X})", self.0),
            None => write!(f, "0x{:08X}", self.0),
        }
    }
}
