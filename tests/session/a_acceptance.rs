//! A. Acceptance (O-01…O-08).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::session::stored::{Index, StoreName, StoreOp};
use mailspooler::spooler::outcome::NotAttempted;
use mailspooler::spooler::outcome::RecipientStatus::{Accepted, Rejected};

const HEAD: &str = "From: me@example.test\r\nTo: you@example.test\r\nBcc: hidden@example.test\r\nSubject: hi\r\n\r\n";

fn mime() -> Draft {
    Draft { head: Some(HEAD.into()), ..draft("you@example.test") }
}

fn again(draft: Draft) -> Draft {
    Draft { again: true, ..draft }
}

/// Held, so that nothing happens to it.
fn held(draft: Draft) -> Draft {
    Draft { hold_until: Some(T0 + 1_000_000), ..draft }
}

#[test]
fn o_01_a_uid_is_128_bits_of_hex_minted_at_every_call() {
    let mut w = World::driving(vec![]);
    let uids = [w.send(draft("a@b.test")), w.send(draft("a@b.test")), w.send(named("x", "h"))];
    for uid in &uids {
        assert_eq!(uid.len(), 32);
        assert!(uid.chars().all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase()), "{uid}");
    }
    assert!(uids[0] != uids[1] && uids[1] != uids[2]);
    let other = World::on(Shared::default(), 8).send(draft("a@b.test"));
    assert!(!uids.contains(&other), "another seed, other ids");
}

#[test]
fn o_01_the_key_of_envelope_n_is_uid_n() {
    let mut w = World::driving(vec![takes(transport("a"), "SMTP"), takes(transport("b"), "FAX")]);
    let mut d = draft("you@example.test");
    d.recipients.push(of_type("FAX", "123"));
    let uid = w.send(d);
    let keys: Vec<String> = w.made.iter().filter_map(|c| c.job.as_ref()).map(|j| j.key.clone()).collect();
    assert_eq!(keys, [format!("{uid}.1"), format!("{uid}.2")]);
}

#[test]
fn o_01_host_ids_never_reach_a_transport_or_a_header() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::Prepare, Verb::Probe])]);
    let uid = w.send(Draft { head: Some(HEAD.into()), ..named("draft-7-private", "h") });
    let prepare = w.take(Verb::Prepare);
    w.answer(&prepare, Answer::Token { token: None }, false);
    assert!(!format!("{:?}", w.made).contains("draft-7-private"));
    assert!(!format!("{:?}", w.store.borrow().bodies).contains("draft-7-private"));
    assert_eq!(w.state(&uid), "sending");
}

#[test]
fn o_01_every_commit_of_an_acceptance_looks_its_uid_up() {
    let mut w = World::driving(vec![]);
    let uid = w.send(draft("a@b.test"));
    let accept = w.log.iter().find(|ops| ops.iter().any(|o| matches!(o, StoreOp::AddMessage { .. }))).unwrap();
    let looks = StoreOp::Absent { store: StoreName::Messages, index: Index::Uid, value: uid.as_str().into() };
    assert!(accept.contains(&looks));
    assert!(accept.contains(&StoreOp::BodyExists { uid: uid.into() }), "o_07: in the row's own transaction");
}

#[test]
fn o_01_an_acceptance_whose_answer_was_lost_is_found_again_and_made_durable_once() {
    let mut w = World::driving(vec![transport("a")]);
    w.faults.push_back(Fault::Hangs);
    let req = w.submit(draft("you@example.test"));
    let uid = w.uid(req);
    assert_eq!(w.store.borrow().rows.keys().filter(|(s, _)| *s == StoreName::Messages).count(), 1);
    assert!(
        w.log.iter().any(|ops| ops.iter().any(|o| matches!(o, StoreOp::PutMessage { expect: 1, .. }))),
        "o_75: hardened"
    );
    w.outcome(accepted());
    assert_eq!((w.state(&uid).as_str(), w.count(Verb::Submit)), ("sent", 1));
}

