//! A submission on its way into the store: what its id and Message-ID run into, its row, and what the storage made of it (O-01…O-04).

use std::sync::Arc;

use super::Session;
use super::io::{Effect, Reply, Req, Snapshot};
use super::keys::Key;
use super::stored::{Index, StoreName, StoreOp, Stored};
use super::work::{Pending, Stalled, Then, Work};
use crate::mapi::ordered::Set;
use crate::mapi::{Gather, MapiError, Scode, Text, told};
use crate::spooler::message::{Message, Recipient};
use crate::spooler::shown;

/// A row that changes under every try belongs to somebody who does nothing else.
const TRIES: u32 = 32;

/// A submission on its way into the store.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Accepting {
    /// Everyone who waits for it.
    pub reqs: Vec<Req>,
    /// As it will be stored.
    pub message: Arc<Message>,
    /// An earlier submission of the same id, closed in the same transaction (O-03).
    pub closes: Option<Arc<Message>>,
    /// `again: true`.
    pub again: bool,
    /// Times another context was first.
    pub tries: u32,
}

/// What a submission finds at its id and Message-ID.
pub enum Place {
    /// It is there already, with equal content.
    Taken {
        /// As this submission.
        key: Key,
    },
    /// It may be accepted.
    Free {
        /// And closes this one.
        closes: Option<Arc<Message>>,
    },
}

impl Session {
    /// Its body is on the way.
    pub(super) fn enter(&mut self, key: Key, accepting: Accepting) {
        if let Some(id) = &accepting.message.id {
            self.accepting_ids.insert(id.clone(), key);
        }
        self.accepting.insert(key, Box::new(accepting));
    }

    fn leave(&mut self, key: Key) -> Option<Accepting> {
        let accepting = self.accepting.remove(key)?;
        self.free_id(key, accepting.message.id.as_ref());
        Some(*accepting)
    }

    fn free_id(&mut self, key: Key, id: Option<&Text>) {
        if let Some(id) = id.filter(|id| self.accepting_ids.get(*id) == Some(&key)) {
            self.accepting_ids.remove(id);
        }
    }

    /// The host gave these up. Without a row on its way nothing is accepted; with one, the promise says what became of it.
    pub(super) fn forget_acceptances(&mut self, reqs: &Set<Req>) {
        let body = |p: &Pending| if let Pending::Body { key } = p { Some(*key) } else { None };
        for key in self.ops.values().filter_map(body).gather() {
            let Some(accepting) = self.accepting.get_mut(key) else { continue };
            let waiting = std::mem::take(&mut accepting.reqs);
            let dropped = accepting.message.id.clone();
            accepting.reqs.extend(waiting.iter().filter(|req| !reqs.contains(req)));
            if accepting.reqs.is_empty() {
                self.free_id(key, dropped.as_ref());
            }
            for req in waiting.into_iter().filter(|req| reqs.contains(req)) {
                self.reject(req, Scode::MAPI_E_USER_CANCEL, "a submission somebody waits for", "one that was given up");
            }
        }
    }

    /// O-02 against submissions on their way: true if `req` waits with one of equal content.
    pub(super) fn joins(&mut self, req: Req, new: &Accepting) -> Result<bool, Refusal> {
        let Some(id) = &new.message.id else { return Ok(false) };
        let Some(key) = self.accepting_ids.get(id) else { return Ok(false) };
        match self.accepting.get_mut(*key) {
            Some(first) if equal(&first.message, &new.message) => {
                first.reqs.push(req);
                Ok(true)
            }
            Some(_) => Err(collision(id, "accepting")),
            None => Ok(false),
        }
    }

    /// O-02, O-03, O-04, as far as this context knows; the row's transaction checks it again.
    pub(super) fn stands_free(&self, new: &Accepting) -> Result<Place, Refusal> {
        let mut closes = None;
        if let Some(id) = &new.message.id
            && let Some((key, old)) = self.by_host_id(id).filter(|(_, old)| !old.closed)
        {
            let state = self.state_of(key, old);
            if shown::holds_id(old) {
                if equal(old, &new.message) {
                    return Ok(Place::Taken { key });
                }
                return Err(collision(id, state));
            }
            if shown::is_doubted(old) && !new.again {
                return Err(collision(id, state));
            }
            closes = Some(Arc::new(Message { closed: true, ..Message::clone(old) }));
        }
        if !new.again
            && let Some((key, other)) = self
                .by_message_id(&new.message.message_id)
                .find(|(_, o)| o.uid != new.message.uid && shown::holds_message_id(o))
        {
            let state = self.state_of(key, other);
            return Err(collision(other.id.as_deref().unwrap_or(&other.uid), state));
        }
        Ok(Place::Free { closes })
    }

