//! A standing logon: what happens between `addressTypes` and logoff.

use super::flush::{Flush, Sight};
use super::headers::Headers;
use super::inbound::{Gate, Inbound, Pull};
use super::io::{CallKey, Directions, Failure, Function, HostCall, LoggedOn, ProviderEffect, Ticket};
use super::state::Exit;
use super::{Setup, Step};
use crate::mapi::{AddressTypes, LogonAnswer, Scode, SpoolerNotify, TransportNotify};

const NOTIFY_MS: i64 = 30_000;
const TYPES_MS: i64 = 30_000;
const IDLE_MS: i64 = 60_000;
pub(super) const LOGON_MS: i64 = 60_000;

/// Calls that are at rest or out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Outstanding<T> {
    /// None is out.
    #[default]
    Rest,
    /// One is, until the deadline.
    Out {
        /// Monotonic, ms.
        deadline: i64,
        /// What about.
        what: T,
    },
}

impl<T> Outstanding<T> {
    /// What leads out of the state.
    pub const fn exits(&self) -> &'static [Exit] {
        match self {
            Self::Rest => &[Exit::Session, Exit::Transport, Exit::Person, Exit::Time],
            Self::Out { .. } => &[Exit::Answer, Exit::Deadline],
        }
    }

    const fn deadline(&self) -> Option<i64> {
        match self {
            Self::Rest => None,
            Self::Out { deadline, .. } => Some(*deadline),
        }
    }
}

/// `addressTypes` is out; `again`: the configuration changed meanwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Asking {
    /// Ask once more when it answers.
    pub again: bool,
}

/// A logon and its regions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Logon {
    /// What it wants to be called for, and its identity.
    pub answer: LoggedOn,
    /// Kept until logoff (C-091).
    pub types: AddressTypes,
    /// Receiving.
    pub inbound: Inbound,
    /// Sending: whether `submitMessage` may be called (C-094).
    pub outbound: Gate,
    /// Flushing.
    pub flush: Flush,
    /// Working on headers.
    pub headers: Headers,
    /// Disconnected, or aborted, by a person (catalogue 4.3); until the service is reached again.
    pub offline: bool,
    /// Between `NOTIFY_CRITSEC` and `NOTIFY_NONCRIT`.
    pub critical: bool,
    /// `transportNotify`, one at a time.
    pub notifying: Outstanding<TransportNotify>,
    /// `addressTypes` again.
    pub asking: Outstanding<Asking>,
    /// `transportLogon` again, and the client that waits for it.
    pub again: Outstanding<Option<Ticket>>,
    /// `idle`.
    pub idling: Outstanding<()>,
    /// When `idle` is due next.
    pub idle_at: i64,
}

/// What a logon sees of its provider.
pub(super) struct View<'a> {
    pub setup: &'a Setup,
    pub wanted: Directions,
    pub busy: bool,
    pub blocked: Option<Scode>,
}

impl Logon {
    pub(super) fn new(answer: LoggedOn, types: AddressTypes, step: &Step) -> Self {
        Self {
            answer,
            types,
            inbound: Inbound::new(step.now),
            outbound: Gate::Off,
            flush: Flush::None,
            headers: Headers::NEW,
            offline: false,
            critical: false,
            notifying: Outstanding::Rest,
            asking: Outstanding::Rest,
            again: Outstanding::Rest,
            idling: Outstanding::Rest,
            idle_at: step.now.mono.saturating_add(IDLE_MS),
        }
    }

    fn polls(&self, setup: &Setup) -> bool {
        !self.critical && setup.has(Function::Poll) && self.answer.flags.contains(LogonAnswer::SP_POLL)
    }

    fn idles(&self, view: &View<'_>) -> bool {
        let wanted = view.setup.has(Function::Idle) && self.answer.flags.contains(LogonAnswer::SP_IDLE);
        let quiet = !view.busy && matches!(self.inbound.pull, Pull::Quiet { .. }) && self.flush == Flush::None;
        wanted && quiet && !self.critical && self.idling == Outstanding::Rest
    }

