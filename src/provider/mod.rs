//! One transport provider: lifecycle, inbound, outbound, flush (catalogue 6). It decides which callbacks to call and
//! what their answers mean; which message is sent is the spooler's business.

mod asks;
mod circuit;
mod enter;
mod flush;
mod headers;
mod inbound;
mod io;
mod leave;
mod logon;
mod row;
mod state;
mod view;

pub use circuit::{Circuit, FaultReason, back_off};
pub use flush::{Flush, Request};
pub use headers::{HEADER_FLAGS, Headers, Order};
pub use inbound::{Gate, Inbound, Pull};
pub use io::*;
pub use logon::{Asking, Logon, Outstanding};
pub use row::RowWords;
pub use state::{Entry, Exit, Leaving, Life, Off, Park, Then};
pub use view::{Sending, WakeReason};

use crate::mapi::ordered::Map;
use crate::mapi::{AddressTypes, MapiError, ModifyRowFlags, PropTag, PropValue, Scode, SpoolerNotify};
use asks::Pending;
use logon::View;

/// What never changes about a provider.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Setup {
    /// The callbacks it has.
    pub functions: Functions,
    /// Its address types, unless it has the function.
    pub types: AddressTypes,
    /// Between polls, ms; 60 s unless it says otherwise.
    pub poll_ms: i64,
    /// It says that it is remote.
    pub remote: bool,
}

impl Setup {
    fn has(&self, function: Function) -> bool {
        self.functions.contains(function)
    }
}

/// Whether an attempt is with the host: one at a time (O-34).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Slot {
    /// None is.
    #[default]
    Free,
    /// One is.
    Busy,
}

impl Slot {
    /// What leads out of the state.
    pub const fn exits(self) -> &'static [Exit] {
        match self {
            Self::Free | Self::Busy => &[Exit::Attempt],
        }
    }
}

/// The machine. Nothing in it names a clock, a promise or a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Provider {
    setup: Setup,
    wanted: Directions,
    life: Life,
    slot: Slot,
    circuit: Circuit,
    park: Option<Park>,
    row: RowWords,
    asks: Map<Ticket, Pending>,
}

/// One step: its instant, and the effects so far.
struct Step {
    now: Moment,
    effects: Vec<ProviderEffect>,
}

impl Step {
    fn effect(&mut self, effect: ProviderEffect) {
        self.effects.push(effect);
    }

    /// Calls, and answers the deadline.
    fn call_within(&mut self, call: HostCall, ms: i64) -> i64 {
        let deadline = self.now.mono.saturating_add(ms);
        self.effect(ProviderEffect::Call { call, deadline: Some(deadline) });
        deadline
    }

    fn reply(&mut self, ticket: Option<Ticket>, code: Scode) {
        if let Some(ticket) = ticket {
            self.effect(ProviderEffect::Reply(ticket, code));
        }
    }
}

impl Provider {
    /// A provider that was registered and not started.
    pub const fn new(setup: Setup) -> Self {
        Self {
            setup,
            wanted: Directions { inbound: false, outbound: false },
            life: Life::Loaded,
            slot: Slot::Free,
            circuit: Circuit::Closed,
            park: None,
            row: RowWords::new(),
            asks: Map::new(),
        }
    }

    /// From the next poll on.
    pub const fn poll_every(&mut self, ms: i64) {
        self.setup.poll_ms = ms;
    }

    /// The next generation of it: only what clients wait for goes on.
    pub fn renew(&mut self, setup: Setup) {
        let asks = std::mem::take(&mut self.asks);
        *self = Self { asks, ..Self::new(setup) };
    }

    /// A client waits for it.
    pub fn is_asked(&self, ticket: Ticket) -> bool {
        self.asks.contains_key(&ticket)
    }

    /// One input, and what it asks for. Effects are in order; none of them may be run before this returns.
    #[must_use]
    pub fn step(&mut self, input: ProviderInput, now: Moment) -> Vec<ProviderEffect> {
        let (could, types) = (self.may_send(), self.types().cloned());
        let mut step = Step { now, effects: Vec::new() };
        self.take(input, &mut step);
        self.settle(&mut step);
        if self.types().is_some() && self.types() != types.as_ref() {
            step.effect(ProviderEffect::TypesChanged);
        }
        if !could && self.may_send() {
            step.effect(ProviderEffect::MaySend);
        }
        step.effects
    }

