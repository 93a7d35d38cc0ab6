//! H. Writes that failed or hung (O-75), tombstones (O-76).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::session::stored::{StoreName, StoreOp};
use mailspooler::spooler::outcome::NotAttempted as Why;

const FAULTS: [Fault; 4] = [Fault::Fails, Fault::Full, Fault::Lost, Fault::Hangs];

fn puts(w: &World, state: &str) -> usize {
    let shows = |op: &StoreOp| match op {
        StoreOp::PutMessage { message, .. } => format!("{:?}", message.envelopes).contains(state),
        _ => false,
    };
    w.log.iter().filter(|ops| ops.iter().any(shows)).count()
}

#[test]
fn o_75_an_intent_that_was_written_all_the_same_is_made_durable_and_proceeds() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(Draft { hold_until: Some(T0 + 1_000), ..draft("you@example.test") });
    w.faults.push_back(Fault::Hangs);
    w.pass(1_000);
    w.pass(10_000);
    let job = w.outcome(accepted()).job.unwrap();
    assert_eq!((job.attempt, w.count(Verb::Submit)), (1, 1), "the same attempt: no call was made, in time");
    assert_eq!(puts(&w, "Sending"), 2, "one strict commit more");
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn o_75_not_after_its_deadline() {
    let mut w = World::driving(vec![TransportConfig { deadline_ms: Some(100), ..transport("a") }]);
    w.send(Draft { hold_until: Some(T0 + 1_000), ..draft("you@example.test") });
    w.faults.push_back(Fault::Hangs);
    w.pass(1_000);
    w.pass(10_000);
    assert_eq!(w.take(Verb::Submit).job.unwrap().attempt, 2);
}

#[test]
fn o_75_not_in_another_generation() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(Draft { hold_until: Some(T0 + 1_000), ..draft("you@example.test") });
    w.faults.push_back(Fault::Hangs);
    w.pass(1_000);
    w.step(Input::Lost);
    w.grant();
    w.pass(60_000);
    assert_eq!((w.state(&uid).as_str(), w.count(Verb::Submit)), ("unconfirmed", 0));
}

#[test]
fn o_75_an_intent_that_was_not_written_is_decided_anew() {
    for fault in [Fault::Fails, Fault::Full, Fault::Lost] {
        let mut w = World::driving(vec![transport("a")]);
        let uid = w.send(Draft { hold_until: Some(T0 + 1_000), ..draft("you@example.test") });
        w.faults.push_back(fault);
        w.deaf = 2;
        w.pass(1_000);
        assert_eq!(w.count(Verb::Submit), 0, "{fault:?}: no intent, no call");
        w.pass(60_000);
        assert_eq!(w.outcome(accepted()).job.unwrap().attempt, 1);
        assert_eq!(w.state(&uid), "sent");
    }
}

#[test]
fn o_75_an_outcome_is_kept_in_memory_until_it_is_stored() {
    for fault in FAULTS {
        for outcome in [accepted(), rejected(true), unknown(), not_attempted(Why::Busy)] {
            let mut w = World::driving(vec![transport("a")]);
            let uid = w.send(draft("you@example.test"));
            w.faults.extend([fault, fault]);
            w.deaf = 2;
            let watch = w.req();
            w.step(Input::Watch { req: watch, id: uid.clone() });
            let call = w.take(Verb::Submit);
            w.answer(&call, Answer::Outcome { outcome: outcome.clone() }, outcome != not_attempted(Why::Busy));
            assert!(!w.replies.contains_key(&watch), "not told before it is durable: {fault:?} {outcome:?}");
            let expected = match outcome {
                _ if outcome == accepted() => "sent",
                _ if outcome == rejected(true) => "rejected",
                _ if outcome == unknown() => "unconfirmed",
                _ => "waiting",
            };
            let stored = |w: &World| World::on(w.store.clone(), 2).state(&uid);
            while stored(&w) == "sending" && w.now.wall < T0 + 60_000 {
                w.pass(100);
            }
            assert_eq!(stored(&w), expected, "{fault:?}");
        }
    }
}

#[test]
fn o_75_a_tombstone_that_was_written_all_the_same_is_made_durable_before_anyone_hears() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    let watch = w.req();
    w.step(Input::Watch { req: watch, id: uid.clone() });
    w.faults.push_back(Fault::Hangs);
    w.outcome(accepted());
    assert!(!w.replies.contains_key(&watch));
    w.pass(10_000);
    assert!(matches!(w.replies[&watch], Ok(Reply::Settled { .. })));
    let tombs = w.log.iter().filter(|ops| ops.iter().any(|o| matches!(o, StoreOp::PutTombstone { .. }))).count();
    assert_eq!((tombs, w.state(&uid).as_str()), (2, "sent"));
}

#[test]
fn o_75_a_verb_answers_when_its_write_is_durable() {
    for fault in FAULTS {
        let mut w = World::driving(vec![transport("a")]);
        let uid = w.send(Draft { hold_until: Some(T0 + 1_000_000), ..draft("you@example.test") });
        w.faults.push_back(fault);
        let req = w.act(&uid, MessageVerb::Abort { envelope: None });
        assert!(!w.replies.contains_key(&req));
        w.pass(60_000);
        assert!(matches!(w.replies[&req], Ok(Reply::Aborted { result: 0, .. })), "{fault:?}");
        assert_eq!(w.next_life(2, vec![]).state(&uid), "cancelled");
    }
}

