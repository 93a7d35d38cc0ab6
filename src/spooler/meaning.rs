//! From what a transport said to what it means (O-13, O-30, O-31).

use super::doubt::Guarantees;
use super::outcome::{NotAttempted, Outcome, RecipientResult, Scope};
use crate::mapi::Text;
use crate::mapi::{Scode, told};

/// What an answer means for its envelope.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// The service has it.
    Accepted {
        /// What the service calls it.
        remote_id: Option<Text>,
        /// `None`: all of them.
        recipients: Option<Vec<RecipientResult>>,
    },
    /// The service refused this message.
    Refused {
        /// The service's code.
        code: String,
        /// The service's words.
        text: String,
        /// Its own definite answer to this key.
        definite: bool,
        /// `None`: all of them.
        recipients: Option<Vec<RecipientResult>>,
    },
    /// The provider keeps it.
    Kept {
        /// Its name for it.
        entry: Option<Text>,
    },
    /// Nothing was executed.
    NotDone {
        /// Why.
        reason: NotAttempted,
        /// The service's wish, ms.
        retry_after: Option<i64>,
    },
    /// Nothing was executed, and nothing is to be by itself: MAPI_E_CANCEL, MAPI_E_USER_CANCEL.
    Stopped {
        /// A person stopped it.
        cancelled: bool,
    },
    /// It refused for a reason that is not this message's, after a wire call: look.
    Trouble {
        /// Why.
        reason: NotAttempted,
        /// The service's wish, ms.
        retry_after: Option<i64>,
        /// The service's code.
        code: String,
    },
    /// Nobody knows.
    Unknown {
        /// A word.
        code: String,
    },
}

/// What is known of the attempt besides its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Wire {
    /// A wire call may have begun in it.
    pub began: bool,
}

/// Reads one outcome.
pub fn meaning(outcome: Outcome, wire: Wire, g: &Guarantees) -> Meaning {
    match outcome {
        Outcome::Accepted { remote_id, recipients } => Meaning::Accepted { remote_id, recipients },
        Outcome::Rejected { scope, code, text, definite, recipients } => match scope {
            Scope::Recipient | Scope::Message => {
                let definite = definite && !never_definite(&code);
                Meaning::Refused { code, text, definite, recipients }
            }
            Scope::Account => not_done(NotAttempted::Account, None, definite, wire, code),
            Scope::Transport => not_done(NotAttempted::Transport, None, definite, wire, code),
            Scope::Network => not_done(NotAttempted::Network, None, definite, wire, code),
        },
        Outcome::Deferred { entry } => Meaning::Kept { entry },
        Outcome::NotAttempted { reason, retry_after, definite } => {
            if wire.began && !definite {
                Meaning::Unknown { code: "notAttemptedAfterWire".into() }
            } else {
                Meaning::NotDone { reason, retry_after }
            }
        }
        Outcome::Unknown { code } => Meaning::Unknown { code },
        Outcome::Http { status, retry_after } => http(status, retry_after, wire, g),
        Outcome::Mapi { scode, retry_after } => mapi(scode, retry_after, wire),
    }
}

/// Answers that are never definite, whatever the transport says (O-13).
fn never_definite(code: &str) -> bool {
    is_http_4xx(code) || is_http_5xx(code)
}

/// Statuses that SMTP has not. Beside a recipient a 5xx is SMTP's reply.
pub(super) fn is_http_4xx(code: &str) -> bool {
    matches!(code, "401" | "403" | "404" | "408" | "409" | "412" | "425" | "429")
}

/// Where HTTP and SMTP share a number it is HTTP's, which only costs a look; SMTP refuses mail by 55x and 57x, HTTP has none there.
fn is_http_5xx(code: &str) -> bool {
    matches!(code.as_bytes(), [b'5', b'0'..=b'4' | b'6' | b'8' | b'9', b'0'..=b'9'])
}

fn not_done(reason: NotAttempted, retry_after: Option<i64>, definite: bool, wire: Wire, code: String) -> Meaning {
    if wire.began && !definite {
        Meaning::Trouble { reason, retry_after, code }
    } else {
        Meaning::NotDone { reason, retry_after }
    }
}

