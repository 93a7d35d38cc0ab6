//! Acceptance (A): a message is checked, its body stored, then its row; only then does `submitMessage` resolve.

use super::Session;
use super::admit::{Accepting, Place, Refusal, refusal};
use super::io::{Draft, DraftAddress, Effect, Req};
use super::keys::{Key, Names};
use super::work::Pending;
use crate::address::{Address, Mailbox, check_text, make_message_id, parse_mailbox, parse_mailbox_of, take_headers};
use crate::mapi::{MapiError, MapiResult, Scode, Tell, Text, told};
use crate::spooler::message::{Content, Kind, Message, Recipient};

/// The most recipients one message may have: RFC 5321 asks servers for a hundred, none here takes more than this.
pub const RECIPIENTS_MAX: usize = 5_000;
const ID_MAX: usize = 1_024;

impl Session {
    /// `submitMessage`.
    pub(super) fn submit(&mut self, req: Req, draft: Draft) {
        let checked = self.check(draft).and_then(|(accepting, head)| self.place(req, accepting, head));
        if let Err(Refusal { error, id, state }) = checked {
            self.out.push(Effect::Reject { req, error, id, state });
        }
    }

    fn place(&mut self, req: Req, mut accepting: Accepting, head: Option<String>) -> Result<(), Refusal> {
        if self.joins(req, &accepting)? {
            return Ok(());
        }
        match self.stands_free(&accepting)? {
            Place::Taken { key } => self.accepted(req, key),
            Place::Free { closes } => {
                accepting.closes = closes;
                accepting.reqs.push(req);
                let uid = accepting.message.uid.clone();
                let key = self.enter_uid(&uid);
                let op = self.op(Pending::Body { key });
                self.out.push(Effect::PutBody { op, req, uid, head });
                self.enter(key, accepting);
            }
        }
        Ok(())
    }

    /// The draft as a message; its header block after Bcc was taken out.
    fn check(&mut self, draft: Draft) -> Result<(Accepting, Option<String>), Refusal> {
        let wall = self.now.wall;
        let from = self.sender(draft.from.as_ref())?;
        let uid = self.rng.uid();
        let mut everybody = Everybody { list: Vec::with_capacity(draft.recipients.len()), seen: Names::default() };
        for (place, address) in draft.recipients.iter().enumerate() {
            let mailbox = mailbox(address).map_err(|mut error| {
                if draft.recipients.len() > 1 {
                    error.got.push_str(", in recipient ");
                    place.saturating_add(1).tell(&mut error.got);
                }
                error
            })?;
            everybody.add(kind(address.kind)?, &mailbox, &address.entry_id);
        }
        check_text("subject", draft.subject.as_deref().unwrap_or(""), 10_000)?;
        for (name, value) in [("id", &draft.id), ("conversation", &draft.conversation), ("transport", &draft.transport)]
        {
            check_text(name, value.as_deref().unwrap_or(""), ID_MAX)?;
        }
        let mut message_id = match draft.message_id.clone() {
            Some(given) => {
                check_message_id(&given)?;
                given
            }
            None => make_message_id(&uid, &from.address).into(),
        };
        let (mut head, mut subject, mut size) = (None, draft.subject.clone(), draft.size);
        if let Some(block) = &draft.head {
            let bytes = latin1(block)?;
            let taken = take_headers(&bytes, &message_id, wall)?;
            message_id = taken.message_id.into();
            // Of the content as it is stored and handed over.
            size = size.saturating_sub(count(&bytes)).saturating_add(count(&taken.bytes));
            subject = subject.or(taken.subject.map(Text::from));
            for mailbox in &taken.bcc {
                everybody.add(Kind::Bcc, mailbox, &Text::default());
            }
            head = Some(taken.bytes.iter().map(|b| char::from(*b)).collect());
        }
        let recipients = everybody.list;
        // Bcc is added to those that were said; alone it would leave out whom To and Cc name, which are not read (O-05).
        if draft.recipients.is_empty() {
            return Err(refusal(
                Scode::MAPI_E_NO_RECIPIENTS,
                "at least one recipient in to, cc, bcc or recipients; of the header only Bcc is read, and added",
                "none",
            ));
        }
        if recipients.len() > RECIPIENTS_MAX {
            let got = told![recipients.len()];
            return Err(refusal(Scode::MAPI_E_TOO_COMPLEX, told!["at most ", RECIPIENTS_MAX, " recipients"], got));
        }
        let content = if head.is_some() { Content::Mime } else { Content::Payload };
        let message = Message {
            uid,
            seq: 0,
            order: 0,
            version: 1,
            id: draft.id.clone(),
            message_id,
            hash: draft.hash.clone(),
            from: from.address.email_text().clone(),
            from_name: from.display_name.into(),
            subject: subject.unwrap_or_default(),
            size,
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
            settled_at: None,
        };
        Ok((Accepting { reqs: Vec::new(), message: message.into(), closes: None, again: draft.again, tries: 0 }, head))
    }

    fn sender(&self, from: Option<&DraftAddress>) -> MapiResult<Mailbox> {
        if let Some(from) = from {
            return mailbox(from);
        }
        parse_mailbox(&self.config.owner).map_err(|_| {
            MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "from, since the session's owner is no address", "no from")
        })
    }
}

fn mailbox(a: &DraftAddress) -> MapiResult<Mailbox> {
    let mut mailbox = match (a.parse, a.address_type.as_deref()) {
        (true, _) => parse_mailbox_of(&a.address)?,
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
        other => Err(MapiError::new(
            Scode::MAPI_E_INVALID_PARAMETER,
            "a recipient type of to, cc or bcc",
            told![u32::from(other)],
        )),
    }
}

/// Nobody gets it twice: the first mention counts.
struct Everybody {
    list: Vec<Recipient>,
    /// Places in the list, by address, once there are more than a few.
    seen: Names,
}

/// So many are compared one by one.
const FEW: usize = 8;

impl Everybody {
    fn add(&mut self, kind: Kind, mailbox: &Mailbox, entry_id: &Text) {
        let (address_type, address) = (mailbox.address.address_type(), mailbox.address.email_text());
        let same = |r: &Recipient| r.address == *address && r.address_type == *address_type;
        if self.list.iter().take(FEW).any(same)
            || self.seen.find(address).any(|place| self.list.get(place.place()).is_some_and(same))
        {
            return;
        }
        if self.list.len() >= FEW {
            self.seen.enter(address, Key::after(self.list.len()));
        }
        let last = self.list.last();
        let text = |text: &str, of: fn(&Recipient) -> &Text| match last.map(of) {
            Some(other) if other == text => other.clone(),
            _ => text.into(),
        };
        let (address_type, name) = (text(address_type, |r| &r.address_type), text(&mailbox.display_name, |r| &r.name));
        let (address, entry_id) = (address.clone(), entry_id.clone());
        self.list.push(Recipient { kind, address_type, address, name, entry_id, ..Recipient::default() });
    }
}

fn check_message_id(id: &str) -> MapiResult<()> {
    check_text("messageId", id, 980)?;
    let inner = id.strip_prefix('<').and_then(|x| x.strip_suffix('>'));
    let good = |x: &str| x.contains(['@']) && !x.contains(['<', '>', ' ', ',', ';']);
    if inner.is_some_and(good) {
        return Ok(());
    }
    Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "messageId as <left@right>", "something else"))
}

fn count(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// One char per byte.
fn latin1(text: &str) -> MapiResult<Vec<u8>> {
    let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
    bytes.map_err(|_| MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "a header block of bytes", "other characters"))
}
