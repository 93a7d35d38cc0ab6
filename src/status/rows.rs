//! The rows of the status table (catalogue 3.1).

use super::entry::StatusEntry;
use super::transport::{TransportFacts, row};
use super::words::spooler_text;
use crate::mapi::{
    ObjectType, PR_DISPLAY_NAME, PR_ENTRYID, PR_INSTANCE_KEY, PR_OBJECT_TYPE, PR_PROVIDER_DISPLAY,
    PR_PROVIDER_DLL_NAME, PR_RESOURCE_FLAGS, PR_RESOURCE_METHODS, PR_RESOURCE_TYPE, PR_ROWID, PR_STATUS_CODE,
    PR_STATUS_STRING, PropTag, PropValue, ResourceFlags, ResourceMethods, ResourceType, StatusCode,
};

/// The default columns of a new view.
pub const COLUMNS: [PropTag; 12] = [
    PR_ENTRYID,
    PR_INSTANCE_KEY,
    PR_OBJECT_TYPE,
    PR_ROWID,
    PR_DISPLAY_NAME,
    PR_PROVIDER_DISPLAY,
    PR_PROVIDER_DLL_NAME,
    PR_RESOURCE_TYPE,
    PR_RESOURCE_FLAGS,
    PR_RESOURCE_METHODS,
    PR_STATUS_CODE,
    PR_STATUS_STRING,
];

/// Row keys below this are the three rows of MAPI itself.
pub const FIRST_TRANSPORT: u64 = 16;
pub(super) const SPOOLER: u64 = 2;
const MODULE: &str = "mailspooler";

/// A row. The table computes `PR_INSTANCE_KEY` and `PR_ROWID` from the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusRow {
    /// Never used for another row of the session.
    pub key: u64,
    /// Its columns, each tag once.
    pub columns: Vec<(PropTag, PropValue)>,
}

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// This context.
    Driver,
    /// Another one, and it answers.
    Follower,
    /// Another one, and it does not answer.
    Silent,
    /// Nobody yet.
    Nobody,
}

/// How the storage does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// It works.
    Works,
    /// Writes fail or hang.
    Failing,
    /// No room is left.
    Full,
}

/// What the session knows of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionFacts {
    /// Who sends.
    pub role: Role,
    /// How the storage does.
    pub storage: Storage,
    /// `navigator.onLine`.
    pub online: bool,
}

/// All rows: the three of MAPI itself (C-002), then one per transport (C-003).
pub fn rows<'a>(facts: &SessionFacts, transports: impl IntoIterator<Item = TransportFacts<'a>>) -> Vec<StatusRow> {
    let offline = StatusCode::AVAILABLE.set(StatusCode::OFFLINE, !facts.online);
    let spooler = match (facts.storage, facts.role) {
        (Storage::Full | Storage::Failing, _) | (Storage::Works, Role::Silent) => {
            StatusCode::FAILURE.set(StatusCode::OFFLINE, !facts.online)
        }
        (Storage::Works, Role::Driver | Role::Follower | Role::Nobody) => offline,
    };
    let validate = ResourceMethods::VALIDATE_STATE;
    let text = if facts.online { "Ready" } else { "Offline" };
    let flush = validate | ResourceMethods::FLUSH_QUEUES;
    let mut rows = vec![
        mapi_row(1, StatusEntry::Subsystem, ResourceType::Subsystem, "Mail subsystem", offline, validate, text),
        mapi_row(SPOOLER, StatusEntry::Spooler, ResourceType::Spooler, "Outbox", spooler, flush, spooler_text(facts)),
        mapi_row(
            3,
            StatusEntry::AddressBook,
            ResourceType::Ab,
            "Address book",
            StatusCode::AVAILABLE,
            validate,
            "Ready",
        ),
    ];
    rows.extend(transports.into_iter().filter_map(|transport| row(&transport)));
    rows
}

fn mapi_row(
    key: u64,
    entry: StatusEntry,
    kind: ResourceType,
    name: &str,
    code: StatusCode,
    methods: ResourceMethods,
    text: &str,
) -> StatusRow {
    let columns = vec![
        (PR_ENTRYID, entry.to_entry_id().into()),
        (PR_OBJECT_TYPE, PropValue::flags(ObjectType::Status.code())),
        (PR_DISPLAY_NAME, name.into()),
        (PR_PROVIDER_DISPLAY, MODULE.into()),
        (PR_PROVIDER_DLL_NAME, MODULE.into()),
        (PR_RESOURCE_TYPE, PropValue::flags(kind.code())),
        (PR_RESOURCE_FLAGS, PropValue::flags(ResourceFlags::NO_PRIMARY_IDENTITY.bits())),
        (PR_RESOURCE_METHODS, PropValue::flags(methods.bits())),
        (PR_STATUS_CODE, PropValue::flags(code.bits())),
        (PR_STATUS_STRING, text.into()),
    ];
    StatusRow { key, columns }
}
