//! The table, the transports and their logons, by the statements of the pages (C-001…C-107, C-141, C-142).

use super::world::*;
use mailspooler::mapi::*;
use mailspooler::session::Which;
use mailspooler::session::io::*;
use mailspooler::status::StatusEntry;
use mailspooler::table::Notification;

fn entry(uid: &str) -> String {
    let id = StatusEntry::Transport(uid.to_owned()).to_entry_id();
    id.iter().map(|b| format!("{b:02x}")).collect()
}

fn order(w: &World) -> Vec<(PropValue, PropValue)> {
    let cell = |row: &[(PropTag, PropValue)], tag| row.iter().find(|(t, _)| *t == tag).unwrap().1.clone();
    let table = w.session.provider_table();
    table.iter().map(|row| (cell(row, PR_DISPLAY_NAME), cell(row, PR_PROVIDER_ORDINAL))).collect()
}

fn reorder(w: &mut World, uids: &[&str]) -> Req {
    let req = w.req();
    let uids = uids.iter().map(|uid| (*uid).into()).collect();
    w.step(Input::SetTransportOrder { req, uids, now: true });
    req
}

#[test]
fn c_001_every_view_looks_at_the_one_status_table() {
    let mut w = World::driving(vec![transport("a")]);
    let rows = |w: &mut World| {
        let handle = w.session.open_view(Which::Status).unwrap();
        let mut view = w.session.view(handle).unwrap();
        view.set_columns(vec![PR_ENTRYID, PR_ROWID]).unwrap();
        view.query_rows(10, false).unwrap().rows
    };
    let first = rows(&mut w);
    assert_eq!((first.len(), rows(&mut w)), (4, first));
}

#[test]
fn c_017_a_transport_that_goes_takes_its_row_along_and_views_are_told() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Notify, Verb::Logoff]), transport("b")]);
    let begin = w.take(Verb::Notify);
    w.answer(&begin, Answer::Done, false);
    let handle = w.session.open_view(Which::Status).unwrap();
    w.session.view(handle).unwrap().advise().unwrap();
    let req = w.req();
    w.step(Input::RemoveTransport { req, uid: "a".into() });
    let end = w.take(Verb::Notify);
    w.answer(&end, Answer::Done, false);
    assert!(!w.replies.contains_key(&req), "not before it is logged off");
    let off = w.take(Verb::Logoff);
    w.session.take_notifications(handle);
    w.answer(&off, Answer::Done, false);
    assert_eq!(w.replies.get(&req).map(Result::is_ok), Some(true));
    let told = w.session.take_notifications(handle);
    let deleted = told.iter().filter(|d| matches!(d.notification, Notification::Deleted { .. })).count();
    assert_eq!((deleted, w.session.view(handle).unwrap().row_count()), (1, 4), "{told:?}");
    assert!(w.session.status_props(&entry("a")).is_err());
}

#[test]
fn c_044_validate_state_asks_and_moves_no_mail() {
    let verbs = [Verb::ValidateState, Verb::FlushQueues, Verb::StartMessage, Verb::Poll];
    let mut w = World::driving(vec![with(transport("a"), &verbs)]);
    let poll = w.take(Verb::Poll);
    w.answer(&poll, Answer::Polled { more: false }, false);
    w.made.clear();
    for flags in [0, 0x1, 0x10_0000, 0x10_0001] {
        let req = w.req();
        w.step(Input::Validate { req, entry: entry("a"), flags });
        let open = w.take(Verb::ValidateState);
        assert_eq!(open.flags, flags);
        w.answer(&open, Answer::Done, false);
        assert_eq!(w.replies.get(&req), Some(&Ok(Reply::Unit)));
    }
    assert_eq!((w.made.len(), w.count(Verb::ValidateState)), (4, 4), "{:?}", w.made);
}

#[test]
fn c_074_a_refused_order_leaves_the_one_before() {
    let mut w = World::driving(vec![transport("a"), transport("b"), transport("c")]);
    let before = order(&w);
    for (uids, code) in [
        (&["c", "b"][..], "MAPI_E_BUSY"),
        (&["c", "b", "x"], "MAPI_E_NOT_FOUND"),
        (&["c", "b", "b"], "MAPI_E_INVALID_PARAMETER"),
    ] {
        let req = reorder(&mut w, uids);
        assert_eq!((w.refused(req), order(&w)), (code, before.clone()));
    }
}

fn names(w: &World) -> Vec<String> {
    order(w).into_iter().map(|(name, _)| if let PropValue::Str(name) = name { name } else { String::new() }).collect()
}

