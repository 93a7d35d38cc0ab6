//! The spooler's default texts for `PR_STATUS_STRING` (C-011), in English; a transport's own text goes before.

use super::rows::{Role, SessionFacts, Storage};
use crate::provider::{FaultReason, Gate, Headers, Life, Off, Park, Provider, Sending};

/// Of the driver's rows, too.
pub(super) const SILENT: &str = "The tab that sends does not answer";

/// What the spooler says of itself.
pub const fn spooler_text(facts: &SessionFacts) -> &'static str {
    match (facts.storage, facts.role, facts.online) {
        (Storage::Full, _, _) => "The storage is full",
        (Storage::Failing, _, _) => "The storage does not answer",
        (Storage::Works, Role::Silent, _) => SILENT,
        (Storage::Works, Role::Nobody, _) => "Waiting for a tab that can send",
        (Storage::Works, Role::Driver | Role::Follower, false) => "Offline",
        (Storage::Works, Role::Driver, true) => "Ready",
        (Storage::Works, Role::Follower, true) => "Ready; another tab sends",
    }
}

/// What the spooler says of a transport that does not speak for itself.
pub fn transport_text(provider: &Provider) -> &'static str {
    match provider.sending() {
        Sending::Busy => "Sending",
        Sending::Open | Sending::Closed if let Some(text) = header_text(provider) => text,
        Sending::Open if provider.logon().is_some_and(|logon| logon.inbound.active()) => "Receiving",
        Sending::Open => "Ready",
        Sending::BackOff { reason, .. } | Sending::Retrying { reason, .. } => match reason {
            FaultReason::Network => "No connection; tried again later",
            FaultReason::Transport => "In trouble; tried again later",
        },
        Sending::Parked(park) | Sending::Off(Off::Parked(park)) => match park {
            Park::Auth => "The password or sign-in was refused",
            Park::Config => "Settings are missing or wrong",
        },
        Sending::Off(Off::Provider) => "Disabled: it could not log on",
        Sending::Off(Off::Service) => "Disabled: its service could not log on",
        Sending::Closed => closed_text(provider),
        Sending::Leaving if *provider.life() == Life::Gone => "Logged off",
        Sending::Leaving => "Logging off",
        Sending::Never => "Failed; it is off until the next session",
    }
}

fn header_text(provider: &Provider) -> Option<&'static str> {
    let logon = provider.logon()?;
    match logon.headers {
        Headers::Marks(_) => Some("Working on marked messages"),
        Headers::Refreshing { .. } => Some("Fetching the list of messages"),
        Headers::Rest { .. } => logon.offline.then_some("Disconnected"),
    }
}

fn closed_text(provider: &Provider) -> &'static str {
    match provider.life() {
        Life::Loaded => "Not logged on",
        Life::LoggingOn { .. } | Life::AskingTypes { .. } => "Logging on",
        Life::Configuring { .. } => "Being configured",
        Life::Ready(logon) => match logon.outbound {
            Gate::Beginning => "Getting ready",
            Gate::Off | Gate::On | Gate::Ending => "Sending is off",
        },
        Life::Retrying { .. } | Life::Off(_) | Life::LoggingOff { .. } | Life::Failed | Life::Gone => "Not logged on",
    }
}
