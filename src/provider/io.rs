//! What can happen to a provider, and what it asks for.

use super::circuit::FaultReason;
use super::state::Park;
use crate::mapi::{
    AddressTypes, FlushFlags, LogonAnswer, LogonFlags, MapiError, ModifyRowFlags, PropTag, PropValue, Scode,
    SettingsFlags, SpoolerNotify, TransportNotify, ValidateFlags,
};

/// The instant of a step. `mono` in ms, never going back; `jitter` is any number, new for each step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Monotonic clock, ms.
    pub mono: i64,
    /// Spreads back-off over plus and minus 20 %.
    pub jitter: u32,
}

/// A promise somebody waits for; chosen by the session, used once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u32);

/// The callbacks a transport may have. One that is absent counts as having answered `S_OK`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// `transportLogon`
    TransportLogon,
    /// `configure`: the service entry point with `MSG_SERVICE_CONFIGURE`
    Configure,
    /// `addressTypes`, when it is a function
    AddressTypes,
    /// `transportNotify`
    TransportNotify,
    /// `idle`
    Idle,
    /// `poll`
    Poll,
    /// `startMessage`; without it a transport only sends
    StartMessage,
    /// `flushQueues`
    FlushQueues,
    /// `validateState`
    ValidateState,
    /// `changePassword`
    ChangePassword,
    /// `settingsDialog`
    SettingsDialog,
    /// `transportLogoff`
    TransportLogoff,
    /// `headers`: it is a remote transport; `headers.refresh` is the one the machine itself calls
    Headers,
}

/// A set of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Functions(u32);

impl Functions {
    /// True if it is one of them.
    pub const fn contains(self, function: Function) -> bool {
        self.0 & 1 << function as u32 != 0
    }
}

impl FromIterator<Function> for Functions {
    fn from_iter<I: IntoIterator<Item = Function>>(functions: I) -> Self {
        Self(functions.into_iter().fold(0, |all, function| all | 1 << function as u32))
    }
}

/// Which directions the session wants open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Directions {
    /// Receive.
    pub inbound: bool,
    /// Send.
    pub outbound: bool,
}

/// The three identity columns: all or none (C-008).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// `PR_IDENTITY_DISPLAY`
    pub display: String,
    /// `PR_IDENTITY_ENTRYID`
    pub entry_id: Vec<u8>,
    /// `PR_IDENTITY_SEARCH_KEY`
    pub search_key: Vec<u8>,
}

/// `TransportLogon`'s `S_OK`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LoggedOn {
    /// What it wants to be called for.
    pub flags: LogonAnswer,
    /// Columns learned at logon.
    pub identity: Option<Identity>,
}

/// A call that came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Failure {
    /// The MAPI code it named; `None`: it threw something else.
    pub code: Option<Scode>,
    /// Its fetch itself failed.
    pub network: bool,
    /// `Retry-After`, ms.
    pub retry_after_ms: Option<i64>,
}

impl Failure {
    /// With a code only.
    pub const fn code(code: Scode) -> Self {
        Self { code: Some(code), network: false, retry_after_ms: None }
    }

    /// What a waiting client is told.
    pub fn scode(self) -> Scode {
        let thrown = if self.network { Scode::MAPI_E_NETWORK_ERROR } else { Scode::MAPI_E_CALL_FAILED };
        self.code.filter(|code| code.is_failure()).unwrap_or(thrown)
    }
}

/// How a callback ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `transportLogon`
    LoggedOn(Result<LoggedOn, Failure>),
    /// `configure`
    Configured(Result<(), Failure>),
    /// `addressTypes`
    AddressTypes(Result<AddressTypes, Failure>),
    /// `transportNotify`
    Notified(Result<(), Failure>),
    /// `idle`
    Idled(Result<(), Failure>),
    /// `poll`: something is there
    Polled(Result<bool, Failure>),
    /// `startMessage`: `true` a message, `false` nothing more (C-139)
    Started(Result<bool, Failure>),
    /// `deliver` and `acknowledge` of that message
    Delivered(Result<(), Failure>),
    /// `flushQueues`
    Flushed(Result<(), Failure>),
    /// `validateState`, `changePassword` or `settingsDialog`
    Asked(Ticket, Result<(), Failure>),
    /// `transportLogoff`
    LoggedOff(Result<(), Failure>),
    /// `headers.refresh`: the session has the list
    Refreshed(Result<(), Failure>),
}

/// What a client wants of a provider, through a status object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// Log on, logged on or not (C-037); only `LOGON_NO_DIALOG` is read.
    Logon(LogonFlags),
    /// `ValidateState`
    ValidateState(ValidateFlags),
    /// `ChangePassword`; the passwords stay with the host side.
    ChangePassword,
    /// `SettingsDialog`
    SettingsDialog(SettingsFlags),
    /// `FlushQueues`, both directions in one call (C-144)
    FlushQueues(FlushFlags),
}

