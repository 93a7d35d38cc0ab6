//! E. Windows of deduplication (O-43) and the wall clock (O-44).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::session::stored::StoreOp;

const WINDOW: i64 = 3_600_000;

fn windowed() -> TransportConfig {
    let mut t = dedupes("a");
    t.guarantees.dedupe_window = Some(WINDOW);
    t.deadline_ms = Some(60_000);
    t
}

/// In doubt since an attempt at T0; the transport is offline, so that nothing happens by itself.
fn doubtful(t: TransportConfig) -> (World, String) {
    let mut w = World::driving(vec![t]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    w.step(Input::Online { online: false });
    (w, uid)
}

#[test]
fn o_43_the_same_key_again_only_while_attempt_and_settling_fit_into_nine_tenths_of_the_window() {
    let last = WINDOW * 9 / 10 - 60_000 - 60_000;
    for (at, again) in [(last - 1, true), (last, false), (last + 1, false)] {
        let (mut w, uid) = doubtful(windowed());
        w.pass(at);
        w.step(Input::Online { online: true });
        assert_eq!(w.has(Verb::Submit), again, "{at}");
        assert_eq!(w.state(&uid), if again { "checking" } else { "unconfirmed" });
    }
}

#[test]
fn o_43_the_transports_own_settling_counts_where_it_declares_one() {
    let mut t = windowed();
    t.functions |= Verb::Probe.bit();
    t.guarantees.probe = Some(mailspooler::spooler::doubt::Probe { authoritative: true, settles: 600_000 });
    let last = WINDOW * 9 / 10 - 60_000 - 600_000;
    for (at, again) in [(last - 1, true), (last, false)] {
        let (mut w, _) = doubtful(t.clone());
        w.pass(at);
        w.step(Input::Online { online: true });
        assert_eq!(w.has(Verb::Submit), again, "{at}");
    }
}

#[test]
fn o_43_the_window_begins_with_the_first_wire_call_and_never_anew() {
    let (mut w, uid) = doubtful(windowed());
    w.step(Input::Online { online: true });
    let mut calls = 1;
    while w.state(&uid) == "checking" {
        w.pass(30_000);
        while w.has(Verb::Submit) {
            let job = w.outcome(unknown()).job.unwrap();
            calls += 1;
            assert_eq!(job.key, format!("{uid}.1"));
        }
    }
    assert!(calls > 4, "{calls}");
    let last = w.made.iter().rfind(|c| c.verb == Verb::Submit).unwrap();
    assert!(last.deadline.unwrap() + 60_000 < T0 + WINDOW * 9 / 10);
    assert_eq!(w.state(&uid), "unconfirmed");
    let before = w.count(Verb::Submit);
    w.pass(10 * 86_400_000);
    assert_eq!(w.count(Verb::Submit), before, "g4");
}

#[test]
fn o_43_it_holds_over_lives() {
    let (w, _) = doubtful(windowed());
    for (later, again) in [(WINDOW / 2, true), (WINDOW, false)] {
        let mut away = w.next_life(2, vec![]);
        away.now.wall += later;
        let next = away.next_life(3, vec![windowed()]);
        let mut next = next;
        next.pass(20_000);
        assert_eq!(next.has(Verb::Submit), again, "{later}");
    }
}

#[test]
fn o_43_with_a_probe_once_and_then_the_probe() {
    let mut t = dedupes("a");
    t.functions |= Verb::Probe.bit();
    t.guarantees.probe = Some(mailspooler::spooler::doubt::Probe { authoritative: true, settles: 60_000 });
    let mut w = World::driving(vec![t]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    w.until(Verb::Submit);
    assert_eq!(w.count(Verb::Probe), 0);
    w.outcome(unknown());
    w.until(Verb::Probe);
    assert_eq!(w.count(Verb::Submit), 2);
    let probe = w.take(Verb::Probe);
    w.answer(&probe, Answer::Probed { found: 1, recipients: None }, false);
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn o_44_an_intent_of_another_clock_epoch_has_no_window() {
    let (mut w, uid) = doubtful(windowed());
    w.pass(100_000);
    w.now.wall -= 10_000;
    w.step(Input::Online { online: true });
    assert_eq!((w.has(Verb::Submit), w.state(&uid).as_str()), (false, "unconfirmed"));
    w.pass(1_000_000);
    assert!(!w.has(Verb::Submit), "and it stays closed");
}

#[test]
fn o_44_two_seconds_back_are_no_step() {
    for (back, again) in [(2_000, true), (2_001, false)] {
        let (mut w, _) = doubtful(windowed());
        w.pass(100_000);
        w.now.wall -= back;
        w.step(Input::Online { online: true });
        assert_eq!(w.has(Verb::Submit), again, "{back}");
    }
}

#[test]
fn o_44_a_step_back_between_two_lives_is_seen_by_the_stored_mark() {
    for (t, state) in [(windowed(), "unconfirmed"), (probes("a"), "checking")] {
        let mut w = World::driving(vec![t.clone()]);
        let uid = w.send(draft("you@example.test"));
        w.now.wall -= 100_000;
        let next = w.next_life(2, vec![t]);
        assert_eq!(next.state(&uid), state);
        assert!(!next.has(Verb::Submit));
    }
}

#[test]
fn o_44_what_a_life_saw_is_stored_at_once() {
    let (mut w, uid) = doubtful(windowed());
    w.pass(100_000);
    w.now.wall -= 50_000;
    w.step(Input::Tick);
    assert!(w.log.iter().flatten().any(|op| matches!(op, StoreOp::PutMeta { meta, .. } if meta.clock_epoch == 1)));
    w.now.wall += 60_000;
    let next = w.next_life(2, vec![windowed()]);
    assert_eq!(next.state(&uid), "unconfirmed", "the clock went on, its epoch did not go back");
}

#[test]
fn o_44_a_mark_that_was_not_stored_is_stored_later() {
    let (mut w, uid) = doubtful(windowed());
    w.pass(100_000);
    w.faults.push_back(Fault::Fails);
    w.now.wall -= 50_000;
    w.step(Input::Tick);
    w.step(Input::Online { online: true });
    let other = w.send(draft("they@example.test"));
    w.outcome(accepted());
    assert_eq!(w.state(&other), "sent");
    assert_eq!(w.next_life(2, vec![windowed()]).state(&uid), "unconfirmed");
    assert!(w.log.iter().flatten().any(|op| matches!(op, StoreOp::PutMeta { meta, .. } if meta.clock_epoch == 1)));
}

#[test]
fn o_44_the_high_water_mark_goes_with_the_intents() {
    let mut w = World::driving(vec![transport("a")]);
    for i in 0..3 {
        w.pass(10_000);
        w.send(draft("you@example.test"));
        w.outcome(accepted());
        let marks = w.log.iter().flatten().filter_map(|op| match op {
            StoreOp::PutMeta { meta, .. } => Some(meta.high_water),
            _ => None,
        });
        assert_eq!(marks.max(), Some(T0 + 10_000 * (i + 1)));
    }
}

#[test]
fn o_44_a_driver_that_lost_a_race_for_its_row_goes_on() {
    let mut w = World::driving(vec![transport("a")]);
    let mut other = World::on(w.store.clone(), 9);
    other.add(vec![transport("a")]);
    for _ in 0..3 {
        w.pass(10_000);
        let req = other.req();
        other.look();
        other.step(Input::SetTransportOrder { req, uids: vec!["a".into()], now: false });
        assert!(other.replies[&req].is_ok());
        let uid = w.send(draft("you@example.test"));
        w.outcome(accepted());
        assert_eq!(w.state(&uid), "sent");
        let req = w.req();
        w.step(Input::SetTransportOrder { req, uids: vec!["a".into()], now: false });
        assert!(w.replies[&req].is_ok(), "{:?}", w.replies[&req]);
    }
    w.step(Input::Lost);
    w.grant();
    let uid = w.send(draft("you@example.test"));
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent");
}
