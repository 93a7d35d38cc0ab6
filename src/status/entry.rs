//! Entry ids of status objects.

use crate::mapi::{MapiError, MapiResult, Scode, told};

/// The MAPIUID of the status provider; it never changes, so a host may keep an entry id.
const UID: [u8; 16] = *b"mailspoolerstat\x01";

/// What a status row's entry id opens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusEntry {
    /// The subsystem.
    Subsystem,
    /// The spooler.
    Spooler,
    /// The integrated address book.
    AddressBook,
    /// The transport with this uid, whether or not it is here.
    Transport(String),
}

impl StatusEntry {
    /// `PR_ENTRYID`: four flag bytes, the MAPIUID, one byte of kind, a transport's uid.
    pub fn to_entry_id(&self) -> Vec<u8> {
        let (kind, uid) = match self {
            Self::Subsystem => (0, ""),
            Self::Spooler => (1, ""),
            Self::AddressBook => (2, ""),
            Self::Transport(uid) => (3, uid.as_str()),
        };
        [&[0; 4], UID.as_slice(), &[kind], uid.as_bytes()].concat()
    }

    /// Reads one. Another format is `MAPI_E_UNKNOWN_ENTRYID` (C-025).
    pub fn from_entry_id(id: &[u8]) -> MapiResult<Self> {
        let rest = id.strip_prefix(&[0; 4]).and_then(|rest| rest.strip_prefix(&UID));
        let read = match rest.and_then(<[u8]>::split_first) {
            Some((0, [])) => Some(Self::Subsystem),
            Some((1, [])) => Some(Self::Spooler),
            Some((2, [])) => Some(Self::AddressBook),
            Some((3, uid)) => std::str::from_utf8(uid).ok().map(|uid| Self::Transport(uid.to_owned())),
            Some(_) | None => None,
        };
        let got = told![id.len(), " bytes of another format"];
        read.ok_or_else(|| MapiError::new(Scode::MAPI_E_UNKNOWN_ENTRYID, "the entry id of a status row", got))
    }
}
