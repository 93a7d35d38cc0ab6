//! What is left of finished messages: tombstones, what may still be learned of them, and their end (O-46, O-63, O-76).

use std::sync::Arc;

use super::Session;
use super::evidence::merge_all;
use super::io::{Effect, MessageVerb, Reply, Req};
use super::keys::Key;
use super::rows::Slot;
use super::stored::{Evidence, StoreOp, Tombstone};
use super::work::{Pending, Stalled, Work};
use crate::mapi::{Gather, MapiError, Scode, Text, told};
use crate::spooler::meaning::Meaning;
use crate::spooler::message::{Envelope, EnvelopeState, Message, RecipientState, Wall};
use crate::spooler::outcome::Outcome;
use crate::spooler::{shown, verbs};

/// Tombstones and unwanted bodies live thirty days (O-63, O-76).
pub const MONTH: i64 = 30 * 86_400_000;
/// Tombstones of one commit.
const SWEEP: usize = 500;

/// What is left of a finished submission.
pub fn tombstone(m: &Arc<Message>, expect: Option<u32>, until: Wall) -> StoreOp {
    StoreOp::PutTombstone { expect, tombstone: Tombstone { message: m.clone(), until } }
}

/// Delivered to all: its body may go (O-63).
pub fn is_done(m: &Message) -> bool {
    let delivered =
        |e: &Envelope| matches!(e.state, EnvelopeState::Sent | EnvelopeState::Filed | EnvelopeState::Passed);
    m.settled_at.is_some()
        && m.envelopes.iter().all(delivered)
        && m.recipients.iter().all(|r| matches!(r.state, RecipientState::Accepted { .. }))
}

/// When the body of a message that was refused or given up goes (O-63).
pub fn expires(m: &Message) -> Option<Wall> {
    m.settled_at.filter(|_| shown::is_settled(m) && !is_done(m)).map(|at| at.saturating_add(MONTH))
}

impl Session {
    /// Until when a tombstone of `m` is kept: thirty days, or the longest window of its transports (O-76).
    pub(super) fn lasting(&self, m: &Message) -> Wall {
        let window = |e: &Envelope| self.transport(&e.transport).and_then(|t| t.config.guarantees.dedupe_window);
        let longest = m.envelopes.iter().filter_map(window).max().unwrap_or(0);
        self.now.wall.saturating_add(longest.max(MONTH))
    }

    /// The message left the queue: what waited for it is answered from what is left.
    pub(super) fn end(&mut self, key: Key, m: Arc<Message>) {
        if let Some(slot) = self.slots.remove(key) {
            let until = self.lasting(&m);
            self.leave_queue(key, *slot, Tombstone { message: m, until });
        }
    }

    fn leave_queue(&mut self, key: Key, slot: Slot, tombstone: Tombstone) {
        for e in &tombstone.message.envelopes {
            self.quiet.remove(&(key, e.n));
            self.filing.remove(&(key, e.n));
        }
        if !slot.evidence.is_empty() {
            let uid = &tombstone.message.uid;
            self.left.insert(uid.clone(), slot.evidence);
            self.evident.insert(uid.clone());
        }
        self.mourn(key, tombstone);
        for work in slot.queue {
            self.work_on_ended(key, work);
        }
    }

    fn mourn(&mut self, key: Key, tombstone: Tombstone) {
        let until = tombstone.until;
        self.index_names(key, &tombstone.message);
        self.expiry.insert((until, key));
        if let Some(old) = self.ended.insert(key, tombstone)
            && old.until != until
        {
            self.expiry.remove(&(old.until, key));
        }
        self.touched(key);
    }

    /// A tombstone as it is stored.
    pub(super) fn bury(&mut self, tombstone: Tombstone) {
        let m = &tombstone.message;
        let key = self.enter_uid(&m.uid);
        if self.slots.get(key).is_some_and(|s| s.busy.is_some())
            || self.ended.get(key).is_some_and(|old| old.message.version >= m.version)
        {
            return;
        }
        match self.slots.remove(key) {
            Some(slot) => self.leave_queue(key, *slot, tombstone),
            None => self.mourn(key, tombstone),
        }
    }

    /// Work that came too late.
    pub(super) fn work_on_ended(&mut self, key: Key, work: Work) {
        match work {
            Work::Verb { req, verb } => self.verb_on_ended(req, key, &verb),
            Work::Ended { n, meaning: Meaning::Accepted { remote_id, recipients }, attempt, .. }
            | Work::Late { n, meaning: Meaning::Accepted { remote_id, recipients }, attempt, .. } => {
                let Some(uid) = self.find_key(key).map(|m| m.uid.clone()) else { return };
                let outcome = Outcome::Accepted { remote_id, recipients };
                let (key, at) = (Text::default(), self.now.wall);
                self.evident.insert(uid.clone());
                let known = self.left.entry(uid.clone()).or_default();
                known.push(Evidence { key, uid, envelope: n, attempt, at, outcome });
            }
            Work::Harden { then } => {
                for then in then {
                    self.follow(key, then);
                }
            }
            // Whatever was to happen, it is over; an attempt's slot is freed by its answer.
            other => self.forget_attempt(key, &other),
        }
    }

