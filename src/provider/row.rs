//! What a provider writes into its status row (catalogue 3.4).

use crate::mapi::ordered::Map;
use crate::mapi::{
    MapiError, MapiResult, ModifyRowFlags, PR_ENTRYID, PR_IDENTITY_DISPLAY, PR_IDENTITY_ENTRYID,
    PR_IDENTITY_SEARCH_KEY, PR_INSTANCE_KEY, PR_OBJECT_TYPE, PR_PROVIDER_DLL_NAME, PR_RESOURCE_FLAGS,
    PR_RESOURCE_METHODS, PR_RESOURCE_TYPE, PR_ROWID, PR_STATUS_CODE, PropTag, PropValue, Scode, StatusCode, hex_word,
    told,
};

const COLUMNS_MAX: usize = 64;

/// Columns the session computes; what a provider passes for them is ignored (C-005).
const COMPUTED: [PropTag; 8] = [
    PR_ENTRYID,
    PR_INSTANCE_KEY,
    PR_OBJECT_TYPE,
    PR_ROWID,
    PR_RESOURCE_TYPE,
    PR_RESOURCE_FLAGS,
    PR_RESOURCE_METHODS,
    PR_PROVIDER_DLL_NAME,
];
const IDENTITY: [PropTag; 3] = [PR_IDENTITY_DISPLAY, PR_IDENTITY_ENTRYID, PR_IDENTITY_SEARCH_KEY];

/// A provider's own columns, over those the session makes of its configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RowWords {
    columns: Map<PropTag, PropValue>,
    removed: bool,
}

impl RowWords {
    pub(super) const fn new() -> Self {
        Self { columns: Map::new(), removed: false }
    }

    /// False after the provider removed its row.
    pub const fn is_shown(&self) -> bool {
        !self.removed
    }

    /// What it wrote, by tag.
    pub const fn columns(&self) -> &Map<PropTag, PropValue> {
        &self.columns
    }

    /// Its last `PR_STATUS_CODE`.
    pub fn status_code(&self) -> Option<StatusCode> {
        match self.columns.get(&PR_STATUS_CODE) {
            Some(PropValue::Long(code)) => StatusCode::from_bits(bits(*code)),
            Some(_) | None => None,
        }
    }

    /// `ModifyStatusRow`. Answers the status code if it was written.
    pub(super) fn modify(
        &mut self,
        columns: Vec<(PropTag, PropValue)>,
        flags: ModifyRowFlags,
    ) -> MapiResult<Option<StatusCode>> {
        let update = flags.contains(ModifyRowFlags::UPDATE);
        if update && self.removed {
            return Err(MapiError::new(Scode::MAPI_E_NOT_FOUND, "a row to update", "none: it was removed"));
        }
        let mut next = if update { self.columns.clone() } else { Map::new() };
        let empty = columns.is_empty();
        let mut wrote_code = false;
        for (tag, value) in columns {
            if COMPUTED.contains(&tag) {
                continue;
            }
            wrote_code |= tag == PR_STATUS_CODE;
            if value == PropValue::Null {
                next.remove(&tag);
            } else {
                check(tag, &value)?;
                next.insert(tag, value);
            }
        }
        let identity = IDENTITY.iter().filter(|tag| next.contains_key(tag)).count();
        if identity != 0 && identity != IDENTITY.len() {
            return Err(refuse("all three identity columns or none", &told![identity]));
        }
        if next.len() > COLUMNS_MAX {
            return Err(refuse(&told!["at most ", COLUMNS_MAX, " columns"], &told![next.len()]));
        }
        self.columns = next;
        self.removed = empty && !update;
        Ok(if wrote_code { Some(self.status_code().unwrap_or_default()) } else { None })
    }
}

/// A flag word is a `PT_LONG`, bit for bit.
const fn bits(code: i32) -> u32 {
    u32::from_ne_bytes(code.to_ne_bytes())
}

fn check(tag: PropTag, value: &PropValue) -> MapiResult<()> {
    if tag.prop_type() != Some(value.prop_type()) {
        return Err(refuse(&told!["a value of the type of ", tag], value.prop_type().name()));
    }
    match value {
        PropValue::Long(code) if tag == PR_STATUS_CODE && StatusCode::from_bits(bits(*code)).is_none() => {
            Err(refuse("bits of PR_STATUS_CODE", &hex_word(bits(*code))))
        }
        _ => Ok(()),
    }
}

fn refuse(expected: &str, got: &str) -> MapiError {
    MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, expected, got)
}
