//! A transport's row (catalogue 3.2, 3.3).

use super::entry::StatusEntry;
use super::rows::StatusRow;
use super::words::transport_text;
use crate::mapi::ordered::Map;
use crate::mapi::{
    Gather, ObjectType, PR_DISPLAY_NAME, PR_ENTRYID, PR_IDENTITY_DISPLAY, PR_IDENTITY_ENTRYID, PR_IDENTITY_SEARCH_KEY,
    PR_OBJECT_TYPE, PR_OWN_STORE_ENTRYID, PR_PROVIDER_DISPLAY, PR_PROVIDER_DLL_NAME, PR_REMOTE_PROGRESS,
    PR_REMOTE_PROGRESS_TEXT, PR_REMOTE_VALIDATE_OK, PR_RESOURCE_FLAGS, PR_RESOURCE_METHODS, PR_RESOURCE_TYPE,
    PR_STATUS_CODE, PR_STATUS_STRING, PropTag, PropValue, ResourceFlags, ResourceMethods, ResourceType, StatusCode,
};
use crate::provider::{FaultReason, Function, Identity, Life, Provider, Sending, Slot};

/// What the session knows of a transport beside its machine.
#[derive(Clone, Copy, Debug)]
pub struct TransportFacts<'a> {
    /// Names the registration: used once per session, so that a transport added again is another row (C-007).
    pub serial: u32,
    /// Its uid.
    pub uid: &'a str,
    /// `PR_RESOURCE_TYPE`
    pub kind: ResourceType,
    /// `PR_DISPLAY_NAME`, unless it writes its own.
    pub display_name: &'a str,
    /// `PR_PROVIDER_DISPLAY`, unless it writes its own.
    pub provider_display: &'a str,
    /// `PR_PROVIDER_DLL_NAME`
    pub module_name: &'a str,
    /// `PR_RESOURCE_FLAGS`
    pub resource_flags: ResourceFlags,
    /// The identity it was configured with.
    pub identity: Option<&'a Identity>,
    /// `PR_REMOTE_PROGRESS` and `_TEXT` of header work.
    pub progress: (i32, &'static str),
    /// Its machine.
    pub provider: &'a Provider,
}

/// `PR_RESOURCE_METHODS`: `ValidateState` always, the rest as its functions exist.
pub fn methods(provider: &Provider) -> ResourceMethods {
    let has = |function| provider.setup().functions.contains(function);
    ResourceMethods::VALIDATE_STATE
        .set(ResourceMethods::SETTINGS_DIALOG, has(Function::SettingsDialog))
        .set(ResourceMethods::CHANGE_PASSWORD, has(Function::ChangePassword))
        .set(ResourceMethods::FLUSH_QUEUES, has(Function::FlushQueues))
}

/// `PR_STATUS_CODE`. A transport's own word counts for its health, for what it does by itself and for remote access;
/// trouble the spooler sees goes before; ENABLED and FLUSH bits are the machine's.
pub fn status_code(provider: &Provider) -> StatusCode {
    let said = provider.row().status_code();
    let own = StatusCode::REMOTE_ACCESS | StatusCode::INBOUND_ACTIVE | StatusCode::OUTBOUND_ACTIVE;
    let mut code = health(provider, said) | (said.unwrap_or_default() & own);
    if provider.setup().remote || provider.setup().functions.contains(Function::Headers) {
        code |= StatusCode::REMOTE_ACCESS;
    }
    if provider.slot() == Slot::Busy {
        code |= StatusCode::OUTBOUND_ACTIVE;
    }
    if let Some(logon) = provider.logon() {
        let flush = logon.flush.bits() | logon.headers.bits();
        code = (code | flush).set(StatusCode::OFFLINE, logon.offline || code.contains(StatusCode::OFFLINE));
        code = code
            .set(StatusCode::INBOUND_ENABLED, logon.inbound.gate.enabled())
            .set(StatusCode::OUTBOUND_ENABLED, logon.outbound.enabled());
        if logon.inbound.active() || flush.contains(StatusCode::INBOUND_FLUSH) {
            code |= StatusCode::INBOUND_ACTIVE;
        }
        if flush.contains(StatusCode::OUTBOUND_FLUSH) {
            code |= StatusCode::OUTBOUND_ACTIVE;
        }
    }
    code
}

/// `PR_REMOTE_VALIDATE_OK`: a viewer may call `ValidateState` (C-176).
pub fn may_validate(provider: &Provider) -> bool {
    provider.logon().is_some_and(|logon| logon.headers.rests() && !logon.flush.works_by_itself() && !logon.critical)
}