    fn verb_on_ended(&mut self, req: Req, key: Key, verb: &MessageVerb) {
        let Some(Tombstone { message: m, .. }) = self.ended.get(key) else {
            return self.reject(req, Scode::MAPI_E_NOT_FOUND, "the id of a message in the outbox", "another");
        };
        if let MessageVerb::Abort { envelope } = verb {
            if let Err(MapiError { code, expected, got }) = verbs::has(m, *envelope) {
                return self.reject(req, code, &expected, &got);
            }
            let result = match verbs::aborted(m, *envelope) {
                verbs::Aborted::Cancelled => 0,
                verbs::Aborted::TooLate => 1,
                verbs::Aborted::Unknown | verbs::Aborted::Pending => 2,
            };
            return self.out.push(Effect::Resolve { req, reply: Reply::Aborted { result, uid: m.uid.clone() } });
        }
        let got = told!["a message that is ", shown::message(m, self.now.wall).name()];
        self.reject(req, Scode::MAPI_E_OBJECT_CHANGED, "a message in the outbox", &got);
    }

    /// Evidence about a message without row: merged into its tombstone, or of nothing any more.
    pub(super) fn learn(&mut self, uid: &str) {
        let Some(evidence) = self.left.remove(uid) else { return };
        let Some(driver) = self.driver else {
            self.left.insert(uid.into(), evidence);
            return;
        };
        let mut ops = vec![StoreOp::Fence { epoch: driver.epoch }];
        let stored = evidence.iter().filter(|e| !e.key.is_empty());
        ops.extend(stored.map(|e| StoreOp::DeleteEvidence { key: e.key.clone() }));
        let mut left = None;
        if let Some(Tombstone { message: old, until }) = self.tombstone_of(uid) {
            let mut m = old.clone();
            let merged = Arc::make_mut(&mut m);
            if merge_all(merged, &evidence, self.now.wall) {
                merged.version = old.version.saturating_add(1);
                ops.push(tombstone(&m, Some(old.version), *until));
                left = Some(Tombstone { message: m, until: *until });
            }
        }
        if ops.len() > 1 {
            let op = self.op(Pending::Learnt { uid: uid.into(), left, evidence });
            self.out.push(Effect::Commit { op, ballast: true, ops });
        }
    }

    fn tombstone_of(&self, uid: &str) -> Option<&Tombstone> {
        self.ended.get(self.key_of(uid)?)
    }

    /// It is in the tombstone.
    pub(super) fn learnt(&mut self, uid: &str, tombstone: Option<Tombstone>) {
        if let (Some(tombstone), Some(key)) = (tombstone, self.key_of(uid)) {
            self.mourn(key, tombstone);
        }
    }

    /// Its row changed, or the storage failed: tried again with what is read then.
    pub(super) fn unlearnt(&mut self, uid: Text, evidence: Vec<Evidence>, fenced: bool) {
        self.left.insert(uid.clone(), evidence);
        if fenced {
            self.outlived();
        }
        self.stall(Stalled::Learn { uid });
    }

    /// Tombstones whose time is over go (O-76).
    pub(super) fn sweep(&mut self) {
        let Some(driver) = self.driver else { return };
        let now = self.now.wall;
        let mut gone = Vec::new();
        while let Some((until, _)) = self.expiry.first()
            && *until <= now
            && gone.len() < SWEEP
        {
            gone.extend(self.expiry.pop_first());
        }
        if gone.is_empty() {
            return;
        }
        let uid = |(_, key): &(Wall, Key)| self.ended.get(*key).map(|t| t.message.uid.clone());
        let delete = |uid| StoreOp::DeleteTombstone { uid };
        let deleted = gone.iter().filter_map(uid).map(delete);
        let ops = [StoreOp::Fence { epoch: driver.epoch }].into_iter().chain(deleted).gather();
        let op = self.op(Pending::Sweep { gone });
        self.out.push(Effect::Commit { op, ballast: false, ops });
    }

    /// They are gone.
    pub(super) fn swept(&mut self, gone: Vec<(Wall, Key)>) {
        for (_, key) in gone {
            let Some(tombstone) = self.ended.remove(key) else { continue };
            self.unindex_names(key, &tombstone.message);
            self.touched(key);
        }
    }

    /// They are not.
    pub(super) fn unswept(&mut self, gone: Vec<(Wall, Key)>) {
        self.expiry.extend(gone);
    }
}
