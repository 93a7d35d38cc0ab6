//! Where it is and why: data, not words. A host's message catalogue turns code and arguments into a sentence.

mod actions;

use super::Session;
use super::keys::Key;
use super::rows::INTENDING;
use super::transport::Gate;
use crate::mapi::{Gather, Text, told};
use crate::provider::{FaultReason, Off, Park, Sending};
use crate::spooler::message::{Envelope, EnvelopeState, Message, ParkCause, Recipient, RecipientState, WaitCause};
use crate::spooler::shown::{self, Shown};
use crate::spooler::{doubt, message};
use crate::status::StatusEntry as Entry;

/// A code, its arguments, who must act, when it moves next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explanation {
    /// A word or two, dot between.
    pub code: String,
    /// For the sentence: names and texts, never content.
    pub args: Vec<(String, String)>,
    /// recipient, message, account, transport, network, session or storage.
    pub scope: String,
    /// nobody, library, person, host or service.
    pub actor: String,
    /// When it moves next, wall clock.
    pub next_at: Option<i64>,
    /// What a person may do.
    pub actions: Vec<String>,
    /// off, polite or assertive: how loudly to tell a person who does not look.
    pub announce: String,
    /// One each.
    pub envelopes: Vec<EnvelopeLine>,
}

/// One envelope's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopeLine {
    /// Its number.
    pub n: u32,
    /// Its transport.
    pub transport: Text,
    /// As `OutboxState` names it, or `passed`.
    pub state: String,
    /// As for the message.
    pub code: String,
    /// Attempts made.
    pub attempts: u32,
    /// It may have been executed.
    pub doubt: bool,
    /// Wall clock.
    pub next_at: Option<i64>,
    /// Addresses.
    pub recipients: Vec<Text>,
}

/// What a state says: code, scope, actor, next instant, how loudly.
type Words = (&'static str, &'static str, &'static str, Option<i64>, &'static str);

/// Nobody sends here, and nobody will (O-74).
const NO_LOCKS: Words = ("noLocks", "session", "host", None, "assertive");

impl Session {
    /// Of a message by id or uid, or of a status row by entry id.
    pub fn why(&self, id: &str) -> Option<Explanation> {
        if let Some((key, m)) = self.find(id) {
            if let Some(newer) = self.unread_now(key) {
                let words = (super::unread::name(newer), "storage", "person", None, "assertive");
                return Some(explanation(words, self.actions_unread(key, newer), Vec::new(), Vec::new()));
            }
            let Some(slot) = self.slots.get(key) else { return Some(self.why_message(key, m)) };
            let mut why = self.why_message(key, slot.shown());
            if slot.intends(self.now.wall) {
                INTENDING.clone_into(&mut why.code);
            }
            return Some(why);
        }
        self.why_entry(&super::status::entry_of(id).ok()?)
    }

    /// The code alone, for a table's column.
    pub(super) fn why_code(&self, key: Key, m: &Message) -> String {
        self.unread_now(key).map_or_else(|| without_turn(self.words(m).0), super::unread::name).to_owned()
    }

    /// What rows say of a transport beside its messages: its gate, and all else.
    pub(super) fn kept_from(&self, transport: &str) -> (&'static str, &'static str) {
        (without_turn(self.turn(transport).0), without_turn(self.sending_words(transport).0))
    }

    fn why_message(&self, key: Key, m: &Message) -> Explanation {
        let words = self.words(m);
        let mut args = vec![("messageId".to_owned(), m.message_id.as_str().to_owned())];
        if let Some(e) = Self::worst(m) {
            args.push(("transport".into(), self.name(&e.transport)));
            args.push(("attempts".into(), told![e.attempts]));
        }
        let doubt = || Self::worst(m)?.doubt.as_ref().filter(|d| !d.code.is_empty()).map(|d| (&*d.code, ""));
        if let Some((code, text)) = doubt().or_else(|| m.recipients.iter().find_map(refusal)) {
            let word = shown::word(code);
            args.push(("code".into(), word.to_owned()));
            args.push(("text".into(), if text.is_empty() && word.is_empty() { code } else { text }.to_owned()));
        }
        let lines = m.envelopes.iter().map(|e| self.line(m, e)).gather();
        explanation(words, self.actions(key), args, lines)
    }

