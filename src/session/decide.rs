//! Work on a message: what it does to it. Pure: the same row and the same work give the same decision.
#![allow(missing_docs, reason = "the line of a variant speaks for its fields")]

use std::sync::Arc;

use super::evidence::{gone, late, orphan};
use super::happen::{due, ended, probed, resume, told};
use super::io::MessageVerb;
use super::work::{Decision, ReplyKind, Then, Work};
use crate::mapi::{Gather, MapiError, Scode, Text, told};
use crate::spooler::doubt::{self, Facts};
use crate::spooler::intent::{self, Driver};
use crate::spooler::meaning::Meaning;
use crate::spooler::message::{EnvelopeState, Message, Reason};
use crate::spooler::outcome::NotAttempted;
use crate::spooler::settle::{self, Attempt};
use crate::spooler::shown;
use crate::spooler::verbs::{self, Aborted, Word};

/// What the decision needs of the session.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Of the transport the work is about.
    pub facts: Facts<'a>,
    /// Its account.
    pub account: &'a Text,
    /// Its configuration.
    pub configuration: u32,
    /// Recipients open for it, at most as many as it takes.
    pub routed: &'a [u32],
    /// Who drives; zeros for a follower.
    pub driver: Driver,
    /// Below every other order.
    pub first: i64,
    /// An earlier message of its strict conversation is open (O-34).
    pub held_back: bool,
    /// Earliest monotonic instant at which an absence of this envelope counts (O-41).
    pub quiet_mono: i64,
    /// No other envelope with this Message-ID went to the account (O-12).
    pub sole: bool,
    /// Recipients that no transport takes.
    pub homeless: &'a [intent::Homeless],
    /// The transport is in this session; of a verb, the only one the message may go to.
    pub present: bool,
}

pub fn write(m: Message, then: Vec<Then>) -> Decision {
    Decision::Write { message: Arc::new(m), then }
}

pub fn keep() -> Decision {
    Decision::Keep { then: Vec::new() }
}

pub fn sending(m: &Message, n: u32) -> bool {
    m.envelope(n).is_some_and(|e| matches!(e.state, EnvelopeState::Sending { .. }))
}

/// Decides.
pub fn decide(m: &Message, work: &Work, c: &Context<'_>) -> Decision {
    match act(m.clone(), work, c) {
        Decision::Write { mut message, then } => {
            if message.settled_at.is_none() && shown::is_settled(&message) {
                Arc::make_mut(&mut message).settled_at = Some(c.facts.now.wall);
            }
            // Mostly it is the envelopes that differ.
            let same = message.envelopes == m.envelopes && *message == *m;
            if same && !work.insists() { Decision::Keep { then } } else { Decision::Write { message, then } }
        }
        decision @ (Decision::Keep { .. } | Decision::Delete { .. } | Decision::Refuse { .. }) => decision,
    }
}

fn act(mut m: Message, work: &Work, c: &Context<'_>) -> Decision {
    match work {
        Work::Verb { req, verb } => return self::verb(m, *req, verb, c),
        Work::Intend { transport, n, token, configuration } => {
            return intend(m, transport, *n, token.clone(), *configuration, c);
        }
        Work::Ended { n, attempt, made, meaning } => return ended(m, *n, *attempt, *made, meaning, c),
        Work::Late { n, attempt, made, meaning } => return late(m, *n, *attempt, *made, meaning, c),
        Work::Probed { n, found, recipients, asked } => return probed(m, *n, *found, recipients.clone(), *asked, c),
        Work::Due { n } => return due(m, *n, c),
        Work::Harden { then } => return write(m, then.clone()),
        // The row's evidence is merged before every decision.
        Work::Merge => return keep(),
        Work::Bury => {}
        Work::Unprepared { transport, n, meaning } => unprepared(&mut m, transport, *n, meaning, c),
        Work::Orphaned { n } => {
            orphan(&mut m, *n, c);
        }
        Work::Cancelled { n, result, asked } => told(&mut m, *n, *result, *asked, c),
        Work::Homeless => intent::homeless(&mut m, c.homeless, &c.facts),
        Work::Resume { transport } => {
            for n in unfinished(&m, transport) {
                resume(&mut m, n, c);
            }
        }
        Work::Park { transport, cause } => {
            for e in m.envelopes.iter_mut().filter(|e| e.transport == *transport && e.doubt.is_none()) {
                if let EnvelopeState::Queued { .. } | EnvelopeState::Waiting { .. } = e.state {
                    e.state = EnvelopeState::Parked { cause: *cause };
                }
            }
        }
        Work::Gone { transport } => {
            for n in unfinished(&m, transport) {
                gone(&mut m, n, c.facts.now.wall);
            }
        }
        Work::Hurry { transport } => {
            for e in m.envelopes.iter_mut().filter(|e| e.transport == *transport) {
                if let EnvelopeState::Waiting { until, .. } = &mut e.state {
                    *until = c.facts.now.wall.min(*until);
                }
            }
        }
        Work::SetBack { by } => doubt::set_back(&mut m, *by, c.facts.now.wall),
        Work::SentDeferred { transport, entry } => {
            for e in m.envelopes.iter_mut().filter(|e| e.transport == *transport) {
                if let EnvelopeState::Deferred { entry: mine, .. } = &e.state
                    && entry.as_ref().is_none_or(|x| x == mine)
                {
                    e.entry = Some(mine.clone());
                    e.state = EnvelopeState::Queued { reason: Reason::Retry };
                }
            }
        }
        Work::Filed { n } => {
            if let Some(e) = m.envelope_mut(*n).filter(|e| e.state == EnvelopeState::Sent) {
                e.state = EnvelopeState::Filed;
            }
        }
    }
    write(m, Vec::new())
}