    fn take(&mut self, input: ProviderInput, step: &mut Step) {
        match input {
            ProviderInput::Start => self.start(step),
            ProviderInput::Want(directions) => self.wanted = directions,
            ProviderInput::Tick => self.tick(step),
            ProviderInput::Answer(answer) => self.answered(answer, step),
            ProviderInput::SpoolerNotify { flags, entry } => {
                self.spooler_notify(flags, entry, step);
            }
            ProviderInput::ModifyRow { columns, flags } => self.modify_row(columns, flags, step),
            ProviderInput::Ask(ticket, ask) => self.ask(ticket, ask, step),
            ProviderInput::AttemptBegan => self.attempt_began(step),
            ProviderInput::AttemptEnded(end) => self.attempt_ended(end, step),
            ProviderInput::Reached => self.circuit = Circuit::Closed,
            ProviderInput::Drained => {
                if let Some(logon) = self.life.logon_mut() {
                    logon.flush.drained();
                }
            }
            ProviderInput::StopFlush(ticket) => {
                if let Some(logon) = self.life.logon_mut() {
                    logon.flush.stop(ticket, step);
                }
            }
            ProviderInput::MarksDone(result) => {
                if let Some(logon) = self.life.logon_mut() {
                    logon.headers.marks_done(result, step);
                }
            }
            ProviderInput::Park(park) => self.park = Some(park),
            ProviderInput::Release => self.released(step),
            ProviderInput::Configured => self.reconfigured(step),
            ProviderInput::ServiceDisabled => self.service_disabled(step),
            ProviderInput::Logoff => self.logoff(step),
        }
    }

    /// Brings what is open in line with what is wanted, and does what is due.
    fn settle(&mut self, step: &mut Step) {
        let view =
            View { setup: &self.setup, wanted: self.wanted, busy: self.slot == Slot::Busy, blocked: self.blocked() };
        if let Some(logon) = self.life.logon_mut() {
            logon.settle(&view, step);
        }
    }

    /// Why nothing can be sent, as a waiting client is told.
    fn blocked(&self) -> Option<Scode> {
        match (self.park, self.circuit) {
            (Some(Park::Auth), _) => Some(Scode::MAPI_E_LOGON_FAILED),
            (Some(Park::Config), _) => Some(Scode::MAPI_E_UNCONFIGURED),
            (None, Circuit::Open { reason: FaultReason::Network, .. }) => Some(Scode::MAPI_E_NETWORK_ERROR),
            (None, Circuit::Open { reason: FaultReason::Transport, .. }) => Some(Scode::MAPI_E_CALL_FAILED),
            (None, Circuit::Closed | Circuit::Trial { .. }) => None,
        }
    }

    fn answered(&mut self, answer: Answer, step: &mut Step) {
        let interval = self.setup.poll_ms;
        match (answer, self.life.logon_mut()) {
            (Answer::LoggedOn(result), None) => self.logon_answered(result, step),
            (Answer::LoggedOn(result), Some(_)) => self.logged_on_again(result, step),
            (Answer::Configured(result), _) => self.configured(result, step),
            (Answer::AddressTypes(result), None) => self.types_answered(result, step),
            (Answer::AddressTypes(result), Some(logon)) => {
                logon.types_answered(result, &self.setup, step);
            }
            (Answer::Notified(_), None) => self.ended(step),
            (Answer::Notified(_), Some(logon)) => logon.notified(step),
            (Answer::Idled(_), Some(logon)) => logon.idled(step),
            (Answer::Polled(result), Some(logon)) => logon.inbound.polled(result, interval, step),
            (Answer::Started(result), Some(logon)) => logon.inbound.started(result, interval, step),
            (Answer::Delivered(result), Some(logon)) => {
                logon.inbound.delivered(result, interval, step);
            }
            (Answer::Flushed(result), Some(logon)) => {
                logon.flush.answered(result.err().map_or(Scode::S_OK, Failure::scode), step);
            }
            (Answer::Refreshed(result), _) => self.refreshed(result.map_err(Failure::scode)),
            (Answer::Asked(ticket, result), _) => self.ask_answered(ticket, result, step),
            (Answer::LoggedOff(_), _) => self.logged_off(step),
            // Answers of a logon that is gone; its calls were dropped.
            (
                Answer::Idled(_) | Answer::Polled(_) | Answer::Started(_) | Answer::Delivered(_) | Answer::Flushed(_),
                None,
            ) => {}
        }
    }

    fn spooler_notify(&mut self, flags: SpoolerNotify, entry: Option<String>, step: &mut Step) {
        if let Err(error) = check_notify(flags) {
            step.effect(ProviderEffect::Refused(error));
            return;
        }
        if flags.contains(SpoolerNotify::CRITICAL_ERROR) {
            self.fail(step);
            return;
        }
        let Some(logon) = self.life.logon_mut() else {
            return;
        };
        logon.spooler_notify(flags, &self.setup, step);
        if flags.contains(SpoolerNotify::READYTOSEND) && logon.outbound == Gate::On {
            self.circuit = Circuit::Closed;
        }
        if flags.contains(SpoolerNotify::SENTDEFERRED) {
            step.effect(ProviderEffect::SentDeferred(entry));
        }
    }

