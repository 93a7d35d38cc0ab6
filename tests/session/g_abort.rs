//! G. Verbs are compare and set (O-60); stopping a message (O-61).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::NotAttempted as Why;
use mailspooler::spooler::outcome::{Outcome, RecipientStatus as Status};

const ABORT: MessageVerb = MessageVerb::Abort { envelope: None };

fn result(w: &World, req: Req) -> &'static str {
    match w.replies.get(&req) {
        Some(Ok(Reply::Aborted { result, .. })) => ["cancelled", "tooLate", "unknown"][usize::from(*result)],
        None => "pending",
        other => panic!("{other:?}"),
    }
}

/// In flight, with these callbacks; a person aborts.
fn stopped(t: TransportConfig) -> (World, String, Req) {
    let mut w = World::driving(vec![t]);
    let uid = w.send(draft("you@example.test"));
    let req = w.act(&uid, ABORT);
    (w, uid, req)
}

#[test]
fn o_60_verbs_race_across_tabs_and_the_second_answers_from_what_is_there() {
    let mut a = World::driving(vec![transport("a")]);
    let mut b = World::on(a.store.clone(), 9);
    let uid = a.send(draft("you@example.test"));
    a.outcome(unknown());
    b.look();
    b.hold = true;
    let second = b.act(&uid, MessageVerb::Resolve { how: 1, envelope: None });
    let first = a.act(&uid, MessageVerb::Resolve { how: 2, envelope: None });
    b.release();
    assert!(a.replies[&first].is_ok());
    assert_eq!(b.refused(second), "MAPI_E_OBJECT_CHANGED", "it is a draft by now");
    a.look();
    assert_eq!((a.state(&uid), b.state(&uid), a.count(Verb::Submit)), ("draft".into(), "draft".into(), 1));
}

#[test]
fn o_60_a_change_that_still_allows_the_verb_does_not_refuse_it() {
    let mut a = World::driving(vec![transport("a")]);
    let mut b = World::on(a.store.clone(), 9);
    let hold = |ms| MessageVerb::SetHold { until: Some(T0 + ms) };
    let uid = a.send(Draft { hold_until: Some(T0 + 1_000_000), ..draft("you@example.test") });
    b.look();
    b.hold = true;
    let late = b.act(&uid, hold(2_000_000));
    for ms in [3_000_000, 4_000_000] {
        let req = a.act(&uid, hold(ms));
        assert!(a.replies[&req].is_ok());
    }
    b.release();
    assert!(b.replies[&late].is_ok(), "re-read, decided anew");
    let mut next = a.next_life(2, vec![transport("a")]);
    next.pass(1_999_999);
    assert_eq!(next.count(Verb::Submit), 0);
    next.pass(1);
    assert_eq!(next.count(Verb::Submit), 1, "the last word stands");
}

#[test]
fn o_60_a_verb_merges_the_rows_evidence_first() {
    let mut a = World::driving(vec![transport("a")]);
    let uid = a.send(draft("you@example.test"));
    let call = a.take(Verb::Submit);
    a.step(Input::Lost);
    let mut b = a.next_life(9, vec![transport("a")]);
    assert_eq!(b.state(&uid), "unconfirmed");
    a.answer(&call, Answer::Outcome { outcome: accepted() }, true);
    let req = b.act(&uid, MessageVerb::Resolve { how: 1, envelope: None });
    assert_eq!(b.refused(req), "MAPI_E_OBJECT_CHANGED", "it turned out to be sent");
    assert_eq!((b.state(&uid).as_str(), b.count(Verb::Submit)), ("sent", 0));
}

#[test]
fn o_60_an_outcome_merges_with_what_a_person_did_meanwhile() {
    let mut a = World::driving(vec![transport("a")]);
    let mut b = World::on(a.store.clone(), 9);
    let uid = a.send(draft("you@example.test"));
    b.look();
    let call = a.take(Verb::Submit);
    let req = b.act(&uid, ABORT);
    assert_eq!(result(&b, req), "pending", "stored: cancelRequested");
    a.answer(&call, Answer::Outcome { outcome: accepted() }, true);
    b.look();
    assert_eq!((a.state(&uid).as_str(), result(&b, req)), ("sent", "tooLate"));
}

