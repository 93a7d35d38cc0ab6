//! MAPI_E_CANCEL and MAPI_E_USER_CANCEL, by the statements of the pages (C-113, C-134).

use super::world::*;
use mailspooler::mapi::Scode;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::{NotAttempted as Why, Outcome, RecipientStatus as Status};

fn mapi(code: Scode) -> Outcome {
    Outcome::Mapi { scode: code.hresult(), retry_after: None }
}

const BOTH: [Scode; 2] = [Scode::MAPI_E_USER_CANCEL, Scode::MAPI_E_CANCEL];

/// What becomes of a first attempt that ends so; how often it was made within a day.
fn stopped(code: Scode, wire: bool, threw: bool) -> (String, usize) {
    stopped_by(transport("a"), code, wire, threw)
}

fn stopped_by(t: TransportConfig, code: Scode, wire: bool, threw: bool) -> (String, usize) {
    let mut w = World::driving(vec![t, transport("b")]);
    let uid = w.send(draft("you@example.test"));
    let call = w.take(Verb::Submit);
    let threw = threw.then(|| Answer::Threw {
        scode: Some(code.hresult()),
        class: "MapiError".into(),
        network: false,
        retry_after: None,
    });
    w.answer(&call, threw.unwrap_or(Answer::Outcome { outcome: mapi(code) }), wire);
    w.pass(86_400_000);
    (w.state(&uid), w.count(Verb::Submit))
}

#[test]
fn c_113_c_134_a_first_attempt_that_was_cancelled_is_not_made_again_by_itself() {
    for threw in [false, true] {
        assert_eq!(stopped(Scode::MAPI_E_USER_CANCEL, false, threw), ("cancelled".into(), 1));
        assert_eq!(stopped(Scode::MAPI_E_CANCEL, false, threw), ("parked".into(), 1), "a person is asked");
        for code in [Scode::MAPI_E_USER_CANCEL, Scode::MAPI_E_CANCEL] {
            assert_eq!(
                stopped(code, true, threw),
                ("unconfirmed".into(), 1),
                "{code:?}: something may have been executed"
            );
        }
    }
}

#[test]
fn c_134_a_cancel_spares_whom_nobody_has_served_yet() {
    let mut w = World::driving(vec![dedupes("a"), transport("b")]);
    let uid = w.send(draft_to(&["r1@x.test", "r2@x.test"]));
    let call = w.take_of("a");
    w.act(&uid, MessageVerb::Abort { envelope: None });
    assert!(w.aborted.contains(&call.call), "which its signal says");
    let list = vec![line("r1@x.test", Status::Accepted), line("r2@x.test", Status::Open)];
    w.answer(&call, Answer::Outcome { outcome: Outcome::Accepted { remote_id: None, recipients: Some(list) } }, true);
    w.pass(86_400_000);
    let shown: Vec<_> = w.session.report(&uid).unwrap().recipients.iter().map(|r| r.status).collect();
    assert_eq!((shown, w.state(&uid).as_str()), (vec!["accepted", "open"], "sent"));
    assert_eq!(w.count(Verb::Submit), 1, "nobody else is asked");
}

#[test]
fn c_134_a_cancel_after_an_attempt_that_may_have_been_executed_is_doubt() {
    for code in [Scode::MAPI_E_USER_CANCEL, Scode::MAPI_E_CANCEL] {
        let mut w = World::driving(vec![transport("a")]);
        let uid = w.send(draft("you@example.test"));
        let call = w.take(Verb::Submit);
        let believed = Outcome::NotAttempted { reason: Why::Busy, retry_after: None, definite: true };
        w.answer(&call, Answer::Outcome { outcome: believed }, true);
        w.until(Verb::Submit);
        w.untried(mapi(code));
        assert_eq!(w.state(&uid), "unconfirmed", "{code:?}");
    }
}

#[test]
fn c_113_what_was_cancelled_goes_again_when_a_person_says_so() {
    for code in [Scode::MAPI_E_USER_CANCEL, Scode::MAPI_E_CANCEL] {
        let mut w = World::driving(vec![with(transport("a"), &[Verb::Prepare])]);
        let uid = w.send(draft("you@example.test"));
        let prepare = w.take(Verb::Prepare);
        w.answer(&prepare, Answer::Outcome { outcome: mapi(code) }, true);
        let cancelled = code == Scode::MAPI_E_USER_CANCEL;
        assert_eq!(w.state(&uid), if cancelled { "cancelled" } else { "parked" }, "of prepareMessage too");
        w.pass(86_400_000);
        assert_eq!(w.count(Verb::Prepare), 1);
        if !cancelled {
            w.act(&uid, MessageVerb::Retry);
            w.until(Verb::Prepare);
        }
    }
}