#[test]
fn c_071_an_order_is_kept_for_the_next_session_whenever_its_transports_are_there() {
    let mut w = World::driving(vec![transport("a"), transport("b")]);
    let req = w.req();
    w.step(Input::SetTransportOrder { req, uids: vec!["b".into(), "a".into()], now: false });
    assert_eq!(names(&w), ["a", "b"], "not in this session");
    assert_eq!(names(&w.next_life(2, vec![transport("a"), transport("b")])), ["b", "a"]);
    // A page has its transports before anything was read.
    let mut early = World::deaf(w.store.clone(), 3, 1);
    early.add(vec![transport("a"), transport("b")]);
    assert_eq!(names(&early), ["a", "b"]);
    early.pass(60_000);
    assert_eq!(names(&early), ["b", "a"]);
}

#[test]
fn c_071_an_order_set_in_another_tab_counts_where_mail_is_sent() {
    let mut driver = World::driving(vec![transport("a"), transport("b")]);
    let mut follower = World::on(driver.store.clone(), 9);
    follower.add(vec![transport("a"), transport("b")]);
    reorder(&mut follower, &["b", "a"]);
    assert_eq!(names(&follower), ["b", "a"]);
    driver.look();
    assert_eq!(names(&driver), ["b", "a"]);
    let req = follower.req();
    follower.step(Input::SetTransportOrder { req, uids: vec!["a".into(), "b".into()], now: false });
    driver.look();
    assert_eq!(names(&driver), ["b", "a"], "not before the next session");
}

#[test]
fn c_016_listeners_are_told_that_the_device_is_offline() {
    let mut w = World::driving(vec![transport("a")]);
    let handle = w.session.open_view(Which::Status).unwrap();
    w.session.view(handle).unwrap().advise().unwrap();
    w.step(Input::Online { online: false });
    let told = w.session.take_notifications(handle);
    assert_eq!(told.len(), 2, "the subsystem and the spooler: {told:?}");
    assert_eq!(w.why(&entry("a")), "offline");
    w.step(Input::Online { online: false });
    assert!(w.session.take_notifications(handle).is_empty());
}

#[test]
fn o_73_the_row_of_a_transport_says_that_another_tab_sends() {
    let driver = World::driving(vec![transport("a")]);
    let mut follower = World::on(driver.store.clone(), 9);
    follower.add(vec![transport("a")]);
    assert_eq!((driver.why(&entry("a")).as_str(), follower.why(&entry("a")).as_str()), ("open", "following"));
}

#[test]
fn c_077_ordinals_count_from_zero_in_transport_order() {
    let mut w = World::driving(vec![transport("a"), transport("b"), transport("c")]);
    reorder(&mut w, &["c", "a", "b"]);
    let expected = ["c", "a", "b"].map(PropValue::from).into_iter().zip((0..3).map(PropValue::Long));
    assert_eq!(order(&w), expected.collect::<Vec<_>>());
}

#[test]
fn c_078_a_provider_table_does_not_show_what_changes_later() {
    let mut w = World::driving(vec![transport("a"), transport("b")]);
    let before = w.session.provider_table();
    let copy = before.clone();
    reorder(&mut w, &["b", "a"]);
    assert_eq!(before, copy);
    assert_ne!(before, w.session.provider_table());
}

#[test]
fn c_101_offline_a_logon_is_told_so_and_may_fail_and_is_tried_again() {
    let mut w = World::on(Shared::default(), 7);
    w.step(Input::Online { online: false });
    w.add(vec![with(transport("a"), &[Verb::Logon])]);
    w.grant();
    let uid = w.send(draft("you@example.test"));
    let logon = w.take(Verb::Logon);
    let flags = LogonFlags::from_bits(logon.flags).unwrap();
    assert!(flags.contains(LogonFlags::NO_CONNECT | LogonFlags::NO_INBOUND | LogonFlags::NO_OUTBOUND));
    w.answer(&logon, Answer::Threw { scode: None, class: "TypeError".into(), network: true, retry_after: None }, false);
    w.step(Input::Online { online: true });
    w.until(Verb::Logon);
    let logon = w.take(Verb::Logon);
    assert!(!LogonFlags::from_bits(logon.flags).unwrap().contains(LogonFlags::NO_CONNECT));
    w.answer(&logon, Answer::Done, false);
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn c_102_missing_settings_without_a_dialog_are_told_to_whoever_asked() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Logon, Verb::Configure])]);
    let unconfigured = |w: &mut World| {
        let logon = w.take(Verb::Logon);
        let scode = Some(Scode::MAPI_E_UNCONFIGURED.hresult());
        let answer = Answer::Threw { scode, class: "MapiError".into(), network: false, retry_after: None };
        w.answer(&logon, answer, false);
        LogonFlags::from_bits(logon.flags).unwrap().contains(LogonFlags::NO_DIALOG)
    };
    assert!(unconfigured(&mut w), "nobody asked for it");
    let configure = w.take(Verb::Configure);
    w.answer(
        &configure,
        Answer::Threw { scode: None, class: "Error".into(), network: false, retry_after: None },
        false,
    );
    let req = w.req();
    w.step(Input::Validate { req, entry: entry("a"), flags: ValidateFlags::SUPPRESS_UI.bits() });
    assert!(unconfigured(&mut w));
    assert!(!w.has(Verb::Configure), "a person who wants nothing shown gets the code instead");
    assert_eq!(w.refused(req), "MAPI_E_UNCONFIGURED");
    let req = w.req();
    w.step(Input::Validate { req, entry: entry("a"), flags: 0 });
    assert!(!unconfigured(&mut w));
    assert!(w.has(Verb::Configure));
}

