//! Recipients with an entry id: whom transports take by MAPIUID, and how they are stored (C-080…C-089, O-70).

use super::world::*;
use mailspooler::mapi::{Scode, Text};
use mailspooler::session::io::*;
use mailspooler::session::stored::StoreName;
use mailspooler::spooler::outcome::{NotAttempted, Outcome, RecipientStatus as Status};
use mailspooler::wire::tape::Writer;

const OURS: &str = "00112233445566778899aabbccddeeff";
const OTHER: &str = "ffeeddccbbaa99887766554433221100";

/// Four bytes of flags, the uid, and what its provider keeps there.
fn entry_id(uid: &str) -> String {
    format!("00000000{uid}c0de")
}

fn known(to: DraftAddress, uid: &str) -> DraftAddress {
    DraftAddress { entry_id: entry_id(uid).into(), ..to }
}

fn by_uid(uid: &str, of: &[&str]) -> TransportConfig {
    TransportConfig { uids: of.iter().map(|u| (*u).to_owned()).collect(), ..transport(uid) }
}

/// By uid only.
fn typeless(uid: &str, of: &[&str]) -> TransportConfig {
    takes(by_uid(uid, of), "")
}

fn mail(recipients: Vec<DraftAddress>) -> Draft {
    Draft { recipients, ..draft("") }
}

/// Address and entry id of whom it was called for.
fn called(open: &Open) -> Vec<(String, String)> {
    let recipients = &open.job.as_ref().unwrap().recipients;
    recipients.iter().map(|r| (r.address.to_string(), r.entry_id.to_string())).collect()
}

fn addresses(open: &Open) -> Vec<String> {
    called(open).into_iter().map(|(address, _)| address).collect()
}

fn not_me(w: &mut World, uid: &str) -> Vec<String> {
    let open = w.take_of(uid);
    w.answer(&open, Answer::Outcome { outcome: not_attempted(NotAttempted::NotMe) }, false);
    addresses(&open)
}

fn tape(w: &World, store: StoreName, uid: &str) -> Writer {
    w.store.borrow().rows[&(store, uid.to_owned())].tape.clone()
}

#[test]
fn c_080_whose_entry_id_a_transport_names_goes_there_before_any_type_is_asked() {
    let mut w = World::driving(vec![transport("a"), by_uid("b", &[OTHER, OURS])]);
    w.send(mail(vec![to("x@example.test"), known(to("y@example.test"), OURS), to("z@example.test")]));
    assert_eq!(addresses(&w.take_of("a")), ["x@example.test", "z@example.test"]);
    assert_eq!(called(&w.take_of("b")), [("y@example.test".to_owned(), entry_id(OURS))], "with its entry id");
}

#[test]
fn c_080_transports_that_name_it_come_in_their_order_then_types_in_theirs_and_none_twice() {
    let everybody = vec![transport("a"), by_uid("b", &[OURS]), typeless("c", &[OURS]), by_uid("d", &[OTHER])];
    let mut w = World::driving(everybody);
    let uid = w.send(mail(vec![known(to("x@example.test"), OURS)]));
    for next in ["b", "c", "a", "d"] {
        assert_eq!(not_me(&mut w, next), ["x@example.test"], "{next}");
        assert!(w.count(Verb::Submit) <= 4);
    }
    assert_eq!((w.state(&uid).as_str(), w.count(Verb::Submit)), ("rejected", 4), "c_085: and then nobody is left");
}

#[test]
fn c_080_the_order_of_transports_is_the_order_of_their_uids() {
    let mut w = World::driving(vec![by_uid("a", &[OURS]), by_uid("b", &[OURS])]);
    let req = w.req();
    w.step(Input::SetTransportOrder { req, uids: vec!["b".into(), "a".into()], now: true });
    w.send(mail(vec![known(to("x@example.test"), OURS)]));
    assert_eq!(not_me(&mut w, "b"), ["x@example.test"]);
    assert_eq!(addresses(&w.take_of("a")), ["x@example.test"]);
}

#[test]
fn c_080_neighbours_of_one_type_go_each_by_their_own_entry_id() {
    let mut w = World::driving(vec![transport("a"), by_uid("b", &[OURS]), typeless("c", &[OTHER])]);
    let ids = [Some(OURS), Some(OURS), None, Some(OTHER), Some(OURS), None];
    let one = |(i, id): (usize, &Option<&str>)| {
        let to = to(&format!("{i}@example.test"));
        id.map_or(to.clone(), |id| known(to, id))
    };
    w.send(mail(ids.iter().enumerate().map(one).collect()));
    let got =
        ["a", "b", "c"].map(|uid| addresses(&w.take_of(uid)).iter().map(|a| a[..1].to_owned()).collect::<String>());
    assert_eq!(got, ["25", "014", "3"]);
}

