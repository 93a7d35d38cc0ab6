//! A. What is accepted, and when (O-02, O-05…O-08); the parts that live in TypeScript are tested there.

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::session::stored::{StoreName, StoreOp};
use mailspooler::session::{Config, Session};

const HEAD: &str = "From: me@example.test\r\nTo: you@example.test\r\nBcc: hidden@example.test\r\nSubject: hi\r\n\r\n";

fn mime(head: &str) -> Draft {
    Draft { head: Some(head.into()), ..draft("you@example.test") }
}

#[test]
fn o_05_the_head_that_is_stored_lacks_bcc_and_has_what_was_missing() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(mime(HEAD));
    let head = w.store.borrow().bodies[&uid].clone().unwrap();
    assert!(!head.contains("hidden") && !head.to_lowercase().contains("bcc"), "{head}");
    let kept = "From: me@example.test\r\nTo: you@example.test\r\nSubject: hi\r\n";
    assert!(head.starts_with(kept), "nothing else is changed: {head}");
    for name in ["Message-ID: ", "Date: ", "MIME-Version: 1.0"] {
        assert_eq!(head.matches(name).count(), 1, "{name}");
    }
    let job = w.take(Verb::Submit).job.unwrap();
    let to: Vec<(u8, &str)> = job.recipients.iter().map(|r| (r.kind, r.address.as_str())).collect();
    assert_eq!(to, [(1, "you@example.test"), (3, "hidden@example.test")], "g15: into the envelope only");
    assert_eq!(job.subject, "hi");
}

#[test]
fn o_05_a_head_of_its_own_is_kept_and_its_message_id_is_the_messages() {
    let mut w = World::driving(vec![]);
    let own = "From: me@example.test\r\nMessage-ID: <own@x.test>\r\nDate: Sun, 22 Nov 2026 16:34:00 +0000\r\nMIME-Version: 1.0\r\n\r\n";
    let uid = w.send(mime(own));
    assert_eq!(w.store.borrow().bodies[&uid].as_deref(), Some(own));
    assert_eq!(w.session.report(&uid).unwrap().message_id, "<own@x.test>");
}

#[test]
fn o_05_text_without_a_header_block_is_refused_with_the_way_out() {
    let mut w = World::driving(vec![]);
    for text in ["Hello,\r\n\r\n", "just text", "\r\n", "X"] {
        let req = w.submit(mime(text));
        let Err((error, _, _)) = &w.replies[&req] else { panic!("{text:?} was accepted") };
        assert!(error.to_string().contains("payload"), "{error}");
    }
    assert!(w.store.borrow().bodies.is_empty());
}

#[test]
fn o_05_a_subject_beside_mime_is_for_display_and_from_is_the_envelopes() {
    let mut w = World::driving(vec![transport("a")]);
    let from = Some(DraftAddress { kind: 0, ..to("bounces@example.test") });
    let uid = w.send(Draft { subject: Some("shown".into()), from, ..mime(HEAD) });
    let job = w.take(Verb::Submit).job.unwrap();
    assert_eq!((job.subject.as_str(), job.from.as_str()), ("shown", "bounces@example.test"));
    let head = w.store.borrow().bodies[&uid].clone().unwrap();
    assert!(head.contains("Subject: hi") && head.contains("From: me@example.test") && !head.contains("shown"));
}

#[test]
fn o_05_a_bcc_in_the_header_is_added_to_recipients_and_never_stands_in_for_them() {
    let mut w = World::driving(vec![transport("a")]);
    for head in [HEAD, "Bcc: hidden@example.test\r\n\r\n", "To: you@example.test\r\n\r\n"] {
        let req = w.submit(Draft { recipients: Vec::new(), ..mime(head) });
        assert_eq!(w.refused(req), "MAPI_E_NO_RECIPIENTS", "{head}");
    }
    assert_eq!(w.count(Verb::Submit), 0);
    w.send(Draft { recipients: vec![DraftAddress { kind: 3, ..to("hidden@example.test") }], ..mime(HEAD) });
    assert_eq!(w.take(Verb::Submit).job.unwrap().recipients.len(), 1, "a Bcc that was said is one");
}

