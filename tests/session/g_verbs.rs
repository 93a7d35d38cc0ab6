//! G. A person's verbs: where each is allowed and what it does (O-62); contents (O-63).

use super::world::*;
use mailspooler::session::io::*;
use mailspooler::spooler::message::Reason;
use mailspooler::spooler::outcome::NotAttempted as Why;
use mailspooler::spooler::outcome::{Outcome, RecipientStatus as Status};

pub const STATES: [&str; 12] = [
    "held",
    "queued",
    "waiting",
    "parked",
    "sending",
    "deferred",
    "checking",
    "unconfirmed",
    "sent",
    "rejected",
    "cancelled",
    "draft",
];

fn resolve(how: u8) -> MessageVerb {
    MessageVerb::Resolve { how, envelope: None }
}

/// A message of a strict conversation, in this state.
pub fn brought(state: &str) -> (World, String) {
    let t = if state == "checking" { probes("a") } else { transport("a") };
    let mut w = World::driving(vec![t]);
    w.step(Input::Online { online: state != "queued" });
    let hold = (state == "held").then_some(T0 + 1_000_000);
    let strict = Draft { conversation: Some("c".into()), strict: true, ..draft("you@example.test") };
    let uid = w.send(Draft { hold_until: hold, ..strict });
    match state {
        "waiting" | "cancelled" => drop(w.untried(not_attempted(Why::Busy))),
        "parked" => drop(w.untried(not_attempted(Why::Auth))),
        "deferred" => drop(w.outcome(Outcome::Deferred { entry: None })),
        "checking" | "unconfirmed" | "draft" => drop(w.outcome(unknown())),
        "sent" => drop(w.outcome(accepted())),
        "rejected" => drop(w.outcome(rejected(true))),
        _ => {}
    }
    match state {
        "cancelled" => drop(w.act(&uid, MessageVerb::Abort { envelope: None })),
        "draft" => drop(w.act(&uid, resolve(2))),
        _ => {}
    }
    assert_eq!(w.state(&uid), state);
    (w, uid)
}

#[test]
fn o_62_each_verb_is_allowed_where_the_rule_says_and_nowhere_else() {
    let hold = MessageVerb::SetHold { until: Some(T0 + 2_000_000) };
    let table: [(MessageVerb, &[&str]); 9] = [
        (resolve(0), &["checking", "unconfirmed"]),
        (resolve(1), &["checking", "unconfirmed"]),
        (resolve(2), &["checking", "unconfirmed"]),
        (MessageVerb::Retry, &["waiting", "parked", "rejected"]),
        (hold, &["held", "queued", "waiting"]),
        (MessageVerb::CheckAgain, &["checking", "unconfirmed"]),
        (
            MessageVerb::LetPass,
            &["held", "queued", "waiting", "parked", "sending", "deferred", "checking", "unconfirmed", "rejected"],
        ),
        (MessageVerb::SendFirst, &["held", "queued", "waiting"]),
        (MessageVerb::Discard, &["sent", "rejected", "cancelled", "draft"]),
    ];
    for (verb, allowed) in table {
        for state in STATES {
            let (mut w, uid) = brought(state);
            let req = w.act(&uid, verb.clone());
            let ok = w.replies[&req].is_ok();
            if state == "sent" {
                // It has left the queue: nothing is left to discard.
                assert!(!ok, "{verb:?}");
                continue;
            }
            assert_eq!(ok, allowed.contains(&state), "{verb:?} in {state}: {:?}", w.replies[&req]);
            if !ok {
                let in_flight = state == "sending" && matches!(verb, MessageVerb::Resolve { .. });
                let code = if in_flight { "MAPI_E_BUSY" } else { "MAPI_E_OBJECT_CHANGED" };
                assert_eq!(w.refused(req), code, "{verb:?} in {state}");
                assert_eq!(w.state(&uid), state, "{verb:?} changed nothing");
            }
        }
    }
}

