//! Logging on: `transportLogon`, once more after `configure`, then `addressTypes` (catalogue 6.2, 6.3).

use super::circuit::{Circuit, FaultReason, back_off};
use super::io::{CallKey, Failure, Function, HostCall, LoggedOn, ProviderEffect, Ticket};
use super::logon::{LOGON_MS, Logon, Outstanding};
use super::state::{Entry, Life, Off, Park};
use super::{Provider, Step};
use crate::mapi::{AddressTypes, LogonAnswer, LogonFlags, Scode};

const TYPES_MS: i64 = 30_000;

impl Provider {
    pub(super) fn start(&mut self, step: &mut Step) {
        match self.life {
            Life::Loaded => self.log_on(Entry::default(), step),
            Life::LoggingOn { .. }
            | Life::Configuring { .. }
            | Life::AskingTypes { .. }
            | Life::Retrying { .. }
            | Life::Ready(_)
            | Life::Off(_)
            | Life::LoggingOff { .. }
            | Life::Failed
            | Life::Gone => {}
        }
    }

    /// Begins a logon from a state in which no call is out.
    pub(super) fn log_on(&mut self, entry: Entry, step: &mut Step) {
        self.call_logon(entry, false, step);
    }

    fn call_logon(&mut self, entry: Entry, configured: bool, step: &mut Step) {
        if self.setup.has(Function::TransportLogon) {
            let deadline = step.call_within(HostCall::TransportLogon(logon_flags(entry)), LOGON_MS);
            self.life = Life::LoggingOn { deadline, entry, configured };
        } else {
            let idle = self.setup.has(Function::Idle);
            let poll = self.setup.has(Function::Poll);
            let flags = LogonAnswer::EMPTY.set(LogonAnswer::SP_IDLE, idle).set(LogonAnswer::SP_POLL, poll);
            self.logged_on(LoggedOn { flags, identity: None }, entry, step);
        }
    }

    /// `transportLogon` answered while no logon stood.
    pub(super) fn logon_answered(&mut self, result: Result<LoggedOn, Failure>, step: &mut Step) {
        match self.life {
            Life::LoggingOn { entry, configured, .. } => match result {
                Ok(answer) => self.logged_on(answer, entry, step),
                Err(failure) if failure.code == Some(Scode::MAPI_E_UNCONFIGURED) && !configured && !entry.quiet => {
                    self.configure(entry, step);
                }
                Err(failure) => self.logon_failed(failure, entry, step),
            },
            Life::Loaded
            | Life::Configuring { .. }
            | Life::AskingTypes { .. }
            | Life::Retrying { .. }
            | Life::Ready(_)
            | Life::Off(_)
            | Life::LoggingOff { .. }
            | Life::Failed
            | Life::Gone => {}
        }
    }

    /// The service entry point, `MSG_SERVICE_CONFIGURE`, then one more logon (C-098).
    fn configure(&mut self, entry: Entry, step: &mut Step) {
        if self.setup.has(Function::Configure) {
            step.effect(ProviderEffect::Call { call: HostCall::Configure, deadline: None });
            self.life = Life::Configuring { entry };
        } else {
            self.call_logon(entry, true, step);
        }
    }

    pub(super) fn configured(&mut self, result: Result<(), Failure>, step: &mut Step) {
        match self.life {
            Life::Configuring { entry } => match result {
                Ok(()) => self.call_logon(entry, true, step),
                Err(failure) => {
                    step.reply(entry.ask, failure.scode());
                    self.turn_off(Off::Parked(Park::Config), step);
                }
            },
            Life::Loaded
            | Life::LoggingOn { .. }
            | Life::AskingTypes { .. }
            | Life::Retrying { .. }
            | Life::Ready(_)
            | Life::Off(_)
            | Life::LoggingOff { .. }
            | Life::Failed
            | Life::Gone => {}
        }
    }

    fn logged_on(&mut self, answer: LoggedOn, entry: Entry, step: &mut Step) {
        self.release(step);
        self.circuit = Circuit::Closed;
        if self.setup.has(Function::AddressTypes) {
            let deadline = step.call_within(HostCall::AddressTypes, TYPES_MS);
            self.life = Life::AskingTypes { deadline, entry, answer };
        } else {
            self.register(answer, self.setup.types.clone(), entry.ask, step);
        }
    }

    /// `addressTypes` answered the first time.
    pub(super) fn types_answered(&mut self, result: Result<AddressTypes, Failure>, step: &mut Step) {
        match &self.life {
            Life::AskingTypes { entry, answer, .. } => {
                let (entry, answer) = (*entry, answer.clone());
                match result {
                    Ok(types) => self.register(answer, types, entry.ask, step),
                    Err(failure) => self.retry(failure, entry, step),
                }
            }
            Life::Loaded
            | Life::LoggingOn { .. }
            | Life::Configuring { .. }
            | Life::Retrying { .. }
            | Life::Ready(_)
            | Life::Off(_)
            | Life::LoggingOff { .. }
            | Life::Failed
            | Life::Gone => {}
        }
    }

    fn register(&mut self, answer: LoggedOn, types: AddressTypes, ask: Option<Ticket>, step: &mut Step) {
        self.life = Life::Ready(Box::new(Logon::new(answer, types, step)));
        step.reply(ask, Scode::S_OK);
    }