#[test]
fn o_06_from_is_the_owner_unless_it_is_said() {
    let mut w = World::driving(vec![transport("a")]);
    w.send(draft("you@example.test"));
    assert_eq!(w.take(Verb::Submit).job.unwrap().from, "me@example.test");
    let config =
        Config { seed: [1; 32], owner: "some account".into(), keep_sent: false, canary: true, lockless: false };
    let mut s = Session::new(config);
    let step = s.step(Input::Submit { req: 1, draft: Box::new(draft("a@b.test")) }, Now::default());
    let [Effect::Reject { error, .. }] = step.effects.as_slice() else { panic!("{:?}", step.effects) };
    assert!(error.to_string().contains("from"), "{error}");
}

#[test]
fn o_06_recipients_are_texts_or_objects_and_nobody_gets_it_twice() {
    let mut w = World::driving(vec![transport("a")]);
    let bare =
        DraftAddress { kind: 2, address: "b@x.test".into(), name: Some("Bee".into()), ..DraftAddress::default() };
    let twice = DraftAddress { kind: 3, ..to("a@x.test") };
    w.send(Draft { recipients: vec![to("Ay <a@x.test>"), bare, twice], ..draft("") });
    let job = w.take(Verb::Submit).job.unwrap();
    let got: Vec<(u8, &str, &str)> =
        job.recipients.iter().map(|r| (r.kind, r.name.as_str(), r.address.as_str())).collect();
    assert_eq!(got, [(1, "Ay", "a@x.test"), (2, "Bee", "b@x.test")]);
}

#[test]
fn g14_text_that_would_add_a_line_is_refused() {
    let mut w = World::driving(vec![transport("a")]);
    let evil = "x\r\nBcc: eve@x.test";
    let drafts = [
        Draft { subject: Some(evil.into()), ..draft("a@x.test") },
        Draft { recipients: vec![DraftAddress { name: Some(evil.into()), ..to("a@x.test") }], ..draft("") },
        Draft {
            recipients: vec![DraftAddress {
                kind: 1,
                address: format!("{evil}@x.test").into(),
                ..DraftAddress::default()
            }],
            ..draft("")
        },
        Draft { message_id: Some(format!("<{evil}@x.test>").into()), ..draft("a@x.test") },
        Draft { conversation: Some(evil.into()), ..draft("a@x.test") },
        Draft { id: Some(evil.into()), ..draft("a@x.test") },
        Draft { from: Some(DraftAddress { kind: 0, ..to(&format!("{evil} <me@x.test>")) }), ..draft("a@x.test") },
    ];
    for d in drafts {
        let req = w.submit(d);
        assert!(w.replies[&req].is_err(), "{:?}", w.replies[&req]);
    }
    assert_eq!(w.count(Verb::Submit), 0);
}

#[test]
fn o_07_a_row_is_not_committed_without_its_body() {
    let mut w = World::driving(vec![transport("a")]);
    w.hold = true;
    let req = w.submit(draft("you@example.test"));
    w.release_one();
    w.store.borrow_mut().bodies.clear();
    w.release();
    assert_eq!(w.refused(req), "MAPI_E_CALL_FAILED");
    assert!(w.store.borrow().rows.keys().all(|(s, _)| *s != StoreName::Messages));
}

#[test]
fn o_07_the_body_is_committed_by_itself_and_first() {
    let mut w = World::driving(vec![]);
    w.hold = true;
    let req = w.submit(draft("you@example.test"));
    assert!(w.store.borrow().bodies.is_empty());
    w.release_one();
    assert_eq!(w.store.borrow().bodies.len(), 1);
    assert!(!w.replies.contains_key(&req), "o_08: not before the row is durable");
    w.release();
    w.uid(req);
}