#[test]
fn o_01_an_acceptance_that_is_not_found_was_none() {
    let mut w = World::driving(vec![transport("a")]);
    w.faults.push_back(Fault::Lost);
    let req = w.submit(draft("you@example.test"));
    assert_eq!(w.refused(req), "MAPI_E_CALL_FAILED");
    assert_eq!(w.count(Verb::Submit), 0);
    assert!(w.store.borrow().rows.keys().all(|(s, _)| *s != StoreName::Messages));
}

#[test]
fn o_01_whether_it_was_accepted_is_not_said_before_it_could_be_read() {
    let mut w = World::driving(vec![transport("a")]);
    w.faults.push_back(Fault::Hangs);
    w.deaf = 3;
    let req = w.submit(draft("you@example.test"));
    assert!(!w.replies.contains_key(&req), "neither accepted nor refused: nobody knows");
    w.pass(60_000);
    w.uid(req);
}

#[test]
fn o_01_an_acceptance_that_another_tab_has_already_sent_is_an_acceptance() {
    let mut a = World::driving(vec![transport("a")]);
    let mut b = World::on(a.store.clone(), 9);
    b.faults.push_back(Fault::Hangs);
    b.deaf = 1;
    let req = b.submit(draft("you@example.test"));
    a.look();
    a.outcome(accepted());
    b.pass(60_000);
    let uid = b.uid(req);
    assert_eq!((a.state(&uid), b.state(&uid)), ("sent".into(), "sent".into()));
}

#[test]
fn o_02_equal_content_returns_the_submission_and_other_content_collides() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(named("x", "same"));
    for state in ["sending", "sent"] {
        let equal = w.submit(named("x", "same"));
        assert_eq!(w.uid(equal), uid, "{state}");
        let other = w.submit(named("x", "other"));
        assert_eq!(w.collision(other), ("x".into(), state.into()));
        if state == "sending" {
            w.outcome(accepted());
        }
    }
    let bold = w.submit(again(named("x", "other")));
    assert_eq!(w.refused(bold), "MAPI_E_COLLISION", "o_03: somebody was accepted, the id is not free");
    assert_eq!(w.count(Verb::Submit), 1);
}

#[test]
fn o_02_the_same_holds_while_the_first_is_on_its_way_into_the_store() {
    let mut w = World::driving(vec![]);
    w.hold = true;
    let (first, equal, other) = (w.submit(named("x", "1")), w.submit(named("x", "1")), w.submit(named("x", "2")));
    assert_eq!(w.collision(other), ("x".into(), "accepting".into()));
    w.release();
    assert_eq!(w.uid(first), w.uid(equal));
}

#[test]
fn o_02_the_same_holds_against_a_tab_that_has_not_looked_yet() {
    let mut a = World::driving(vec![]);
    let mut b = World::on(a.store.clone(), 9);
    let uid = a.send(named("x", "1"));
    let (equal, other) = (b.submit(named("x", "1")), b.submit(named("x", "2")));
    assert_eq!(b.uid(equal), uid);
    assert_eq!(b.collision(other), ("x".into(), "queued".into()));
}

#[test]
fn o_02_content_without_hash_equals_nothing() {
    let mut w = World::driving(vec![]);
    let bare = Draft { hash: None, ..named("x", "") };
    w.send(bare.clone());
    let req = w.submit(bare);
    assert_eq!(w.refused(req), "MAPI_E_COLLISION");
}

/// Ends the submission `x` in one of the states that free its id.
fn ended(how: &str) -> (World, String) {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(named("x", "1"));
    match how {
        "rejected" => drop(w.outcome(rejected(true))),
        "cancelled" => {
            w.untried(not_attempted(NotAttempted::Busy));
            w.act(&uid, MessageVerb::Abort { envelope: None });
        }
        _ => {
            w.outcome(unknown());
            w.act(&uid, MessageVerb::Resolve { how: 2, envelope: None });
        }
    }
    assert_eq!(w.state(&uid), how);
    (w, uid)
}

