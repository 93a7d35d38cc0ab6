//! The driver's loop: what is due becomes calls. First attempts in `order`, one at a time per transport, four transports at once (O-34).

use super::Session;
use super::agenda::Entry;
use super::io::{Job, Verb, Wake};
use super::keys::Key;
use super::route::Way;
use super::transport::{Gate, Slot};
use super::work::Work;
use crate::mapi::Text;
use crate::provider::AttemptEnd;
use crate::spooler::doubt::{self, Look};
use crate::spooler::intent;
use crate::spooler::message::{Envelope, EnvelopeState, Message, Reason, Stop};
use crate::spooler::{settle, shown};

/// Transports that may have an attempt at the same time (O-34).
const AT_ONCE: usize = 4;
/// After its deadline an attempt has ended, whatever became of its call.
pub const OVERTIME: i64 = 1_000;
/// Of calls that send nothing, ms.
pub const SHORT: i64 = 30_000;

impl Session {
    /// The next instant at which something is due, and why.
    pub(super) fn wake(&self) -> Option<Wake> {
        let mut next: Option<(i64, &'static str)> = None;
        let mut earlier = |at: Option<i64>, reason: &'static str| {
            if let Some(at) = at
                && next.is_none_or(|(n, _)| at < n)
            {
                next = Some((at, reason));
            }
        };
        earlier(self.ledger.next(self.now), "deadline");
        earlier(self.queue_rows.next(), "row");
        earlier(self.stalled.iter().map(|s| s.0).min(), "storage");
        if self.driver.is_some() {
            earlier(self.agenda.next(self.now), "agenda");
            earlier(self.transports.iter().filter_map(|t| t.next(self.now.wall)).min(), "transport");
        }
        earlier(self.provider_wake(), "provider");
        next.map(|(at, reason)| Wake { at, reason })
    }

    /// What a message makes due. Its place in a strict conversation counts in every tab, the rest for the driver.
    pub(super) fn schedule(&mut self, key: Key) {
        let mut entries = Vec::new();
        if let Some(slot) = self.slots.get(key) {
            let m = &slot.message;
            if let Some(conversation) = m.conversation.as_ref().filter(|_| shown::blocks(m, self.now.wall)) {
                entries.push(Entry::Strict { conversation: conversation.clone(), seq: m.seq });
            }
            if self.driver.is_some() {
                self.open_entries(m, &mut entries);
                if slot.busy.is_none() {
                    self.envelope_entries(key, m, &mut entries);
                }
            }
        }
        let seq = self.slots.get(key).map_or(0, |s| s.message.seq);
        for next in self.agenda.set(key, seq, entries) {
            self.touched(next);
        }
    }

    fn envelope_entries(&self, key: Key, m: &Message, entries: &mut Vec<Entry>) {
        if let Some(at) = super::remains::expires(m).into_iter().chain(self.files_at(key, m)).min() {
            entries.push(Entry::Timer { at, n: 0 });
        }
        for e in &m.envelopes {
            let transport = e.transport.clone();
            let absent = self.transport(&transport).is_none();
            match &e.state {
                EnvelopeState::Queued { .. } | EnvelopeState::Waiting { .. } | EnvelopeState::Checking { .. }
                    if absent =>
                {
                    entries.push(Entry::Timer { at: 0, n: e.n });
                }
                EnvelopeState::Queued { .. } => entries.push(Entry::Due { transport, at: 0, n: e.n }),
                EnvelopeState::Waiting { until, .. } => {
                    entries.push(Entry::Due { transport, at: *until, n: e.n });
                    if let Some(since) = e.troubled {
                        entries.push(Entry::Timer { at: since.saturating_add(doubt::PATIENCE), n: e.n });
                    }
                }
                EnvelopeState::Checking { next } => {
                    let look = self.with_facts(m, e, |f| doubt::next_look(e, f));
                    entries.push(match look {
                        Look::Resubmit => Entry::Due { transport, at: *next, n: e.n },
                        Look::Probe => Entry::Probe { transport, at: *next, n: e.n },
                        Look::Ask => Entry::Timer { at: 0, n: e.n },
                    });
                    if let Some(at) = self.with_facts(m, e, |f| doubt::gives_up_at(e, f)) {
                        entries.push(Entry::Timer { at, n: e.n });
                    }
                }
                EnvelopeState::Deferred { since, .. } => {
                    entries.push(Entry::Timer { at: since.saturating_add(doubt::PATIENCE), n: e.n });
                }
                // Its call ends it; one that has no call here belongs to a dead generation.
                EnvelopeState::Sending { epoch, generation, deadline, .. } => {
                    let mine = self.driver == Some(intent::Driver { epoch: *epoch, generation: *generation });
                    let at = if mine { deadline.saturating_add(OVERTIME) } else { 0 };
                    entries.push(Entry::Timer { at, n: e.n });
                }
                EnvelopeState::Parked { .. }
                | EnvelopeState::Unconfirmed { .. }
                | EnvelopeState::Passed
                | EnvelopeState::Sent
                | EnvelopeState::Filed
                | EnvelopeState::Rejected
                | EnvelopeState::Cancelled
                | EnvelopeState::Draft => {}
            }
        }
    }

