//! What follows a change: promises, calls, the index, the tables.

use std::sync::Arc;

use super::Session;
use super::io::{Effect, Guarantees, Req};
use super::keys::Key;
use super::transport::Slot;
use super::work::{ReplyKind, Then, Work};
use crate::mapi::{Scode, Text};
use crate::spooler::doubt::Facts;
use crate::spooler::intent::Driver;
use crate::spooler::message::{Envelope, EnvelopeState, Message, Stamp};
use crate::spooler::shown;
use crate::spooler::verbs::{self, Aborted};

impl Session {
    /// Now, in terms another life can check.
    pub(super) fn stamp(&self) -> Stamp {
        Stamp { clock_epoch: self.meta.clock_epoch, wall: self.now.wall }
    }

    /// Transports, then the others.
    pub(super) fn providers(&self) -> impl Iterator<Item = &super::transport::Transport> {
        self.transports.iter().chain(&self.others)
    }

    /// The provider with this uid.
    pub(super) fn transport(&self, uid: &str) -> Option<&super::transport::Transport> {
        self.providers().find(|t| t.config.uid == uid)
    }

    /// The same, to change it.
    pub(super) fn transport_mut(&mut self, uid: &str) -> Option<&mut super::transport::Transport> {
        self.transports.iter_mut().chain(&mut self.others).find(|t| t.config.uid == uid)
    }

