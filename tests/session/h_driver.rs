//! H. Newer rows (O-70), grants (O-71), old generations (O-72).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::session::stored::{StoreName, StoreOp};
use mailspooler::spooler::outcome::{Outcome, RecipientStatus as Status};

fn epoch_commit(w: &World) -> &Vec<StoreOp> {
    w.log.iter().rfind(|ops| matches!(ops.first(), Some(StoreOp::PutMeta { .. }))).unwrap()
}

fn evidence(w: &World) -> usize {
    w.store.borrow().rows.keys().filter(|(s, _)| *s == StoreName::Evidence).count()
}

/// In flight; the page freezes, and another tab drives.
fn overtaken(t: TransportConfig) -> (World, World, String, Open) {
    let mut old = World::driving(vec![t.clone()]);
    let uid = old.send(draft_to(&["r1@x.test", "r2@x.test"]));
    let call = old.take(Verb::Submit);
    old.step(Input::Lost);
    let new = old.next_life(9, vec![t]);
    (old, new, uid, call)
}

#[test]
fn o_70_a_newer_row_is_kept_as_it_is() {
    let mut w = World::driving(vec![]);
    let uid = w.send(draft("you@example.test"));
    w.store.borrow_mut().from_the_future(&uid);
    let before = w.store.borrow().rows[&(StoreName::Messages, uid.clone())].clone();
    let mut next = w.next_life(2, vec![transport("a")]);
    for verb in [MessageVerb::Retry, MessageVerb::Discard, MessageVerb::Abort { envelope: None }] {
        let req = next.act(&uid, verb);
        assert_eq!(next.refused(req), "MAPI_E_OBJECT_CHANGED");
    }
    next.pass(60 * 86_400_000);
    let after = next.store.borrow().rows[&(StoreName::Messages, uid)].clone();
    assert_eq!(format!("{before:?}"), format!("{after:?}"));
}

#[test]
fn o_70_a_row_that_a_newer_tab_rewrote_is_driven_no_more() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(Draft { hold_until: Some(T0 + 1_000), ..draft("you@example.test") });
    w.store.borrow_mut().from_the_future(&uid);
    w.look();
    assert_eq!(w.why(&uid), "newer");
    w.pass(86_400_000);
    assert_eq!(w.count(Verb::Submit), 0);
}

#[test]
fn o_71_a_grant_is_one_transaction_that_raises_the_epoch_and_settles_what_older_ones_left() {
    let (_, new, uid, _) = overtaken(transport("a"));
    let ops = epoch_commit(&new);
    assert!(matches!(&ops[0], StoreOp::PutMeta { meta, .. } if meta.epoch == 2 && meta.driver == "d"));
    assert!(
        matches!(&ops[1], StoreOp::PutMessage { message, .. } if message.uid == uid && message.envelopes[0].doubt.is_some())
    );
    assert_eq!(ops.len(), 2);
}

#[test]
fn o_71_a_new_generation_of_the_same_context_does_the_same() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft("you@example.test"));
    let call = w.take(Verb::Submit);
    w.step(Input::Lost);
    assert_eq!(w.aborted, [call.call]);
    w.grant();
    assert_eq!(w.state(&uid), "unconfirmed");
    w.answer(&call, Answer::Outcome { outcome: rejected(true) }, true);
    assert_eq!(w.state(&uid), "unconfirmed", "its continuation is dead");
    w.answer(&call, Answer::Outcome { outcome: accepted() }, true);
    assert_eq!((w.state(&uid).as_str(), w.session.strays().0), ("unconfirmed", 1), "and it has answered");
}