    /// The body is durable: now the row.
    pub(super) fn accept_row(&mut self, key: Key) {
        let Some(accepting) = self.accepting.get(key) else { return };
        let m = &accepting.message;
        if accepting.reqs.is_empty() {
            let body = StoreOp::DeleteBody { uid: m.uid.clone() };
            self.leave(key);
            let op = self.op(Pending::Loose);
            return self.out.push(Effect::Commit { op, ballast: false, ops: vec![body] });
        }
        let absent = |store, index, value: &Text| StoreOp::Absent { store, index, value: value.clone() };
        let mut ops = Vec::with_capacity(5);
        ops.push(StoreOp::BodyExists { uid: m.uid.clone() });
        ops.push(absent(StoreName::Messages, Index::Uid, &m.uid));
        if let Some(old) = &accepting.closes {
            let mut closed = old.clone();
            Arc::make_mut(&mut closed).version = old.version.saturating_add(1);
            ops.push(if self.key_of(&old.uid).is_some_and(|key| self.ended.has(key)) {
                super::remains::tombstone(&closed, Some(old.version), self.lasting(&closed))
            } else {
                StoreOp::PutMessage { expect: old.version, message: closed }
            });
        } else if let Some(id) = &m.id {
            // A row keeps its id in the index until it is closed: whoever has not heard of it finds it here.
            ops.push(absent(StoreName::Messages, Index::IdKey, id));
            ops.push(absent(StoreName::Tombstones, Index::IdKey, id));
        }
        if !accepting.again {
            ops.push(absent(StoreName::Messages, Index::MidKey, &m.message_id));
            ops.push(absent(StoreName::Tombstones, Index::MidKey, &m.message_id));
        }
        ops.push(StoreOp::AddMessage { message: m.clone() });
        let op = self.op(Pending::Accept { key });
        self.out.push(Effect::Commit { op, ballast: false, ops });
    }

    /// The row is durable: the promise resolves (O-08).
    pub(super) fn accept_done(&mut self, key: Key, seq: u64) {
        let Some(Accepting { reqs, mut message, closes, .. }) = self.leave(key) else { return };
        if let Some(mut old) = closes {
            Arc::make_mut(&mut old).version = old.version.saturating_add(1);
            self.adopt(old);
        }
        let own = Arc::make_mut(&mut message);
        own.seq = seq;
        own.order = i64::try_from(seq).unwrap_or(i64::MAX);
        self.adopt(message);
        for req in reqs {
            self.accepted(req, key);
        }
    }

    /// A submission is in the store.
    pub(super) fn accepted(&mut self, req: Req, key: Key) {
        let Some(m) = self.find_key(key) else { return };
        let id = m.id.clone().unwrap_or_else(|| m.uid.clone());
        let reply = Reply::Accepted { id, uid: m.uid.clone(), message_id: m.message_id.clone() };
        self.out.push(Effect::Resolve { req, reply });
    }

    /// Another context was first, or the body went missing: looked at anew.
    pub(super) fn accept_refused(&mut self, key: Key, current: Option<Stored>) {
        let Some(accepting) = self.accepting.get_mut(key) else { return };
        accepting.tries = accepting.tries.saturating_add(1);
        let Some(current) = current else {
            let closed = accepting.closes.as_ref().map(|old| old.uid.clone());
            return match closed {
                Some(old) => self.accept_read(key, vec![old]),
                None => {
                    self.accept_refuse(
                        key,
                        refusal(Scode::MAPI_E_CALL_FAILED, "the stored body of the message", "none"),
                    );
                }
            };
        };
        if let Stored::Unreadable { message, newer } = &current {
            let there = collision(message.id.as_ref().unwrap_or(&message.uid), super::unread::name(*newer));
            self.take_in(Snapshot { records: vec![current], gone: Vec::new() });
            return self.accept_refuse(key, there);
        }
        self.take_in(Snapshot { records: vec![current], gone: Vec::new() });
        self.accept_anew(key);
    }

    fn accept_anew(&mut self, key: Key) {
        let Some(accepting) = self.accepting.get(key) else { return };
        if self.find_key(key).is_some() {
            return self.accept_found(key);
        }
        match self.stands_free(accepting) {
            Ok(Place::Free { closes }) if accepting.tries < TRIES => {
                if let Some(accepting) = self.accepting.get_mut(key) {
                    accepting.closes = closes;
                }
                self.accept_row(key);
            }
            Ok(Place::Free { .. }) => {
                let refusal = collision(&accepting.message.uid, "changing");
                self.accept_refuse(key, refusal);
            }
            Ok(Place::Taken { key: there }) => {
                for req in self.leave(key).map(|a| a.reqs).unwrap_or_default() {
                    self.accepted(req, there);
                }
            }
            Err(refusal) => self.accept_refuse(key, refusal),
        }
    }

