//! What an attempt's meaning does to its envelope (O-10…O-14, O-32, O-40…O-47).

use super::doubt::{self, Facts, PATIENCE};
use super::meaning::{Meaning, is_http_4xx};
use super::message::{
    Envelope, EnvelopeState, GivenUp, Message, ParkCause, Reason, RecipientState, Stamp, Stop, WaitCause, Wall,
};
use super::outcome::{NotAttempted, RecipientResult, RecipientStatus};
use super::said::Said;
use crate::mapi::{Gather, Scode};

/// The attempt that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Attempt {
    /// When it was decided.
    pub intent: Stamp,
    /// Its deadline.
    pub deadline: Wall,
    /// A wire call may have begun.
    pub wire: bool,
    /// Its own time-out is what ended it.
    pub timed_out: Option<u32>,
}

/// Ends an attempt of envelope `n`; true if a per-recipient answer left somebody out (O-14).
pub fn settle(m: &mut Message, n: u32, attempt: Attempt, meaning: Meaning, f: &Facts<'_>) -> bool {
    let mut left_out = false;
    let Some(e) = m.envelope_mut(n) else {
        return false;
    };
    if attempt.wire {
        e.first_wire = e.first_wire.or(Some(attempt.intent));
    }
    match meaning {
        Meaning::Accepted { remote_id, recipients: None } => {
            e.remote_id = remote_id.or_else(|| e.remote_id.take());
            accept_all(m, n);
        }
        Meaning::Accepted { remote_id, recipients: Some(list) } => {
            e.remote_id = remote_id.or_else(|| e.remote_id.take());
            // The list is the deduplicating service's own answer to this key.
            let belief = belief(e, attempt.wire, f);
            let applied = apply_list(m, n, &list, belief);
            left_out = applied.left_out;
            conclude(m, n, attempt, &applied.code, f);
        }
        Meaning::Refused { code, text, definite, recipients } => {
            // Without a wire call it is not the service that answered.
            let belief = belief(e, definite && attempt.wire, f);
            if belief == Belief::None {
                doubtful(m, n, attempt, &code, f);
            } else {
                let list = recipients.unwrap_or_else(|| all_rejected(m, n, &code, &text));
                let applied = apply_list(m, n, &list, belief);
                left_out = applied.left_out;
                conclude(m, n, attempt, if applied.code.is_empty() { &code } else { &applied.code }, f);
            }
        }
        Meaning::Kept { entry } => {
            e.state = EnvelopeState::Deferred {
                entry: entry.or_else(|| e.entry.take()).unwrap_or_default(),
                since: f.now.wall,
            };
        }
        Meaning::NotDone { reason, retry_after } => {
            not_done(m, n, reason, retry_after, f);
        }
        Meaning::Stopped { cancelled } => {
            if belief(e, false, f) != Belief::Whole {
                let code = if cancelled { Scode::MAPI_E_USER_CANCEL } else { Scode::MAPI_E_CANCEL };
                doubtful(m, n, attempt, code.name(), f);
            } else if cancelled || e.stop != Stop::No {
                give_up(m, n);
            } else {
                e.state = EnvelopeState::Parked { cause: ParkCause::Ask };
            }
        }
        Meaning::Trouble { reason, retry_after, code } => {
            if belief(e, false, f) == Belief::None {
                doubtful(m, n, attempt, &code, f);
            } else {
                not_done(m, n, reason, retry_after, f);
            }
        }
        Meaning::Unknown { code } => doubtful(m, n, attempt, &code, f),
    }
    left_out
}

/// How far a refusal is what it seems (O-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belief {
    /// Nothing can have been executed: others may be asked.
    Whole,
    /// The deduplicating service's own answer to this key: as far as its codes are its own.
    Definite,
    /// There is nobody to ask again: shown as refused, offered to nobody else.
    Shown,
    /// It may answer the browser's second copy: look.
    None,
}