    /// Does what is due and possible.
    pub(super) fn settle(&mut self, view: &View<'_>, step: &mut Step) {
        loop {
            let before = self.flush;
            self.notify(view, step);
            let quiet = matches!(self.inbound.pull, Pull::Quiet { .. });
            let ended = if self.inbound.failures > 0 { Scode::MAPI_E_CALL_FAILED } else { Scode::S_OK };
            let more = self.inbound.news && self.inbound.failures == 0 && self.inbound.gate == Gate::On;
            let receives = view.wanted.inbound && view.setup.has(Function::StartMessage);
            let sight = Sight {
                outbound: (self.outbound, view.wanted.outbound),
                inbound: (self.inbound.gate, receives),
                blocked: view.blocked,
                dry: (quiet && !more).then_some(ended),
            };
            if self.flush.settle(&sight, step) {
                self.inbound.news = true;
                self.inbound.failures = 0;
            }
            self.inbound.settle(self.polls(view.setup), step);
            self.offline &= !matches!(self.flush, Flush::Outbound(_) | Flush::Inbound(_));
            if self.flush == before {
                break;
            }
        }
        if self.idles(view) && self.idle_at <= step.now.mono {
            let deadline = step.call_within(HostCall::Idle, IDLE_MS);
            self.idling = Outstanding::Out { deadline, what: () };
        }
    }

    /// Tells the transport what it has not been told yet.
    fn notify(&mut self, view: &View<'_>, step: &mut Step) {
        if self.notifying != Outstanding::Rest {
            return;
        }
        let receives = view.wanted.inbound && view.setup.has(Function::StartMessage);
        let mut flags = self.flush.words();
        flags |= turn(&mut self.inbound.gate, receives, TransportNotify::BEGIN_INBOUND, TransportNotify::END_INBOUND);
        flags |= turn(
            &mut self.outbound,
            view.wanted.outbound,
            TransportNotify::BEGIN_OUTBOUND,
            TransportNotify::END_OUTBOUND,
        );
        if flags.is_empty() {
            return;
        }
        if view.setup.has(Function::TransportNotify) {
            let deadline = step.call_within(HostCall::TransportNotify(flags), NOTIFY_MS);
            self.notifying = Outstanding::Out { deadline, what: flags };
        } else {
            self.told(flags, step);
        }
    }

    fn told(&mut self, flags: TransportNotify, step: &mut Step) {
        for gate in [&mut self.inbound.gate, &mut self.outbound] {
            match *gate {
                Gate::Beginning => *gate = Gate::On,
                Gate::Ending => *gate = Gate::Off,
                Gate::Off | Gate::On => {}
            }
        }
        self.flush.told(flags, step);
    }

    /// `transportNotify` returned. It cannot refuse, so an error or a time-out is taken as `S_OK`.
    pub(super) fn notified(&mut self, step: &mut Step) {
        if let Outstanding::Out { what, .. } = self.notifying {
            self.notifying = Outstanding::Rest;
            self.told(what, step);
        }
    }

    /// Calls `addressTypes` again (C-041).
    pub(super) fn ask_types(&mut self, setup: &Setup, step: &mut Step) {
        if !setup.has(Function::AddressTypes) {
            return;
        }
        match &mut self.asking {
            Outstanding::Out { what, .. } => what.again = true,
            Outstanding::Rest => {
                let deadline = step.call_within(HostCall::AddressTypes, TYPES_MS);
                self.asking = Outstanding::Out { deadline, what: Asking::default() };
            }
        }
    }

    /// It answered; on a failure the types known so far stay.
    pub(super) fn types_answered(&mut self, result: Result<AddressTypes, Failure>, setup: &Setup, step: &mut Step) {
        let Outstanding::Out { what, .. } = self.asking else {
            return;
        };
        self.asking = Outstanding::Rest;
        if let Ok(types) = result {
            self.types = types;
        }
        if what.again {
            self.ask_types(setup, step);
        }
    }

