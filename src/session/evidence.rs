//! Evidence, orphans, removed transports: what changes an envelope from outside its attempt (O-11, O-15, O-32, O-46, O-71).

use crate::mapi::Text;
use crate::mapi::ordered::Set;

use super::decide::{Context, keep, sending, write};
use super::stored::Evidence;
use super::work::Decision;
use crate::spooler::meaning::Meaning;
use crate::spooler::message::{Doubt, EnvelopeState, Message, RecipientState, Wall};
use crate::spooler::outcome::{NotAttempted, Outcome, RecipientResult, RecipientStatus};
use crate::spooler::said::Said;
use crate::spooler::settle::{self, Attempt};
use crate::spooler::shown;

/// A late "sent" is evidence; a late anything else counts only where nothing has happened since (O-32).
pub fn late(mut m: Message, n: u32, attempt: u32, made: Attempt, meaning: &Meaning, c: &Context<'_>) -> Decision {
    if let Meaning::Accepted { remote_id, recipients } = meaning {
        let changed = merge(&mut m, n, remote_id.as_ref(), recipients.as_deref(), c.facts.now.wall);
        return if changed { write(m, Vec::new()) } else { keep() };
    }
    let Some(e) = m.envelope_mut(n) else {
        return keep();
    };
    let own_timeout = e.attempts == attempt && e.doubt.as_ref().is_some_and(|d| d.by_timeout == Some(attempt));
    let waiting = matches!(e.state, EnvelopeState::Checking { .. } | EnvelopeState::Unconfirmed { .. });
    if !(own_timeout && waiting) || matches!(meaning, Meaning::Unknown { .. }) {
        return keep();
    }
    // In time after all: the doubt its own time-out began is lifted.
    e.doubt = None;
    if attempt == 1 && !made.wire {
        e.first_wire = None;
    }
    settle::mark(&mut m, n, |s| {
        if matches!(s, RecipientState::Doubtful { .. }) {
            *s = RecipientState::Assigned { envelope: n };
        }
    });
    // It was our signal that stopped it; whom a person stopped is known by the row.
    let meaning = match meaning {
        Meaning::Stopped { .. } => Meaning::NotDone { reason: NotAttempted::Busy, retry_after: None },
        other => other.clone(),
    };
    settle::settle(&mut m, n, made, meaning, &c.facts);
    if !c.present {
        gone(&mut m, n, c.facts.now.wall);
    }
    write(m, Vec::new())
}

/// What old generations left, merged into the row (O-71, O-72); true if it changed anything. Only "sent" counts.
pub fn merge_all(m: &mut Message, evidence: &[Evidence], now: Wall) -> bool {
    let mut changed = false;
    for e in evidence {
        match &e.outcome {
            Outcome::Accepted { remote_id, recipients } => {
                changed |= merge(m, e.envelope, remote_id.as_ref(), recipients.as_deref(), now);
            }
            Outcome::Rejected { .. }
            | Outcome::Deferred { .. }
            | Outcome::NotAttempted { .. }
            | Outcome::Unknown { .. }
            | Outcome::Http { .. }
            | Outcome::Mapi { .. } => {}
        }
    }
    changed
}

/// Evidence of "sent" always wins, over a person's word too; the report gets a new revision, by which every context hears
/// of it (O-46).
pub fn merge(
    m: &mut Message,
    n: u32,
    remote_id: Option<&Text>,
    recipients: Option<&[RecipientResult]>,
    now: Wall,
) -> bool {
    let known = m.recipients.iter().any(|r| r.state == RecipientState::Accepted { envelope: n });
    if !evidence(m, n, recipients) {
        return false;
    }
    m.revision = m.revision.saturating_add(1);
    // What it is called already is what those are shown with whom it took before.
    if let (Some(e), Some(id)) = (m.envelope_mut(n), remote_id.filter(|_| !known)) {
        e.remote_id = Some(id.clone());
    }
    if shown::is_settled(m) {
        m.settled_at.get_or_insert(now);
    }
    true
}

fn evidence(m: &mut Message, n: u32, recipients: Option<&[RecipientResult]>) -> bool {
    let mut changed = false;
    let mut others = Set::new();
    let of = m.envelope(n).map(|e| e.recipients.clone()).unwrap_or_default();
    let lines = recipients.map(|list| Said::new(m, &of, list));
    let accepts = |x: &RecipientResult| x.status == RecipientStatus::Accepted;
    for i in &of {
        let Some(r) = m.recipient_mut(*i) else { continue };
        let named = lines.as_ref().is_none_or(|lines| lines.of(&r.address).is_some_and(accepts));
        if !named || matches!(r.state, RecipientState::Accepted { .. }) {
            continue;
        }
        if let Some(other) = r.state.holder().filter(|other| *other != n) {
            others.insert(other);
        }
        r.state = RecipientState::Accepted { envelope: n };
        changed = true;
    }
    if !changed {
        return false;
    }
    for other in others {
        give_way(m, other);
    }
    if !settle::is_open(m, n) && !sending(m, n) {
        settle::finish(m, n);
        if let Some(e) = m.envelope_mut(n) {
            e.doubted = false;
        }
    }
    true
}

/// An envelope that lost a recipient to evidence about another: neither in flight nor in doubt, it makes room for one
/// without it (O-11).
fn give_way(m: &mut Message, n: u32) {
    let Some(e) = m.envelope(n) else { return };
    match &e.state {
        EnvelopeState::Queued { .. } | EnvelopeState::Waiting { .. } | EnvelopeState::Parked { .. } => {
            if e.doubt.is_none() {
                settle::release(m, n);
            }
        }
        EnvelopeState::Rejected => settle::finish(m, n),
        EnvelopeState::Sending { .. }
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
    if !c.present {
        gone(m, n, c.facts.now.wall);
    }
    true
}

/// A removed transport: what may have been executed is unconfirmed, the rest is routed again (O-15). An attempt in
/// flight is decided by its answer.
pub fn gone(m: &mut Message, n: u32, now: Wall) {
    let Some(e) = m.envelope_mut(n) else { return };
    match e.state {
        EnvelopeState::Sending { .. } => return,
        EnvelopeState::Deferred { since, .. } => {
            e.doubt.get_or_insert(Doubt {
                since,
                last_deadline: now,
                span: 0,
                budget_since: now,
                probes: 0,
                resubmits: 0,
                by_timeout: None,
                code: Text::default(),
            });
        }
        EnvelopeState::Queued { .. }
        | EnvelopeState::Waiting { .. }
        | EnvelopeState::Parked { .. }
        | EnvelopeState::Checking { .. }
        | EnvelopeState::Unconfirmed { .. } => {}
        EnvelopeState::Passed
        | EnvelopeState::Sent
        | EnvelopeState::Filed
        | EnvelopeState::Rejected
        | EnvelopeState::Cancelled
        | EnvelopeState::Draft => return,
    }
    if e.doubt.is_none() {
        settle::release(m, n);
        return;
    }
    e.state = EnvelopeState::Unconfirmed { absent: true };
    settle::mark(m, n, |s| {
        if matches!(s, RecipientState::Assigned { .. }) {
            *s = RecipientState::Doubtful { envelope: n };
        }
    });
}
