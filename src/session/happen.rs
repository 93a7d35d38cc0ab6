//! What callbacks and clocks do to an envelope: attempts end, probes and cancellations answer, timers run out, transports return.

use super::decide::{Context, keep, sending, write};
use super::dispatch::OVERTIME;
use super::evidence::{gone, late};
use super::remains::expires;
use super::work::{Asked, Decision, Then};
use crate::mapi::Gather;
use crate::spooler::doubt::{self, Look};
use crate::spooler::meaning::Meaning;
use crate::spooler::message::{EnvelopeState, Message, ParkCause, Reason};
use crate::spooler::outcome::RecipientResult;
use crate::spooler::probe::{self, Found};
use crate::spooler::settle::{self, Attempt};
use crate::spooler::verbs;

/// The row still waits for this very attempt.
fn awaits(m: &Message, n: u32, attempt: u32) -> bool {
    m.envelope(n).is_some_and(|e| matches!(e.state, EnvelopeState::Sending { attempt: a, .. } if a == attempt))
}

/// An attempt ended.
pub fn ended(mut m: Message, n: u32, attempt: u32, made: Attempt, meaning: &Meaning, c: &Context<'_>) -> Decision {
    if !awaits(&m, n, attempt) {
        return late(m, n, attempt, made, meaning, c);
    }
    let left_out = settle::settle(&mut m, n, made, meaning.clone(), &c.facts);
    if !c.present {
        gone(&mut m, n, c.facts.now.wall);
    }
    let then = misbehaved(&m, n, left_out);
    write(m, then)
}

fn misbehaved(m: &Message, n: u32, left_out: bool) -> Vec<Then> {
    let named = m.envelope(n).filter(|_| left_out).map(|e| Then::Misbehaved { transport: e.transport.clone() });
    named.into_iter().gather()
}

/// Asked late enough for an absence, by both clocks (O-41).
fn quiet(m: &Message, n: u32, asked: Asked, c: &Context<'_>) -> bool {
    let Some(d) = m.envelope(n).and_then(|e| e.doubt.as_ref()) else {
        return true;
    };
    asked.stamp.wall >= doubt::quiet_from(d, c.facts.guarantees.settles()) && asked.mono >= c.quiet_mono
}

/// A probe answered.
pub fn probed(
    mut m: Message,
    n: u32,
    found: u8,
    recipients: Option<Vec<RecipientResult>>,
    asked: Asked,
    c: &Context<'_>,
) -> Decision {
    if sending(&m, n) {
        return keep();
    }
    let found = match found {
        0 => Found::Absent,
        1 => Found::Present { recipients },
        _ => Found::Unknown,
    };
    let asked = probe::Asked { quiet: quiet(&m, n, asked, c), sole: c.sole };
    let left_out = probe::probed(&mut m, n, found, asked, &c.facts);
    if !c.present {
        gone(&mut m, n, c.facts.now.wall);
    }
    let then = misbehaved(&m, n, left_out);
    write(m, then)
}

/// `cancelMessage` answered (O-61).
pub fn told(m: &mut Message, n: u32, result: u8, asked: Asked, c: &Context<'_>) {
    let believed = c.facts.guarantees.dedupe_window.is_some() || quiet(m, n, asked, c);
    verbs::told(m, n, result == 0, believed);
}

/// A timer ran out, or its transport is not there.
pub fn due(mut m: Message, n: u32, c: &Context<'_>) -> Decision {
    let now = c.facts.now.wall;
    if n == 0 {
        // The message's own: nobody wanted its body for thirty days (O-63).
        let over = expires(&m).is_some_and(|at| at <= now);
        return if over { Decision::Delete { then: Vec::new() } } else { keep() };
    }
    let Some(e) = m.envelope_mut(n) else {
        return keep();
    };
    match &e.state {
        EnvelopeState::Queued { .. } | EnvelopeState::Waiting { .. } | EnvelopeState::Checking { .. } if !c.present => {
            e.state = if e.doubt.is_some() {
                EnvelopeState::Unconfirmed { absent: true }
            } else {
                EnvelopeState::Parked { cause: ParkCause::TransportAbsent }
            };
        }
        EnvelopeState::Sending { epoch, generation, intent, deadline, .. }
            if (*epoch, *generation) != (c.driver.epoch, c.driver.generation)
                || deadline.saturating_add(OVERTIME) <= now =>
        {
            let made = Attempt { intent: *intent, deadline: *deadline, wire: true, timed_out: None };
            settle::begin_doubt(&mut m, n, made, &c.facts);
            if !c.present {
                gone(&mut m, n, now);
            }
        }
        EnvelopeState::Deferred { since, .. } if settle::overdue(*since, now) => {
            let made = Attempt { intent: c.facts.now, deadline: now, wire: true, timed_out: None };
            settle::begin_doubt(&mut m, n, made, &c.facts);
        }
        EnvelopeState::Waiting { .. } if e.troubled.is_some_and(|since| settle::overdue(since, now)) => {
            e.state = EnvelopeState::Parked { cause: ParkCause::Ask };
        }
        EnvelopeState::Checking { .. } if doubt::next_look(e, &c.facts) == Look::Ask => {
            e.state = EnvelopeState::Unconfirmed { absent: false };
        }
        EnvelopeState::Checking { .. }
        | EnvelopeState::Deferred { .. }
        | EnvelopeState::Queued { .. }
        | EnvelopeState::Sending { .. }
        | EnvelopeState::Waiting { .. }
        | EnvelopeState::Parked { .. }
        | EnvelopeState::Unconfirmed { .. }
        | EnvelopeState::Passed
        | EnvelopeState::Sent
        | EnvelopeState::Filed
        | EnvelopeState::Rejected
        | EnvelopeState::Cancelled
        | EnvelopeState::Draft => return keep(),
    }
    write(m, Vec::new())
}

/// Its transport is there again, or its account was let in.
pub fn resume(m: &mut Message, n: u32, c: &Context<'_>) {
    let pinned = m.pin.is_some();
    let Some(e) = m.envelope_mut(n) else { return };
    match &e.state {
        // It was routed to nobody yet: what this one takes, and as whom, it says itself.
        EnvelopeState::Parked { cause: ParkCause::TransportAbsent } if pinned && e.attempts == 0 => {
            settle::release(m, n);
        }
        EnvelopeState::Parked { cause: cause @ (ParkCause::Auth | ParkCause::Config | ParkCause::TransportAbsent) } => {
            if *cause != ParkCause::TransportAbsent {
                // Somebody acted: the budget begins anew.
                e.failures = 0;
                e.troubled = None;
            }
            e.state = EnvelopeState::Queued { reason: if e.attempts == 0 { Reason::First } else { Reason::Retry } };
        }
        EnvelopeState::Unconfirmed { absent: true } => verbs::look_again(m, n, &c.facts),
        EnvelopeState::Parked { cause: ParkCause::Ask }
        | EnvelopeState::Unconfirmed { absent: false }
        | EnvelopeState::Queued { .. }
        | EnvelopeState::Sending { .. }
        | EnvelopeState::Deferred { .. }
        | EnvelopeState::Waiting { .. }
        | EnvelopeState::Checking { .. }
        | EnvelopeState::Passed
        | EnvelopeState::Sent
        | EnvelopeState::Filed
        | EnvelopeState::Rejected
        | EnvelopeState::Cancelled
        | EnvelopeState::Draft => {}
    }
}
