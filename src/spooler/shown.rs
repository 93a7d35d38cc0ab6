//! What a message shows: the worst of its envelopes (O-20, O-21).

use super::message::{Envelope, EnvelopeState, GivenUp, Message, RecipientState, Wall};

/// From the mildest to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shown {
    /// Delivered and filed.
    Filed,
    /// The service has it.
    Sent,
    /// By a person.
    Cancelled,
    /// Taken back.
    Draft,
    /// Kept by the provider.
    Deferred,
    /// Not before an instant.
    Held,
    /// In line.
    Queued,
    /// An attempt is being made.
    Sending,
    /// Until an instant.
    Waiting,
    /// Somebody was refused.
    Rejected,
    /// Until somebody acts.
    Parked,
    /// The outcome is being looked into.
    Checking,
    /// Nobody knows; a person decides.
    Unconfirmed,
    /// Its row could not be read.
    Corrupt,
}

impl Shown {
    /// As JavaScript says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Filed => "filed",
            Self::Sent => "sent",
            Self::Cancelled => "cancelled",
            Self::Draft => "draft",
            Self::Deferred => "deferred",
            Self::Held => "held",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Waiting => "waiting",
            Self::Rejected => "rejected",
            Self::Parked => "parked",
            Self::Checking => "checking",
            Self::Unconfirmed => "unconfirmed",
            Self::Corrupt => "corrupt",
        }
    }

    /// Nothing moves any more without a person.
    pub fn is_final(self) -> bool {
        match self {
            Self::Filed | Self::Sent | Self::Cancelled | Self::Draft | Self::Rejected => true,
            Self::Deferred
            | Self::Held
            | Self::Queued
            | Self::Sending
            | Self::Waiting
            | Self::Parked
            | Self::Checking
            | Self::Unconfirmed
            | Self::Corrupt => false,
        }
    }
}

/// One envelope; `None` for one that does not count.
pub fn envelope(e: &Envelope) -> Option<Shown> {
    let shown = match &e.state {
        EnvelopeState::Passed => return None,
        EnvelopeState::Sent => Shown::Sent,
        EnvelopeState::Filed => Shown::Filed,
        EnvelopeState::Rejected => Shown::Rejected,
        EnvelopeState::Cancelled => Shown::Cancelled,
        EnvelopeState::Draft => Shown::Draft,
        EnvelopeState::Checking { .. } => Shown::Checking,
        EnvelopeState::Unconfirmed { .. } => Shown::Unconfirmed,
        EnvelopeState::Queued { .. } => doubted(e, Shown::Checking, Shown::Queued),
        EnvelopeState::Sending { .. } => doubted(e, Shown::Checking, Shown::Sending),
        EnvelopeState::Waiting { .. } => doubted(e, Shown::Checking, Shown::Waiting),
        EnvelopeState::Deferred { .. } => doubted(e, Shown::Unconfirmed, Shown::Deferred),
        EnvelopeState::Parked { .. } => doubted(e, Shown::Unconfirmed, Shown::Parked),
    };
    Some(shown)
}

fn doubted(e: &Envelope, doubt: Shown, sure: Shown) -> Shown {
    if e.doubt.is_some() { doubt } else { sure }
}

/// The message, now.
pub fn message(m: &Message, now: Wall) -> Shown {
    if m.is_remnant() {
        return Shown::Corrupt;
    }
    let mut worst = m.envelopes.iter().filter_map(envelope).max();
    for r in &m.recipients {
        let shown = match &r.state {
            RecipientState::Open if m.hold.is_some_and(|at| at > now) => Shown::Held,
            RecipientState::Open => Shown::Queued,
            RecipientState::GivenUp { how: GivenUp::Cancelled } => Shown::Cancelled,
            RecipientState::GivenUp { how: GivenUp::Draft } => Shown::Draft,
            RecipientState::Rejected { .. } => Shown::Rejected,
            RecipientState::Assigned { .. } | RecipientState::Accepted { .. } | RecipientState::Doubtful { .. } => {
                continue;
            }
        };
        worst = worst.max(Some(shown));
    }
    match worst {
        Some(Shown::Cancelled | Shown::Draft) if m.any_accepted() => Shown::Sent,
        Some(shown) => shown,
        None => Shown::Queued,
    }
}

/// Every envelope is final and nobody is open; of a damaged one: a person discarded it.
pub fn is_settled(m: &Message) -> bool {
    if m.is_remnant() {
        return m.settled_at.is_some();
    }
    m.recipients.iter().all(|r| r.state != RecipientState::Open) && m.envelopes.iter().all(|e| e.state.is_final())
}

/// It stands before later ones of its strict conversation (O-34).
pub fn blocks(m: &Message, now: Wall) -> bool {
    m.strict && !m.passable && !matches!(message(m, now), Shown::Sent | Shown::Filed | Shown::Cancelled | Shown::Draft)
}

/// It lives, or somebody has it: its id is not free (O-03).
pub fn holds_id(m: &Message) -> bool {
    !m.closed && (!is_settled(m) || m.any_accepted())
}

/// Its Message-ID may be with a service: nobody else carries it but knowingly (O-04).
pub fn holds_message_id(m: &Message) -> bool {
    !is_settled(m) || m.any_accepted() || is_doubted(m)
}

/// Some envelope is in doubt, or was when a person settled it; of a damaged one nobody knows.
pub fn is_doubted(m: &Message) -> bool {
    m.is_remnant() || m.envelopes.iter().any(|e| e.doubted || e.doubt.is_some())
}

/// A code as it may stand where text may not: empty unless it is one word.
pub fn word(code: &str) -> &str {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'-');
    if code.len() <= 64 && code.bytes().all(is_word) { code } else { "" }
}
