//! The states of a provider's life (catalogue 6.1). Each names what leads out of it.

use super::circuit::FaultReason;
use super::io::{LoggedOn, Ticket};
use super::logon::Logon;
use crate::mapi::TransportNotify;

/// What can lead out of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The session starts it, or changes what it wants.
    Session,
    /// The outstanding call answers.
    Answer,
    /// Or does not in time.
    Deadline,
    /// An instant comes.
    Time,
    /// A person asks, or corrects the settings.
    Person,
    /// The transport says so: `SpoolerNotify`, `ModifyStatusRow`.
    Transport,
    /// An attempt begins or ends, or nothing is left to send.
    Attempt,
    /// Logoff.
    Logoff,
}

/// Who must act (O-52).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Park {
    /// Credentials were refused.
    Auth,
    /// Settings are missing or wrong.
    Config,
}

/// Why a provider is off until somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Off {
    /// Its logon needs somebody.
    Parked(Park),
    /// `MAPI_E_FAILONEPROVIDER`: this one only (C-099).
    Provider,
    /// Its whole message service (C-100).
    Service,
}

/// A logon under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Logons failed in a row before it.
    pub failures: u32,
    /// Who asked for it.
    pub ask: Option<Ticket>,
    /// And wants nothing shown: neither a dialog nor `configure` (C-042).
    pub quiet: bool,
}

/// The stages of leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Leaving {
    /// `transportNotify` with the END flags is out.
    Ending(TransportNotify),
    /// `transportLogoff` is out.
    LoggingOff,
}

/// What comes after logoff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Then {
    /// It is removed, or the session ends.
    Gone,
    /// Its service is disabled.
    Off(Off),
}

/// A provider's life.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Life {
    /// Registered, nothing asked of it yet.
    Loaded,
    /// `transportLogon` is out.
    LoggingOn {
        /// Monotonic, ms.
        deadline: i64,
        /// Whose.
        entry: Entry,
        /// The service entry point was called: `MAPI_E_UNCONFIGURED` is final now (C-098).
        configured: bool,
    },
    /// `configure` is out.
    Configuring {
        /// Whose.
        entry: Entry,
    },
    /// `addressTypes` is out, directly after the logon (C-093).
    AskingTypes {
        /// Monotonic, ms.
        deadline: i64,
        /// Whose.
        entry: Entry,
        /// What logon answered.
        answer: LoggedOn,
    },
    /// Logon failed for a reason that may pass.
    Retrying {
        /// Monotonic, ms.
        until: i64,
        /// Whose fault.
        reason: FaultReason,
        /// In a row.
        failures: u32,
    },
    /// Logged on and registered: traffic can only be written down in here.
    Ready(Box<Logon>),
    /// Until somebody acts.
    Off(Off),
    /// On the way out.
    LoggingOff {
        /// Which call is out.
        stage: Leaving,
        /// Monotonic, ms.
        deadline: i64,
        /// Where it leads.
        then: Then,
    },
    /// `NOTIFY_CRITICAL_ERROR`: nothing is called any more (C-156).
    Failed,
    /// Logged off for good.
    Gone,
}

impl Life {
    /// What leads out of the state; none for the final one.
    pub const fn exits(&self) -> &'static [Exit] {
        match self {
            Self::Loaded => &[Exit::Session, Exit::Person, Exit::Logoff],
            Self::LoggingOn { .. } | Self::AskingTypes { .. } => {
                &[Exit::Answer, Exit::Deadline, Exit::Transport, Exit::Logoff]
            }
            Self::Configuring { .. } => &[Exit::Answer, Exit::Transport, Exit::Logoff],
            Self::Retrying { .. } => &[Exit::Time, Exit::Person, Exit::Transport, Exit::Logoff],
            Self::Ready(_) => &[Exit::Transport, Exit::Logoff],
            Self::Off(_) => &[Exit::Person, Exit::Transport, Exit::Logoff],
            Self::LoggingOff { .. } => &[Exit::Answer, Exit::Deadline, Exit::Transport],
            Self::Failed => &[Exit::Logoff],
            Self::Gone => &[],
        }
    }

    /// The logon, once it stands.
    pub const fn logon(&self) -> Option<&Logon> {
        match self {
            Self::Ready(logon) => Some(logon),
            Self::Loaded
            | Self::LoggingOn { .. }
            | Self::Configuring { .. }
            | Self::AskingTypes { .. }
            | Self::Retrying { .. }
            | Self::Off(_)
            | Self::LoggingOff { .. }
            | Self::Failed
            | Self::Gone => None,
        }
    }

    pub(super) const fn logon_mut(&mut self) -> Option<&mut Logon> {
        match self {
            Self::Ready(logon) => Some(logon),
            Self::Loaded
            | Self::LoggingOn { .. }
            | Self::Configuring { .. }
            | Self::AskingTypes { .. }
            | Self::Retrying { .. }
            | Self::Off(_)
            | Self::LoggingOff { .. }
            | Self::Failed
            | Self::Gone => None,
        }
    }
}