impl Belief {
    fn refuses(self, code: &str) -> bool {
        self == Self::Shown || self.frees(code)
    }

    fn frees(self, code: &str) -> bool {
        self == Self::Whole || self == Self::Definite && !is_http_4xx(code)
    }
}

fn belief(e: &Envelope, definite: bool, f: &Facts<'_>) -> Belief {
    let deduplicates = f.guarantees.dedupe_window.is_some();
    if e.first_wire.is_none() && e.doubt.is_none() {
        Belief::Whole
    } else if definite && deduplicates && doubt::in_window(e, f) {
        Belief::Definite
    } else if !deduplicates && !f.guarantees.authoritative() && e.doubt.is_none() {
        Belief::Shown
    } else {
        Belief::None
    }
}

fn doubtful(m: &mut Message, n: u32, attempt: Attempt, code: &str, f: &Facts<'_>) {
    begin_doubt(m, n, attempt, f);
    let Some(e) = m.envelope_mut(n) else { return };
    if let Some(d) = e.doubt.as_mut() {
        d.code = code.into();
        e.state = doubt::look(e, f);
    }
}

/// A life or generation ended while this envelope was sending, or its answer says nothing (O-40).
pub fn begin_doubt(m: &mut Message, n: u32, attempt: Attempt, f: &Facts<'_>) {
    let mut unknown = false;
    mark(m, n, |state| {
        if matches!(state, RecipientState::Assigned { .. } | RecipientState::Doubtful { .. }) {
            *state = RecipientState::Doubtful { envelope: n };
            unknown = true;
        }
    });
    if !unknown {
        // Evidence has settled everybody meanwhile.
        return finish(m, n);
    }
    if let Some(e) = m.envelope_mut(n) {
        doubt::doubt(e, attempt.intent, attempt.deadline, attempt.timed_out, f);
    }
}

/// Every recipient the envelope still has is accepted.
pub fn accept_all(m: &mut Message, n: u32) {
    mark(m, n, |state| {
        if !matches!(state, RecipientState::Rejected { .. }) {
            *state = RecipientState::Accepted { envelope: n };
        }
    });
    finish(m, n);
}

/// Changes the state of every recipient the envelope has; one that was given back, or that another has, is not its own.
pub fn mark(m: &mut Message, n: u32, mut change: impl FnMut(&mut RecipientState)) {
    let Some(e) = m.envelopes.iter().find(|e| e.n == n) else { return };
    for i in &e.recipients {
        let r = usize::try_from(*i).ok().and_then(|i| m.recipients.get_mut(i));
        if let Some(r) = r.filter(|r| r.state.holder() == Some(n)) {
            change(&mut r.state);
        }
    }
}

/// Some recipient it has is neither accepted nor refused.
pub fn is_open(m: &mut Message, n: u32) -> bool {
    let mut open = false;
    mark(m, n, |s| open |= matches!(s, RecipientState::Doubtful { .. } | RecipientState::Assigned { .. }));
    open
}

fn all_rejected(m: &Message, n: u32, code: &str, text: &str) -> Vec<RecipientResult> {
    let indices = m.envelope(n).map(|e| e.recipients.as_slice()).unwrap_or_default();
    let addresses = indices.iter().filter_map(|i| m.recipients.get(usize::try_from(*i).ok()?));
    addresses
        .map(|r| RecipientResult {
            address: r.address.as_str().to_owned(),
            status: RecipientStatus::Rejected,
            code: code.into(),
            text: text.into(),
        })
        .gather()
}

/// What a list came to.
pub struct Applied {
    /// It left somebody out, or said two things of him (O-14).
    pub left_out: bool,
    /// The code beside whom it left in doubt.
    pub code: String,
}

