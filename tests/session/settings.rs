//! Reconfiguration: checked, tested on exactly these values, stored, in force; anything else changes nothing.

use super::world::*;
use mailspooler::mapi::Scode;
use mailspooler::session::io::*;
use mailspooler::session::stored::StoreName;
use mailspooler::settings::{Kind, Setting, Value, Values};
use mailspooler::spooler::outcome::NotAttempted;

pub fn text(value: &str) -> Value {
    Value::Text { value: value.into() }
}

pub fn configurable(uid: &str) -> TransportConfig {
    let url = Setting {
        name: "url".into(),
        kind: Kind::Text { min: 1, max: 99 },
        initial: text("/one"),
        required: true,
        editable: true,
        depends: None,
    };
    let password = Setting {
        name: "password".into(),
        kind: Kind::Secret { min: 4, max: 99 },
        initial: Value::Null,
        required: false,
        ..url.clone()
    };
    TransportConfig { settings: vec![url, password], ..with(transport(uid), &[Verb::Test]) }
}

pub fn configure(w: &mut World, uid: &str, url: &str) -> Req {
    let req = w.req();
    w.step(Input::Configure { req, uid: uid.into(), values: vec![("url".into(), text(url))] });
    req
}

pub fn test(w: &mut World, answer: Answer) {
    let call = w.take(Verb::Test);
    w.answer(&call, answer, false);
}

fn threw(code: Scode) -> Answer {
    Answer::Threw { scode: Some(code.hresult()), class: "Error".into(), network: false, retry_after: None }
}

/// Numbers and values that went to the transport.
pub fn in_force(w: &World) -> Vec<(u32, Values)> {
    let told = |e: &Effect| match e {
        Effect::Configured { n, values, .. } => Some((*n, values.clone())),
        _ => None,
    };
    w.events.iter().filter_map(told).collect()
}

pub fn url(value: &str) -> Values {
    vec![("url".into(), text(value))]
}

fn done(w: &World, req: Req) -> bool {
    matches!(w.replies.get(&req), Some(Ok(Reply::Unit)))
}

#[test]
fn c_064_values_are_stored_and_in_force_only_after_their_test() {
    let mut w = World::driving(vec![configurable("a")]);
    let before = w.log.len();
    let req = configure(&mut w, "a", "/two");
    assert_eq!((w.log.len(), in_force(&w)), (before, vec![]));
    test(&mut w, Answer::Done);
    assert!(done(&w, req));
    assert_eq!(in_force(&w), [(1, url("/two"))]);
    assert_eq!(w.session.settings("a", &[]).unwrap().0, 1);
}

#[test]
fn c_064_cancel_changes_nothing_and_its_test_no_longer_counts() {
    let mut w = World::driving(vec![configurable("a")]);
    let before = w.log.len();
    let req = configure(&mut w, "a", "/two");
    let call = w.take(Verb::Test);
    w.step(Input::Forget { req });
    assert_eq!(w.aborted, [call.call]);
    w.answer(&call, Answer::Done, false);
    assert_eq!((w.log.len(), in_force(&w)), (before, vec![]));
    assert!(!w.replies.contains_key(&req));
}

#[test]
fn a_later_edit_undoes_the_test_of_an_earlier_one() {
    let mut w = World::driving(vec![configurable("a")]);
    let first = configure(&mut w, "a", "/two");
    let old = w.take(Verb::Test);
    let second = configure(&mut w, "a", "/three");
    assert_eq!(w.refused(first), "MAPI_E_USER_CANCEL");
    assert_eq!(w.aborted, [old.call]);
    w.answer(&old, Answer::Done, false);
    assert_eq!(in_force(&w), []);
    test(&mut w, Answer::Done);
    assert!(done(&w, second));
    assert_eq!(in_force(&w), [(1, url("/three"))]);
}