impl Ask {
    /// Nothing may be shown (C-042).
    pub const fn is_quiet(self) -> bool {
        match self {
            Self::Logon(flags) => flags.contains(LogonFlags::NO_DIALOG),
            Self::ValidateState(flags) => flags.contains(ValidateFlags::SUPPRESS_UI),
            Self::FlushQueues(flags) => flags.contains(FlushFlags::NO_UI),
            Self::ChangePassword => true,
            Self::SettingsDialog(_) => false,
        }
    }
}

/// What an attempt taught about its transport (O-50). Errors of a recipient or a message teach nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttemptEnd {
    /// The service answered.
    Reached,
    /// Nothing was learned.
    Neutral,
    /// The transport or the network is in trouble.
    Fault {
        /// Which.
        reason: FaultReason,
        /// `Retry-After`, ms.
        retry_after_ms: Option<i64>,
    },
    /// Somebody must act (O-52).
    Parked(Park),
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderInput {
    /// The session drives: log on.
    Start,
    /// Which directions shall be open.
    Want(Directions),
    /// An instant of `wake` came.
    Tick,
    /// A callback ended.
    Answer(Answer),
    /// `SpoolerNotify`; `entry` names a deferred message, `None` all of them.
    SpoolerNotify {
        /// What it says.
        flags: SpoolerNotify,
        /// With `NOTIFY_SENTDEFERRED`.
        entry: Option<String>,
    },
    /// `ModifyStatusRow`
    ModifyRow {
        /// New values; `PropValue::Null` removes one.
        columns: Vec<(PropTag, PropValue)>,
        /// `STATUSROW_UPDATE` merges.
        flags: ModifyRowFlags,
    },
    /// A client asks; answered by one `Reply`.
    Ask(Ticket, Ask),
    /// Nobody waits for this flush any more; it is not replied to.
    StopFlush(Ticket),
    /// `submitMessage` is being called.
    AttemptBegan,
    /// It is over, one way or another.
    AttemptEnded(AttemptEnd),
    /// A harmless call reached the service (O-51).
    Reached,
    /// Nothing is left that may be sent now.
    Drained,
    /// The marks are worked off; a failure is the transport's, and ends the work.
    MarksDone(Scode),
    /// The account is parked through another transport.
    Park(Park),
    /// And released.
    Release,
    /// New settings are in force.
    Configured,
    /// A sibling's logon failed for the whole service (C-100).
    ServiceDisabled,
    /// Log off for good.
    Logoff,
}

/// A callback to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HostCall {
    /// `transportLogon`: both directions stay shut until `transportNotify` opens them
    TransportLogon(LogonFlags),
    /// `configure`
    Configure,
    /// `addressTypes`
    AddressTypes,
    /// `transportNotify`
    TransportNotify(TransportNotify),
    /// `idle`
    Idle,
    /// `poll`
    Poll,
    /// `startMessage`
    StartMessage,
    /// `deliver` what `startMessage` returned, then `acknowledge` it
    Deliver,
    /// `flushQueues`
    FlushQueues(FlushFlags),
    /// `validateState`
    ValidateState(Ticket, ValidateFlags),
    /// `changePassword`
    ChangePassword(Ticket),
    /// `settingsDialog`
    SettingsDialog(Ticket, SettingsFlags),
    /// `transportLogoff`
    TransportLogoff,
    /// `headers.refresh`
    Refresh,
}

/// Names an outstanding call: at most one of each at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallKey {
    /// Of the function itself.
    Own(Function),
    /// Of a client's verb.
    Asked(Ticket),
    /// Of `deliver`.
    Deliver,
}

/// What a provider asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderEffect {
    /// Call it; at `deadline` (monotonic) the provider gives up on it.
    Call {
        /// What to call.
        call: HostCall,
        /// `None`: a person is at work.
        deadline: Option<i64>,
    },
    /// Abort that call; its answer no longer counts.
    Drop(CallKey),
    /// The answer to an `Ask`.
    Reply(Ticket, Scode),
    /// The input was refused; nothing changed.
    Refused(MapiError),
    /// It may take a message again.
    MaySend,
    /// An outbound flush: send what there is, then `Drained`.
    Drain,
    /// Work off the marks of its headers, then `MarksDone`.
    Marks,
    /// Stop that; what is marked stays marked.
    DropMarks,
    /// `NOTIFY_READYTOSEND`: back-off of its messages is over.
    ReadyToSend,
    /// `NOTIFY_SENTDEFERRED`: submit this message again, or all.
    SentDeferred(Option<String>),
    /// Its address types changed: route again.
    TypesChanged,
    /// Somebody must act, for every transport of the account (O-52).
    Parked(Park),
    /// It was done.
    Released,
    /// Its whole message service is disabled (C-100).
    DisableService,
    /// Logged off; only its registration is left to drop.
    Gone,
}
