//! Two small macros: sets of named bits, and closed enumerations. One type per meaning keeps equal numbers apart.

/// A set of named bits. Unknown bits cannot be held: `from_bits` refuses them.
macro_rules! flags {
    ($(#[$doc:meta])* $type:ident { $($(#[$bit_doc:meta])* $bit:ident $name:literal = $value:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $type(u32);

        impl $type {
            $(#[doc = concat!("`", $name, "`")] $(#[$bit_doc])* pub const $bit: Self = Self($value);)*
            /// No bit.
            pub const EMPTY: Self = Self(0);
            /// Every bit that has a name.
            pub const ALL: Self = Self(0 $(| $value)*);
            /// MAPI's names and their bits, in order.
            pub const NAMES: &[(&str, Self)] = &[$(($name, Self::$bit)),*];

            /// The number MAPI writes.
            pub const fn bits(self) -> u32 {
                self.0
            }
            /// `None` if a bit has no name here.
            pub const fn from_bits(bits: u32) -> Option<Self> {
                if bits & !Self::ALL.0 == 0 { Some(Self(bits)) } else { None }
            }
            /// True if every bit of `other` is set.
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }
            /// True if some bit of `other` is set.
            pub const fn intersects(self, other: Self) -> bool {
                self.0 & other.0 != 0
            }
            /// True if no bit is set.
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }
            /// The bits of either.
            #[must_use]
            pub const fn with(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
            /// The bits of `self` that `other` lacks.
            #[must_use]
            pub const fn without(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }
            /// `with` or `without`, as `on` says.
            #[must_use]
            pub const fn set(self, other: Self, on: bool) -> Self {
                if on { self.with(other) } else { self.without(other) }
            }
        }

        impl std::ops::BitOr for $type {
            type Output = Self;
            fn bitor(self, other: Self) -> Self {
                self.with(other)
            }
        }

        impl std::ops::BitAnd for $type {
            type Output = Self;
            fn bitand(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }
        }

        impl std::ops::BitOrAssign for $type {
            fn bitor_assign(&mut self, other: Self) {
                *self = self.with(other);
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut between = "";
                for (name, bit) in Self::NAMES {
                    if self.contains(*bit) {
                        write!(f, "{between}{name}")?;
                        between = " | ";
                    }
                }
                if between.is_empty() { f.write_str("0") } else { Ok(()) }
            }
        }
    };
}

/// A closed enumeration with MAPI's numbers.
macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($(#[$word_doc:meta])* $word:ident $name:literal = $value:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u32)]
        pub enum $type {
            $(#[doc = concat!("`", $name, "`")] $(#[$word_doc])* $word = $value,)*
        }

        impl $type {
            /// Every word, in order.
            pub const ALL: &[Self] = &[$(Self::$word),*];

            /// The number MAPI writes.
            pub const fn code(self) -> u32 {
                self as u32
            }
            /// `None` if the number has no word.
            pub const fn from_code(code: u32) -> Option<Self> {
                match code {
                    $($value => Some(Self::$word),)*
                    _ => None,
                }
            }
            /// MAPI's name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$word => $name,)*
                }
            }
        }
    };
}

pub(super) use flags;
pub(super) use words;
