//! `SRestriction`: what a caller may ask for.

use crate::mapi::{BitmaskOp, ContentMatch, FuzzyFlags, PropTag, PropValue, Relop};

/// Deepest nesting a table takes.
pub const MAX_DEPTH: usize = 32;
/// Most nodes a table takes.
pub const MAX_NODES: usize = 1024;

/// A restriction. What a row lacks matches nothing but `Not`.
///
/// Text compares caselessly first, then by code point, as it sorts: `Eq` is exact.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Restriction {
    /// All match; true when empty.
    And(Vec<Restriction>),
    /// Some match; false when empty.
    Or(Vec<Restriction>),
    /// It does not match.
    Not(Box<Restriction>),
    /// `property op value`. A multi-valued property takes a single value: some element matches, or for `Ne` no
    /// element is equal (C-209).
    Property {
        /// The property.
        tag: PropTag,
        /// The comparison; `Re` is too complex.
        op: Relop,
        /// A constant of the property's type.
        value: PropValue,
    },
    /// Text or bytes.
    Content {
        /// A text or binary property; of a multi-valued one, some element matches.
        tag: PropTag,
        /// Low word [`ContentMatch`], high word [`FuzzyFlags`]: case by simple folding, nonspacing marks of Latin,
        /// Greek, Cyrillic, Hebrew and Arabic. `FL_LOOSE` ignores both; unknown high bits neither help nor hurt (C-211).
        fuzzy: u32,
        /// The pattern.
        value: PropValue,
    },
    /// `(property & mask)` is zero or not (C-212).
    Bitmask {
        /// A `PT_LONG` property.
        tag: PropTag,
        /// Zero or not.
        op: BitmaskOp,
        /// The bits.
        mask: u32,
    },
    /// The row has a value.
    Exist(PropTag),
    /// The size of the value in bytes: two a UTF-16 unit of text, two a boolean.
    Size {
        /// The property.
        tag: PropTag,
        /// The comparison.
        op: Relop,
        /// Bytes.
        size: u32,
    },
    /// Two properties of one type.
    Compare {
        /// The comparison.
        op: Relop,
        /// Left of it.
        left: PropTag,
        /// Right of it.
        right: PropTag,
    },
    /// Rows of a sub-object; too complex here (C-214).
    Sub(PropTag, Box<Restriction>),
    /// The inner restriction, with properties nobody reads. None inside matches all.
    Comment(Option<Box<Restriction>>, Vec<(PropTag, PropValue)>),
}

impl Restriction {
    /// `tag == value`.
    pub fn equals(tag: PropTag, value: impl Into<PropValue>) -> Self {
        Self::Property { tag, op: Relop::Eq, value: value.into() }
    }

    /// A content restriction in words.
    pub fn content(tag: PropTag, how: ContentMatch, flags: FuzzyFlags, value: impl Into<PropValue>) -> Self {
        Self::Content { tag, fuzzy: how.code() | flags.bits(), value: value.into() }
    }
}
