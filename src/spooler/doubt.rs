//! The rules of doubt: windows, absence, what a transport's guarantees allow (O-40…O-47).

use super::message::{Doubt, Envelope, EnvelopeState, Message, Stamp, Stop, Wall};
use crate::mapi::{Scode, Text};

/// What a transport promises (design, section 4).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Guarantees {
    /// `deduplicates.windowMs`.
    pub dedupe_window: Option<i64>,
    /// `probe`.
    pub probe: Option<Probe>,
    /// `cancels`.
    pub cancels: bool,
    /// `filesSentCopy: "always"`.
    pub files_sent_copy: bool,
    /// `perRecipient`.
    pub per_recipient: bool,
    /// Bytes.
    pub max_size: Option<u64>,
    /// Recipients of one envelope.
    pub max_recipients: Option<u32>,
    /// `remote`.
    pub remote: bool,
    /// `asynchronous`.
    pub asynchronous: bool,
}

/// What `probeMessage` can prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Probe {
    /// Its "absent" can be believed.
    pub authoritative: bool,
    /// After the last deadline, ms.
    pub settles: i64,
}

/// Unless a transport declares its own (O-43).
pub const SETTLES: i64 = 60_000;
/// Five days: then ask, never drop (O-50).
pub const PATIENCE: i64 = 5 * 86_400_000;
const DAY: i64 = 86_400_000;
const QUARTER: i64 = 900_000;
const SCHEDULE: [i64; 4] = [0, 5_000, 15_000, 60_000];

impl Guarantees {
    /// How long its service takes to show what it executed.
    pub fn settles(&self) -> i64 {
        self.probe.map_or(SETTLES, |p| p.settles)
    }

    /// Its "absent" can be believed.
    pub fn authoritative(&self) -> bool {
        self.probe.is_some_and(|p| p.authoritative)
    }
}

/// What the rules need to know besides the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Of the envelope's transport.
    pub guarantees: &'a Guarantees,
    /// Now, in terms another life can check.
    pub now: Stamp,
    /// How long the next attempt may take, ms.
    pub span: i64,
    /// A random number for the back-off.
    pub jitter: u32,
    /// When an absence will count by the monotonic clock, if the two keep step (O-41).
    pub quiet: Wall,
}

/// 5 s·2ⁿ ±20 %, at most 15 min (O-50).
pub fn back_off(n: u32, jitter: u32) -> i64 {
    let base = 5_000_i64.checked_shl(n.min(20)).unwrap_or(QUARTER).min(QUARTER);
    let fifth = base / 5;
    base - fifth + i64::from(jitter) % (2 * fifth + 1)
}

/// A service's wish, clamped to a day; after a second failure it shortens no wait (O-50).
pub fn retry_after(wish: Option<i64>, n: u32, jitter: u32) -> i64 {
    let own = back_off(n, jitter);
    wish.map_or(own, |ms| ms.clamp(if n == 0 { 0 } else { own }, DAY))
}

/// An instant by a clock that went back by so much: as far away as it was, at most a day (O-50).
pub fn earlier(at: Wall, by: i64, now: Wall) -> Wall {
    if at > now { at.saturating_sub(by).clamp(now, now.saturating_add(DAY)) } else { at }
}

/// The clock went back: what waits waits no longer for it, and nothing began later than now (O-45, O-50). What a person
/// held is held until the instant that was said.
pub fn set_back(m: &mut Message, by: i64, now: Wall) {
    let hold = m.hold;
    for e in &mut m.envelopes {
        match &mut e.state {
            EnvelopeState::Waiting { until, .. } if hold != Some(*until) => *until = earlier(*until, by, now),
            EnvelopeState::Checking { next } => *next = earlier(*next, by, now),
            EnvelopeState::Deferred { since, .. } => *since = now.min(*since),
            EnvelopeState::Waiting { .. }
            | EnvelopeState::Queued { .. }
            | EnvelopeState::Sending { .. }
            | EnvelopeState::Parked { .. }
            | EnvelopeState::Unconfirmed { .. }
            | EnvelopeState::Passed
            | EnvelopeState::Sent
            | EnvelopeState::Filed
            | EnvelopeState::Rejected
            | EnvelopeState::Cancelled
            | EnvelopeState::Draft => {}
        }
        e.troubled = e.troubled.map(|since| since.min(now));
        if let Some(d) = &mut e.doubt {
            d.budget_since = d.budget_since.min(now);
        }
    }
}

/// The same key may be submitted again although the envelope is in doubt (O-43).
pub fn may_resubmit(e: &Envelope, f: &Facts<'_>) -> bool {
    let (Some(window), Some(first)) = (f.guarantees.dedupe_window, e.first_wire) else {
        return false;
    };
    let end = first.wall.saturating_add(believed(window));
    let done = f.now.wall.saturating_add(f.span).saturating_add(f.guarantees.settles());
    first.clock_epoch == f.now.clock_epoch && f.now.wall >= first.wall && done < end
}

/// The service's definite answer to this key can be believed now (O-13 b).
pub fn in_window(e: &Envelope, f: &Facts<'_>) -> bool {
    let Some(window) = f.guarantees.dedupe_window else {
        return false;
    };
    let Some(first) = e.first_wire else {
        return true;
    };
    first.clock_epoch == f.now.clock_epoch && f.now.wall < first.wall.saturating_add(believed(window))
}

