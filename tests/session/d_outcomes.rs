//! D. Outcomes (O-30), wire calls (O-31), endMessage (O-33).

use super::world::*;
use mailspooler::mapi::Scode;
use mailspooler::session::io::*;
use mailspooler::spooler::message::Reason;
use mailspooler::spooler::outcome::NotAttempted as Why;
use mailspooler::spooler::outcome::Outcome;

fn threw(class: &str) -> Answer {
    Answer::Threw { scode: None, class: class.into(), network: false, retry_after: None }
}

fn coded(code: Scode) -> Answer {
    Answer::Threw { scode: Some(code.hresult()), class: "MapiError".into(), network: false, retry_after: None }
}

fn after(t: TransportConfig, answer: Answer, wire: bool) -> (World, String) {
    let mut w = World::driving(vec![t]);
    let uid = w.send(draft("you@example.test"));
    let call = w.take(Verb::Submit);
    w.answer(&call, answer, wire);
    let state = w.state(&uid);
    (w, state)
}

fn said(w: &World) -> Vec<String> {
    let logs = w.events.iter().filter_map(|e| match e {
        Effect::Log { code, transport: Some(t), .. } if t == "a" => Some(code.clone()),
        _ => None,
    });
    logs.collect()
}

#[test]
fn o_30_two_hundred_and_two_is_accepted() {
    for status in [200, 202, 204] {
        assert_eq!(after(transport("a"), Answer::Outcome { outcome: http(status) }, true).1, "sent");
    }
    let retry = Outcome::Http { status: 202, retry_after: Some(5_000) };
    assert_eq!(after(transport("a"), Answer::Outcome { outcome: retry }, true).1, "sent", "with Retry-After too");
}

#[test]
fn o_30_nothing_known_is_unknown_and_said_once_by_name() {
    let garbage = || Answer::Garbage { expected: "an Outcome".into(), got: "42".into() };
    for (answer, word) in [
        (Answer::Done, "undefined"),
        (garbage(), "42"),
        (threw("TypeError"), "TypeError"),
        (Answer::Probed { found: 1, recipients: None }, ""),
    ] {
        let (mut w, state) = after(transport("a"), answer.clone(), true);
        assert_eq!(state, "unconfirmed", "{answer:?}");
        w.send(draft("again@x.test"));
        let call = w.take(Verb::Submit);
        w.answer(&call, answer, true);
        assert!(word.is_empty() || said(&w).iter().filter(|s| s.contains(word)).count() == 1, "{word}: {:?}", said(&w));
    }
}

#[test]
fn o_30_time_outs_and_the_death_of_a_tab_are_unknown_and_said() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.pass(100_000);
    assert_eq!(w.state(&uid), "unconfirmed");
    assert!(said(&w)[0].contains("deadline"));
    w.act(&uid, MessageVerb::Resolve { how: 1, envelope: None });
    let next = w.next_life(2, vec![transport("a")]);
    assert_eq!(next.state(&uid), "unconfirmed");
    assert!(said(&next)[0].contains("a life ended"));
}

#[test]
fn o_30_reasons_of_the_transport_or_account_wait_there() {
    for (reason, state) in [
        (Why::Busy, "waiting"),
        (Why::Wait, "waiting"),
        (Why::Network, "waiting"),
        (Why::Transport, "waiting"),
        (Why::Account, "waiting"),
        (Why::Auth, "parked"),
        (Why::Config, "parked"),
    ] {
        let mut w = World::driving(vec![transport("a"), transport("b")]);
        let uid = w.send(draft("you@example.test"));
        w.untried(not_attempted(reason));
        assert_eq!(w.state(&uid), state, "{reason:?}");
        w.pass(86_400_000);
        assert!(w.made.iter().all(|c| c.verb != Verb::Submit || c.transport == "a"), "{reason:?}");
    }
}

#[test]
fn o_30_not_me_opens_the_recipients_for_the_next_transport() {
    let mut w = World::driving(vec![transport("a"), transport("b")]);
    let uid = w.send(draft("you@example.test"));
    w.untried(not_attempted(Why::NotMe));
    let job = w.take(Verb::Submit);
    assert_eq!((job.transport.as_str(), job.job.unwrap().key), ("b", format!("{uid}.2")));
}

