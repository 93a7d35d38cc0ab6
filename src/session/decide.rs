//! Work on a message: what it does to it. Pure: the same row and the same work give the same decision.
#![allow(missing_docs, reason = "the line of a variant speaks for its fields")]

use super::evidence::{gone, late, orphan};
use super::io::MessageVerb;
use super::work::{Asked, Decision, ReplyKind, Then, Work};
use crate::mapi::{MapiError, Scode};
use crate::spooler::doubt::{self, Facts, Look};
use crate::spooler::intent::{self, Driver};
use crate::spooler::meaning::Meaning;
use crate::spooler::message::{EnvelopeState, Message, ParkCause, Reason, RecipientState};
use crate::spooler::probe::{self, Found};
use crate::spooler::settle::{self, Attempt};
use crate::spooler::shown;
use crate::spooler::verbs::{self, Aborted, Word};

/// What the decision needs of the session.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Of the transport the work is about.
    pub facts: Facts<'a>,
    /// Its account.
    pub account: &'a str,
    /// Recipients open for it, at most as many as it takes.
    pub routed: &'a [u32],
    /// Who drives; zeros for a follower.
    pub driver: Driver,
    /// Below every other order.
    pub first: i64,
    /// A new attempt of this message may begin (O-34, O-61).
    pub may_begin: bool,
    /// Earliest monotonic instant at which an absence of this envelope counts (O-41).
    pub quiet_mono: i64,
    /// No other envelope with this Message-ID went to the account (O-12).
    pub sole: bool,
    /// Recipients that no transport takes.
    pub homeless: &'a [u32],
    /// The transport is in this session.
    pub present: bool,
    /// It files the Sent copy itself, or nobody does.
    pub files: bool,
}

pub fn write(m: Message, then: Vec<Then>) -> Decision {
    Decision::Write { message: Box::new(m), then, extra: Vec::new() }
}

/// Decides.
pub fn decide(m: &Message, work: &Work, c: &Context<'_>) -> Decision {
    let mut m = m.clone();
    let now = c.facts.now.wall;
    let decision = match work {
        Work::Verb { req, verb } => return self::verb(m, *req, verb, c),
        Work::Intend { transport, n, token } => return self::intend(m, transport, *n, token.clone(), c),
        Work::Unprepared { transport, n, meaning } => unprepared(m, transport, *n, meaning, c),
        Work::Ended { n, attempt, made, meaning } => return ended(m, *n, *attempt, *made, meaning, c),
        Work::Late { n, attempt, made, meaning } => return late(m, *n, *attempt, *made, meaning, c),
        Work::Orphaned { n } => {
            if orphan(&mut m, *n, c) {
                write(m, Vec::new())
            } else {
                keep()
            }
        }
        Work::Probed { n, found, recipients, asked } => {
            let found = match found {
                0 => Found::Absent,
                1 => Found::Present { recipients: recipients.clone() },
                _ => Found::Unknown,
            };
            if sending(&m, *n) {
                return keep();
            }
            let asked = probe::Asked { quiet: quiet(&m, *n, *asked, c), sole: c.sole };
            probe::probed(&mut m, *n, found, asked, &c.facts);
            write(m, Vec::new())
        }
        Work::Cancelled { n, result, asked } => cancelled(m, *n, *result, *asked, c),
        Work::Due { n } => due(m, *n, c),
        Work::Homeless => {
            for i in c.homeless {
                if let Some(r) = usize::try_from(*i).ok().and_then(|i| m.recipients.get_mut(i)) {
                    r.state =
                        RecipientState::Rejected { envelope: None, code: "noTransport".into(), text: String::new() };
                }
            }
            write(m, Vec::new())
        }
        Work::Resume { transport } => {
            let mut changed = false;
            let mine: Vec<u32> = m.envelopes.iter().filter(|e| e.transport == *transport).map(|e| e.n).collect();
            for n in mine {
                changed |= resume(&mut m, n, c);
            }
            if changed { write(m, Vec::new()) } else { keep() }
        }
        Work::Gone { transport } => {
            let mine: Vec<u32> =
                m.envelopes.iter().filter(|e| e.transport == *transport && !e.state.is_final()).map(|e| e.n).collect();
            if mine.is_empty() {
                return keep();
            }
            for n in mine {
                gone(&mut m, n);
            }
            write(m, Vec::new())
        }
        Work::Hurry { transport } => {
            let mut changed = false;
            for e in m.envelopes.iter_mut().filter(|e| e.transport == *transport) {
                match &mut e.state {
                    EnvelopeState::Waiting { until: at, .. } if *at > now => {
                        *at = now;
                        changed = true;
                    }
                    _ => {}
                }
            }
            if changed { write(m, Vec::new()) } else { keep() }
        }
        Work::SentDeferred { transport, entry } => {
            let mut changed = false;
            for e in m.envelopes.iter_mut().filter(|e| e.transport == *transport) {
                if let EnvelopeState::Deferred { entry: mine, .. } = &e.state
                    && entry.as_ref().is_none_or(|x| x == mine)
                {
                    e.entry = Some(mine.clone());
                    e.state = EnvelopeState::Queued { reason: Reason::Retry };
                    changed = true;
                }
            }
            if changed { write(m, Vec::new()) } else { keep() }
        }
        Work::Filed { n } => match m.envelope_mut(*n) {
            Some(e) if e.state == EnvelopeState::Sent => {
                e.state = EnvelopeState::Filed;
                write(m, Vec::new())
            }
            _ => keep(),
        },
        Work::Merge => write(m, Vec::new()),
        Work::Harden { then } => write(m, then.clone()),
    };
    if let Decision::Write { mut message, then, extra } = decision {
        if shown::is_settled(&message) {
            message.settled_at.get_or_insert(now);
        }
        return Decision::Write { message, then, extra };
    }
    decision
}

