//! What `IXPLogon::AddressTypes` says of address types.

/// The address types a transport takes. Matching is exact (C-081).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AddressTypes {
    /// A NULL array: every type (C-082).
    Any,
    /// One zero-length string: none; recipients come by UID only (C-083).
    None,
    /// These.
    List(Vec<String>),
}

impl AddressTypes {
    /// Reads an answer: `None` is the NULL array.
    pub fn from_answer(types: Option<Vec<String>>) -> Self {
        match types {
            None => Self::Any,
            Some(mut list) => {
                list.retain(|t| !t.is_empty());
                if list.is_empty() { Self::None } else { Self::List(list) }
            }
        }
    }

    /// True if recipients of this type may be offered.
    pub fn accepts(&self, address_type: &str) -> bool {
        match self {
            Self::Any => true,
            Self::None => false,
            Self::List(types) => types.iter().any(|t| t == address_type),
        }
    }
}

impl Default for AddressTypes {
    /// `["SMTP"]`.
    fn default() -> Self {
        Self::List(vec!["SMTP".to_owned()])
    }
}