fn health(provider: &Provider, said: Option<StatusCode>) -> StatusCode {
    let mask = StatusCode::AVAILABLE | StatusCode::OFFLINE | StatusCode::FAILURE;
    let said = said.map(|code| code & mask);
    let troubled = |bit| said.unwrap_or_default().without(StatusCode::AVAILABLE) | bit;
    match provider.sending() {
        Sending::Open | Sending::Busy => said.unwrap_or(StatusCode::AVAILABLE),
        Sending::Closed => match provider.life() {
            Life::Ready(_) => said.unwrap_or(StatusCode::AVAILABLE),
            Life::Loaded
            | Life::LoggingOn { .. }
            | Life::Configuring { .. }
            | Life::AskingTypes { .. }
            | Life::Retrying { .. }
            | Life::Off(_)
            | Life::LoggingOff { .. }
            | Life::Failed
            | Life::Gone => troubled(StatusCode::EMPTY),
        },
        Sending::BackOff { reason, .. } | Sending::Retrying { reason, .. } => match reason {
            FaultReason::Network => troubled(StatusCode::OFFLINE),
            FaultReason::Transport => troubled(StatusCode::FAILURE),
        },
        Sending::Parked(_) | Sending::Off(_) => troubled(StatusCode::FAILURE),
        Sending::Leaving => troubled(StatusCode::EMPTY),
        Sending::Never => troubled(StatusCode::FAILURE),
    }
}

/// `None` after the transport removed its row.
pub(super) fn row(facts: &TransportFacts<'_>) -> Option<StatusRow> {
    let provider = facts.provider;
    let own = provider.row();
    if !own.is_shown() {
        return None;
    }
    let mut columns: Map<PropTag, PropValue> = Map::new();
    columns.insert(PR_DISPLAY_NAME, facts.display_name.into());
    columns.insert(PR_PROVIDER_DISPLAY, facts.provider_display.into());
    columns.insert(PR_STATUS_STRING, transport_text(provider).into());
    let learned = provider.logon().and_then(|logon| logon.answer.identity.as_ref());
    if let Some(identity) = learned.or(facts.identity) {
        columns.insert(PR_IDENTITY_DISPLAY, identity.display.as_str().into());
        columns.insert(PR_IDENTITY_ENTRYID, identity.entry_id.clone().into());
        columns.insert(PR_IDENTITY_SEARCH_KEY, identity.search_key.clone().into());
    }
    if provider.setup().remote || provider.setup().functions.contains(Function::Headers) {
        columns.insert(PR_REMOTE_VALIDATE_OK, PropValue::Boolean(may_validate(provider)));
        columns.insert(PR_REMOTE_PROGRESS, PropValue::Long(facts.progress.0));
        columns.insert(PR_REMOTE_PROGRESS_TEXT, facts.progress.1.into());
    }
    columns.extend(own.columns().iter().map(|(tag, value)| (*tag, value.clone())));
    if facts.resource_flags.contains(ResourceFlags::NO_PRIMARY_IDENTITY) {
        for tag in [PR_IDENTITY_DISPLAY, PR_IDENTITY_ENTRYID, PR_IDENTITY_SEARCH_KEY] {
            columns.remove(&tag);
        }
    }
    // Claiming a store of its own without naming it would be an empty claim (C-009).
    let names_store = columns.contains_key(&PR_OWN_STORE_ENTRYID);
    let flags = facts.resource_flags.without(if names_store { ResourceFlags::EMPTY } else { ResourceFlags::OWN_STORE });
    let mut code = status_code(provider);
    if facts.kind != ResourceType::TransportProvider {
        // The other bits are transports' (C-018).
        code = code & (StatusCode::AVAILABLE | StatusCode::OFFLINE | StatusCode::FAILURE);
    }
    columns.insert(PR_STATUS_CODE, PropValue::flags(code.bits()));
    columns.insert(PR_RESOURCE_METHODS, PropValue::flags(methods(provider).bits()));
    columns.insert(PR_RESOURCE_FLAGS, PropValue::flags(flags.bits()));
    columns.insert(PR_RESOURCE_TYPE, PropValue::flags(facts.kind.code()));
    columns.insert(PR_PROVIDER_DLL_NAME, facts.module_name.into());
    columns.insert(PR_OBJECT_TYPE, PropValue::flags(ObjectType::Status.code()));
    columns.insert(PR_ENTRYID, StatusEntry::Transport(facts.uid.to_owned()).to_entry_id().into());
    Some(StatusRow {
        key: u64::from(facts.serial).saturating_add(super::rows::FIRST_TRANSPORT),
        columns: columns.into_iter().gather(),
    })
}
