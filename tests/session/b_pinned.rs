//! B. A message for one transport only waits for whoever has it (O-10, O-15, O-73).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::session::stored::StoreOp;

fn pinned(to: &str) -> Draft {
    Draft { transport: Some("b".into()), ..draft(to) }
}

fn asked(w: &World) -> usize {
    let asks = |op: &&StoreOp| matches!(op, StoreOp::AppendCommand { target: Some(target), .. } if target == "b");
    w.log.iter().flatten().filter(asks).count()
}

#[test]
fn o_73_it_goes_where_its_transport_is() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(pinned("you@example.test"));
    let other = w.send(draft("them@example.test"));
    let why = w.session.why(&uid).unwrap();
    assert_eq!((why.code.as_str(), why.actor.as_str()), ("parked.transportAbsent", "host"));
    assert!(why.args.contains(&("transport".into(), "b".into())), "{:?}", why.args);
    w.outcome(accepted());
    assert_eq!(w.state(&other), "sent", "nothing waits for it");

    let mut tab = World::on(w.store.clone(), 9);
    tab.now = w.now;
    tab.add(vec![transport("a"), transport("b")]);
    tab.pass(0);
    assert_eq!(asked(&tab), 1, "it asks for the lock");
    w.look();
    assert!(w.events.iter().rev().any(|e| matches!(e, Effect::Lock { want: false })), "an idle driver yields");
    tab.grant();
    assert_eq!(tab.outcome(accepted()).transport, "b");
    assert_eq!(tab.state(&uid), "sent");
}

#[test]
fn o_73_nobody_asks_for_what_the_driver_has() {
    let mut w = World::driving(vec![transport("b")]);
    w.step(Input::Online { online: false });
    w.send(pinned("you@example.test"));
    let mut tab = World::on(w.store.clone(), 9);
    tab.add(vec![transport("b")]);
    tab.pass(0);
    assert_eq!(asked(&tab), 0);
}

#[test]
fn o_10_it_goes_once_its_transport_is_added_as_that_one_takes_it() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(Draft { transport: Some("b".into()), ..draft_to(&["1@x.test", "2@x.test"]) });
    assert_eq!(w.state(&uid), "parked");
    let mut b = transport("b");
    b.account = "shared".into();
    b.guarantees.max_recipients = Some(1);
    w.add(vec![b]);
    for _ in 0..2 {
        assert_eq!(w.outcome(accepted()).job.unwrap().recipients.len(), 1);
    }
    assert_eq!(w.state(&uid), "sent");
    let message = w.session.message(&uid).unwrap();
    assert!(message.envelopes.iter().skip(1).all(|e| e.account == "shared"), "{:?}", message.envelopes);
}

#[test]
fn o_10_one_that_is_here_and_does_not_take_it_refuses_it() {
    let mut w = World::driving(vec![takes(transport("b"), "FAX")]);
    let uid = w.send(pinned("you@example.test"));
    assert_eq!((w.state(&uid).as_str(), w.why(&uid).as_str()), ("rejected", "rejected.noTransport"));
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(pinned("you@example.test"));
    w.add(vec![takes(transport("b"), "FAX")]);
    assert_eq!(w.state(&uid), "rejected");
}

#[test]
fn o_15_it_waits_for_one_that_was_removed() {
    let mut w = World::driving(vec![transport("a"), transport("b")]);
    let uid = w.send(pinned("you@example.test"));
    w.untried(not_attempted(mailspooler::spooler::outcome::NotAttempted::Busy));
    let req = w.req();
    w.step(Input::RemoveTransport { req, uid: "b".into() });
    assert_eq!(w.why(&uid), "parked.transportAbsent");
    let mut next = w.next_life(2, vec![transport("a")]);
    assert_eq!(next.why(&uid), "parked.transportAbsent");
    next.pass(86_400_000);
    assert_eq!(next.count(Verb::Submit), 0);
    let req = next.act(&uid, MessageVerb::Retry);
    assert!(matches!(next.replies.get(&req), Some(Err(_))), "nobody else has it");
    assert_eq!(next.session.why(&uid).unwrap().actions, ["abortSubmit"]);
    assert_eq!(next.why(&uid), "parked.transportAbsent");
    next.act(&uid, MessageVerb::Abort { envelope: None });
    assert_eq!(next.state(&uid), "cancelled");
}

#[test]
fn o_73_waiting_here_and_there_leaves_one_envelope() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(pinned("you@example.test"));
    for seed in 2..12 {
        let with = if seed % 2 == 0 { "b" } else { "a" };
        let mut next = World::on(w.store.clone(), seed);
        next.now = w.now;
        next.step(Input::Online { online: false });
        next.add(vec![transport(with)]);
        next.grant();
        next.pass(1_000);
        w = next;
        assert!(w.session.message(&uid).unwrap().envelopes.len() <= 1, "{seed}");
    }
    for _ in 0..3 {
        w.add(vec![transport("b")]);
        let req = w.req();
        w.step(Input::RemoveTransport { req, uid: "b".into() });
        assert_eq!(w.why(&uid), "parked.transportAbsent");
        assert_eq!(w.session.message(&uid).unwrap().envelopes.len(), 1);
    }
    w.step(Input::Online { online: true });
    w.add(vec![transport("b")]);
    assert_eq!(w.outcome(accepted()).transport, "b");
    assert_eq!(w.state(&uid), "sent");
}
