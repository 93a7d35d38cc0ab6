//! Rows that cannot be read: set aside where they are damaged, kept and never driven where they are newer (O-70, O-72).

use std::sync::Arc;

use super::Session;
use super::io::{Effect, MessageVerb, Reply, Req};
use super::keys::Key;
use super::remains::{MONTH, tombstone};
use super::stored::{StoreOp, Tombstone};
use super::work::Pending;
use crate::mapi::{Scode, Text};
use crate::spooler::message::Message;
use crate::spooler::shown;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unread {
    /// As far as it is known; settled if it is not in the queue.
    pub message: Arc<Message>,
    /// A newer version wrote it.
    pub newer: bool,
}

/// As `OutboxState` names it.
pub const fn name(newer: bool) -> &'static str {
    if newer { "newer" } else { "corrupt" }
}

impl Session {
    /// It cannot be read any more. A write that is under way finds out by itself.
    pub(super) fn set_aside(&mut self, message: Arc<Message>, newer: bool) {
        let key = self.enter_uid(&message.uid);
        self.drop_slot(&message.uid);
        self.index_names(key, &message);
        self.unread.insert(key, Unread { message, newer });
        self.touched(key);
    }

    /// It is not in the queue any more.
    pub(super) fn forget_unread(&mut self, uid: &str) {
        if let Some(key) = self.key_of(uid)
            && self.lies_unread(key).is_some()
        {
            self.unread.remove(key);
            self.touched(key);
        }
    }

    /// True for one of a newer version, false for a damaged one.
    pub(super) fn unread_now(&self, key: Key) -> Option<bool> {
        let known = self.slots.has(key) || self.ended.has(key);
        self.unread.get(key).filter(|_| !known).map(|row| row.newer)
    }

    /// All that is known of this message is its index.
    pub(super) fn is_unread(&self, key: Key) -> bool {
        self.unread_now(key).is_some()
    }

    /// The same of the queue.
    pub(super) fn lies_unread(&self, key: Key) -> Option<&Message> {
        let row = self.unread.get(key).filter(|row| row.message.settled_at.is_none())?;
        self.is_unread(key).then_some(&*row.message)
    }

    /// As `OutboxState` names it.
    pub(super) fn state_of(&self, key: Key, m: &Message) -> &'static str {
        self.unread_now(key).map_or_else(|| shown::message(m, self.now.wall).name(), name)
    }

    /// A damaged one may be looked at again or discarded; everything else waits for whoever can read it.
    pub(super) fn act_unread(&mut self, req: Req, key: Key, verb: &MessageVerb) {
        let Some(Unread { message, newer: false }) = self.unread.get(key) else {
            return self.unlike(req, "one of a newer version");
        };
        let uid = message.uid.clone();
        match verb {
            MessageVerb::Retry => {
                let op = self.op(Pending::Retry { req, key });
                self.out.push(Effect::Read { op, keys: Some(vec![uid]) });
            }
            MessageVerb::Discard if message.settled_at.is_none() => {
                let (expect, mut left) = (message.version, message.clone());
                let own = Arc::make_mut(&mut left);
                own.version = expect.saturating_add(1);
                own.settled_at = Some(self.now.wall);
                let until = self.now.wall.saturating_add(MONTH);
                let ops = vec![
                    StoreOp::DeleteMessage { uid: uid.clone(), expect },
                    tombstone(&left, None, until),
                    StoreOp::DeleteBody { uid },
                ];
                let op = self.op(Pending::Discard { req, left: Tombstone { message: left, until } });
                self.out.push(Effect::Commit { op, ballast: false, ops });
            }
            MessageVerb::Discard
            | MessageVerb::Abort { .. }
            | MessageVerb::SetHold { .. }
            | MessageVerb::SendFirst
            | MessageVerb::CheckAgain
            | MessageVerb::Resolve { .. }
            | MessageVerb::LetPass => self.unlike(req, "a damaged one"),
        }
    }

    fn unlike(&mut self, req: Req, got: &str) {
        self.reject(req, Scode::MAPI_E_OBJECT_CHANGED, "a message that can be read", got);
    }

    /// The damaged row is gone: its id and its Message-ID stay taken, for nobody knows who has it.
    pub(super) fn discarded(&mut self, req: Req, left: Tombstone) {
        self.forget_unread(&left.message.uid);
        self.bury(left);
        self.out.push(Effect::Resolve { req, reply: Reply::Unit });
    }

    /// It is not.
    pub(super) fn undiscarded(&mut self, req: Req, uid: Text) {
        self.reject(req, Scode::MAPI_E_OBJECT_CHANGED, "a row that stands still", "one that changed; look again");
        self.look(Some(vec![uid]));
    }

    /// It was looked at again (O-62).
    pub(super) fn retried(&mut self, req: Req, key: Key) {
        match self.unread_now(key) {
            Some(false) => self.reject(req, Scode::MAPI_E_CORRUPT_DATA, "a row that can be read", "a damaged one"),
            Some(true) => self.unlike(req, "one of a newer version"),
            None => self.out.push(Effect::Resolve { req, reply: Reply::Unit }),
        }
    }
}