    /// Runs `f` with the facts of an envelope's transport.
    pub(super) fn with_facts<T>(&self, m: &Message, e: &Envelope, f: impl FnOnce(&Facts<'_>) -> T) -> T {
        let (transport, nothing) = (&e.transport, Guarantees::default());
        let configuration = self.configuration(transport);
        let guarantees = self.transport(transport).map_or(&nothing, |t| t.guarantees(Some(e), configuration));
        f(&Facts { guarantees, now: self.stamp(), span: self.span(transport, m.size), jitter: 0, quiet: 0 })
    }

    /// Runs `f` with all a decision about `m` needs.
    pub(super) fn with_context<T>(
        &self,
        key: Key,
        m: &Message,
        work: &Work,
        jitter: u32,
        f: impl FnOnce(super::decide::Context<'_>) -> T,
    ) -> T {
        let (uid, n) = about(m, work);
        let nowhere = Text::default();
        let transport = uid.unwrap_or(&nowhere);
        let found = self.transport(transport);
        let nothing = Guarantees::default();
        let configuration = self.configuration(transport);
        let guarantees = found.map_or(&nothing, |t| t.guarantees(m.envelope(n), configuration));
        let routed = match work {
            Work::Intend { n: None, .. } | Work::Unprepared { n: None, .. } => self.routed_to(m, transport),
            _ => Vec::new(),
        };
        let homeless = if *work == Work::Homeless { self.homeless(m) } else { Vec::new() };
        let quiet_mono = self.quiet_mono(key, m, n, guarantees.settles());
        let quiet = self.now.wall.saturating_add(quiet_mono.saturating_sub(self.now.mono));
        f(super::decide::Context {
            facts: Facts { guarantees, now: self.stamp(), span: self.span(transport, m.size), jitter, quiet },
            account: found.map_or(transport, |t| &t.config.account),
            configuration,
            routed: &routed,
            driver: self.driver.unwrap_or(Driver { epoch: 0, generation: 0 }),
            first: self.lowest.saturating_sub(1),
            held_back: self.is_held_back(m),
            quiet_mono,
            sole: matches!(work, Work::Probed { .. }) && self.is_sole(key, m, n),
            homeless: &homeless,
            present: found.is_some(),
        })
    }

    /// Decides about a message.
    pub(super) fn decide(&mut self, key: Key, m: &Message, work: &Work) -> super::work::Decision {
        let jitter = self.rng.word();
        self.decided(key, m, work, jitter)
    }

    /// The same, with this jitter.
    pub(super) fn decided(&self, key: Key, m: &Message, work: &Work, jitter: u32) -> super::work::Decision {
        self.with_context(key, m, work, jitter, |c| super::decide::decide(m, work, &c))
    }

    /// From when on an absence counts by the monotonic clock (O-41): after the attempts of this life, and after the full
    /// length of every other counted from the grant.
    fn quiet_mono(&self, key: Key, m: &Message, n: u32, settles: i64) -> i64 {
        let Some(d) = m.envelope(n).and_then(|e| e.doubt.as_ref()) else { return 0 };
        let others = self.granted_at.mono.saturating_add(d.span);
        let own = self.quiet.get(&(key, n)).copied().unwrap_or(others);
        own.max(others).saturating_add(settles)
    }

    /// No other envelope with this Message-ID whose wire call may have begun went to the account (O-12).
    fn is_sole(&self, key: Key, m: &Message, n: u32) -> bool {
        let Some(account) = m.envelope(n).map(|e| &e.account) else { return false };
        let went = |e: &&Envelope| {
            let began = e.first_wire.is_some()
                || matches!(e.state, EnvelopeState::Sending { .. } | EnvelopeState::Deferred { .. });
            e.account == *account && began
        };
        let of_this = m.envelopes.iter().filter(|e| e.n != n).any(|e| went(&e));
        let mut others = self.by_message_id(&m.message_id).filter(|(other, _)| *other != key);
        !of_this && !others.any(|(_, o)| o.envelopes.iter().any(|e| went(&e)))
    }

    /// Once it is durable.
    pub(super) fn follow(&mut self, key: Key, then: Then) {
        match then {
            Then::Reply { req, reply } => self.reply(req, key, reply),
            Then::Accepted { req } => self.accepted(req, key),
            Then::Begin { n, attempt } => self.make_attempt(key, n, attempt),
            Then::Misbehaved { transport } => {
                self.say(&transport, "a per-recipient answer left a recipient out".to_owned());
            }
            Then::AwaitAbort { req, envelope } => {
                let mut waiting = self.aborting.remove(key).unwrap_or_default();
                waiting.push((req, envelope));
                self.aborting.insert(key, waiting);
            }
        }
    }

    fn reply(&mut self, req: Req, key: Key, reply: ReplyKind) {
        let uid = self.find_key(key).map(|m| m.uid.clone()).unwrap_or_default();
        self.out.push(Effect::Resolve { req, reply: reply.about(&uid) });
    }

    /// A row changed: looked at again before the step ends.
    pub(super) fn touched(&mut self, key: Key) {
        if self.dirty.last() != Some(&key) {
            self.dirty.push(key);
        }
    }

    /// Rows that changed: agenda, promises, cancellations, tables.
    pub(super) fn reindex(&mut self) {
        let mut next = 0;
        while let Some(key) = self.dirty.get(next).copied() {
            next = next.saturating_add(1);
            self.schedule(key);
            if self.driver.is_some() {
                let free = self.slots.get(key).filter(|s| s.busy.is_none()).map(|s| s.message.clone());
                if let Some(m) = free {
                    self.stop(key, &m);
                    self.file(key, &m);
                }
            }
            self.count(key);
            self.note_missed(key);
            self.tell(key);
            self.tell_late(key);
            self.project(key);
        }
        self.dirty.clear();
    }

    /// Unfinished messages, for the host's canary.
    fn count(&mut self, key: Key) {
        let unfinished = match self.slots.get(key) {
            Some(slot) => !shown::is_settled(&slot.message),
            None => self.lies_unread(key).is_some(),
        };
        if unfinished && self.unfinished.insert(key, ()).is_none() {
            self.unfinished_count = self.unfinished_count.saturating_add(1);
        } else if !unfinished && self.unfinished.remove(key).is_some() {
            self.unfinished_count = self.unfinished_count.saturating_sub(1);
        }
    }

    /// Told when their number changed: should the storage be lost, the host knows how many went with it.
    pub(super) fn tell_canary(&mut self) {
        let count = self.unfinished_count;
        if self.config.canary && self.loaded && self.told_canary != Some((count, self.meta.epoch)) {
            self.told_canary = Some((count, self.meta.epoch));
            self.out.push(Effect::Canary { messages: count, epoch: self.meta.epoch });
        }
    }

    fn settled(&mut self, req: Req, m: &Message) {
        let report = Box::new(self.report_of(m));
        self.out.push(Effect::Resolve { req, reply: super::io::Reply::Settled { report } });
    }

    /// Late evidence is told in every context once it is stored, whoever wrote it (O-46).
    fn tell_late(&mut self, key: Key) {
        if self.slots.get(key).is_none_or(|s| s.proposed.is_none())
            && self.is_news(key)
            && let Some(m) = self.find_key(key)
        {
            let (id, uid) = (m.id.clone().unwrap_or_else(|| m.uid.clone()), m.uid.clone());
            self.out.push(Effect::LateEvidence { id, uid });
        }
    }

    /// Whoever waits for this message and may now be answered.
    fn tell(&mut self, key: Key) {
        if !self.watchers.has(key) && !self.aborting.has(key) {
            return;
        }
        let Some(m) = self.find_key(key).cloned() else {
            return;
        };
        let uid = &m.uid;
        let durable = self.slots.get(key).is_none_or(|s| s.proposed.is_none());
        if durable
            && shown::is_settled(&m)
            && let Some(reqs) = self.watchers.remove(key)
        {
            for req in reqs {
                self.settled(req, &m);
            }
        }
        let Some(waiting) = self.aborting.remove(key) else {
            return;
        };
        let mut still = Vec::new();
        for (req, envelope) in waiting {
            let result = match verbs::aborted(&m, envelope) {
                _ if self.is_unread(key) => Some(2),
                _ if !durable => None,
                Aborted::Pending => None,
                Aborted::Cancelled => Some(0),
                Aborted::TooLate => Some(1),
                Aborted::Unknown => Some(2),
            };
            match result {
                Some(result) => self.out.push(Effect::Resolve { req, reply: ReplyKind::Aborted(result).about(uid) }),
                None => still.push((req, envelope)),
            }
        }
        if !still.is_empty() {
            self.aborting.insert(key, still);
        }
    }

    /// The attempt of work that will not be done: its slot is free.
    pub(super) fn forget_attempt(&mut self, key: Key, work: &Work) {
        let waits = Slot::Intending { key };
        if let Work::Intend { transport, .. } = work
            && (self.transport(transport).is_some_and(|t| t.slot == waits)
                || self.departed.get(transport) == Some(&waits))
        {
            self.vacate(transport, crate::provider::AttemptEnd::Neutral);
            self.touched(key);
        }
    }

    /// A message, in the queue, ended, or what is known of one that cannot be read.
    pub(super) fn find_key(&self, key: Key) -> Option<&Arc<Message>> {
        let slot = self.slots.get(key).map(|s| &s.message);
        let ended = || self.ended.get(key).map(|t| &t.message);
        slot.or_else(ended).or_else(|| self.unread.get(key).map(|row| &row.message))
    }

    /// By host id or uid.
    pub(super) fn find(&self, id: &str) -> Option<(Key, &Arc<Message>)> {
        let by_uid = || {
            let key = self.key_of(id)?;
            Some((key, self.find_key(key)?))
        };
        self.by_host_id(id).or_else(by_uid)
    }

    /// The last submission of a host id: of those that are not closed, or of all.
    pub(super) fn by_host_id(&self, id: &str) -> Option<(Key, &Arc<Message>)> {
        let mut last: Option<(Key, &Arc<Message>)> = None;
        for key in self.by_id.find(id) {
            if let Some(m) = self.find_key(key).filter(|m| m.id.as_deref() == Some(id))
                && last.is_none_or(|(_, old)| (!old.closed, old.seq) <= (!m.closed, m.seq))
            {
                last = Some((key, m));
            }
        }
        last
    }

    /// Every submission with this Message-ID.
    pub(super) fn by_message_id(&self, mid: &str) -> impl Iterator<Item = (Key, &Arc<Message>)> {
        let found = self.by_mid.find(mid).filter_map(|key| Some((key, self.find_key(key)?)));
        found.filter(move |(_, m)| m.message_id == mid)
    }

    /// The names of a submission.
    pub(super) fn index_names(&mut self, key: Key, m: &Message) {
        self.by_mid.enter(&m.message_id, key);
        if let Some(id) = &m.id {
            self.by_id.enter(id, key);
        }
    }

    /// Its tombstone is gone.
    pub(super) fn unindex_names(&mut self, key: Key, m: &Message) {
        self.by_uid.leave(&m.uid, key);
        self.uids.remove(key);
        self.by_mid.leave(&m.message_id, key);
        if let Some(id) = &m.id {
            self.by_id.leave(id, key);
        }
    }

    /// The host no longer waits for these promises.
    pub(super) fn forget(&mut self) {
        if self.forgotten.is_empty() {
            return;
        }
        let reqs = std::mem::take(&mut self.forgotten);
        for req in &reqs {
            self.forget_draft(*req);
            self.forget_flush(*req);
        }
        self.forget_acceptances(&reqs);
        self.early.retain(|(req, _)| !reqs.contains(req));
        for waiting in self.watchers.values_mut() {
            waiting.retain(|req| !reqs.contains(req));
        }
        for waiting in self.aborting.values_mut() {
            waiting.retain(|(req, _)| !reqs.contains(req));
        }
    }

    /// `settled(id)`.
    pub(super) fn watch(&mut self, req: Req, id: &str) {
        match self.find(id) {
            Some((key, m)) if shown::is_settled(m) && self.slots.get(key).is_none_or(|s| s.proposed.is_none()) => {
                let m = m.clone();
                self.settled(req, &m);
            }
            Some((key, _)) => match self.watchers.get_mut(key) {
                Some(reqs) => reqs.push(req),
                None => {
                    self.watchers.insert(key, vec![req]);
                }
            },
            None if self.loaded => self.reject(req, Scode::MAPI_E_NOT_FOUND, "the id of a submission", "another"),
            None => self.early.push((req, id.to_owned())),
        }
    }

    /// Those who asked before anything was read.
    pub(super) fn rewatch(&mut self) {
        for (req, id) in std::mem::take(&mut self.early) {
            self.watch(req, &id);
        }
    }
}

/// Whose facts the work needs: a transport, and an envelope.
fn about<'a>(m: &'a Message, work: &'a Work) -> (Option<&'a Text>, u32) {
    let n = match work {
        Work::Intend { transport, n, .. } | Work::Unprepared { transport, n, .. } => {
            return (Some(transport), n.unwrap_or(0));
        }
        Work::Resume { transport }
        | Work::Hurry { transport }
        | Work::Park { transport, .. }
        | Work::Gone { transport }
        | Work::SentDeferred { transport, .. } => {
            return (Some(transport), 0);
        }
        Work::Ended { n, .. }
        | Work::Late { n, .. }
        | Work::Probed { n, .. }
        | Work::Cancelled { n, .. }
        | Work::Due { n }
        | Work::Filed { n }
        | Work::Orphaned { n } => *n,
        Work::Verb { .. } => return (m.pin.as_ref(), 0),
        Work::Homeless | Work::Merge | Work::Bury | Work::SetBack { .. } | Work::Harden { .. } => {
            return (None, 0);
        }
    };
    (m.envelope(n).map(|e| &e.transport), n)
}
