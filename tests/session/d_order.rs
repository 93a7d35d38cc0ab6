//! D. Order (O-34).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::outcome::NotAttempted as Why;
use mailspooler::spooler::outcome::Outcome;

fn strict(conversation: &str, to: &str) -> Draft {
    Draft { conversation: Some(conversation.into()), strict: true, ..draft(to) }
}

fn started(w: &World) -> Vec<String> {
    w.made.iter().filter(|c| c.verb == Verb::Submit).map(|c| c.job.as_ref().unwrap().uid.to_string()).collect()
}

#[test]
fn o_34_one_attempt_at_a_time_for_each_transport() {
    let mut w = World::driving(vec![transport("a")]);
    let uids: Vec<String> = (0..4).map(|i| w.send(draft(&format!("r{i}@x.test")))).collect();
    for (i, uid) in uids.iter().enumerate() {
        assert_eq!(w.count(Verb::Submit), i + 1);
        assert_eq!(w.outcome(accepted()).job.unwrap().uid, *uid);
    }
}

#[test]
fn o_34_four_transports_at_once() {
    let names = ["t1", "t2", "t3", "t4", "t5", "t6"];
    let transports = names.iter().map(|n| takes(transport(n), &n.to_uppercase())).collect();
    let mut w = World::driving(transports);
    for name in names {
        w.send(Draft { recipients: vec![of_type(&name.to_uppercase(), "x")], ..draft("") });
    }
    assert_eq!(w.calls.len(), 4);
    w.outcome(accepted());
    assert_eq!(w.calls.len(), 4);
    w.outcome(unknown());
    assert_eq!(w.calls.len(), 4);
    w.outcome(accepted());
    assert_eq!(w.calls.len(), 3);
}

#[test]
fn o_34_preparing_takes_the_slot_too() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Prepare])]);
    w.send(draft("r1@x.test"));
    w.send(draft("r2@x.test"));
    assert_eq!((w.count(Verb::Prepare), w.count(Verb::Submit)), (1, 0));
}

#[test]
fn o_34_first_attempts_go_by_order_whatever_their_number() {
    let mut w = World::driving(vec![transport("a")]);
    w.step(Input::Online { online: false });
    let uids: Vec<String> = (0..20).map(|i| w.send(draft(&format!("r{i}@x.test")))).collect();
    w.act(&uids[7], MessageVerb::SendFirst);
    w.act(&uids[13], MessageVerb::SendFirst);
    w.step(Input::Online { online: true });
    for _ in 0..20 {
        w.outcome(accepted());
    }
    let mut expected = vec![uids[13].clone(), uids[7].clone()];
    expected.extend(uids.iter().enumerate().filter(|(i, _)| *i != 7 && *i != 13).map(|(_, u)| u.clone()));
    assert_eq!(started(&w), expected);
}

#[test]
fn o_34_nobody_is_overtaken_while_his_row_is_being_written() {
    let mut w = World::driving(vec![takes(transport("a"), "SMTP"), takes(transport("b"), "FAX")]);
    w.step(Input::Online { online: false });
    let mut d = draft("r1@x.test");
    d.recipients.push(of_type("FAX", "1"));
    let first = w.send(d);
    let second = w.send(Draft { recipients: vec![of_type("FAX", "2")], ..draft("") });
    w.hold = true;
    w.step(Input::Online { online: true });
    assert!(w.made.is_empty());
    w.release();
    assert_eq!(started(&w), [first.clone(), first], "the intent for `a` is no reason for `b` to take the second");
    let fax = w.take_of("b");
    w.answer(&fax, Answer::Outcome { outcome: accepted() }, true);
    assert_eq!(w.take_of("b").job.unwrap().uid, second);
}

#[test]
fn o_34_what_waits_doubts_is_parked_or_refused_blocks_nobody() {
    for (outcome, wire, state) in [
        (not_attempted(Why::Busy), false, "waiting"),
        (unknown(), true, "unconfirmed"),
        (rejected(true), false, "rejected"),
        (Outcome::Deferred { entry: None }, true, "deferred"),
    ] {
        let mut w = World::driving(vec![transport("a")]);
        let (first, second) = (w.send(draft("r1@x.test")), w.send(draft("r2@x.test")));
        let call = w.take(Verb::Submit);
        w.answer(&call, Answer::Outcome { outcome }, wire);
        assert_eq!(w.state(&first), state);
        assert_eq!(w.state(&second), "sending", "{state}");
    }
}

#[test]
fn o_34_failover_is_exempt() {
    let mut w = World::driving(vec![transport("a"), transport("b")]);
    let first = w.send(draft("r1@x.test"));
    w.add(vec![]);
    let pinned = w.send(Draft { transport: Some("b".into()), ..draft("r2@x.test") });
    let after = w.send(Draft { transport: Some("b".into()), ..draft("r3@x.test") });
    w.untried(not_attempted(Why::NotMe));
    let call = w.take_of("b");
    assert_eq!(call.job.as_ref().unwrap().uid, pinned, "`b` had begun before");
    w.answer(&call, Answer::Outcome { outcome: accepted() }, true);
    let call = w.take_of("b");
    assert_eq!(call.job.as_ref().unwrap().uid, first);
    w.answer(&call, Answer::Outcome { outcome: accepted() }, true);
    assert_eq!(w.take_of("b").job.unwrap().uid, after);
}

