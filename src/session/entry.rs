//! Entry ids of status rows: lower-case hex of a name that stands for the resource, whatever life or tab it is.

/// The resource a row is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entry {
    /// MAPI_SUBSYSTEM.
    Subsystem,
    /// MAPI_SPOOLER.
    Spooler,
    /// MAPI_AB.
    AddressBook,
    /// MAPI_TRANSPORT_PROVIDER, by its uid.
    Transport(String),
}

impl Entry {
    /// PR_ENTRYID's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Subsystem => b"subsystem".to_vec(),
            Self::Spooler => b"spooler".to_vec(),
            Self::AddressBook => b"addressBook".to_vec(),
            Self::Transport(uid) => format!("transport:{uid}").into_bytes(),
        }
    }

    /// From hex, as JavaScript has it.
    pub fn from_id(id: &str) -> Option<Self> {
        let digits = id.as_bytes();
        if digits.len() % 2 != 0 || digits.len() > 4_096 {
            return None;
        }
        let mut bytes = Vec::with_capacity(digits.len() / 2);
        for pair in digits.chunks_exact(2) {
            let pair = std::str::from_utf8(pair).ok()?;
            bytes.push(u8::from_str_radix(pair, 16).ok()?);
        }
        match bytes.as_slice() {
            b"subsystem" => Some(Self::Subsystem),
            b"spooler" => Some(Self::Spooler),
            b"addressBook" => Some(Self::AddressBook),
            other => Some(Self::Transport(String::from_utf8(other.strip_prefix(b"transport:")?.to_vec()).ok()?)),
        }
    }
}