    fn name(&self, transport: &str) -> String {
        self.transport(transport).map_or_else(|| transport.to_owned(), |t| t.config.display_name.clone())
    }

    fn worst(m: &Message) -> Option<&Envelope> {
        m.envelopes.iter().max_by_key(|e| shown::envelope(e))
    }

    fn line(&self, m: &Message, e: &Envelope) -> EnvelopeLine {
        let (code, _, _, next_at, _) = self.envelope_words(e);
        let address = |i: &u32| m.recipients.get(usize::try_from(*i).ok()?).map(|r| r.address.clone());
        EnvelopeLine {
            n: e.n,
            transport: e.transport.clone(),
            state: shown::envelope(e).map_or("passed", Shown::name).to_owned(),
            code: code.to_owned(),
            attempts: e.attempts,
            doubt: e.doubt.is_some(),
            next_at,
            recipients: e.recipients.iter().filter_map(address).gather(),
        }
    }

    fn words(&self, m: &Message) -> Words {
        let shown = shown::message(m, self.now.wall);
        match (shown, Self::worst(m)) {
            (Shown::Held, _) => ("held", "message", "nobody", m.hold, "off"),
            (Shown::Queued, _) if m.is_open() => self.queued(m),
            (Shown::Rejected, _) => {
                let homeless =
                    m.recipients.iter().any(|r| matches!(&r.state, RecipientState::Rejected { envelope: None, .. }));
                (if homeless { "rejected.noTransport" } else { "rejected" }, "recipient", "person", None, "assertive")
            }
            // Discarded: what is left of it.
            (Shown::Corrupt, _) => ("corrupt", "storage", "nobody", None, "off"),
            (Shown::Sent, _) => ("sent", "message", "nobody", None, "polite"),
            (Shown::Filed, _) => ("filed", "message", "nobody", None, "polite"),
            (Shown::Cancelled, _) => ("cancelled", "message", "nobody", None, "polite"),
            (Shown::Draft, _) => ("draft", "message", "nobody", None, "polite"),
            (_, Some(e)) => self.envelope_words(e),
            (_, None) => self.queued(m),
        }
    }

    /// What is in doubt is not parked (O-21), but nobody is asked before the account is (O-52).
    fn envelope_words(&self, e: &Envelope) -> Words {
        let checking = matches!(e.state, EnvelopeState::Checking { .. });
        let park = self.transport(&e.transport).filter(|_| checking).and_then(|t| match t.provider.sending() {
            Sending::Parked(park) | Sending::Off(Off::Parked(park)) => Some(park),
            Sending::Open
            | Sending::Busy
            | Sending::BackOff { .. }
            | Sending::Retrying { .. }
            | Sending::Closed
            | Sending::Leaving
            | Sending::Off(Off::Provider | Off::Service)
            | Sending::Never => None,
        });
        match park {
            Some(Park::Auth) => ("checking.auth", "account", "person", None, "assertive"),
            Some(Park::Config) => ("checking.config", "account", "person", None, "assertive"),
            None => self.free_words(e),
        }
    }

    fn free_words(&self, e: &Envelope) -> Words {
        let words = envelope_words(e);
        let due = match e.state {
            EnvelopeState::Queued { .. } => true,
            EnvelopeState::Waiting { until, .. } => until <= self.now.wall,
            EnvelopeState::Checking { .. }
            | EnvelopeState::Unconfirmed { .. }
            | EnvelopeState::Sending { .. }
            | EnvelopeState::Deferred { .. }
            | EnvelopeState::Parked { .. }
            | EnvelopeState::Passed
            | EnvelopeState::Sent
            | EnvelopeState::Filed
            | EnvelopeState::Rejected
            | EnvelopeState::Cancelled
            | EnvelopeState::Draft => false,
        };
        if !due || self.driver.is_none() {
            return doubtful(e, words);
        }
        // What stands before it now is its transport's; why it waited is worth more than that others go first.
        let now = self.turn(&e.transport);
        let waited = matches!(e.state, EnvelopeState::Waiting { .. }) && matches!(now.0, "queued" | "queued.turn");
        doubtful(e, if waited { (words.0, words.1, words.2, None, words.4) } else { now })
    }