#[test]
fn o_07_a_body_that_cannot_be_stored_is_no_acceptance() {
    for (fault, code) in [
        (Fault::Fails, "MAPI_E_CALL_FAILED"),
        (Fault::Lost, "MAPI_E_CALL_FAILED"),
        (Fault::Hangs, "MAPI_E_CALL_FAILED"),
        (Fault::Full, "MAPI_E_NOT_ENOUGH_MEMORY"),
    ] {
        let mut w = World::driving(vec![transport("a")]);
        w.body_faults.push_back(fault);
        let req = w.submit(named("x", "1"));
        assert_eq!(w.refused(req), code, "{fault:?}");
        w.send(named("x", "2"));
    }
}

#[test]
fn o_08_commits_follow_the_order_of_the_calls() {
    let mut w = World::driving(vec![]);
    w.hold = true;
    let reqs: Vec<Req> = (0..5).map(|i| w.submit(draft(&format!("r{i}@x.test")))).collect();
    w.release();
    let uids: Vec<String> = reqs.iter().map(|r| w.uid(*r)).collect();
    let added = w.log.iter().flatten().filter_map(|op| match op {
        StoreOp::AddMessage { message } => Some(message.uid.clone()),
        _ => None,
    });
    assert_eq!(added.collect::<Vec<_>>(), uids);
    w.add(vec![transport("a")]);
    w.grant();
    for uid in &uids {
        assert_eq!(w.outcome(accepted()).job.unwrap().uid, *uid, "o_34: order is seq unless a person says first");
    }
}

#[test]
fn g1_an_accepted_message_is_there_in_every_later_life() {
    let mut w = World::driving(vec![]);
    let uid = w.send(draft("you@example.test"));
    for seed in 20..25 {
        w = w.next_life(seed, vec![]);
        assert_eq!(w.state(&uid), "queued");
    }
    w.add(vec![transport("a")]);
    w.grant();
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn g1_nothing_is_accepted_while_the_storage_does_not_answer() {
    let mut w = World::driving(vec![]);
    w.hold = true;
    let req = w.submit(draft("you@example.test"));
    w.pass(3_600_000);
    assert!(!w.replies.contains_key(&req));
    assert_eq!(w.next_life(2, vec![transport("a")]).count(Verb::Submit), 0, "never half");
}

#[test]
fn o_02_sender_and_recipients_are_the_same_however_they_are_said() {
    let mut w = World::driving(vec![transport("a")]);
    let said = |list: Vec<DraftAddress>| Draft { recipients: list, ..named("x", "h") };
    let uid = w.send(said(vec![to("you@example.test")]));
    let bare = DraftAddress { parse: false, ..to("you@example.test") };
    let typed = DraftAddress { address_type: Some("SMTP".into()), ..bare.clone() };
    let bracketed = to("<you@example.test>");
    let from = Some(DraftAddress { kind: 0, ..to("me@example.test") });
    for state in ["sending", "sent"] {
        for equal in [bare.clone(), typed.clone(), bracketed.clone()] {
            let req = w.submit(said(vec![equal]));
            assert_eq!(w.uid(req), uid, "{state}");
        }
        let twice = w.submit(said(vec![to("you@example.test"), bracketed.clone()]));
        assert_eq!(w.uid(twice), uid, "nobody is there twice");
        let owner = w.submit(Draft { from: from.clone(), ..named("x", "h") });
        assert_eq!(w.uid(owner), uid, "from defaults to the owner");
        let other = Some(DraftAddress { kind: 0, ..to("another@example.test") });
        for other in [
            said(vec![DraftAddress { kind: 2, ..to("you@example.test") }]),
            said(vec![to("You <you@example.test>")]),
            said(vec![to("you@example.test"), to("them@example.test")]),
            said(vec![to("them@example.test")]),
            Draft { from: other, ..named("x", "h") },
        ] {
            let req = w.submit(other);
            assert_eq!(w.collision(req), ("x".into(), state.into()));
        }
        if state == "sending" {
            w.outcome(accepted());
        }
    }
    assert_eq!(w.count(Verb::Submit), 1);
}
