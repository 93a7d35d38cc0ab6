//! What clients ask of a provider through status objects. Every ask is answered by one reply.

use super::circuit::{Circuit, FaultReason};
use super::flush::{Flush, Request};
use super::io::{Ask, CallKey, Failure, Function, HostCall, ProviderEffect, Ticket};
use super::logon::{LOGON_MS, Outstanding};
use super::state::{Entry, Life};
use super::{Provider, Step};
use crate::mapi::{FlushFlags, Gather, LogonFlags, Scode, SettingsFlags, ValidateFlags};

const ASK_MS: i64 = 60_000;

/// Work on headers, which only a remote transport's own function can do.
const HEADER_WORK: ValidateFlags = ValidateFlags::ALL
    .without(ValidateFlags::SUPPRESS_UI)
    .without(ValidateFlags::CONFIG_CHANGED)
    .without(ValidateFlags::FORCE_XP_CONNECT)
    .without(ValidateFlags::FORCE_XP_DISCONNECT);

/// A client's call that is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Pending {
    what: Client,
    deadline: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Client {
    Validate,
    Password,
    Settings { read_only: bool },
}

impl Provider {
    pub(super) fn ask(&mut self, ticket: Ticket, ask: Ask, step: &mut Step) {
        match (&mut self.life, ask) {
            (Life::LoggingOff { .. } | Life::Failed | Life::Gone, _) => {
                step.reply(Some(ticket), Scode::MAPI_E_INVALID_OBJECT);
            }
            (_, Ask::ChangePassword) => {
                self.call_out(
                    ticket,
                    Function::ChangePassword,
                    HostCall::ChangePassword(ticket),
                    Client::Password,
                    step,
                );
            }
            (_, Ask::SettingsDialog(flags)) => {
                let what = Client::Settings { read_only: flags.contains(SettingsFlags::UI_READONLY) };
                self.call_out(ticket, Function::SettingsDialog, HostCall::SettingsDialog(ticket, flags), what, step);
            }
            (Life::Ready(_), Ask::Logon(flags)) => self.log_on_again(Some(ticket), flags, step),
            (Life::Ready(_), Ask::ValidateState(flags)) => self.validate(ticket, flags, step),
            (Life::Ready(_), Ask::FlushQueues(flags)) => self.flush(ticket, flags, step),
            // Whoever checks or flushes a transport that is not logged on wants it logged on.
            (Life::Loaded | Life::Retrying { .. } | Life::Off(_), _) => {
                self.log_on(Entry { failures: 0, ask: Some(ticket), quiet: ask.is_quiet() }, step);
            }
            (Life::LoggingOn { entry, .. } | Life::Configuring { entry } | Life::AskingTypes { entry, .. }, _) => {
                if entry.ask.is_none() {
                    entry.ask = Some(ticket);
                } else {
                    step.reply(Some(ticket), Scode::MAPI_E_BUSY);
                }
            }
        }
    }

    fn call_out(&mut self, ticket: Ticket, function: Function, call: HostCall, what: Client, step: &mut Step) {
        if !self.setup.has(function) {
            step.reply(Some(ticket), Scode::MAPI_E_NO_SUPPORT);
            return;
        }
        let deadline = match what {
            Client::Settings { .. } => {
                step.effect(ProviderEffect::Call { call, deadline: None });
                None
            }
            Client::Validate | Client::Password => Some(step.call_within(call, ASK_MS)),
        };
        self.asks.insert(ticket, Pending { what, deadline });
    }

    /// Beside the standing logon. One that is out for nobody is for whoever asks next; other settings, nobody's ask, ask anew for all.
    pub(super) fn log_on_again(&mut self, ticket: Option<Ticket>, flags: LogonFlags, step: &mut Step) {
        let Some(logon) = self.life.logon_mut() else {
            return;
        };
        let mut what = ticket;
        match logon.again {
            Outstanding::Out { what: waiting, .. } if ticket.is_none() => {
                // What it would answer holds for other settings.
                step.effect(ProviderEffect::Drop(CallKey::Own(Function::TransportLogon)));
                what = waiting;
            }
            Outstanding::Out { what: None, deadline } => {
                logon.again = Outstanding::Out { deadline, what };
                return;
            }
            Outstanding::Out { .. } => return step.reply(ticket, Scode::MAPI_E_BUSY),
            Outstanding::Rest => {}
        }
        if self.setup.has(Function::TransportLogon) {
            let deadline = step.call_within(HostCall::TransportLogon(flags & LogonFlags::NO_DIALOG), LOGON_MS);
            logon.again = Outstanding::Out { deadline, what };
        } else {
            step.reply(ticket, Scode::S_OK);
        }
    }