fn unfinished(m: &Message, transport: &Text) -> Vec<u32> {
    m.envelopes.iter().filter(|e| e.transport == *transport && !e.state.is_final()).map(|e| e.n).gather()
}

fn verb(mut m: Message, req: u32, verb: &MessageVerb, c: &Context<'_>) -> Decision {
    let now = c.facts.now.wall;
    let unit = Then::Reply { req, reply: ReplyKind::Unit };
    let done = match verb {
        MessageVerb::Abort { envelope } => return abort(m, req, *envelope),
        MessageVerb::Retry => {
            let absent = m.pin.is_some() && !c.present;
            verbs::retry(&mut m, absent, now)
        }
        MessageVerb::SetHold { until } => verbs::set_hold(&mut m, *until, now),
        MessageVerb::SendFirst => verbs::send_first(&mut m, c.first, c.held_back, now),
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
                        told!["a message that is ", got],
                    ),
                }
            };
        }
    };
    match done {
        Ok(()) => write(m, vec![unit]),
        Err(error) => Decision::Refuse { error },
    }
}

fn abort(mut m: Message, req: u32, envelope: Option<u32>) -> Decision {
    if let Err(error) = verbs::has(&m, envelope) {
        return Decision::Refuse { error };
    }
    verbs::abort(&mut m, envelope);
    let then = match verbs::aborted(&m, envelope) {
        Aborted::Cancelled => Then::Reply { req, reply: ReplyKind::Aborted(0) },
        Aborted::TooLate => Then::Reply { req, reply: ReplyKind::Aborted(1) },
        Aborted::Unknown => Then::Reply { req, reply: ReplyKind::Aborted(2) },
        Aborted::Pending => Then::AwaitAbort { req, envelope },
    };
    write(m, vec![then])
}

/// The envelope for an attempt of `transport` that may begin now: the one it is about, or a new one of what is open.
fn ready(m: &mut Message, transport: &Text, n: Option<u32>, c: &Context<'_>) -> Option<u32> {
    let now = c.facts.now.wall;
    match n {
        Some(n) => m.envelope(n).filter(|e| intent::is_ready(e, now, &c.facts)).map(|e| e.n),
        None if c.routed.is_empty() || m.hold.is_some_and(|at| at > now) => None,
        None => Some(intent::envelope(m, transport, c.account, c.routed.to_vec())),
    }
}

fn intend(
    mut m: Message,
    transport: &Text,
    n: Option<u32>,
    token: Option<Text>,
    configuration: u32,
    c: &Context<'_>,
) -> Decision {
    if c.held_back {
        return keep();
    }
    let Some(n) = ready(&mut m, transport, n, c) else {
        return keep();
    };
    // Reconfigured since it was prepared: it is prepared again.
    if m.envelope(n).is_none_or(|e| intent::configuration(e, c.configuration) != configuration) {
        return keep();
    }
    match intent::intend(&mut m, n, token, c.driver, configuration, &c.facts) {
        Some((attempt, _, _)) => write(m, vec![Then::Begin { n, attempt }]),
        None => keep(),
    }
}

/// The envelope is made so that its wait is stored and shown; nothing was executed.
fn unprepared(m: &mut Message, transport: &Text, n: Option<u32>, meaning: &Meaning, c: &Context<'_>) {
    let Some(n) = ready(m, transport, n, c) else { return };
    let meaning = match meaning {
        Meaning::NotDone { .. } | Meaning::Stopped { .. } | Meaning::Refused { .. } => meaning.clone(),
        Meaning::Trouble { .. } | Meaning::Accepted { .. } | Meaning::Kept { .. } | Meaning::Unknown { .. } => {
            Meaning::NotDone { reason: NotAttempted::Transport, retry_after: None }
        }
    };
    let made = Attempt { intent: c.facts.now, deadline: c.facts.now.wall, wire: false, timed_out: None };
    settle::settle(m, n, made, meaning, &c.facts);
}
