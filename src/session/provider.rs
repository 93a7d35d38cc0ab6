//! Transports as providers: the machine's effects become calls, answers become its inputs.

use super::Session;
use super::calls::With;
use super::io::{Answer, CallId, Effect, Verb};
use super::ledger::Call;
use super::transport::Slot;
use super::work::{Pending, Work};
use crate::mapi::{Gather, LogonAnswer, LogonFlags, Scode, SpoolerNotify, Text, told};
use crate::provider::{
    Answer as Said, AttemptEnd, CallKey, Directions, Failure, FaultReason, Function, HostCall, LoggedOn, Moment, Park,
    Provider, ProviderEffect, ProviderInput, Ticket,
};
use crate::spooler::message::ParkCause;

impl Session {
    /// One input to one provider, and what it asks for.
    pub(super) fn provide(&mut self, transport: &Text, input: ProviderInput) {
        let moment = Moment { mono: self.now.mono, jitter: self.rng.word() };
        let Some(t) = self.transport_mut(transport) else { return };
        let failed = t.has_failed();
        let effects = t.provider.step(input, moment);
        let changed = t.has_failed() != failed;
        for effect in effects {
            self.provided(transport, effect);
        }
        if changed {
            self.touch_all();
        }
        self.status_changed = true;
    }

    fn provided(&mut self, transport: &Text, effect: ProviderEffect) {
        match effect {
            ProviderEffect::Call { call, deadline } => self.call_provider(transport, call, deadline),
            ProviderEffect::Drop(key) => self.drop_call(transport, key),
            ProviderEffect::Reply(ticket, code) => self.replied(ticket, code),
            ProviderEffect::Refused(error) => {
                let code = told![error.code.name(), ": expected ", error.expected, ", got ", error.got];
                self.out.push(Effect::Log { level: 2, code, transport: Some(transport.to_owned()) });
            }
            ProviderEffect::MaySend => {}
            ProviderEffect::Drain => {
                self.draining.insert(transport.to_owned());
            }
            ProviderEffect::Marks => self.work_off(transport),
            ProviderEffect::DropMarks => self.drop_marks(transport),
            ProviderEffect::ReadyToSend => self.for_each_of(transport, |t| Work::Hurry { transport: t }),
            ProviderEffect::SentDeferred(entry) => {
                self.for_each_of(transport, |t| Work::SentDeferred {
                    transport: t,
                    entry: entry.as_deref().map(Text::from),
                });
            }
            ProviderEffect::TypesChanged => {
                if let Some(t) = self.transport_mut(transport)
                    && let Some(types) = t.provider.types().cloned()
                {
                    t.types = types;
                }
                self.touch_all();
            }
            ProviderEffect::Parked(park) => {
                let cause = match park {
                    Park::Auth => ParkCause::Auth,
                    Park::Config => ParkCause::Config,
                };
                for other in self.siblings(transport, |t| t.config.credential().clone()) {
                    self.provide(&other, ProviderInput::Park(park));
                    self.for_each_of(&other, |t| Work::Park { transport: t, cause });
                }
                self.for_each_of(transport, |t| Work::Park { transport: t, cause });
            }
            ProviderEffect::Released => {
                self.let_in(transport);
            }
            ProviderEffect::DisableService => {
                for other in self.siblings(transport, |t| t.config.service.clone()) {
                    self.provide(&other, ProviderInput::ServiceDisabled);
                }
            }
            ProviderEffect::Gone => self.logged_off(transport),
        }
    }

    fn for_each_of(&mut self, transport: &Text, work: impl Fn(Text) -> Work) {
        for key in self.holding(transport) {
            self.work(key, work(transport.to_owned()));
        }
    }

