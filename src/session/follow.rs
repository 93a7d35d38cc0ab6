//! What follows a change: promises, calls, the index, the tables.

use super::Session;
use super::io::{Effect, Req};
use super::transport::Slot;
use super::work::{ReplyKind, Then, Work};
use crate::mapi::Scode;
use crate::spooler::doubt::Facts;
use crate::spooler::intent::Driver;
use crate::spooler::message::{EnvelopeState, Message, Stamp};
use crate::spooler::shown;
use crate::spooler::verbs::{self, Aborted};

impl Session {
    /// Now, in terms another life can check.
    pub(super) fn stamp(&self) -> Stamp {
        Stamp { clock_epoch: self.meta.clock_epoch, wall: self.now.wall }
    }

    /// The transport with this uid.
    pub(super) fn transport(&self, uid: &str) -> Option<&super::transport::Transport> {
        self.transports.iter().find(|t| t.config.uid == uid)
    }

    /// The same, to change it.
    pub(super) fn transport_mut(&mut self, uid: &str) -> Option<&mut super::transport::Transport> {
        self.transports.iter_mut().find(|t| t.config.uid == uid)
    }

    /// Runs `f` with the facts of a transport.
    pub(super) fn with_facts<T>(&self, m: &Message, transport: &str, f: impl FnOnce(&Facts<'_>) -> T) -> T {
        let guarantees = self.transport(transport).map(|t| t.config.guarantees.clone()).unwrap_or_default();
        f(&Facts { guarantees: &guarantees, now: self.stamp(), span: self.span(transport, m.size), jitter: 0 })
    }

    /// Runs `f` with all a decision about `m` needs.
    pub(super) fn with_context<T>(
        &mut self,
        m: &mut Message,
        work: &Work,
        f: impl FnOnce(&mut Message, super::decide::Context<'_>) -> T,
    ) -> T {
        let (uid, n) = about(m, work);
        let transport = uid.unwrap_or_default();
        let found = self.transport(&transport);
        let guarantees = found.map(|t| t.config.guarantees.clone()).unwrap_or_default();
        let account = found.map_or_else(|| transport.clone(), |t| t.config.account.clone());
        let present = found.is_some();
        let routed = match work {
            Work::Intend { n: None, .. } | Work::Unprepared { n: None, .. } => self.routed_to(m, &transport),
            _ => Vec::new(),
        };
        let homeless = if *work == Work::Homeless { self.homeless(m) } else { Vec::new() };
        let quiet_mono = self.quiet_mono(m, n, guarantees.settles());
        let sole = self.is_sole(m, n);
        let context = super::decide::Context {
            facts: Facts {
                guarantees: &guarantees,
                now: self.stamp(),
                span: self.span(&transport, m.size),
                jitter: self.rng.word(),
            },
            account: &account,
            routed: &routed,
            driver: self.driver.unwrap_or(Driver { epoch: 0, generation: 0 }),
            first: self.lowest.saturating_sub(1),
            held_back: self.is_held_back(m),
            quiet_mono,
            sole,
            homeless: &homeless,
            present,
        };
        f(m, context)
    }

    /// Decides about a message.
    pub(super) fn decide(&mut self, m: &Message, work: &Work) -> super::work::Decision {
        let mut m = m.clone();
        self.with_context(&mut m, work, |m, c| super::decide::decide(m, work, &c))
    }

    /// From when on an absence counts by the monotonic clock (O-41): after the attempts of this life, and after the full
    /// length of every other counted from the grant.
    fn quiet_mono(&self, m: &Message, n: u32, settles: i64) -> i64 {
        let Some(d) = m.envelope(n).and_then(|e| e.doubt.as_ref()) else { return 0 };
        let others = self.granted_at.mono.saturating_add(d.span);
        let own = self.quiet.get(&(m.uid.clone(), n)).copied().unwrap_or(others);
        own.max(others).saturating_add(settles)
    }

    /// No other envelope with this Message-ID whose wire call may have begun went to the account (O-12).
    fn is_sole(&self, m: &Message, n: u32) -> bool {
        let Some(account) = m.envelope(n).map(|e| e.account.as_str()) else { return false };
        let went = |e: &&crate::spooler::message::Envelope| {
            let began = e.first_wire.is_some()
                || matches!(e.state, EnvelopeState::Sending { .. } | EnvelopeState::Deferred { .. });
            e.account == account && began
        };
        let of_this = m.envelopes.iter().filter(|e| e.n != n).any(|e| went(&e));
        let others = self.by_mid.get(&m.message_id).into_iter().flatten().filter(|uid| **uid != m.uid);
        !of_this && !others.filter_map(|uid| self.find_uid(uid)).any(|o| o.envelopes.iter().any(|e| went(&e)))
    }

    /// Once it is durable.
    pub(super) fn follow(&mut self, uid: &str, then: Then) {
        match then {
            Then::Reply { req, reply } => self.out.push(Effect::Resolve { req, reply: reply.about(uid) }),
            Then::Accepted { req } => self.accepted(req, uid),
            Then::Begin { n, attempt } => self.make_attempt(uid, n, attempt),
            Then::Misbehaved { transport } => {
                self.say(&transport, "a per-recipient answer left a recipient out".to_owned());
            }
            Then::AwaitAbort { req, envelope } => {
                self.aborting.entry(uid.to_owned()).or_default().push((req, envelope))
            }
            Then::Evidence => {
                let id = self.find_uid(uid).map(|m| m.id.clone().unwrap_or_else(|| uid.to_owned()));
                if let Some(id) = id {
                    self.out.push(Effect::LateEvidence { id, uid: uid.to_owned() });
                }
            }
        }
    }

    /// A row changed: looked at again before the step ends.
    pub(super) fn touched(&mut self, uid: &str) {
        self.dirty.insert(uid.to_owned());
    }

    /// Rows that changed: agenda, promises, cancellations, tables.
    pub(super) fn reindex(&mut self) {
        while let Some(uid) = self.dirty.pop_first() {
            self.schedule(&uid);
            if self.driver.is_some() {
                let free = self.slots.get(&uid).filter(|s| s.busy.is_none()).map(|s| s.message.clone());
                if let Some(m) = free {
                    self.stop(&m);
                    self.file(&m);
                }
            }
            self.count(&uid);
            self.tell(&uid);
            self.project(&uid);
        }
    }

    /// Unfinished messages, for the host's canary.
    fn count(&mut self, uid: &str) {
        let unfinished = self.slots.get(uid).is_some_and(|s| !shown::is_settled(&s.message));
        if unfinished {
            self.unfinished.insert(uid.to_owned());
        } else {
            self.unfinished.remove(uid);
        }
    }

    /// Told when their number changed: should the storage be lost, the host knows how many went with it.
    pub(super) fn tell_canary(&mut self) {
        let count = u32::try_from(self.unfinished.len()).unwrap_or(u32::MAX);
        if self.loaded && self.told_canary != Some((count, self.meta.epoch)) {
            self.told_canary = Some((count, self.meta.epoch));
            self.out.push(Effect::Canary { messages: count, epoch: self.meta.epoch });
        }
    }

    /// Whoever waits for this message and may now be answered.
    fn tell(&mut self, uid: &str) {
        let Some(m) = self.find_uid(uid).cloned() else {
            return;
        };
        let durable = self.slots.get(uid).is_none_or(|s| s.proposed.is_none());
        if durable
            && shown::is_settled(&m)
            && let Some(reqs) = self.watchers.remove(uid)
        {
            for req in reqs {
                self.out.push(Effect::Resolve { req, reply: super::io::Reply::Settled { uid: uid.to_owned() } });
            }
        }
        let Some(waiting) = self.aborting.remove(uid) else {
            return;
        };
        for (req, envelope) in waiting {
            let result = match verbs::aborted(&m, envelope) {
                _ if !durable => None,
                Aborted::Pending => None,
                Aborted::Cancelled => Some(0),
                Aborted::TooLate => Some(1),
                Aborted::Unknown => Some(2),
            };
            match result {
                Some(result) => self.out.push(Effect::Resolve { req, reply: ReplyKind::Aborted(result).about(uid) }),
                None => self.aborting.entry(uid.to_owned()).or_default().push((req, envelope)),
            }
        }
    }

    /// The attempt of work that will not be done: its slot is free.
    pub(super) fn forget_attempt(&mut self, uid: &str, work: &Work) {
        let waits = Slot::Intending { uid: uid.to_owned() };
        if let Work::Intend { transport, .. } = work
            && self.transport(transport).is_some_and(|t| t.slot == waits)
        {
            self.vacate(transport, crate::provider::AttemptEnd::Neutral);
        }
    }

    /// A message, in the queue or ended.
    pub(super) fn find_uid(&self, uid: &str) -> Option<&Message> {
        self.slots.get(uid).map(|s| &s.message).or_else(|| self.ended.get(uid).map(|t| &t.message))
    }

    /// By host id or uid.
    pub(super) fn find(&self, id: &str) -> Option<&Message> {
        self.by_host_id(id).or_else(|| self.find_uid(id))
    }

    /// The last submission of a host id.
    pub(super) fn by_host_id(&self, id: &str) -> Option<&Message> {
        self.by_id.get(id).and_then(|uid| self.find_uid(uid))
    }

    /// Every submission with this Message-ID.
    pub(super) fn by_message_id(&self, mid: &str) -> impl Iterator<Item = &Message> {
        self.by_mid.get(mid).into_iter().flatten().filter_map(|uid| self.find_uid(uid))
    }

    /// Both names of a submission.
    pub(super) fn index_ids(&mut self, m: &Message) {
        if let Some(id) = &m.id {
            let newer = self.by_host_id(id).is_none_or(|old| old.seq <= m.seq || old.closed);
            if newer && !m.closed || !self.by_id.contains_key(id) {
                self.by_id.insert(id.clone(), m.uid.clone());
            }
        }
        self.by_mid.entry(m.message_id.clone()).or_default().insert(m.uid.clone());
    }

    /// Its tombstone is gone.
    pub(super) fn unindex_ids(&mut self, m: &Message) {
        if let Some(id) = &m.id
            && self.by_id.get(id) == Some(&m.uid)
        {
            self.by_id.remove(id);
        }
        if let Some(uids) = self.by_mid.get_mut(&m.message_id) {
            uids.remove(&m.uid);
            if uids.is_empty() {
                self.by_mid.remove(&m.message_id);
            }
        }
    }

    /// The host no longer waits for a promise.
    pub(super) fn forget(&mut self, req: Req) {
        for reqs in self.watchers.values_mut() {
            reqs.retain(|r| *r != req);
        }
        for waiting in self.aborting.values_mut() {
            waiting.retain(|(r, _)| *r != req);
        }
        self.watchers.retain(|_, v| !v.is_empty());
        self.aborting.retain(|_, v| !v.is_empty());
    }

    /// `settled(id)`.
    pub(super) fn watch(&mut self, req: Req, id: &str) {
        match self.find(id).map(|m| (m.uid.clone(), shown::is_settled(m))) {
            Some((uid, true)) if self.slots.get(&uid).is_none_or(|s| s.proposed.is_none()) => {
                self.out.push(Effect::Resolve { req, reply: super::io::Reply::Settled { uid } });
            }
            Some((uid, _)) => self.watchers.entry(uid).or_default().push(req),
            None if self.loaded => self.reject(req, Scode::MAPI_E_NOT_FOUND, "the id of a submission", "another"),
            None => self.watchers.entry(id.to_owned()).or_default().push(req),
        }
    }

    /// Those who asked before anything was read.
    pub(super) fn rewatch(&mut self) {
        for (id, reqs) in std::mem::take(&mut self.watchers) {
            for req in reqs {
                self.watch(req, &id);
            }
        }
    }
}

/// Whose facts the work needs: a transport, and an envelope.
fn about(m: &Message, work: &Work) -> (Option<String>, u32) {
    let n = match work {
        Work::Intend { transport, n, .. } | Work::Unprepared { transport, n, .. } => {
            return (Some(transport.clone()), n.unwrap_or(0));
        }
        Work::Resume { transport }
        | Work::Hurry { transport }
        | Work::Park { transport, .. }
        | Work::Gone { transport }
        | Work::SentDeferred { transport, .. } => {
            return (Some(transport.clone()), 0);
        }
        Work::Ended { n, .. }
        | Work::Late { n, .. }
        | Work::Probed { n, .. }
        | Work::Cancelled { n, .. }
        | Work::Due { n }
        | Work::Filed { n }
        | Work::Orphaned { n } => *n,
        Work::Verb { .. } | Work::Homeless | Work::Merge | Work::Bury | Work::Harden { .. } => return (None, 0),
    };
    (m.envelope(n).map(|e| e.transport.clone()), n)
}