/// A per-recipient answer.
pub fn apply_list(m: &mut Message, n: u32, list: &[RecipientResult], belief: Belief) -> Applied {
    let mut applied = Applied { left_out: false, code: String::new() };
    let Some(e) = m.envelope(n) else { return applied };
    let (indices, transport) = (e.recipients.clone(), e.transport.clone());
    let lines = Said::new(m, &indices, list);
    for i in &indices {
        let Some(r) = m.recipient_mut(*i) else { continue };
        let said = lines.of(&r.address);
        applied.left_out |= said.is_none();
        if r.state.holder() != Some(n) || matches!(r.state, RecipientState::Accepted { .. }) {
            continue;
        }
        r.state = match said.map(|x| (x.status, x)) {
            Some((RecipientStatus::Accepted, _)) => RecipientState::Accepted { envelope: n },
            Some((RecipientStatus::Rejected, x)) if belief.refuses(&x.code) => {
                RecipientState::Rejected { envelope: Some(n), code: x.code.clone(), text: x.text.clone() }
            }
            Some((RecipientStatus::Open, x)) if belief.frees(&x.code) => {
                r.tried.push(transport.clone());
                r.later = is_passing(&x.code).then(|| transport.clone());
                RecipientState::Open
            }
            Some((RecipientStatus::Rejected | RecipientStatus::Open | RecipientStatus::Doubtful, x)) => {
                if applied.code.is_empty() {
                    applied.code.clone_from(&x.code);
                }
                RecipientState::Doubtful { envelope: n }
            }
            None => RecipientState::Doubtful { envelope: n },
        };
    }
    applied
}

/// A reply of SMTP's class 4, or such a status.
fn is_passing(code: &str) -> bool {
    matches!(code, "421" | "450" | "451" | "452" | "454" | "455") || code.starts_with("4.")
}

/// After a list: closed if nobody is doubtful, else a look.
fn conclude(m: &mut Message, n: u32, attempt: Attempt, code: &str, f: &Facts<'_>) {
    if is_open(m, n) { doubtful(m, n, attempt, code, f) } else { finish(m, n) }
}

/// The envelope's end follows from its recipients'. Its list stays as it was fixed (O-11).
pub fn finish(m: &mut Message, n: u32) {
    // Whom a person stopped here goes nowhere else (O-61).
    let stopped = m.envelope(n).filter(|e| e.stop != Stop::No).map(|e| e.recipients.clone());
    for i in stopped.unwrap_or_default() {
        if let Some(r) = m.recipient_mut(i).filter(|r| r.state == RecipientState::Open) {
            r.state = RecipientState::GivenUp { how: GivenUp::Cancelled };
        }
    }
    let (mut accepted, mut rejected) = (false, false);
    mark(m, n, |s| match s {
        RecipientState::Accepted { .. } => accepted = true,
        RecipientState::Rejected { .. } => rejected = true,
        RecipientState::Open
        | RecipientState::Assigned { .. }
        | RecipientState::Doubtful { .. }
        | RecipientState::GivenUp { .. } => {}
    });
    let Some(e) = m.envelope_mut(n) else { return };
    e.doubt = None;
    e.stop = Stop::No;
    e.state = match (rejected, accepted) {
        (true, _) => EnvelopeState::Rejected,
        (false, true) if e.state == EnvelopeState::Filed => EnvelopeState::Filed,
        (false, true) => EnvelopeState::Sent,
        (false, false) => EnvelopeState::Passed,
    };
}

