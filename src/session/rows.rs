//! The rows in memory and their writes: one write at a time per message, each by compare and set (O-60).

use std::collections::VecDeque;

use super::Session;
use super::io::{Effect, OpId, Req, Snapshot};
use super::stored::{Evidence, StoreOp, Stored, Tombstone};
use super::work::{Decision, Pending, Then, Work};
use crate::mapi::{MapiError, Scode};
use crate::spooler::message::{Envelope, EnvelopeState, Message, Wall};
use crate::spooler::outcome::Outcome;

/// Tombstones live at least thirty days (O-76).
const MONTH: i64 = 30 * 86_400_000;
/// A row that changes under every try belongs to somebody who does nothing else.
const TRIES: u32 = 32;

/// A message in memory.
#[derive(Debug, Clone)]
pub struct Slot {
    /// As it is stored.
    pub message: Message,
    /// What is being written, if anything is: `intending` is shown from it.
    pub proposed: Option<Box<Message>>,
    /// The store operation under way.
    pub busy: Option<OpId>,
    /// What waits for it.
    pub queue: VecDeque<Work>,
    /// Merged with the next write.
    pub evidence: Vec<Evidence>,
}

/// What is left of a finished submission.
pub fn tombstone(m: &Message, expect: Option<u32>, until: Wall) -> StoreOp {
    StoreOp::PutTombstone { expect, tombstone: Box::new(Tombstone { message: m.clone(), until }) }
}

/// Delivered to all: its body may go (O-63).
pub fn is_done(m: &Message) -> bool {
    m.settled_at.is_some()
        && !m.envelopes.is_empty()
        && m.open().is_empty()
        && m.envelopes
            .iter()
            .all(|e| matches!(e.state, EnvelopeState::Sent | EnvelopeState::Filed | EnvelopeState::Passed))
        && m.any_accepted()
}

impl Session {
    /// Until when a tombstone of `m` is kept: thirty days, or the longest window of its transports (O-76).
    pub(super) fn lasting(&self, m: &Message) -> Wall {
        let window = |e: &Envelope| self.transport(&e.transport).and_then(|t| t.config.guarantees.dedupe_window);
        let longest = m.envelopes.iter().filter_map(window).max().unwrap_or(0);
        self.now.wall.saturating_add(longest.max(MONTH))
    }

    /// Registers a store operation.
    pub(super) fn op(&mut self, pending: Pending) -> OpId {
        self.next_op = self.next_op.wrapping_add(1);
        self.ops.insert(self.next_op, pending);
        self.next_op
    }

    /// Does something to a message, now or when its present write is done.
    pub(super) fn work(&mut self, uid: &str, work: Work) {
        match self.slots.get_mut(uid) {
            Some(slot) if slot.busy.is_some() => slot.queue.push_back(work),
            Some(_) => self.attempt(uid, work, 0),
            None => self.work_on_ended(uid, work),
        }
    }

    fn attempt(&mut self, uid: &str, work: Work, tries: u32) {
        let Some(slot) = self.slots.get(uid) else {
            return self.work_on_ended(uid, work);
        };
        let stored = slot.message.clone();
        let mut merged = stored.clone();
        for e in &slot.evidence {
            if let Outcome::Accepted { recipients, .. } = &e.outcome {
                super::evidence::evidence(&mut merged, e.envelope, recipients.as_deref());
            }
        }
        let mut done: Vec<StoreOp> =
            slot.evidence.iter().map(|e| StoreOp::DeleteEvidence { key: e.key.clone() }).collect();
        let fenced = work.is_fenced();
        if fenced && self.driver.is_none() {
            return self.stale(uid, &work);
        }
        let (message, then) = match self.decide(&merged, &work) {
            Decision::Keep { then } if done.is_empty() => return self.follow_all(uid, then),
            Decision::Keep { then } => (Some(Box::new(merged)), then),
            Decision::Write { message, then, extra } => {
                done.extend(extra);
                (Some(message), then)
            }
            Decision::Delete { then } => (None, then),
            Decision::Refuse { error } => {
                if let Work::Verb { req, .. } = work {
                    self.out.push(Effect::Reject { req, error, id: None, state: None });
                }
                return self.next_work(uid);
            }
        };
        self.write(uid, &stored, work, message, then, tries, done, fenced);
    }