    fn call_provider(&mut self, transport: &Text, call: HostCall, deadline: Option<i64>) {
        let wall = deadline.map(|at| self.now.wall.saturating_add(at.saturating_sub(self.now.mono)));
        let (verb, flags, ticket) = match call {
            HostCall::TransportLogon(flags) => {
                // Offline it logs on to what is here, or fails (C-101).
                (Verb::Logon, flags.set(LogonFlags::NO_CONNECT, !self.online).bits(), 0)
            }
            HostCall::Configure => (Verb::Configure, 0, 0),
            HostCall::AddressTypes => (Verb::AddressTypes, 0, 0),
            HostCall::TransportNotify(flags) => return self.notify(transport, flags.bits(), wall),
            HostCall::Idle => (Verb::Idle, 0, 0),
            HostCall::Poll => (Verb::Poll, 0, 0),
            HostCall::StartMessage => (Verb::StartMessage, 0, 0),
            HostCall::Deliver => (Verb::Deliver, 0, 0),
            HostCall::FlushQueues(flags) => (Verb::FlushQueues, flags.bits(), 0),
            HostCall::ValidateState(ticket, flags) => (Verb::ValidateState, flags.bits(), ticket.0),
            HostCall::ChangePassword(ticket) => (Verb::ChangePassword, 0, ticket.0),
            HostCall::SettingsDialog(ticket, flags) => (Verb::SettingsDialog, flags.bits(), ticket.0),
            HostCall::TransportLogoff => (Verb::Logoff, 0, 0),
            HostCall::Refresh => (Verb::Refresh, 0, 0),
        };
        if verb == Verb::Refresh {
            self.refreshing(transport);
        }
        self.flush_enters(verb);
        let req = self.ticket_req(ticket);
        let of = if verb == Verb::Deliver { self.incoming_call(transport) } else { None };
        let call = Call { req, tag: ticket, ..self.entry(transport, verb, None) };
        self.make(call, wall, With { flags, of, ..With::default() });
    }

    fn drop_call(&mut self, transport: &Text, key: CallKey) {
        if key == CallKey::Own(Function::TransportNotify) {
            self.untell(transport);
        }
        if key == CallKey::Own(Function::Headers) {
            self.drop_marks(transport);
        }
        let is = |c: &Call| {
            c.transport == *transport
                && match key {
                    CallKey::Asked(ticket) => c.tag == ticket.0 && asked(c.verb),
                    CallKey::Deliver => matches!(c.verb, Verb::Deliver | Verb::Acknowledge),
                    CallKey::Own(function) => own(c.verb) == Some(function) && c.about.is_none(),
                }
        };
        let found: Vec<CallId> = self.ledger.open().filter(|(_, c)| is(c)).map(|(id, _)| *id).gather();
        for call in found {
            self.ledger.give_up(call);
            self.out.push(Effect::AbortCall { call });
        }
    }

    /// A callback of a provider ended.
    pub(super) fn provider_answered(&mut self, id: CallId, call: &Call, answer: Answer) {
        let transport = call.transport.clone();
        if call.verb == Verb::Notify && call.about.is_some() {
            return;
        }
        if let Answer::LoggedOn { identities, guarantees, .. } = &answer
            && let Some(t) = self.transport_mut(&transport)
        {
            t.learn(identities.as_ref(), guarantees.as_deref());
            self.touch_all();
        }
        let failure = failure(&answer);
        if call.verb == Verb::ValidateState
            && failure.is_none()
            && let Some(t) = self.transport_mut(&transport)
        {
            // The harmless call that O-51 waits for, whoever asked.
            t.gate = super::transport::Gate::Open;
        }
        let plain = failure.map_or(Ok(()), Err);
        let said = match call.verb {
            Verb::Logon => Said::LoggedOn(failure.map_or_else(|| Ok(self.logged_on(&transport, answer)), Err)),
            Verb::Configure => Said::Configured(plain),
            Verb::AddressTypes => Said::AddressTypes(match answer {
                Answer::AddressTypes { types } => Ok(crate::mapi::AddressTypes::from_answer(types)),
                _ => Err(failure.unwrap_or(Failure::code(Scode::MAPI_E_CALL_FAILED))),
            }),
            Verb::Notify => Said::Notified(plain),
            Verb::Idle => Said::Idled(plain),
            Verb::Poll => Said::Polled(match answer {
                Answer::Polled { more } => Ok(more),
                _ => failure.map_or(Ok(false), Err),
            }),
            Verb::StartMessage => Said::Started(self.started(&transport, id, answer, failure)),
            Verb::Deliver | Verb::Acknowledge => match self.delivered(&transport, call.verb, failure) {
                Some(said) => said,
                None => return,
            },
            Verb::FlushQueues => Said::Flushed(plain),
            Verb::ValidateState | Verb::ChangePassword | Verb::SettingsDialog => Said::Asked(Ticket(call.tag), plain),
            Verb::Logoff => Said::LoggedOff(plain),
            Verb::Refresh => self.listed(&transport, answer, failure),
            Verb::Download | Verb::Remove => return self.mark_answered(call, answer),
            Verb::Prepare
            | Verb::Submit
            | Verb::End
            | Verb::Probe
            | Verb::Cancel
            | Verb::File
            | Verb::Gate
            | Verb::Test => return,
        };
        self.provide(&transport, ProviderInput::Answer(said));
        if asked(call.verb) {
            // Of a generation that is over: the provider knows nothing of it, the person still waits.
            self.replied(Ticket(call.tag), failure.map_or(Scode::S_OK, Failure::scode));
        }
        if failure.is_none() && matches!(call.verb, Verb::ChangePassword | Verb::SettingsDialog) {
            self.changed_by_hand(&transport);
        }
    }