#[test]
fn a_test_that_fails_or_never_answers_changes_nothing() {
    let mut w = World::driving(vec![configurable("a")]);
    let before = w.log.len();
    let refused = configure(&mut w, "a", "/two");
    test(&mut w, threw(Scode::MAPI_E_LOGON_FAILED));
    assert_eq!(w.refused(refused), "MAPI_E_LOGON_FAILED");
    let silent = configure(&mut w, "a", "/two");
    w.pass(60_001);
    assert!(matches!(w.replies.get(&silent), Some(Err(_))));
    test(&mut w, Answer::Done);
    assert_eq!((w.log.len(), in_force(&w)), (before, vec![]));
}

#[test]
fn c_070_unknown_uid_no_entry_point_cancelled() {
    let mut w = World::driving(vec![configurable("a"), transport("plain")]);
    let unknown = configure(&mut w, "b", "/two");
    assert_eq!(w.refused(unknown), "MAPI_E_NOT_FOUND");
    let plain = configure(&mut w, "plain", "/two");
    assert_eq!(w.refused(plain), "MAPI_E_NOT_INITIALIZED");
    let cancelled = configure(&mut w, "a", "/two");
    configure(&mut w, "a", "/three");
    assert_eq!(w.refused(cancelled), "MAPI_E_USER_CANCEL");
}

#[test]
fn c_068_what_was_never_stored_is_not_there_and_configuring_makes_it() {
    let mut w = World::driving(vec![configurable("a")]);
    let rows = |w: &World| w.store.borrow().rows.keys().filter(|(s, _)| *s == StoreName::Config).count();
    assert_eq!((w.session.settings("a", &[]).unwrap().0, rows(&w)), (0, 0));
    assert_eq!(w.session.settings("b", &[]).unwrap_err().code, Scode::MAPI_E_NOT_FOUND);
    configure(&mut w, "a", "/two");
    test(&mut w, Answer::Done);
    assert_eq!((w.session.settings("a", &[]).unwrap().0, rows(&w)), (1, 1));
}

#[test]
fn c_066_values_that_are_wrong_never_reach_the_transport() {
    let mut w = World::driving(vec![configurable("a")]);
    let req = configure(&mut w, "a", "");
    assert_eq!(w.refused(req), "MAPI_E_INVALID_PARAMETER");
    assert!(!w.has(Verb::Test));
}

#[test]
fn c_067_a_secret_is_not_stored_whatever_is_stored_beside_it() {
    let mut w = World::driving(vec![configurable("a")]);
    let req = w.req();
    let values = vec![("url".into(), text("/two")), ("password".into(), Value::Number { value: 7 })];
    w.step(Input::Configure { req, uid: "a".into(), values });
    test(&mut w, Answer::Done);
    assert_eq!(in_force(&w), [(1, url("/two"))]);
    let store = w.store.borrow();
    let row = store.rows.get(&(StoreName::Config, "a".into())).unwrap();
    assert!(!row.tape.text.contains("password"));
}

#[test]
fn the_next_life_and_other_tabs_have_what_was_stored() {
    let mut w = World::driving(vec![configurable("a")]);
    let mut follower = World::on(w.store.clone(), 8);
    follower.add(vec![configurable("a")]);
    let req = configure(&mut follower, "a", "/two");
    test(&mut follower, Answer::Done);
    assert!(done(&follower, req));
    assert_eq!(in_force(&w), []);
    w.look();
    assert_eq!(in_force(&w), [(1, url("/two"))]);
    w.look();
    assert_eq!(in_force(&w).len(), 1, "once is enough");
    let next = w.next_life(9, vec![configurable("a")]);
    assert_eq!(in_force(&next), [(1, url("/two"))]);
}

#[test]
fn two_tabs_at_once_the_last_whole_set_counts() {
    let mut w = World::driving(vec![configurable("a")]);
    let mut other = World::on(w.store.clone(), 8);
    other.add(vec![configurable("a")]);
    configure(&mut other, "a", "/theirs");
    test(&mut other, Answer::Done);
    let req = configure(&mut w, "a", "/mine");
    test(&mut w, Answer::Done);
    assert!(done(&w, req));
    assert_eq!(in_force(&w), [(1, url("/theirs")), (2, url("/mine"))]);
}

