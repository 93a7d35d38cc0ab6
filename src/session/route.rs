//! Where the open recipients of a message go next (C-080…C-090, O-10).

use super::Session;
use super::io::Verb;
use super::transport::Transport;
use crate::mapi::{AddressTypes, Gather, Text};
use crate::spooler::intent::{Again, Homeless};
use crate::spooler::message::{Message, Recipient, RecipientState};
use crate::spooler::routing::{Candidate, Unhandled, next, provider_of};

/// What transports go by: address type, and MAPIUID of the entry id.
type Offer<'a> = (&'a str, Option<&'a str>);

fn offer(r: &Recipient) -> Offer<'_> {
    (&r.address_type, provider_of(&r.entry_id))
}

fn unhandled<'a>(r: &'a Recipient, tried: &'a [usize]) -> Unhandled<'a> {
    let (address_type, uid) = offer(r);
    Unhandled { address_type, uid, tried }
}

/// Where a recipient goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To the transport at this place.
    To(usize),
    /// One that failed, or has not said yet what it takes, may still come to it: that is no refusal (C-089).
    Later,
    /// Nobody takes it.
    Nowhere,
}

/// The ways of one message.
pub struct Ways<'a> {
    session: &'a Session,
    m: &'a Message,
    candidates: Vec<Candidate<'a>>,
    /// Neighbours mostly go the same way.
    last: Option<(Offer<'a>, Way)>,
}

impl<'a> Ways<'a> {
    /// Of a recipient.
    pub fn of(&mut self, r: &'a Recipient) -> Way {
        let offer = offer(r);
        if let Some((last, way)) = self.last
            && r.tried.is_empty()
            && last == offer
        {
            return way;
        }
        let way = self.find(r);
        if r.tried.is_empty() {
            self.last = Some((offer, way));
        }
        way
    }

    fn find(&self, r: &Recipient) -> Way {
        let transports = &self.session.transports;
        let tried = |t: &Transport| r.tried.contains(&t.config.uid);
        let tried: Vec<usize> = transports.iter().enumerate().filter(|(_, t)| tried(t)).map(|(i, _)| i).gather();
        let recipient = unhandled(r, &tried);
        if let Some(place) = next(recipient, &self.candidates) {
            return Way::To(place);
        }
        let known: Vec<Candidate<'_>> = transports.iter().map(|t| self.session.known(self.m, t)).gather();
        if next(recipient, &known).is_some() { Way::Later } else { Way::Nowhere }
    }

    /// Of everybody nobody has: indices of recipients.
    pub fn open(mut self) -> impl Iterator<Item = (u32, Way)> {
        let open = (0..).zip(&self.m.recipients).filter(|(_, r)| r.state == RecipientState::Open);
        open.map(move |(i, r)| (i, self.of(r)))
    }
}

impl Session {
    /// Where its recipients go next.
    pub(super) fn ways<'a>(&'a self, m: &'a Message) -> Ways<'a> {
        let candidates = self.transports.iter().map(|t| self.candidate(m, t)).gather();
        Ways { session: self, m, candidates, last: None }
    }

    fn candidate<'t>(&self, m: &Message, t: &'t Transport) -> Candidate<'t> {
        let usable = fits(m, t) && t.sends_for(&m.from, &self.config.owner) && !t.has_failed();
        Candidate { uids: &t.config.uids, types: &t.types, usable }
    }

    /// As it is known to be: a transport that is not logged on may still learn its senders and types.
    fn known<'t>(&self, m: &Message, t: &'t Transport) -> Candidate<'t> {
        let learns = t.provider.logon().is_none();
        let usable = fits(m, t) && (learns && t.config.has(Verb::Logon) || t.sends_for(&m.from, &self.config.owner));
        Candidate { uids: &t.config.uids, types: if learns { may_take(t) } else { &t.types }, usable }
    }

    /// Open recipients of `m` for this transport, at most as many as it takes.
    pub(super) fn routed_to(&self, m: &Message, transport: &Text) -> Vec<u32> {
        let Some(place) = self.transports.iter().position(|t| t.config.uid == *transport) else {
            return Vec::new();
        };
        let most = self.transports.get(place).and_then(|t| t.config.guarantees.max_recipients).unwrap_or(u32::MAX);
        let mine = self.ways(m).open().filter(|(_, way)| *way == Way::To(place)).map(|(i, _)| i);
        mine.take(usize::try_from(most.max(1)).unwrap_or(usize::MAX)).gather()
    }

    /// Recipients nobody takes.
    pub(super) fn homeless(&self, m: &Message) -> Vec<Homeless> {
        let nowhere = self.ways(m).open().filter(|(_, way)| *way == Way::Nowhere);
        let again = |i: u32| m.recipients.get(usize::try_from(i).ok()?).and_then(|r| self.takes_again(m, r));
        nowhere.map(|(recipient, _)| Homeless { recipient, again: again(recipient) }).gather()
    }

    /// The only one it may go to, if that is not here; the transport that gave it back for now, if it is and still takes it.
    fn takes_again(&self, m: &Message, r: &Recipient) -> Option<Again> {
        if let Some(uid) = m.pin.as_ref().filter(|uid| self.transport(uid).is_none()) {
            return Some(Again { transport: uid.clone(), account: uid.clone(), most: usize::MAX, absent: true });
        }
        let t = self.transport(r.later.as_ref()?)?;
        next(unhandled(r, &[]), &[self.known(m, t)])?;
        let most =
            t.config.guarantees.max_recipients.map_or(usize::MAX, |most| usize::try_from(most.max(1)).unwrap_or(1));
        Some(Again { transport: t.config.uid.clone(), account: t.config.account.clone(), most, absent: false })
    }

    /// The first transport that gets some of it.
    pub(super) fn goes_to(&self, m: &Message) -> Option<&Transport> {
        let place = |(_, way)| if let Way::To(place) = way { Some(place) } else { None };
        self.transports.get(self.ways(m).open().filter_map(place).min()?)
    }
}

fn fits(m: &Message, t: &Transport) -> bool {
    m.pin.as_ref().is_none_or(|pin| *pin == t.config.uid)
        && t.config.guarantees.max_size.is_none_or(|max| m.size <= max)
}

/// Any type, while a function has still to say which.
fn may_take(t: &Transport) -> &AddressTypes {
    if t.config.has(Verb::AddressTypes) && t.provider.logon().is_none() { &AddressTypes::Any } else { &t.types }
}