#[test]
fn o_03_an_id_is_free_again_once_nobody_got_it() {
    for how in ["rejected", "cancelled", "draft"] {
        let (mut w, old) = ended(how);
        if how == "draft" {
            let req = w.submit(held(named("x", "1")));
            assert_eq!(w.collision(req), ("x".into(), "draft".into()), "doubted: `again` is required");
        }
        let d = held(named("x", "1"));
        let new = w.send(if how == "draft" { again(d) } else { d });
        assert_ne!(new, old, "{how}");
        let last = w.submit(held(named("x", "1")));
        assert_eq!(w.uid(last), new, "{how}: the id is the new one's");
    }
}

#[test]
fn o_03_an_id_that_somebody_got_is_not_free() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(Draft { recipients: vec![to("a@b.test"), to("c@d.test")], ..named("x", "1") });
    w.outcome(rejects("550", true, Some(vec![line("a@b.test", Accepted), line("c@d.test", Rejected)])));
    assert_eq!(w.state(&uid), "rejected");
    for d in [named("x", "2"), again(named("x", "2"))] {
        let req = w.submit(d);
        assert_eq!(w.refused(req), "MAPI_E_COLLISION");
    }
}

#[test]
fn o_03_accepting_anew_closes_the_old_one_in_the_same_transaction() {
    for how in ["rejected", "cancelled", "draft"] {
        let (mut w, old) = ended(how);
        w.send(again(held(named("x", "2"))));
        let adds = |ops: &&Vec<StoreOp>| ops.iter().any(|o| matches!(o, StoreOp::AddMessage { .. }));
        let accept = w.log.iter().rfind(adds).unwrap();
        assert!(
            accept
                .iter()
                .any(|o| matches!(o, StoreOp::PutMessage { message, .. } if message.uid == old && message.closed))
        );
        for verb in [MessageVerb::Retry, MessageVerb::Resolve { how: 0, envelope: None }] {
            let req = w.act(&old, verb);
            assert_eq!(w.refused(req), "MAPI_E_OBJECT_CHANGED", "{how}");
        }
        let mut next = w.next_life(3, vec![transport("a")]);
        let req = next.act(&old, MessageVerb::Retry);
        assert_eq!(next.refused(req), "MAPI_E_OBJECT_CHANGED", "{how}: in the next life too");
    }
}

#[test]
fn o_03_two_tabs_accept_the_same_free_id_once() {
    for hash in ["1", "2"] {
        let (mut a, old) = ended("rejected");
        let mut b = World::on(a.store.clone(), 9);
        b.hold = true;
        let late = b.submit(held(named("x", hash)));
        let new = a.send(held(named("x", "1")));
        b.release();
        if hash == "1" {
            assert_eq!(b.uid(late), new);
        } else {
            assert_eq!(b.collision(late), ("x".into(), "held".into()));
        }
        assert_ne!(new, old);
    }
}

#[test]
fn o_03_a_tab_that_has_not_looked_closes_the_old_one_all_the_same() {
    let mut a = World::driving(vec![transport("a")]);
    let mut b = World::on(a.store.clone(), 9);
    let old = a.send(named("x", "1"));
    a.outcome(rejected(true));
    b.send(held(named("x", "2")));
    a.look();
    let req = a.act(&old, MessageVerb::Retry);
    assert_eq!(a.refused(req), "MAPI_E_OBJECT_CHANGED");
}

#[test]
fn o_03_a_retried_submission_holds_its_id_again() {
    let (mut w, old) = ended("rejected");
    w.act(&old, MessageVerb::Retry);
    let (equal, other) = (w.submit(named("x", "1")), w.submit(named("x", "2")));
    assert_eq!(w.uid(equal), old);
    assert_eq!(w.refused(other), "MAPI_E_COLLISION");
}

#[test]
fn o_03_late_evidence_takes_the_id_back() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(named("x", "1"));
    let call = w.take(Verb::Submit);
    w.pass(100_000);
    w.act(&uid, MessageVerb::Resolve { how: 2, envelope: None });
    w.answer(&call, Answer::Outcome { outcome: accepted() }, true);
    assert_eq!(w.state(&uid), "sent");
    let req = w.submit(again(named("x", "2")));
    assert_eq!(w.refused(req), "MAPI_E_COLLISION");
}

