//! A person's verbs, as changes of one message (G). The session makes each a compare-and-set.

use super::doubt::{self, Facts};
use super::intent;
use super::message::{
    Envelope, EnvelopeState, GivenUp, Message, ParkCause, Reason, RecipientState, Stop, WaitCause, Wall,
};
use super::settle;
use super::shown::{self, Shown};
use crate::mapi::{Gather, MapiError, MapiResult, Scode, Text, told};

/// The answer of `abortSubmit` (O-61).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aborted {
    /// Nobody got it, and nobody will.
    Cancelled,
    /// Somebody has it.
    TooLate,
    /// Nobody knows.
    Unknown,
    /// The driver must first hear from the host.
    Pending,
}

/// `resolveDoubt`'s three words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Word {
    /// "I found it in Sent."
    Sent,
    /// "Send again; they may get it twice."
    SendAgain,
    /// "Give it back."
    Draft,
}

fn refuse(expected: &str, m: &Message, now: Wall) -> MapiError {
    MapiError::new(Scode::MAPI_E_OBJECT_CHANGED, expected, told!["a message that is ", shown::message(m, now).name()])
}

/// An envelope that is not there is no envelope that could be stopped (O-61).
pub fn has(m: &Message, only: Option<u32>) -> MapiResult<()> {
    let Some(n) = only.filter(|n| m.envelope(*n).is_none()) else { return Ok(()) };
    Err(MapiError::new(Scode::MAPI_E_NOT_FOUND, "the number of an envelope of the message", told![n]))
}

/// Stops what can be stopped. Envelopes in doubt are left as they are.
pub fn abort(m: &mut Message, only: Option<u32>) {
    let touched: Vec<u32> = m.envelopes.iter().map(|e| e.n).filter(|n| only.is_none_or(|o| o == *n)).gather();
    for n in touched {
        let Some(e) = m.envelope_mut(n) else { continue };
        match &e.state {
            EnvelopeState::Sending { .. } | EnvelopeState::Deferred { .. } if e.doubt.is_none() => {
                e.stop = Stop::Wanted
            }
            EnvelopeState::Queued { .. } | EnvelopeState::Waiting { .. } | EnvelopeState::Parked { .. }
                if e.doubt.is_none() =>
            {
                settle::give_up(m, n);
            }
            EnvelopeState::Queued { .. }
            | EnvelopeState::Waiting { .. }
            | EnvelopeState::Parked { .. }
            | EnvelopeState::Sending { .. }
            | EnvelopeState::Deferred { .. }
            | EnvelopeState::Checking { .. }
            | EnvelopeState::Unconfirmed { .. }
            | EnvelopeState::Passed
            | EnvelopeState::Sent
            | EnvelopeState::Filed
            | EnvelopeState::Rejected
            | EnvelopeState::Cancelled
            | EnvelopeState::Draft => {}
        }
    }
    if only.is_none() {
        give_up_open(m, GivenUp::Cancelled);
    }
}

fn give_up_open(m: &mut Message, how: GivenUp) {
    for r in &mut m.recipients {
        if r.state == RecipientState::Open {
            r.state = RecipientState::GivenUp { how };
        }
    }
}

/// What `abortSubmit` may answer now (O-61).
pub fn aborted(m: &Message, only: Option<u32>) -> Aborted {
    let mine = || m.envelopes.iter().filter(move |e| only.is_none_or(|o| o == e.n));
    if mine().any(|e| e.doubt.is_some()) {
        return Aborted::Unknown;
    }
    let in_flight = |e: &Envelope| matches!(e.state, EnvelopeState::Sending { .. } | EnvelopeState::Deferred { .. });
    if mine().any(|e| in_flight(e) && e.stop == Stop::Wanted) {
        return Aborted::Pending;
    }
    if mine().any(in_flight) {
        return Aborted::Unknown;
    }
    let accepted = m.recipients.iter().any(|r| match r.state {
        RecipientState::Accepted { envelope } => only.is_none_or(|o| o == envelope),
        RecipientState::Open
        | RecipientState::Assigned { .. }
        | RecipientState::Rejected { .. }
        | RecipientState::Doubtful { .. }
        | RecipientState::GivenUp { .. } => false,
    });
    if accepted {
        Aborted::TooLate
    } else if mine().any(|e| e.doubted) {
        // A person took it back, and nobody knows what had become of it.
        Aborted::Unknown
    } else {
        Aborted::Cancelled
    }
}