#[test]
fn o_62_while_an_attempt_is_in_flight_doubt_is_not_resolved() {
    let mut w = World::driving(vec![dedupes("a")]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    w.until(Verb::Submit);
    assert_eq!(w.state(&uid), "checking");
    for how in 0..3 {
        let req = w.act(&uid, resolve(how));
        assert_eq!(w.refused(req), "MAPI_E_BUSY");
    }
    w.outcome(unknown());
    let req = w.act(&uid, resolve(2));
    assert!(w.replies[&req].is_ok());
}

#[test]
fn o_62_send_again_keeps_key_and_doubt_and_raises_the_attempt() {
    let (mut w, uid) = brought("unconfirmed");
    let req = w.act(&uid, resolve(1));
    assert!(w.replies[&req].is_ok());
    let job = w.outcome(not_attempted(Why::Busy)).job.unwrap();
    assert_eq!((job.key, job.attempt, job.reason), (format!("{uid}.1"), 2, Reason::Person));
    assert_eq!(w.state(&uid), "unconfirmed", "the doubt was kept");
    w.pass(86_400_000);
    assert_eq!(w.count(Verb::Submit), 2, "one word, one attempt");
}

#[test]
fn o_62_one_envelope_may_be_resolved_alone() {
    let mut w = World::driving(vec![takes(transport("a"), "SMTP"), takes(transport("b"), "FAX")]);
    let mut d = draft("you@example.test");
    d.recipients.push(of_type("FAX", "1"));
    let uid = w.send(d);
    w.outcome(unknown());
    let req = w.act(&uid, MessageVerb::Resolve { how: 0, envelope: Some(1) });
    assert!(w.replies[&req].is_ok(), "the other one is in flight, this one is not");
    assert_eq!(w.state(&uid), "sending");
    w.outcome(unknown());
    let req = w.act(&uid, MessageVerb::Resolve { how: 2, envelope: Some(2) });
    assert!(w.replies[&req].is_ok());
    assert_eq!(w.state(&uid), "sent");
    let statuses: Vec<&str> = w.session.report(&uid).unwrap().recipients.iter().map(|r| r.status).collect();
    assert_eq!(statuses, ["accepted", "doubtful"]);
}

#[test]
fn o_62_retry_gives_the_refused_a_new_envelope_and_key() {
    let mut w = World::driving(vec![transport("a")]);
    let uid = w.send(draft_to(&["r1@x.test", "r2@x.test"]));
    let list = vec![line("r1@x.test", Status::Accepted), line("r2@x.test", Status::Rejected)];
    w.outcome(Outcome::Accepted { remote_id: None, recipients: Some(list) });
    let req = w.act(&uid, MessageVerb::Retry);
    assert!(w.replies[&req].is_ok());
    let job = w.outcome(accepted()).job.unwrap();
    assert_eq!(
        (job.key, job.recipients.len(), job.recipients[0].address.as_str()),
        (format!("{uid}.2"), 1, "r2@x.test")
    );
    assert_eq!(w.state(&uid), "sent");
}

#[test]
fn o_62_retry_of_what_nobody_took_asks_everybody_anew() {
    let mut w = World::driving(vec![takes(transport("a"), "FAX")]);
    let uid = w.send(draft("you@example.test"));
    assert_eq!(w.state(&uid), "rejected");
    w.add(vec![transport("b")]);
    w.act(&uid, MessageVerb::Retry);
    assert_eq!(w.outcome(accepted()).transport, "b");
}

#[test]
fn o_62_retry_sends_only_whom_nobody_gave_up() {
    let mut w = World::driving(vec![takes(transport("a"), "SMTP"), takes(transport("b"), "FAX")]);
    let mut d = draft("you@example.test");
    d.recipients.push(of_type("FAX", "1"));
    let uid = w.send(d);
    w.untried(rejected(true));
    w.untried(not_attempted(Why::Busy));
    w.act(&uid, MessageVerb::Abort { envelope: Some(2) });
    assert_eq!(w.state(&uid), "rejected");
    w.act(&uid, MessageVerb::Retry);
    assert_eq!(w.outcome(accepted()).transport, "a");
    w.pass(86_400_000);
    assert_eq!((w.state(&uid).as_str(), w.count(Verb::Submit)), ("sent", 3));
}

#[test]
fn o_62_retry_with_doubt_names_resolve_doubt() {
    let (mut w, uid) = brought("unconfirmed");
    let req = w.act(&uid, MessageVerb::Retry);
    let Err((error, _, _)) = &w.replies[&req] else { panic!() };
    assert!(error.to_string().contains("resolveDoubt"), "{error}");
}

#[test]
fn o_62_a_hold_holds_and_its_release_releases() {
    for state in ["held", "queued", "waiting"] {
        let (mut w, uid) = brought(state);
        w.act(&uid, MessageVerb::SetHold { until: Some(T0 + 3_000_000) });
        w.step(Input::Online { online: true });
        let before = w.count(Verb::Submit);
        w.pass(2_999_999);
        assert_eq!(w.count(Verb::Submit), before, "{state}: g18");
        w.act(&uid, MessageVerb::SetHold { until: None });
        assert_eq!(w.count(Verb::Submit), before + 1, "{state}");
    }
}

#[test]
fn o_62_send_first_ends_a_hold_and_a_wait() {
    for state in ["held", "waiting"] {
        let (mut w, uid) = brought(state);
        let before = w.count(Verb::Submit);
        w.act(&uid, MessageVerb::SendFirst);
        assert_eq!(w.count(Verb::Submit), before + 1, "{state}");
        assert_eq!(w.state(&uid), "sending");
    }
}

#[test]
fn o_62_verbs_work_in_a_tab_that_does_not_drive() {
    for state in ["held", "queued", "waiting", "unconfirmed", "rejected"] {
        let (mut w, uid) = brought(state);
        let mut tab = World::on(w.store.clone(), 9);
        tab.now = w.now;
        let verb = match state {
            "unconfirmed" => resolve(1),
            "rejected" => MessageVerb::Retry,
            _ => MessageVerb::SendFirst,
        };
        let req = tab.act(&uid, verb);
        assert!(tab.replies[&req].is_ok(), "{state}: {:?}", tab.replies[&req]);
        w.look();
        w.step(Input::Online { online: true });
        w.outcome(accepted());
        tab.look();
        assert_eq!((w.state(&uid).as_str(), tab.state(&uid).as_str()), ("sent", "sent"), "{state}");
    }
}

#[test]
fn o_63_sent_and_filed_lose_their_body_at_once_and_become_tombstones() {
    let (w, uid) = brought("sent");
    assert!(w.store.borrow().bodies.is_empty());
    let store = w.store.borrow();
    let rows: Vec<_> = store.rows.keys().filter(|(_, key)| *key == uid).collect();
    assert_eq!(format!("{rows:?}"), format!("[(Tombstones, {uid:?})]"));
}

#[test]
fn o_63_what_nobody_got_keeps_it() {
    for state in ["rejected", "cancelled", "draft"] {
        let (mut w, uid) = brought(state);
        w.pass(29 * 86_400_000);
        assert!(w.store.borrow().bodies.contains_key(&uid), "{state}");
        w.act(&uid, MessageVerb::Discard);
        assert!(w.store.borrow().bodies.is_empty(), "{state}");
        assert_eq!(w.state(&uid), state, "the report stays");
    }
}

#[test]
fn o_63_or_loses_it_after_thirty_days_in_any_life() {
    for state in ["rejected", "cancelled", "draft"] {
        let (mut w, uid) = brought(state);
        w.pass(30 * 86_400_000 + 1);
        assert!(w.store.borrow().bodies.is_empty(), "{state}");
        assert_eq!(w.state(&uid), state);
        let (w, uid) = brought(state);
        let mut away = World::on(w.store.clone(), 2);
        away.now.wall += 31 * 86_400_000;
        let next = away.next_life(3, vec![transport("a")]);
        assert!(next.store.borrow().bodies.is_empty(), "{state}");
        assert_eq!(next.state(&uid), state);
    }
}

#[test]
fn o_63_the_sent_copy_is_filed_before_the_body_goes() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::File])]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(accepted());
    assert_eq!(w.state(&uid), "sent");
    let file = w.take(Verb::File);
    assert!(w.store.borrow().bodies.contains_key(&uid));
    w.answer(&file, Answer::Threw { scode: None, class: "TypeError".into(), network: false, retry_after: None }, false);
    w.until(Verb::File);
    assert_eq!(w.state(&uid), "sent", "delivery and filing are separate");
    let next = w.next_life(2, vec![with(transport("a"), &[Verb::File])]);
    let mut next = next;
    let file = next.take(Verb::File);
    next.answer(&file, Answer::Done, false);
    assert_eq!(next.state(&uid), "filed");
    assert!(next.store.borrow().bodies.is_empty());
    assert_eq!(next.count(Verb::Submit), 0);
}