#[test]
fn o_71_evidence_is_merged_at_the_grant_and_what_is_not_sent_is_dropped() {
    for (outcome, state) in [(accepted(), "sent"), (rejected(true), "unconfirmed"), (unknown(), "unconfirmed")] {
        let mut w = World::driving(vec![transport("a")]);
        let uid = w.send(draft("you@example.test"));
        w.take(Verb::Submit);
        w.store.borrow_mut().testify(&uid, 1, outcome.clone());
        let next = w.next_life(2, vec![transport("a")]);
        assert_eq!((next.state(&uid).as_str(), evidence(&next)), (state, 0), "{outcome:?}");
        let told = next.events.iter().filter(|e| matches!(e, Effect::LateEvidence { .. })).count();
        assert_eq!(told, usize::from(state == "sent"), "o_46");
    }
}

#[test]
fn o_71_every_write_of_a_driver_checks_the_epoch() {
    let mut w = World::driving(vec![with(dedupes("a"), &[Verb::Prepare])]);
    w.log.clear();
    let uid = w.send(draft("you@example.test"));
    let prepare = w.take(Verb::Prepare);
    w.answer(&prepare, Answer::Token { token: None }, false);
    w.outcome(unknown());
    w.until(Verb::Submit);
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent");
    let fenced = |ops: &&Vec<StoreOp>| matches!(ops.first(), Some(StoreOp::Fence { epoch: 1 }));
    assert_eq!(w.log.iter().filter(fenced).count(), w.log.len() - 1, "all but the acceptance");
}

#[test]
fn o_71_acceptance_and_verbs_are_not_fenced() {
    let mut old = World::driving(vec![transport("a")]);
    old.step(Input::Online { online: false });
    let mut new = old.next_life(9, vec![transport("a")]);
    new.step(Input::Online { online: false });
    let uid = old.send(draft("you@example.test"));
    let req = old.act(&uid, MessageVerb::Abort { envelope: None });
    assert!(old.replies[&req].is_ok());
    new.look();
    assert_eq!(new.state(&uid), "cancelled");
}

#[test]
fn g10_a_context_whose_lock_went_without_its_knowing_changes_nothing() {
    let mut old = World::driving(vec![transport("a")]);
    let mut new = old.next_life(9, vec![transport("a")]);
    old.hold = true;
    let uid = new.send(draft("you@example.test"));
    old.look();
    assert!(!old.has(Verb::Submit));
    old.release();
    assert_eq!((old.count(Verb::Submit), new.count(Verb::Submit)), (0, 1));
    let locks = |w: &World| -> Vec<bool> {
        w.events.iter().filter_map(|e| if let Effect::Lock { want } = e { Some(*want) } else { None }).collect()
    };
    assert!(locks(&old).ends_with(&[false, true]), "it queues for the lock again: {:?}", locks(&old));
    new.outcome(accepted());
    old.look();
    assert_eq!(old.state(&uid), "sent");
}

#[test]
fn o_72_an_old_generation_may_append_evidence_and_nothing_else() {
    for (outcome, appended) in
        [(accepted(), 1), (rejected(true), 0), (unknown(), 0), (Outcome::Deferred { entry: None }, 0)]
    {
        let (mut old, _, uid, call) = overtaken(transport("a"));
        old.log.clear();
        old.answer(&call, Answer::Outcome { outcome: outcome.clone() }, true);
        assert_eq!(evidence(&old), appended, "{outcome:?}");
        let only = |op: &StoreOp| matches!(op, StoreOp::AppendEvidence { evidence } if evidence.uid == uid);
        assert!(old.log.iter().flatten().all(only), "{:?}", old.log);
    }
}

#[test]
fn o_72_the_driver_merges_it_when_it_looks() {
    let (mut old, mut new, uid, call) = overtaken(transport("a"));
    let list = vec![line("r1@x.test", Status::Accepted), line("r2@x.test", Status::Doubtful)];
    old.answer(&call, Answer::Outcome { outcome: Outcome::Accepted { remote_id: None, recipients: Some(list) } }, true);
    new.look();
    let statuses: Vec<&str> = new.session.report(&uid).unwrap().recipients.iter().map(|r| r.status).collect();
    assert_eq!((statuses, new.state(&uid).as_str()), (vec!["accepted", "doubtful"], "unconfirmed"));
    assert_eq!(evidence(&new), 0);
}

