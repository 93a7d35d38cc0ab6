//! Transport order and routing, by statement.

use mailspooler::mapi::{AddressTypes, Scode, Text};
use mailspooler::spooler::order::{Ranked, check_order, transport_order};
use mailspooler::spooler::routing::{Candidate, Unhandled, enum_address_types, next, provider_of};

fn texts(names: &[&str]) -> Vec<Text> {
    names.iter().map(|&n| n.into()).collect()
}

fn uids(names: &[&str]) -> Vec<String> {
    names.iter().map(|&n| n.to_owned()).collect()
}

fn list(names: &[&str]) -> AddressTypes {
    AddressTypes::List(uids(names))
}

const A: Ranked<'_> = Ranked { uid: "a", prefer_last: false };
const B: Ranked<'_> = Ranked { uid: "b", prefer_last: true };
const C: Ranked<'_> = Ranked { uid: "c", prefer_last: false };
const D: Ranked<'_> = Ranked { uid: "d", prefer_last: true };

fn refusal(wanted: &[&str]) -> Option<Scode> {
    check_order(&[A, B, C], &texts(wanted)).err().map(|e| e.code)
}

#[test]
fn c_071_a_permutation_of_all_transports_is_taken() {
    assert_eq!(refusal(&["c", "a", "b"]), None);
    assert_eq!(check_order(&[], &[]), Ok(()));
}

#[test]
fn c_072_another_count_is_busy() {
    assert_eq!(refusal(&["a", "b"]), Some(Scode::MAPI_E_BUSY));
    assert_eq!(refusal(&["a", "b", "c", "x"]), Some(Scode::MAPI_E_BUSY));
}

#[test]
fn c_073_an_unknown_uid_is_not_found_even_beside_a_duplicate() {
    assert_eq!(refusal(&["a", "b", "x"]), Some(Scode::MAPI_E_NOT_FOUND));
    assert_eq!(refusal(&["a", "a", "x"]), Some(Scode::MAPI_E_NOT_FOUND));
    assert_eq!(refusal(&["a", "b", "b"]), Some(Scode::MAPI_E_INVALID_PARAMETER));
}

#[test]
fn c_075_an_explicit_order_overrides_prefer_last() {
    assert_eq!(transport_order(&[A, B, C], &texts(&["b", "c", "a"])), [1, 2, 0]);
}

#[test]
fn c_076_without_one_they_rank_by_addition_and_prefer_last_goes_last() {
    assert_eq!(transport_order(&[B, A, D, C], &[]), [1, 3, 0, 2]);
}

#[test]
fn c_076_transports_the_order_does_not_name_follow_and_absent_ones_are_passed_over() {
    assert_eq!(transport_order(&[A, B, C, D], &texts(&["gone", "d", "c"])), [3, 2, 0, 1]);
}

#[test]
fn c_079_types_are_listed_once_in_the_order_first_seen() {
    let active = [list(&["SMTP", "FAX"]), AddressTypes::Any, AddressTypes::None, list(&["X400", "SMTP"])];
    assert_eq!(enum_address_types(&active), ["SMTP", "FAX", "X400"]);
}

fn candidate<'a>(uids: &'a [String], types: &'a AddressTypes) -> Candidate<'a> {
    Candidate { uids, types, usable: true }
}

fn offers(address_type: &str, uid: Option<&str>, transports: &[Candidate<'_>]) -> Vec<usize> {
    mailspooler::spooler::routing::offers(address_type, uid, transports).collect()
}

fn to(address_type: &str) -> Unhandled<'_> {
    Unhandled { address_type, uid: None, tried: &[] }
}