#[test]
fn c_105_closing_logs_off_whoever_is_logged_on() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Logoff]), with(transport("b"), &[Verb::Logoff])]);
    let req = w.req();
    w.step(Input::Close { req });
    for _ in 0..2 {
        assert!(!w.replies.contains_key(&req));
        let off = w.take(Verb::Logoff);
        w.answer(&off, Answer::Done, false);
    }
    assert_eq!(w.replies.get(&req), Some(&Ok(Reply::Unit)));
}

#[test]
fn c_141_c_142_new_mail_is_announced_once_the_host_has_it_with_id_folder_class_and_flags() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::StartMessage, Verb::Acknowledge])]);
    w.step(Input::Notify { transport: "a".into(), flags: SpoolerNotify::NEWMAIL.bits(), entry: None });
    let start = w.take(Verb::StartMessage);
    let message =
        Answer::Message { id: "m1".into(), folder: Some("inbox".into()), class: "IPM.Note".into(), flags: 0x10 };
    w.answer(&start, message, false);
    let announced = |w: &World| w.events.iter().filter(|e| matches!(e, Effect::NewMail { .. })).count();
    assert_eq!(announced(&w), 0, "nobody has it yet");
    let deliver = w.take(Verb::Deliver);
    w.answer(&deliver, Answer::Done, false);
    let expected = Effect::NewMail {
        transport: "a".into(),
        id: "m1".into(),
        folder: Some("inbox".into()),
        class: "IPM.Note".into(),
        flags: 0x10,
    };
    assert!(w.events.contains(&expected), "{:?}", w.events);
    assert_eq!(w.take(Verb::Acknowledge).entry.as_deref(), Some("m1"));
}

/// Two transports of one message service, one of another; the first's logon ends so.
fn services(code: Scode) -> World {
    let of = |uid: &str, service: &str| {
        let mut t = with(transport(uid), &[Verb::Logon]);
        t.service = service.into();
        t
    };
    let mut w = World::driving(vec![of("a", "one"), of("b", "one"), of("c", "two")]);
    let logon = w.take(Verb::Logon);
    assert_eq!(logon.transport, "a");
    let answer =
        Answer::Threw { scode: Some(code.hresult()), class: "MapiError".into(), network: false, retry_after: None };
    w.answer(&logon, answer, false);
    while w.has(Verb::Logon) {
        let logon = w.take(Verb::Logon);
        w.answer(&logon, Answer::Done, false);
    }
    w
}

fn available(w: &World, uid: &str) -> bool {
    let code = w.session.status_props(&entry(uid)).unwrap().into_iter().find(|(tag, _)| *tag == PR_STATUS_CODE);
    let Some((_, PropValue::Long(code))) = code else { panic!("no code") };
    StatusCode::from_bits(code as u32).unwrap().contains(StatusCode::AVAILABLE)
}

#[test]
fn c_099_one_provider_that_fails_leaves_its_service_alone() {
    let w = services(Scode::MAPI_E_FAILONEPROVIDER);
    assert_eq!(["a", "b", "c"].map(|uid| available(&w, uid)), [false, true, true]);
}