    fn queued(&self, m: &Message) -> Words {
        let waits = |code, next| (code, "session", "nobody", next, "off");
        if self.driver.is_none() {
            return if self.config.lockless { NO_LOCKS } else { waits("queued.elsewhere", None) };
        }
        if self.online && self.is_held_back(m) {
            return ("queued.strict", "message", "person", None, "polite");
        }
        match self.goes_to(m) {
            Some(t) => self.turn(&t.config.uid),
            None => waits("queued", None),
        }
    }

    /// What keeps a transport from the next attempt.
    fn turn(&self, transport: &str) -> Words {
        if !self.online {
            return ("queued.offline", "network", "nobody", None, "polite");
        }
        match self.transport(transport).map(|t| &t.gate) {
            Some(Gate::Shut { at, .. }) => ("queued.gate", "network", "library", Some(*at), "polite"),
            Some(Gate::Asking { .. }) => ("queued.gate", "network", "library", None, "polite"),
            Some(Gate::Open) | None => self.sending_words(transport),
        }
    }

    fn sending_words(&self, transport: &str) -> Words {
        let Some(t) = self.transport(transport) else { return ("absent", "transport", "host", None, "polite") };
        let wall = |mono: i64| Some(self.now.wall.saturating_add(mono.saturating_sub(self.now.mono)));
        match t.provider.sending() {
            Sending::Open => ("queued", "transport", "nobody", None, "off"),
            Sending::Busy => ("queued.turn", "transport", "nobody", None, "off"),
            Sending::BackOff { until, reason } => fault("backOff", reason, wall(until)),
            Sending::Retrying { until, reason } => fault("logon", reason, wall(until)),
            Sending::Parked(Park::Auth) | Sending::Off(Off::Parked(Park::Auth)) => {
                ("parked.auth", "account", "person", None, "assertive")
            }
            Sending::Parked(Park::Config) | Sending::Off(Off::Parked(Park::Config)) => {
                ("parked.config", "account", "person", None, "assertive")
            }
            Sending::Closed | Sending::Leaving => ("queued.logon", "transport", "library", None, "off"),
            Sending::Off(Off::Provider | Off::Service) | Sending::Never => {
                ("failed", "transport", "person", None, "assertive")
            }
        }
    }

    fn why_entry(&self, entry: &Entry) -> Option<Explanation> {
        let plain = |words| Some(explanation(words, Vec::new(), Vec::new(), Vec::new()));
        match entry {
            Entry::Subsystem | Entry::AddressBook => plain(("available", "session", "nobody", None, "off")),
            Entry::Spooler => match (self.driver, self.silent_since) {
                (_, Some(since)) => Some(explanation(
                    ("ownerSilent", "session", "person", None, "assertive"),
                    vec!["takeOver"],
                    vec![("since".into(), told![since])],
                    Vec::new(),
                )),
                (Some(_), None) => plain(("driving", "session", "nobody", None, "off")),
                (None, None) if self.config.lockless => plain(NO_LOCKS),
                (None, None) => plain(("following", "session", "nobody", None, "off")),
            },
            Entry::Transport(uid) => {
                let t = self.transport(uid)?;
                if self.driver.is_none() && self.config.lockless {
                    return plain(NO_LOCKS);
                }
                if self.driver.is_none() {
                    return plain(("following", "session", "nobody", None, "off"));
                }
                let words = self.sending_words(uid);
                if words.0 == "queued" && !self.online {
                    return plain(("offline", "network", "nobody", None, "polite"));
                }
                let code = match words.0 {
                    "queued" => "open",
                    "queued.turn" => "sending",
                    "queued.logon" => "logon",
                    other => other,
                };
                let args = vec![("transport".to_owned(), self.name(uid))];
                let words = (code, words.1, words.2, words.3, words.4);
                Some(explanation(words, actions::of_transport(t, code), args, Vec::new()))
            }
        }
    }
}