#[test]
fn c_080_uids_are_scanned_before_any_type() {
    let (smtp, none, uid) = (list(&["SMTP"]), AddressTypes::None, "77");
    let (one, two) = (uids(&[uid]), uids(&["88", uid]));
    let transports = [candidate(&[], &smtp), candidate(&one, &none), candidate(&two, &smtp)];
    assert_eq!(offers("SMTP", Some(uid), &transports), [1, 2, 0]);
    assert_eq!(offers("FAX", Some(uid), &transports), [1, 2]);
    assert_eq!(offers("SMTP", Some("99"), &transports), [0, 2]);
    assert_eq!(offers("SMTP", None, &transports), [0, 2]);
}

#[test]
fn c_080_the_uid_of_an_entry_id_is_its_bytes_4_to_20() {
    let (flags, uid) = ("01020304", "00112233445566778899aabbccddeeff");
    assert_eq!(provider_of(&format!("{flags}{uid}")), Some(uid));
    assert_eq!(provider_of(&format!("{flags}{uid}c0de")), Some(uid));
    for short in ["", flags, &format!("{flags}{}", &uid[1..]), "0102030\u{e9}00112233445566778899aabbccddeeff"] {
        assert_eq!(provider_of(short), None, "{short}");
    }
}

#[test]
fn c_081_types_match_exactly() {
    let smtp = list(&["SMTP"]);
    for other in ["smtp", "SMTP ", "SMT", ""] {
        assert!(offers(other, None, &[candidate(&[], &smtp)]).is_empty(), "{other:?}");
    }
}

#[test]
fn c_082_a_null_array_takes_every_type() {
    let any = AddressTypes::from_answer(None);
    assert_eq!(any, AddressTypes::Any);
    assert_eq!(offers("FAX", None, &[candidate(&[], &any)]), [0]);
}

#[test]
fn c_083_one_zero_length_string_takes_none_but_by_uid() {
    let none = AddressTypes::from_answer(Some(uids(&[""])));
    assert_eq!(none, AddressTypes::None);
    assert_eq!(AddressTypes::from_answer(Some(Vec::new())), AddressTypes::None);
    assert_eq!(AddressTypes::from_answer(Some(uids(&["", "FAX"]))), list(&["FAX"]));
    let own = uids(&["77"]);
    let by_uid = [candidate(&own, &none)];
    assert!(offers("SMTP", None, &by_uid).is_empty());
    assert_eq!(offers("SMTP", Some("77"), &by_uid), [0]);
}

#[test]
fn c_084_a_recipient_given_back_goes_to_the_next() {
    let (smtp, any) = (list(&["SMTP"]), AddressTypes::Any);
    let transports = [candidate(&[], &smtp), candidate(&[], &any)];
    assert_eq!(next(to("SMTP"), &transports), Some(0));
    assert_eq!(next(Unhandled { tried: &[0], ..to("SMTP") }, &transports), Some(1));
}

#[test]
fn c_085_a_recipient_nobody_takes_is_named() {
    let smtp = list(&["SMTP"]);
    let transports = [candidate(&[], &smtp)];
    assert_eq!(next(to("FAX"), &transports), None);
    assert_eq!(next(Unhandled { tried: &[0], ..to("SMTP") }, &transports), None);
    assert_eq!(next(to("SMTP"), &transports), Some(0));
    assert_eq!(next(to("SMTP"), &[]), None);
}

#[test]
fn o_10_a_transport_that_may_not_send_for_the_sender_is_passed_over() {
    let smtp = list(&["SMTP"]);
    let foreign = Candidate { usable: false, ..candidate(&[], &smtp) };
    assert_eq!(next(to("SMTP"), &[foreign, candidate(&[], &smtp)]), Some(1));
    assert_eq!(next(to("SMTP"), &[foreign]), None);
}

#[test]
fn c_090_several_transports_each_take_a_part() {
    let (smtp, fax) = (list(&["SMTP"]), list(&["FAX"]));
    let transports = [candidate(&[], &fax), candidate(&[], &smtp)];
    let takers = ["SMTP", "FAX", "SMTP"].map(|address_type| next(to(address_type), &transports));
    assert_eq!(takers, [Some(1), Some(0), Some(1)]);
}