#[test]
fn o_32_a_late_cancel_answers_our_own_abort() {
    for code in BOTH {
        for t in [transport("a"), dedupes("a"), probes("a")] {
            let mut w = World::driving(vec![t]);
            let uid = w.send(draft("you@example.test"));
            let call = w.take(Verb::Submit);
            w.pass(60_000);
            w.answer(&call, Answer::Outcome { outcome: mapi(code) }, false);
            assert_eq!(w.state(&uid), "waiting", "{code:?}: nobody stopped it");
            w.until(Verb::Submit);
            w.outcome(accepted());
            assert_eq!(w.state(&uid), "sent");
        }
        let mut w = World::driving(vec![transport("a")]);
        let uid = w.send(draft("you@example.test"));
        let call = w.take(Verb::Submit);
        w.act(&uid, MessageVerb::Abort { envelope: None });
        w.pass(60_000);
        w.answer(&call, Answer::Outcome { outcome: mapi(code) }, false);
        assert_eq!(w.state(&uid), "cancelled", "{code:?}: a person did");
    }
}

#[test]
fn c_134_deduplication_repeats_nothing_that_was_cancelled() {
    for code in BOTH {
        let cancelled = code == Scode::MAPI_E_USER_CANCEL;
        for t in [dedupes("a"), probes("a")] {
            let asks = t.guarantees.probe.is_some();
            let sure = (if cancelled { "cancelled" } else { "parked" }.to_owned(), 1);
            assert_eq!(stopped_by(t.clone(), code, false, false), sure);
            let doubt = (if asks { "checking" } else { "unconfirmed" }.to_owned(), 1);
            assert_eq!(stopped_by(t.clone(), code, true, false), doubt, "{code:?} asks {asks}");
        }
        for wire in [false, true] {
            for first in [unknown(), Outcome::NotAttempted { reason: Why::Busy, retry_after: None, definite: true }] {
                let mut w = World::driving(vec![dedupes("a")]);
                let uid = w.send(draft("you@example.test"));
                w.outcome(first);
                w.until(Verb::Submit);
                let call = w.take(Verb::Submit);
                w.answer(&call, Answer::Outcome { outcome: mapi(code) }, wire);
                w.act(&uid, MessageVerb::CheckAgain);
                w.pass(86_400_000);
                assert_eq!((w.state(&uid).as_str(), w.count(Verb::Submit)), ("unconfirmed", 2), "{code:?} {wire}");
            }
        }
    }
}

#[test]
fn c_134_what_was_cancelled_and_is_not_there_is_not_sent_again_by_itself() {
    for code in BOTH {
        let mut w = World::driving(vec![probes("a")]);
        let uid = w.send(draft("you@example.test"));
        w.outcome(mapi(code));
        while w.state(&uid) == "checking" {
            w.until(Verb::Probe);
            let probe = w.take(Verb::Probe);
            w.answer(&probe, Answer::Probed { found: 0, recipients: None }, false);
        }
        let cancelled = code == Scode::MAPI_E_USER_CANCEL;
        assert_eq!(w.state(&uid), if cancelled { "cancelled" } else { "parked" });
        w.pass(86_400_000);
        assert_eq!(w.count(Verb::Submit), 1);
    }
}

/// A person's "send again" of what is in doubt, and what its preparation answers within an hour.
fn prepared(answer: &Outcome) -> (World, String, usize) {
    let mut w = World::driving(vec![with(dedupes("a"), &[Verb::Prepare])]);
    let uid = w.send(draft("you@example.test"));
    let prepare = w.take(Verb::Prepare);
    w.answer(&prepare, Answer::Token { token: None }, false);
    w.outcome(unknown());
    w.act(&uid, MessageVerb::Resolve { how: 1, envelope: None });
    let mut prepares = 0;
    for _ in 0..3_600 {
        while w.has(Verb::Prepare) {
            let prepare = w.take(Verb::Prepare);
            w.answer(&prepare, Answer::Outcome { outcome: answer.clone() }, false);
            prepares += 1;
        }
        w.pass(1_000);
    }
    (w, uid, prepares)
}

#[test]
fn c_134_a_cancelled_preparation_of_what_is_in_doubt_ends_there() {
    for code in BOTH {
        let (mut w, uid, prepares) = prepared(&mapi(code));
        assert_eq!((w.state(&uid).as_str(), prepares), ("unconfirmed", 1), "{code:?}");
        w.act(&uid, MessageVerb::Resolve { how: 1, envelope: None });
        w.until(Verb::Prepare);
    }
}

#[test]
fn o_50_preparations_of_what_is_in_doubt_back_off() {
    let (_, _, prepares) = prepared(&not_attempted(Why::Busy));
    assert!(prepares < 15, "{prepares}");
}

#[test]
fn c_134_the_next_life_knows_that_it_was_cancelled() {
    for code in BOTH {
        let mut w = World::driving(vec![dedupes("a")]);
        let uid = w.send(draft("you@example.test"));
        w.outcome(mapi(code));
        for (seed, there) in [(2, "a"), (3, "b"), (4, "a")] {
            w = w.next_life(seed, vec![dedupes(there)]);
            w.pass(3_600_000);
            assert_eq!((w.state(&uid).as_str(), w.count(Verb::Submit)), ("unconfirmed", 0), "{code:?} {seed}");
        }
        w.act(&uid, MessageVerb::Resolve { how: 1, envelope: None });
        w.outcome(unknown());
        w.until(Verb::Submit);
    }
}
