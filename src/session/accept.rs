//! Acceptance (A): a message is checked, its body stored, then its row; only then does `submitMessage` resolve.

use super::Session;
use super::io::{Draft, DraftAddress, Effect, Reply, Req};
use super::stored::{Index, Record, StoreName, StoreOp};
use super::work::Pending;
use crate::address::{Address, Mailbox, check_text, make_message_id, parse_mailbox, take_headers};
use crate::mapi::{MapiError, MapiResult, Scode};
use crate::spooler::message::{Content, Kind, Message, Recipient, RecipientState};
use crate::spooler::shown;

/// The most recipients one message may have: RFC 5321 asks servers for a hundred, none here takes more than this.
pub const RECIPIENTS_MAX: usize = 5_000;
const ID_MAX: usize = 1_024;

/// A submission on its way into the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepting {
    /// Everyone who waits for it.
    pub reqs: Vec<Req>,
    /// As it will be stored.
    pub message: Message,
    /// The header block after Bcc was taken out.
    pub head: Option<String>,
    /// An earlier submission of the same id, closed in the same transaction (O-03).
    pub closes: Option<Box<Message>>,
    /// `again: true`.
    pub again: bool,
}

impl Session {
    /// `submitMessage`.
    pub(super) fn submit(&mut self, req: Req, draft: Draft) {
        match self.check(req, draft) {
            Ok(Some(accepting)) => {
                let op = self.op(Pending::Body { accepting: Box::new(accepting.clone()) });
                self.accepting.insert(accepting.message.uid.clone(), accepting.message.id.clone());
                self.out.push(Effect::PutBody { op, req, uid: accepting.message.uid, head: accepting.head });
            }
            Ok(None) => {}
            Err(Refusal { error, id, state }) => self.out.push(Effect::Reject { req, error, id, state }),
        }
    }

    /// `None` when it is a submission that is there already.
    fn check(&mut self, req: Req, draft: Draft) -> Result<Option<Accepting>, Refusal> {
        let wall = self.now.wall;
        let from = self.sender(draft.from.as_ref())?;
        let uid = self.rng.uid();
        let mut recipients = Vec::new();
        for address in &draft.recipients {
            let mailbox = mailbox(address)?;
            add(&mut recipients, kind(address.kind)?, &mailbox);
        }
        check_text("subject", draft.subject.as_deref().unwrap_or(""), 10_000)?;
        for (name, value) in [("id", &draft.id), ("conversation", &draft.conversation), ("transport", &draft.transport)]
        {
            check_text(name, value.as_deref().unwrap_or(""), ID_MAX)?;
        }
        let mut message_id = draft.message_id.clone().unwrap_or_else(|| make_message_id(&uid, &from.address));
        check_message_id(&message_id)?;
        let (mut head, mut subject) = (None, draft.subject.clone());
        if let Some(block) = &draft.head {
            let bytes = latin1(block)?;
            let taken = take_headers(&bytes, &message_id, wall)?;
            message_id = taken.message_id;
            subject = subject.or(taken.subject);
            for mailbox in &taken.bcc {
                add(&mut recipients, Kind::Bcc, mailbox);
            }
            head = Some(taken.bytes.iter().map(|b| char::from(*b)).collect());
        }
        if recipients.is_empty() {
            return Err(refusal(
                Scode::MAPI_E_NO_RECIPIENTS,
                "at least one recipient in to, cc, bcc or recipients",
                "none",
            ));
        }
        if recipients.len() > RECIPIENTS_MAX {
            let got = recipients.len().to_string();
            return Err(refusal(Scode::MAPI_E_TOO_COMPLEX, format!("at most {RECIPIENTS_MAX} recipients"), got));
        }
        let content = if head.is_some() { Content::Mime } else { Content::Payload };
        let message = Message {
            uid,
            seq: 0,
            order: 0,
            version: 1,
            id: draft.id.clone(),
            holds: true,
            message_id,
            hash: draft.hash.clone(),
            from: from.address.email_address().to_owned(),
            from_name: from.display_name,
            subject: subject.unwrap_or_default(),
            size: draft.size,
            content,
            submitted: wall,
            hold: draft.hold_until,
            pin: draft.transport.clone(),
            conversation: draft.conversation.clone(),
            strict: draft.strict && draft.conversation.is_some(),
            passable: false,
            recipients,
            envelopes: Vec::new(),
            revision: 0,
            closed: false,
            given_up: None,
            settled_at: None,
        };
        let Some(closes) = self.same_id(req, &draft, &message)? else {
            return Ok(None);
        };
        self.same_message_id(&message, draft.again)?;
        Ok(Some(Accepting { reqs: vec![req], message, head, closes: closes.map(Box::new), again: draft.again }))
    }