fn http(status: u32, retry_after: Option<i64>, wire: Wire, g: &Guarantees) -> Meaning {
    match status {
        200..=299 => Meaning::Accepted { remote_id: None, recipients: None },
        401 | 403 => not_done(NotAttempted::Auth, retry_after, false, wire, told![status]),
        429 => not_done(NotAttempted::Transport, retry_after, false, wire, told![status]),
        // The answer to a second copy looks the same: these always mean "look".
        404 | 408 | 409 | 412 | 425 => Meaning::Unknown { code: told![status] },
        400..=499 => Meaning::Refused {
            code: told![status],
            text: String::new(),
            definite: g.dedupe_window.is_some(),
            recipients: None,
        },
        503 if g.dedupe_window.is_some() => not_done(NotAttempted::Transport, retry_after, false, wire, told![status]),
        _ => Meaning::Unknown { code: told![status] },
    }
}

/// SubmitMessage's return codes (catalogue 6.4), believed only before a wire call.
fn mapi(scode: u32, retry_after: Option<i64>, wire: Wire) -> Meaning {
    let code = Scode::from_hresult(scode);
    if code == Some(Scode::S_OK) {
        return Meaning::Accepted { remote_id: None, recipients: None };
    }
    if wire.began {
        return Meaning::Unknown { code: code.map_or_else(|| told![scode], |c| c.name().to_owned()) };
    }
    let reason = match code {
        Some(Scode::MAPI_E_NOT_ME) => NotAttempted::NotMe,
        Some(Scode::MAPI_E_CANCEL) => return Meaning::Stopped { cancelled: false },
        Some(Scode::MAPI_E_USER_CANCEL) => return Meaning::Stopped { cancelled: true },
        Some(Scode::MAPI_E_BUSY) => NotAttempted::Busy,
        Some(Scode::MAPI_E_WAIT) => NotAttempted::Wait,
        Some(Scode::MAPI_E_NETWORK_ERROR) => NotAttempted::Network,
        Some(Scode::MAPI_E_NO_ACCESS | Scode::MAPI_E_LOGON_FAILED) => NotAttempted::Auth,
        Some(Scode::MAPI_E_UNCONFIGURED) => NotAttempted::Config,
        _ => NotAttempted::Transport,
    };
    Meaning::NotDone { reason, retry_after }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGAN: Wire = Wire { began: true };
    const QUIET: Wire = Wire { began: false };

    fn dedupe() -> Guarantees {
        Guarantees { dedupe_window: Some(86_400_000), ..Guarantees::default() }
    }

    #[test]
    fn o_13_conflict_and_not_found_always_mean_look() {
        for status in [404, 408, 409, 412] {
            let m = meaning(Outcome::Http { status, retry_after: None }, BEGAN, &dedupe());
            assert!(matches!(m, Meaning::Unknown { .. }), "{status}: {m:?}");
        }
    }

    #[test]
    fn o_13_some_codes_are_never_definite() {
        for code in ["401", "403", "408", "429", "503"] {
            let said = Outcome::Rejected {
                scope: Scope::Message,
                code: code.into(),
                text: String::new(),
                definite: true,
                recipients: None,
            };
            assert!(matches!(meaning(said, BEGAN, &dedupe()), Meaning::Refused { definite: false, .. }));
        }
    }

    #[test]
    fn o_30_http_202_is_accepted() {
        assert!(matches!(
            meaning(Outcome::Http { status: 202, retry_after: Some(5) }, BEGAN, &dedupe()),
            Meaning::Accepted { .. }
        ));
    }

    #[test]
    fn o_31_retry_codes_after_a_wire_call_are_doubt() {
        for code in [Scode::MAPI_E_WAIT, Scode::MAPI_E_NETWORK_ERROR, Scode::MAPI_E_BUSY, Scode::MAPI_E_NOT_ME] {
            let said = Outcome::Mapi { scode: code.hresult(), retry_after: Some(1000) };
            assert!(matches!(meaning(said.clone(), BEGAN, &dedupe()), Meaning::Unknown { .. }));
            assert!(matches!(meaning(said, QUIET, &dedupe()), Meaning::NotDone { .. }));
        }
    }

    #[test]
    fn o_31_not_attempted_after_a_wire_call_is_believed_only_when_definite() {
        let said = |definite| Outcome::NotAttempted { reason: NotAttempted::Busy, retry_after: None, definite };
        assert!(matches!(meaning(said(false), BEGAN, &dedupe()), Meaning::Unknown { .. }));
        assert!(matches!(meaning(said(true), BEGAN, &dedupe()), Meaning::NotDone { .. }));
    }
}