#[test]
fn o_60_an_intent_refuses_a_row_that_changed() {
    let mut a = World::driving(vec![transport("a")]);
    let mut b = World::on(a.store.clone(), 9);
    let uid = a.send(Draft { hold_until: Some(T0 + 1_000), ..draft("you@example.test") });
    b.look();
    a.hold = true;
    a.pass(1_000);
    let req = b.act(&uid, ABORT);
    assert_eq!(result(&b, req), "cancelled");
    a.release();
    a.pass(86_400_000);
    assert_eq!((a.state(&uid).as_str(), a.count(Verb::Submit)), ("cancelled", 0));
}

#[test]
fn o_60_a_probe_result_is_decided_on_the_row_as_it_is() {
    let mut a = World::driving(vec![probes("a")]);
    let mut b = World::on(a.store.clone(), 9);
    let uid = a.send(draft("you@example.test"));
    a.outcome(unknown());
    a.pass(0);
    b.now = a.now;
    b.look();
    let probe = a.take(Verb::Probe);
    b.act(&uid, MessageVerb::Resolve { how: 2, envelope: None });
    a.answer(&probe, Answer::Probed { found: 2, recipients: None }, false);
    assert_eq!((a.state(&uid).as_str(), b.state(&uid).as_str()), ("draft", "draft"));
}

#[test]
fn o_61_cancelled_where_nothing_was_begun() {
    for how in ["held", "queued", "waiting", "parked"] {
        let mut w = World::driving(vec![transport("a")]);
        w.step(Input::Online { online: how == "waiting" || how == "parked" });
        let hold = (how == "held").then_some(T0 + 10_000);
        let uid = w.send(Draft { hold_until: hold, ..draft("you@example.test") });
        match how {
            "waiting" => drop(w.untried(not_attempted(Why::Busy))),
            "parked" => drop(w.untried(not_attempted(Why::Auth))),
            _ => {}
        }
        assert_eq!(w.state(&uid), how);
        let req = w.act(&uid, ABORT);
        assert_eq!((result(&w, req), w.state(&uid).as_str()), ("cancelled", "cancelled"), "{how}");
        w.step(Input::Online { online: true });
        let calls = w.made.len();
        w.pass(86_400_000);
        assert_eq!(w.made.len(), calls, "{how}");
    }
}

#[test]
fn o_61_in_flight_the_call_is_aborted_and_its_answer_decides() {
    for (outcome, wire, said, state) in [
        (not_attempted(Why::Busy), false, "cancelled", "cancelled"),
        (not_attempted(Why::Transport), false, "cancelled", "cancelled"),
        (accepted(), true, "tooLate", "sent"),
        (unknown(), true, "unknown", "unconfirmed"),
        (rejected(true), true, "cancelled", "rejected"),
        (Outcome::Deferred { entry: None }, true, "unknown", "deferred"),
    ] {
        let (mut w, uid, req) = stopped(transport("a"));
        assert_eq!((result(&w, req), w.aborted.len()), ("pending", 1));
        let call = w.take(Verb::Submit);
        assert_eq!(w.aborted, [call.call]);
        w.answer(&call, Answer::Outcome { outcome: outcome.clone() }, wire);
        assert_eq!((result(&w, req), w.state(&uid).as_str()), (said, state), "{outcome:?}");
        w.pass(600_000);
        assert_eq!((w.count(Verb::Submit), w.aborted.len()), (1, 1), "{outcome:?}");
    }
}

#[test]
fn o_61_no_further_intent_while_it_stands_even_with_deduplication() {
    let (mut w, uid, req) = stopped(dedupes("a"));
    w.outcome(unknown());
    assert_eq!((result(&w, req), w.state(&uid).as_str()), ("unknown", "unconfirmed"));
    w.pass(86_400_000);
    assert_eq!(w.count(Verb::Submit), 1);
    w.act(&uid, MessageVerb::Resolve { how: 1, envelope: None });
    assert_eq!(w.count(Verb::Submit), 2, "a person may think better of it");
}

#[test]
fn o_61_established_absence_is_cancelled_and_presence_too_late() {
    for (found, state) in [(0, "cancelled"), (1, "sent")] {
        let (mut w, uid, _) = stopped(probes("a"));
        w.outcome(unknown());
        assert_eq!(w.state(&uid), "checking");
        while w.state(&uid) == "checking" {
            w.pass(1_000);
            while w.has(Verb::Probe) {
                let probe = w.take(Verb::Probe);
                w.answer(&probe, Answer::Probed { found, recipients: None }, false);
            }
        }
        assert_eq!((w.state(&uid).as_str(), w.count(Verb::Submit)), (state, 1));
    }
}

