//! Results of the store, and reads.

use super::Session;
use super::io::{Effect, OpId, Snapshot};
use super::stored::Stored;
use super::work::{Pending, Retry, Stalled};
use crate::mapi::{Gather, Text};
use crate::spooler::doubt::back_off;

/// The longest wait for the storage, ms.
const STALL: i64 = 5_000;

impl Session {
    /// The host's first word: read what is there.
    pub(super) fn first_load(&mut self) {
        if !self.loaded && !self.ops.values().any(|p| matches!(p, Pending::Load)) {
            let op = self.op(Pending::Load);
            self.out.push(Effect::Read { op, keys: None });
        }
    }

    /// A commit is durable.
    pub(super) fn committed(&mut self, op: OpId, seqs: &[u64]) {
        self.storage_faults = 0;
        match self.ops.remove(&op) {
            Some(Pending::Body { key }) => self.accept_row(key),
            Some(Pending::Accept { key }) => self.accept_done(key, seqs.first().copied().unwrap_or(0)),
            Some(Pending::Row(row)) => self.row_committed(*row),
            Some(Pending::Learnt { uid, left, .. }) => self.learnt(&uid, left),
            Some(Pending::Sweep { gone }) => self.swept(gone),
            Some(Pending::Discard { req, left }) => self.discarded(req, left),
            Some(Pending::Epoch { meta, messages, generation }) => self.epoch_raised(*meta, messages, generation),
            Some(Pending::Config { req, config }) => self.config_stored(req, *config),
            Some(Pending::Order { req, order, now }) => {
                if let Some((version, order)) = order {
                    self.order_stored(version, order, now);
                }
                self.out.push(Effect::Resolve { req, reply: super::io::Reply::Unit });
            }
            Some(
                Pending::Again(_)
                | Pending::Load
                | Pending::Grant
                | Pending::Look
                | Pending::Retry { .. }
                | Pending::Accepted { .. }
                | Pending::Anew { .. }
                | Pending::Testimony { .. }
                | Pending::Clock
                | Pending::Loose,
            )
            | None => {}
        }
    }

    /// A commit's own checks refused it.
    pub(super) fn refused(&mut self, op: OpId, fenced: bool, current: Option<Stored>) {
        match self.ops.remove(&op) {
            Some(Pending::Body { key } | Pending::Accept { key }) => self.accept_refused(key, current),
            Some(Pending::Row(row)) => self.row_refused(*row, fenced),
            Some(Pending::Learnt { uid, evidence, .. }) => self.unlearnt(uid, evidence, fenced),
            Some(Pending::Sweep { gone }) => {
                self.unswept(gone);
                self.outlived();
            }
            Some(Pending::Epoch { .. }) => self.read_for_grant(),
            Some(Pending::Clock) => self.clock_unwritten(fenced),
            Some(Pending::Discard { req, left }) => self.undiscarded(req, left.message.uid.clone()),
            Some(Pending::Config { req, config }) => {
                let current = if let Some(Stored::Config(current)) = current { Some(current) } else { None };
                self.config_refused(req, *config, current);
            }
            Some(Pending::Order { req, .. }) => {
                self.reject(
                    req,
                    crate::mapi::Scode::MAPI_E_BUSY,
                    "an order nobody else is changing",
                    "another change; try again",
                );
                self.look(Some(Vec::new()));
            }
            Some(
                Pending::Testimony { .. }
                | Pending::Again(_)
                | Pending::Load
                | Pending::Grant
                | Pending::Look
                | Pending::Retry { .. }
                | Pending::Accepted { .. }
                | Pending::Anew { .. }
                | Pending::Loose,
            )
            | None => {}
        }
    }

    /// The storage failed. Nothing is given up: what was to be written is decided anew once it can be read again.
    pub(super) fn failed(&mut self, op: OpId, in_doubt: bool, full: bool) {
        self.storage_faults = self.storage_faults.saturating_add(1);
        match self.ops.remove(&op) {
            Some(Pending::Body { key }) => self.accept_failed(key, false, full),
            Some(Pending::Accept { key }) => self.accept_failed(key, in_doubt, full),
            Some(Pending::Accepted { key }) => self.accept_unread(key),
            Some(Pending::Anew { key }) => self.accept_failed(key, false, false),
            Some(Pending::Row(row)) => {
                let super::writes::Row { key, work, wrote, then, tries, .. } = *row;
                self.stall(Stalled::Row(Box::new(Retry { key, work, wrote: Some(wrote), then, tries })));
            }
            Some(Pending::Again(retry)) => self.stall(Stalled::Row(retry)),
            Some(Pending::Learnt { uid, evidence, .. }) => self.unlearnt(uid, evidence, false),
            Some(Pending::Sweep { gone }) => self.stall(Stalled::Sweep { gone }),
            Some(Pending::Grant | Pending::Epoch { .. }) => {
                // Somebody else may do better: the lock is given back and asked for again.
                self.lost();
                self.out.push(Effect::Lock { want: false });
                self.out.push(Effect::Lock { want: true });
            }
            Some(Pending::Order { req, .. }) => {
                self.reject(
                    req,
                    crate::mapi::Scode::MAPI_E_CALL_FAILED,
                    "a working storage",
                    "a storage that failed; nothing changed",
                );
                self.look(Some(Vec::new()));
            }
            Some(Pending::Config { req, .. }) => self.config_failed(req),
            Some(Pending::Load | Pending::Look) => self.stall(Stalled::Load),
            Some(Pending::Clock) => self.clock_unwritten(false),
            Some(Pending::Discard { req, left }) => self.undiscarded(req, left.message.uid.clone()),
            Some(Pending::Retry { req, key }) => self.retried(req, key),
            Some(Pending::Testimony { evidence }) => self.stall(Stalled::Testimony { evidence }),
            Some(Pending::Loose) | None => {}
        }
    }