#[test]
fn o_72_appending_raises_the_rows_version_so_that_an_intent_finds_it() {
    let (mut old, mut new, uid, call) = overtaken(dedupes("a"));
    new.hold = true;
    new.pass(10_000);
    assert_eq!(new.count(Verb::Submit), 0, "the intent is on its way");
    old.answer(&call, Answer::Outcome { outcome: accepted() }, true);
    new.release();
    assert_eq!((new.state(&uid).as_str(), new.count(Verb::Submit)), ("sent", 0));
}

#[test]
fn o_72_evidence_that_could_not_be_stored_is_stored_later() {
    for fault in [Fault::Fails, Fault::Hangs, Fault::Lost] {
        let (mut old, mut new, uid, call) = overtaken(transport("a"));
        old.faults.push_back(fault);
        old.answer(&call, Answer::Outcome { outcome: accepted() }, true);
        old.pass(60_000);
        new.look();
        assert_eq!(new.state(&uid), "sent", "{fault:?}");
    }
}

#[test]
fn o_72_evidence_of_a_message_that_is_gone_does_not_stay() {
    let (mut old, mut new, uid, call) = overtaken(transport("a"));
    new.act(&uid, MessageVerb::Resolve { how: 2, envelope: None });
    new.act(&uid, MessageVerb::Discard);
    new.pass(31 * 86_400_000);
    assert_eq!(new.state(&uid), "gone");
    old.answer(&call, Answer::Outcome { outcome: accepted() }, true);
    assert_eq!(evidence(&new), 1);
    let last = new.next_life(3, vec![transport("a")]);
    assert_eq!(evidence(&last), 0);
}

#[test]
fn o_72_evidence_reaches_a_tombstone_too() {
    let (mut old, mut new, uid, call) = overtaken(transport("a"));
    new.act(&uid, MessageVerb::Resolve { how: 2, envelope: None });
    new.act(&uid, MessageVerb::Discard);
    assert_eq!(new.state(&uid), "draft");
    old.answer(&call, Answer::Outcome { outcome: accepted() }, true);
    new.step(Input::Look { keys: Some(vec![uid.as_str().into()]) });
    assert_eq!((new.state(&uid).as_str(), evidence(&new)), ("sent", 0));
    assert_eq!(new.next_life(3, vec![]).state(&uid), "sent");
}

#[test]
fn g8_doubt_is_shown_at_the_grant_at_once() {
    let (_, new, uid, _) = overtaken(probes("a"));
    assert_eq!(new.state(&uid), "checking");
    let (_, new, uid, _) = overtaken(transport("a"));
    assert_eq!(new.state(&uid), "unconfirmed");
}

#[test]
fn g11_a_grant_while_writes_of_this_tab_are_under_way_comes_through() {
    let mut a = World::driving(vec![transport("a")]);
    let uid = a.send(Draft { hold_until: Some(T0 + 1_000_000), ..draft("you@example.test") });
    let mut b = World::on(a.store.clone(), 9);
    b.add(vec![transport("a")]);
    b.hold = true;
    let req = b.act(&uid, MessageVerb::SetHold { until: None });
    b.grant();
    b.release();
    assert!(b.replies[&req].is_ok());
    b.outcome(accepted());
    assert_eq!(b.state(&uid), "sent");
}

#[test]
fn o_71_a_grant_that_is_lost_before_its_commit_drives_nothing() {
    let mut w = World::driving(vec![transport("a")]);
    w.send(Draft { hold_until: Some(T0 + 1_000), ..draft("you@example.test") });
    let mut b = World::on(w.store.clone(), 9);
    b.add(vec![transport("a")]);
    b.hold = true;
    b.grant();
    b.step(Input::Lost);
    b.release();
    b.pass(10_000);
    assert_eq!(b.count(Verb::Submit), 0);
    b.grant();
    b.pass(0);
    assert_eq!(b.count(Verb::Submit), 1);
}