    fn logged_on(&self, transport: &Text, answer: Answer) -> LoggedOn {
        let has = |verb| self.transport(transport).is_some_and(|t| t.config.has(verb));
        let (idle, poll, identity) = match answer {
            Answer::LoggedOn { idle, poll, identity, .. } => (idle, poll, identity),
            _ => (has(Verb::Idle), has(Verb::Poll), None),
        };
        let flags = LogonAnswer::EMPTY.set(LogonAnswer::SP_IDLE, idle).set(LogonAnswer::SP_POLL, poll);
        let identity = identity.as_ref().map(super::read::identity);
        LoggedOn { flags, identity }
    }

    /// The session drives: log on and open both directions.
    pub(super) fn log_on(&mut self, transport: &Text) {
        self.provide(transport, ProviderInput::Start);
        self.provide(transport, ProviderInput::Want(Directions { inbound: true, outbound: true }));
    }

    /// The slot is taken.
    pub(super) fn occupy(&mut self, transport: &Text, slot: Slot) {
        let Some(t) = self.transport_mut(transport) else { return };
        let fresh = t.slot == Slot::Free;
        t.slot = slot;
        if fresh {
            self.provide(transport, ProviderInput::AttemptBegan);
        }
    }

    /// The slot is free again.
    pub(super) fn vacate(&mut self, transport: &Text, end: AttemptEnd) {
        self.departed.remove(transport);
        let (now, jitter) = (self.now.wall, self.rng.word());
        if let Some(t) = self.transport_mut(transport) {
            t.slot = Slot::Free;
            match end {
                AttemptEnd::Reached => t.gate = super::transport::Gate::Open,
                AttemptEnd::Fault { reason: FaultReason::Network, .. } if t.gate == super::transport::Gate::Open => {
                    t.shut(now, jitter);
                }
                AttemptEnd::Fault { .. } | AttemptEnd::Neutral | AttemptEnd::Parked(_) => {}
            }
        }
        self.provide(transport, ProviderInput::AttemptEnded(end));
    }

    /// SpoolerNotify.
    pub(super) fn notified(&mut self, transport: &Text, flags: u32, entry: Option<Text>) {
        match SpoolerNotify::from_bits(flags) {
            Some(flags) => {
                self.provide(transport, ProviderInput::SpoolerNotify { flags, entry: entry.map(String::from) })
            }
            None => self.out.push(Effect::Log {
                level: 2,
                code: "unknownNotifyFlags".into(),
                transport: Some(transport.to_owned()),
            }),
        }
    }

    /// Providers whose instant has come.
    pub(super) fn tick_providers(&mut self) {
        let due = |p: &Provider, now| p.wake().is_some_and(|(at, _)| at <= now);
        let now = self.now.mono;
        let uids: Vec<Text> = self.providers().filter(|t| due(&t.provider, now)).map(|t| t.config.uid.clone()).gather();
        for uid in uids {
            self.provide(&uid, ProviderInput::Tick);
        }
    }