    fn modify_row(&mut self, columns: Vec<(PropTag, PropValue)>, flags: ModifyRowFlags, step: &mut Step) {
        match self.row.modify(columns, flags) {
            Err(error) => step.effect(ProviderEffect::Refused(error)),
            Ok(None) => {}
            Ok(Some(code)) => {
                if let Some(logon) = self.life.logon_mut() {
                    logon.flush.row_says(code);
                }
            }
        }
    }

    fn attempt_began(&mut self, step: &mut Step) {
        match self.slot {
            Slot::Free => self.slot = Slot::Busy,
            Slot::Busy => {
                let error = MapiError::new(Scode::MAPI_E_BUSY, "one attempt at a time", "a second one");
                step.effect(ProviderEffect::Refused(error));
            }
        }
    }

    fn attempt_ended(&mut self, end: AttemptEnd, step: &mut Step) {
        self.slot = Slot::Free;
        match end {
            AttemptEnd::Reached => {
                self.circuit = Circuit::Closed;
                if let Some(logon) = self.life.logon_mut() {
                    logon.offline = false;
                }
            }
            AttemptEnd::Neutral => {}
            AttemptEnd::Fault { reason, retry_after_ms } => self.circuit.fail(reason, retry_after_ms, step.now),
            AttemptEnd::Parked(park) => {
                self.park = Some(park);
                step.effect(ProviderEffect::Parked(park));
            }
        }
    }

    fn tick(&mut self, step: &mut Step) {
        let now = step.now.mono;
        self.circuit.tick(step.now);
        self.tick_life(step);
        let mut late = self.late_asks(now);
        let own = self.life_deadline().map(|(at, function)| (CallKey::Own(function), at));
        let calls = self.life.logon().into_iter().flat_map(Logon::outstanding).chain(own);
        late.extend(calls.filter(|(_, at)| *at <= now).map(|(key, _)| key));
        for key in late {
            step.effect(ProviderEffect::Drop(key));
            if let Some(answer) = timed_out(key) {
                self.answered(answer, step);
            }
        }
    }
}

fn check_notify(flags: SpoolerNotify) -> Result<(), MapiError> {
    if flags.contains(SpoolerNotify::SENTDEFERRED | SpoolerNotify::CRITICAL_ERROR) {
        let got = "NOTIFY_SENTDEFERRED with NOTIFY_CRITICAL_ERROR";
        return Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "one of two exclusive flags", got));
    }
    if flags.contains(SpoolerNotify::CRITSEC | SpoolerNotify::NONCRIT) {
        let got = "NOTIFY_CRITSEC with NOTIFY_NONCRIT";
        return Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "one of two exclusive flags", got));
    }
    if flags.contains(SpoolerNotify::NEWMAIL_RECEIVED) {
        return Err(MapiError::new(
            Scode::MAPI_E_NO_SUPPORT,
            "a flag of transports",
            "NOTIFY_NEWMAIL_RECEIVED, a store's",
        ));
    }
    Ok(())
}

/// What a call that never settled counts as. A configuration is a person's work and has all the time it wants.
fn timed_out(key: CallKey) -> Option<Answer> {
    let failure = Failure::code(Scode::MAPI_E_TIMEOUT);
    match key {
        CallKey::Asked(ticket) => Some(Answer::Asked(ticket, Err(failure))),
        CallKey::Deliver => Some(Answer::Delivered(Err(failure))),
        CallKey::Own(function) => match function {
            Function::TransportLogon => Some(Answer::LoggedOn(Err(failure))),
            Function::AddressTypes => Some(Answer::AddressTypes(Err(failure))),
            Function::TransportNotify => Some(Answer::Notified(Err(failure))),
            Function::Idle => Some(Answer::Idled(Err(failure))),
            Function::Poll => Some(Answer::Polled(Err(failure))),
            Function::StartMessage => Some(Answer::Started(Err(failure))),
            Function::FlushQueues => Some(Answer::Flushed(Err(failure))),
            Function::TransportLogoff => Some(Answer::LoggedOff(Err(failure))),
            Function::Headers => Some(Answer::Refreshed(Err(failure))),
            Function::Configure | Function::ValidateState | Function::ChangePassword | Function::SettingsDialog => None,
        },
    }
}
