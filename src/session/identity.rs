//! Who the session is (`IMAPISession::QueryIdentity`).

use super::Session;
use crate::mapi::{
    PR_DISPLAY_NAME, PR_IDENTITY_DISPLAY, PR_IDENTITY_ENTRYID, PR_IDENTITY_SEARCH_KEY, PR_RESOURCE_FLAGS, PropTag,
    PropValue, ResourceFlags, told,
};
use crate::status::{StatusEntry, StatusRow};

/// `PR_IDENTITY_ENTRYID` and its company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// An address book entry's, a one-off's, or the built-in one.
    pub entry_id: Vec<u8>,
    /// What a person reads.
    pub display: String,
    /// To compare by.
    pub search_key: Vec<u8>,
    /// False: MAPI_W_NO_SERVICE.
    pub found: bool,
}

/// MAPI's provider of one-off addresses.
const ONE_OFF: [u8; 16] =
    [0x81, 0x2B, 0x1F, 0xA4, 0xBE, 0xA3, 0x10, 0x19, 0x9D, 0x6E, 0x00, 0xDD, 0x01, 0x0F, 0x54, 0x02];
/// MAPI_ONE_OFF_UNICODE | MAPI_ONE_OFF_NO_RICH_INFO, behind version 0.
const ONE_OFF_FLAGS: [u8; 4] = [0, 0, 0x01, 0x80];

impl Session {
    /// The row flagged as primary; else the first with an identity; else the built-in one (C-019 to C-021).
    pub fn query_identity(&self) -> Who {
        let rows = self.status_rows();
        let primary = PropValue::flags(ResourceFlags::PRIMARY_IDENTITY.bits());
        let flagged = rows.iter().find(|row| match (find(row, PR_RESOURCE_FLAGS), &primary) {
            (Some(PropValue::Long(flags)), PropValue::Long(bit)) => flags & bit != 0,
            _ => false,
        });
        let Some(row) = flagged.or_else(|| rows.iter().find(|row| find(row, PR_IDENTITY_ENTRYID).is_some())) else {
            let (entry_id, display) = (StatusEntry::Subsystem.to_entry_id(), self.config.owner.clone());
            return Who { entry_id, search_key: display.as_bytes().to_vec(), display, found: false };
        };
        if let Some(PropValue::Binary(entry_id)) = find(row, PR_IDENTITY_ENTRYID) {
            let (display, key) = (text(row, PR_IDENTITY_DISPLAY), find(row, PR_IDENTITY_SEARCH_KEY));
            let search_key = if let Some(PropValue::Binary(key)) = key { key.clone() } else { Vec::new() };
            return Who { entry_id: entry_id.clone(), display, search_key, found: true };
        }
        let (display, owner) = (text(row, PR_DISPLAY_NAME), &self.config.owner);
        let mut entry_id = [&[0; 4], ONE_OFF.as_slice(), &ONE_OFF_FLAGS].concat();
        for part in [display.as_str(), "SMTP", owner] {
            for unit in part.encode_utf16().chain([0]) {
                entry_id.extend(unit.to_le_bytes());
            }
        }
        let search_key = told!["SMTP:", owner.to_ascii_uppercase(), '\0'].into_bytes();
        Who { entry_id, display, search_key, found: true }
    }
}

fn find(row: &StatusRow, tag: PropTag) -> Option<&PropValue> {
    row.columns.iter().find(|(t, _)| *t == tag).map(|(_, value)| value)
}

fn text(row: &StatusRow, tag: PropTag) -> String {
    if let Some(PropValue::Str(text)) = find(row, tag) { text.clone() } else { String::new() }
}
