//! Outstanding host calls. Every answer is matched here, or refused and counted.

use crate::mapi::ordered::Map;

use super::io::{CallId, Now, Req, Verb};

/// What a message call is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct About {
    /// The message.
    pub uid: String,
    /// Its envelope; 0 for one that is not made yet.
    pub n: u32,
    /// The attempt.
    pub attempt: u32,
}

/// One call that has not been answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Call {
    /// Of which transport.
    pub transport: String,
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
}

/// The ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Ledger {
    open: Map<CallId, Call>,
    late: Map<CallId, Call>,
    counter: u32,
    /// Answers that belonged to nobody.
    pub foreign: u32,
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
        self.open.insert(id, call);
        id
    }

    /// Matches an answer; a second one is foreign.
    pub fn answer(&mut self, id: CallId) -> Match {
        if let Some(call) = self.open.remove(&id) {
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
        let call = self.open.remove(&id)?;
        self.late.insert(id, call.clone());
        while self.late.len() > LATE {
            self.late.pop_first();
        }
        Some(call)
    }

    /// Calls whose deadline has passed.
    pub fn overdue(&self, now: Now) -> Vec<CallId> {
        self.open.iter().filter(|(_, c)| c.deadline.is_some_and(|d| d <= now.wall)).map(|(id, _)| *id).collect()
    }

    /// The next deadline.
    pub fn next(&self) -> Option<i64> {
        self.open.values().filter_map(|c| c.deadline).min()
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

    /// The open call about this envelope with this verb.
    pub fn find(&self, uid: &str, n: u32, verb: Verb) -> Option<CallId> {
        let is = |c: &Call| c.verb == verb && c.about.as_ref().is_some_and(|a| a.uid == uid && a.n == n);
        self.open.iter().find(|(_, c)| is(c)).map(|(id, _)| *id)
    }
}