#[test]
fn o_63_nobody_files_what_is_filed_by_itself_or_was_found_by_a_person() {
    let mut t = with(transport("a"), &[Verb::File]);
    let mut w = World::driving(vec![t.clone()]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(unknown());
    w.act(&uid, resolve(0));
    assert_eq!((w.count(Verb::File), w.store.borrow().bodies.len()), (0, 0));
    t.guarantees.files_sent_copy = true;
    let mut w = World::driving(vec![t]);
    w.send(draft("you@example.test"));
    w.outcome(accepted());
    assert_eq!((w.count(Verb::File), w.store.borrow().bodies.len()), (0, 0));
}

#[test]
fn o_63_filing_that_never_works_ends_too() {
    let mut w = World::driving(vec![with(transport("a"), &[Verb::File])]);
    let uid = w.send(draft("you@example.test"));
    w.outcome(accepted());
    for _ in 0..200 {
        while w.has(Verb::File) {
            let file = w.take(Verb::File);
            w.answer(&file, Answer::Garbage { expected: "nothing".into(), got: "42".into() }, false);
        }
        w.pass(60_000);
    }
    assert_eq!(w.state(&uid), "sent");
    assert!((2..20).contains(&w.count(Verb::File)));
    assert!(w.store.borrow().bodies.is_empty());
    assert!(w.events.iter().any(|e| matches!(e, Effect::Log { code, .. } if code.contains("no Sent copy"))));
}