    pub(super) fn idled(&mut self, step: &Step) {
        self.idling = Outstanding::Rest;
        self.idle_at = step.now.mono.saturating_add(IDLE_MS);
    }

    /// NEWMAIL, CRITSEC, NONCRIT, `CONFIG_CHANGE`, READYTOSEND.
    pub(super) fn spooler_notify(&mut self, flags: SpoolerNotify, setup: &Setup, step: &mut Step) {
        if flags.contains(SpoolerNotify::NEWMAIL) && self.inbound.gate == Gate::On {
            self.inbound.news = true;
        }
        if flags.contains(SpoolerNotify::CRITSEC) {
            self.critical = true;
        }
        if flags.contains(SpoolerNotify::NONCRIT) {
            self.critical = false;
        }
        if flags.contains(SpoolerNotify::CONFIG_CHANGE) {
            self.ask_types(setup, step);
        }
        if flags.contains(SpoolerNotify::READYTOSEND) && self.outbound == Gate::On {
            step.effect(ProviderEffect::ReadyToSend);
        }
    }

    /// Every outstanding call with its deadline.
    pub(super) fn outstanding(&self) -> impl Iterator<Item = (CallKey, i64)> {
        let own = |function, deadline: Option<i64>| deadline.map(|at| (CallKey::Own(function), at));
        let flushing = match self.flush {
            Flush::Asking { deadline, .. } => Some(deadline),
            Flush::None
            | Flush::Beginning(_)
            | Flush::Due(_)
            | Flush::Outbound(_)
            | Flush::OutboundEnding(_)
            | Flush::Inbound(_)
            | Flush::InboundEnding(_) => None,
        };
        [
            own(Function::TransportLogon, self.again.deadline()),
            own(Function::AddressTypes, self.asking.deadline()),
            own(Function::TransportNotify, self.notifying.deadline()),
            own(Function::Idle, self.idling.deadline()),
            own(Function::FlushQueues, flushing),
            own(Function::Headers, self.headers.deadline()),
            self.inbound.outstanding(),
        ]
        .into_iter()
        .flatten()
    }

    /// When it has something to do, deadlines included.
    pub(super) fn due(&self, view: &View<'_>) -> Option<i64> {
        let idle = self.idles(view).then_some(self.idle_at);
        let inbound = self.inbound.due(self.polls(view.setup));
        self.outstanding().map(|(_, at)| at).chain(idle).chain(inbound).min()
    }

    /// Who waits for `transportLogon` again.
    pub(super) const fn asker(&self) -> Option<Ticket> {
        match self.again {
            Outstanding::Rest => None,
            Outstanding::Out { what, .. } => what,
        }
    }

    /// What to say at logoff: every direction and flush that is open ends in one call (C-150).
    pub(super) fn last_words(&self) -> TransportNotify {
        let flush = if self.flush == Flush::None {
            TransportNotify::EMPTY
        } else {
            TransportNotify::END_INBOUND_FLUSH | TransportNotify::END_OUTBOUND_FLUSH
        };
        flush
            .set(TransportNotify::END_INBOUND, self.inbound.gate.enabled())
            .set(TransportNotify::END_OUTBOUND, self.outbound.enabled())
    }
}

/// Starts to open or close a direction; the flag that says so.
fn turn(gate: &mut Gate, wanted: bool, begin: TransportNotify, end: TransportNotify) -> TransportNotify {
    match (*gate, wanted) {
        (Gate::Off, true) => {
            *gate = Gate::Beginning;
            begin
        }
        (Gate::On, false) => {
            *gate = Gate::Ending;
            end
        }
        (Gate::Off, false) | (Gate::On, true) | (Gate::Beginning | Gate::Ending, _) => TransportNotify::EMPTY,
    }
}
