//! Logging off, failing, and what time does to a life.

use super::io::{CallKey, Function, HostCall, ProviderEffect};
use super::state::{Entry, Leaving, Life, Off, Then};
use super::{Provider, Step};
use crate::mapi::{Scode, TransportNotify};

const LEAVE_MS: i64 = 10_000;

impl Provider {
    pub(super) fn logoff(&mut self, step: &mut Step) {
        self.leave(Then::Gone, step);
    }

    /// A sibling's logon failed for the whole service.
    pub(super) fn service_disabled(&mut self, step: &mut Step) {
        self.leave(Then::Off(Off::Service), step);
    }

    fn leave(&mut self, then: Then, step: &mut Step) {
        match &mut self.life {
            Life::Loaded | Life::Retrying { .. } => self.arrive(then, step),
            Life::LoggingOn { entry, .. } => {
                let ask = entry.ask;
                step.effect(ProviderEffect::Drop(CallKey::Own(Function::TransportLogon)));
                step.reply(ask, Scode::MAPI_E_INVALID_OBJECT);
                self.arrive(then, step);
            }
            Life::Configuring { entry } => {
                let ask = entry.ask;
                step.effect(ProviderEffect::Drop(CallKey::Own(Function::Configure)));
                step.reply(ask, Scode::MAPI_E_INVALID_OBJECT);
                self.arrive(then, step);
            }
            Life::AskingTypes { entry, .. } => {
                let ask = entry.ask;
                step.effect(ProviderEffect::Drop(CallKey::Own(Function::AddressTypes)));
                step.reply(ask, Scode::MAPI_E_INVALID_OBJECT);
                self.call_logoff(then, step);
            }
            Life::Ready(_) => self.leave_ready(then, step),
            Life::LoggingOff { then: planned, .. } => {
                if then == Then::Gone {
                    *planned = then;
                }
            }
            Life::Off(_) | Life::Failed => match then {
                Then::Gone => self.arrive(then, step),
                // What is off for a reason of its own keeps it.
                Then::Off(_) => {}
            },
            Life::Gone => {}
        }
    }

    fn leave_ready(&mut self, then: Then, step: &mut Step) {
        self.drop_calls(step);
        let flags = self.life.logon().map_or(TransportNotify::EMPTY, super::Logon::last_words);
        if !flags.is_empty() && self.setup.has(Function::TransportNotify) {
            let deadline = step.call_within(HostCall::TransportNotify(flags), LEAVE_MS);
            self.life = Life::LoggingOff { stage: Leaving::Ending(flags), deadline, then };
        } else {
            self.call_logoff(then, step);
        }
    }

    /// Drops every outstanding call of the logon and answers whoever waits for one (C-106).
    fn drop_calls(&mut self, step: &mut Step) {
        if let Some(logon) = self.life.logon_mut() {
            logon.headers.stop(step);
            for (key, _) in logon.outstanding() {
                step.effect(ProviderEffect::Drop(key));
            }
            let flush = logon.flush.request().and_then(|request| request.ticket);
            step.reply(flush, Scode::MAPI_E_INVALID_OBJECT);
            step.reply(logon.asker(), Scode::MAPI_E_INVALID_OBJECT);
        }
        self.drop_asks(step);
    }

    fn call_logoff(&mut self, then: Then, step: &mut Step) {
        if self.setup.has(Function::TransportLogoff) {
            let deadline = step.call_within(HostCall::TransportLogoff, LEAVE_MS);
            self.life = Life::LoggingOff { stage: Leaving::LoggingOff, deadline, then };
        } else {
            self.arrive(then, step);
        }
    }

    fn arrive(&mut self, then: Then, step: &mut Step) {
        self.drop_asks(step);
        match then {
            Then::Gone => {
                self.life = Life::Gone;
                step.effect(ProviderEffect::Gone);
            }
            Then::Off(off) => self.life = Life::Off(off),
        }
    }