#[test]
fn o_61_a_message_whose_deadline_passed_before_the_call_is_cancelled() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(Draft { hold_until: Some(T0 + 1_000), ..draft("you@example.test") });
    w.hold = true;
    w.pass(1_000);
    let req = w.act(&uid, ABORT);
    w.release();
    let state = w.state(&uid);
    assert!((result(&w, req), state.as_str()) == ("pending", "sending"), "the intent was there first");
    w.untried(not_attempted(Why::Busy));
    assert_eq!(result(&w, req), "cancelled");
}

#[test]
fn o_61_deferred_asks_the_service_else_nobody_knows() {
    for (cancels, answer, said, state) in [
        (true, 0, "cancelled", "cancelled"),
        (true, 1, "unknown", "deferred"),
        (true, 2, "unknown", "deferred"),
        (false, 0, "unknown", "deferred"),
    ] {
        let verbs: &[Verb] = if cancels { &[Verb::Cancel] } else { &[] };
        let mut w = World::driving(vec![with(transport("a"), verbs)]);
        let uid = w.send(draft("you@example.test"));
        w.outcome(Outcome::Deferred { entry: Some("e".into()) });
        let req = w.act(&uid, ABORT);
        if cancels {
            assert_eq!(result(&w, req), "pending");
            let cancel = w.take(Verb::Cancel);
            w.answer(&cancel, Answer::Cancelled { result: answer }, false);
        }
        assert_eq!((result(&w, req), w.state(&uid).as_str()), (said, state), "{cancels} {answer}");
        w.sent_deferred("a", None);
        assert_eq!(w.count(Verb::Submit), if state == "deferred" { 2 } else { 1 });
    }
}

#[test]
fn o_61_in_doubt_cancel_message_is_believed_only_with_deduplication_or_in_time() {
    for (t, state) in [(dedupes("a"), "cancelled"), (probes("a"), "checking"), (transport("a"), "unconfirmed")] {
        let (mut w, uid, req) = stopped(with(t, &[Verb::Cancel]));
        assert_eq!(w.count(Verb::Cancel), 0, "not before the call has ended");
        w.outcome(unknown());
        assert_eq!(result(&w, req), "unknown");
        let cancel = w.take(Verb::Cancel);
        w.answer(&cancel, Answer::Cancelled { result: 0 }, false);
        assert_eq!(w.state(&uid), state);
        w.pass(50_000);
        assert_eq!((w.count(Verb::Cancel), w.count(Verb::Submit)), (1, 1), "asked once");
    }
    let t = TransportConfig { deadline_ms: Some(1_000), ..with(probes("a"), &[Verb::Cancel]) };
    let (mut w, uid, _) = stopped(t);
    w.step(Input::Lost);
    w.pass(62_000);
    w.grant();
    w.pass(62_000);
    while w.state(&uid) == "checking" {
        w.pass(1_000);
        if w.has(Verb::Cancel) {
            let cancel = w.take(Verb::Cancel);
            w.answer(&cancel, Answer::Cancelled { result: 0 }, false);
        }
        while w.has(Verb::Probe) {
            let probe = w.take(Verb::Probe);
            w.answer(&probe, Answer::Probed { found: 0, recipients: None }, false);
        }
    }
    assert_eq!(w.state(&uid), "cancelled", "absence was established");
}