    /// First attempts keep their place while the row is written: nobody overtakes (O-34).
    fn open_entries(&self, m: &Message, entries: &mut Vec<Entry>) {
        if !m.is_open() {
            return;
        }
        if let Some(at) = m.hold.filter(|at| *at > self.now.wall) {
            return entries.push(Entry::Timer { at, n: 0 });
        }
        if let Some(conversation) = m.conversation.as_ref().filter(|_| self.is_held_back(m)) {
            return entries.push(Entry::Waits { conversation: conversation.clone(), seq: m.seq });
        }
        let before = entries.len();
        for (_, way) in self.ways(m).open() {
            let entry = match way {
                Way::To(place) => match self.transports.get(place) {
                    Some(t) => Entry::Ready { transport: t.config.uid.clone(), order: m.order },
                    None => continue,
                },
                Way::Nowhere => Entry::Homeless,
                Way::Later => continue,
            };
            if entries.get(before..).is_none_or(|mine| !mine.contains(&entry)) {
                entries.push(entry);
            }
        }
    }

    /// Everything that is due now.
    pub(super) fn drive(&mut self) {
        if self.driver.is_none() || self.transports.is_empty() {
            return;
        }
        self.run_timers();
        while let Some(key) = self.agenda.homeless() {
            if self.slots.get(key).is_none_or(|s| s.busy.is_some()) {
                break;
            }
            self.work(key, Work::Homeless);
            if self.slots.get(key).is_some_and(|s| s.busy.is_none()) {
                break;
            }
        }
        for place in 0..self.transports.len() {
            self.drive_transport(place);
        }
    }

    fn run_timers(&mut self) {
        for (key, n) in self.agenda.timers(self.now) {
            self.work(key, Work::Due { n });
            self.touched(key);
        }
    }

    fn drive_transport(&mut self, place: usize) {
        let Some(t) = self.transports.get(place) else {
            return;
        };
        let uid = t.config.uid.clone();
        if !t.can_be_asked() {
            return;
        }
        if t.probe.is_none()
            && t.config.has(Verb::Probe)
            && let Some((message, n)) = self.agenda.probe(&uid, self.now)
        {
            self.probe(&uid, message, n);
        }
        let Some(t) = self.transports.get(place) else {
            return;
        };
        let running = self.transports.iter().filter(|t| t.slot != Slot::Free).count();
        if !self.online || running >= AT_ONCE || !t.can_send() {
            return;
        }
        let Some((mut message, mut n)) = self.next_for(&uid) else {
            return;
        };
        let Some(t) = self.transports.get(place) else {
            return;
        };
        match t.gate {
            Gate::Asking { .. } => return,
            Gate::Shut { at, .. } if at > self.now.wall => return,
            Gate::Shut { tries, .. } => {
                (message, n) = self.other_for(place, (message, n));
                if !self.prepares(&uid, message, n) {
                    return self.ask_gate(&uid, tries);
                }
            }
            Gate::Open => {}
        }
        self.begin(&uid, message, n);
    }

    /// Whose preparation says whether the network is there: each message in turn, since one may fail by itself (O-51).
    fn other_for(&mut self, place: usize, next: (Key, Option<u32>)) -> (Key, Option<u32>) {
        let Some(t) = self.transports.get_mut(place) else { return next };
        if t.cut.is_empty() {
            return next;
        }
        let free = |key: Key| self.slots.get(key).is_some_and(|s| s.busy.is_none());
        let other = self.agenda.all(&t.config.uid, self.now).find(|(key, _)| !t.cut.contains(key) && free(*key));
        other.unwrap_or_else(|| {
            t.cut.clear();
            next
        })
    }

    /// An earlier one met a network fault, and now the network is there: it goes first (O-34).
    pub(super) fn yields(&self, transport: &Text, key: Key) -> bool {
        let first = self.next_for(transport).filter(|(first, _)| *first != key);
        first.is_some_and(|(first, _)| self.transport(transport).is_some_and(|t| t.cut.contains(&first)))
    }

    /// The next attempt of a transport: retries that are due, then first attempts in order.
    pub(super) fn next_for(&self, transport: &Text) -> Option<(Key, Option<u32>)> {
        let free = |key: Key| self.slots.get(key).is_some_and(|s| s.busy.is_none());
        if let Some((key, n)) = self.agenda.due(transport, self.now)
            && free(key)
        {
            return Some((key, Some(n)));
        }
        let first = self.agenda.ready(transport)?;
        free(first).then_some((first, None))
    }

