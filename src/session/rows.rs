//! The rows in memory, as the store has them.

use std::sync::Arc;

use crate::mapi::Text;
use std::collections::VecDeque;

use super::Session;
use super::io::{OpId, Snapshot};
use super::keys::Key;
use super::status::Command;
use super::stored::{Evidence, Stored};
use super::work::Work;
use crate::spooler::message::Message;
use crate::spooler::shown::{self, Shown};

/// A message in memory.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slot {
    /// As it is stored.
    pub message: Arc<Message>,
    /// What is being written, if anything is: `intending` is shown from it.
    pub proposed: Option<Arc<Message>>,
    /// The store operation under way.
    pub busy: Option<OpId>,
    /// What waits for it.
    pub queue: VecDeque<Work>,
    /// Merged with the next write.
    pub evidence: Vec<Evidence>,
}

/// What is kept of every message of this life.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Known {
    /// Its name in the store.
    uid: Text,
    /// The one that was told last (O-46).
    revision: u32,
}

impl Slot {
    /// What is shown of it: an attempt that is being decided shows as such, an end only once it is stored.
    pub(super) fn shown(&self) -> &Message {
        match self.proposed.as_deref() {
            Some(proposed) if !shown::is_settled(proposed) => proposed,
            _ => &self.message,
        }
    }

    /// An attempt is being written down, and begins once it is.
    pub(super) fn intends(&self, now: i64) -> bool {
        let sends = |m: &Message| shown::message(m, now) == Shown::Sending;
        self.proposed.as_deref().is_some_and(sends) && !sends(&self.message)
    }
}

/// Its word.
pub(super) const INTENDING: &str = "intending";

impl Session {
    /// Takes in rows as they are stored. Rows being written are left alone: their write finds out by itself.
    pub(super) fn take_in(&mut self, snapshot: Snapshot) {
        let mut evidence = Vec::new();
        for record in snapshot.records {
            match record {
                Stored::Message(m) => {
                    self.adopt(Arc::from(m));
                }
                Stored::Tombstone(t) => self.bury(t),
                Stored::Evidence(e) => evidence.push(e),
                Stored::Meta(meta) => self.take_meta(meta),
                Stored::Config(config) => self.take_config(config),
                Stored::Command { key, entry, flags, target } => {
                    self.take_command(Command { key, entry, flags, target });
                }
                Stored::Unreadable { message, newer } => self.set_aside(message, newer),
            }
        }
        for uid in snapshot.gone {
            self.forget_unread(&uid);
            self.drop_slot(&uid);
        }
        for e in evidence {
            self.take_evidence(e);
        }
        if !self.loaded {
            // What is found at the start is no news.
            for key in self.dirty.clone() {
                self.is_news(key);
            }
        }
    }

    /// Late evidence changed it since that was told last.
    pub(super) fn is_news(&mut self, key: Key) -> bool {
        let Some(revision) = self.find_key(key).map(|m| m.revision) else { return false };
        self.uids.get_mut(key).is_some_and(|known| std::mem::replace(&mut known.revision, revision) < revision)
    }

    fn take_evidence(&mut self, e: Evidence) {
        let uid = e.uid.clone();
        let key = self.key_of(&uid);
        if key.is_some_and(|key| self.unread.has(key)) {
            return;
        }
        let slot = key.and_then(|key| self.slots.get_mut(key));
        let known = match slot {
            Some(slot) => &mut slot.evidence,
            None => self.left.entry(uid.clone()).or_default(),
        };
        if !known.iter().any(|x| x.key == e.key) {
            known.push(e);
        }
        self.evident.insert(uid);
    }

    /// Forgets a row that is not there, unless a write of it is under way.
    pub(super) fn drop_slot(&mut self, uid: &str) {
        if let Some(key) = self.key_of(uid)
            && self.slots.get(key).is_some_and(|s| s.busy.is_none())
        {
            self.slots.remove(key);
            self.touched(key);
        }
    }

    /// The key of a message of this life.
    pub(super) fn key_of(&self, uid: &str) -> Option<Key> {
        self.by_uid.find(uid).find(|key| self.uids.get(*key).is_some_and(|known| known.uid == uid))
    }

    /// The same, or a new one.
    pub(super) fn enter_uid(&mut self, uid: &Text) -> Key {
        if let Some(key) = self.key_of(uid) {
            return key;
        }
        let key = Key::after(self.met);
        self.met = self.met.saturating_add(1);
        self.by_uid.enter(uid, key);
        self.uids.insert(key, Known { uid: uid.clone(), revision: 0 });
        key
    }

    /// A row as it is stored now.
    pub(super) fn adopt(&mut self, m: Arc<Message>) -> Key {
        let key = self.enter_uid(&m.uid);
        if self.ended.has(key) {
            // Read before it left the queue.
            return key;
        }
        self.unread.remove(key);
        self.index_names(key, &m);
        self.lowest = self.lowest.min(m.order);
        if let Some(slot) = self.slots.get_mut(key) {
            if slot.busy.is_some() || slot.message.version >= m.version {
                return key;
            }
            slot.message = m;
        } else {
            let slot = Slot { message: m, proposed: None, busy: None, queue: VecDeque::new(), evidence: Vec::new() };
            self.slots.insert(key, Box::new(slot));
        }
        self.touched(key);
        key
    }
}
