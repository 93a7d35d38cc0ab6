//! Messages, transports of every kind, and what they say.

use super::world::Fault;
use mailspooler::session::io::*;
use mailspooler::spooler::doubt::Probe;
use mailspooler::spooler::outcome::*;

pub fn to(address: &str) -> DraftAddress {
    DraftAddress { kind: 1, address: address.into(), parse: true, ..DraftAddress::default() }
}

/// A payload to one recipient.
pub fn draft(address: &str) -> Draft {
    Draft { recipients: vec![to(address)], size: 10, ..Draft::default() }
}

/// A transport of one function.
pub fn transport(uid: &str) -> TransportConfig {
    TransportConfig {
        uid: uid.into(),
        display_name: uid.into(),
        service: uid.into(),
        account: uid.into(),
        address_types: Some(vec!["SMTP".into()]),
        any_sender: true,
        wire_fetch: true,
        functions: Verb::Submit.bit(),
        ..TransportConfig::default()
    }
}

pub fn with(mut t: TransportConfig, verbs: &[Verb]) -> TransportConfig {
    t.functions |= verbs.iter().fold(0, |b, v| b | v.bit());
    t
}

/// X: deduplicates for a day.
pub fn dedupes(uid: &str) -> TransportConfig {
    let mut t = transport(uid);
    t.guarantees.dedupe_window = Some(86_400_000);
    t
}

/// V: an authoritative probe that settles within a minute.
pub fn probes(uid: &str) -> TransportConfig {
    let mut t = with(transport(uid), &[Verb::Probe]);
    t.guarantees.probe = Some(Probe { authoritative: true, settles: 60_000 });
    t
}

pub fn accepted() -> Outcome {
    Outcome::Accepted { remote_id: None, recipients: None }
}

pub fn unknown() -> Outcome {
    Outcome::Unknown { code: "lost".into() }
}

pub fn rejected(definite: bool) -> Outcome {
    rejects("550", definite, None)
}

pub fn rejects(code: &str, definite: bool, recipients: Option<Vec<RecipientResult>>) -> Outcome {
    Outcome::Rejected { scope: Scope::Message, code: code.into(), text: "no".into(), definite, recipients }
}

pub fn not_attempted(reason: NotAttempted) -> Outcome {
    Outcome::NotAttempted { reason, retry_after: None, definite: false }
}

pub fn http(status: u32) -> Outcome {
    Outcome::Http { status, retry_after: None }
}

/// One line of a per-recipient answer.
pub fn line(address: &str, status: RecipientStatus) -> RecipientResult {
    RecipientResult { address: address.into(), status, code: "250".into(), text: String::new() }
}

/// A payload to these, as `to`.
pub fn draft_to(addresses: &[&str]) -> Draft {
    Draft { recipients: addresses.iter().map(|a| to(a)).collect(), size: 10, ..Draft::default() }
}

/// A draft with a host's id and a content hash.
pub fn named(id: &str, hash: &str) -> Draft {
    Draft { id: Some(id.into()), hash: Some(hash.into()), ..draft("you@example.test") }
}

/// Takes only this type of address.
pub fn takes(mut t: TransportConfig, address_type: &str) -> TransportConfig {
    t.address_types = Some(vec![address_type.into()]);
    t
}

/// A recipient of another address type.
pub fn of_type(address_type: &str, address: &str) -> DraftAddress {
    DraftAddress {
        kind: 1,
        address_type: Some(address_type.into()),
        address: address.into(),
        ..DraftAddress::default()
    }
}

/// What the store answers to a commit that met this.
pub fn failed(op: OpId, fault: Fault) -> Input {
    Input::Failed { op, in_doubt: matches!(fault, Fault::Hangs | Fault::Lost), full: fault == Fault::Full }
}
