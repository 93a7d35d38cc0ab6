//! What the four verbs of a status object come to (catalogue 4.2 to 4.5): decisions, before anything is called.

use super::entry::StatusEntry;
use super::transport::methods;
use crate::mapi::{FlushFlags, Gather, MapiError, MapiResult, ResourceMethods, Scode, ValidateFlags, hex_word, told};
use crate::provider::{Flush, Life, Provider};

const HEADER_WORK: ValidateFlags =
    ValidateFlags::ALL.without(ValidateFlags::SUPPRESS_UI).without(ValidateFlags::CONFIG_CHANGED);

/// What `ValidateState` comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidatePlan {
    /// Nothing is to be called: `S_OK`.
    Own,
    /// `Ask::ValidateState(flags)` to this transport; its reply is the answer.
    One(ValidateFlags),
    /// `Ask::Logon` if `logon` says so, then `Ask::ValidateState(flags)`, to every transport; then `S_OK`.
    Everyone {
        /// The spooler logs on everyone, logged on or not (C-037).
        logon: bool,
        /// For each (C-038).
        flags: ValidateFlags,
    },
    /// `addressTypes` of every transport that is logged on (C-039): `NOTIFY_CONFIG_CHANGE` in its name; then `S_OK`.
    Types,
}

/// `IMAPIStatus::ValidateState`. `provider` is the transport's, if the object is a transport's and it is here.
pub fn validate_state(entry: &StatusEntry, flags: u32, provider: Option<&Provider>) -> MapiResult<ValidatePlan> {
    let Some(flags) = ValidateFlags::from_bits(flags) else {
        let got = hex_word(flags);
        return Err(MapiError::new(Scode::MAPI_E_UNKNOWN_FLAGS, "the eight flags of ValidateState", got));
    };
    if flags.contains(ValidateFlags::FORCE_XP_CONNECT | ValidateFlags::FORCE_XP_DISCONNECT) {
        let got = "FORCE_XP_CONNECT with FORCE_XP_DISCONNECT";
        return Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "one of two exclusive flags", got));
    }
    if flags.intersects(HEADER_WORK) && !matches!(entry, StatusEntry::Transport(_)) {
        return Err(MapiError::new(
            Scode::MAPI_E_NO_SUPPORT,
            "a transport's status object",
            "connection or header flags",
        ));
    }
    let calm = flags & ValidateFlags::SUPPRESS_UI;
    match entry {
        StatusEntry::AddressBook => Ok(ValidatePlan::Own),
        StatusEntry::Subsystem => Ok(ValidatePlan::Everyone { logon: false, flags: calm }),
        StatusEntry::Spooler if flags.contains(ValidateFlags::CONFIG_CHANGED) => Ok(ValidatePlan::Types),
        StatusEntry::Spooler => Ok(ValidatePlan::Everyone { logon: true, flags: calm }),
        StatusEntry::Transport(_) => {
            let provider = here(provider)?;
            if provider.logon().is_some_and(|logon| logon.critical) {
                return Err(MapiError::new(Scode::MAPI_E_BUSY, "no critical section", "one that is open"));
            }
            Ok(ValidatePlan::One(flags))
        }
    }
}

/// What `FlushQueues` needs to know of a transport.
#[derive(Clone, Copy, Debug)]
pub struct FlushFacts<'a> {
    /// Its uid.
    pub uid: &'a str,
    /// It answers before it has sent (`guarantees.asynchronous`).
    pub asynchronous: bool,
    /// Its machine.
    pub provider: &'a Provider,
}

/// What `FlushQueues` comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlushPlan {
    /// Places in transport order: `Ask::FlushQueues(flags)` to one after the other (C-145); none means `S_OK` at once.
    pub places: Vec<usize>,
    /// For each (C-060).
    pub flags: FlushFlags,
    /// The caller's promise waits for the replies; else it resolves at once (C-057, C-058).
    pub wait: bool,
}

