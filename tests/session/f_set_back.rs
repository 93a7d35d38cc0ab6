//! F. A clock that is set back makes nobody wait for it (O-45, O-50).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::NotAttempted as Why;
use mailspooler::spooler::outcome::Outcome;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 86_400_000;
/// The longest back-off.
const CAP: i64 = 1_080_000;

fn set_back(w: &mut World, by: i64) {
    w.now.wall -= by;
    w.step(Input::Tick);
}

/// A message that waits, for this reason.
fn waiting(outcome: Outcome) -> (World, String) {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.untried(outcome);
    (w, uid)
}

#[test]
fn o_50_what_waits_goes_when_it_would_have() {
    for back in [10_000, DAY, 30 * DAY] {
        for reason in [Why::Busy, Why::Account, Why::Transport] {
            let (mut w, _) = waiting(not_attempted(reason));
            w.pass(1_000);
            set_back(&mut w, back);
            w.pass(6_000);
            assert!(w.has(Verb::Submit), "{reason:?} {back}");
        }
        let (mut w, _) = waiting(not_attempted(Why::Network));
        set_back(&mut w, back);
        w.pass(6_001);
        assert!(w.has(Verb::Gate), "{back}");
    }
}

#[test]
fn o_50_what_a_service_wished_stays() {
    let (mut w, _) =
        waiting(Outcome::NotAttempted { reason: Why::Busy, retry_after: Some(20 * HOUR), definite: false });
    set_back(&mut w, 30 * DAY);
    w.pass(20 * HOUR - 1);
    assert!(!w.has(Verb::Submit));
    w.pass(1);
    assert!(w.has(Verb::Submit));
}

#[test]
fn o_50_what_a_person_held_is_held_until_the_instant_that_was_said() {
    let (mut w, uid) = waiting(not_attempted(Why::Busy));
    let at = w.now.wall + HOUR;
    w.act(&uid, MessageVerb::SetHold { until: Some(at) });
    set_back(&mut w, DAY);
    w.pass(DAY);
    assert!(!w.has(Verb::Submit));
    w.pass(HOUR);
    assert!(w.has(Verb::Submit));
}

#[test]
fn o_50_a_clock_that_was_set_back_between_two_lives_too() {
    let (mut w, _) = waiting(not_attempted(Why::Busy));
    w.now.wall -= 30 * DAY;
    let mut next = w.next_life(2, vec![transport("a")]);
    next.pass(6_000);
    assert!(next.has(Verb::Submit));
}

#[test]
fn o_50_five_days_are_five_days() {
    let (mut w, uid) = waiting(not_attempted(Why::Busy));
    set_back(&mut w, 30 * DAY);
    for _ in 0..(5 * 24 + 1) {
        while w.has(Verb::Submit) {
            w.untried(not_attempted(Why::Busy));
        }
        w.pass(HOUR);
    }
    assert_eq!(w.why(&uid), "parked.ask");
}

#[test]
fn o_45_probes_go_on_and_end_after_their_day() {
    let mut w = World::driving(vec![probes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    w.until(Verb::Probe);
    set_back(&mut w, 30 * DAY);
    let mut asked = 0;
    for _ in 0..(DAY / CAP + 2) {
        while w.has(Verb::Probe) {
            let probe = w.take(Verb::Probe);
            w.answer(&probe, Answer::Probed { found: 2, recipients: None }, false);
            asked += 1;
        }
        w.pass(CAP);
    }
    assert!(asked > 60, "{asked}");
    assert_eq!(w.why(&uid), "unconfirmed");
}

#[test]
fn o_75_what_the_storage_failed_is_tried_again() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.faults.extend([Fault::Fails; 2]);
    w.deaf = 1;
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sending");
    set_back(&mut w, 30 * DAY);
    w.pass(CAP);
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn o_63_the_sent_copy_is_filed_when_it_would_have_been() {
    for back in [10_000, DAY, 30 * DAY] {
        let mut w = World::driving(vec![with(transport("a"), &[Verb::File])]);
        w.send(draft("you@example.test"));
        w.outcome(accepted());
        let file = w.take(Verb::File);
        w.answer(&file, Answer::Outcome { outcome: unknown() }, false);
        assert!(!w.has(Verb::File));
        set_back(&mut w, back);
        w.pass(6_000);
        assert!(w.has(Verb::File), "{back}");
    }
}

#[test]
fn o_71_the_doubt_of_a_life_that_ended_backs_off_by_the_clock_as_it_is() {
    for back in [0, HOUR] {
        let mut w = World::driving(vec![probes("a")]);
        let uid = w.send(draft("you@example.test"));
        w.outcome(unknown());
        for _ in 0..6 {
            w.until(Verb::Probe);
            let probe = w.take(Verb::Probe);
            w.answer(&probe, Answer::Probed { found: 2, recipients: None }, false);
        }
        w.act(&uid, MessageVerb::Resolve { how: 1, envelope: None });
        assert!(w.has(Verb::Submit));
        w.now.wall -= back;
        let mut next = w.next_life(2, vec![probes("a")]);
        assert_eq!((next.state(&uid).as_str(), next.has(Verb::Probe)), ("checking", false), "{back}");
        next.until(Verb::Probe);
    }
}
