//! Becoming the driver, ceasing to be it (O-71…O-75).

use std::sync::Arc;

use super::Session;
use super::evidence::merge_all;
use super::io::Effect;
use super::keys::Key;
use super::stored::{Evidence, Meta, StoreOp};
use super::work::{Pending, Work};
use crate::mapi::{Gather, Text};
use crate::spooler::doubt;
use crate::spooler::intent::Driver;
use crate::spooler::meaning::Meaning;
use crate::spooler::message::{Envelope, EnvelopeState, Message, ParkCause};
use crate::spooler::outcome::Outcome;

impl Session {
    /// The lock is held: read everything, then raise the epoch.
    pub(super) fn granted(&mut self, name: String, sole: bool) {
        (self.driver_name, self.sole) = (name, sole);
        self.wants_epoch = true;
        self.read_for_grant();
    }

    pub(super) fn read_for_grant(&mut self) {
        if self.wants_epoch {
            let op = self.op(Pending::Grant);
            self.out.push(Effect::Read { op, keys: None });
        }
    }

    /// Everything was read under the lock: epoch + 1, and what that means for every row, in one transaction.
    pub(super) fn raise_epoch(&mut self) {
        if !self.wants_epoch {
            return;
        }
        let expect = (self.meta.version > 0).then_some(self.meta.version);
        let mut meta = Meta {
            version: self.meta.version.saturating_add(1),
            epoch: self.meta.epoch.saturating_add(1),
            driver: self.driver_name.clone(),
            ..self.meta.clone()
        };
        let by = self.read_clock(&mut meta);
        let driver = Driver { epoch: meta.epoch, generation: self.generation };
        let mut ops = vec![StoreOp::PutMeta { expect, meta: meta.clone() }];
        let mut messages = Vec::new();
        for key in self.slots.keys() {
            let Some(slot) = self.slots.get(key) else { continue };
            let (old, evidence) = (slot.message.clone(), slot.evidence.clone());
            let mut m = Message::clone(&old);
            doubt::set_back(&mut m, by, self.now.wall);
            self.orphan(key, &mut m, driver, &meta);
            merge_all(&mut m, &evidence, self.now.wall);
            self.mark_absent(&mut m);
            if m != *old || !evidence.is_empty() {
                m.version = old.version.saturating_add(1);
                let m = Arc::new(m);
                ops.push(StoreOp::PutMessage { expect: old.version, message: m.clone() });
                ops.extend(evidence.into_iter().map(|e| StoreOp::DeleteEvidence { key: e.key }));
                messages.push(m);
            }
        }
        let op = self.op(Pending::Epoch { meta: Box::new(meta), messages, generation: self.generation });
        self.out.push(Effect::Commit { op, ballast: true, ops });
    }

    /// What an older epoch had in flight is doubt.
    fn orphan(&mut self, key: Key, m: &mut Message, driver: Driver, meta: &Meta) {
        let flying = |e: &&Envelope| matches!(e.state, EnvelopeState::Sending { .. });
        for n in m.envelopes.iter().filter(flying).map(|e| e.n).gather() {
            if let Some(transport) = m.envelope(n).map(|e| e.transport.clone()) {
                self.say(&transport, "a life ended while Submit had not answered".to_owned());
            }
            let jitter = self.rng.word();
            let before = m.clone();
            self.with_context(key, &before, &Work::Orphaned { n }, jitter, |mut c| {
                c.driver = driver;
                c.facts.now.clock_epoch = meta.clock_epoch;
                super::evidence::orphan(m, n, &c);
            });
        }
    }

    /// Envelopes whose transport this context does not have wait for it.
    fn mark_absent(&self, m: &mut Message) {
        for e in m.envelopes.iter_mut().filter(|e| self.transport(&e.transport).is_none()) {
            e.state = match (&e.state, &e.doubt) {
                (state, _) if state.is_final() => continue,
                (_, Some(_)) => EnvelopeState::Unconfirmed { absent: true },
                (EnvelopeState::Queued { .. } | EnvelopeState::Waiting { .. }, None) => {
                    EnvelopeState::Parked { cause: ParkCause::TransportAbsent }
                }
                (_, None) => continue,
            };
        }
    }

    /// The epoch is ours: this context drives.
    pub(super) fn epoch_raised(&mut self, meta: Meta, messages: Vec<Arc<Message>>, generation: u32) {
        if !self.wants_epoch || generation != self.generation {
            return;
        }
        self.wants_epoch = false;
        self.driver = Some(Driver { epoch: meta.epoch, generation: self.generation });
        self.granted_at = self.now;
        self.replica.clear();
        self.status_changed = true;
        self.note("driving", &Text::default(), 0, &Text::default(), Text::default());
        self.own_clock(meta);
        for m in messages {
            let key = self.adopt(m);
            if let Some(slot) = self.slots.get_mut(key) {
                slot.evidence.clear();
            }
        }
        self.touch_all();
        let present: Vec<Text> = self.providers().map(|t| t.config.uid.clone()).gather();
        for transport in present {
            self.resume_transport(&transport);
            self.log_on(&transport);
        }
        for command in std::mem::take(&mut self.commands.ordered) {
            self.take_command(command);
        }
        self.give_back();
    }

    /// Nothing of this generation may act any more: continuations die, attempts become doubt when the next epoch begins.
    pub(super) fn lost(&mut self) {
        self.wants_epoch = false;
        self.generation = self.generation.saturating_add(1);
        if self.driver.take().is_some() {
            self.agenda.clear();
            self.status_changed = true;
            self.note("lost", &Text::default(), 0, &Text::default(), Text::default());
            self.drop_calls();
            self.touch_all();
        }
    }

    /// Another context raised the epoch, or the store was made anew: the lock went without our knowing. It is asked for
    /// again where others are kept out by it; two who both believe to be alone would take the store from each other.
    pub(super) fn outlived(&mut self) {
        if self.driver.is_some() {
            self.lost();
            self.out.push(Effect::Lock { want: false });
            if !self.sole {
                self.out.push(Effect::Lock { want: true });
            }
        }
    }

    /// An old generation may say what it learned, and nothing else (O-72).
    pub(super) fn stale(&mut self, key: Key, work: &Work) {
        if let Work::Ended { n, attempt, meaning: Meaning::Accepted { remote_id, recipients }, .. }
        | Work::Late { n, attempt, meaning: Meaning::Accepted { remote_id, recipients }, .. } = work
        {
            let outcome = Outcome::Accepted { remote_id: remote_id.clone(), recipients: recipients.clone() };
            let (at, uid) = (self.now.wall, self.find_key(key).map(|m| m.uid.clone()).unwrap_or_default());
            self.testify(Evidence { key: Text::default(), uid, envelope: *n, attempt: *attempt, at, outcome });
        }
        self.forget_attempt(key, work);
    }

    /// Evidence for whoever drives now.
    pub(super) fn testify(&mut self, evidence: Evidence) {
        let op = self.op(Pending::Testimony { evidence: Box::new(evidence.clone()) });
        let ops = vec![StoreOp::AppendEvidence { evidence: Box::new(evidence) }];
        self.out.push(Effect::Commit { op, ballast: true, ops });
    }
}