pub fn keep() -> Decision {
    Decision::Keep { then: Vec::new() }
}

pub fn sending(m: &Message, n: u32) -> bool {
    m.envelope(n).is_some_and(|e| matches!(e.state, EnvelopeState::Sending { .. }))
}

/// Asked late enough for an absence, by both clocks (O-41).
fn quiet(m: &Message, n: u32, asked: Asked, c: &Context<'_>) -> bool {
    let Some(d) = m.envelope(n).and_then(|e| e.doubt.as_ref()) else {
        return true;
    };
    asked.stamp.wall >= doubt::quiet_from(d, c.facts.guarantees.settles()) && asked.mono >= c.quiet_mono
}

fn verb(mut m: Message, req: u32, verb: &MessageVerb, c: &Context<'_>) -> Decision {
    let now = c.facts.now.wall;
    let unit = Then::Reply { req, reply: ReplyKind::Unit };
    let done = match verb {
        MessageVerb::Abort { envelope } => return abort(m, req, *envelope),
        MessageVerb::Retry => verbs::retry(&mut m, now),
        MessageVerb::SetHold { until } => verbs::set_hold(&mut m, *until, now),
        MessageVerb::SendFirst => verbs::send_first(&mut m, c.first, now),
        MessageVerb::CheckAgain => verbs::check_again(&mut m, now),
        MessageVerb::Resolve { how, envelope } => {
            let word = match how {
                0 => Word::Sent,
                1 => Word::SendAgain,
                _ => Word::Draft,
            };
            verbs::resolve(&mut m, word, *envelope, now)
        }
        MessageVerb::LetPass => verbs::let_pass(&mut m, now),
        MessageVerb::Discard => {
            return if shown::is_settled(&m) {
                Decision::Delete { then: vec![unit] }
            } else {
                let got = shown::message(&m, now).name();
                Decision::Refuse {
                    error: MapiError::new(
                        Scode::MAPI_E_OBJECT_CHANGED,
                        "a message that is final",
                        format!("a message that is {got}"),
                    ),
                }
            };
        }
    };
    match done {
        Ok(()) => {
            if shown::is_settled(&m) {
                m.settled_at.get_or_insert(now);
            }
            write(m, vec![unit])
        }
        Err(error) => Decision::Refuse { error },
    }
}

fn abort(mut m: Message, req: u32, envelope: Option<u32>) -> Decision {
    let before = m.clone();
    verbs::abort(&mut m, envelope);
    let then = match verbs::aborted(&m, envelope) {
        Aborted::Cancelled => Then::Reply { req, reply: ReplyKind::Aborted(0) },
        Aborted::TooLate => Then::Reply { req, reply: ReplyKind::Aborted(1) },
        Aborted::Unknown => Then::Reply { req, reply: ReplyKind::Aborted(2) },
        Aborted::Pending => Then::AwaitAbort { req, envelope },
    };
    if m == before { Decision::Keep { then: vec![then] } } else { write(m, vec![then]) }
}

fn intend(mut m: Message, transport: &str, n: Option<u32>, token: Option<String>, c: &Context<'_>) -> Decision {
    let n = match n {
        Some(n) if m.envelope(n).is_some_and(|e| intent::is_ready(e, c.facts.now.wall, &c.facts)) => n,
        Some(_) => return keep(),
        None if c.routed.is_empty() || m.given_up.is_some() || m.hold.is_some_and(|at| at > c.facts.now.wall) => {
            return keep();
        }
        None => intent::envelope(&mut m, transport, c.account, c.routed.to_vec()),
    };
    if !c.may_begin {
        return keep();
    }
    match intent::intend(&mut m, n, token, c.driver, &c.facts) {
        Some((attempt, _, _)) => write(m, vec![Then::Begin { n, attempt }]),
        None => keep(),
    }
}