#[test]
fn o_61_a_cancellation_that_answers_after_a_person_sent_again_is_not_believed() {
    let (mut w, uid, _) = stopped(with(dedupes("a"), &[Verb::Cancel]));
    w.outcome(unknown());
    let cancel = w.take(Verb::Cancel);
    w.act(&uid, MessageVerb::Resolve { how: 1, envelope: None });
    w.answer(&cancel, Answer::Cancelled { result: 0 }, false);
    assert_eq!(w.state(&uid), "checking", "an attempt is in flight");
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn o_61_doubt_is_left_as_it_is_and_the_others_are_cancelled() {
    let mut w = World::driving(vec![takes(dedupes("a"), "SMTP"), takes(transport("b"), "FAX")]);
    let mut d = draft("you@example.test");
    d.recipients.push(of_type("FAX", "1"));
    let uid = w.send(d);
    w.outcome(unknown());
    w.untried(not_attempted(Why::Busy));
    let req = w.act(&uid, ABORT);
    assert_eq!((result(&w, req), w.state(&uid).as_str()), ("unknown", "checking"));
    w.until(Verb::Submit);
    let call = w.take(Verb::Submit);
    assert_eq!(call.transport, "a", "the doubt is looked into");
    w.answer(&call, Answer::Outcome { outcome: accepted() }, true);
    w.pass(86_400_000);
    assert_eq!((w.state(&uid).as_str(), w.count(Verb::Submit)), ("sent", 3));
}

#[test]
fn o_61_too_late_where_somebody_has_it() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(accepted());
    let req = w.act(&uid, ABORT);
    assert_eq!(result(&w, req), "tooLate");
    let uid = w.send(draft_to(&["r1@x.test", "r2@x.test"]));
    let list = vec![line("r1@x.test", Status::Accepted), line("r2@x.test", Status::Rejected)];
    w.outcome(Outcome::Accepted { remote_id: None, recipients: Some(list) });
    let req = w.act(&uid, ABORT);
    assert_eq!(result(&w, req), "tooLate", "one of two");
}

#[test]
fn o_61_what_was_taken_back_in_doubt_is_unknown() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    w.act(&uid, MessageVerb::Resolve { how: 2, envelope: None });
    for discarded in [false, true] {
        let req = w.act(&uid, ABORT);
        assert_eq!((result(&w, req), w.state(&uid).as_str()), ("unknown", "draft"), "{discarded}");
        w.act(&uid, MessageVerb::Discard);
    }
}

#[test]
fn o_61_what_was_stopped_goes_to_no_other_transport() {
    let open = Some(vec![line("you@example.test", Status::Open)]);
    for (outcome, wire) in [
        (Outcome::Accepted { remote_id: None, recipients: open }, true),
        (not_attempted(Why::NotMe), false),
        (not_attempted(Why::Busy), false),
    ] {
        let mut w = World::driving(vec![dedupes("a"), transport("b")]);
        let uid = w.send(draft("you@example.test"));
        let req = w.act(&uid, ABORT);
        let call = w.take(Verb::Submit);
        w.answer(&call, Answer::Outcome { outcome }, wire);
        assert_eq!((result(&w, req), w.state(&uid).as_str()), ("cancelled", "cancelled"));
        w.pass(86_400_000);
        assert_eq!(w.count(Verb::Submit), 1);
    }
}

#[test]
fn o_61_one_envelope_may_be_stopped_alone() {
    let mut w = World::driving(vec![takes(transport("a"), "SMTP"), takes(transport("b"), "FAX")]);
    let mut d = draft("you@example.test");
    d.recipients.push(of_type("FAX", "1"));
    let uid = w.send(d);
    w.untried(not_attempted(Why::Busy));
    let req = w.act(&uid, MessageVerb::Abort { envelope: Some(1) });
    assert_eq!(result(&w, req), "cancelled");
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent", "o_20: with an accepted recipient never shown as cancelled");
}

#[test]
fn o_61_an_envelope_that_is_not_there_is_not_cancelled() {
    let of = |envelope| MessageVerb::Abort { envelope: Some(envelope) };
    let refused = |w: &mut World, uid: &str, envelope| {
        let req = w.act(uid, of(envelope));
        assert_eq!(w.refused(req), "MAPI_E_NOT_FOUND");
    };
    let mut w = World::driving(vec![transport("a")]);
    let held = w.send(Draft { hold_until: Some(T0 + 10_000), ..draft("you@example.test") });
    refused(&mut w, &held, 1);
    w.pass(10_000);
    refused(&mut w, &held, 9);
    w.outcome(accepted());
    refused(&mut w, &held, 5);
    let late = w.act(&held, of(1));
    assert_eq!((result(&w, late), w.state(&held).as_str()), ("tooLate", "sent"));
    let doubtful = w.send(draft("you@example.test"));
    w.outcome(unknown());
    refused(&mut w, &doubtful, 9);
    assert_eq!(w.state(&doubtful), "unconfirmed");
}