    #[allow(clippy::too_many_arguments)]
    fn write(
        &mut self,
        uid: &str,
        stored: &Message,
        work: Work,
        message: Option<Box<Message>>,
        then: Vec<Then>,
        tries: u32,
        done: Vec<StoreOp>,
        fenced: bool,
    ) {
        let mut ops = Vec::new();
        if let (true, Some(driver)) = (fenced, self.driver) {
            ops.push(StoreOp::Fence { epoch: driver.epoch });
        }
        let expect = stored.version;
        let message = message.map(|mut m| {
            m.version = expect.saturating_add(1);
            m
        });
        match &message {
            Some(m) if is_done(m) && !self.config.keep_sent => {
                ops.push(StoreOp::DeleteMessage { uid: uid.to_owned(), expect });
                ops.push(tombstone(m, None, self.lasting(m)));
                ops.push(StoreOp::DeleteBody { uid: uid.to_owned() });
            }
            Some(m) => ops.push(StoreOp::PutMessage { expect, message: m.clone() }),
            None => {
                ops.push(StoreOp::DeleteMessage { uid: uid.to_owned(), expect });
                ops.push(StoreOp::DeleteBody { uid: uid.to_owned() });
                ops.push(tombstone(stored, None, self.lasting(stored)));
            }
        }
        ops.extend(done);
        if let Work::Intend { .. } = work {
            ops.extend(self.clock_op());
        }
        let ballast = matches!(work, Work::Ended { .. } | Work::Late { .. });
        let op = self.op(Pending::Row { uid: uid.to_owned(), work, message: message.clone(), then, tries });
        if let Some(slot) = self.slots.get_mut(uid) {
            slot.busy = Some(op);
            slot.proposed = message;
        }
        self.touched(uid);
        self.out.push(Effect::Commit { op, ballast, ops });
    }

    /// The write is durable.
    pub(super) fn row_committed(&mut self, uid: &str, work: &Work, message: Option<Box<Message>>, then: Vec<Then>) {
        if let Some(m) = &message {
            self.note_changes(uid, m);
        }
        let Some(slot) = self.slots.get_mut(uid) else {
            return;
        };
        slot.busy = None;
        slot.proposed = None;
        slot.evidence.clear();
        match message {
            Some(m) if is_done(&m) && !self.config.keep_sent => self.end(uid, *m),
            Some(m) => {
                slot.message = *m;
                self.touched(uid);
            }
            None => {
                let m = slot.message.clone();
                self.end(uid, m);
            }
        }
        if matches!(work, Work::Ended { .. }) {
            let size = self.find_uid(uid).map_or(0, |m| m.size);
            self.flush_progress(size);
        }
        self.follow_all(uid, then);
    }

    fn follow_all(&mut self, uid: &str, then: Vec<Then>) {
        for then in then {
            self.follow(uid, then);
        }
        self.next_work(uid);
    }

    fn next_work(&mut self, uid: &str) {
        let next = match self.slots.get_mut(uid) {
            Some(slot) if slot.busy.is_none() => slot.queue.pop_front(),
            _ => None,
        };
        if let Some(work) = next {
            self.attempt(uid, work, 0);
        }
    }

    /// The message left the queue: what waited for it is answered from what is left.
    fn end(&mut self, uid: &str, m: Message) {
        let Some(slot) = self.slots.remove(uid) else {
            return;
        };
        self.agenda.set(uid, Vec::new());
        self.ended.insert(uid.to_owned(), m);
        self.touched(uid);
        for work in slot.queue {
            self.work_on_ended(uid, work);
        }
    }

    fn work_on_ended(&mut self, uid: &str, work: Work) {
        let Work::Verb { req, verb } = work else {
            // Whatever was to happen, it is over; an attempt's slot is freed by its answer.
            return self.forget_attempt(uid, &work);
        };
        match (verb, self.ended.get(uid)) {
            (super::io::MessageVerb::Abort { .. }, Some(_)) => {
                self.out
                    .push(Effect::Resolve { req, reply: super::io::Reply::Aborted { result: 1, uid: uid.to_owned() } });
            }
            (_, Some(m)) => {
                let got = format!("a message that is {}", crate::spooler::shown::message(m, self.now.wall).name());
                self.reject(req, Scode::MAPI_E_OBJECT_CHANGED, "a message in the outbox", &got);
            }
            (_, None) => self.reject(req, Scode::MAPI_E_NOT_FOUND, "the id of a message in the outbox", "another"),
        }
    }

    /// Rejects a promise.
    pub(super) fn reject(&mut self, req: Req, code: Scode, expected: &str, got: &str) {
        self.out.push(Effect::Reject { req, error: MapiError::new(code, expected, got), id: None, state: None });
    }