/// An attempt may have been executed: the envelope is in doubt from now on, or more so.
pub fn doubt(e: &mut Envelope, intent: Stamp, deadline: Wall, by_timeout: Option<u32>, f: &Facts<'_>) {
    let span = deadline.saturating_sub(intent.wall).max(0);
    let fresh = e.doubt.is_none();
    let d = e.doubt.get_or_insert(Doubt {
        since: f.now.wall,
        last_deadline: deadline,
        span,
        budget_since: f.now.wall,
        probes: 0,
        resubmits: 0,
        by_timeout: None,
        code: Text::default(),
    });
    d.code = Text::default();
    d.last_deadline = d.last_deadline.max(deadline);
    d.span = d.span.max(span);
    d.by_timeout = if fresh { by_timeout } else { None };
    e.first_wire = e.first_wire.or(Some(intent));
    e.state = look(e, f);
}

/// Where an envelope in doubt waits: for its next look, or for a person.
pub fn look(e: &Envelope, f: &Facts<'_>) -> EnvelopeState {
    let Some(d) = &e.doubt else {
        return e.state.clone();
    };
    if resubmits(e, d, f) {
        return EnvelopeState::Checking {
            next: f.now.wall.saturating_add(back_off(d.resubmits.max(e.failures), f.jitter)),
        };
    }
    match f.guarantees.probe {
        Some(probe) if within_budget(d, probe, f.now.wall) => EnvelopeState::Checking { next: next_probe(d, probe, f) },
        _ => EnvelopeState::Unconfirmed { absent: false },
    }
}

/// By this code a transport or a person stopped the last attempt: nothing is sent again by itself.
pub fn stopped(d: &Doubt) -> Option<Scode> {
    let code = |c: &Scode| c.name() == d.code.as_str();
    [Scode::MAPI_E_CANCEL, Scode::MAPI_E_USER_CANCEL].into_iter().find(code)
}

/// With deduplication the same key again; with a probe beside it once, then the probe; never what was stopped.
fn resubmits(e: &Envelope, d: &Doubt, f: &Facts<'_>) -> bool {
    let stopped = e.stop != Stop::No || stopped(d).is_some();
    !stopped && may_resubmit(e, f) && (f.guarantees.probe.is_none() || d.resubmits == 0)
}

/// What a look in `checking` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The same key again.
    Resubmit,
    /// Ask the service.
    Probe,
    /// Nothing is left to do without a person.
    Ask,
}

/// The next look.
pub fn next_look(e: &Envelope, f: &Facts<'_>) -> Look {
    let Some(d) = &e.doubt else { return Look::Ask };
    if resubmits(e, d, f) {
        return Look::Resubmit;
    }
    match f.guarantees.probe {
        Some(probe) if within_budget(d, probe, f.now.wall) => Look::Probe,
        _ => Look::Ask,
    }
}

/// When nothing will be left to do without a person, if nothing happens.
pub fn gives_up_at(e: &Envelope, f: &Facts<'_>) -> Option<Wall> {
    let d = e.doubt.as_ref()?;
    let looks = f.guarantees.probe.map(|probe| d.budget_since.saturating_add(budget(probe)).saturating_add(1));
    looks.or_else(|| {
        let end = e.first_wire?.wall.saturating_add(believed(f.guarantees.dedupe_window?));
        Some(end.saturating_sub(f.span).saturating_sub(f.guarantees.settles()))
    })
}

/// The part of a window that is relied on.
fn believed(window: i64) -> i64 {
    window.saturating_sub(window / 10)
}

/// The longer of a day and ten times what the service takes (O-45).
fn budget(probe: Probe) -> i64 {
    DAY.max(probe.settles.saturating_mul(10))
}

fn within_budget(d: &Doubt, probe: Probe, now: Wall) -> bool {
    now.saturating_sub(d.budget_since) <= budget(probe)
}

fn next_probe(d: &Doubt, probe: Probe, f: &Facts<'_>) -> Wall {
    let step = usize::try_from(d.probes).unwrap_or(usize::MAX);
    let at = match SCHEDULE.get(step) {
        Some(ms) => d.budget_since.saturating_add(*ms),
        None => f.now.wall.saturating_add(back_off(d.probes.saturating_sub(1), f.jitter)),
    };
    // The instant from which "absent" can be believed is worth a look of its own.
    let settled = quiet_from(d, probe.settles).max(f.quiet);
    if probe.authoritative && f.now.wall < settled && at > settled { settled } else { at.max(f.now.wall) }
}

/// From here on an authoritative "absent" counts, by the wall clock (O-41).
pub fn quiet_from(d: &Doubt, settles: i64) -> Wall {
    d.last_deadline.saturating_add(settles).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o_50_back_off_doubles_to_a_quarter_of_an_hour() {
        for n in 0..64 {
            for jitter in [0, 1, 12_345, u32::MAX] {
                let ms = back_off(n, jitter);
                let base = (5_000_i64 << n.min(20)).min(QUARTER);
                assert!((base * 4 / 5..=base * 6 / 5).contains(&ms), "{n} {ms}");
            }
        }
    }

    #[test]
    fn o_50_retry_after_is_clamped_to_a_day() {
        assert_eq!(retry_after(Some(i64::MAX), 0, 0), DAY);
        assert_eq!(retry_after(Some(-5), 0, 0), 0);
        assert_eq!(retry_after(Some(-5), 1, 0), back_off(1, 0));
    }
}
