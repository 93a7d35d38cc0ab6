//! Columns of status rows, as providers and hosts write them.

use super::Session;
use super::io::{Effect, RowValue};
use super::status::entry_of;
use crate::mapi::{
    MapiError, MapiResult, ModifyRowFlags, PR_DISPLAY_NAME, PR_PROVIDER_DISPLAY, PropTag, PropType, PropValue, Scode,
    Text, told,
};
use crate::provider::ProviderInput;
use crate::status::StatusEntry;

impl Session {
    /// `SetProps` on a status object: of providers the two display names, of MAPI's own nothing (C-023, C-027).
    pub fn set_status_props(&mut self, entry: &str, columns: Vec<(String, RowValue)>) -> MapiResult<()> {
        let of_provider = match entry_of(entry)? {
            StatusEntry::Transport(uid) => self.transport(&uid).map(|t| t.config.uid.clone()),
            StatusEntry::Subsystem | StatusEntry::Spooler | StatusEntry::AddressBook => None,
        };
        let refuse =
            |code, got: &str| MapiError::new(code, "displayName or providerDisplay of a provider, as text", got);
        let Some(uid) = of_provider else { return Err(refuse(Scode::MAPI_E_NO_ACCESS, "another object")) };
        let mut read = Vec::new();
        for (name, value) in columns {
            let tag = PropTag::from_name(&name).filter(|tag| [PR_DISPLAY_NAME, PR_PROVIDER_DISPLAY].contains(tag));
            let Some(tag) = tag else { return Err(refuse(Scode::MAPI_E_NO_ACCESS, "another property")) };
            let Some(value @ PropValue::Str(_)) = cell(tag, value) else {
                return Err(refuse(Scode::MAPI_E_INVALID_PARAMETER, "another value"));
            };
            read.push((tag, value));
        }
        if let Some(t) = self.transport_mut(&uid) {
            // Beyond what the provider wrote itself, and the life of its machine.
            for (tag, value) in &read {
                if let PropValue::Str(text) = value {
                    let name = if *tag == PR_DISPLAY_NAME {
                        &mut t.config.display_name
                    } else {
                        &mut t.config.provider_display
                    };
                    name.clone_from(text);
                }
            }
        }
        self.provide(&uid, ProviderInput::ModifyRow { columns: read, flags: ModifyRowFlags::UPDATE });
        self.show();
        Ok(())
    }

    /// ModifyStatusRow.
    pub(super) fn modify_row(&mut self, transport: &Text, columns: Vec<(String, RowValue)>, update: bool) {
        let mut read = Vec::new();
        for (name, value) in columns {
            let Some(column) = PropTag::from_name(&name).and_then(|tag| Some((tag, cell(tag, value)?))) else {
                let code = told!["modifyStatusRow: ", safe(&name), " is no column, or its value has another type"];
                self.out.push(Effect::Log { level: 2, code, transport: Some(transport.to_owned()) });
                return;
            };
            read.push(column);
        }
        let flags = if update { ModifyRowFlags::UPDATE } else { ModifyRowFlags::EMPTY };
        self.provide(transport, ProviderInput::ModifyRow { columns: read, flags });
    }
}

/// A value of the column's type, or nothing.
pub fn cell(tag: PropTag, value: RowValue) -> Option<PropValue> {
    #[allow(clippy::cast_possible_truncation)]
    Some(match (tag.prop_type()?, value) {
        (_, RowValue::Null) => PropValue::Null,
        (PropType::Long, RowValue::Number { value }) if value.fract() == 0.0 && value.abs() < 4_294_967_296.0 => {
            PropValue::Long(value as i64 as i32)
        }
        (PropType::SysTime, RowValue::Number { value }) if value.is_finite() && value.abs() < 9e15 => {
            PropValue::SysTime(value as i64)
        }
        (PropType::Boolean, RowValue::Bool { value }) => PropValue::Boolean(value),
        (PropType::Unicode, RowValue::Text { value }) => PropValue::Str(value),
        (PropType::Binary, RowValue::Text { value }) => PropValue::Binary(value.into_bytes()),
        _ => return None,
    })
}

/// Foreign text never goes into a log as it is.
pub fn safe(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).take(64).collect()
}