    /// Something earlier of its strict conversation stands before it (O-34).
    pub(super) fn is_held_back(&self, m: &Message) -> bool {
        let strict = m.conversation.as_ref().filter(|_| m.strict);
        strict.is_some_and(|conversation| self.agenda.held_back(conversation, m.seq))
    }

    /// The next attempt begins with `prepareMessage`: unless it has a token that an attempt may have used (O-47).
    fn prepares(&self, transport: &Text, key: Key, n: Option<u32>) -> bool {
        self.is_unbound(transport, key, n) && self.transport(transport).is_some_and(|t| t.config.has(Verb::Prepare))
    }

    fn is_unbound(&self, transport: &Text, key: Key, n: Option<u32>) -> bool {
        let e = n.and_then(|n| self.slots.get(key)?.message.envelope(n));
        let bound = |e: &Envelope| {
            let same = intent::configuration(e, self.configuration(transport)) == e.configuration;
            same && !e.token_stale && (e.first_wire.is_some() || e.doubt.is_some())
        };
        !e.is_some_and(bound)
    }

    fn begin(&mut self, transport: &Text, key: Key, n: Option<u32>) {
        let Some(m) = self.slots.get(key).map(|s| s.message.clone()) else {
            return;
        };
        let configuration = self.configuration_for(transport, &m, n);
        // What a preprocessor makes of it is known before the intent, whoever else prepares.
        if !(self.prepares(transport, key, n) || self.preprocess && self.is_unbound(transport, key, n)) {
            return self.intend(transport, key, n, None, configuration);
        }
        let mut job = match n.and_then(|n| m.envelope(n)) {
            Some(e) => {
                // What one service prepared is nothing to another.
                let token = e.token.clone().filter(|_| e.configuration == configuration);
                let attempt = e.attempts.saturating_add(1);
                let job = super::calls::job(&m, e.n, &e.recipients, attempt, settle::next_reason(e), token);
                Job { deferred: e.entry.clone(), ..job }
            }
            None => super::calls::job(&m, m.next_envelope(), &self.routed_to(&m, transport), 1, Reason::First, None),
        };
        job.configuration = configuration;
        let deadline = self.now.wall.saturating_add(self.span(transport, m.size));
        let call = self.call_job(transport, key, Verb::Prepare, Some(deadline), job);
        self.occupy(transport, Slot::Preparing { key, n, call, configuration });
    }

    /// What its next attempt is made with.
    pub(super) fn configuration_for(&self, transport: &Text, m: &Message, n: Option<u32>) -> u32 {
        let current = self.configuration(transport);
        n.and_then(|n| m.envelope(n)).map_or(current, |e| intent::configuration(e, current))
    }

    /// Writes the intent; the call follows it.
    pub(super) fn intend(
        &mut self,
        transport: &Text,
        key: Key,
        n: Option<u32>,
        token: Option<Text>,
        configuration: u32,
    ) {
        self.occupy(transport, Slot::Intending { key });
        self.work(key, Work::Intend { transport: transport.to_owned(), n, token, configuration });
    }

    /// The intent is durable: the host is called, unless something came between (O-32).
    pub(super) fn make_attempt(&mut self, key: Key, n: u32, attempt: u32) {
        let Some(m) = self.slots.get(key).map(|s| s.message.clone()) else {
            return;
        };
        let Some(e) = m.envelope(n) else { return };
        let EnvelopeState::Sending { attempt: stored, epoch, generation, intent, deadline, reason } = e.state else {
            return;
        };
        let mine = self.driver == Some(intent::Driver { epoch, generation });
        if !mine || stored != attempt {
            return;
        }
        let transport = e.transport.clone();
        if deadline <= self.now.wall || e.stop != Stop::No || self.transport(&transport).is_none() {
            self.vacate(&transport, AttemptEnd::Neutral);
            let made = crate::spooler::settle::Attempt { intent, deadline, wire: false, timed_out: None };
            let meaning = crate::spooler::meaning::Meaning::NotDone {
                reason: crate::spooler::outcome::NotAttempted::Busy,
                retry_after: Some(0),
            };
            return self.work(key, Work::Ended { n, attempt, made, meaning });
        }
        let mut job = super::calls::job(&m, n, &e.recipients, attempt, reason, e.token.clone());
        job.deferred.clone_from(&e.entry);
        let mono = self.now.mono.saturating_add(deadline.saturating_sub(intent.wall));
        let quiet = self.quiet.entry((key, n)).or_insert(mono);
        *quiet = (*quiet).max(mono);
        let call = self.call_job(&transport, key, Verb::Submit, Some(deadline), job);
        self.occupy(&transport, Slot::Calling { key, n, call });
    }

    fn probe(&mut self, transport: &Text, key: Key, n: u32) {
        if self.slots.get(key).is_none_or(|s| s.busy.is_some()) {
            return;
        }
        let call = self.ask(transport, key, n, Verb::Probe);
        if let Some(t) = self.transport_mut(transport) {
            t.probe = call;
        }
    }
}