#[test]
fn what_waits_for_settings_goes_when_they_are_in_force() {
    let mut w = World::driving(vec![configurable("a")]);
    let id = w.send(draft("you@example.test"));
    w.untried(not_attempted(NotAttempted::Config));
    assert_eq!(w.state(&id), "parked");
    configure(&mut w, "a", "/two");
    assert_eq!(w.state(&id), "parked");
    test(&mut w, Answer::Done);
    assert_eq!(w.state(&id), "sending");
}

#[test]
fn it_goes_when_another_tab_found_them_too() {
    let mut w = World::driving(vec![configurable("a")]);
    let id = w.send(draft("you@example.test"));
    w.untried(not_attempted(NotAttempted::Config));
    let mut follower = World::on(w.store.clone(), 8);
    follower.add(vec![configurable("a")]);
    configure(&mut follower, "a", "/two");
    test(&mut follower, Answer::Done);
    w.look();
    assert_eq!(w.state(&id), "sending");
}

#[test]
fn a_storage_that_fails_is_told_and_nothing_is_in_force() {
    for fault in [Fault::Fails, Fault::Full] {
        let mut w = World::driving(vec![configurable("a")]);
        let req = configure(&mut w, "a", "/two");
        w.faults.push_back(fault);
        test(&mut w, Answer::Done);
        assert_eq!((w.refused(req), in_force(&w)), ("MAPI_E_CALL_FAILED", vec![]), "{fault:?}");
    }
}

#[test]
fn a_transport_that_is_removed_takes_its_draft_along() {
    let mut w = World::driving(vec![configurable("a")]);
    let req = configure(&mut w, "a", "/two");
    let remove = w.req();
    w.step(Input::RemoveTransport { req: remove, uid: "a".into() });
    assert_eq!(w.refused(req), "MAPI_E_USER_CANCEL");
    w.add(vec![configurable("a")]);
    assert_eq!(in_force(&w), []);
}

pub fn reconfigure(w: &mut World, url: &str) {
    configure(w, "a", url);
    test(w, Answer::Done);
}

#[test]
fn the_last_configurations_are_kept_not_all() {
    let mut w = World::driving(vec![configurable("a")]);
    for n in 0..40 {
        reconfigure(&mut w, &n.to_string());
    }
    let next = w.next_life(9, vec![configurable("a")]);
    let kept: Vec<u32> = in_force(&next).iter().map(|(n, _)| *n).collect();
    assert_eq!(kept, (25..=40).collect::<Vec<_>>());
}

#[test]
fn deadline_and_poll_interval_may_be_settings_of_the_session() {
    let seconds = |name: &str| Setting {
        name: name.into(),
        kind: Kind::Number { min: 1, max: 600 },
        initial: Value::Null,
        required: false,
        editable: true,
        depends: None,
    };
    let config = TransportConfig {
        settings: vec![seconds("deadlineSeconds"), seconds("pollIntervalSeconds")],
        ..with(transport("a"), &[Verb::Poll, Verb::StartMessage])
    };
    let mut w = World::driving(vec![config]);
    let mut set = |deadline: Value, poll: Value| {
        let req = w.req();
        let values = vec![("deadlineSeconds".into(), deadline), ("pollIntervalSeconds".into(), poll)];
        w.step(Input::Configure { req, uid: "a".into(), values });
        test(&mut w, Answer::Done);
        while w.has(Verb::Poll) {
            let poll = w.take(Verb::Poll);
            w.answer(&poll, Answer::Polled { more: false }, false);
        }
        w.send(draft("you@example.test"));
        let call = w.take(Verb::Submit);
        let span = call.deadline.unwrap() - w.now.wall;
        w.answer(&call, Answer::Outcome { outcome: accepted() }, true);
        let polls = w.count(Verb::Poll);
        let from = w.now.wall;
        w.until(Verb::Poll);
        assert_eq!(w.count(Verb::Poll), polls + 1);
        (span, w.now.wall - from)
    };
    let number = |value| Value::Number { value };
    assert_eq!(set(number(20), number(5)).0, 20_000);
    assert_eq!(set(number(30), number(7)), (30_000, 7_000));
    set(Value::Null, Value::Null);
    assert_eq!(set(Value::Null, Value::Null), (60_000, 60_000));
}
