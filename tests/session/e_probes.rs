//! E. The probe's schedule (O-45), late evidence (O-46), tokens (O-47).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::message::Reason;
use mailspooler::spooler::outcome::NotAttempted as Why;

const DAY: i64 = 86_400_000;

fn doubtful() -> (World, String) {
    let mut w = World::driving(vec![probes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    (w, uid)
}

/// Answers every probe "unknown" until the message shows something else; the instants of the probes after T0.
fn spent(w: &mut World, uid: &str) -> Vec<i64> {
    let mut at = Vec::new();
    while w.state(uid) == "checking" {
        while w.has(Verb::Probe) {
            at.push(w.now.wall - T0);
            let probe = w.take(Verb::Probe);
            w.answer(&probe, Answer::Probed { found: 2, recipients: None }, false);
        }
        let ms = w.wake.map_or(1_000, |at| (at - w.now.wall).max(1));
        w.pass(ms);
    }
    at
}

#[test]
fn o_45_at_0_5_15_60_seconds_then_with_back_off_for_a_day() {
    let (mut w, uid) = doubtful();
    let at = spent(&mut w, &uid);
    assert_eq!(at[..4], [0, 5_000, 15_000, 60_000]);
    let settled = 120_001;
    assert!(at.contains(&settled), "the first instant at which an absence counts: {at:?}");
    for pair in at.windows(2).skip(6) {
        assert!((4_000..=900_000 * 6 / 5).contains(&(pair[1] - pair[0])), "{pair:?}");
    }
    let last = at.last().copied().unwrap();
    assert!((DAY - 1_200_000..=DAY).contains(&last), "{last}");
    assert_eq!(w.state(&uid), "unconfirmed");
    w.pass(3 * DAY);
    assert!(!w.has(Verb::Probe));
}

/// Answers every probe "absent" until the mail goes again; how long that took, ms.
fn found_absent(w: &mut World) -> i64 {
    let begun = w.now.wall;
    for _ in 0..100 {
        while w.has(Verb::Probe) {
            let probe = w.take(Verb::Probe);
            w.answer(&probe, Answer::Probed { found: 0, recipients: None }, false);
        }
        if w.has(Verb::Submit) {
            return w.now.wall - begun;
        }
        let ms = w.wake.map_or(1_000, |at| (at - w.now.wall).max(1));
        w.pass(ms);
    }
    panic!("it never went again")
}

/// With deduplication the same key goes once more before anybody asks.
fn deduplicating() -> TransportConfig {
    let mut t = probes("a");
    t.guarantees.dedupe_window = Some(DAY);
    t
}

#[test]
fn o_45_in_another_life_it_is_asked_at_the_instant_an_absence_counts() {
    for ms in [0, 1_000, 7_000, 30_000, 59_000] {
        let mut w = World::driving(vec![probes("a")]);
        w.send(draft("you@example.test"));
        w.pass(ms);
        let took = found_absent(&mut w.next_life(2, vec![probes("a")]));
        assert!((120_000..=120_001).contains(&took), "{took} after {ms}");
    }
}

#[test]
fn o_45_so_it_is_when_two_lives_end_before_the_mail_left() {
    for ms in [0, 1_000, 7_000, 30_000, 59_000] {
        let mut w = World::driving(vec![deduplicating()]);
        w.send(draft("you@example.test"));
        let mut w = w.next_life(2, vec![deduplicating()]);
        w.until(Verb::Submit);
        w.pass(ms);
        let took = found_absent(&mut w.next_life(3, vec![deduplicating()]));
        assert!((120_000..=120_001).contains(&took), "{took} after {ms}");
    }
}

#[test]
fn o_45_so_it_is_where_the_storage_took_its_time_before_the_call() {
    let mut w = World::driving(vec![probes("a")]);
    w.hold = true;
    w.submit(draft("you@example.test"));
    while !w.has(Verb::Submit) {
        w.pass(2_000);
        w.release_one();
    }
    w.release();
    let call = w.take(Verb::Submit);
    let deadline = call.deadline.unwrap();
    w.answer(&call, Answer::Outcome { outcome: unknown() }, true);
    let from = w.now.wall;
    let took = found_absent(&mut w);
    let counts = deadline + 60_000 + 2_000;
    assert!((counts..=counts + 1).contains(&(from + took)), "{took}");
}

#[test]
fn o_45_ten_times_the_settling_where_that_is_longer() {
    let mut t = probes("a");
    t.guarantees.probe.as_mut().unwrap().settles = DAY / 2;
    let mut w = World::driving(vec![t]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    let last = *spent(&mut w, &uid).last().unwrap();
    assert!((4 * DAY..=5 * DAY).contains(&last), "{last}");
}

#[test]
fn o_45_a_probe_has_thirty_seconds() {
    let (mut w, uid) = doubtful();
    w.pass(0);
    let probe = w.take(Verb::Probe);
    assert_eq!(probe.deadline, Some(w.now.wall + 30_000));
    w.pass(30_000);
    assert!(w.aborted.contains(&probe.call));
    assert!(w.has(Verb::Probe), "the next one is due");
    assert_eq!(w.state(&uid), "checking");
}

#[test]
fn o_45_a_person_may_ask_again_with_a_fresh_budget() {
    let (mut w, uid) = doubtful();
    spent(&mut w, &uid);
    let req = w.act(&uid, MessageVerb::CheckAgain);
    assert!(w.replies[&req].is_ok());
    let begun = w.now.wall - T0;
    let at = spent(&mut w, &uid);
    assert_eq!(at[..3], [begun, begun + 5_000, begun + 15_000]);
    assert_eq!(w.state(&uid), "unconfirmed");
}

#[test]
fn o_45_the_return_of_the_transport_begins_a_fresh_budget() {
    let (mut w, uid) = doubtful();
    spent(&mut w, &uid);
    let mut away = w.next_life(2, vec![transport("b")]);
    assert_eq!(away.state(&uid), "unconfirmed");
    away.add(vec![probes("a")]);
    assert_eq!(away.state(&uid), "checking");
    assert!(away.has(Verb::Probe));
}

#[test]
fn o_45_one_that_declares_a_probe_and_has_none_leaves_the_doubt_to_a_person() {
    let mut t = probes("a");
    t.functions &= !Verb::Probe.bit();
    let mut w = World::driving(vec![t]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    assert_eq!(w.state(&uid), "unconfirmed");
}

fn revision(w: &World, uid: &str) -> (String, u32) {
    let report = w.session.report(uid).unwrap();
    (report.state.into(), report.revision)
}

fn told(w: &World) -> usize {
    w.events.iter().filter(|e| matches!(e, Effect::LateEvidence { .. })).count()
}

#[test]
fn o_46_late_evidence_of_sent_wins_over_a_persons_word_and_says_so() {
    for (how, state) in [(2, "draft"), (0, "sent")] {
        let mut w = World::driving(vec![transport("a")]);
        let uid = w.send(named("x", "1"));
        let call = w.take(Verb::Submit);
        w.pass(60_000);
        w.act(&uid, MessageVerb::Resolve { how, envelope: None });
        assert_eq!(revision(&w, &uid), (state.into(), 0));
        w.answer(&call, Answer::Outcome { outcome: accepted() }, true);
        let changed = how == 2;
        assert_eq!(revision(&w, &uid), ("sent".into(), u32::from(changed)));
        assert_eq!(told(&w), usize::from(changed));
        assert_eq!(w.next_life(2, vec![]).state(&uid), "sent");
    }
}

#[test]
fn o_46_it_wins_over_a_refusal_and_reaches_a_discarded_message() {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(named("x", "1"));
    let call = w.take(Verb::Submit);
    w.until(Verb::Submit);
    w.outcome(rejected(true));
    assert_eq!(w.state(&uid), "rejected");
    w.act(&uid, MessageVerb::Discard);
    assert!(w.store.borrow().bodies.is_empty());
    w.answer(&call, Answer::Outcome { outcome: accepted() }, true);
    assert_eq!((revision(&w, &uid), told(&w)), (("sent".into(), 1), 1));
    let mut next = w.next_life(2, vec![]);
    assert_eq!(next.state(&uid), "sent");
    let req = next.submit(named("x", "2"));
    assert_eq!(next.refused(req), "MAPI_E_COLLISION", "o_03: its id is not free after all");
}

#[test]
fn o_46_what_is_known_already_is_no_evidence() {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft("you@example.test"));
    let call = w.take(Verb::Submit);
    w.until(Verb::Submit);
    w.outcome(accepted());
    w.answer(&call, Answer::Outcome { outcome: accepted() }, true);
    assert_eq!((revision(&w, &uid), told(&w)), (("sent".into(), 0), 0));
}

fn prepares(t: TransportConfig) -> TransportConfig {
    with(t, &[Verb::Prepare])
}

fn prepared(w: &mut World, token: Option<&str>) {
    let call = w.take(Verb::Prepare);
    w.answer(&call, Answer::Token { token: token.map(Into::into) }, false);
}

#[test]
fn o_47_it_runs_before_the_intent_and_its_token_is_in_the_intents_commit() {
    let mut w = World::driving(vec![prepares(transport("a"))]);
    let uid = w.send(draft("you@example.test"));
    assert_eq!(w.state(&uid), "queued", "no intent yet");
    w.hold = true;
    prepared(&mut w, Some("t1"));
    assert!(!w.has(Verb::Submit));
    w.release();
    let stored = w.log.last().unwrap().iter().any(|op| match op {
        mailspooler::session::stored::StoreOp::PutMessage { message, .. } => {
            message.envelopes[0].token.as_deref() == Some("t1")
        }
        _ => false,
    });
    assert!(stored);
    assert_eq!(w.take(Verb::Submit).job.unwrap().token.as_deref(), Some("t1"));
}

#[test]
fn o_47_every_attempt_in_doubt_uses_the_same_token_even_none() {
    for token in [Some("t1"), None] {
        let mut w = World::driving(vec![prepares(dedupes("a"))]);
        w.send(draft("you@example.test"));
        prepared(&mut w, token);
        for _ in 0..3 {
            let job = w.outcome(unknown()).job.unwrap();
            assert_eq!(job.token.as_deref(), token);
            w.until(Verb::Submit);
        }
        assert_eq!(w.count(Verb::Prepare), 1);
        let mut next = w.next_life(2, vec![prepares(dedupes("a"))]);
        next.until(Verb::Submit);
        assert_eq!(next.take(Verb::Submit).job.unwrap().token.as_deref(), token, "in the next life too");
        assert_eq!(next.count(Verb::Prepare), 0);
    }
}

#[test]
fn o_47_it_is_made_anew_only_while_no_wire_call_may_have_begun() {
    let mut w = World::driving(vec![prepares(transport("a"))]);
    w.send(draft("you@example.test"));
    prepared(&mut w, Some("t1"));
    w.untried(not_attempted(Why::Busy));
    w.until(Verb::Prepare);
    prepared(&mut w, Some("t2"));
    assert_eq!(w.untried(not_attempted(Why::Busy)).job.unwrap().token.as_deref(), Some("t2"));
    w.until(Verb::Prepare);
    prepared(&mut w, None);
    assert_eq!(w.outcome(accepted()).job.unwrap().token, None, "anew as nothing: the unused one is dropped");
    let mut w = World::driving(vec![prepares(transport("a"))]);
    w.send(draft("you@example.test"));
    prepared(&mut w, Some("t1"));
    w.outcome(http(429));
    w.until(Verb::Submit);
    assert_eq!(w.count(Verb::Prepare), 1, "a wire call had begun");
}

#[test]
fn o_47_after_absence_and_by_a_persons_word_it_is_made_anew() {
    let mut w = World::driving(vec![prepares(probes("a"))]);
    w.send(draft("you@example.test"));
    prepared(&mut w, Some("t1"));
    w.outcome(unknown());
    while !w.has(Verb::Prepare) {
        w.pass(1_000);
        while w.has(Verb::Probe) {
            let probe = w.take(Verb::Probe);
            assert_eq!(probe.job.as_ref().unwrap().token.as_deref(), Some("t1"));
            w.answer(&probe, Answer::Probed { found: 0, recipients: None }, false);
        }
    }
    prepared(&mut w, Some("t2"));
    let job = w.take(Verb::Submit).job.unwrap();
    assert_eq!((job.token.as_deref(), job.reason), (Some("t2"), Reason::Absent));
    let mut w = World::driving(vec![prepares(transport("a"))]);
    let uid = w.send(draft("you@example.test"));
    prepared(&mut w, Some("t1"));
    w.outcome(unknown());
    w.act(&uid, MessageVerb::Resolve { how: 1, envelope: None });
    let asked = w.calls.iter().find(|c| c.verb == Verb::Prepare).and_then(|c| c.job.clone()).unwrap();
    assert_eq!(
        (asked.token.as_deref(), asked.reason),
        (Some("t1"), Reason::Person),
        "what there is, and why it is wanted"
    );
    prepared(&mut w, None);
    let job = w.take(Verb::Submit).job.unwrap();
    assert_eq!((job.token, job.reason), (None, Reason::Person), "the old one is gone");
}

#[test]
fn o_47_what_a_person_stopped_meanwhile_is_not_prepared_into_an_attempt() {
    for works in [true, false] {
        let mut w = World::driving(vec![prepares(transport("a"))]);
        let uid = w.send(draft("you@example.test"));
        w.act(&uid, MessageVerb::Abort { envelope: None });
        assert_eq!(w.state(&uid), "cancelled");
        let call = w.take(Verb::Prepare);
        let answer = if works {
            Answer::Token { token: None }
        } else {
            Answer::Threw { scode: None, class: "TypeError".into(), network: false, retry_after: None }
        };
        w.answer(&call, answer, false);
        w.pass(DAY);
        assert_eq!((w.state(&uid).as_str(), w.count(Verb::Submit)), ("cancelled", 0), "{works}");
    }
}