/// `cancelMessage` answered. It is believed without doubt, and in doubt as far as `believed` says (O-61).
pub fn told(m: &mut Message, n: u32, gone: bool, believed: bool) {
    let Some(e) = m.envelope_mut(n) else { return };
    let asked = match e.state {
        EnvelopeState::Deferred { .. } | EnvelopeState::Checking { .. } | EnvelopeState::Unconfirmed { .. } => {
            e.stop == Stop::Wanted
        }
        // A person has spoken since, or it is over.
        EnvelopeState::Queued { .. }
        | EnvelopeState::Sending { .. }
        | EnvelopeState::Waiting { .. }
        | EnvelopeState::Parked { .. }
        | EnvelopeState::Passed
        | EnvelopeState::Sent
        | EnvelopeState::Filed
        | EnvelopeState::Rejected
        | EnvelopeState::Cancelled
        | EnvelopeState::Draft => false,
    };
    if !asked {
        return;
    }
    if gone && (e.doubt.is_none() || believed) {
        settle::mark(m, n, |s| {
            if matches!(s, RecipientState::Doubtful { .. }) {
                *s = RecipientState::Assigned { envelope: n };
            }
        });
        settle::give_up(m, n);
    } else if e.doubt.is_none() {
        // It stays with the provider.
        e.stop = Stop::No;
    } else {
        e.stop = Stop::Asked;
    }
}

/// For rejected, waiting, parked, unless it waits for the only transport it may go to; resets the budget. With doubt it is
/// `resolveDoubt`'s matter.
pub fn retry(m: &mut Message, absent: bool, now: Wall) -> MapiResult<()> {
    if m.closed {
        return Err(refuse("a submission whose id was not accepted anew", m, now));
    }
    if m.envelopes.iter().any(|e| e.doubt.is_some()) {
        return Err(MapiError::new(
            Scode::MAPI_E_OBJECT_CHANGED,
            "a message without doubt; resolveDoubt settles it",
            "a message in doubt",
        ));
    }
    let mut done = false;
    let (mut again, mut elsewhere) = (Vec::new(), Vec::new());
    for e in &mut m.envelopes {
        match &e.state {
            EnvelopeState::Waiting { .. }
            | EnvelopeState::Parked { cause: ParkCause::Auth | ParkCause::Config | ParkCause::Ask } => {
                e.state = EnvelopeState::Queued { reason: if e.attempts == 0 { Reason::First } else { Reason::Retry } };
                e.failures = 0;
                e.troubled = None;
                done = true;
            }
            EnvelopeState::Rejected => again.push(e.n),
            EnvelopeState::Parked { cause: ParkCause::TransportAbsent } if !absent => elsewhere.push(e.n),
            EnvelopeState::Parked { cause: ParkCause::TransportAbsent }
            | EnvelopeState::Queued { .. }
            | EnvelopeState::Sending { .. }
            | EnvelopeState::Deferred { .. }
            | EnvelopeState::Checking { .. }
            | EnvelopeState::Unconfirmed { .. }
            | EnvelopeState::Passed
            | EnvelopeState::Sent
            | EnvelopeState::Filed
            | EnvelopeState::Cancelled
            | EnvelopeState::Draft => {}
        }
    }
    // Refused recipients get a new envelope, and a new key.
    for r in &mut m.recipients {
        if matches!(r.state, RecipientState::Rejected { .. }) {
            r.state = RecipientState::Open;
            r.tried.clear();
            done = true;
        }
    }
    for n in again {
        settle::finish(m, n);
    }
    // Whoever is there may have what its own transport cannot send.
    for n in elsewhere {
        settle::release(m, n);
        done = true;
    }
    if !done {
        let mut error = refuse("a message that is rejected, waiting or parked", m, now);
        if absent && shown::message(m, now) == Shown::Parked {
            error.got = "one whose only transport is not here".into();
        }
        return Err(error);
    }
    m.settled_at = None;
    Ok(())
}

/// Held, queued and waiting messages without doubt.
pub fn set_hold(m: &mut Message, until: Option<Wall>, now: Wall) -> MapiResult<()> {
    let open = m.is_open();
    let waits = |e: &Envelope| {
        matches!(e.state, EnvelopeState::Waiting { .. } | EnvelopeState::Queued { .. }) && e.doubt.is_none()
    };
    let waiting = m.envelopes.iter().any(waits);
    if !(open || waiting) || m.envelopes.iter().any(|e| e.doubt.is_some()) {
        return Err(refuse("a message that is held, queued or waiting, without doubt", m, now));
    }
    m.hold = until;
    for e in &mut m.envelopes {
        if waits(e) {
            e.state = EnvelopeState::Waiting { until: until.unwrap_or(now), cause: WaitCause::Busy };
            e.troubled = None;
        }
    }
    Ok(())
}