#[test]
fn c_081_an_address_type_that_nobody_takes_goes_by_its_entry_id() {
    let mut w = World::driving(vec![transport("a"), by_uid("b", &[OURS])]);
    let uid = w.send(mail(vec![known(of_type("EX", "/o=org/cn=x"), OURS), known(of_type("EX", "/o=org/cn=y"), OTHER)]));
    assert_eq!(addresses(&w.take_of("b")), ["/o=org/cn=x"]);
    let report = w.session.report(&uid).unwrap();
    assert_eq!((report.recipients[1].status, w.count(Verb::Submit)), ("rejected", 1), "c_085: an unknown provider's");
}

#[test]
fn c_083_one_empty_type_and_uids_take_by_uid_only() {
    let mut w = World::driving(vec![typeless("a", &[OURS])]);
    let uid = w.send(mail(vec![to("x@example.test"), known(to("y@example.test"), OURS)]));
    assert_eq!(addresses(&w.take_of("a")), ["y@example.test"]);
    assert_eq!(w.session.report(&uid).unwrap().recipients[0].status, "rejected");
}

#[test]
fn c_084_whom_its_transport_leaves_open_goes_by_type_with_its_entry_id() {
    let mut b = dedupes("b");
    b.uids = vec![OURS.to_owned()];
    let mut w = World::driving(vec![transport("a"), b]);
    w.send(mail(vec![known(to("x@example.test"), OURS), known(to("y@example.test"), OURS)]));
    let recipients = Some(vec![line("x@example.test", Status::Accepted), line("y@example.test", Status::Open)]);
    w.outcome(Outcome::Accepted { remote_id: None, recipients });
    assert_eq!(called(&w.take_of("a")), [("y@example.test".to_owned(), entry_id(OURS))]);
}

#[test]
fn c_084_whom_only_its_uid_takes_and_gave_back_for_now_is_asked_for_again() {
    let mut b = typeless("b", &[OURS]);
    b.guarantees.dedupe_window = Some(86_400_000);
    let mut w = World::driving(vec![b]);
    let uid = w.send(mail(vec![known(to("x@example.test"), OURS), known(to("y@example.test"), OURS)]));
    let mut later = line("y@example.test", Status::Open);
    later.code = "451".into();
    let recipients = Some(vec![line("x@example.test", Status::Accepted), later]);
    w.outcome(Outcome::Accepted { remote_id: None, recipients });
    assert_eq!(w.state(&uid), "waiting");
    w.until(Verb::Submit);
    assert_eq!(called(&w.take_of("b")), [("y@example.test".to_owned(), entry_id(OURS))]);
}

#[test]
fn o_15_what_a_removed_transport_was_to_send_by_uid_goes_by_type() {
    let mut w = World::driving(vec![transport("a"), with(by_uid("b", &[OURS]), &[Verb::Logon])]);
    w.send(mail(vec![known(to("x@example.test"), OURS)]));
    assert!(!w.has(Verb::Submit));
    let req = w.req();
    w.step(Input::RemoveTransport { req, uid: "b".into() });
    assert_eq!(called(&w.take_of("a")), [("x@example.test".to_owned(), entry_id(OURS))]);
}

#[test]
fn c_089_a_transport_that_failed_for_the_session_leaves_its_uids_to_types_and_a_pin_stays() {
    let mut w = World::driving(vec![transport("a"), with(by_uid("b", &[OURS]), &[Verb::Logon])]);
    let pinned = w.send(Draft { transport: Some("b".into()), ..mail(vec![known(to("p@example.test"), OURS)]) });
    w.send(mail(vec![known(to("x@example.test"), OURS)]));
    let logon = w.take(Verb::Logon);
    let scode = Some(Scode::MAPI_E_FAILONEPROVIDER.hresult());
    w.answer(&logon, Answer::Threw { scode, class: "MapiError".into(), network: false, retry_after: None }, false);
    assert_eq!(addresses(&w.take_of("a")), ["x@example.test"]);
    assert_eq!((w.state(&pinned).as_str(), w.has(Verb::Submit)), ("queued", false));
}

#[test]
fn c_089_mail_waits_for_the_transport_of_its_entry_id() {
    let mut w = World::driving(vec![transport("a"), with(by_uid("b", &[OURS]), &[Verb::Logon])]);
    let uid = w.send(mail(vec![known(to("x@example.test"), OURS)]));
    assert_eq!((w.state(&uid).as_str(), w.has(Verb::Submit)), ("queued", false), "it is only not logged on yet");
    let logon = w.take(Verb::Logon);
    w.answer(&logon, Answer::Done, false);
    assert_eq!(addresses(&w.take_of("b")), ["x@example.test"]);
}

