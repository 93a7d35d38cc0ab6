//! Property sheets: what a provider can be configured with, and which values it takes (catalogue 3.6).
//!
//! A secret never comes here: of it only the length is known. Patterns are the host side's business, whose language has them.

mod check;

pub use check::{Checked, check};

use crate::mapi::Text;

/// Settings of one provider, and values given at once.
pub const MOST: usize = 64;

/// Configurations that are kept beside the one in force.
pub const EARLIER: usize = 15;

/// A value. Numbers are whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Value {
    /// None.
    #[default]
    Null,
    /// Of a number; of a secret its length.
    Number {
        /// A safe integer.
        value: i64,
    },
    /// Of a check box.
    Flag {
        /// Ticked.
        value: bool,
    },
    /// Of a text or a choice.
    Text {
        /// At most what the setting allows.
        value: String,
    },
}

/// Values by the name of their setting.
pub type Values = Vec<(String, Value)>;

/// What a setting takes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text of so many UTF-16 units, as HTML counts.
    Text {
        /// At least.
        min: u32,
        /// At most.
        max: u32,
    },
    /// A number.
    Number {
        /// At least.
        min: i64,
        /// At most.
        max: i64,
    },
    /// True or false.
    Flag,
    /// One of these.
    Choice {
        /// Words.
        values: Vec<String>,
    },
    /// A secret of so many; never stored.
    Secret {
        /// At least.
        min: u32,
        /// At most.
        max: u32,
    },
}

/// One control of a property sheet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// What it takes.
    pub kind: Kind,
    /// Before anything is stored.
    pub initial: Value,
    /// `DT_REQUIRED`
    pub required: bool,
    /// `DT_EDITABLE`
    pub editable: bool,
    /// It counts only while an earlier setting has this value.
    pub depends: Option<(String, Value)>,
}

/// What is stored of a provider's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Configuration {
    /// The provider.
    pub uid: Text,
    /// From 1, raised by every change.
    pub n: u32,
    /// Of every setting but the secrets.
    pub values: Values,
    /// The last ones before it: what was begun with them ends with them.
    pub earlier: Vec<(u32, Values)>,
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// No setting has this name.
    Unknown,
    /// It is not editable (C-065).
    ReadOnly,
    /// It is required and empty (C-066).
    Missing,
    /// Another type.
    Type,
    /// Too short, or too small.
    Low,
    /// Too long, or too large.
    High,
    /// None of the choices.
    Choice,
}

impl Fault {
    /// The word a host translates.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::ReadOnly => "readOnly",
            Self::Missing => "missing",
            Self::Type => "type",
            Self::Low => "low",
            Self::High => "high",
            Self::Choice => "choice",
        }
    }
}

/// A value that is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Problem {
    /// Of the setting.
    pub name: String,
    /// What is wrong.
    pub fault: Fault,
}
