//! A transport that was configured logs on with the new settings: what logon says holds for these.

use super::settings::*;
use super::world::*;
use mailspooler::mapi::Scode;
use mailspooler::session::io::*;
use mailspooler::spooler::doubt::Guarantees;

fn reconfigure(w: &mut World, url: &str) {
    configure(w, "a", url);
    test(w, Answer::Done);
}

fn says(identities: Option<&[&str]>, guarantees: Option<Guarantees>) -> Answer {
    Answer::LoggedOn {
        idle: false,
        poll: false,
        identities: identities.map(|list| list.iter().map(|x| (*x).to_owned()).collect()),
        identity: None,
        guarantees: guarantees.map(Box::new),
    }
}

fn logs_on(w: &mut World, answer: Answer) {
    let call = w.take(Verb::Logon);
    w.answer(&call, answer, false);
}

fn account() -> TransportConfig {
    TransportConfig { any_sender: false, ..with(configurable("a"), &[Verb::Logon]) }
}

fn from(address: &str) -> Draft {
    Draft { from: Some(DraftAddress { kind: 0, ..to(address) }), ..draft("you@example.test") }
}

#[test]
fn identities_and_limits_are_those_of_the_settings_in_force() {
    let mut w = World::driving(vec![account()]);
    logs_on(
        &mut w,
        says(Some(&["old@example.test"]), Some(Guarantees { max_recipients: Some(1), ..Guarantees::default() })),
    );
    reconfigure(&mut w, "/two");
    w.send(from("old@example.test"));
    assert_eq!(w.count(Verb::Submit), 1, "meanwhile the logon before stands");
    w.outcome(accepted());
    logs_on(&mut w, says(Some(&["new@example.test"]), None));
    w.send(from("new@example.test"));
    assert_eq!(w.count(Verb::Submit), 2);
    w.outcome(accepted());
    let gone = w.send(from("old@example.test"));
    assert_eq!(w.state(&gone), "rejected", "nobody sends for it any more");
    w.send(Draft {
        from: Some(DraftAddress { kind: 0, ..to("new@example.test") }),
        ..draft_to(&["r1@x.test", "r2@x.test"])
    });
    let two = w.take(Verb::Submit);
    assert_eq!(two.job.map(|job| job.recipients.len()), Some(2), "the limit went with the logon that had it");
}

#[test]
fn the_second_of_two_configurations_is_logged_on_with() {
    let mut w = World::driving(vec![account()]);
    logs_on(&mut w, Answer::Done);
    reconfigure(&mut w, "/two");
    let first = w.take(Verb::Logon);
    reconfigure(&mut w, "/three");
    assert!(w.aborted.contains(&first.call));
    w.answer(&first, says(Some(&["two@example.test"]), None), false);
    logs_on(&mut w, says(Some(&["three@example.test"]), None));
    w.send(from("three@example.test"));
    assert_eq!((w.count(Verb::Submit), w.count(Verb::Logon)), (1, 3));
}

#[test]
fn a_logon_under_way_with_the_settings_before_is_begun_anew() {
    let mut w = World::driving(vec![account()]);
    let first = w.take(Verb::Logon);
    reconfigure(&mut w, "/two");
    assert!(w.aborted.contains(&first.call));
    w.answer(&first, says(Some(&["old@example.test"]), None), false);
    logs_on(&mut w, says(Some(&["new@example.test"]), None));
    w.send(from("new@example.test"));
    assert_eq!((w.count(Verb::Submit), w.count(Verb::Logon)), (1, 2));
}

#[test]
fn o_52_settings_that_are_refused_wait_for_a_person() {
    let mut w = World::driving(vec![account()]);
    logs_on(&mut w, Answer::Done);
    reconfigure(&mut w, "/two");
    let refused = Scode::MAPI_E_LOGON_FAILED.hresult();
    logs_on(&mut w, Answer::Threw { scode: Some(refused), class: "E".into(), network: false, retry_after: None });
    let id = w.send(draft("you@example.test"));
    assert_eq!((w.why(&id).as_str(), w.count(Verb::Submit)), ("parked.auth", 0));
    reconfigure(&mut w, "/three");
    logs_on(&mut w, Answer::Done);
    assert_eq!(w.count(Verb::Submit), 1);
}

#[test]
fn a_follower_configures_and_the_driver_logs_on() {
    let mut w = World::driving(vec![account()]);
    logs_on(&mut w, Answer::Done);
    let mut other = World::on(w.store.clone(), 8);
    other.add(vec![account()]);
    reconfigure(&mut other, "/two");
    assert_eq!(other.count(Verb::Logon), 0);
    w.look();
    assert_eq!(w.count(Verb::Logon), 2);
}

#[test]
fn g4_a_service_that_logon_called_deduplicating_gets_no_repeat_of_what_another_may_have() {
    let mut w = World::driving(vec![TransportConfig {
        guarantees: probes("a").guarantees,
        ..with(account(), &[Verb::Logon, Verb::Probe])
    }]);
    logs_on(&mut w, Answer::Done);
    w.send(draft("you@example.test"));
    w.outcome(unknown());
    reconfigure(&mut w, "/two");
    logs_on(&mut w, says(None, Some(dedupes("a").guarantees)));
    w.until(Verb::Probe);
    w.pass(10_000);
    assert_eq!(w.count(Verb::Submit), 1, "the one before promised an answer, and no more");
    let next = w.send(draft("they@example.test"));
    w.outcome(unknown());
    w.until(Verb::Submit);
    assert_eq!(w.take(Verb::Submit).job.unwrap().uid, next, "this one recognises its own");
}

#[test]
fn g4_o_43_what_logon_promised_with_other_settings_is_not_believed_of_these() {
    for fails in [false, true] {
        let mut w = World::driving(vec![account()]);
        let promise = Guarantees { dedupe_window: Some(86_400_000), ..Guarantees::default() };
        logs_on(&mut w, says(Some(&["me@example.test"]), Some(promise)));
        reconfigure(&mut w, "/two");
        if fails {
            let class = "TypeError".into();
            logs_on(&mut w, Answer::Threw { scode: None, class, network: true, retry_after: None });
        }
        let uid = w.send(from("me@example.test"));
        w.outcome(unknown());
        assert_eq!(w.state(&uid), "unconfirmed", "nobody said that this service knows keys");
        w.pass(86_400_000);
        assert_eq!(w.count(Verb::Submit), 1, "{fails}");
    }
}