    fn retry_at(&mut self) -> i64 {
        let tries = self.storage_faults.min(5);
        // 0.2 s to 5 s: storage comes back quickly or not at all.
        let wait = back_off(tries, self.rng.word()) / 25;
        self.now.wall.saturating_add(wait.min(STALL))
    }

    pub(super) fn stall(&mut self, what: Stalled) {
        let at = self.retry_at();
        self.stalled.push((at, what));
    }

    /// What the storage failed is read again and decided anew.
    pub(super) fn unstall(&mut self) {
        let now = self.now.wall;
        // One that is farther away was set before the clock went back.
        let due = |s: &(i64, Stalled)| s.0 <= now || s.0 > now.saturating_add(STALL);
        let (due, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.stalled).into_iter().partition(due);
        self.stalled = rest;
        for (_, what) in due {
            match what {
                Stalled::Row(retry) => self.again(*retry),
                Stalled::Learn { uid } => {
                    self.look(Some(vec![uid.clone()]));
                    self.evident.insert(uid);
                }
                Stalled::Sweep { gone } => self.unswept(gone),
                Stalled::Testimony { evidence } => self.testify(*evidence),
                Stalled::Acceptance { key } => self.accept_reads(key),
                Stalled::Load if self.loaded => self.look(None),
                Stalled::Load => self.first_load(),
            }
        }
    }

    /// Other contexts changed rows.
    pub(super) fn look(&mut self, keys: Option<Vec<Text>>) {
        if self.loaded {
            let op = self.op(Pending::Look);
            self.out.push(Effect::Read { op, keys });
        }
    }

    /// A read was answered.
    pub(super) fn read(&mut self, op: OpId, snapshot: Snapshot) {
        match self.ops.remove(&op) {
            Some(Pending::Load) => {
                self.take_in(snapshot);
                self.loaded = true;
                self.rewatch();
            }
            Some(Pending::Grant) => {
                self.commands.ordered.clear();
                self.forget_absent(&snapshot);
                self.take_in(snapshot);
                self.loaded = true;
                self.rewatch();
                self.raise_epoch();
            }
            Some(Pending::Look) => self.take_in(snapshot),
            Some(Pending::Retry { req, key }) => {
                self.take_in(snapshot);
                self.retried(req, key);
            }
            Some(Pending::Again(retry)) => self.reread(*retry, snapshot),
            Some(Pending::Accepted { key }) => self.accept_reread(key, snapshot),
            Some(Pending::Anew { key }) => self.accept_read_anew(key, snapshot),
            Some(
                Pending::Body { .. }
                | Pending::Accept { .. }
                | Pending::Row(_)
                | Pending::Discard { .. }
                | Pending::Learnt { .. }
                | Pending::Sweep { .. }
                | Pending::Epoch { .. }
                | Pending::Testimony { .. }
                | Pending::Clock
                | Pending::Loose
                | Pending::Order { .. }
                | Pending::Config { .. },
            )
            | None => {}
        }
    }

    /// A full read names every row there is.
    fn forget_absent(&mut self, snapshot: &Snapshot) {
        let mut there = crate::mapi::ordered::Set::new();
        for record in &snapshot.records {
            match record {
                Stored::Message(m) => there.insert(&*m.uid),
                Stored::Unreadable { message, .. } => there.insert(&*message.uid),
                Stored::Tombstone(_)
                | Stored::Meta(_)
                | Stored::Evidence(_)
                | Stored::Command { .. }
                | Stored::Config(_) => false,
            };
        }
        let stands = |s: &super::rows::Slot| s.busy.is_some() || there.contains(&*s.message.uid);
        let gone: Vec<_> = self.slots.iter().filter(|(_, s)| !stands(s)).map(|(key, _)| key).gather();
        let unread = self.unread.iter().filter(|(_, row)| !there.contains(&*row.message.uid)).map(|(key, _)| key);
        for key in gone.into_iter().chain(unread.gather()) {
            self.slots.remove(key);
            self.unread.remove(key);
            self.touched(key);
        }
    }
}
