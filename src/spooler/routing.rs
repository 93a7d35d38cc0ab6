//! Which transport is offered which recipient (catalogue 7.3). Transports are named by their place in transport order.

use crate::mapi::AddressTypes;

/// What routing needs to know of a transport.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// MAPIUIDs whose entry ids it takes, in lower-case hex.
    pub uids: &'a [String],
    /// Address types it takes.
    pub types: &'a AddressTypes,
    /// It may send for this sender (O-10), and has not failed for the session. One that is merely offline or in
    /// back-off is usable: its envelopes wait (C-089).
    pub usable: bool,
}

/// A recipient nobody has.
#[derive(Clone, Copy, Debug)]
pub struct Unhandled<'a> {
    /// `PR_ADDRTYPE`.
    pub address_type: &'a str,
    /// MAPIUID of its entry id ([`provider_of`]).
    pub uid: Option<&'a str>,
    /// Transports that gave it back.
    pub tried: &'a [usize],
}

/// The MAPIUID in an entry id, both in hex: bytes 4 to 20, behind the flags. It names the provider that made the id.
pub fn provider_of(entry_id: &str) -> Option<&str> {
    entry_id.get(8..40)
}

/// All transports to offer a recipient, in turn: UID matches first, address types after (C-080), each once.
pub fn offers(address_type: &str, uid: Option<&str>, transports: &[Candidate<'_>]) -> impl Iterator<Item = usize> {
    let by_uid = move |t: &Candidate<'_>| uid.is_some_and(|uid| t.uids.iter().any(|own| own == uid));
    [true, false].into_iter().flat_map(move |first| {
        let wanted = move |t: &Candidate<'_>| {
            if first { by_uid(t) } else { !by_uid(t) && t.types.accepts(address_type) }
        };
        transports.iter().enumerate().filter(move |(_, t)| wanted(t)).map(|(place, _)| place)
    })
}

/// The first transport offered that is usable and has not given the recipient back (C-084); `None`: nobody is left to take it,
/// and it gets a non-delivery report (C-085).
pub fn next(recipient: Unhandled<'_>, transports: &[Candidate<'_>]) -> Option<usize> {
    let usable = |place: &usize| transports.get(*place).is_some_and(|t| t.usable);
    offers(recipient.address_type, recipient.uid, transports)
        .find(|place| usable(place) && !recipient.tried.contains(place))
}

/// `EnumAdrTypes`: the types of active transports, each once, in the order first seen (C-079). Transports that take
/// any type name none.
pub fn enum_address_types<'a>(active: impl IntoIterator<Item = &'a AddressTypes>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for types in active {
        let AddressTypes::List(list) = types else {
            continue;
        };
        for name in list {
            if !all.contains(name) {
                all.push(name.clone());
            }
        }
    }
    all
}