#[test]
fn c_080_entry_ids_outlive_the_life_and_the_envelope() {
    let transports = || vec![transport("a"), by_uid("b", &[OURS])];
    let mut w = World::driving(vec![]);
    let uid = w.send(mail(vec![known(to("x@example.test"), OURS), to("y@example.test")]));
    let mut next = w.next_life(3, transports());
    let entry_ids = |w: &World| {
        w.session.report(&uid).unwrap().recipients.iter().map(|r| r.recipient.entry_id.clone()).collect::<Vec<Text>>()
    };
    assert_eq!(entry_ids(&next), [entry_id(OURS).as_str(), ""]);
    let (mine, others) = (next.take_of("b"), next.take_of("a"));
    next.answer(&mine, Answer::Outcome { outcome: rejected(true) }, true);
    next.answer(&others, Answer::Outcome { outcome: accepted() }, true);
    assert_eq!(next.state(&uid), "rejected");
    next.act(&uid, MessageVerb::Retry);
    let again = next.take_of("b");
    assert_eq!(called(&again), called(&mine), "in a new envelope");
    assert_ne!(again.job.unwrap().key, mine.job.unwrap().key);
    let last = w.next_life(4, transports());
    assert_eq!(entry_ids(&last), [entry_id(OURS).as_str(), ""], "beside its envelopes");
}

#[test]
fn c_080_the_first_mention_of_an_address_brings_its_entry_id() {
    let mut w = World::driving(vec![transport("a"), by_uid("b", &[OURS])]);
    w.send(mail(vec![known(to("x@example.test"), OURS), to("x@example.test")]));
    assert_eq!(called(&w.take_of("b")), [("x@example.test".to_owned(), entry_id(OURS))]);
}

const NUMS: [f64; 56] = [
    1.0,
    1.0,
    1.0,
    3.0,
    0.0,
    0.0,
    10.0,
    2.0,
    1.7e12,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    2.0,
    1.0,
    5.0,
    1.0,
    0.0,
    0.0,
    1.0,
    5.0,
    1.0,
    0.0,
    0.0,
    1.0,
    1.0,
    2.0,
    0.0,
    1.0,
    7.0,
    0.0,
    1.0,
    1.7e12,
    1_700_000_060_000.0,
    60_000.0,
    1.7e12,
    0.0,
    0.0,
    0.0,
    1.0,
    0.0,
    0.0,
    0.0,
    0.0,
    1.0,
    0.0,
    1.7e12,
    0.0,
    1.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
];
const TEXT: &str = "309b6f7312d327f11cffb7dfc6b4b0bd\0<309b6f7312d327f11cffb7dfc6b4b0bd@example.test>\0me@example.test\0\0\0\
    SMTP\0x@example.test\0\0SMTP\0y@example.test\0Y\0a\0a\0";

#[test]
fn o_70_rows_without_entry_ids_lie_as_the_first_version_wrote_them() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft_to(&["x@example.test", "Y <y@example.test>"]));
    w.outcome(unknown());
    let written = tape(&w, StoreName::Messages, &uid);
    let (text, behind) = written.text.split_at(TEXT.len());
    assert_eq!((written.nums.as_slice(), text), (NUMS.as_slice(), TEXT));
    assert_eq!(behind, "lost\0", "the word of the doubt stands where that version reads nothing");
    let next = w.next_life(3, vec![transport("a")]);
    assert_eq!(next.state(&uid), "unconfirmed");
}

#[test]
fn o_70_rows_with_entry_ids_say_that_they_are_newer() {
    let mut w = World::driving(vec![transport("a")]);
    let plain = w.send(draft("x@example.test"));
    let uid = w.send(mail(vec![to("x@example.test"), known(to("y@example.test"), OTHER)]));
    let schema = |w: &World, store, uid: &str| tape(w, store, uid).nums[0];
    assert_eq!((schema(&w, StoreName::Messages, &plain), schema(&w, StoreName::Messages, &uid)), (1.0, 2.0));
    w.outcome(accepted());
    w.outcome(accepted());
    assert_eq!((schema(&w, StoreName::Tombstones, &plain), schema(&w, StoreName::Tombstones, &uid)), (1.0, 2.0));
    let next = w.next_life(3, vec![]);
    let report = next.session.report(&uid).unwrap();
    assert_eq!((report.state, report.recipients[1].recipient.entry_id.as_str()), ("sent", entry_id(OTHER).as_str()));
}
