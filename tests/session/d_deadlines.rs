//! D. Deadlines, time-outs, late answers (O-32).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::NotAttempted as Why;
use mailspooler::spooler::outcome::Outcome;

/// A message whose first attempt timed out; its call.
fn timed_out(t: TransportConfig) -> (World, String, Open) {
    let mut w = World::driving(vec![t]);
    let uid = w.send(draft("you@example.test"));
    let call = w.take(Verb::Submit);
    w.pass(call.deadline.unwrap() - w.now.wall);
    (w, uid, call)
}

fn late(w: &mut World, call: &Open, outcome: Outcome) {
    w.answer(call, Answer::Outcome { outcome }, true);
}

#[test]
fn o_32_a_minute_and_a_second_for_every_sixteen_kib_or_the_transports_own() {
    let deadline = |t: TransportConfig, size| {
        let mut w = World::driving(vec![t]);
        w.send(Draft { size, ..draft("you@example.test") });
        w.take(Verb::Submit).deadline.unwrap() - T0
    };
    assert_eq!(deadline(transport("a"), 0), 60_000);
    assert_eq!(deadline(transport("a"), 16 * 1024 * 10), 60_000 + 10 * 1024 * 16 / 16);
    let own = TransportConfig { deadline_ms: Some(5_000), ..transport("a") };
    assert_eq!(deadline(own, 1_000_000_000), 5_000);
    assert!(deadline(transport("a"), u64::MAX) > 0, "no overflow");
}

#[test]
fn o_32_it_counts_from_the_instant_the_intent_is_decided() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(Draft { hold_until: Some(T0 + 1_000), ..draft("you@example.test") });
    w.hold = true;
    w.pass(1_000);
    w.pass(20_000);
    w.release();
    assert_eq!(w.take(Verb::Submit).deadline, Some(T0 + 61_000));
    let mut next = w.next_life(2, vec![probes("a")]);
    assert_eq!(next.state(&uid), "checking");
    next.settle_absent();
    assert!(next.now.wall > T0 + 61_000 + 60_000, "o_41: the stored one counts in another life");
}

#[test]
fn o_32_no_call_is_made_when_it_has_passed_at_the_commit() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(Draft { hold_until: Some(T0 + 1_000), ..draft("you@example.test") });
    w.hold = true;
    w.pass(1_000);
    w.pass(60_000);
    w.release();
    assert_eq!(w.made.len(), 1, "the attempt that was too late made none; the next is another");
    let job = w.take(Verb::Submit).job.unwrap();
    assert_eq!((job.attempt, job.key), (2, format!("{uid}.1")));
}

#[test]
fn o_32_a_timed_out_call_is_aborted_and_frees_the_slot() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    let next = w.send(draft("they@example.test"));
    let call = w.take(Verb::Submit);
    w.pass(59_999);
    assert!(w.aborted.is_empty() && !w.has(Verb::Submit));
    w.pass(1);
    assert_eq!(w.aborted, [call.call]);
    assert_eq!(w.state(&uid), "unconfirmed");
    assert_eq!(w.take(Verb::Submit).job.unwrap().uid, next);
}

#[test]
fn o_32_its_late_sent_is_evidence() {
    for t in [dedupes("a"), probes("a"), transport("a")] {
        let (mut w, uid, call) = timed_out(t);
        late(&mut w, &call, accepted());
        assert_eq!(w.state(&uid), "sent");
    }
}

#[test]
fn o_32_a_late_anything_else_is_an_in_time_answer_and_lifts_the_doubt_its_time_out_began() {
    let (mut w, uid, call) = timed_out(transport("a"));
    late(&mut w, &call, rejected(true));
    assert_eq!(w.state(&uid), "rejected");
    let (mut w, uid, call) = timed_out(transport("a"));
    w.answer(&call, Answer::Outcome { outcome: not_attempted(Why::Busy) }, false);
    assert_eq!(w.state(&uid), "waiting", "no wire call had begun: it is as if it had been said in time");
    let (mut w, uid, call) = timed_out(probes("a"));
    late(&mut w, &call, rejected(true));
    assert_eq!(w.state(&uid), "checking", "and in time it would have been doubt");
}

#[test]
fn o_32_not_when_a_newer_attempt_exists() {
    let (mut w, uid, call) = timed_out(dedupes("a"));
    w.until(Verb::Submit);
    late(&mut w, &call, rejected(true));
    assert_eq!(w.state(&uid), "checking");
    w.outcome(unknown());
    late(&mut w, &call, rejected(true));
    assert_eq!(w.state(&uid), "checking");
    assert_eq!(w.session.strays(), (1, 1), "counted: one changed nothing, one was said twice");
}

#[test]
fn o_32_not_when_a_person_has_spoken_since() {
    for (verb, state) in [
        (MessageVerb::Resolve { how: 0, envelope: None }, "sent"),
        (MessageVerb::Resolve { how: 2, envelope: None }, "draft"),
        (MessageVerb::Resolve { how: 1, envelope: None }, "checking"),
        (MessageVerb::CheckAgain, "unconfirmed"),
    ] {
        let (mut w, uid, call) = timed_out(transport("a"));
        w.step(Input::Online { online: false });
        w.act(&uid, verb.clone());
        late(&mut w, &call, rejected(true));
        assert_eq!(w.state(&uid), state, "{verb:?}");
    }
}

#[test]
fn o_32_not_when_the_doubt_is_older_than_its_time_out() {
    let (mut w, uid, _) = timed_out(dedupes("a"));
    w.until(Verb::Submit);
    let second = w.take(Verb::Submit);
    w.pass(60_000);
    w.answer(&second, Answer::Outcome { outcome: not_attempted(Why::Busy) }, false);
    assert_eq!(w.state(&uid), "checking", "the first attempt is still in doubt");
}

#[test]
fn o_32_an_answer_that_says_nothing_lifts_nothing() {
    let (mut w, uid, call) = timed_out(transport("a"));
    late(&mut w, &call, unknown());
    assert_eq!(w.state(&uid), "unconfirmed");
}

#[test]
fn g13_settling_twice_is_settling_once() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    let call = w.outcome(rejected(true));
    late(&mut w, &call, accepted());
    assert_eq!((w.state(&uid).as_str(), w.session.strays()), ("rejected", (1, 0)));
}

#[test]
fn g18_a_jump_of_the_clock_ends_a_call_and_begins_none() {
    for jump in [3_600_000, 365 * 86_400_000] {
        let mut w = World::driving(vec![transport("a")]);
        let uid = w.send(draft("you@example.test"));
        w.now.wall += jump;
        w.step(Input::Tick);
        assert_eq!((w.state(&uid).as_str(), w.count(Verb::Submit)), ("unconfirmed", 1));
        let mut w = World::driving(vec![transport("a")]);
        let uid = w.send(draft("you@example.test"));
        w.now.wall -= jump;
        w.pass(60_000);
        assert_eq!((w.state(&uid).as_str(), w.count(Verb::Submit)), ("unconfirmed", 1), "the monotonic clock ends it");
    }
}