    fn sender(&self, from: Option<&DraftAddress>) -> MapiResult<Mailbox> {
        if let Some(from) = from {
            return mailbox(from);
        }
        parse_mailbox(&self.config.owner).map_err(|_| {
            MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "from, since the session's owner is no address", "no from")
        })
    }

    /// O-02, O-03: `None` if `req` was answered with the submission that is there; else what the new one closes.
    #[allow(clippy::option_option)]
    fn same_id(&mut self, req: Req, draft: &Draft, message: &Message) -> Result<Option<Option<Message>>, Refusal> {
        let Some(id) = &draft.id else {
            return Ok(Some(None));
        };
        if self.accepting.values().any(|x| x.as_ref() == Some(id)) {
            for pending in self.ops.values_mut() {
                if let Pending::Body { accepting } | Pending::Accept { accepting } | Pending::Accepted { accepting } =
                    pending
                    && accepting.message.id.as_ref() == Some(id)
                {
                    if accepting.message.hash == message.hash {
                        accepting.reqs.push(req);
                        return Ok(None);
                    }
                    return Err(collision(id, "accepting"));
                }
            }
        }
        let Some(old) = self.by_host_id(id).cloned() else {
            return Ok(Some(None));
        };
        self.against(req, id, message, &old, draft.again)
    }

    #[allow(clippy::option_option)]
    fn against(
        &mut self,
        req: Req,
        id: &str,
        message: &Message,
        old: &Message,
        again: bool,
    ) -> Result<Option<Option<Message>>, Refusal> {
        let state = shown::message(old, self.now.wall).name();
        let doubted = old.envelopes.iter().any(|e| e.doubted);
        if old.holds {
            if old.hash.is_some() && old.hash == message.hash && !(again && shown::is_settled(old)) {
                self.accepted(req, old);
                return Ok(None);
            }
            if !(again && shown::is_settled(old)) {
                return Err(collision(id, state));
            }
        } else if doubted && !again {
            return Err(collision(id, state));
        }
        let mut closed = old.clone();
        closed.closed = true;
        closed.holds = false;
        Ok(Some(Some(closed)))
    }

    /// O-04.
    fn same_message_id(&self, message: &Message, again: bool) -> Result<(), Refusal> {
        if again {
            return Ok(());
        }
        for other in self.by_message_id(&message.message_id) {
            let doubted = other.envelopes.iter().any(|e| e.doubted || e.doubt.is_some());
            if other.holds || other.any_accepted() || doubted {
                let state = shown::message(other, self.now.wall).name();
                return Err(collision(other.id.as_deref().unwrap_or(&other.uid), state));
            }
        }
        Ok(())
    }

    /// The body is durable: now the row.
    pub(super) fn accept_row(&mut self, accepting: Box<Accepting>) {
        let m = &accepting.message;
        let absent = |store, index, value: &str| StoreOp::Absent { store, index, value: value.to_owned() };
        let mut ops = vec![StoreOp::BodyExists { uid: m.uid.clone() }, absent(StoreName::Messages, Index::Uid, &m.uid)];
        if let Some(old) = &accepting.closes {
            let mut closed = old.clone();
            closed.version = old.version.saturating_add(1);
            if self.ended.contains_key(&old.uid) {
                ops.push(super::rows::tombstone(&closed));
            } else {
                ops.push(StoreOp::PutMessage { expect: old.version, message: closed });
            }
        } else if let Some(id) = &m.id {
            ops.push(absent(StoreName::Messages, Index::IdKey, id));
            ops.push(absent(StoreName::Tombstones, Index::IdKey, id));
        }
        if !accepting.again {
            ops.push(absent(StoreName::Messages, Index::MidKey, &m.message_id));
            ops.push(absent(StoreName::Tombstones, Index::MidKey, &m.message_id));
        }
        ops.push(StoreOp::AddMessage { message: Box::new(m.clone()) });
        let op = self.op(Pending::Accept { accepting });
        self.out.push(Effect::Commit { op, ballast: false, ops });
    }

    /// The row is durable: the promise resolves (O-08).
    pub(super) fn accept_done(&mut self, accepting: Accepting, seq: u64) {
        let Accepting { reqs, mut message, closes, .. } = accepting;
        self.accepting.remove(&message.uid);
        if let Some(mut old) = closes {
            old.version = old.version.saturating_add(1);
            self.adopt(*old);
        }
        message.seq = seq;
        self.note("accepted", &message.uid, 0, "");
        message.order = i64::try_from(seq).unwrap_or(i64::MAX);
        for req in reqs {
            self.accepted(req, &message);
        }
        self.adopt(message);
    }

    fn accepted(&mut self, req: Req, m: &Message) {
        let id = m.id.clone().unwrap_or_else(|| m.uid.clone());
        let reply = Reply::Accepted { id, uid: m.uid.clone(), message_id: m.message_id.clone() };
        self.out.push(Effect::Resolve { req, reply });
    }

    /// Another context was first, or the body went missing.
    pub(super) fn accept_refused(&mut self, accepting: Accepting, current: Option<&Record>) {
        self.accepting.remove(&accepting.message.uid);
        let found = current.and_then(|r| self.read_row(r));
        let error = match found {
            Some(old) => {
                self.adopt(old.clone());
                let state = shown::message(&old, self.now.wall).name();
                if old.uid == accepting.message.uid
                    || (old.hash.is_some() && old.hash == accepting.message.hash && old.id == accepting.message.id)
                {
                    for req in accepting.reqs {
                        self.accepted(req, &old);
                    }
                    return;
                }
                collision(old.id.as_deref().unwrap_or(&old.uid), state)
            }
            None => refusal(Scode::MAPI_E_CALL_FAILED, "the stored body of the message", "none"),
        };
        for req in accepting.reqs {
            let Refusal { error, id, state } = error.clone();
            self.out.push(Effect::Reject { req, error, id, state });
        }
    }

    /// The storage failed. Whether the row is there must be read; nothing was accepted until then (O-01).
    pub(super) fn accept_failed(&mut self, accepting: Box<Accepting>, in_doubt: bool, full: bool) {
        if in_doubt {
            let uid = accepting.message.uid.clone();
            let op = self.op(Pending::Accepted { accepting });
            self.out.push(Effect::Read { op, keys: Some(vec![uid]) });
            return;
        }
        self.accepting.remove(&accepting.message.uid);
        let error = if full {
            MapiError::new(
                Scode::MAPI_E_NOT_ENOUGH_MEMORY,
                "room in the storage for the message",
                "a full storage; nothing was accepted",
            )
        } else {
            MapiError::new(
                Scode::MAPI_E_CALL_FAILED,
                "a working storage",
                "a storage that failed; nothing was accepted",
            )
        };
        for req in accepting.reqs {
            self.out.push(Effect::Reject { req, error: error.clone(), id: None, state: None });
        }
    }

    /// What the read after a failed acceptance found: it is made durable, or refused.
    pub(super) fn accept_reread(&mut self, accepting: Box<Accepting>, found: Option<Message>) {
        let Some(found) = found else {
            return self.accept_failed(accepting, false, false);
        };
        self.accepting.remove(&found.uid);
        let reqs = accepting.reqs;
        let then = reqs.into_iter().map(|req| super::work::Then::Accepted { req }).collect();
        let uid = found.uid.clone();
        self.adopt(found);
        self.work(&uid, super::work::Work::Harden { then });
    }

    /// For `Then::Accepted`.
    pub(super) fn accepted_later(&mut self, req: Req, uid: &str) {
        if let Some(m) = self.find_uid(uid).cloned() {
            self.accepted(req, &m);
        }
    }
}

