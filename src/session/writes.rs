//! Changes of messages: one write at a time per message, each by compare and set, decided anew when the row changed (O-60).

use std::sync::Arc;

use super::Session;
use super::evidence::merge_all;
use super::io::{Effect, Req, Snapshot};
use super::keys::Key;
use super::remains::{is_done, tombstone};
use super::stored::{StoreOp, Stored};
use super::work::{Decision, Pending, Retry, Then, Work, Written};
use crate::mapi::{Gather, MapiError, Scode, Text};
use crate::spooler::message::Message;

/// A row that changes under every try belongs to somebody who does nothing else.
const TRIES: u32 = 32;

/// A write on its way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Row {
    /// Whose.
    pub key: Key,
    /// Why.
    pub work: Work,
    /// What.
    pub wrote: Written,
    /// Evidence that went into it.
    pub merged: Vec<Text>,
    /// What follows.
    pub then: Vec<Then>,
    /// Times the row had changed.
    pub tries: u32,
}

impl Session {
    /// Registers a store operation.
    pub(super) fn op(&mut self, pending: Pending) -> super::io::OpId {
        self.next_op = self.next_op.wrapping_add(1);
        self.ops.insert(self.next_op, pending);
        self.next_op
    }

    /// Does something to a message, now or when its present write is done.
    pub(super) fn work(&mut self, key: Key, work: Work) {
        match self.slots.get_mut(key) {
            Some(slot) if slot.busy.is_some() => slot.queue.push_back(work),
            Some(_) => self.attempt(key, work, 0),
            None => self.work_on_ended(key, work),
        }
    }

    fn attempt(&mut self, key: Key, work: Work, tries: u32) {
        let Some(slot) = self.slots.get(key) else {
            return self.work_on_ended(key, work);
        };
        if work.is_fenced() && self.driver.is_none() {
            self.stale(key, &work);
            return self.next_work(key);
        }
        let version = slot.message.version;
        let mut known = slot.message.clone();
        if !slot.evidence.is_empty() {
            merge_all(Arc::make_mut(&mut known), &slot.evidence, self.now.wall);
        }
        let merged: Vec<Text> = slot.evidence.iter().map(|e| e.key.clone()).gather();
        let decision = self.decide(key, &known, &work);
        if let Decision::Keep { .. } = decision {
            // The row does not allow it.
            self.forget_attempt(key, &work);
        }
        let (wrote, then) = match decision {
            Decision::Keep { then } if merged.is_empty() => {
                if let Work::Late { .. } = work {
                    self.ledger.drop_late();
                }
                return self.follow_all(key, then);
            }
            Decision::Keep { then } => (self.written(key, known), then),
            Decision::Write { message, then } => (self.written(key, message), then),
            Decision::Delete { then } => (Written::Tomb(known), then),
            Decision::Refuse { error } => {
                if let Work::Verb { req, .. } = work {
                    self.out.push(Effect::Reject { req, error, id: None, state: None });
                }
                return self.next_work(key);
            }
        };
        let row = Row { key, work, wrote, merged, then, tries };
        self.write(version, row);
    }

    /// A message that is done leaves the queue.
    pub(super) fn written(&self, key: Key, m: Arc<Message>) -> Written {
        if is_done(&m) && !self.config.keep_sent && !self.owes_filing(key, &m) {
            Written::Tomb(m)
        } else {
            Written::Row(m)
        }
    }

    fn write(&mut self, expect: u32, mut row: Row) {
        let mut ops = Vec::with_capacity(4);
        if let (true, Some(driver)) = (row.work.is_fenced(), self.driver) {
            ops.push(StoreOp::Fence { epoch: driver.epoch });
        }
        let key = row.key;
        row.wrote.message_mut().version = expect.saturating_add(1);
        self.lowest = self.lowest.min(row.wrote.message().order);
        match &row.wrote {
            Written::Row(m) => ops.push(StoreOp::PutMessage { expect, message: m.clone() }),
            Written::Tomb(m) => {
                ops.push(StoreOp::DeleteMessage { uid: m.uid.clone(), expect });
                ops.push(StoreOp::DeleteBody { uid: m.uid.clone() });
                ops.push(tombstone(m, None, self.lasting(m)));
            }
        }
        ops.extend(row.merged.iter().map(|key| StoreOp::DeleteEvidence { key: key.clone() }));
        if let Work::Intend { .. } = row.work {
            ops.extend(self.clock_op());
        }
        let ballast = matches!(row.work, Work::Ended { .. } | Work::Late { .. });
        let proposed = row.wrote.message().clone();
        let op = self.op(Pending::Row(Box::new(row)));
        if let Some(slot) = self.slots.get_mut(key) {
            slot.busy = Some(op);
            slot.proposed = Some(proposed);
        }
        self.touched(key);
        self.out.push(Effect::Commit { op, ballast, ops });
    }

