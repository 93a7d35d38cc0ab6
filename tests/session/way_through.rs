//! The way through, from acceptance to the end.

use super::world::*;
use mailspooler::session::io::*;

#[test]
fn o_08_a_message_is_durable_before_it_is_accepted_and_leaves_once() {
    let mut w = World::driving(vec![transport("a")]);
    w.hold = true;
    let req = w.submit(draft("you@example.test"));
    assert!(!w.replies.contains_key(&req));
    w.release();
    let uid = w.uid(req);
    let call = w.take(Verb::Submit);
    let job = call.job.clone().unwrap();
    assert_eq!(job.key, format!("{uid}.1"));
    assert_eq!(w.state(&uid), "sending");
    w.answer(&call, Answer::Outcome { outcome: accepted() }, true);
    assert_eq!(w.state(&uid), "sent");
    assert_eq!(w.count(Verb::Submit), 1);
    assert!(w.store.borrow().bodies.is_empty(), "o_63: the body goes");
}

#[test]
fn g3_no_call_before_its_intent_is_durable() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(Draft { hold_until: Some(T0 + 1_000), ..draft("you@example.test") });
    assert_eq!(w.state(&uid), "held");
    w.hold = true;
    w.pass(1_000);
    assert!(!w.has(Verb::Submit));
    w.release();
    assert!(w.has(Verb::Submit));
}

#[test]
fn o_71_a_life_that_ends_while_sending_leaves_doubt() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    w.take(Verb::Submit);
    let mut next = w.next_life(8, vec![transport("a")]);
    assert_eq!(next.state(&uid), "unconfirmed");
    next.pass(86_400_000);
    assert_eq!(next.count(Verb::Submit), 0, "g4: never again by itself");
}

#[test]
fn o_43_a_deduplicating_transport_gets_the_same_key_again() {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft("you@example.test"));
    let first = w.outcome(unknown());
    assert_eq!(w.state(&uid), "checking");
    w.pass(10_000);
    let again = w.take(Verb::Submit);
    assert_eq!(again.job.as_ref().unwrap().key, first.job.unwrap().key);
    w.answer(&again, Answer::Outcome { outcome: accepted() }, true);
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn o_41_absence_counts_only_after_the_quiet_period() {
    let mut w = World::driving(vec![probes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    w.pass(0);
    let early = w.take(Verb::Probe);
    w.answer(&early, Answer::Probed { found: 0, recipients: None }, false);
    assert_eq!(w.state(&uid), "checking");
    assert_eq!(w.count(Verb::Submit), 1);
    while !w.has(Verb::Submit) {
        w.pass(1_000);
        if w.has(Verb::Probe) {
            let probe = w.take(Verb::Probe);
            w.answer(&probe, Answer::Probed { found: 0, recipients: None }, false);
        }
    }
    assert!(w.now.wall - T0 > 120_000, "deadline and settling: {}", w.now.wall - T0);
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn o_61_what_waits_can_be_cancelled() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(Draft { hold_until: Some(T0 + 60_000), ..draft("you@example.test") });
    let req = w.act(&uid, MessageVerb::Abort { envelope: None });
    assert!(matches!(w.replies[&req], Ok(Reply::Aborted { result: 0, .. })), "{:?}", w.replies[&req]);
    assert_eq!(w.state(&uid), "cancelled");
    w.pass(120_000);
    assert_eq!(w.count(Verb::Submit), 0);
}

#[test]
fn o_70_the_canary_is_told_how_many_are_unfinished() {
    let mut w = World::driving(vec![transport("a")]);
    let told = |w: &World| {
        w.events
            .iter()
            .rev()
            .find_map(|e| if let Effect::Canary { messages, epoch } = e { Some((*messages, *epoch)) } else { None })
    };
    assert_eq!(told(&w), Some((0, 1)));
    w.send(draft("you@example.test"));
    assert_eq!(told(&w), Some((1, 1)));
    w.outcome(accepted());
    assert_eq!(told(&w), Some((0, 1)));
}