    /// The row changed under the write, or the epoch did.
    pub(super) fn row_refused(&mut self, uid: &str, work: Work, tries: u32, fenced: bool) {
        if let Some(slot) = self.slots.get_mut(uid) {
            slot.proposed = None;
        }
        if fenced {
            self.outlived();
        }
        if tries >= TRIES
            && let Work::Verb { req, .. } = work
        {
            self.free(uid);
            return self.reject(
                req,
                Scode::MAPI_E_OBJECT_CHANGED,
                "a row that stands still",
                "one that changed at every try",
            );
        }
        self.again(uid, work, None, Vec::new(), tries);
    }

    /// Reads the row and its evidence before deciding anew.
    pub(super) fn again(&mut self, uid: &str, work: Work, wrote: Option<Box<Message>>, then: Vec<Then>, tries: u32) {
        let op = self.op(Pending::Again { uid: uid.to_owned(), work, wrote, then, tries: tries.saturating_add(1) });
        if let Some(slot) = self.slots.get_mut(uid) {
            slot.busy = Some(op);
        }
        self.out.push(Effect::Read { op, keys: Some(vec![uid.to_owned()]) });
    }

    fn free(&mut self, uid: &str) {
        if let Some(slot) = self.slots.get_mut(uid) {
            slot.busy = None;
        }
        self.next_work(uid);
    }

    /// What the re-read found.
    pub(super) fn reread(
        &mut self,
        uid: &str,
        work: Work,
        wrote: Option<&Message>,
        then: Vec<Then>,
        tries: u32,
        snapshot: Snapshot,
    ) {
        if let Some(slot) = self.slots.get_mut(uid) {
            slot.busy = None;
        }
        self.take_in(snapshot);
        let landed = wrote.is_some_and(|w| self.slots.get(uid).is_some_and(|s| s.message == *w));
        if landed {
            // It is there, but not known durable: one strict commit first (O-75).
            return self.attempt(uid, Work::Harden { then }, tries);
        }
        self.attempt(uid, work, tries);
    }

    /// Takes in rows as they are stored. Rows being written are left alone: their write finds out by itself.
    pub(super) fn take_in(&mut self, snapshot: Snapshot) {
        let mut evidence = Vec::new();
        for record in snapshot.records {
            match record {
                Stored::Message(m) => self.adopt(*m),
                Stored::Tombstone(m) => self.bury(*m),
                Stored::Evidence(e) => evidence.push(e),
                Stored::Meta(meta) => self.take_meta(meta),
                Stored::Command { key, entry, flags, target } => {
                    self.take_command(key, &entry, flags, target.as_deref())
                }
                Stored::Unreadable { key, newer } => {
                    self.unreadable.insert(key.clone(), newer);
                    self.touched(&key);
                }
            }
        }
        for uid in snapshot.gone {
            if self.slots.get(&uid).is_some_and(|s| s.busy.is_none()) {
                self.slots.remove(&uid);
                self.agenda.set(&uid, Vec::new());
                self.touched(&uid);
            }
        }
        for e in evidence {
            let uid = e.uid.clone();
            if let Some(slot) = self.slots.get_mut(&uid)
                && !slot.evidence.iter().any(|x| x.key == e.key)
            {
                slot.evidence.push(e);
                self.evident.insert(uid);
            }
        }
    }

    fn bury(&mut self, m: Message) {
        let uid = m.uid.clone();
        if self.slots.get(&uid).is_some_and(|s| s.busy.is_some()) {
            return;
        }
        if self.slots.contains_key(&uid) {
            self.end(&uid, m);
        } else {
            self.index_ids(&m);
            self.ended.insert(uid.clone(), m);
            self.touched(&uid);
        }
    }

    /// A row as it is stored now.
    pub(super) fn adopt(&mut self, m: Message) {
        let uid = m.uid.clone();
        self.unreadable.remove(&uid);
        self.index_ids(&m);
        if self.ended.contains_key(&uid) {
            self.ended.insert(uid.clone(), m);
        } else if let Some(slot) = self.slots.get_mut(&uid) {
            if slot.busy.is_some() || slot.message.version >= m.version {
                return;
            }
            slot.message = m;
        } else {
            let slot = Slot { message: m, proposed: None, busy: None, queue: VecDeque::new(), evidence: Vec::new() };
            self.slots.insert(uid.clone(), slot);
        }
        self.touched(&uid);
    }
}
