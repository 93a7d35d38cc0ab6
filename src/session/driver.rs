//! Becoming the driver, ceasing to be it (O-71…O-75), and the clock's epoch (O-44).

use super::Session;
use super::io::Effect;
use super::stored::{Meta, StoreOp};
use super::work::{Pending, Work};
use crate::spooler::intent::Driver;
use crate::spooler::message::{EnvelopeState, Message, ParkCause};

/// A backward step shorter than this is not one (O-44).
const STEP_BACK: i64 = 2_000;
/// How stale the stored high-water mark may be.
const MARK: i64 = 1_000;

impl Session {
    /// The lock is held: read everything, then raise the epoch.
    pub(super) fn granted(&mut self, name: String) {
        self.driver_name = name;
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
        self.clock(&mut meta);
        let driver = Driver { epoch: meta.epoch, generation: self.generation };
        let mut ops = vec![StoreOp::PutMeta { expect, meta: meta.clone() }];
        let mut messages = Vec::new();
        for uid in self.slots.keys().cloned().collect::<Vec<_>>() {
            let Some(slot) = self.slots.get(&uid) else {
                continue;
            };
            let old = slot.message.clone();
            let mut m = old.clone();
            let mut done: Vec<StoreOp> = Vec::new();
            self.inherit(&mut m, driver, &meta);
            if let Some(slot) = self.slots.get(&uid) {
                for e in &slot.evidence {
                    if let crate::spooler::outcome::Outcome::Accepted { recipients, .. } = &e.outcome {
                        super::evidence::evidence(&mut m, e.envelope, recipients.as_deref());
                    }
                    done.push(StoreOp::DeleteEvidence { key: e.key.clone() });
                }
            }
            if m != old || !done.is_empty() {
                m.version = old.version.saturating_add(1);
                ops.push(StoreOp::PutMessage { expect: old.version, message: Box::new(m.clone()) });
                ops.extend(done);
                messages.push(m);
            }
        }
        let op = self.op(Pending::Epoch { meta, messages });
        self.out.push(Effect::Commit { op, ballast: true, ops });
    }

    /// What an older epoch left: attempts in flight are doubt, absent transports are marked.
    fn inherit(&mut self, m: &mut Message, driver: Driver, meta: &Meta) {
        let numbers: Vec<u32> = m.envelopes.iter().map(|e| e.n).collect();
        for n in numbers {
            let Some(transport) = m.envelope(n).map(|e| e.transport.clone()) else {
                continue;
            };
            let present = self.transport(&transport).is_some();
            self.with_context(m, &Work::Orphaned { n }, |m, mut c| {
                c.driver = driver;
                c.facts.now.clock_epoch = meta.clock_epoch;
                super::evidence::orphan(m, n, &c);
            });
            let Some(e) = m.envelope_mut(n) else { continue };
            if !present && !e.state.is_final() {
                e.state = match (&e.state, e.doubt.is_some()) {
                    (_, true) => EnvelopeState::Unconfirmed { absent: true },
                    (EnvelopeState::Deferred { entry, since }, false) => {
                        EnvelopeState::Deferred { entry: entry.clone(), since: *since }
                    }
                    (_, false) => EnvelopeState::Parked { cause: ParkCause::TransportAbsent },
                };
            }
        }
    }

    /// The epoch is ours: this context drives.
    pub(super) fn epoch_raised(&mut self, meta: Meta, messages: Vec<Message>) {
        if !self.wants_epoch {
            return;
        }
        self.wants_epoch = false;
        self.driver = Some(Driver { epoch: meta.epoch, generation: self.generation });
        self.granted_at = self.now;
        self.status_changed = true;
        self.note("driving", "", 0, "");
        self.meta = meta;
        for m in messages {
            if let Some(slot) = self.slots.get_mut(&m.uid) {
                slot.evidence.clear();
            }
            self.adopt(m);
        }
        for uid in self.slots.keys().cloned().collect::<Vec<_>>() {
            self.touched(&uid);
        }
        let present: Vec<String> = self.transports.iter().map(|t| t.config.uid.clone()).collect();
        for transport in present {
            self.resume_transport(&transport);
            self.log_on(&transport);
        }
    }

    /// Nothing of this generation may act any more: continuations die, attempts become doubt when the next epoch begins.
    pub(super) fn lost(&mut self) {
        self.wants_epoch = false;
        self.generation = self.generation.saturating_add(1);
        if self.driver.take().is_some() {
            self.agenda.clear();
            self.status_changed = true;
            self.note("lost", "", 0, "");
            self.drop_calls();
            for uid in self.slots.keys().cloned().collect::<Vec<_>>() {
                self.touched(&uid);
            }
        }
    }

    /// Another context raised the epoch: the lock went without our knowing.
    pub(super) fn outlived(&mut self) {
        if self.driver.is_some() {
            self.lost();
            self.out.push(Effect::Lock { want: false });
        }
    }

    /// The driver's row, as stored.
    pub(super) fn take_meta(&mut self, meta: Meta) {
        let outlived = self.driver.is_some_and(|d| meta.epoch > d.epoch);
        if meta.version >= self.meta.version {
            self.meta = meta;
        }
        if outlived {
            self.outlived();
        }
    }

    /// Raises the clock's epoch when the wall clock went back; else its high-water mark.
    fn clock(&self, meta: &mut Meta) -> bool {
        let wall = self.now.wall;
        if wall < meta.high_water.saturating_sub(STEP_BACK) {
            meta.clock_epoch = meta.clock_epoch.saturating_add(1);
            meta.high_water = wall;
            return true;
        }
        if wall >= meta.high_water.saturating_add(MARK) {
            meta.high_water = wall;
            return true;
        }
        false
    }

    /// Seen before every decision, so that a stamp never carries an epoch that the clock has left.
    pub(super) fn watch_clock(&mut self) {
        if self.driver.is_some() && self.now.wall < self.meta.high_water.saturating_sub(STEP_BACK) {
            let mut meta = self.meta.clone();
            self.clock(&mut meta);
            self.clock_dirty = true;
            self.meta.clock_epoch = meta.clock_epoch;
            self.meta.high_water = meta.high_water;
        }
    }

    /// Written with an intent.
    pub(super) fn clock_op(&mut self) -> Option<StoreOp> {
        let mut meta = self.meta.clone();
        if !(self.clock(&mut meta) || self.clock_dirty) {
            return None;
        }
        self.clock_dirty = false;
        meta.version = meta.version.saturating_add(1);
        let expect = Some(self.meta.version);
        self.meta = meta.clone();
        Some(StoreOp::PutMeta { expect, meta })
    }

    /// An old generation may say what it learned, and nothing else (O-72).
    pub(super) fn stale(&mut self, uid: &str, work: &Work) {
        use crate::spooler::meaning::Meaning;
        if let Work::Ended { n, attempt, meaning: Meaning::Accepted { remote_id, recipients }, .. }
        | Work::Late { n, attempt, meaning: Meaning::Accepted { remote_id, recipients }, .. } = work
        {
            let evidence = super::stored::Evidence {
                key: String::new(),
                uid: uid.to_owned(),
                envelope: *n,
                attempt: *attempt,
                at: self.now.wall,
                outcome: crate::spooler::outcome::Outcome::Accepted {
                    remote_id: remote_id.clone(),
                    recipients: recipients.clone(),
                },
            };
            let op = self.op(Pending::Loose);
            self.out.push(Effect::Commit {
                op,
                ballast: true,
                ops: vec![StoreOp::AppendEvidence { evidence: Box::new(evidence) }],
            });
        }
        self.forget_attempt(uid, work);
    }
}