#[test]
fn o_31_a_throw_before_any_wire_call_is_not_attempted() {
    for t in [dedupes("a"), probes("a"), transport("a")] {
        assert_eq!(after(t, threw("TypeError"), false).1, "waiting");
    }
}

#[test]
fn o_31_a_throw_after_one_is_doubt() {
    for (t, state) in [(dedupes("a"), "checking"), (probes("a"), "checking"), (transport("a"), "unconfirmed")] {
        assert_eq!(after(t, threw("TypeError"), true).1, state);
    }
}

#[test]
fn o_31_what_does_not_use_the_fetch_it_is_given_may_always_have_called() {
    let mut t = transport("a");
    t.wire_fetch = false;
    for answer in [threw("TypeError"), Answer::Outcome { outcome: not_attempted(Why::Busy) }, coded(Scode::MAPI_E_WAIT)]
    {
        assert_eq!(after(t.clone(), answer, false).1, "unconfirmed");
    }
}

#[test]
fn o_31_not_attempted_after_a_wire_call_is_believed_when_it_is_definite() {
    for (definite, state) in [(true, "waiting"), (false, "unconfirmed")] {
        let outcome = Outcome::NotAttempted { reason: Why::Busy, retry_after: None, definite };
        assert_eq!(after(transport("a"), Answer::Outcome { outcome }, true).1, state);
    }
}

#[test]
fn o_31_mapis_retry_codes_after_a_wire_call_are_doubt() {
    let codes = [
        Scode::MAPI_E_WAIT,
        Scode::MAPI_E_NETWORK_ERROR,
        Scode::MAPI_E_BUSY,
        Scode::MAPI_E_NOT_ME,
        Scode::MAPI_E_CANCEL,
    ];
    for code in codes {
        let outcome = || Answer::Outcome { outcome: Outcome::Mapi { scode: code.hresult(), retry_after: None } };
        for answer in [coded(code), outcome()] {
            assert_eq!(after(transport("a"), answer.clone(), true).1, "unconfirmed", "{answer:?}");
            let expected = match code {
                Scode::MAPI_E_NOT_ME => "rejected",
                Scode::MAPI_E_CANCEL => "parked",
                _ => "waiting",
            };
            assert_eq!(after(transport("a"), answer.clone(), false).1, expected, "{answer:?}");
        }
    }
}

#[test]
fn o_31_calls_of_the_harmless_callbacks_never_count() {
    let mut w = World::driving(vec![with(probes("a"), &[Verb::Prepare])]);
    let uid = w.send(draft("you@example.test"));
    let prepare = w.take(Verb::Prepare);
    w.answer(&prepare, threw("TypeError"), true);
    assert_eq!(w.state(&uid), "waiting", "an upload is no submission");
    w.until(Verb::Prepare);
    let prepare = w.take(Verb::Prepare);
    w.answer(&prepare, Answer::Token { token: None }, true);
    w.untried(not_attempted(Why::Busy));
    assert_eq!(w.state(&uid), "waiting");
}

fn ends(flags: Option<u32>, wire: bool) -> (World, String) {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::End])]);
    let uid = w.send(draft("you@example.test"));
    let call = w.take(Verb::Submit);
    w.answer(&call, Answer::Done, wire);
    assert_eq!((w.state(&uid).as_str(), w.count(Verb::End)), ("sending", 1));
    let end = w.take(Verb::End);
    assert_eq!(end.deadline, call.deadline, "it shares the deadline");
    let answer = flags.map_or(Answer::Outcome { outcome: rejected(true) }, |flags| Answer::Ended { flags });
    w.answer(&end, answer, false);
    let state = w.state(&uid);
    (w, state)
}

const NOW: u32 = 0x1_0000;
const LATER: u32 = 0x2_0000;
const DONT: u32 = 0x4_0000;

#[test]
fn o_33_the_answer_of_end_message_is_the_outcome() {
    assert_eq!(ends(Some(0), true).1, "sent");
    assert_eq!(ends(None, false).1, "rejected");
    assert_eq!(ends(Some(DONT), true).1, "deferred");
    assert_eq!(ends(Some(0x8_0000), true).1, "unconfirmed", "unknown flags say nothing");
    let (mut w, state) = ends(Some(NOW), false);
    assert_eq!(state, "sending", "waiting(0): at once");
    assert_eq!(w.take(Verb::Submit).job.unwrap().attempt, 2);
    let (mut w, state) = ends(Some(LATER), false);
    assert_eq!(state, "waiting");
    w.until(Verb::Submit);
    assert!((4_000..=6_000).contains(&(w.now.wall - T0)), "back-off");
}

