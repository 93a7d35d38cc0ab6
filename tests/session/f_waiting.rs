//! F. Waiting: scopes and back-off (O-50), parking (O-52).

use super::world::*;
use mailspooler::mapi::Scode;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::NotAttempted as Why;
use mailspooler::spooler::outcome::{Outcome, Scope};
use mailspooler::status::StatusEntry;

const DAY: i64 = 86_400_000;

/// Two messages at `a`; the first ends like this. Is the second tried at once?
fn second_goes(outcome: Outcome, wire: bool) -> bool {
    let mut w = World::driving(vec![transport("a")]);
    let (_, second) = (w.send(draft("r1@x.test")), w.send(draft("r2@x.test")));
    let call = w.take(Verb::Submit);
    w.answer(&call, Answer::Outcome { outcome }, wire);
    w.state(&second) == "sending"
}

#[test]
fn o_50_only_transport_and_network_open_the_circuit() {
    for (reason, goes) in [
        (Why::NotMe, true),
        (Why::Busy, true),
        (Why::Wait, true),
        (Why::Account, true),
        (Why::Transport, false),
        (Why::Network, false),
    ] {
        assert_eq!(second_goes(not_attempted(reason), false), goes, "{reason:?}");
    }
    for (scope, goes) in [
        (Scope::Recipient, true),
        (Scope::Message, true),
        (Scope::Account, true),
        (Scope::Transport, false),
        (Scope::Network, false),
    ] {
        let outcome =
            Outcome::Rejected { scope, code: "x".into(), text: String::new(), definite: false, recipients: None };
        assert_eq!(second_goes(outcome, false), goes, "{scope:?}");
    }
}

#[test]
fn o_50_an_open_circuit_stops_nobody_else() {
    let mut w = World::driving(vec![takes(transport("a"), "SMTP"), takes(transport("b"), "FAX")]);
    w.send(draft("r1@x.test"));
    w.untried(not_attempted(Why::Transport));
    let fax = w.send(Draft { recipients: vec![of_type("FAX", "1")], ..draft("") });
    assert_eq!(w.state(&fax), "sending");
}

/// Times between attempts of one message that always fails like this.
fn waits(outcome: Outcome, times: usize) -> Vec<i64> {
    let mut w = World::driving(vec![transport("a")]);
    w.send(draft("you@example.test"));
    let mut waits = Vec::new();
    for _ in 0..times {
        let began = w.now.wall;
        w.untried(outcome.clone());
        w.until(Verb::Submit);
        waits.push(w.now.wall - began);
    }
    waits
}

#[test]
fn o_50_back_off_begins_at_five_seconds_doubles_and_stops_at_a_quarter_of_an_hour() {
    for reason in [Why::Busy, Why::Account] {
        let waits = waits(not_attempted(reason), 14);
        for (n, ms) in waits.iter().enumerate() {
            let base = (5_000_i64 << n.min(20)).min(900_000);
            assert!((base * 4 / 5..=base * 6 / 5).contains(ms), "{reason:?} {n}: {waits:?}");
        }
    }
}

#[test]
fn o_50_retry_after_is_honoured_and_clamped_to_a_day() {
    let wish = |ms| Outcome::NotAttempted { reason: Why::Busy, retry_after: Some(ms), definite: false };
    assert_eq!(waits(wish(90_000), 3), [90_000, 90_000, 90_000]);
    assert_eq!(waits(wish(i64::MAX), 1), [DAY]);
    assert_eq!(waits(wish(-5), 1), [0]);
    assert_eq!(waits(Outcome::Http { status: 429, retry_after: Some(120_000) }, 1), [120_000]);
}

#[test]
fn o_50_at_once_is_at_once_one_time() {
    let wish = |reason| Outcome::NotAttempted { reason, retry_after: Some(0), definite: false };
    let waiting = Outcome::Mapi { scode: Scode::MAPI_E_WAIT.hresult(), retry_after: Some(0) };
    for outcome in [wish(Why::Busy), wish(Why::Account), waiting] {
        let waits = waits(outcome.clone(), 4);
        assert_eq!(waits[0], 0, "{outcome:?}");
        for (n, ms) in (1..).zip(&waits[1..]) {
            let base = 5_000_i64 << n;
            assert!((base * 4 / 5..=base * 6 / 5).contains(ms), "{outcome:?} {waits:?}");
        }
    }
}

#[test]
fn o_50_a_preparation_that_is_to_be_tried_at_once_is_so_one_time() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Prepare])]);
    w.send(draft("you@example.test"));
    let scode = Some(Scode::MAPI_E_WAIT.hresult());
    let mut waits = Vec::new();
    for _ in 0..3 {
        let (began, call) = (w.now.wall, w.take(Verb::Prepare));
        let at_once = Answer::Threw { scode, class: "MapiError".into(), network: false, retry_after: Some(0) };
        w.answer(&call, at_once, false);
        w.until(Verb::Prepare);
        waits.push(w.now.wall - began);
    }
    assert!(waits[0] == 0 && waits[1] >= 8_000 && waits[2] >= 16_000, "{waits:?}");
}

#[test]
fn o_50_after_five_days_a_person_is_asked_and_nothing_is_dropped() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    while w.state(&uid) != "parked" {
        if w.has(Verb::Submit) {
            w.untried(not_attempted(Why::Busy));
        }
        w.pass(60_000);
    }
    let waited = w.now.wall - T0;
    assert!((5 * DAY..5 * DAY + 1_200_000).contains(&waited), "{waited}");
    assert_eq!(w.why(&uid), "parked.ask");
    w.pass(30 * DAY);
    assert_eq!(w.state(&uid), "parked");
    assert!(w.store.borrow().bodies.contains_key(&uid));
    let req = w.act(&uid, MessageVerb::Retry);
    assert!(w.replies[&req].is_ok());
    w.untried(not_attempted(Why::Busy));
    assert_eq!(w.state(&uid), "waiting", "a person's retry resets the budget");
    w.pass(6_000);
    assert!(w.has(Verb::Submit), "and the back-off");
}

