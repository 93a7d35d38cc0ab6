//! Transport order (catalogue 7.1).

use crate::mapi::{MapiError, MapiResult, Scode, Text, told};

/// What order needs to know of a transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ranked<'a> {
    /// Its uid.
    pub uid: &'a str,
    /// `STATUS_XP_PREFER_LAST`.
    pub prefer_last: bool,
}

/// `MsgServiceTransportOrder`: the new order must name every transport once.
///
/// Checked in this order: count (`MAPI_E_BUSY`, as documented), membership (`MAPI_E_NOT_FOUND`), duplicates
/// (`MAPI_E_INVALID_PARAMETER`). On a refusal the previous order stays (C-074).
pub fn check_order(present: &[Ranked<'_>], wanted: &[Text]) -> MapiResult<()> {
    if wanted.len() != present.len() {
        let expected = told!["all ", present.len(), " transports"];
        return Err(MapiError::new(Scode::MAPI_E_BUSY, expected, told![wanted.len(), " uids"]));
    }
    if !wanted.iter().all(|uid| present.iter().any(|t| *uid == t.uid)) {
        return Err(MapiError::new(Scode::MAPI_E_NOT_FOUND, "uids of transports of this session", "another uid"));
    }
    if !present.iter().all(|t| wanted.iter().any(|uid| *uid == t.uid)) {
        return Err(MapiError::new(Scode::MAPI_E_INVALID_PARAMETER, "every transport once", "one of them twice"));
    }
    Ok(())
}

/// Indices into `added` (the order of addition) in transport order.
///
/// An explicit order goes first and overrides `STATUS_XP_PREFER_LAST` (C-075); transports it does not name follow
/// by addition, those that prefer to be last behind the others (C-076). Uids of absent transports are passed over.
pub fn transport_order(added: &[Ranked<'_>], explicit: &[Text]) -> Vec<usize> {
    let rank = |transport: &Ranked<'_>| match explicit.iter().position(|named| named == transport.uid) {
        Some(place) => (0, place),
        None => (1, usize::from(transport.prefer_last)),
    };
    let mut order: Vec<usize> = Vec::new();
    for (index, transport) in added.iter().enumerate() {
        let after = order.iter().take_while(|other| added.get(**other).map(rank) <= Some(rank(transport))).count();
        order.insert(after, index);
    }
    order
}