/// Held, queued and waiting messages; `first` is below every other order. A strict conversation keeps its own (O-34).
pub fn send_first(m: &mut Message, first: i64, held_back: bool, now: Wall) -> MapiResult<()> {
    if held_back {
        return Err(refuse("a message with no earlier one open in its strict conversation", m, now));
    }
    match shown::message(m, now) {
        Shown::Held | Shown::Queued | Shown::Waiting => {}
        Shown::Filed
        | Shown::Sent
        | Shown::Cancelled
        | Shown::Draft
        | Shown::Deferred
        | Shown::Sending
        | Shown::Rejected
        | Shown::Parked
        | Shown::Checking
        | Shown::Unconfirmed
        | Shown::Corrupt => {
            return Err(refuse("a message that is held, queued or waiting", m, now));
        }
    }
    m.order = first;
    m.hold = None;
    for e in &mut m.envelopes {
        if let EnvelopeState::Waiting { until, .. } = &mut e.state {
            *until = now;
        }
    }
    Ok(())
}

/// A fresh budget for what is in doubt.
pub fn check_again(m: &mut Message, now: Wall) -> MapiResult<()> {
    let mut done = false;
    for e in &mut m.envelopes {
        if let (EnvelopeState::Checking { .. } | EnvelopeState::Unconfirmed { .. }, Some(d)) =
            (&e.state, e.doubt.as_mut())
        {
            intent::fresh_budget(d, now);
            d.by_timeout = None;
            e.state = EnvelopeState::Checking { next: now };
            done = true;
        }
    }
    if done {
        return Ok(());
    }
    let mut error = refuse("a message that is checking or unconfirmed", m, now);
    // Shown as unconfirmed (O-21): what the service says of it is no word on what its provider will send.
    if m.envelopes.iter().any(|e| matches!(e.state, EnvelopeState::Deferred { .. }) && e.doubt.is_some()) {
        error.got = "a message that its provider keeps".into();
    }
    Err(error)
}

/// A person settles the doubt (O-62); O-46 still holds.
pub fn resolve(m: &mut Message, word: Word, only: Option<u32>, now: Wall) -> MapiResult<()> {
    if m.closed {
        return Err(refuse("a submission whose id was not accepted anew", m, now));
    }
    let mine = |e: &Envelope| only.is_none_or(|o| o == e.n);
    if m.envelopes.iter().any(|e| mine(e) && matches!(e.state, EnvelopeState::Sending { .. })) {
        return Err(MapiError::new(Scode::MAPI_E_BUSY, "no attempt in flight", "an attempt in flight"));
    }
    let doubtful: Vec<u32> = m.envelopes.iter().filter(|e| mine(e) && e.doubt.is_some()).map(|e| e.n).gather();
    if doubtful.is_empty() {
        return Err(refuse("a message that is checking or unconfirmed", m, now));
    }
    for n in doubtful {
        let Some(e) = m.envelope_mut(n) else { continue };
        match word {
            Word::SendAgain => {
                e.state = EnvelopeState::Queued { reason: Reason::Person };
                e.token_stale = true;
                e.failures = 0;
                e.troubled = None;
                e.stop = Stop::No;
                if let Some(d) = e.doubt.as_mut() {
                    d.by_timeout = None;
                    if doubt::stopped(d).is_some() {
                        d.code = Text::default();
                    }
                }
            }
            Word::Sent => {
                e.doubted = true;
                settle::accept_all(m, n);
            }
            Word::Draft => {
                e.doubted = true;
                e.doubt = None;
                e.stop = Stop::No;
                e.state = EnvelopeState::Draft;
            }
        }
    }
    if word == Word::Draft && only.is_none() {
        give_up_open(m, GivenUp::Draft);
    }
    Ok(())
}

/// Later ones of its conversation may pass it.
pub fn let_pass(m: &mut Message, now: Wall) -> MapiResult<()> {
    if !shown::blocks(m, now) {
        return Err(refuse("a message that blocks its strict conversation", m, now));
    }
    m.passable = true;
    Ok(())
}

/// The facts say where an envelope that a hold released goes (O-21).
pub fn look_again(m: &mut Message, n: u32, f: &Facts<'_>) {
    let Some(e) = m.envelope_mut(n) else { return };
    if let Some(d) = e.doubt.as_mut() {
        intent::fresh_budget(d, f.now.wall);
        e.state = doubt::look(e, f);
    }
}