#[test]
fn o_33_resending_after_a_wire_call_is_doubt() {
    for flags in [NOW, LATER, NOW | LATER | DONT] {
        assert_eq!(ends(Some(flags), true).1, "unconfirmed", "{flags:x}");
    }
}

#[test]
fn o_33_now_goes_before_later_and_later_before_dont() {
    assert_eq!(ends(Some(NOW | LATER | DONT), false).1, "sending");
    assert_eq!(ends(Some(LATER | DONT), false).1, "waiting");
}

#[test]
fn o_33_a_submission_that_failed_is_not_ended() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::End])]);
    w.send(draft("you@example.test"));
    w.untried(rejected(true));
    assert_eq!(w.count(Verb::End), 0);
}

#[test]
fn o_33_whatever_accepts_is_ended() {
    for outcome in
        [accepted(), Outcome::Http { status: 202, retry_after: None }, Outcome::Mapi { scode: 0, retry_after: None }]
    {
        let mut w = World::driving(vec![with(transport("a"), &[Verb::End])]);
        let uid = w.send(draft("you@example.test"));
        let call = w.take(Verb::Submit);
        w.answer(&call, Answer::Outcome { outcome }, true);
        assert_eq!((w.state(&uid).as_str(), w.count(Verb::End)), ("sending", 1));
        let end = w.take(Verb::End);
        w.answer(&end, Answer::Ended { flags: LATER }, true);
        assert_eq!(w.state(&uid), "unconfirmed", "its answer is the outcome");
    }
}

#[test]
fn o_33_what_the_provider_keeps_goes_again_with_its_entry_when_it_says_so() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(Outcome::Deferred { entry: Some("e1".into()) });
    w.pass(3_600_000);
    assert_eq!((w.state(&uid).as_str(), w.count(Verb::Submit)), ("deferred", 1));
    let mut next = w.next_life(2, vec![transport("a")]);
    assert_eq!(next.state(&uid), "deferred", "it survives logon");
    next.sent_deferred("a", Some("other"));
    assert_eq!(next.count(Verb::Submit), 0);
    next.sent_deferred("a", Some("e1"));
    let job = next.take(Verb::Submit).job.unwrap();
    assert_eq!((job.key, job.deferred.as_deref()), (format!("{uid}.1"), Some("e1")));
}

#[test]
fn o_33_all_that_is_kept_goes_again_for_no_entry() {
    let mut w = World::driving(vec![transport("a")]);
    for to in ["r1@x.test", "r2@x.test"] {
        w.send(draft(to));
        w.outcome(Outcome::Deferred { entry: Some(to.into()) });
    }
    w.sent_deferred("a", None);
    w.outcome(accepted());
    w.outcome(accepted());
}

#[test]
fn o_33_what_is_kept_for_five_days_is_doubt() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(Outcome::Deferred { entry: None });
    w.pass(5 * 86_400_000 - 1);
    assert_eq!(w.state(&uid), "deferred");
    w.pass(2);
    assert_eq!(w.state(&uid), "unconfirmed");
}

#[test]
fn o_33_the_end_of_a_submission_has_its_reason_and_what_it_was_deferred_as() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::End])]);
    w.send(draft("you@example.test"));
    let end = |w: &mut World, flags| {
        let submit = w.take(Verb::Submit);
        w.answer(&submit, Answer::Done, true);
        let end = w.take(Verb::End);
        w.answer(&end, Answer::Ended { flags }, true);
        let (was, is) = (submit.job.unwrap(), end.job.unwrap());
        assert_eq!((was.reason, was.deferred.clone(), was.attempt), (is.reason, is.deferred.clone(), is.attempt));
        (is.reason, is.deferred, is.attempt)
    };
    assert_eq!(end(&mut w, DONT), (Reason::First, None, 1));
    w.sent_deferred("a", None);
    let (reason, deferred, attempt) = end(&mut w, 0);
    assert_eq!((reason, deferred.is_some(), attempt), (Reason::Retry, true, 2));
}