#[test]
fn o_04_a_message_id_is_made_of_uid_and_sender_and_never_changes() {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(Draft { from: Some(DraftAddress { kind: 0, ..to("Me <me@Sub.example.test>") }), ..mime() });
    let first = w.outcome(unknown()).job.unwrap();
    assert!(
        first.message_id.starts_with(&format!("<{uid}@"))
            && first.message_id.to_lowercase().ends_with("@sub.example.test>")
    );
    w.pass(20_000);
    assert_eq!(w.take(Verb::Submit).job.unwrap().message_id, first.message_id);
    assert!(w.store.borrow().bodies[&uid].as_ref().unwrap().contains(&*first.message_id));
}

#[test]
fn o_04_a_message_id_is_carried_by_one_message() {
    let mid = |m: &str| Draft { message_id: Some("<m@x.test>".into()), ..draft(m) };
    let mut w = World::driving(vec![transport("a")]);
    let first = w.send(mid("a@b.test"));
    for state in ["sending", "sent"] {
        let req = w.submit(mid("c@d.test"));
        assert_eq!(w.collision(req), (first.clone(), state.into()));
        let mut b = World::on(w.store.clone(), 9);
        let req = b.submit(mid("c@d.test"));
        assert_eq!(b.refused(req), "MAPI_E_COLLISION", "{state}");
        if state == "sending" {
            w.outcome(accepted());
        }
    }
    w.send(again(held(mid("c@d.test"))));
}

#[test]
fn o_04_doubt_keeps_it_and_a_clean_end_frees_it() {
    for (how, free) in [("cancelled", true), ("rejected", true), ("draft", false)] {
        let (mut w, uid) = ended(how);
        let message_id = w.session.report(&uid).map(|r| r.message_id);
        let req = w.submit(Draft { message_id: message_id.clone(), ..draft("a@b.test") });
        assert_eq!(w.replies[&req].is_ok(), free, "{how}");
        w.act(&uid, MessageVerb::Discard);
        if !free {
            let mut b = World::on(w.store.clone(), 10);
            let req = b.submit(Draft { message_id, ..draft("a@b.test") });
            assert_eq!(b.refused(req), "MAPI_E_COLLISION", "its tombstone says doubted");
        }
    }
}

#[test]
fn o_01_a_submission_given_up_while_its_body_is_written_leaves_nothing() {
    let mut w = World::driving(vec![transport("a")]);
    w.hold = true;
    let req = w.submit(named("draft", "h"));
    w.step(Input::Forget { req });
    assert_eq!(w.refused(req), "MAPI_E_USER_CANCEL");
    let other = w.submit(named("draft", "another"));
    w.release();
    assert!(matches!(w.replies[&other], Ok(Reply::Accepted { .. })), "its id is free at once");
    assert_eq!((w.made.len(), w.store.borrow().bodies.len()), (1, 1));
}

#[test]
fn o_02_a_submission_that_others_wait_for_too_goes_on() {
    let mut w = World::driving(vec![transport("a")]);
    w.hold = true;
    let (one, two) = (w.submit(named("draft", "h")), w.submit(named("draft", "h")));
    w.step(Input::Forget { req: one });
    w.release();
    assert_eq!(w.refused(one), "MAPI_E_USER_CANCEL");
    assert!(matches!(w.replies[&two], Ok(Reply::Accepted { .. })));
}

#[test]
fn o_08_a_submission_given_up_while_its_row_is_written_says_that_it_was_accepted() {
    let mut w = World::driving(vec![transport("a")]);
    w.hold = true;
    let req = w.submit(draft("you@example.test"));
    w.release_one();
    w.step(Input::Forget { req });
    assert!(!w.replies.contains_key(&req));
    w.release();
    assert!(matches!(w.replies[&req], Ok(Reply::Accepted { .. })));
    assert_eq!(w.count(Verb::Submit), 1);
}
