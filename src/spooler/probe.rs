//! What a probe proves (O-12, O-41, O-42, O-45).

use super::doubt::{self, Facts};
use super::message::{EnvelopeState, Message};
use super::outcome::RecipientResult;
use super::settle::{self, Belief};

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

/// Applies it; true if a per-recipient answer left somebody out (O-14).
pub fn probed(m: &mut Message, n: u32, found: Found, asked: Asked, f: &Facts<'_>) -> bool {
    let Some(e) = m.envelope_mut(n) else {
        return false;
    };
    let Some(d) = e.doubt.as_mut() else {
        return false;
    };
    d.probes = d.probes.saturating_add(1);
    let final_word = f.guarantees.authoritative() && asked.quiet;
    match found {
        Found::Present { recipients: Some(list) } if asked.sole => {
            // What is not there yet may still come: only the last word refuses anybody (O-13).
            let belief = if final_word { Belief::Whole } else { Belief::None };
            let left_out = settle::apply_list(m, n, &list, belief).left_out;
            if !settle::is_open(m, n) {
                settle::finish(m, n);
            } else if final_word {
                ask(m, n);
            } else {
                look(m, n, f);
            }
            return left_out;
        }
        // Without a list it settles only who is served all or nothing (O-42).
        Found::Present { recipients: None } if asked.sole && !f.guarantees.per_recipient => settle::accept_all(m, n),
        Found::Present { .. } => ask(m, n),
        Found::Absent if final_word => settle::absent(m, n, f),
        Found::Absent | Found::Unknown => look(m, n, f),
    }
    false
}

/// A look that proves nothing leads to the next one; from `unconfirmed` nowhere.
fn look(m: &mut Message, n: u32, f: &Facts<'_>) {
    if let Some(e) = m.envelope_mut(n)
        && !matches!(e.state, EnvelopeState::Unconfirmed { .. })
    {
        e.state = doubt::look(e, f);
    }
}

fn ask(m: &mut Message, n: u32) {
    if let Some(e) = m.envelope_mut(n) {
        e.state = EnvelopeState::Unconfirmed { absent: false };
    }
}
