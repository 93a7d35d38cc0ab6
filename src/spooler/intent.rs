//! Envelopes are made, and attempts begin (O-11, O-32, O-43, O-47).

use super::doubt::{self, Facts};
use super::message::{Doubt, Envelope, EnvelopeState, Message, ParkCause, Reason, RecipientState, Stamp, Stop, Wall};
use super::outcome::NotAttempted;
use super::settle;
use crate::mapi::Text;

/// 60 s and 16 KiB a second (O-32).
pub fn default_span(size: u64) -> i64 {
    60_000_i64.saturating_add(i64::try_from(size / 16).unwrap_or(i64::MAX / 2))
}

/// A new envelope for open recipients.
pub fn envelope(m: &mut Message, transport: &Text, account: &Text, recipients: Vec<u32>) -> u32 {
    let n = m.next_envelope();
    for i in &recipients {
        if let Some(r) = m.recipient_mut(*i) {
            r.state = RecipientState::Assigned { envelope: n };
        }
    }
    // Mostly there is one.
    m.envelopes.reserve_exact(1);
    m.envelopes.push(Envelope {
        n,
        transport: transport.clone(),
        account: account.clone(),
        recipients,
        state: EnvelopeState::Queued { reason: Reason::First },
        doubt: None,
        attempts: 0,
        failures: 0,
        troubled: None,
        token: None,
        token_stale: true,
        first_wire: None,
        entry: None,
        stop: Stop::No,
        doubted: false,
        remote_id: None,
        configuration: 0,
    });
    n
}

/// A recipient that nobody takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Homeless {
    /// Its place in the message.
    pub recipient: u32,
    /// Its last transport gave it back for now, and may be asked again; or the only one it may go to is not here.
    pub again: Option<Again>,
}

/// Where it goes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// The transport.
    pub transport: Text,
    /// Its account.
    pub account: Text,
    /// So many recipients in one envelope.
    pub most: usize,
    /// It is not here.
    pub absent: bool,
}

/// Nobody takes these: those that were given back for now go to the same transport after a while, in new envelopes; what
/// is for one that is not here waits for it (O-73); the others are refused.
pub fn homeless(m: &mut Message, recipients: &[Homeless], f: &Facts<'_>) {
    let mut later: Vec<(&Again, Vec<u32>)> = Vec::new();
    for Homeless { recipient, again } in recipients {
        let Some(again) = again else {
            if let Some(r) = m.recipient_mut(*recipient) {
                let code = "noTransport".into();
                r.state = RecipientState::Rejected { envelope: None, code, text: String::new() };
            }
            continue;
        };
        match later.iter_mut().find(|(known, waiting)| *known == again && waiting.len() < again.most) {
            Some((_, waiting)) => waiting.push(*recipient),
            None => later.push((again, vec![*recipient])),
        }
    }
    for (Again { transport, account, absent, .. }, waiting) in later {
        let mut earlier = m.envelopes.iter().rev();
        let earlier = earlier.find(|e| e.transport == *transport && waiting.iter().any(|i| e.recipients.contains(i)));
        let (failures, since) = earlier.map_or((0, None), |e| (e.failures, e.troubled));
        let n = envelope(m, transport, account, waiting);
        if let Some(e) = m.envelope_mut(n) {
            (e.failures, e.troubled) = (failures, since);
        }
        if *absent && let Some(e) = m.envelope_mut(n) {
            e.state = EnvelopeState::Parked { cause: ParkCause::TransportAbsent };
        } else {
            settle::not_done(m, n, NotAttempted::Busy, None, f);
        }
    }
}

/// An attempt may begin from here, by its state alone.
pub fn is_ready(e: &Envelope, now: Wall, f: &Facts<'_>) -> bool {
    if e.stop != Stop::No {
        return false;
    }
    match &e.state {
        EnvelopeState::Queued { .. } => true,
        EnvelopeState::Waiting { until, .. } => *until <= now,
        EnvelopeState::Checking { next } => *next <= now && doubt::next_look(e, f) == doubt::Look::Resubmit,
        EnvelopeState::Sending { .. }
        | EnvelopeState::Deferred { .. }
        | EnvelopeState::Parked { .. }
        | EnvelopeState::Unconfirmed { .. }
        | EnvelopeState::Passed
        | EnvelopeState::Sent
        | EnvelopeState::Filed
        | EnvelopeState::Rejected
        | EnvelopeState::Cancelled
        | EnvelopeState::Draft => false,
    }
}

/// Who begins the attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Driver {
    /// Of the database.
    pub epoch: u32,
    /// Inside the life.
    pub generation: u32,
}

/// A service may have it: only that one can say, or recognise a repeat.
pub fn is_bound(e: &Envelope) -> bool {
    !e.token_stale && (e.doubt.is_some() || e.entry.is_some())
}

/// The configuration its next attempt is made with. Another may be another service, which knows nothing of what this one
/// may have executed.
pub fn configuration(e: &Envelope, current: u32) -> u32 {
    if is_bound(e) { e.configuration } else { current }
}

/// The record of an attempt that is about to begin.
pub fn intend(
    m: &mut Message,
    n: u32,
    token: Option<Text>,
    driver: Driver,
    configuration: u32,
    f: &Facts<'_>,
) -> Option<(u32, Wall, Reason)> {
    let deadline = f.now.wall.saturating_add(f.span);
    let intent: Stamp = f.now;
    let e = m.envelope_mut(n)?;
    let reason = settle::next_reason(e);
    let resubmit = matches!(e.state, EnvelopeState::Checking { .. });
    e.attempts = e.attempts.saturating_add(1);
    // What one service prepared is nothing to another, and what no attempt may have used was made anew, even as nothing.
    let unused = e.first_wire.is_none() && e.doubt.is_none();
    if unused || e.token_stale || token.is_some() || e.configuration != configuration {
        e.token = token;
        e.token_stale = false;
    }
    e.configuration = configuration;
    if let Some(d) = e.doubt.as_mut() {
        d.by_timeout = None;
        if resubmit {
            d.resubmits = d.resubmits.saturating_add(1);
        }
    }
    let attempt = e.attempts;
    e.state = EnvelopeState::Sending {
        attempt,
        epoch: driver.epoch,
        generation: driver.generation,
        intent,
        deadline,
        reason,
    };
    Some((attempt, deadline, reason))
}

/// The doubt's clock begins anew: a person asked, or the transport came back (O-21, O-45).
pub fn fresh_budget(d: &mut Doubt, now: Wall) {
    d.budget_since = now;
    d.probes = 0;
}