#[test]
fn o_50_five_days_without_an_attempt_are_five_days_too() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.untried(not_attempted(Why::Busy));
    let mut away = World::on(w.store.clone(), 2);
    away.now.wall += 5 * DAY;
    let next = away.next_life(3, vec![transport("a")]);
    assert_eq!((next.why(&uid).as_str(), next.count(Verb::Submit)), ("parked.ask", 0));
}

#[test]
fn o_50_a_hold_is_no_trouble() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.untried(not_attempted(Why::Busy));
    w.act(&uid, MessageVerb::SetHold { until: Some(T0 + 7 * DAY) });
    w.pass(7 * DAY - 1);
    assert_eq!((w.state(&uid).as_str(), w.count(Verb::Submit)), ("waiting", 1));
    w.pass(1);
    assert_eq!(w.count(Verb::Submit), 2);
}

fn of_account(mut t: TransportConfig, account: &str) -> TransportConfig {
    t.account = account.into();
    with(t, &[Verb::ChangePassword, Verb::Logon])
}

/// `a` and `b` share an account, `c` has its own. Each has a message that waits; then `a` is refused its credentials.
fn refused() -> (World, Vec<String>) {
    let mut w = World::driving(vec![
        takes(of_account(transport("a"), "one"), "A"),
        takes(of_account(transport("b"), "one"), "B"),
        takes(of_account(transport("c"), "two"), "C"),
    ]);
    while w.has(Verb::Logon) {
        let logon = w.take(Verb::Logon);
        w.answer(&logon, Answer::Done, false);
    }
    let mut uids = Vec::new();
    for t in ["A", "B", "C"] {
        uids.push(w.send(Draft { recipients: vec![of_type(t, "1")], ..draft("") }));
        w.untried(not_attempted(Why::Busy));
    }
    uids.push(w.send(Draft { recipients: vec![of_type("A", "2")], ..draft("") }));
    w.untried(not_attempted(Why::Auth));
    uids.push(w.send(Draft { recipients: vec![of_type("B", "2")], ..draft("") }));
    (w, uids)
}

#[test]
fn o_52_an_auth_fault_parks_the_envelopes_and_stops_the_account() {
    let (mut w, uids) = refused();
    let states: Vec<String> = uids.iter().map(|u| w.state(u)).collect();
    assert_eq!(states, ["parked", "parked", "waiting", "parked", "queued"]);
    w.pass(DAY);
    let late = w.made.iter().filter(|c| c.verb == Verb::Submit).skip(4);
    assert!(late.into_iter().all(|c| c.transport == "c"));
    assert_eq!(w.why(&uids[4]), "parked.auth", "it says whom it waits for");
}

fn entry(uid: &str) -> String {
    let id = StatusEntry::Transport(uid.into()).to_entry_id();
    id.iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn o_52_a_new_password_releases_the_whole_account() {
    let (mut w, uids) = refused();
    let req = w.req();
    let entry = entry("b");
    w.step(Input::Dialog { req, entry, verb: Verb::ChangePassword, read_only: false });
    let call = w.take(Verb::ChangePassword);
    w.answer(&call, Answer::Done, false);
    assert!(w.replies[&req].is_ok(), "{:?}", w.replies[&req]);
    let mut sent = 0;
    while sent < 5 {
        while w.has(Verb::Logon) {
            let logon = w.take(Verb::Logon);
            w.answer(&logon, Answer::Done, false);
        }
        w.until(Verb::Submit);
        w.outcome(accepted());
        sent += 1;
    }
    assert!(uids.iter().all(|u| w.state(u) == "sent"));
}

#[test]
fn o_52_a_successful_logon_of_the_next_life_releases_too() {
    let (w, uids) = refused();
    let mut next = w.next_life(2, vec![takes(of_account(transport("a"), "one"), "A")]);
    assert_eq!(next.count(Verb::Submit), 0, "not before the logon");
    let logon = next.take(Verb::Logon);
    next.answer(&logon, Answer::Done, false);
    next.outcome(accepted());
    assert_eq!(next.state(&uids[0]), "sent");
}

#[test]
fn o_52_a_logon_that_is_refused_parks_what_waits() {
    let (w, uids) = refused();
    let mut next = w.next_life(2, vec![takes(of_account(transport("a"), "one"), "A")]);
    let logon = next.take(Verb::Logon);
    let scode = Some(Scode::MAPI_E_LOGON_FAILED.hresult());
    next.answer(&logon, Answer::Threw { scode, class: "MapiError".into(), network: false, retry_after: None }, false);
    next.pass(DAY);
    assert_eq!((next.state(&uids[0]).as_str(), next.count(Verb::Submit)), ("parked", 0));
}

#[test]
fn o_52_settings_park_too_and_doubt_is_never_parked() {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.untried(not_attempted(Why::Config));
    assert_eq!(w.why(&uid), "parked.config");
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(http(401));
    assert_eq!(w.state(&uid), "checking");
    assert_eq!(w.why(&uid), "checking.auth", "it says whom it waits for");
    w.pass(60_000);
    assert_eq!(w.count(Verb::Submit), 1, "but its account is not tried");
}