    /// `transportNotify` with the END flags returned.
    pub(super) fn ended(&mut self, step: &mut Step) {
        match self.life {
            Life::LoggingOff { stage: Leaving::Ending(_), then, .. } => self.call_logoff(then, step),
            Life::LoggingOff { stage: Leaving::LoggingOff, .. }
            | Life::Loaded
            | Life::LoggingOn { .. }
            | Life::Configuring { .. }
            | Life::AskingTypes { .. }
            | Life::Retrying { .. }
            | Life::Ready(_)
            | Life::Off(_)
            | Life::Failed
            | Life::Gone => {}
        }
    }

    /// `transportLogoff` answered; whatever it said, the provider is logged off (C-103).
    pub(super) fn logged_off(&mut self, step: &mut Step) {
        match self.life {
            Life::LoggingOff { stage: Leaving::LoggingOff, then, .. } => self.arrive(then, step),
            Life::LoggingOff { stage: Leaving::Ending(_), .. }
            | Life::Loaded
            | Life::LoggingOn { .. }
            | Life::Configuring { .. }
            | Life::AskingTypes { .. }
            | Life::Retrying { .. }
            | Life::Ready(_)
            | Life::Off(_)
            | Life::Failed
            | Life::Gone => {}
        }
    }

    /// `NOTIFY_CRITICAL_ERROR`: only release calls follow, and JavaScript has none (C-156).
    pub(super) fn fail(&mut self, step: &mut Step) {
        let out = match &self.life {
            Life::LoggingOn { entry, .. } => Some((Function::TransportLogon, entry.ask)),
            Life::Configuring { entry } => Some((Function::Configure, entry.ask)),
            Life::AskingTypes { entry, .. } => Some((Function::AddressTypes, entry.ask)),
            Life::LoggingOff { stage: Leaving::Ending(_), .. } => Some((Function::TransportNotify, None)),
            Life::LoggingOff { stage: Leaving::LoggingOff, .. } => Some((Function::TransportLogoff, None)),
            Life::Loaded | Life::Retrying { .. } | Life::Ready(_) | Life::Off(_) => None,
            Life::Failed | Life::Gone => return,
        };
        if let Some((function, ask)) = out {
            step.effect(ProviderEffect::Drop(CallKey::Own(function)));
            step.reply(ask, Scode::MAPI_E_INVALID_OBJECT);
        }
        self.drop_calls(step);
        match self.life {
            Life::LoggingOff { then: Then::Gone, .. } => self.arrive(Then::Gone, step),
            Life::LoggingOff { then: Then::Off(_), .. }
            | Life::Loaded
            | Life::LoggingOn { .. }
            | Life::Configuring { .. }
            | Life::AskingTypes { .. }
            | Life::Retrying { .. }
            | Life::Ready(_)
            | Life::Off(_)
            | Life::Failed
            | Life::Gone => self.life = Life::Failed,
        }
    }

    /// The deadline of the call that is out between logons, and which one it is.
    pub(super) const fn life_deadline(&self) -> Option<(i64, Function)> {
        match &self.life {
            Life::LoggingOn { deadline, .. } => Some((*deadline, Function::TransportLogon)),
            Life::AskingTypes { deadline, .. } => Some((*deadline, Function::AddressTypes)),
            Life::LoggingOff { stage: Leaving::Ending(_), deadline, .. } => {
                Some((*deadline, Function::TransportNotify))
            }
            Life::LoggingOff { stage: Leaving::LoggingOff, deadline, .. } => {
                Some((*deadline, Function::TransportLogoff))
            }
            Life::Loaded
            | Life::Configuring { .. }
            | Life::Retrying { .. }
            | Life::Ready(_)
            | Life::Off(_)
            | Life::Failed
            | Life::Gone => None,
        }
    }

    /// A retry that came due.
    pub(super) fn tick_life(&mut self, step: &mut Step) {
        match self.life {
            Life::Retrying { until, failures, .. } if until <= step.now.mono => {
                self.log_on(Entry { failures, ..Entry::default() }, step);
            }
            Life::Retrying { .. }
            | Life::Loaded
            | Life::LoggingOn { .. }
            | Life::Configuring { .. }
            | Life::AskingTypes { .. }
            | Life::Ready(_)
            | Life::Off(_)
            | Life::LoggingOff { .. }
            | Life::Failed
            | Life::Gone => {}
        }
    }
}
