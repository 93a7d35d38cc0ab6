//! What a host may read of a message.

use super::Session;
use super::rows::INTENDING;
use crate::mapi::{Gather, Text};
use crate::spooler::message::{EnvelopeState, Message, Recipient, RecipientState};
use crate::spooler::shown;

/// How a submission stands or ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The host's id, or the uid.
    pub id: Text,
    /// The submission's.
    pub uid: Text,
    /// With angle brackets.
    pub message_id: Text,
    /// As `OutboxState` names it.
    pub state: &'static str,
    /// A person settled it while in doubt.
    pub doubted: bool,
    /// Raised by late evidence (O-46).
    pub revision: u32,
    /// `Some(true)`: a non-delivery report; `None`: of neither kind, nobody got it or was refused.
    pub non_delivery: Option<bool>,
    /// One line each.
    pub recipients: Vec<RecipientLine>,
}

/// One recipient's line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecipientLine {
    /// As submitted.
    pub recipient: Recipient,
    /// open, assigned, accepted, rejected, doubtful.
    pub status: &'static str,
    /// The service's code; in doubt, the word of the outcome.
    pub code: String,
    /// The service's words.
    pub text: String,
    /// Who has it or had it.
    pub transport: Option<Text>,
    /// What the service calls it that took it.
    pub remote_id: Option<Text>,
}

impl Session {
    /// A submission, by host id or uid.
    pub fn message(&self, id: &str) -> Option<&Message> {
        self.find(id).map(|(_, m)| m.as_ref())
    }

    /// The report of a message, by host id or uid.
    pub fn report(&self, id: &str) -> Option<Report> {
        let (key, found) = self.find(id)?;
        let Some(slot) = self.slots.get(key) else {
            return Some(Report { state: self.state_of(key, found), ..self.report_of(found) });
        };
        let report = self.report_of(slot.shown());
        Some(if slot.intends(self.now.wall) { Report { state: INTENDING, ..report } } else { report })
    }

    /// The report of a message as it stands.
    pub(super) fn report_of(&self, m: &Message) -> Report {
        let settled = shown::is_settled(m);
        let refused = m.recipients.iter().any(|r| matches!(r.state, RecipientState::Rejected { .. }));
        let accepted = m.recipients.iter().any(|r| matches!(r.state, RecipientState::Accepted { .. }));
        Report {
            id: m.id.clone().unwrap_or_else(|| m.uid.clone()),
            uid: m.uid.clone(),
            message_id: m.message_id.clone(),
            state: shown::message(m, self.now.wall).name(),
            doubted: m.envelopes.iter().any(|e| e.doubted),
            revision: m.revision,
            non_delivery: (refused || settled && accepted).then_some(refused),
            recipients: m.recipients.iter().map(|r| line(m, r)).gather(),
        }
    }
}

fn was_taken_back(m: &Message, envelope: u32) -> bool {
    m.envelope(envelope).is_some_and(|e| matches!(e.state, EnvelopeState::Cancelled | EnvelopeState::Draft))
}

fn line(m: &Message, r: &Recipient) -> RecipientLine {
    let (status, envelope, code, text) = match &r.state {
        RecipientState::Open | RecipientState::GivenUp { .. } => ("open", None, "", ""),
        RecipientState::Assigned { envelope } if was_taken_back(m, *envelope) => ("open", None, "", ""),
        RecipientState::Assigned { envelope } => ("assigned", Some(*envelope), "", ""),
        RecipientState::Accepted { envelope } => ("accepted", Some(*envelope), "", ""),
        RecipientState::Doubtful { envelope } => ("doubtful", Some(*envelope), "", ""),
        RecipientState::Rejected { envelope, code, text } => ("rejected", *envelope, code.as_str(), text.as_str()),
    };
    let e = envelope.and_then(|n| m.envelope(n));
    let code = e.and_then(|e| e.doubt.as_ref()).filter(|_| status == "doubtful").map_or(code, |d| &d.code);
    RecipientLine {
        recipient: r.clone(),
        status,
        code: code.into(),
        text: text.into(),
        transport: e.map(|e| e.transport.clone()),
        remote_id: e.filter(|_| status == "accepted").and_then(|e| e.remote_id.clone()),
    }
}