    /// Their next instant, wall clock.
    pub(super) fn provider_wake(&self) -> Option<i64> {
        let next = self.providers().filter_map(|t| t.provider.wake()).map(|(at, _)| at).min()?;
        Some(self.now.wall.saturating_add(next.saturating_sub(self.now.mono)))
    }

    /// Flushes with nothing left to send; the end of one may begin the next.
    pub(super) fn drained(&mut self) {
        while let Some(transport) = self.dry() {
            self.draining.remove(&transport);
            self.provide(&transport, ProviderInput::Drained);
        }
    }

    fn dry(&self) -> Option<Text> {
        // What is being written, or has just changed, may become due: it is waited for.
        let writing = || self.ops.values().any(|p| matches!(p, Pending::Row { .. } | Pending::Again(_)));
        if self.draining.is_empty() || !self.dirty.is_empty() || writing() {
            return None;
        }
        let free = |t: &Text| self.transport(t).is_none_or(|t| t.slot == Slot::Free) && !self.has_due(t);
        self.draining.iter().find(|t| free(t)).cloned()
    }
}

fn asked(verb: Verb) -> bool {
    matches!(verb, Verb::ValidateState | Verb::ChangePassword | Verb::SettingsDialog)
}

fn own(verb: Verb) -> Option<Function> {
    match verb {
        Verb::Logon => Some(Function::TransportLogon),
        Verb::Logoff => Some(Function::TransportLogoff),
        Verb::Configure => Some(Function::Configure),
        Verb::AddressTypes => Some(Function::AddressTypes),
        Verb::Notify => Some(Function::TransportNotify),
        Verb::Idle => Some(Function::Idle),
        Verb::Poll => Some(Function::Poll),
        Verb::StartMessage => Some(Function::StartMessage),
        Verb::FlushQueues => Some(Function::FlushQueues),
        Verb::ValidateState => Some(Function::ValidateState),
        Verb::ChangePassword => Some(Function::ChangePassword),
        Verb::SettingsDialog => Some(Function::SettingsDialog),
        Verb::Refresh => Some(Function::Headers),
        Verb::Deliver | Verb::Acknowledge | Verb::Prepare | Verb::Submit | Verb::End | Verb::Probe | Verb::Cancel => {
            None
        }
        Verb::File | Verb::Gate | Verb::Test | Verb::Download | Verb::Remove => None,
    }
}

/// What counts as a failed call.
pub(super) fn failure(answer: &Answer) -> Option<Failure> {
    match answer {
        Answer::Threw { scode, network, retry_after, .. } => {
            Some(Failure { code: scode.and_then(Scode::from_hresult), network: *network, retry_after_ms: *retry_after })
        }
        Answer::Garbage { .. } => Some(Failure::code(Scode::MAPI_E_CALL_FAILED)),
        Answer::Outcome { outcome: crate::spooler::outcome::Outcome::Mapi { scode, .. } } => {
            Scode::from_hresult(*scode).filter(|c| c.is_failure()).map(Failure::code)
        }
        _ => None,
    }
}

impl Session {
    /// The driver is silent: said in the spooler's row.
    pub(super) fn owner_silent(&mut self, since: Option<i64>) {
        self.silent_since = since;
        self.status_changed = true;
    }

    /// `navigator.onLine`.
    pub(super) fn online(&mut self, online: bool) {
        self.status_changed |= self.online != online;
        self.online = online;
    }

    /// What a call says of itself, for `outstanding()`.
    pub(super) fn progressed(&mut self, call: CallId, done: u64, total: u64) {
        self.ledger.progress(call, done, total);
        self.header_progressed(call, done, total);
        let about = self.ledger.open().find(|(id, c)| **id == call && c.verb == Verb::Submit);
        let Some((key, progress)) = about.and_then(|(_, c)| Some((c.about?.key, c.progress))) else { return };
        let size = self.find_key(key).map_or(0, |m| m.size);
        self.flush_moves(size, progress);
    }
}