/// `IMAPIStatus::FlushQueues`. `transports` stand in transport order; `running`: a flush through the spooler's object
/// is under way.
pub fn flush_queues(
    entry: &StatusEntry,
    flags: u32,
    target: Option<&[u8]>,
    transports: &[FlushFacts<'_>],
    running: bool,
) -> MapiResult<FlushPlan> {
    let Some(flags) = FlushFlags::from_bits(flags) else {
        return Err(MapiError::new(Scode::MAPI_E_UNKNOWN_FLAGS, "the five flags of FlushQueues", hex_word(flags)));
    };
    let places = match entry {
        StatusEntry::Subsystem | StatusEntry::AddressBook => return Err(unsupported("FlushQueues")),
        StatusEntry::Transport(uid) => one(uid, target, transports)?,
        StatusEntry::Spooler => some(flags, target, transports)?,
    };
    if !flags.intersects(FlushFlags::UPLOAD | FlushFlags::DOWNLOAD) {
        return Ok(FlushPlan { places: Vec::new(), flags, wait: false });
    }
    let flushing = |place: &usize| {
        let logon = transports.get(*place).and_then(|t| t.provider.logon());
        logon.is_some_and(|logon| logon.flush != Flush::None)
    };
    if running || places.iter().any(flushing) {
        return Err(MapiError::new(Scode::MAPI_E_BUSY, "no flush under way", "one that is"));
    }
    let wait = *entry == StatusEntry::Spooler && !flags.contains(FlushFlags::ASYNC_OK);
    // ASYNC_OK speaks to the spooler only.
    Ok(FlushPlan { places, flags: flags.without(FlushFlags::ASYNC_OK), wait })
}

/// Through a transport's own object: that transport only (C-054), and no target.
fn one(uid: &str, target: Option<&[u8]>, transports: &[FlushFacts<'_>]) -> MapiResult<Vec<usize>> {
    let place = transports.iter().position(|t| t.uid == uid);
    let provider = here(place.and_then(|place| transports.get(place)).map(|t| t.provider))?;
    if !methods(provider).contains(ResourceMethods::FLUSH_QUEUES) {
        return Err(unsupported("FlushQueues"));
    }
    if target.is_some() {
        return Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "no target on a transport's object", "a target"));
    }
    Ok(place.into_iter().gather())
}

/// Through the spooler's object: every transport that is not off (C-055), or the target (C-056).
fn some(flags: FlushFlags, target: Option<&[u8]>, transports: &[FlushFacts<'_>]) -> MapiResult<Vec<usize>> {
    let Some(target) = target else {
        let active = transports.iter().enumerate().filter(|(_, t)| is_active(t.provider));
        return Ok(active.map(|(place, _)| place).gather());
    };
    let StatusEntry::Transport(uid) = StatusEntry::from_entry_id(target)? else { return Err(not_found()) };
    let place = transports.iter().position(|t| t.uid == uid).ok_or_else(not_found)?;
    if transports.get(place).is_some_and(|t| t.asynchronous) && !flags.contains(FlushFlags::FORCE) {
        let got = "an asynchronous transport without it";
        return Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "FLUSH_FORCE", got));
    }
    Ok(vec![place])
}

fn not_found() -> MapiError {
    MapiError::new(Scode::MAPI_E_NOT_FOUND, "the entry id of a transport of this session", "another")
}

/// Logged on, or on its way: a flush makes one in back-off try at once.
fn is_active(provider: &Provider) -> bool {
    match provider.life() {
        Life::LoggingOn { .. }
        | Life::Configuring { .. }
        | Life::AskingTypes { .. }
        | Life::Retrying { .. }
        | Life::Ready(_) => true,
        Life::Loaded | Life::Off(_) | Life::LoggingOff { .. } | Life::Failed | Life::Gone => false,
    }
}

/// The two verbs with a person in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// `SettingsDialog`
    Settings,
    /// `ChangePassword`
    Password,
}

/// `SettingsDialog` and `ChangePassword`: only transports whose bit is set have them (C-028, C-030).
pub fn dialog(entry: &StatusEntry, dialog: Dialog, provider: Option<&Provider>) -> MapiResult<()> {
    let (bit, name) = match dialog {
        Dialog::Settings => (ResourceMethods::SETTINGS_DIALOG, "SettingsDialog"),
        Dialog::Password => (ResourceMethods::CHANGE_PASSWORD, "ChangePassword"),
    };
    match entry {
        StatusEntry::Subsystem | StatusEntry::Spooler | StatusEntry::AddressBook => Err(unsupported(name)),
        StatusEntry::Transport(_) if methods(here(provider)?).contains(bit) => Ok(()),
        StatusEntry::Transport(_) => Err(unsupported(name)),
    }
}

/// A status object outlives its transport, but does nothing then (C-025, C-106).
fn here(provider: Option<&Provider>) -> MapiResult<&Provider> {
    let alive = provider.filter(|provider| match provider.life() {
        Life::LoggingOff { .. } | Life::Failed | Life::Gone => false,
        Life::Loaded
        | Life::LoggingOn { .. }
        | Life::Configuring { .. }
        | Life::AskingTypes { .. }
        | Life::Retrying { .. }
        | Life::Ready(_)
        | Life::Off(_) => true,
    });
    alive.ok_or_else(|| MapiError::new(Scode::MAPI_E_INVALID_OBJECT, "a transport of this session", "one that is gone"))
}

fn unsupported(verb: &str) -> MapiError {
    let expected = told!["an object whose PR_RESOURCE_METHODS has ", verb];
    MapiError::new(Scode::MAPI_E_NO_SUPPORT, expected, "one without it")
}