/// The envelope is made so that its wait is stored and shown; nothing was executed.
fn unprepared(mut m: Message, transport: &str, n: Option<u32>, meaning: &Meaning, c: &Context<'_>) -> Decision {
    let n = match n {
        Some(n) => n,
        None if c.routed.is_empty() => return keep(),
        None => intent::envelope(&mut m, transport, c.account, c.routed.to_vec()),
    };
    let meaning = match meaning {
        Meaning::NotDone { .. } | Meaning::Refused { .. } => meaning.clone(),
        Meaning::Trouble { .. } | Meaning::Accepted { .. } | Meaning::Kept { .. } | Meaning::Unknown { .. } => {
            Meaning::NotDone { reason: crate::spooler::outcome::NotAttempted::Transport, retry_after: None }
        }
    };
    let made = Attempt { intent: c.facts.now, deadline: c.facts.now.wall, wire: false, timed_out: None };
    settle::settle(&mut m, n, made, meaning, &c.facts);
    write(m, Vec::new())
}

/// The row still waits for this very attempt.
fn awaits(m: &Message, n: u32, attempt: u32) -> bool {
    m.envelope(n).is_some_and(|e| matches!(e.state, EnvelopeState::Sending { attempt: a, .. } if a == attempt))
}

fn ended(mut m: Message, n: u32, attempt: u32, made: Attempt, meaning: &Meaning, c: &Context<'_>) -> Decision {
    if !awaits(&m, n, attempt) {
        return late(m, n, attempt, made, meaning, c);
    }
    let left_out = settle::settle(&mut m, n, made, meaning.clone(), &c.facts);
    let transport = m.envelope(n).map(|e| e.transport.clone()).unwrap_or_default();
    let mut then = Vec::new();
    if left_out {
        then.push(Then::Misbehaved { transport });
    }
    if !c.files && m.envelope(n).is_some_and(|e| e.state == EnvelopeState::Sent) {
        then.push(Then::File { n });
    }
    if shown::is_settled(&m) {
        m.settled_at.get_or_insert(c.facts.now.wall);
    }
    write(m, then)
}

fn cancelled(mut m: Message, n: u32, result: u8, asked: Asked, c: &Context<'_>) -> Decision {
    let doubted = m.envelope(n).is_some_and(|e| e.doubt.is_some());
    let believed = c.facts.guarantees.dedupe_window.is_some() || quiet(&m, n, asked, c);
    match result {
        0 if !doubted || believed => verbs::cancelled_by_service(&mut m, n, believed),
        _ => {
            if let Some(e) = m.envelope_mut(n) {
                e.cancel = false;
            }
        }
    }
    write(m, Vec::new())
}

/// A timer ran out.
fn due(mut m: Message, n: u32, c: &Context<'_>) -> Decision {
    let now = c.facts.now.wall;
    let Some(e) = m.envelope_mut(n) else {
        return keep();
    };
    match &e.state {
        EnvelopeState::Deferred { since, .. } if settle::overdue(*since, now) => {
            let made = Attempt { intent: c.facts.now, deadline: now, wire: true, timed_out: None };
            settle::begin_doubt(&mut m, n, made, &c.facts);
            write(m, Vec::new())
        }
        EnvelopeState::Checking { next } if *next <= now && doubt::next_look(e, &c.facts) == Look::Ask => {
            e.state = EnvelopeState::Unconfirmed { absent: false };
            write(m, Vec::new())
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
        | EnvelopeState::Draft => keep(),
    }
}

fn resume(m: &mut Message, n: u32, c: &Context<'_>) -> bool {
    let Some(e) = m.envelope_mut(n) else {
        return false;
    };
    match &e.state {
        EnvelopeState::Parked { cause: ParkCause::Auth | ParkCause::Config | ParkCause::TransportAbsent }
            if e.doubt.is_none() =>
        {
            e.state = EnvelopeState::Queued { reason: if e.attempts == 0 { Reason::First } else { Reason::Retry } };
            e.failures = 0;
            e.troubled = None;
            true
        }
        EnvelopeState::Unconfirmed { absent: true } => {
            verbs::look_again(m, n, &c.facts);
            true
        }
        EnvelopeState::Parked { .. }
        | EnvelopeState::Unconfirmed { .. }
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
        | EnvelopeState::Draft => false,
    }
}