/// That another message is being sent changes with every message: a row for each of the others would be too many.
fn without_turn(code: &'static str) -> &'static str {
    if code == "queued.turn" { "queued" } else { code }
}

fn fault(kind: &str, reason: FaultReason, next: Option<i64>) -> Words {
    match (kind, reason) {
        ("logon", FaultReason::Network) => ("logon.network", "network", "library", next, "polite"),
        ("logon", FaultReason::Transport) => ("logon.failed", "transport", "library", next, "polite"),
        (_, FaultReason::Network) => ("backOff.network", "network", "library", next, "polite"),
        (_, FaultReason::Transport) => ("backOff.transport", "transport", "library", next, "polite"),
    }
}

fn envelope_words(e: &Envelope) -> Words {
    match &e.state {
        EnvelopeState::Queued { .. } => ("queued", "transport", "nobody", None, "off"),
        EnvelopeState::Sending { deadline, .. } => ("sending", "transport", "library", Some(*deadline), "off"),
        EnvelopeState::Deferred { since, .. } => {
            ("deferred", "transport", "service", Some(since.saturating_add(doubt::PATIENCE)), "off")
        }
        EnvelopeState::Waiting { until, cause } => {
            let (code, scope) = match cause {
                WaitCause::Busy => ("waiting.busy", "transport"),
                WaitCause::Network => ("waiting.network", "network"),
                WaitCause::Transport => ("waiting.transport", "transport"),
                WaitCause::Account => ("waiting.account", "account"),
                WaitCause::Absent => ("waiting.absent", "message"),
                WaitCause::Preprocess => ("waiting.preprocessor", "message"),
            };
            (code, scope, "library", Some(*until), "polite")
        }
        EnvelopeState::Parked { cause } => match cause {
            ParkCause::Auth => ("parked.auth", "account", "person", None, "assertive"),
            ParkCause::Config => ("parked.config", "account", "person", None, "assertive"),
            ParkCause::TransportAbsent => ("parked.transportAbsent", "transport", "host", None, "polite"),
            ParkCause::Ask => ("parked.ask", "message", "person", None, "assertive"),
        },
        EnvelopeState::Checking { next } => ("checking", "message", "library", Some(*next), "polite"),
        EnvelopeState::Unconfirmed { absent: true } => {
            ("unconfirmed.transportAbsent", "transport", "host", None, "assertive")
        }
        EnvelopeState::Unconfirmed { absent: false } => ("unconfirmed", "message", "person", None, "assertive"),
        EnvelopeState::Passed => ("passed", "message", "nobody", None, "off"),
        EnvelopeState::Sent => ("sent", "message", "nobody", None, "off"),
        EnvelopeState::Filed => ("filed", "message", "nobody", None, "off"),
        EnvelopeState::Rejected => ("rejected", "recipient", "person", None, "assertive"),
        EnvelopeState::Cancelled => ("cancelled", "message", "nobody", None, "off"),
        EnvelopeState::Draft => ("draft", "message", "nobody", None, "off"),
    }
}

/// Whatever else holds it, what is in doubt is being checked, or nobody knows (O-21); who can let it in is named first.
fn doubtful(e: &Envelope, words: Words) -> Words {
    match shown::envelope(e) {
        Some(Shown::Checking) if words.0 != "checking" => ("checking", "message", words.2, words.3, "polite"),
        Some(Shown::Unconfirmed) if !words.0.starts_with("unconfirmed") && !words.0.starts_with("parked") => {
            ("unconfirmed", "message", "person", words.3, "assertive")
        }
        _ => words,
    }
}

fn refusal(r: &Recipient) -> Option<(&str, &str)> {
    match &r.state {
        message::RecipientState::Rejected { code, text, .. } => Some((code, text)),
        message::RecipientState::Open
        | message::RecipientState::Assigned { .. }
        | message::RecipientState::Accepted { .. }
        | message::RecipientState::GivenUp { .. }
        | message::RecipientState::Doubtful { .. } => None,
    }
}

fn explanation(
    words: Words,
    actions: Vec<&str>,
    args: Vec<(String, String)>,
    envelopes: Vec<EnvelopeLine>,
) -> Explanation {
    let (code, scope, actor, next_at, announce) = words;
    Explanation {
        code: code.to_owned(),
        args,
        scope: scope.to_owned(),
        actor: actor.to_owned(),
        next_at,
        actions: actions.into_iter().map(str::to_owned).gather(),
        announce: announce.to_owned(),
        envelopes,
    }
}