    /// The write is durable.
    pub(super) fn row_committed(&mut self, row: Row) {
        let Row { key, work, wrote, merged, then, .. } = row;
        self.note_changes(key, wrote.message());
        let Some(slot) = self.slots.get_mut(key) else {
            return;
        };
        slot.busy = None;
        slot.proposed = None;
        slot.evidence.retain(|e| !merged.contains(&e.key));
        match wrote {
            Written::Row(m) => {
                slot.message = m;
                self.touched(key);
            }
            Written::Tomb(m) => self.end(key, m),
        }
        if matches!(work, Work::Ended { .. }) {
            let size = self.find_key(key).map_or(0, |m| m.size);
            self.flush_progress(size);
        }
        self.follow_all(key, then);
    }

    fn follow_all(&mut self, key: Key, then: Vec<Then>) {
        for then in then {
            self.follow(key, then);
        }
        self.next_work(key);
    }

    fn next_work(&mut self, key: Key) {
        let next = match self.slots.get_mut(key) {
            Some(slot) if slot.busy.is_none() => slot.queue.pop_front(),
            _ => None,
        };
        if let Some(work) = next {
            self.attempt(key, work, 0);
        }
    }

    /// Rejects a promise.
    pub(super) fn reject(&mut self, req: Req, code: Scode, expected: &str, got: &str) {
        self.out.push(Effect::Reject { req, error: MapiError::new(code, expected, got), id: None, state: None });
    }

    /// The row changed under the write, or the epoch did.
    pub(super) fn row_refused(&mut self, row: Row, fenced: bool) {
        let Row { key, work, tries, .. } = row;
        if let Some(slot) = self.slots.get_mut(key) {
            slot.proposed = None;
        }
        if fenced {
            self.outlived();
        }
        if tries >= TRIES
            && let Work::Verb { req, .. } = work
        {
            if let Some(slot) = self.slots.get_mut(key) {
                slot.busy = None;
            }
            self.reject(req, Scode::MAPI_E_OBJECT_CHANGED, "a row that stands still", "one that changed at every try");
            return self.next_work(key);
        }
        self.again(Retry { key, work, wrote: None, then: Vec::new(), tries });
    }

    /// Reads the row and its evidence before deciding anew.
    pub(super) fn again(&mut self, retry: Retry) {
        let (key, tries) = (retry.key, retry.tries.saturating_add(1));
        let op = self.op(Pending::Again(Box::new(Retry { tries, ..retry })));
        if let Some(slot) = self.slots.get_mut(key) {
            slot.busy = Some(op);
        }
        let uid = self.find_key(key).map(|m| m.uid.clone());
        self.out.push(Effect::Read { op, keys: Some(uid.into_iter().gather()) });
    }

    /// What the re-read found.
    pub(super) fn reread(&mut self, retry: Retry, snapshot: Snapshot) {
        let Retry { key, work, wrote, then, tries } = retry;
        if let Some(wrote @ Written::Tomb(_)) = &wrote
            && let Some(slot) = self.slots.get(key)
            && snapshot.records.iter().any(|r| matches!(r, Stored::Tombstone(t) if t.message.uid == slot.message.uid))
        {
            return self.harden_tomb(key, work, wrote.clone(), then, tries);
        }
        if let Some(slot) = self.slots.get_mut(key) {
            slot.busy = None;
            slot.proposed = None;
        }
        self.take_in(snapshot);
        self.touched(key);
        let landed = match &wrote {
            Some(Written::Row(w)) => self.slots.get(key).is_some_and(|s| s.message == *w),
            Some(Written::Tomb(_)) | None => false,
        };
        // It is there, but not known durable: one strict commit first (O-75).
        let work = if landed { Work::Harden { then } } else { work };
        self.attempt(key, work, tries);
    }

    /// The tombstone is there, but not known durable: one strict commit before anyone hears of it (O-75).
    fn harden_tomb(&mut self, key: Key, work: Work, wrote: Written, then: Vec<Then>, tries: u32) {
        let mut ops = Vec::new();
        if let (true, Some(driver)) = (work.is_fenced(), self.driver) {
            ops.push(StoreOp::Fence { epoch: driver.epoch });
        }
        ops.push(tombstone(wrote.message(), Some(wrote.message().version), self.lasting(wrote.message())));
        let row = Row { key, work, wrote, merged: Vec::new(), then, tries };
        let op = self.op(Pending::Row(Box::new(row)));
        if let Some(slot) = self.slots.get_mut(key) {
            slot.busy = Some(op);
        }
        self.out.push(Effect::Commit { op, ballast: true, ops });
    }
}