#[test]
fn o_75_a_grant_that_cannot_be_written_gives_the_lock_back_and_asks_again() {
    for fault in FAULTS {
        let w = World::driving(vec![transport("a")]);
        let mut next = World::on(w.store.clone(), 2);
        next.add(vec![transport("a")]);
        next.faults.push_back(fault);
        next.grant();
        let locks: Vec<bool> =
            next.events.iter().filter_map(|e| if let Effect::Lock { want } = e { Some(*want) } else { None }).collect();
        assert_eq!(locks, [false, true], "{fault:?}");
        next.grant();
        let uid = next.send(draft("you@example.test"));
        next.outcome(accepted());
        assert_eq!(next.state(&uid), "sent");
    }
}

#[test]
fn o_75_a_first_read_that_fails_is_tried_again() {
    let mut a = World::driving(vec![]);
    let uid = a.send(draft("you@example.test"));
    let mut b = World::deaf(a.store.clone(), 9, 3);
    assert_eq!(b.state(&uid), "gone");
    b.pass(60_000);
    assert_eq!(b.state(&uid), "queued");
}

#[test]
fn o_75_who_asked_before_anything_was_read_is_told_though_it_was_read_for_the_lock() {
    let mut a = World::driving(vec![transport("a")]);
    let uid = a.send(named("x", "1"));
    a.outcome(accepted());
    let mut b = World::deaf(a.store.clone(), 9, 1);
    let watches: Vec<Req> = [uid.as_str(), "x", "nobody"]
        .map(|id| {
            let req = b.req();
            b.step(Input::Watch { req, id: id.into() });
            req
        })
        .into();
    b.grant();
    b.pass(60_000);
    let told: Vec<Option<bool>> = watches.iter().map(|req| b.replies.get(req).map(Result::is_ok)).collect();
    assert_eq!(told, [Some(true), Some(true), Some(false)]);
}

#[test]
fn o_73_a_driver_that_gives_the_lock_back_drives_no_more() {
    let mut w = World::driving(vec![transport("a")]);
    // Told of it twice, of which one read fails.
    w.deaf = 1;
    w.grant();
    let locks: Vec<bool> =
        w.events.iter().filter_map(|e| if let Effect::Lock { want } = e { Some(*want) } else { None }).collect();
    assert_eq!(locks, [false, true]);
    let uid = w.send(draft("you@example.test"));
    assert_eq!((w.count(Verb::Submit), w.state(&uid).as_str()), (0, "queued"));
    w.grant();
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent");
}

fn tombstones(w: &World) -> usize {
    w.store.borrow().rows.keys().filter(|(s, _)| *s == StoreName::Tombstones).count()
}

#[test]
fn o_76_tombstones_live_for_thirty_days_or_the_window() {
    for (window, days) in [(86_400_000, 30), (60 * 86_400_000, 60)] {
        let mut t = dedupes("a");
        t.guarantees.dedupe_window = Some(window);
        let mut w = World::driving(vec![t.clone()]);
        let uid = w.send(named("x", "1"));
        w.outcome(accepted());
        w.pass(days * 86_400_000 - 1);
        assert_eq!((tombstones(&w), w.state(&uid).as_str()), (1, "sent"), "{days}");
        let req = w.submit(named("x", "2"));
        assert_eq!(w.refused(req), "MAPI_E_COLLISION");
        w.pass(1);
        assert_eq!((tombstones(&w), w.state(&uid).as_str()), (0, "gone"), "{days}");
        w.send(named("x", "2"));
    }
}

#[test]
fn o_76_old_ones_go_at_the_grant() {
    let mut w = World::driving(vec![transport("a")]);
    for i in 0..700 {
        w.send(draft(&format!("r{i}@x.test")));
        w.outcome(accepted());
    }
    let mut away = World::on(w.store.clone(), 2);
    away.now.wall += 40 * 86_400_000;
    let mut next = away.next_life(3, vec![transport("a")]);
    next.pass(1);
    assert_eq!(tombstones(&next), 0);
    assert!(next.log.iter().all(|ops| ops.len() <= 501), "not all in one transaction");
}

#[test]
fn o_76_a_tombstone_says_how_it_ended() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(named("x", "1"));
    w.outcome(unknown());
    w.act(&uid, MessageVerb::Resolve { how: 2, envelope: None });
    let before = w.session.report(&uid);
    w.act(&uid, MessageVerb::Discard);
    let next = w.next_life(2, vec![]);
    assert_eq!(next.session.report("x"), before, "id, uid, Message-ID, doubted, recipients");
    assert!(next.session.report(&uid).unwrap().doubted);
}

#[test]
fn o_76_one_that_could_not_be_removed_is_removed_later() {
    let mut w = World::driving(vec![transport("a")]);
    w.send(draft("you@example.test"));
    w.outcome(accepted());
    w.faults.extend([Fault::Fails, Fault::Lost]);
    w.pass(30 * 86_400_000 + 1);
    w.pass(60_000);
    assert_eq!(tombstones(&w), 0);
    assert!(w.log.len() < 20, "without hammering the storage");
}