    fn logon_failed(&mut self, failure: Failure, entry: Entry, step: &mut Step) {
        match failure.code {
            Some(Scode::MAPI_E_UNCONFIGURED) => {
                self.refused(Off::Parked(Park::Config), failure, entry, step);
            }
            Some(Scode::MAPI_E_LOGON_FAILED | Scode::MAPI_E_NO_ACCESS) => {
                self.refused(Off::Parked(Park::Auth), failure, entry, step);
            }
            Some(Scode::MAPI_E_FAILONEPROVIDER) => {
                self.refused(Off::Provider, failure, entry, step);
            }
            // A page may well be opened without a network; that is no reason to disable a service for the session.
            None
            | Some(Scode::MAPI_E_NETWORK_ERROR | Scode::MAPI_E_TIMEOUT | Scode::MAPI_E_BUSY | Scode::MAPI_E_WAIT) => {
                self.retry(failure, entry, step)
            }
            Some(_) => {
                self.refused(Off::Service, failure, entry, step);
                step.effect(ProviderEffect::DisableService);
            }
        }
    }

    fn refused(&mut self, off: Off, failure: Failure, entry: Entry, step: &mut Step) {
        step.reply(entry.ask, failure.scode());
        self.turn_off(off, step);
    }

    fn turn_off(&mut self, off: Off, step: &mut Step) {
        self.life = Life::Off(off);
        match off {
            Off::Parked(park) => {
                self.park = Some(park);
                step.effect(ProviderEffect::Parked(park));
            }
            Off::Provider | Off::Service => {}
        }
    }

    fn retry(&mut self, failure: Failure, entry: Entry, step: &mut Step) {
        step.reply(entry.ask, failure.scode());
        let network = failure.network || failure.code == Some(Scode::MAPI_E_NETWORK_ERROR);
        let reason = if network { FaultReason::Network } else { FaultReason::Transport };
        let failures = entry.failures.saturating_add(1);
        let until = back_off(failures, failure.retry_after_ms, step.now);
        self.life = Life::Retrying { until, reason, failures };
    }

    /// `transportLogon` answered beside a standing logon, which a failure does not end.
    pub(super) fn logged_on_again(&mut self, result: Result<LoggedOn, Failure>, step: &mut Step) {
        let Some(logon) = self.life.logon_mut() else {
            return;
        };
        let Outstanding::Out { what: ticket, .. } = logon.again else {
            return;
        };
        logon.again = Outstanding::Rest;
        match result {
            Ok(answer) => {
                logon.answer = answer;
                logon.ask_types(&self.setup, step);
                step.reply(ticket, Scode::S_OK);
                self.circuit = Circuit::Closed;
                self.release(step);
            }
            Err(failure) => {
                step.reply(ticket, failure.scode());
                if let Some(Scode::MAPI_E_LOGON_FAILED | Scode::MAPI_E_NO_ACCESS) = failure.code {
                    self.park = Some(Park::Auth);
                    step.effect(ProviderEffect::Parked(Park::Auth));
                }
            }
        }
    }

    /// Other settings are in force: who is logged on with those before, or about to be, logs on again, so that what logon
    /// says of identities and limits holds for these.
    pub(super) fn reconfigured(&mut self, step: &mut Step) {
        let under_way = match self.life {
            Life::LoggingOn { entry, .. } => Some((Function::TransportLogon, entry)),
            Life::AskingTypes { entry, .. } => Some((Function::AddressTypes, entry)),
            Life::Loaded
            | Life::Configuring { .. }
            | Life::Retrying { .. }
            | Life::Ready(_)
            | Life::Off(_)
            | Life::LoggingOff { .. }
            | Life::Failed
            | Life::Gone => None,
        };
        if let Some((function, entry)) = under_way {
            step.effect(ProviderEffect::Drop(CallKey::Own(function)));
            self.log_on(entry, step);
        }
        self.corrected(step);
        self.log_on_again(None, LogonFlags::NO_DIALOG, step);
    }

    pub(super) fn release(&mut self, step: &mut Step) {
        if self.park.take().is_some() {
            step.effect(ProviderEffect::Released);
        }
    }

    /// The account is released through another transport.
    pub(super) fn released(&mut self, step: &mut Step) {
        self.park = None;
        match self.life {
            Life::Off(Off::Parked(_)) => self.log_on(Entry::default(), step),
            Life::Off(Off::Provider | Off::Service)
            | Life::Loaded
            | Life::LoggingOn { .. }
            | Life::Configuring { .. }
            | Life::AskingTypes { .. }
            | Life::Retrying { .. }
            | Life::Ready(_)
            | Life::LoggingOff { .. }
            | Life::Failed
            | Life::Gone => {}
        }
    }

    /// A person corrected something: parks end, and a provider that was not logged on tries at once.
    pub(super) fn corrected(&mut self, step: &mut Step) {
        match self.life {
            Life::Retrying { .. } | Life::Off(_) => self.log_on(Entry::default(), step),
            Life::Loaded
            | Life::LoggingOn { .. }
            | Life::Configuring { .. }
            | Life::AskingTypes { .. }
            | Life::Ready(_)
            | Life::LoggingOff { .. }
            | Life::Failed
            | Life::Gone => {}
        }
        self.release(step);
        self.circuit = Circuit::Closed;
    }
}

/// Stores and directions come later; a dialog only before somebody who asked for the logon (C-102).
const fn logon_flags(entry: Entry) -> LogonFlags {
    let shut = LogonFlags::NO_INBOUND.with(LogonFlags::NO_OUTBOUND);
    shut.set(LogonFlags::NO_DIALOG, entry.ask.is_none() || entry.quiet)
}