    /// It is there: made durable before anyone is told (O-75); a driver may even have finished it.
    fn accept_found(&mut self, key: Key) {
        let reqs = self.leave(key).map(|a| a.reqs).unwrap_or_default();
        if self.slots.has(key) {
            let then = reqs.into_iter().map(|req| Then::Accepted { req }).gather();
            return self.work(key, Work::Harden { then });
        }
        for req in reqs {
            self.accepted(req, key);
        }
    }

    fn accept_refuse(&mut self, key: Key, refusal: Refusal) {
        for req in self.leave(key).map(|a| a.reqs).unwrap_or_default() {
            let Refusal { error, id, state } = refusal.clone();
            self.out.push(Effect::Reject { req, error, id, state });
        }
    }

    /// The storage failed. Whether the row is there must be read; nothing was accepted until then (O-01).
    pub(super) fn accept_failed(&mut self, key: Key, in_doubt: bool, full: bool) {
        if in_doubt {
            return self.accept_reads(key);
        }
        let refusal = if full {
            refusal(
                Scode::MAPI_E_NOT_ENOUGH_MEMORY,
                "room in the storage for the message",
                "a full storage; nothing was accepted",
            )
        } else {
            refusal(Scode::MAPI_E_CALL_FAILED, "a working storage", "a storage that failed; nothing was accepted")
        };
        self.accept_refuse(key, refusal);
    }

    /// Reads whether the row is there.
    pub(super) fn accept_reads(&mut self, key: Key) {
        let Some(accepting) = self.accepting.get(key) else { return };
        let closes = accepting.closes.as_ref().map(|old| old.uid.clone());
        let keys = [accepting.message.uid.clone()].into_iter().chain(closes).gather();
        let op = self.op(Pending::Accepted { key });
        self.out.push(Effect::Read { op, keys: Some(keys) });
    }

    /// Nobody can say yet: asked again later.
    pub(super) fn accept_unread(&mut self, key: Key) {
        self.stall(Stalled::Acceptance { key });
    }

    /// What that read found.
    pub(super) fn accept_reread(&mut self, key: Key, snapshot: Snapshot) {
        self.take_in(snapshot);
        if self.find_key(key).is_some() {
            self.accept_found(key);
        } else {
            self.accept_failed(key, false, false);
        }
    }

    fn accept_read(&mut self, key: Key, keys: Vec<Text>) {
        let op = self.op(Pending::Anew { key });
        self.out.push(Effect::Read { op, keys: Some(keys) });
    }

    /// The row it wanted to close, as it is now.
    pub(super) fn accept_read_anew(&mut self, key: Key, snapshot: Snapshot) {
        self.take_in(snapshot);
        self.accept_anew(key);
    }
}

/// A refusal with O-02's `id` and `state`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Refusal {
    pub error: MapiError,
    pub id: Option<String>,
    pub state: Option<String>,
}

impl From<MapiError> for Refusal {
    fn from(error: MapiError) -> Self {
        Self { error, id: None, state: None }
    }
}

/// A refusal without them.
pub fn refusal(code: Scode, expected: impl Into<String>, got: impl Into<String>) -> Refusal {
    MapiError::new(code, expected, got).into()
}

fn collision(id: &str, state: &str) -> Refusal {
    let error = MapiError::new(
        Scode::MAPI_E_COLLISION,
        "an id and a Message-ID that no other submission holds",
        told!["those of a submission that is ", state],
    );
    Refusal { error, id: Some(id.to_owned()), state: Some(state.to_owned()) }
}

/// Of the content there is a hash; sender and recipients are compared as they were understood, however they were said (O-02).
fn equal(a: &Message, b: &Message) -> bool {
    let same = |(a, b): (&Recipient, &Recipient)| {
        (a.kind, &a.address_type, &a.address, &a.name, &a.entry_id)
            == (b.kind, &b.address_type, &b.address, &b.name, &b.entry_id)
    };
    a.hash.is_some()
        && a.hash == b.hash
        && (&a.from, &a.from_name) == (&b.from, &b.from_name)
        && a.recipients.len() == b.recipients.len()
        && a.recipients.iter().zip(&b.recipients).all(same)
}
