//! Outstanding host calls. Every answer is matched here, or refused and counted.

use crate::mapi::ordered::{Map, Set};
use crate::mapi::{Gather, Text};

use super::io::{CallId, Now, Req, Verb};
use super::keys::Key;

/// What a message call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct About {
    /// The message.
    pub key: Key,
    /// Its envelope; 0 for one that is not made yet.
    pub n: u32,
    /// The attempt.
    pub attempt: u32,
}

/// One call that has not been answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Call {
    /// Of which transport.
    pub transport: Text,
    /// Which callback.
    pub verb: Verb,
    /// The message, for message calls.
    pub about: Option<About>,
    /// The host's promise behind it.
    pub req: Option<Req>,
    /// When it began.
    pub since: Now,
    /// Wall clock.
    pub deadline: Option<i64>,
    /// Done and total, as it said.
    pub progress: (u64, u64),
    /// A number of the machine that asked (a provider's token).
    pub tag: u32,
    /// The configuration it was made with.
    pub configuration: u32,
    /// Its signal was aborted; its answer still counts.
    pub aborted: bool,
}

/// The ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Ledger {
    open: Map<CallId, Call>,
    late: Map<CallId, Call>,
    /// Deadlines of open calls by both clocks: whichever comes first ends the call.
    wall: Set<(i64, CallId)>,
    mono: Set<(i64, CallId)>,
    about: Map<(Key, u32, Verb), CallId>,
    counter: u32,
    /// Answers that belonged to nobody.
    foreign: u32,
    /// Late answers that changed nothing.
    dropped: u32,
}

impl Call {
    fn mono_deadline(&self) -> Option<i64> {
        self.deadline.map(|at| self.since.mono.saturating_add(at.saturating_sub(self.since.wall)))
    }

    /// The harmless call of O-51: nobody's ticket is on it.
    pub fn is_gate(&self) -> bool {
        self.verb == Verb::Gate || self.verb == Verb::ValidateState && self.tag == 0
    }

    fn key(&self) -> Option<(Key, u32, Verb)> {
        self.about.map(|a| (a.key, a.n, self.verb))
    }
}

/// How an answer was matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// In time.
    Open(Call),
    /// After its time-out, or of an older generation.
    Late(Call),
    /// Twice, or never asked.
    Foreign,
}

/// Calls given up are remembered this long: evidence may still come (O-46).
const LATE: usize = 1_024;

impl Ledger {
    /// Enters a call.
    pub fn enter(&mut self, epoch: u32, generation: u32, call: Call) -> CallId {
        self.counter = self.counter.wrapping_add(1);
        let id = CallId { epoch, generation, counter: self.counter };
        self.wall.extend(call.deadline.map(|at| (at, id)));
        self.mono.extend(call.mono_deadline().map(|at| (at, id)));
        self.about.extend(call.key().map(|key| (key, id)));
        self.open.insert(id, call);
        id
    }

    fn leave(&mut self, id: CallId) -> Option<Call> {
        let call = self.open.remove(&id)?;
        if let Some(at) = call.deadline {
            self.wall.remove(&(at, id));
        }
        if let Some(at) = call.mono_deadline() {
            self.mono.remove(&(at, id));
        }
        if let Some(key) = call.key()
            && self.about.get(&key) == Some(&id)
        {
            self.about.remove(&key);
        }
        Some(call)
    }

    /// Matches an answer; a second one is foreign.
    pub fn answer(&mut self, id: CallId) -> Match {
        if let Some(call) = self.leave(id) {
            return Match::Open(call);
        }
        if let Some(call) = self.late.remove(&id) {
            return Match::Late(call);
        }
        self.foreign = self.foreign.saturating_add(1);
        Match::Foreign
    }

    /// Gives up on a call; its answer is late from now on.
    pub fn give_up(&mut self, id: CallId) -> Option<Call> {
        let call = self.leave(id)?;
        self.late.insert(id, call.clone());
        while self.late.len() > LATE {
            self.late.pop_first();
        }
        Some(call)
    }

    /// Calls whose deadline has passed.
    pub fn overdue(&self, now: Now) -> Vec<CallId> {
        let first = |set: &Set<(i64, CallId)>| set.first().map_or(i64::MAX, |(at, _)| *at);
        if first(&self.wall) > now.wall && first(&self.mono) > now.mono {
            return Vec::new();
        }
        let due = |set: &Set<(i64, CallId)>, now: i64| -> Vec<CallId> {
            set.iter().take_while(|(at, _)| *at <= now).map(|(_, id)| *id).gather()
        };
        let ids: Set<CallId> = due(&self.wall, now.wall).into_iter().chain(due(&self.mono, now.mono)).collect();
        ids.into_iter().collect()
    }

    /// The next deadline, by the wall clock.
    pub fn next(&self, now: Now) -> Option<i64> {
        let wall = self.wall.first().map(|(at, _)| *at);
        let mono = self.mono.first().map(|(at, _)| now.wall.saturating_add(at.saturating_sub(now.mono)));
        wall.into_iter().chain(mono).min()
    }

    /// What a call says of itself; it never goes back.
    pub fn progress(&mut self, id: CallId, done: u64, total: u64) {
        if let Some(call) = self.open.get_mut(&id) {
            let total = total.max(done);
            call.progress = (call.progress.0.max(done), total.max(call.progress.1));
        }
    }

    /// Every call that is open.
    pub fn open(&self) -> impl Iterator<Item = (&CallId, &Call)> {
        self.open.iter()
    }

    /// What a call is about, told after it was entered.
    pub fn name(&mut self, id: CallId, about: About) {
        if let Some(call) = self.open.get_mut(&id) {
            call.about = Some(about);
        }
    }

    /// The open call about this envelope with this verb.
    pub fn find(&self, key: Key, n: u32, verb: Verb) -> Option<CallId> {
        self.about.get(&(key, n, verb)).copied()
    }

    /// A late answer changed nothing.
    pub fn drop_late(&mut self) {
        self.dropped = self.dropped.saturating_add(1);
    }

    /// Answers that belonged to nobody, and late ones that changed nothing.
    pub fn strays(&self) -> (u32, u32) {
        (self.foreign, self.dropped)
    }

    /// True at the first time: its signal is aborted once.
    pub fn abort(&mut self, id: CallId) -> bool {
        self.open.get_mut(&id).is_some_and(|call| !std::mem::replace(&mut call.aborted, true))
    }
}
