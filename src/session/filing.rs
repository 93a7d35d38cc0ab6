//! The Sent copy: delivery and filing are separate (O-63). A message that is filed by nobody else keeps its body until it is.

use super::Session;
use super::io::{CallId, Effect, Verb};
use super::keys::Key;
use super::ledger::About;
use super::work::Work;
use crate::mapi::{Gather, Text};
use crate::spooler::doubt::{back_off, earlier};
use crate::spooler::message::{Envelope, EnvelopeState, Message, Wall};

/// Then its service has no Sent copy, and the log says so.
const TRIES: u32 = 8;

/// An envelope that is sent and not filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Filing {
    tries: u32,
    next: Wall,
    call: Option<CallId>,
}

impl Filing {
    /// The clock went back by so much.
    pub fn set_back(&mut self, by: i64, now: Wall) {
        self.next = earlier(self.next, by, now);
    }
}

impl Session {
    /// Some envelope is still to be filed.
    pub(super) fn owes_filing(&self, key: Key, m: &Message) -> bool {
        m.envelopes.iter().any(|e| self.owes(key, e))
    }

    fn owes(&self, key: Key, e: &Envelope) -> bool {
        let files = |t: &super::transport::Transport| t.config.has(Verb::File) && !t.config.guarantees.files_sent_copy;
        // Who says "I found it in Sent" needs no second one.
        e.state == EnvelopeState::Sent
            && !e.doubted
            && self.transport(&e.transport).is_some_and(files)
            && self.filing.get(&(key, e.n)).is_none_or(|f| f.tries < TRIES)
    }

    /// When filing is tried again.
    pub(super) fn files_at(&self, key: Key, m: &Message) -> Option<Wall> {
        let owed = m.envelopes.iter().filter(|e| self.owes(key, e));
        let waits = owed.filter_map(|e| self.filing.get(&(key, e.n)));
        waits.filter(|f| f.call.is_none()).map(|f| f.next).min()
    }

    /// Asks for every Sent copy that is owed; a message that owes none and is done leaves the queue.
    pub(super) fn file(&mut self, key: Key, m: &Message) {
        let owed: Vec<(u32, Text)> =
            m.envelopes.iter().filter(|e| self.owes(key, e)).map(|e| (e.n, e.transport.clone())).gather();
        if owed.is_empty() {
            if super::remains::is_done(m) && !self.config.keep_sent {
                self.work(key, Work::Bury);
            }
            return;
        }
        for (n, transport) in owed {
            let place = (key, n);
            let known = self.filing.get(&place).copied().unwrap_or(Filing { tries: 0, next: 0, call: None });
            if known.call.is_none() && known.next <= self.now.wall {
                let call = self.ask(&transport, key, n, Verb::File);
                self.filing.insert(place, Filing { call, ..known });
            }
        }
    }

    /// `fileMessage` ended.
    pub(super) fn filed(&mut self, transport: &Text, about: &About, done: bool) {
        if done {
            return self.work(about.key, Work::Filed { n: about.n });
        }
        let jitter = self.rng.word();
        let now = self.now.wall;
        if let Some(f) = self.filing.get_mut(&(about.key, about.n)) {
            *f = Filing {
                tries: f.tries.saturating_add(1),
                next: now.saturating_add(back_off(f.tries, jitter)),
                call: None,
            };
            if f.tries >= TRIES {
                let code = "fileMessage failed; there is no Sent copy".to_owned();
                self.out.push(Effect::Log { level: 2, code, transport: Some(transport.to_owned()) });
            }
        }
        self.touched(about.key);
    }
}
