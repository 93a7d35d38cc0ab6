//! Evidence, orphans, removed transports: what changes an envelope from outside its attempt (O-11, O-15, O-32, O-46, O-71).

use super::decide::{Context, keep, sending, write};
use super::work::{Decision, Then};
use crate::spooler::meaning::Meaning;
use crate::spooler::message::{EnvelopeState, Message, RecipientState};
use crate::spooler::settle::{self, Attempt};
use crate::spooler::shown;

/// A late "sent" is evidence; a late anything else counts only where nothing has happened since (O-32).
pub fn late(mut m: Message, n: u32, attempt: u32, made: Attempt, meaning: &Meaning, c: &Context<'_>) -> Decision {
    let Some(e) = m.envelope_mut(n) else {
        return keep();
    };
    if let Meaning::Accepted { recipients, .. } = meaning {
        let before = shown::message(&m, c.facts.now.wall);
        let was_settled = shown::is_settled(&m);
        evidence(&mut m, n, recipients.as_deref());
        if was_settled {
            m.revision = m.revision.saturating_add(1);
        }
        if shown::is_settled(&m) {
            m.settled_at.get_or_insert(c.facts.now.wall);
        }
        let changed = shown::message(&m, c.facts.now.wall) != before;
        return write(m, if changed { vec![Then::Evidence] } else { Vec::new() });
    }
    let own_timeout = e.attempts == attempt && e.doubt.as_ref().is_some_and(|d| d.by_timeout == Some(attempt));
    let waiting = matches!(e.state, EnvelopeState::Checking { .. } | EnvelopeState::Unconfirmed { .. });
    if !(own_timeout && waiting) || matches!(meaning, Meaning::Unknown { .. }) {
        return keep();
    }
    // In time after all: the doubt its own time-out began is lifted.
    e.doubt = None;
    settle::mark(&mut m, n, |s| {
        if matches!(s, RecipientState::Doubtful { .. }) {
            *s = RecipientState::Assigned { envelope: n };
        }
    });
    settle::settle(&mut m, n, made, meaning.clone(), &c.facts);
    write(m, Vec::new())
}

/// Late evidence of "sent" always wins, over a person's word too (O-46); a later envelope of the same recipients gives way (O-11).
pub fn evidence(m: &mut Message, n: u32, recipients: Option<&[crate::spooler::outcome::RecipientResult]>) {
    let Some(indices) = m.envelope(n).map(|e| e.recipients.clone()) else {
        return;
    };
    for i in indices {
        let Some(r) = usize::try_from(i).ok().and_then(|i| m.recipients.get_mut(i)) else {
            continue;
        };
        let named = recipients.is_none_or(|list| {
            list.iter().any(|x| {
                x.address.eq_ignore_ascii_case(&r.address)
                    && x.status == crate::spooler::outcome::RecipientStatus::Accepted
            })
        });
        if named && !matches!(r.state, RecipientState::Accepted { .. }) {
            r.state = RecipientState::Accepted { envelope: n };
        }
    }
    give_way(m, n);
    let mut doubtful = false;
    settle::mark(m, n, |s| doubtful |= matches!(s, RecipientState::Doubtful { .. } | RecipientState::Assigned { .. }));
    if !doubtful && !sending(m, n) {
        settle::finish(m, n);
    }
}

/// A later envelope that has what turned out to be accepted, neither in flight nor in doubt, makes room for one without (O-11).
fn give_way(m: &mut Message, n: u32) {
    let accepted: Vec<u32> = m.envelope(n).map(|e| e.recipients.clone()).unwrap_or_default();
    let later = |e: &&crate::spooler::message::Envelope| {
        e.n > n
            && !e.state.is_final()
            && e.doubt.is_none()
            && !matches!(e.state, EnvelopeState::Sending { .. })
            && e.recipients.iter().any(|i| accepted.contains(i))
    };
    let yielding: Vec<u32> = m.envelopes.iter().filter(later).map(|e| e.n).collect();
    for y in yielding {
        settle::mark(m, y, |s| {
            if *s == (RecipientState::Assigned { envelope: y }) {
                *s = RecipientState::Open;
            }
        });
        if let Some(e) = m.envelope_mut(y) {
            e.recipients.retain(|i| !accepted.contains(i));
            e.state = EnvelopeState::Passed;
        }
    }
}

/// The attempt of a dead life or generation is doubt (O-71).
pub fn orphan(m: &mut Message, n: u32, c: &Context<'_>) -> bool {
    let Some(e) = m.envelope(n) else { return false };
    let EnvelopeState::Sending { epoch, generation, intent, deadline, .. } = e.state else {
        return false;
    };
    if (epoch, generation) == (c.driver.epoch, c.driver.generation) {
        return false;
    }
    settle::begin_doubt(m, n, Attempt { intent, deadline, wire: true, timed_out: None }, &c.facts);
    if !c.present
        && let Some(e) = m.envelope_mut(n)
    {
        e.state = EnvelopeState::Unconfirmed { absent: true };
    }
    true
}

/// A removed transport: what may have been executed is unconfirmed, the rest is routed again (O-15).
pub fn gone(m: &mut Message, n: u32) {
    let Some(e) = m.envelope_mut(n) else { return };
    if let EnvelopeState::Deferred { since, .. } = e.state {
        e.doubt.get_or_insert(crate::spooler::message::Doubt {
            since,
            last_deadline: since,
            span: 0,
            budget_since: since,
            probes: 0,
            resubmits: 0,
            by_timeout: None,
        });
    }
    if e.doubt.is_some() {
        e.state = EnvelopeState::Unconfirmed { absent: true };
        settle::mark(m, n, |s| {
            if matches!(s, RecipientState::Assigned { .. }) {
                *s = RecipientState::Doubtful { envelope: n };
            }
        });
    } else if !matches!(e.state, EnvelopeState::Sending { .. }) {
        settle::give_back(m, n);
    }
}
