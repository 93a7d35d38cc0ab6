//! Columns of status rows, as providers and hosts write them.

use super::Session;
use super::io::{Effect, RowValue};
use crate::mapi::{ModifyRowFlags, PropTag, PropType, PropValue, Text};
use crate::provider::ProviderInput;

impl Session {
    /// ModifyStatusRow.
    pub(super) fn modify_row(&mut self, transport: &Text, columns: Vec<(String, RowValue)>, update: bool) {
        let mut read = Vec::new();
        for (name, value) in columns {
            let Some(column) = PropTag::from_name(&name).and_then(|tag| Some((tag, cell(tag, value)?))) else {
                let code = format!("modifyStatusRow: {} is no column, or its value has another type", safe(&name));
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
