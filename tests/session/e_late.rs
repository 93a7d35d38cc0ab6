//! O-46 in every context: whoever wrote it, each hears once of late evidence.

use super::world::*;
use mailspooler::session::io::*;

fn told(w: &World) -> usize {
    w.events.iter().filter(|e| matches!(e, Effect::LateEvidence { .. })).count()
}

fn follower(w: &World, seed: u8) -> World {
    let mut tab = World::on(w.store.clone(), seed);
    tab.now = w.now;
    tab
}

/// An attempt that was given up, and what became of it: still unconfirmed, or a person's word. Its answer is late.
fn late(how: Option<u8>) -> (World, String, Open) {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    let call = w.take(Verb::Submit);
    w.pass(60_000);
    if let Some(how) = how {
        w.act(&uid, MessageVerb::Resolve { how, envelope: None });
    }
    (w, uid, call)
}

fn sent(w: &mut World, call: &Open) {
    w.answer(call, Answer::Outcome { outcome: accepted() }, true);
}

#[test]
fn o_46_every_context_is_told_once_whoever_wrote_it() {
    for how in [None, Some(2)] {
        let (mut w, uid, call) = late(how);
        let (mut whole, mut part) = (follower(&w, 8), follower(&w, 9));
        sent(&mut w, &call);
        for _ in 0..2 {
            whole.look();
            part.step(Input::Look { keys: Some(vec![uid.as_str().into()]) });
            w.look();
            assert_eq!((told(&w), told(&whole), told(&part)), (1, 1, 1), "{how:?}");
        }
        assert_eq!(part.session.report(&uid).unwrap().revision, 1, "{how:?}");
        assert_eq!(told(&follower(&w, 10)), 0, "{how:?}: what was known before it was opened is no news");
        w.step(Input::Lost);
        part.grant();
        assert_eq!(told(&part), 1, "{how:?}: nor is it when it drives");
    }
}

#[test]
fn o_46_of_a_tombstone_too() {
    let (mut w, uid, call) = late(Some(2));
    w.act(&uid, MessageVerb::Discard);
    let mut tab = follower(&w, 8);
    sent(&mut w, &call);
    for _ in 0..2 {
        tab.step(Input::Look { keys: Some(vec![uid.as_str().into()]) });
        assert_eq!((told(&w), told(&tab), tab.state(&uid).as_str()), (1, 1, "sent"));
    }
}

#[test]
fn o_46_of_a_message_that_is_seen_for_the_first_time() {
    let mut w = World::driving(vec![transport("a")]);
    let mut tab = follower(&w, 8);
    let uid = w.send(draft("you@example.test"));
    let call = w.take(Verb::Submit);
    w.pass(60_000);
    sent(&mut w, &call);
    tab.look();
    assert_eq!((tab.state(&uid).as_str(), told(&tab)), ("sent", 1));
}

#[test]
fn o_46_the_driver_hears_of_what_a_persons_verb_merged_elsewhere() {
    let (mut w, uid, _) = late(None);
    let mut tab = follower(&w, 8);
    w.store.borrow_mut().testify(&uid, 1, accepted());
    tab.look();
    assert_eq!(told(&tab), 0, "it is not merged yet");
    tab.act(&uid, MessageVerb::Abort { envelope: None });
    assert_eq!((tab.state(&uid).as_str(), told(&tab), told(&w)), ("sent", 1, 0));
    w.look();
    assert_eq!((w.state(&uid).as_str(), told(&w)), ("sent", 1));
}

#[test]
fn o_46_it_is_told_once_and_once_it_is_durable() {
    for fault in [Fault::Fails, Fault::Hangs, Fault::Lost, Fault::Full] {
        for how in [None, Some(2)] {
            let (mut w, uid, call) = late(how);
            w.faults.push_back(fault);
            sent(&mut w, &call);
            assert_eq!(told(&w), 0, "{fault:?} {how:?}");
            w.hold = true;
            w.pass(60_000);
            assert_eq!(told(&w), 0, "{fault:?} {how:?}: it is being written");
            w.release();
            assert_eq!((w.state(&uid).as_str(), told(&w)), ("sent", 1), "{fault:?} {how:?}");
        }
    }
}