/// A refusal with O-02's `id` and `state`.
#[derive(Debug, Clone)]
struct Refusal {
    error: MapiError,
    id: Option<String>,
    state: Option<String>,
}

impl From<MapiError> for Refusal {
    fn from(error: MapiError) -> Self {
        Self { error, id: None, state: None }
    }
}

fn refusal(code: Scode, expected: impl Into<String>, got: impl Into<String>) -> Refusal {
    MapiError::new(code, expected, got).into()
}

fn collision(id: &str, state: &str) -> Refusal {
    let error = MapiError::new(
        Scode::MAPI_E_COLLISION,
        "an id and a Message-ID that no other submission holds",
        format!("those of a submission that is {state}"),
    );
    Refusal { error, id: Some(id.to_owned()), state: Some(state.to_owned()) }
}

fn mailbox(a: &DraftAddress) -> MapiResult<Mailbox> {
    let mut mailbox = match (a.parse, a.address_type.as_deref()) {
        (true, _) => parse_mailbox(&a.address)?,
        (false, t) => Mailbox { display_name: String::new(), address: Address::new(t.unwrap_or("SMTP"), &a.address)? },
    };
    if let Some(name) = &a.name {
        check_text("displayName", name, 1_024)?;
        mailbox.display_name.clone_from(name);
    }
    Ok(mailbox)
}

fn kind(kind: u8) -> MapiResult<Kind> {
    match kind {
        1 => Ok(Kind::To),
        2 => Ok(Kind::Cc),
        3 => Ok(Kind::Bcc),
        other => {
            Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "a recipient type of to, cc or bcc", other.to_string()))
        }
    }
}

/// Nobody gets it twice: the first mention counts.
fn add(recipients: &mut Vec<Recipient>, kind: Kind, mailbox: &Mailbox) {
    let (address_type, address) = (mailbox.address.address_type(), mailbox.address.email_address());
    if recipients.iter().any(|r| r.address_type == address_type && r.address == address) {
        return;
    }
    recipients.push(Recipient {
        kind,
        address_type: address_type.to_owned(),
        address: address.to_owned(),
        name: mailbox.display_name.clone(),
        state: RecipientState::Open,
        tried: Vec::new(),
    });
}

fn check_message_id(id: &str) -> MapiResult<()> {
    check_text("messageId", id, 980)?;
    let inner = id.strip_prefix('<').and_then(|x| x.strip_suffix('>'));
    let good = |x: &str| x.contains('@') && !x.contains(['<', '>', ' ', ',', ';']);
    if inner.is_some_and(good) {
        return Ok(());
    }
    Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "messageId as <left@right>", "something else"))
}

/// One char per byte.
fn latin1(text: &str) -> MapiResult<Vec<u8>> {
    let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
    bytes.map_err(|_| MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "a header block of bytes", "other characters"))
}