#[test]
fn c_100_another_logon_error_takes_the_whole_service_along_and_no_other() {
    let mut w = services(Scode::MAPI_E_USER_CANCEL);
    assert_eq!(["a", "b", "c"].map(|uid| available(&w, uid)), [false, false, true]);
    let uid = w.send(draft("you@example.test"));
    assert_eq!(w.outcome(accepted()).transport, "c", "its mail goes another way");
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn o_52_refused_credentials_park_every_transport_of_the_account_until_one_is_let_in() {
    let of = |uid: &str| {
        let mut t = with(transport(uid), &[Verb::ChangePassword]);
        t.account = "me".into();
        t
    };
    let mut w = World::driving(vec![of("a"), of("b")]);
    let uid = w.send(draft("you@example.test"));
    w.untried(not_attempted(mailspooler::spooler::outcome::NotAttempted::Auth));
    assert!(!available(&w, "a") && !available(&w, "b") && !w.has(Verb::Submit));
    let req = w.req();
    w.step(Input::Dialog { req, entry: entry("b"), verb: Verb::ChangePassword, read_only: false });
    let dialog = w.take(Verb::ChangePassword);
    w.answer(&dialog, Answer::Done, false);
    assert!(available(&w, "a") && available(&w, "b"));
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn c_014_c_015_c_016_a_row_is_added_changed_and_removed_with_one_event_for_each_view() {
    let mut w = World::driving(vec![transport("a")]);
    let views = [0; 2].map(|_| w.session.open_view(Which::Status).unwrap());
    for view in views {
        w.session.view(view).unwrap().advise().unwrap();
    }
    let columns = |text: Option<&str>| match text {
        Some(text) => vec![("statusString".to_owned(), RowValue::Text { value: text.to_owned() })],
        None => vec![],
    };
    for (text, update, expected) in [
        (Some("one"), true, "m"),
        (Some("one"), true, ""),
        (Some("two"), false, "m"),
        (None, false, "d"),
        (Some("three"), true, ""),
        (Some("three"), false, "a"),
    ] {
        w.step(Input::ModifyRow { transport: "a".into(), columns: columns(text), update });
        for view in views {
            let word = |n: &Notification| match n {
                Notification::Added { .. } => 'a',
                Notification::Modified { .. } => 'm',
                Notification::Deleted { .. } => 'd',
                other => panic!("{other:?}"),
            };
            let told: String = w.session.take_notifications(view).iter().map(|d| word(&d.notification)).collect();
            assert_eq!(told, expected, "{text:?} {update}");
        }
    }
}

/// In flight; then the host takes the transport away, whose logoff is out.
fn leaving() -> (World, String, Open, Req) {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Logoff]), transport("b")]);
    let uid = w.send(draft("you@example.test"));
    let open = w.take(Verb::Submit);
    let req = w.req();
    w.step(Input::RemoveTransport { req, uid: "a".into() });
    (w, uid, open, req)
}

#[test]
fn o_15_an_attempt_of_a_transport_that_leaves_may_still_end_and_nothing_new_begins() {
    let (mut w, uid, open, req) = leaving();
    w.send(draft("them@example.test"));
    assert_eq!(w.take(Verb::Submit).transport, "b", "new mail goes another way at once");
    w.answer(&open, Answer::Outcome { outcome: accepted() }, true);
    assert_eq!((w.state(&uid).as_str(), w.replies.contains_key(&req)), ("sent", false));
    let off = w.take(Verb::Logoff);
    w.answer(&off, Answer::Done, false);
    assert!(w.replies.contains_key(&req));
}

#[test]
fn o_15_an_answer_after_the_transport_is_gone_still_counts() {
    let (mut w, uid, open, req) = leaving();
    let off = w.take(Verb::Logoff);
    w.answer(&off, Answer::Done, false);
    assert!(w.replies.contains_key(&req));
    w.answer(&open, Answer::Outcome { outcome: accepted() }, true);
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn a_transport_that_comes_back_while_it_leaves_is_a_new_one() {
    let (mut w, _, _, req) = leaving();
    w.add(vec![with(transport("a"), &[Verb::Logoff])]);
    assert_eq!(w.replies.get(&req), Some(&Ok(Reply::Unit)));
    assert_eq!(w.session.provider_table().len(), 2);
    let off = w.take(Verb::Logoff);
    w.answer(&off, Answer::Done, false);
    assert!(available(&w, "a"), "a late answer of the old one ends nothing");
}

#[test]
fn a_transport_that_never_answers_its_logoff_is_gone_all_the_same() {
    let (mut w, uid, _, req) = leaving();
    w.pass(10_000);
    assert!(w.replies.contains_key(&req));
    assert_eq!(w.state(&uid), "sending", "its attempt has its own deadline");
    w.pass(3_600_000);
    assert_eq!(w.state(&uid), "unconfirmed");
}
