//! What a probe proves (O-12, O-41, O-42, O-45).

use super::doubt::{self, Facts};
use super::message::{EnvelopeState, Message, RecipientState};
use super::outcome::RecipientResult;
use super::settle;

/// A probe's answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Found {
    /// The service has it; a list settles each recipient.
    Present {
        /// Who exactly.
        recipients: Option<Vec<RecipientResult>>,
    },
    /// The service does not have it.
    Absent,
    /// It could not be asked.
    Unknown,
}

/// What the session knows of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Asked late enough by the wall clock and by the monotonic one (O-41).
    pub quiet: bool,
    /// No other envelope with this Message-ID went to the same account (O-12).
    pub sole: bool,
}

/// Applies it; true if the doubt is over.
pub fn probed(m: &mut Message, n: u32, found: Found, asked: Asked, f: &Facts<'_>) -> bool {
    let Some(e) = m.envelope_mut(n) else {
        return false;
    };
    let Some(d) = e.doubt.as_mut() else {
        return false;
    };
    d.probes = d.probes.saturating_add(1);
    match found {
        Found::Present { recipients } if asked.sole => match recipients {
            Some(list) => {
                settle::apply_list(m, n, &list, true);
                let mut doubtful = false;
                settle::mark(m, n, |s| doubtful |= matches!(s, RecipientState::Doubtful { .. }));
                if doubtful {
                    ask(m, n);
                    return false;
                }
                settle::finish(m, n);
                true
            }
            // Without a list it settles only who is served all or nothing (O-42).
            None if f.guarantees.per_recipient => {
                ask(m, n);
                false
            }
            None => {
                settle::accept_all(m, n);
                true
            }
        },
        Found::Present { .. } => {
            ask(m, n);
            false
        }
        Found::Absent if f.guarantees.authoritative() && asked.quiet => {
            settle::absent(m, n, f);
            true
        }
        Found::Absent | Found::Unknown => {
            // From `unconfirmed` a look that proves nothing leads nowhere else.
            if !matches!(e.state, EnvelopeState::Unconfirmed { .. }) {
                e.state = doubt::look(e, f);
            }
            false
        }
    }
}

fn ask(m: &mut Message, n: u32) {
    if let Some(e) = m.envelope_mut(n) {
        e.state = EnvelopeState::Unconfirmed { absent: false };
    }
}