/// Two messages of a strict conversation, and one of another, after the first ended like this.
fn conversation(outcome: Outcome, wire: bool) -> (World, [String; 3]) {
    let mut w = World::driving(vec![transport("a")]);
    let uids = [w.send(strict("c", "r1@x.test")), w.send(strict("c", "r2@x.test")), w.send(strict("d", "r3@x.test"))];
    let call = w.take(Verb::Submit);
    w.answer(&call, Answer::Outcome { outcome }, wire);
    (w, uids)
}

#[test]
fn o_34_in_a_strict_conversation_only_the_end_of_the_earlier_releases_the_next() {
    let (mut w, [_, second, _]) = conversation(accepted(), true);
    w.outcome(accepted());
    assert_eq!(w.state(&second), "sending");
    for (outcome, wire, state) in [
        (unknown(), true, "unconfirmed"),
        (rejected(true), false, "rejected"),
        (not_attempted(Why::Busy), false, "waiting"),
        (Outcome::Deferred { entry: None }, true, "deferred"),
    ] {
        let (mut w, [first, second, other]) = conversation(outcome, wire);
        assert_eq!(w.state(&first), state);
        assert_eq!((w.state(&second).as_str(), w.state(&other).as_str()), ("queued", "sending"));
        w.outcome(accepted());
        assert_eq!(w.state(&second), "queued");
        let pass = w.act(&first, MessageVerb::LetPass);
        assert!(w.replies[&pass].is_ok(), "o_62: in any state that blocks: {state}");
        assert_eq!(w.state(&second), "sending", "{state}");
    }
}

#[test]
fn o_34_cancelled_and_taken_back_release_the_next_too() {
    let (mut w, [first, second, _]) = conversation(not_attempted(Why::Busy), false);
    w.act(&first, MessageVerb::Abort { envelope: None });
    w.outcome(accepted());
    assert_eq!(w.state(&second), "sending");
    for how in [0, 2] {
        let (mut w, [first, second, _]) = conversation(unknown(), true);
        w.act(&first, MessageVerb::Resolve { how, envelope: None });
        w.outcome(accepted());
        assert_eq!(w.state(&second), "sending");
    }
}

#[test]
fn o_34_a_strict_conversation_goes_by_seq_not_by_order() {
    for drives in [true, false] {
        let mut w = World::on(Shared::default(), 4);
        if drives {
            w.grant();
        }
        let (first, second) = (w.send(strict("c", "r1@x.test")), w.send(strict("c", "r2@x.test")));
        let refused = w.act(&second, MessageVerb::SendFirst);
        assert_eq!(w.refused(refused), "MAPI_E_OBJECT_CHANGED", "while an earlier one is open, in any tab");
        let allowed = w.act(&first, MessageVerb::SendFirst);
        assert!(w.replies[&allowed].is_ok());
        let mut next = w.next_life(5, vec![transport("a")]);
        next.outcome(accepted());
        next.outcome(accepted());
        assert_eq!(started(&next), [first, second]);
    }
}

#[test]
fn o_34_a_held_message_of_a_strict_conversation_holds_the_later_ones_back() {
    let mut w = World::driving(vec![transport("a")]);
    let first = w.send(Draft { hold_until: Some(T0 + 10_000), ..strict("c", "r1@x.test") });
    let second = w.send(strict("c", "r2@x.test"));
    assert_eq!(w.count(Verb::Submit), 0);
    w.pass(10_000);
    w.outcome(accepted());
    w.outcome(accepted());
    assert_eq!(started(&w), [first, second]);
}

#[test]
fn o_34_strict_needs_a_conversation_and_others_of_it_are_free() {
    let mut w = World::driving(vec![transport("a")]);
    let loose = Draft { conversation: Some("c".into()), ..draft("r2@x.test") };
    w.send(strict("c", "r1@x.test"));
    w.send(loose);
    w.outcome(unknown());
    assert!(w.has(Verb::Submit), "who did not ask for order is not held back");
}

#[test]
fn o_34_a_retry_that_is_due_goes_before_first_attempts() {
    let mut w = World::driving(vec![transport("a")]);
    let first = w.send(draft("r1@x.test"));
    w.untried(not_attempted(Why::Busy));
    let second = w.send(draft("r2@x.test"));
    let third = w.send(draft("r3@x.test"));
    w.pass(10_000);
    w.outcome(accepted());
    w.outcome(accepted());
    w.outcome(accepted());
    assert_eq!(started(&w), [first.clone(), second, first, third]);
}

#[test]
fn g9_order_is_kept_over_lives_and_tabs() {
    let mut a = World::driving(vec![]);
    let mut b = World::on(a.store.clone(), 9);
    let mut uids = Vec::new();
    for i in 0..6 {
        uids.push(if i % 2 == 0 { a.send(draft("x@x.test")) } else { b.send(draft("y@x.test")) });
    }
    let mut next = a.next_life(2, vec![transport("a")]);
    for _ in 0..6 {
        next.outcome(accepted());
    }
    assert_eq!(started(&next), uids);
}
