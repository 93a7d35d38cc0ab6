//! What others may see of a provider: the spooler whether it sends, the status table the rest.

use super::circuit::{Circuit, FaultReason};
use super::inbound::Gate;
use super::logon::{Logon, View};
use super::row::RowWords;
use super::state::{Life, Off, Park, Then};
use super::{Provider, Setup, Slot};
use crate::mapi::AddressTypes;

/// Whether a transport takes a message now, and if not, why not. Instants are monotonic, ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sending {
    /// It does.
    Open,
    /// An attempt is with it.
    Busy,
    /// It is in back-off.
    BackOff {
        /// Until then.
        until: i64,
        /// Whose fault.
        reason: FaultReason,
    },
    /// Somebody must act.
    Parked(Park),
    /// It is on its way to being open, or nobody wants it open.
    Closed,
    /// Logon is tried again.
    Retrying {
        /// Then.
        until: i64,
        /// Whose fault.
        reason: FaultReason,
    },
    /// Off for the session, until somebody acts.
    Off(Off),
    /// Logging off, or logged off: whatever waits for it waits for another life.
    Leaving,
    /// Failed for the session.
    Never,
}

/// Why a provider wants to be stepped at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WakeReason {
    /// The deadline of a call.
    Deadline,
    /// The end of a back-off.
    BackOff,
    /// Logon is tried again.
    Logon,
    /// `poll`, `startMessage` or `idle`.
    Work,
}

impl Provider {
    /// Its callbacks and what else never changes.
    pub const fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Where it is in its life.
    pub const fn life(&self) -> &Life {
        &self.life
    }

    /// Its standing logon.
    pub const fn logon(&self) -> Option<&Logon> {
        self.life.logon()
    }

    /// Whether an attempt is with it.
    pub const fn slot(&self) -> Slot {
        self.slot
    }

    /// Its back-off.
    pub const fn circuit(&self) -> Circuit {
        self.circuit
    }

    /// Who must act for it.
    pub const fn park(&self) -> Option<Park> {
        self.park
    }

    /// What it wrote into its row.
    pub const fn row(&self) -> &RowWords {
        &self.row
    }

    /// The address types it takes; `None` unless it is logged on (C-091).
    pub fn types(&self) -> Option<&AddressTypes> {
        self.life.logon().map(|logon| &logon.types)
    }

    /// True if `submitMessage` may be called.
    pub fn may_send(&self) -> bool {
        self.sending() == Sending::Open
    }

    /// Whether it takes a message now.
    pub fn sending(&self) -> Sending {
        match (&self.life, self.park, self.circuit) {
            (Life::Failed, _, _) => Sending::Never,
            (Life::Gone | Life::LoggingOff { then: Then::Gone, .. }, _, _) => Sending::Leaving,
            (Life::LoggingOff { then: Then::Off(off), .. }, _, _) => Sending::Off(*off),
            (Life::Off(off), _, _) => Sending::Off(*off),
            (_, Some(park), _) => Sending::Parked(park),
            (Life::Retrying { until, reason, .. }, None, _) => Sending::Retrying { until: *until, reason: *reason },
            (Life::Loaded | Life::LoggingOn { .. } | Life::Configuring { .. } | Life::AskingTypes { .. }, None, _) => {
                Sending::Closed
            }
            (Life::Ready(_), None, Circuit::Open { until, reason, .. }) => Sending::BackOff { until, reason },
            (Life::Ready(logon), None, Circuit::Closed | Circuit::Trial { .. }) => match (logon.outbound, self.slot) {
                (Gate::On, Slot::Free) => Sending::Open,
                (Gate::On, Slot::Busy) => Sending::Busy,
                (Gate::Off | Gate::Beginning | Gate::Ending, _) => Sending::Closed,
            },
        }
    }

    /// The next instant (monotonic, ms) at which it must be stepped with `Tick`, and why.
    pub fn wake(&self) -> Option<(i64, WakeReason)> {
        let view =
            View { setup: &self.setup, wanted: self.wanted, busy: self.slot == Slot::Busy, blocked: self.blocked() };
        let retry = match self.life {
            Life::Retrying { until, .. } => Some(until),
            Life::Loaded
            | Life::LoggingOn { .. }
            | Life::Configuring { .. }
            | Life::AskingTypes { .. }
            | Life::Ready(_)
            | Life::Off(_)
            | Life::LoggingOff { .. }
            | Life::Failed
            | Life::Gone => None,
        };
        let open = match self.circuit {
            Circuit::Open { until, .. } => Some(until),
            Circuit::Closed | Circuit::Trial { .. } => None,
        };
        let deadline = self.life_deadline().map(|(at, _)| at).into_iter().chain(self.asks_due()).min();
        [
            deadline.map(|at| (at, WakeReason::Deadline)),
            open.map(|at| (at, WakeReason::BackOff)),
            retry.map(|at| (at, WakeReason::Logon)),
            self.life.logon().and_then(|logon| logon.due(&view)).map(|at| (at, WakeReason::Work)),
        ]
        .into_iter()
        .flatten()
        .min()
    }
}