    fn validate(&mut self, ticket: Ticket, flags: ValidateFlags, step: &mut Step) {
        if self.life.logon().is_some_and(|logon| logon.critical) {
            step.reply(Some(ticket), Scode::MAPI_E_BUSY);
            return;
        }
        let mut flags = flags;
        // Only a function of its own can show something; who wants nothing shown gets the rest done.
        if flags.contains(ValidateFlags::SHOW_XP_SESSION_UI) && !self.setup.has(Function::ValidateState) {
            if !flags.contains(ValidateFlags::SUPPRESS_UI) {
                step.reply(Some(ticket), Scode::MAPI_E_NO_SUPPORT);
                return;
            }
            flags = flags.without(ValidateFlags::SHOW_XP_SESSION_UI);
        }
        let own = if self.setup.has(Function::Headers) { self.remote(ticket, flags, step) } else { Some(flags) };
        let (Some(flags), Some(logon)) = (own, self.life.logon_mut()) else {
            return;
        };
        if self.setup.has(Function::ValidateState) {
            let call = HostCall::ValidateState(ticket, flags);
            self.call_out(ticket, Function::ValidateState, call, Client::Validate, step);
        } else if flags.intersects(HEADER_WORK) {
            step.reply(Some(ticket), Scode::MAPI_E_NO_SUPPORT);
        } else {
            if flags.contains(ValidateFlags::CONFIG_CHANGED) {
                logon.ask_types(&self.setup, step);
            }
            step.reply(Some(ticket), Scode::S_OK);
        }
    }

    fn flush(&mut self, ticket: Ticket, flags: FlushFlags, step: &mut Step) {
        let Some(logon) = self.life.logon_mut() else {
            return;
        };
        if logon.flush != Flush::None {
            step.reply(Some(ticket), Scode::MAPI_E_BUSY);
            return;
        }
        // A person's word resets the back-off (O-50).
        self.circuit = Circuit::Closed;
        if flags.intersects(FlushFlags::UPLOAD | FlushFlags::DOWNLOAD) {
            self.begin_flush(flags, Some(ticket), step);
        } else {
            step.reply(Some(ticket), Scode::S_OK);
        }
    }

    /// The transport takes what it needs for the flush now, and not before (C-044, C-048).
    pub(super) fn begin_flush(&mut self, flags: FlushFlags, ticket: Option<Ticket>, step: &mut Step) {
        let request = Request::new(flags, ticket);
        let flush = if self.setup.has(Function::FlushQueues) {
            Flush::Asking { deadline: step.call_within(HostCall::FlushQueues(flags), ASK_MS), request }
        } else if ticket.is_some() && self.setup.has(Function::TransportNotify) {
            Flush::Beginning(request)
        } else {
            Flush::Due(request)
        };
        if let Some(logon) = self.life.logon_mut() {
            logon.flush = flush;
        }
    }

    pub(super) fn ask_answered(&mut self, ticket: Ticket, result: Result<(), Failure>, step: &mut Step) {
        let Some(pending) = self.asks.remove(&ticket) else {
            return;
        };
        step.reply(Some(ticket), result.err().map_or(Scode::S_OK, Failure::scode));
        match (pending.what, result) {
            (Client::Validate, Ok(())) => self.circuit = Circuit::Closed,
            // Mail waits behind the gate (O-51): the row says so.
            (Client::Validate, Err(Failure { network: true, retry_after_ms, .. })) => {
                // Who asks again while it waits does not make it wait longer.
                if self.circuit.sends() {
                    self.circuit.fail(FaultReason::Network, retry_after_ms, step.now);
                }
            }
            (Client::Password | Client::Settings { read_only: false }, Ok(())) => {
                self.corrected(step);
            }
            (Client::Settings { read_only: true }, Ok(())) | (_, Err(_)) => {}
        }
    }

    pub(super) fn late_asks(&self, now: i64) -> Vec<CallKey> {
        let late = self.asks.iter().filter(|(_, pending)| pending.deadline.is_some_and(|at| at <= now));
        late.map(|(ticket, _)| CallKey::Asked(*ticket)).gather()
    }

    pub(super) fn asks_due(&self) -> Option<i64> {
        self.asks.values().filter_map(|pending| pending.deadline).min()
    }

    pub(super) fn drop_asks(&mut self, step: &mut Step) {
        for ticket in std::mem::take(&mut self.asks).into_keys() {
            step.effect(ProviderEffect::Drop(CallKey::Asked(ticket)));
            step.reply(Some(ticket), Scode::MAPI_E_INVALID_OBJECT);
        }
    }
}