/// Nothing was executed in this attempt.
pub(super) fn not_done(m: &mut Message, n: u32, reason: NotAttempted, wish: Option<i64>, f: &Facts<'_>) {
    let Some(e) = m.envelope_mut(n) else {
        return;
    };
    if e.doubt.is_some() {
        // Nothing new is known of the attempt in doubt (O-40).
        e.failures = e.failures.saturating_add(1);
        e.state = doubt::look(e, f);
        return;
    }
    if e.stop != Stop::No {
        give_up(m, n);
        return;
    }
    e.failures = e.failures.saturating_add(1);
    let since = *e.troubled.get_or_insert(f.now.wall);
    if overdue(since, f.now.wall) && reason != NotAttempted::NotMe {
        e.state = EnvelopeState::Parked { cause: ParkCause::Ask };
        return;
    }
    let wait = |cause, failures: u32| EnvelopeState::Waiting {
        until: f.now.wall.saturating_add(doubt::retry_after(wish, failures.saturating_sub(1), f.jitter)),
        cause,
    };
    let failures = e.failures;
    e.state = match reason {
        NotAttempted::NotMe => {
            give_back(m, n);
            return;
        }
        NotAttempted::Busy | NotAttempted::Wait => wait(WaitCause::Busy, failures),
        NotAttempted::Network => wait(WaitCause::Network, failures),
        NotAttempted::Transport => wait(WaitCause::Transport, failures),
        NotAttempted::Account => wait(WaitCause::Account, failures),
        NotAttempted::Preprocess => wait(WaitCause::Preprocess, failures),
        NotAttempted::Auth => EnvelopeState::Parked { cause: ParkCause::Auth },
        NotAttempted::Config => EnvelopeState::Parked { cause: ParkCause::Config },
    };
}

/// Its transport does not want them: open for the next one; only where nothing can have been executed (O-13 a, c).
pub fn give_back(m: &mut Message, n: u32) {
    let Some(transport) = m.envelope(n).map(|e| e.transport.clone()) else {
        return;
    };
    for i in release(m, n) {
        if let Some(r) = m.recipient_mut(i) {
            r.tried.push(transport.clone());
        }
    }
}

/// What it has and nobody executed is open again, for the same transport too; the envelope is closed.
pub fn release(m: &mut Message, n: u32) -> Vec<u32> {
    let mut released = Vec::new();
    for i in m.envelope(n).map(|e| e.recipients.clone()).unwrap_or_default() {
        if let Some(r) = m.recipient_mut(i)
            && r.state == (RecipientState::Assigned { envelope: n })
        {
            r.state = RecipientState::Open;
            released.push(i);
        }
    }
    finish(m, n);
    // Nothing was attempted with it: its number is free.
    m.envelopes.retain(|e| e.n != n || e.attempts > 0 || e.state != EnvelopeState::Passed);
    released
}

/// A person wanted it stopped, and nothing was executed (O-61).
pub fn give_up(m: &mut Message, n: u32) {
    if let Some(e) = m.envelope_mut(n) {
        e.state = EnvelopeState::Cancelled;
        e.doubt = None;
        e.stop = Stop::No;
    }
}

/// It was shown that nothing was executed: the doubt ends, the same envelope goes again (O-41).
pub fn absent(m: &mut Message, n: u32, f: &Facts<'_>) {
    mark(m, n, |state| {
        if matches!(state, RecipientState::Doubtful { .. }) {
            *state = RecipientState::Assigned { envelope: n };
        }
    });
    let Some(e) = m.envelope_mut(n) else { return };
    let stopped = e.doubt.take().as_ref().and_then(doubt::stopped);
    e.first_wire = None;
    e.token_stale = true;
    if e.stop != Stop::No || stopped == Some(Scode::MAPI_E_USER_CANCEL) {
        give_up(m, n);
        return;
    }
    e.state = if stopped.is_some() {
        EnvelopeState::Parked { cause: ParkCause::Ask }
    } else {
        EnvelopeState::Waiting { until: f.now.wall, cause: WaitCause::Absent }
    };
}

/// Why the next attempt is made.
pub fn next_reason(e: &Envelope) -> Reason {
    match e.state {
        EnvelopeState::Queued { reason } => reason,
        EnvelopeState::Waiting { cause: WaitCause::Absent, .. } => Reason::Absent,
        _ if e.attempts == 0 => Reason::First,
        _ => Reason::Retry,
    }
}

/// It has waited long enough: ask, never drop (O-50).
pub fn overdue(since: Wall, now: Wall) -> bool {
    now.saturating_sub(since) >= PATIENCE
}
